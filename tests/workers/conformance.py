"""The contract of `workers/base.py`, as tests that every back-end has to pass.

A back-end's test class inherits from `Conformance`, states its `Traits`, and provides
the fixture `rig`: the real daemon with a job that computes. docs/adding-a-worker.md
tells how. What a back-end cannot do is stated as a trait and tested as well; nothing
here is skipped. It may import no back-end.
"""

import asyncio
from contextlib import suppress
from itertools import count
import random
from types import ModuleType
from typing import Any, ClassVar

import pytest

from custom_components.solar_compute.workers.base import (
    Backend,
    Feature,
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)

from .asking import PATIENCE_S, ask, is_paused, is_running, runs_at
from .rig import Crash, Rig, Traits, computes, stands_still
from .road import Fault

LEASES = frozenset({Feature.NATIVE_LEASE, Feature.COMPANION_LEASE})
SHORT_LEASE_S = 2.5
LAPSE_S = 1.0
"""How late a lease may end on a busy machine."""
TEN = 10

_numbers = count(1)


def newest() -> int:
    """Return a generation that no command had before."""
    return next(_numbers)


class Conformance:
    """What has to be true of every worker.

    `timeout` is where the back-end's module has its time-out, as the module, the name
    and a value of about a second: so long a test waits for an answer that never comes.
    """

    traits: ClassVar[Traits]
    timeout: ClassVar[tuple[ModuleType, str, Any]]

    @pytest.fixture(autouse=True)
    async def _paused_again(self, rig: Rig) -> Any:
        """Leave the worker paused to the next test."""
        yield
        rig.road.mend()
        await rig.worker().async_pause(newest(), urgent=True)

    async def test_a_job_computes_pauses_and_goes_on_where_it_was(
        self, rig: Rig
    ) -> None:
        worker = rig.worker()
        await self._run(rig, worker)
        before = rig.count()

        await self._pause(rig, worker)
        stopped_at = rig.count()
        assert stopped_at >= before
        await worker.async_set_level(1, newest())
        async with asyncio.timeout(PATIENCE_S):
            while (now_at := rig.count()) == stopped_at:
                await asyncio.sleep(0.01)

        assert (now_at > stopped_at) is self.traits.in_memory
        await ask(worker, is_running)
        await computes(rig)

    async def test_what_it_can_do_is_what_it_says(self, rig: Rig) -> None:
        worker = rig.worker(lease_s=60)
        can = worker.capabilities
        assert can.lease_s == (60 if self.traits.leased else None)
        assert bool(LEASES & can.features) is self.traits.leased

        running = await self._run(rig, worker)

        assert (running.lease_remaining_s is not None) is self.traits.leased
        assert 0 <= (running.lease_remaining_s or 0) <= 60
        assert (running.generation is not None) is self.traits.numbered
        worker.watch(lambda: None)()

    async def test_a_command_may_be_repeated_and_changes_nothing(
        self, rig: Rig
    ) -> None:
        worker = rig.worker()
        running = newest()
        await worker.async_set_level(1, running)
        await ask(worker, runs_at(1))
        await computes(rig)
        at = rig.count()
        for _ in range(3):
            assert (await worker.async_set_level(1, running)).level == 1
            assert rig.count() >= at
        await ask(worker, runs_at(1))

        paused = newest()
        for _ in range(3):
            await worker.async_pause(paused)
        await ask(worker, is_paused)
        assert is_paused(await worker.async_pause(paused))
        assert is_paused(await worker.async_pause(newest(), urgent=True))

    async def test_every_level_comes_into_force_and_no_other_exists(
        self, rig: Rig
    ) -> None:
        worker = rig.worker()
        for level in range(1, self.traits.levels + 1):
            await worker.async_set_level(level, newest())
            await ask(worker, runs_at(level))

        with pytest.raises(WorkerRefused):
            await worker.async_set_level(self.traits.levels + 1, newest())

        assert (await worker.async_status()).level == self.traits.levels

    async def test_a_late_run_is_refused_and_a_late_pause_is_obeyed(
        self, rig: Rig
    ) -> None:
        worker = rig.worker()
        late, later, last = newest(), newest(), newest()
        await worker.async_pause(last)
        if self.traits.numbered:
            with pytest.raises(WorkerBehind) as refusal:
                await worker.async_set_level(1, late)
            assert refusal.value.generation == last
            await ask(worker, is_paused)
        else:
            await worker.async_set_level(1, late)
            await ask(worker, is_running)

        await self._run(rig, worker)
        await worker.async_pause(later)

        await ask(worker, is_paused)

    async def test_a_run_that_nobody_renews_ends_or_is_known_not_to(
        self, rig: Rig
    ) -> None:
        worker = rig.worker(lease_s=SHORT_LEASE_S)
        await worker.async_set_level(1, newest())
        await worker.async_close()
        await asyncio.sleep(SHORT_LEASE_S + LAPSE_S)

        if self.traits.leased:
            await asyncio.sleep(self.traits.settle_s)
            await stands_still(rig)
            await ask(rig.worker(), is_paused)
        else:
            await computes(rig)
            assert is_running(await rig.worker().async_status())

    async def test_a_run_that_is_renewed_goes_on(self, rig: Rig) -> None:
        worker = rig.worker(lease_s=SHORT_LEASE_S)
        number = newest()
        await worker.async_set_level(1, number)
        at = rig.count()

        async def renew() -> None:
            while True:
                await worker.async_set_level(1, number)
                await asyncio.sleep(SHORT_LEASE_S / 5)

        renewing = asyncio.create_task(renew())
        await asyncio.sleep(SHORT_LEASE_S + LAPSE_S)
        await computes(rig)

        assert rig.count() > at
        assert not renewing.done()
        renewing.cancel()
        await asyncio.wait({renewing})
        assert runs_at(1)(await worker.async_status())

    async def test_a_new_start_of_home_assistant_finds_the_worker_as_it_is(
        self, rig: Rig
    ) -> None:
        before = rig.worker()
        await self._run(rig, before)
        await before.async_close()
        await computes(rig)

        after = rig.worker()

        assert is_running(await after.async_status())
        await self._pause(rig, after)

    async def test_who_has_no_right_to_command_it_is_told_so(self, rig: Rig) -> None:
        stranger = rig.stranger()
        assert (stranger is not None) is self.traits.guarded
        if stranger is not None:
            worker = rig.worker()
            await self._run(rig, worker)
            with pytest.raises(WorkerAuthFailed):
                await stranger.async_status()
            with pytest.raises(WorkerAuthFailed):
                await stranger.async_set_level(1, newest())
            with pytest.raises(WorkerAuthFailed):
                await stranger.async_pause(newest())
            await stranger.async_close()
            assert is_running(await worker.async_status())

    @pytest.mark.parametrize(
        "fault", [fault for fault in Fault if fault is not Fault.SLOWNESS]
    )
    async def test_a_bad_road_makes_it_unknown_and_never_paused(
        self, rig: Rig, fault: Fault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        worker = rig.worker()
        await worker.async_set_level(1, newest())

        rig.road.break_down(fault)
        with monkeypatch.context() as impatience:
            impatience.setattr(*self.timeout)
            await self._is_unknown(worker)
        rig.road.mend()

        await ask(worker, lambda _: True)
        await worker.async_pause(newest())
        await ask(worker, is_paused)

    async def test_answers_may_come_slowly_and_in_pieces(self, rig: Rig) -> None:
        rig.road.break_down(Fault.SLOWNESS)
        worker = rig.worker()

        await worker.async_set_level(1, newest())
        await ask(worker, is_running)
        await worker.async_pause(newest())

        await ask(worker, is_paused)

    async def test_commands_that_are_cancelled_in_flight_leave_it_controllable(
        self, rig: Rig
    ) -> None:
        worker = rig.worker()
        chance = random.Random(7)
        for turn in range(20):
            call = (
                worker.async_pause(newest())
                if turn % 4 == 3
                else worker.async_set_level(1, newest())
            )
            task = asyncio.create_task(call)
            await asyncio.sleep(chance.uniform(0, 0.02))
            task.cancel()
            with suppress(asyncio.CancelledError, WorkerError):
                await task

        await self._pause(rig, worker)
        await self._run(rig, worker)

    async def test_a_daemon_that_is_killed_in_the_middle_is_known_again(
        self, rig: Rig
    ) -> None:
        worker = rig.worker(lease_s=120)
        await self._run(rig, worker)
        await rig.kill()
        await self._is_unknown(worker)

        await rig.start()

        if self.traits.crash is Crash.PAUSED:
            await ask(worker, is_paused)
            await asyncio.sleep(self.traits.settle_s)
            await stands_still(rig)
        else:
            await ask(worker, is_running)
            await computes(rig)
            await self._pause(rig, worker)
        await self._run(rig, worker)

    async def test_ten_workers_do_not_get_in_each_others_way(self, rig: Rig) -> None:
        workers = await rig.more(TEN)
        running, paused = newest(), newest()

        await asyncio.gather(*(one.async_set_level(1, running) for one in workers))
        await asyncio.gather(*(one.async_pause(paused) for one in workers[::2]))

        await asyncio.gather(*(ask(one, is_paused) for one in workers[::2]))
        await asyncio.gather(*(ask(one, is_running) for one in workers[1::2]))
        await asyncio.gather(*(one.async_pause(paused) for one in workers[1::2]))
        await asyncio.gather(*(one.async_close() for one in workers))

    async def _run(self, rig: Rig, worker: Backend) -> WorkerStatus:
        """Have the job compute, and be sure that it does."""
        await worker.async_set_level(self.traits.levels, newest())
        status = await ask(worker, is_running)
        await computes(rig)
        return status

    async def _pause(self, rig: Rig, worker: Backend) -> None:
        """Have the job pause; from when it is called so, it must use no CPU time."""
        await worker.async_pause(newest())
        await ask(worker, is_paused)
        await asyncio.sleep(self.traits.settle_s)
        await stands_still(rig)
        at = rig.count()
        assert is_paused(await worker.async_status())
        assert rig.count() == at

    async def _is_unknown(self, worker: Backend) -> None:
        """Assert that it says of nothing what would only be a guess."""
        with pytest.raises(WorkerUnreachable):
            await worker.async_status()
        with pytest.raises(WorkerUnreachable):
            await worker.async_set_level(1, newest())
        with pytest.raises(WorkerUnreachable):
            await worker.async_pause(newest())
