"""BOINC as a back-end, where the network or what answers there cannot be trusted."""

import asyncio
from collections.abc import AsyncIterator
import time
from typing import Any

import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import boinc_rpc
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)
from custom_components.solar_compute.workers.boinc import (
    BoincBackend,
    BoincDevices,
    BoincWorker,
)

from .boinc_client import PASSWORD, BoincInMemory, boinc_client, cc_status, task

pytestmark = pytest.mark.usefixtures("socket_enabled")

BOMB = (
    '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<results><result><state>2</state><name>&b;</name></result></results>"
)

WAITING = """<project><rsc_backoff_time>
<name>CPU</name><value>9e9</value>
</rsc_backoff_time></project>"""


@pytest.fixture
async def client() -> AsyncIterator[BoincInMemory]:
    """Run a client in memory."""
    async with boinc_client() as running:
        yield running


def backend(client: BoincInMemory, **settings: Any) -> BoincWorker:
    """Return the back-end for a client."""
    known: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": client.port,
        "password": PASSWORD,
    }
    return BoincWorker(BoincBackend(**{**known, **settings}))


async def test_a_status_is_read_to_the_last_field(client: BoincInMemory) -> None:
    worker = backend(client)

    status = await worker.async_set_level(1, 7)

    assert status == WorkerStatus(
        state=WorkerState.RUNNING,
        level=1,
        generation=7,
        lease_remaining_s=status.lease_remaining_s,
        detail="1 of 1 tasks that have begun run",
        progress=0.25,
        checkpoint_age_s=30.0,
        pause_method="checkpoint",
        project="Pulsars",
    )
    assert status.lease_remaining_s == pytest.approx(120, abs=2)
    assert (await worker.async_pause(8)).state is WorkerState.PAUSED
    assert client.permanent == 3


async def test_no_run_is_ever_for_good(client: BoincInMemory) -> None:
    worker = backend(client, lease_s=0.0)

    await worker.async_set_level(1, 1)

    assert worker.capabilities.lease_s == 1
    assert (client.mode, client.permanent) == (1, 3)


async def test_levels_keep_what_the_owner_prefers(client: BoincInMemory) -> None:
    worker = backend(client, cpu_limits=(40.0, 100.0))
    assert (await worker.async_set_level(1, 1)).level == 1
    assert client.override is not None
    client.override = client.override.replace(
        "<cpu_usage_limit>", "<disk>7</disk>\n<cpu_usage_limit>"
    )

    assert (await worker.async_set_level(2, 2)).level == 2

    assert "<disk>7</disk>" in client.override
    assert client.override.count("<cpu_usage_limit>") == 1
    with pytest.raises(WorkerRefused, match="level 3"):
        await worker.async_set_level(3, 3)
    client.override = "<cpu_usage_limit>55</cpu_usage_limit>"
    assert (await worker.async_status()).level is None
    client.lies["get_global_prefs_override"] = "<prefs/>"
    with pytest.raises(WorkerUnreachable, match="preferences"):
        await worker.async_set_level(1, 4)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "hung up"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n\x03", "does not speak"),
        (b"<boinc_gui_rpc_reply>\x03", "does not speak"),
        (b"\xff\xfe\x00\x03", "does not speak"),
        (b"x" * 5_000_000, "too long"),
        ("<error>out of memory</error>", "out of memory"),
        ("<error/>", "no mode"),
        (cc_status(task_mode=7), "no mode"),
        (cc_status(task_mode="nan"), "not a number"),
        (cc_status(task_mode_perm="soon"), "not a number"),
        (cc_status(task_mode_delay="inf"), "not a number"),
        ("<cc_status/>", "no mode"),
    ],
)
async def test_whatever_answers_instead_of_a_client_is_a_worker_error(
    client: BoincInMemory, answer: str | bytes | None, words: str
) -> None:
    client.lies["get_cc_status"] = answer
    worker = backend(client)
    for attempt in (worker.async_status(), worker.async_set_level(1, 1)):
        with pytest.raises(WorkerError, match=words):
            await attempt
    with pytest.raises(WorkerError, match=words):
        await worker.async_pause(2)
    # The pause came before the question, so it has been obeyed all the same.
    assert client.permanent == 3


@pytest.mark.parametrize("tag", ["auth1", "auth2"])
@pytest.mark.parametrize("answer", ["<success/>", "<nonce/>", None, b"\x03"])
async def test_a_door_that_makes_no_sense_is_no_client(
    client: BoincInMemory, tag: str, answer: str | bytes | None
) -> None:
    client.lies[tag] = answer
    with pytest.raises(WorkerUnreachable):
        await backend(client).async_status()
    assert "get_cc_status" not in client.asked


async def test_tasks_and_projects_that_are_nonsense_are_told(
    client: BoincInMemory,
) -> None:
    worker = backend(client)
    client.lies["get_results"] = task(executing=True, state="?")
    with pytest.raises(WorkerUnreachable, match="state is not a number"):
        await worker.async_status()
    for cut in ("<result>" * 100_000, "<results><result><name>x", BOMB):
        client.lies["get_results"] = cut
        began_s = time.monotonic()
        assert (await worker.async_status()).progress is None
        assert time.monotonic() - began_s < 5


async def test_a_silent_client_is_given_up_and_hung_up_on(
    client: BoincInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boinc_rpc, "TIMEOUT_S", 0.2)
    client.silent = True

    with pytest.raises(WorkerUnreachable, match="in time"):
        await backend(client).async_status()

    await hung_up(client)


