"""Folding@home as a back-end: what it makes of a client, and what it tells it.

Against a fake that was made from the protocol; no real client could be had.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.base import (
    Feature,
    WorkerBehind,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)
from custom_components.solar_compute.workers.folding import FoldingWorker
from custom_components.solar_compute.workers.folding_sight import seconds_of
from tests.workers.asking import is_paused, is_running, until

from .fah_client import FoldingInMemory, folding_group, happens, work_unit

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Settings = Callable[..., FoldingWorker]


async def test_a_status_is_read_to_the_last_field(folding_backend: Settings) -> None:
    worker = folding_backend()

    await worker.async_set_level(1, 7)
    assert await until(worker, is_running) == WorkerStatus(
        state=WorkerState.RUNNING,
        level=1,
        generation=7,
        detail="1 of 1 work units compute; 226900 points per day",
        progress=0.25,
        pause_method="checkpoint",
        project="19227 (ds01.example.edu)",
    )
    paused = await worker.async_pause(8)

    assert (paused.state, paused.level) == (WorkerState.PAUSED, 0)
    assert worker.capabilities.lease_s is None
    assert worker.capabilities.features == {Feature.QUEUE}


async def test_nothing_is_told_twice_and_every_visit_hangs_up(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    worker = folding_backend()
    await worker.async_set_level(1, 1)
    await worker.async_set_level(1, 1)
    await worker.async_pause(2)
    await worker.async_pause(3)
    await worker.async_status()

    assert fah.told == ["fold", "pause"]
    await happens(lambda: fah.lines == 0)


async def test_only_the_worker_s_own_group_is_touched(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.tree["groups"]["gpu"] = folding_group(paused=False)
    fah.tree["units"].append(work_unit("gpu", number=2, start_time="2026-01-01"))
    worker = folding_backend(group="gpu")

    assert (await worker.async_status()).state is WorkerState.RUNNING
    assert (await worker.async_pause(1)).state is WorkerState.PAUSED

    assert fah.told == ["pause gpu"]
    assert fah.config()["paused"]


async def test_a_group_that_is_gone_is_not_made_again(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    worker = folding_backend(group="gone")
    for attempt in (
        worker.async_status(),
        worker.async_set_level(1, 1),
        worker.async_pause(2, urgent=True),
    ):
        with pytest.raises(WorkerUnreachable, match="no resource group “gone”"):
            await attempt
    assert fah.told == []
    # The units of a group that was deleted belong to the default one.
    fah.tree["units"][0]["group"] = "gone"
    assert (await folding_backend().async_set_level(1, 1)).progress == 0.25


async def test_a_pause_waits_a_moment_for_its_core(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.ending_s = 0.3
    worker = folding_backend()
    await worker.async_set_level(1, 1)

    assert (await worker.async_pause(2)).state is WorkerState.PAUSED


async def test_a_unit_that_still_says_paused_is_no_limit_of_its_own(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.config()["paused"] = False
    status = await folding_backend().async_status()
    assert (status.state, status.protected) == (WorkerState.STARTING, False)
    assert status.cause is None


async def test_an_old_command_is_refused_but_a_pause_never_is(
    folding_backend: Settings,
) -> None:
    worker = folding_backend()
    await worker.async_set_level(1, 5)
    with pytest.raises(WorkerBehind) as refusal:
        await worker.async_set_level(1, 4)
    assert refusal.value.generation == 5
    with pytest.raises(WorkerRefused, match="level 2"):
        await worker.async_set_level(2, 6)

    paused = await worker.async_pause(3)

    assert (paused.state, paused.generation) == (WorkerState.PAUSED, 5)


async def test_a_pause_may_wait_until_the_units_are_finished(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.tree["units"][0]["eta"] = "2m 57s"
    worker = folding_backend(finish_wait_s=600)
    assert Feature.FINISH in worker.capabilities.features
    await worker.async_set_level(1, 1)

    waiting = await worker.async_pause(2)

    assert (waiting.state, waiting.level) == (WorkerState.DRAINING, 0)
    assert waiting.cause == "finishes_units"
    assert fah.told == ["fold", "finish"]
    assert (await worker.async_pause(3)).state is WorkerState.DRAINING
    await fah.finish()
    assert is_paused(await worker.async_status())
    assert fah.told == ["fold", "finish"]


async def test_units_that_take_too_long_to_finish_are_paused(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.tree["units"][0]["eta"] = "0s"
    worker = folding_backend(finish_wait_s=0.3)
    await worker.async_set_level(1, 1)
    assert (await worker.async_pause(2)).state is WorkerState.DRAINING
    await asyncio.sleep(0.4)

    assert (await worker.async_status()).state is WorkerState.PAUSED
    assert fah.told == ["fold", "finish", "pause"]


@pytest.mark.parametrize(
    "hopeless",
    [
        {"eta": "14h 24m"},
        {"eta": 700},
        {"state": "DOWNLOAD", "eta": None},
    ],
)
async def test_what_cannot_be_finished_in_time_is_not_waited_for(
    fah: FoldingInMemory, folding_backend: Settings, hopeless: dict[str, Any]
) -> None:
    fah.tree["units"][0]["eta"] = "3s"
    fah.tree["units"].append(work_unit(number=2, **hopeless))
    worker = folding_backend(finish_wait_s=600)
    await worker.async_set_level(1, 1)

    assert (await worker.async_pause(2)).state is WorkerState.PAUSED
    assert fah.told == ["fold", "pause"]


async def test_safety_waits_for_no_unit(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.tree["units"][0]["eta"] = "3s"
    worker = folding_backend(finish_wait_s=600)
    await worker.async_set_level(1, 1)
    await worker.async_pause(2)

    assert (await worker.async_pause(3, urgent=True)).state is WorkerState.PAUSED
    assert fah.told == ["fold", "finish", "pause"]


async def test_a_run_in_between_ends_the_wait(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.tree["units"][0]["eta"] = "3s"
    worker = folding_backend(finish_wait_s=600)
    await worker.async_set_level(1, 1)
    await worker.async_pause(2)

    assert (await worker.async_set_level(1, 3)).state is WorkerState.RUNNING
    assert fah.told == ["fold", "finish", "fold"]


async def test_finishing_that_somebody_else_asked_for_is_no_pause(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    worker = folding_backend()
    await worker.async_set_level(1, 1)
    fah.config()["finish"] = True

    status = await worker.async_status()

    assert (status.state, status.level) == (WorkerState.DRAINING, None)


@pytest.mark.parametrize(
    ("group", "unit", "cause"),
    [
        ({}, {}, None),
        ({"cpus": 0}, {}, "no_resources"),
        ({"cpus": 0, "gpus": {"gpu:1": {"enabled": False}}}, {}, "no_resources"),
        ({"cpus": 0, "gpus": {"gpu:1": {"enabled": True}}}, {}, None),
        ({}, {"state": "ASSIGN"}, None),
        ({}, {"state": "ASSIGN", "delay": 256, "wait": "soon"}, None),
        ({}, {"state": "ASSIGN", "delay": 256, "wait": "2000-01-01T00:00:00Z"}, None),
        ({}, {"state": "ASSIGN", "delay": 256, "wait": "9000-01-01T00:00:00Z"}, "wait"),
    ],
)
async def test_work_is_a_unit_or_the_hope_of_one(
    fah: FoldingInMemory,
    folding_backend: Settings,
    group: dict[str, Any],
    unit: dict[str, Any],
    cause: str | None,
) -> None:
    fah.config().update(group)
    fah.tree["units"][0].update(unit)
    status = await folding_backend().async_set_level(1, 1)
    expected = "no_unit" if cause == "wait" else cause
    assert (status.has_work, status.cause) == (expected is None, expected)


async def test_the_wait_for_a_unit_is_not_forgotten_in_a_pause(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    fah.tree["units"][0].update(state="ASSIGN", delay=512, wait=soon.isoformat())
    worker = folding_backend()
    await worker.async_set_level(1, 1)
    fah.tree["units"].clear()

    assert (await worker.async_pause(2)).cause == "no_unit"
    fah.tree["units"].append(work_unit())
    assert (await worker.async_status()).has_work


async def test_a_group_that_gave_up_is_left_alone_until_a_person_looks(
    fah: FoldingInMemory, folding_backend: Settings
) -> None:
    fah.tree["groups"][""]["failed"] = "Paused due too many failed Work Units."
    status = await folding_backend().async_status()
    assert (status.has_work, status.cause) == (False, "failed_units")
    assert "too many failed" in status.detail


@pytest.mark.parametrize(
    ("on_battery", "held", "cause"),
    [
        (True, "Pausing on battery", "on_battery"),
        (False, "Waiting for idle system", "Waiting for idle system"),
    ],
)
async def test_a_limit_of_its_own_that_holds_it_is_told(
    fah: FoldingInMemory,
    folding_backend: Settings,
    on_battery: bool,
    held: str,
    cause: str,
) -> None:
    fah.config().update(paused=False, on_battery=False)
    fah.tree["info"]["on_battery"] = on_battery
    fah.tree["units"][0]["pause_reason"] = held
    status = await folding_backend().async_status()
    assert (status.state, status.protected) == (WorkerState.STARTING, True)
    assert status.cause == cause


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60s", 60),
        ("2m 57s", 177),
        ("14h 24m", 51_840),
        ("1d 2h", 93_600),
        ("2.5h", 9000),
        (177, 177),
        ("soon", None),
        ("2m or more", None),
        ("", None),
        (None, None),
        (-3, None),
        (True, None),
        (10**400, None),
    ],
)
def test_a_span_is_read_as_the_client_writes_it(
    text: Any, seconds: float | None
) -> None:
    assert seconds_of(text) == seconds
