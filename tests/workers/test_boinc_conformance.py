"""BOINC keeps the contract: the real client, with a compiled application."""

from collections.abc import AsyncIterator, Sequence

import pytest

from custom_components.solar_compute.workers import boinc_rpc
from custom_components.solar_compute.workers.base import Backend

from .boinc_box import HOURS, BoincBox
from .conformance import Conformance
from .conftest import MakeBox
from .rig import Crash, Traits
from .road import Road, road_to


class BoincRig:
    """One client with a task for hours, and as many more clients as are wanted."""

    def __init__(self, box: BoincBox, make_box: MakeBox, road: Road) -> None:
        self.road = road
        self._box = box
        self._make_box = make_box

    def worker(self, *, lease_s: float = 60) -> Backend:
        return self._box.worker(
            port=self.road.port, lease_s=lease_s, cpu_limits=(60.0, 100.0)
        )

    def stranger(self) -> Backend | None:
        return self._box.worker(port=self.road.port, password="guessed")

    async def more(self, number: int) -> Sequence[Backend]:
        boxes = [self._make_box(tasks=[HOURS], paused=True) for _ in range(number)]
        return [box.worker() for box in boxes]

    def used_s(self) -> float:
        return self._box.used_s()

    def count(self) -> int:
        return self._box.count()

    async def kill(self) -> None:
        self._box.kill()

    async def start(self) -> None:
        self._box.start()


class TestBoinc(Conformance):
    """Tasks that stay in memory while they are paused."""

    traits = Traits(
        leased=True,
        numbered=True,
        guarded=True,
        in_memory=True,
        crash=Crash.PAUSED,
        levels=2,
        settle_s=1.5,
    )
    timeout = (boinc_rpc, "TIMEOUT_S", 1.0)

    @pytest.fixture
    async def rig(
        self, crunchbox: BoincBox, make_box: MakeBox
    ) -> AsyncIterator[BoincRig]:
        async with road_to(crunchbox.port) as road:
            yield BoincRig(crunchbox, make_box, road)
