"""Limits the power of NVIDIA's graphics cards as the levels in force say.

May import asyncio and this package's plumbing. A worker whose limit cannot be set is
held: it would draw more than its level says. Every limit that was there before is given
back when no level needs another, when the service ends, and by a warden when it dies.
"""

import asyncio
from collections.abc import Collection, Mapping
import logging

from . import clock, nvidia
from .keeper import Keeper
from .leftovers import VARIABLE as MARK_VARIABLE
from .nvidia import Card, NvidiaError
from .rails import Trip
from .status import Cause
from .worker import Worker

LOOK_S = 0.5
"""How late a new level may be noticed."""
CHECK_S = 30.0
"""How often to look whether limits still are what they should be."""
RESTORE_S = 10.0
"""How long to wait for a limit to be given back."""

_LOGGER = logging.getLogger(__name__)


class GpuLimits:
    """The limits of all cards, by what all workers need. The lowest counts."""

    def __init__(self, workers: Collection[Worker], mark: str) -> None:
        """Hold the workers that limit cards until that was found possible."""
        self._workers = [worker for worker in workers if worker.spec.limits_gpus]
        self._mark = mark
        self._keepers: dict[int, Keeper] = {}
        self._applied: dict[int, float] = {}
        self._cards: Collection[int] = ()
        self._checked_at: float | None = None
        self._possible = False
        self._hold("its graphics cards were not looked at yet")

    @property
    def any(self) -> bool:
        """Return whether any worker limits graphics cards."""
        return bool(self._workers)

    async def keep(self) -> None:
        """Keep the limits, for ever."""
        while True:
            now = clock.now()
            due = self._checked_at is None or now - self._checked_at >= CHECK_S
            if due or (self._possible and self._wanted() != self._applied):
                self._checked_at = now
                try:
                    await self._enforce()
                except (NvidiaError, OSError) as error:
                    self._possible = False
                    self._hold(str(error))
                else:
                    self._possible = True
                    self._hold(None)
            await asyncio.sleep(LOOK_S)

    async def close(self) -> None:
        """Give all limits back."""
        await asyncio.gather(*(self._restore(index) for index in list(self._keepers)))

    async def _enforce(self) -> None:
        cards = {card.index: card for card in await asyncio.to_thread(nvidia.cards)}
        self._check(cards)
        self._cards = tuple(cards)
        wanted = self._wanted()
        for index in [index for index in self._keepers if index not in wanted]:
            await self._restore(index)
        for index, watts in wanted.items():
            before_w = cards[index].limit_w
            assert before_w is not None
            if index not in self._keepers:
                self._keepers[index] = Keeper(
                    nvidia.limit_command(index, before_w),
                    {MARK_VARIABLE: f"{self._mark}/gpu-{index}"},
                )
            await self._keepers[index].ensure()
            if before_w != watts:
                await asyncio.to_thread(nvidia.limit, index, watts)
                _LOGGER.info("graphics card %d: limited to %g W", index, watts)
        if not self._possible and not wanted:
            # To set what is set shows whether it may be set.
            for index in self._concerned():
                await asyncio.to_thread(nvidia.limit, index, cards[index].limit_w or 0)
        self._applied = wanted

    def _check(self, cards: Mapping[int, Card]) -> None:
        """Raise NvidiaError unless every card takes every limit that may be needed."""
        for worker in self._workers:
            for index in worker.spec.gpus or cards:
                card = cards.get(index)
                if card is None:
                    raise NvidiaError(f"there is no graphics card {index}")
                if card.limit_w is None or card.least_w is None or card.most_w is None:
                    raise NvidiaError(f"graphics card {index} has no power limit")
                for level in worker.spec.levels:
                    watts = level.gpu_limit_w or 0
                    if not card.least_w <= watts <= card.most_w:
                        raise NvidiaError(
                            f"graphics card {index} takes {card.least_w:g} to"
                            f" {card.most_w:g} W, not {watts:g} W"
                        )

    def _wanted(self) -> dict[int, float]:
        """Return the limit of each card that a level in force limits."""
        wanted: dict[int, float] = {}
        for worker in self._workers:
            watts = worker.gpu_limit_w
            if watts is not None:
                for index in worker.spec.gpus or self._cards:
                    wanted[index] = min(watts, wanted.get(index, watts))
        return wanted

    def _concerned(self) -> set[int]:
        return {
            index
            for worker in self._workers
            for index in worker.spec.gpus or self._cards
        }

    async def _restore(self, index: int) -> None:
        await self._keepers.pop(index).dismiss(RESTORE_S)
        _LOGGER.info("graphics card %d: its limit was given back", index)

    def _hold(self, problem: str | None) -> None:
        trip = None if problem is None else Trip(Cause.GPU_LIMIT, problem)
        for worker in self._workers:
            worker.hold("gpu", trip)
