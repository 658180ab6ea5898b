"""A Folding@home client keeps the contract: a fake one, as no real one could be had."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import pytest

from custom_components.solar_compute.workers import folding_client
from custom_components.solar_compute.workers.base import Backend
from custom_components.solar_compute.workers.folding import (
    FoldingBackend,
    FoldingWorker,
)

from .conformance import TEN, Conformance
from .fah_box import FoldingBox
from .jobs import count_in, cpu_s
from .rig import Crash, Traits
from .road import Road, road_to


class FoldingRig:
    """A client with a group that is looked at, and ten more."""

    def __init__(
        self, box: FoldingBox, road: Road, session: aiohttp.ClientSession
    ) -> None:
        self.road = road
        self._box = box
        self._session = session

    def worker(self, *, lease_s: float = 60) -> Backend:
        return self._worker("")

    def stranger(self) -> Backend | None:
        return None

    async def more(self, number: int) -> Sequence[Backend]:
        return [self._worker(f"group {each}") for each in range(number)]

    def used_s(self) -> float:
        return cpu_s([self._box.core.pid] if self._box.core else [])

    def count(self) -> int:
        return count_in(self._box.shown)

    async def kill(self) -> None:
        await self._box.kill()

    async def start(self) -> None:
        await self._box.start()

    def _worker(self, group: str) -> Backend:
        config = FoldingBackend(host="127.0.0.1", port=self.road.port, group=group)
        return FoldingWorker(self._session, config)


class TestFolding(Conformance):
    """Groups whose cores end and begin again, and that nobody pauses without us."""

    traits = Traits(
        leased=False,
        numbered=True,
        guarded=False,
        in_memory=False,
        crash=Crash.COMPUTES_ON,
        levels=1,
    )
    timeout = (folding_client, "TIMEOUT_S", 1.0)

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[FoldingRig]:
        box = FoldingBox(tmp_path, TEN)
        await box.start()
        async with road_to(box.port) as road, aiohttp.ClientSession() as session:
            yield FoldingRig(box, road, session)
        await box.kill()
