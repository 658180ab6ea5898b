"""Slurm keeps the contract: a real cluster, through the companion service on its host."""

from collections.abc import AsyncIterator, Iterator, Sequence

import aiohttp
import pytest

from custom_components.solar_compute.workers import agent_client
from custom_components.solar_compute.workers.agent import AgentBackend, AgentWorker
from custom_components.solar_compute.workers.base import Backend
from tests.integration.companion import TOKEN, WRONG_TOKEN, Companion
from tests.requires import require

from .conformance import TEN, Conformance
from .rig import Crash, Traits
from .road import Road, road_to
from .slurm_box import PROGRAMS, SlurmBox

NAMES = ["solar", *(f"solar-{number}" for number in range(TEN))]
WORKER = """
[workers.{name}]
slurm = {{ partition = "{name}", config = "{configuration}" }}
levels = [{{watts = 60, cores = 1}}, {{watts = 120, cores = 2}}]
"""


class SlurmRig:
    """One cluster and one service; two jobs are looked at, and ten more partitions."""

    def __init__(
        self,
        cluster: SlurmBox,
        companion: Companion,
        road: Road,
        session: aiohttp.ClientSession,
    ) -> None:
        self.road = road
        self._cluster = cluster
        self._companion = companion
        self._session = session

    def worker(self, *, lease_s: float = 60) -> Backend:
        return self._worker("solar", TOKEN, lease_s)

    def stranger(self) -> Backend | None:
        return self._worker("solar", WRONG_TOKEN)

    async def more(self, number: int) -> Sequence[Backend]:
        for name in NAMES[1 : number + 1]:
            self._cluster.submit(name)
        return [self._worker(name, TOKEN) for name in NAMES[1 : number + 1]]

    def used_s(self) -> float:
        return self._cluster.used_s("solar")

    def count(self) -> int:
        return self._cluster.count("solar")

    async def kill(self) -> None:
        self._companion.kill()

    async def start(self) -> None:
        await self._companion.start()

    def _worker(self, name: str, token: str, lease_s: float = 60) -> Backend:
        config = AgentBackend(
            url=f"http://127.0.0.1:{self.road.port}",
            token=token,
            worker=name,
            lease_s=lease_s,
        )
        return AgentWorker(self._session, config, "home")


@pytest.fixture(scope="class")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlurmBox]:
    """Return a cluster whose partitions are closed at first."""
    for program in PROGRAMS:
        require(program)
    box = SlurmBox(
        tmp_path_factory.mktemp("cluster") / "slurm", dict.fromkeys(NAMES, "DOWN")
    )
    try:
        box.start()
        for _ in range(2):
            box.submit("solar")
        yield box
    finally:
        box.close()


@pytest.fixture(scope="class")
def companion(
    tmp_path_factory: pytest.TempPathFactory, cluster: SlurmBox
) -> Iterator[Companion]:
    """Return the service, which the first test starts."""
    workers = "".join(
        WORKER.format(name=name, configuration=cluster.configuration) for name in NAMES
    )
    service = Companion(
        tmp_path_factory.mktemp("companion"), token=TOKEN, workers=workers
    )
    yield service
    service.kill()


class TestSlurm(Conformance):
    """Jobs that Slurm suspends and resumes, script and steps."""

    traits = Traits(
        leased=True,
        numbered=True,
        guarded=True,
        in_memory=True,
        crash=Crash.PAUSED,
        levels=2,
    )
    timeout = (agent_client, "TIMEOUT", aiohttp.ClientTimeout(total=3))

    @pytest.fixture
    async def rig(
        self, cluster: SlurmBox, companion: Companion
    ) -> AsyncIterator[SlurmRig]:
        if not companion.runs:
            await companion.start()
        async with road_to(companion.port) as road, aiohttp.ClientSession() as session:
            yield SlurmRig(cluster, companion, road, session)