async def test_a_visit_that_is_cancelled_hangs_up(client: BoincInMemory) -> None:
    client.silent = True
    visiting = asyncio.create_task(backend(client).async_set_level(1, 1))
    async with asyncio.timeout(5):
        while not client.open:
            await asyncio.sleep(0.01)

    visiting.cancel()
    await asyncio.wait({visiting})

    assert visiting.cancelled()
    await hung_up(client)
    assert client.permanent == 2


async def hung_up(client: BoincInMemory) -> None:
    """Wait until no connection is open."""
    async with asyncio.timeout(5):
        while client.open:
            await asyncio.sleep(0.01)


async def test_a_cut_network_is_unreachable(client: BoincInMemory) -> None:
    worker = backend(client, port=1)
    with pytest.raises(WorkerUnreachable):
        await worker.async_status()
    with pytest.raises(WorkerUnreachable):
        await worker.async_pause(1)


async def test_a_wrong_password_is_told_and_nothing_is_commanded(
    client: BoincInMemory,
) -> None:
    worker = backend(client, password="guessed")
    with pytest.raises(WorkerAuthFailed, match="password"):
        await worker.async_set_level(1, 1)
    assert client.permanent == 2
    assert PASSWORD not in "".join(client.asked)


async def test_an_old_command_is_refused_but_a_pause_never_is(
    client: BoincInMemory,
) -> None:
    worker = backend(client)
    await worker.async_set_level(1, 5)
    with pytest.raises(WorkerBehind) as refusal:
        await worker.async_set_level(1, 4)
    assert refusal.value.generation == 5

    paused = await worker.async_pause(3)

    assert (paused.state, paused.generation) == (WorkerState.PAUSED, 5)


async def test_a_client_whose_tasks_go_on_is_not_called_paused(
    client: BoincInMemory,
) -> None:
    client.lies["get_results"] = task(executing=True)

    status = await backend(client).async_pause(1)

    assert (status.state, status.level) == (WorkerState.DRAINING, None)


async def test_a_gpu_that_all_computing_keeps_from_running_has_no_work(
    client: BoincInMemory,
) -> None:
    client.lies["get_cc_status"] = cc_status()
    status = await backend(client, devices=BoincDevices.GPU).async_status()

    assert not status.has_work
    assert status.cause == "computing_off"
    assert status.state is WorkerState.STARTING


@pytest.mark.parametrize(
    ("project", "cause"),
    [
        ("", "no_project"),
        ("<project><suspended_via_gui/></project>", "no_tasks"),
        ("<project><dont_request_more_work/></project>", "no_tasks"),
        ("<project><min_rpc_time>9e9</min_rpc_time></project>", "no_tasks"),
        (WAITING, "no_tasks"),
        ("<project><rsc_backoff_time/></project>", None),
    ],
)
async def test_work_is_a_task_or_a_project_that_may_be_asked(
    client: BoincInMemory, project: str, cause: str | None
) -> None:
    client.lies["get_results"] = "<results></results>"
    client.lies["get_project_status"] = f"<projects>{project}</projects>"
    worker = backend(client)
    status = await worker.async_status()
    assert (status.has_work, status.cause) == (cause is None, cause)

    client.lies["get_cc_status"] = cc_status(network_mode=3)
    expected = "no_network" if project else "no_project"
    assert not (status := await worker.async_status()).has_work
    assert status.cause in (expected, "user_request")


async def test_a_pause_waits_on_a_shortened_lease_until_all_is_saved(
    client: BoincInMemory,
) -> None:
    worker = backend(client, checkpoint_wait_s=30, lease_s=600)
    await worker.async_set_level(1, 1)

    waiting = await worker.async_pause(2)

    assert (waiting.state, waiting.level) == (WorkerState.DRAINING, 0)
    assert waiting.cause == "waits_for_checkpoint"
    assert (client.mode, client.permanent) == (1, 3)
    status = await worker.async_status()
    assert status.state is WorkerState.DRAINING
    assert status.lease_remaining_s == pytest.approx(30, abs=2)

    client.lies["get_results"] = task(executing=True, saved_s=99)
    await worker.async_status()
    assert client.mode == 3
    del client.lies["get_results"]
    assert (await worker.async_status()).state is WorkerState.PAUSED


async def test_what_is_saved_already_is_not_waited_for(client: BoincInMemory) -> None:
    worker = backend(client, checkpoint_wait_s=30)
    client.lies["get_results"] = task(executing=True, saved_s=97)
    await worker.async_set_level(1, 1)

    await worker.async_pause(2)

    assert client.mode == 3


async def test_a_paused_client_is_not_started_to_save(client: BoincInMemory) -> None:
    worker = backend(client, checkpoint_wait_s=30)
    await worker.async_pause(1, urgent=True)
    client.asked.clear()

    assert (await worker.async_pause(2)).state is WorkerState.PAUSED
    assert "set_run_mode" not in client.asked


async def test_a_client_that_is_snoozed_will_go_on_and_is_not_paused(
    client: BoincInMemory,
) -> None:
    client.lies["get_cc_status"] = cc_status(task_mode_perm=2, task_mode_delay=60)

    status = await backend(client).async_status()

    assert (status.state, status.level) == (WorkerState.STARTING, None)
