"""Folding@home as a back-end, where what answers cannot be trusted.

Against a fake that was made from the protocol; no real client could be had.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import folding, folding_client as visiting
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerError,
    WorkerMismatch,
    WorkerUnreachable,
)
from custom_components.solar_compute.workers.folding import FoldingWorker
from custom_components.solar_compute.workers.folding_sight import change, look_at
from tests.workers.asking import is_paused, is_running, until

from .fah_client import FoldingInMemory, folding_group, happens, work_unit

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Settings = Callable[..., FoldingWorker]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.text(max_size=8), inside, max_size=4)
    ),
    max_leaves=12,
)


async def test_a_core_that_still_ends_is_not_called_paused(
    fah: FoldingInMemory, folding_backend: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "ENDING_S", 0.1)
    fah.ending_s = 1.0
    worker = folding_backend()
    await worker.async_set_level(1, 1)

    ending = await worker.async_pause(2)

    assert (ending.state, ending.level) == (WorkerState.DRAINING, None)
    await until(worker, is_paused)


async def test_a_command_that_falls_into_the_second_of_another_is_given_again(
    fah: FoldingInMemory, folding_backend: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "CONFIRM_S", 1.5)
    fah.second_s = 1.0
    worker = folding_backend()
    # Away from the turn of a second, so that both fall into the same.
    await asyncio.sleep(1.1 - asyncio.get_running_loop().time() % 1)
    await worker.async_set_level(1, 1)

    assert (await worker.async_pause(2)).state is WorkerState.PAUSED
    assert fah.told == ["fold", "pause", "pause"]


async def test_a_client_that_does_not_obey_is_told_as_it_is(
    fah: FoldingInMemory, folding_backend: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "CONFIRM_S", 0.1)
    worker = folding_backend()
    await worker.async_set_level(1, 1)
    fah.deaf = True

    status = await worker.async_pause(2)

    assert (status.state, status.level) == (WorkerState.RUNNING, 1)
    assert fah.told == ["fold", "pause", "pause"]


async def test_a_client_that_says_paused_while_its_core_runs_is_not_believed(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.tree["units"][0]["start_time"] = "2026-01-01T00:00:00Z"
    status = await folding_backend().async_status()
    assert (status.state, status.level) == (WorkerState.DRAINING, None)


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (None, "hung up"),
        (b"\x00\x01", "no text"),
        ('{"info": {"version": "8.', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('"ping"', "begin"),
        ("[]", "begin"),
        ("{}", "something else"),
        ('{"info": {"version": 8}}', "version"),
        ('{"info": {"version": "8.4.9"}, "groups": []}', "something else"),
        ('{"info": {"version": "8.4.9"}, "groups": {}}', "no resource group"),
        (
            '{"info": {"version": "8.4.9"}, "groups": {"": {"config": {}}}}',
            "whether it is paused",
        ),
        ("x" * 5_000_000, "no text"),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_whatever_answers_instead_of_a_client_is_a_worker_error(
    fah: FoldingInMemory,
    folding_backend: Settings,
    greeting: str | bytes | None,
    words: str,
) -> None:
    fah.greeting = greeting
    worker = folding_backend()
    for attempt in (
        worker.async_status(),
        worker.async_set_level(1, 1),
        worker.async_pause(2, urgent=True),
    ):
        with pytest.raises(WorkerUnreachable, match=words):
            await attempt
    assert fah.told == []


@pytest.mark.parametrize(
    "nonsense",
    [
        '["units", 0',
        "7",
        "null",
        '["units", 7, "state", "RUN"]',
        '["units", -3, {}]',
        '["units", "first", {}]',
        '["units", -2, 5]',
        '["groups", "", "config", "paused", "yes", 1]',
        '["groups", "", "config", "paused", "perhaps"]',
        '["units", 0, "state", 7]',
        '["units", 0, 7]',
    ],
)
async def test_nonsense_after_a_command_makes_it_unknown(
    fah: FoldingInMemory, folding_backend: Settings, nonsense: str
) -> None:
    fah.answer = [nonsense]
    with pytest.raises(WorkerUnreachable, match="does not speak like"):
        await folding_backend().async_set_level(1, 1)


async def test_words_and_branches_that_nobody_asked_for_do_no_harm(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.answer = ['"ping"', '["log", -2, ["a"]]', '["viz", "x", "frames", 3, {}]']
    worker = folding_backend()
    await worker.async_set_level(1, 1)
    await until(worker, is_running)


async def test_a_client_that_is_too_old_is_a_mismatch(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.tree["info"]["version"] = "8.3.18"
    with pytest.raises(WorkerMismatch, match=r"8\.3\.18.*8\.4 or newer"):
        await folding_backend().async_status()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_client_that_lets_nobody_in_says_so(
    fah: FoldingInMemory, folding_backend: Settings, status: int
) -> None:
    fah.denied = status
    with pytest.raises(WorkerAuthFailed, match=str(status)):
        await folding_backend().async_status()
    fah.denied = 404
    with pytest.raises(WorkerUnreachable, match="404"):
        await folding_backend().async_status()


async def test_a_cut_network_is_unreachable(folding_backend: Settings) -> None:
    worker = folding_backend(port=1)
    with pytest.raises(WorkerUnreachable):
        await worker.async_status()
    with pytest.raises(WorkerUnreachable):
        await worker.async_pause(1)


async def test_a_silent_client_is_given_up_and_hung_up_on(
    fah: FoldingInMemory, folding_backend: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "TIMEOUT_S", 0.2)
    fah.silent = True
    with pytest.raises(WorkerUnreachable, match="in time"):
        await folding_backend().async_status()
    await happens(lambda: fah.lines == 0)


async def test_a_visit_that_is_cancelled_hangs_up(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.silent = True
    asking = asyncio.create_task(folding_backend().async_set_level(1, 1))
    await happens(lambda: fah.lines == 1)
    asking.cancel()
    await asyncio.wait({asking})

    assert asking.cancelled()
    await happens(lambda: fah.lines == 0)
    assert fah.told == []


@given(greeting=ANYTHING, changes=st.lists(st.lists(ANYTHING, min_size=2, max_size=5)))
def test_nothing_that_is_said_raises_anything_but_a_worker_error(
    greeting: Any, changes: list[Any]
) -> None:
    tree = {
        "info": {"version": "8.5"},
        "groups": {"": folding_group()},
        "units": [work_unit()],
    }
    for branch in ("info", "groups", "units"):
        for path in ([branch, greeting], *([branch, *part] for part in changes)):
            try:
                change(tree, path)
                look_at(tree, "", NOW)
            except WorkerError:
                continue
