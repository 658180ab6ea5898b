"""A machine that sleeps: told from one that is lost, and woken when it shall run."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
import errno
from pathlib import Path
import socket
from typing import Any, override
from unittest.mock import patch

from aiohttp import ClientTimeout
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.flow_view import FlowTiming
from custom_components.solar_compute.worker_flow import WorkerFlow
from custom_components.solar_compute.workers import agent_client, agent_sleep, wake
from custom_components.solar_compute.workers.agent_sleep import (
    Announced,
    Sleep,
    SleepyWorker,
    announced,
    sleep_notice,
)
from custom_components.solar_compute.workers.base import (
    SleepNotice,
    WorkerSilent,
    WorkerStatus,
    WorkerUnreachable,
)

from .common import (
    ENTRY,
    Boxes,
    BoxInMemory,
    home,
    issues,
    move_in,
    pass_time,
    served,
    settle,
)
from .companion import Companion, backend
from .meeting import CRUNCHER, keep_wanting

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa:bb:cc:00:00:01"
MEMORY = "solar_compute.asleep"
WAKE_S = 60.0


class Sleeper(BoxInMemory):
    """A worker whose machine announces its sleep, and then sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.notice_s: float | None = None
        self.asleep = False
        self.crashed = False
        self.loses_answers = False

    @override
    async def async_status(self) -> WorkerStatus:
        status = await super().async_status()
        if self.notice_s is None:
            return status
        return replace(status, sleep=SleepNotice(in_s=self.notice_s, macs=(MAC,)))

    @override
    async def _answer(self) -> None:
        if self.crashed:
            raise WorkerUnreachable("connection refused")
        if self.asleep:
            raise WorkerSilent("no answer in time", sent=self.loses_answers)
        await super()._answer()


