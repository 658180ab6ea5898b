"""The companion service keeps the contract: the real one, as a process of its own.

It is reached as on another machine: with TLS, by the fingerprint of its certificate.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
import shutil

import aiohttp
import pytest

from custom_components.solar_compute.workers import agent_client
from custom_components.solar_compute.workers.agent import AgentBackend, AgentWorker
from custom_components.solar_compute.workers.base import Backend
from solar_compute_worker.certificate import fingerprint
from solar_compute_worker.state_folder import StateFolder
from tests.integration.companion import TOKEN, WRONG_TOKEN, Companion
from tests.requires import require

from .conformance import TEN, Conformance
from .jobs import COUNTER, count_in, cpu_s, processes_in
from .rig import Crash, Traits
from .road import Road, road_to

NAMES = ["cruncher", *(f"cruncher-{number}" for number in range(TEN))]
WORKER = """
[workers.{name}]
command = ["sh", "counter.sh", "count"]
working_directory = "{name}"
cpus = 1
levels = [{{watts = 60, cpu_share = 0.5}}, {{watts = 120, cpu_share = 1.0}}]
"""


class CompanionRig:
    """One service with a job that is looked at, and ten more."""

    def __init__(
        self,
        folder: Path,
        companion: Companion,
        road: Road,
        session: aiohttp.ClientSession,
    ) -> None:
        self.road = road
        self._folder = folder
        self._companion = companion
        self._session = session

    def worker(self, *, lease_s: float = 60) -> Backend:
        return self._worker("cruncher", TOKEN, lease_s)

    def stranger(self) -> Backend | None:
        return self._worker("cruncher", WRONG_TOKEN)

    async def more(self, number: int) -> Sequence[Backend]:
        return [self._worker(name, TOKEN) for name in NAMES[1 : number + 1]]

    def used_s(self) -> float:
        return cpu_s(processes_in(self._folder / "cruncher"))

    def count(self) -> int:
        return count_in(self._folder / "cruncher" / "count")

    async def kill(self) -> None:
        self._companion.kill()

    async def start(self) -> None:
        await self._companion.start()

    def _worker(self, name: str, token: str, lease_s: float = 60) -> Backend:
        config = AgentBackend(
            url=f"https://127.0.0.1:{self.road.port}",
            token=token,
            worker=name,
            fingerprint=fingerprint(StateFolder(self._companion.state)),
            lease_s=lease_s,
        )
        return AgentWorker(self._session, config, "home")


@pytest.fixture(scope="class")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one for every job."""
    folder = tmp_path_factory.mktemp("companion")
    for name in NAMES:
        (folder / name).mkdir()
        shutil.copy(COUNTER, folder / name)
    return folder


@pytest.fixture(scope="class")
def companion(folder: Path) -> Iterator[Companion]:
    """Return the service, which the first test starts."""
    workers = "".join(WORKER.format(name=name) for name in NAMES)
    require("openssl")
    service = Companion(folder, token=TOKEN, paired=True, workers=workers)
    yield service
    service.kill()


class TestCompanion(Conformance):
    """Jobs that are frozen and thawed by the service."""

    traits = Traits(
        leased=True,
        numbered=True,
        guarded=True,
        in_memory=True,
        crash=Crash.PAUSED,
        levels=2,
    )
    timeout = (agent_client, "TIMEOUT", aiohttp.ClientTimeout(total=1))

    @pytest.fixture
    async def rig(
        self, folder: Path, companion: Companion
    ) -> AsyncIterator[CompanionRig]:
        if not companion.runs:
            await companion.start()
        async with road_to(companion.port) as road, aiohttp.ClientSession() as session:
            yield CompanionRig(folder, companion, road, session)