@pytest.fixture
def packets() -> Iterator[socket.socket]:
    """Return a socket that hears what is sent to wake machines."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        with patch.object(wake, "BROADCAST", listener.getsockname()):
            yield listener


@pytest.fixture
def box() -> Sleeper:
    return Sleeper()


@pytest.fixture
def worker(hass: HomeAssistant, box: Sleeper) -> SleepyWorker:
    return sleepy(hass, box)


@pytest.fixture
async def flow(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, worker: SleepyWorker
) -> AsyncIterator[WorkerFlow]:
    """Begin the conversation with the worker."""
    flow = WorkerFlow(
        hass, CRUNCHER, worker, entry_id=ENTRY, clock=Clock(), timing=FlowTiming()
    )
    flow.start()
    await settle(hass)
    yield flow
    await flow.end(pause=False)


def sleepy(hass: HomeAssistant, box: Sleeper) -> SleepyWorker:
    clock = Clock()
    return SleepyWorker(box, Announced(hass), "home", wake_s=WAKE_S, clock=clock.now_s)


def heard(packets: socket.socket) -> list[bytes]:
    found = []
    while True:
        try:
            found.append(packets.recv(200))
        except BlockingIOError:
            return found


async def fall_asleep(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, flow: WorkerFlow, box: Sleeper
) -> None:
    """Let the machine announce its sleep, and sleep for an hour."""
    flow.want(0)
    box.notice_s = 5.0
    await pass_time(hass, freezer, 6)
    box.asleep = True
    for _ in range(60):
        flow.want(0)
        await pass_time(hass, freezer, 60, step=10)


async def test_a_machine_that_said_so_sleeps_and_is_not_lost(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, flow: WorkerFlow, box: Sleeper
) -> None:
    await fall_asleep(hass, freezer, flow, box)

    assert flow.view.state is WorkerState.PAUSED
    assert (flow.view.level, flow.view.power_w) == (0, 0)
    assert (flow.view.cause, flow.view.asleep) == ("asleep", True)
    assert issues(hass) == set()


async def test_a_sleeping_machine_is_woken_when_it_shall_run(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    flow: WorkerFlow,
    box: Sleeper,
    packets: socket.socket,
) -> None:
    await fall_asleep(hass, freezer, flow, box)
    assert heard(packets) == []

    await keep_wanting(hass, freezer, flow, 2, 20)

    assert (flow.view.state, flow.view.asleep) == (WorkerState.STARTING, True)
    packet = heard(packets)[0]
    assert packet == b"\xff" * 6 + bytes.fromhex("aabbcc000001") * 16

    box.asleep, box.notice_s = False, None
    # Awake, it is told with the next decision, which comes between two questions.
    for _ in range(3):
        await pass_time(hass, freezer, 9)
        freezer.tick(0.5)
        flow.want(2)
        await settle(hass)

    assert (box.level, flow.view.state) == (2, WorkerState.RUNNING)
    assert not flow.view.asleep
    assert flow.view.obeying
    assert issues(hass) == set()


async def test_a_machine_that_does_not_wake_is_lost(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    flow: WorkerFlow,
    box: Sleeper,
    packets: socket.socket,
) -> None:
    await fall_asleep(hass, freezer, flow, box)

    await keep_wanting(hass, freezer, flow, 1, WAKE_S + 120)

    assert flow.view.state is WorkerState.LOST
    assert not flow.view.asleep
    assert issues(hass) == {"worker_unreachable"}


async def test_a_machine_that_cannot_be_told_to_wake_is_woken_once_it_can(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    flow: WorkerFlow,
    box: Sleeper,
    packets: socket.socket,
) -> None:
    await fall_asleep(hass, freezer, flow, box)
    no_network = OSError(errno.ENETUNREACH, "Network is unreachable")
    with patch.object(agent_sleep, "async_wake", side_effect=no_network):
        await keep_wanting(hass, freezer, flow, 1, WAKE_S + 120)

    await keep_wanting(hass, freezer, flow, 1, 90)

    assert heard(packets)
    assert (flow.view.state, flow.view.asleep) == (WorkerState.STARTING, True)


async def test_who_changes_his_mind_leaves_the_machine_alone(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    flow: WorkerFlow,
    box: Sleeper,
    packets: socket.socket,
) -> None:
    await fall_asleep(hass, freezer, flow, box)
    await keep_wanting(hass, freezer, flow, 1, 10)
    flow.want(0)
    await pass_time(hass, freezer, 5)
    heard(packets)

    await keep_wanting(hass, freezer, flow, 0, 30)

    assert heard(packets) == []
    assert flow.view.state is WorkerState.PAUSED


async def test_a_silence_that_nobody_announced_is_a_loss(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, flow: WorkerFlow, box: Sleeper
) -> None:
    box.asleep = True
    await keep_wanting(hass, freezer, flow, 0, 120)
    assert flow.view.state is WorkerState.LOST
    assert issues(hass) == {"worker_unreachable"}


async def test_a_machine_that_still_refuses_connections_does_not_sleep(
    worker: SleepyWorker, box: Sleeper, freezer: FrozenDateTimeFactory
) -> None:
    box.notice_s = 5.0
    await worker.async_status()
    freezer.tick(120)
    box.crashed = True
    with pytest.raises(WorkerUnreachable):
        await worker.async_status()
    box.crashed, box.asleep = False, True
    with pytest.raises(WorkerSilent):
        await worker.async_status()


async def test_before_the_time_that_it_told_a_silence_is_no_sleep(
    worker: SleepyWorker, box: Sleeper, freezer: FrozenDateTimeFactory
) -> None:
    box.notice_s = 30.0
    await worker.async_status()
    box.asleep = True
    with pytest.raises(WorkerSilent):
        await worker.async_status()
    freezer.tick(31)
    assert (await worker.async_status()).asleep


async def test_one_that_may_have_heard_a_run_as_it_fell_asleep_is_not_called_paused(
    worker: SleepyWorker,
    box: Sleeper,
    freezer: FrozenDateTimeFactory,
    packets: socket.socket,
) -> None:
    """It stays awake then, and computes; the lease is what ends that for certain."""
    box.notice_s = 0.0
    await worker.async_status()
    box.asleep = box.loses_answers = True
    assert (await worker.async_set_level(1, 2)).state is WorkerState.STARTING

    with pytest.raises(WorkerSilent):
        await worker.async_pause(3)
    with pytest.raises(WorkerSilent):
        await worker.async_status()

    lease_s = worker.capabilities.lease_s
    assert lease_s is not None
    freezer.tick(lease_s)
    assert (await worker.async_pause(4)).state is WorkerState.PAUSED


async def test_one_that_woke_by_itself_is_asleep_no_more(
    worker: SleepyWorker, box: Sleeper, freezer: FrozenDateTimeFactory
) -> None:
    box.notice_s = 0.0
    await worker.async_status()
    box.notice_s = None
    assert not (await worker.async_status()).asleep
    box.asleep = True
    with pytest.raises(WorkerSilent):
        await worker.async_status()


async def test_sleep_is_remembered_over_a_restart_of_home_assistant(
    hass: HomeAssistant, worker: SleepyWorker, box: Sleeper, packets: socket.socket
) -> None:
    box.notice_s = 0.0
    await worker.async_status()
    box.asleep = True

    again = sleepy(hass, box)

    assert (await again.async_status()).asleep
    assert (await again.async_pause(1)).state is WorkerState.PAUSED
    assert (await again.async_set_level(1, 2)).state is WorkerState.STARTING
    assert len(heard(packets)) == 1


async def test_of_a_worker_that_was_removed_nothing_is_remembered(
    hass: HomeAssistant, hass_storage: dict[str, Any], boxes: Boxes
) -> None:
    entry = home(served("box", "http://box"), served("other", "http://other"))
    await move_in(hass, entry)
    for key in ("box", "other"):
        sleep = Sleep((MAC,), has_work=True)
        await announced(hass).async_put(f"{entry.entry_id}.{key}", sleep)

    hass.config_entries.async_remove_subentry(entry, "box")
    await settle(hass)
    assert hass_storage[MEMORY]["data"].keys() == {f"{entry.entry_id}.other"}
    await hass.config_entries.async_remove(entry.entry_id)
    await settle(hass)

    assert MEMORY not in hass_storage


@pytest.mark.parametrize(
    "told",
    [
        None,
        {"in_s": None, "wakes_by": [MAC]},
        {"in_s": True, "wakes_by": [MAC]},
        {"in_s": 3, "wakes_by": ["not an address"]},
        {"in_s": 3, "wakes_by": MAC},
    ],
)
def test_what_makes_no_sense_announces_no_sleep(told: object) -> None:
    assert sleep_notice({"cause": "falling_asleep", "sleep": told}) is None


def test_an_announcement_is_read_with_what_wakes_the_machine() -> None:
    answer = {"cause": "falling_asleep", "sleep": {"in_s": 42.5, "wakes_by": [MAC]}}
    assert sleep_notice(answer) == SleepNotice(in_s=42.5, macs=(MAC,))
    assert sleep_notice({**answer, "cause": "commanded"}) is None


async def test_a_real_service_is_silent_while_it_is_frozen_but_not_when_it_is_gone(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    companion = Companion(tmp_path)
    await companion.start()
    worker = backend(hass, companion.url)
    try:
        assert not (await worker.async_status()).asleep
        companion.freeze()
        brief = patch.object(agent_client, "TIMEOUT", ClientTimeout(total=0.5))
        with brief, pytest.raises(WorkerSilent) as silence:
            await worker.async_status()
        assert silence.value.sent
    finally:
        companion.thaw()
        companion.kill()
    await asyncio.sleep(0.1)
    with pytest.raises(WorkerUnreachable) as gone:
        await worker.async_status()
    assert not isinstance(gone.value, WorkerSilent)
