"""Docker and Podman keep the contract: real engines, with containers that count."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
import shutil
from typing import Any

import pytest

from custom_components.solar_compute.workers import docker_engine
from custom_components.solar_compute.workers.base import Backend
from custom_components.solar_compute.workers.docker import OnPause

from .asking import PATIENCE_S
from .conformance import Conformance
from .docker_box import DockerBox, make_certificates
from .engine_box import EngineBox
from .podman_box import PodmanBox
from .rig import Crash, Traits
from .road import Road, road_to


class EngineRig:
    """An engine with a container that is looked at, and as many more as are wanted."""

    def __init__(
        self, box: EngineBox, road: Road, stranger: Path | None = None, **settings: Any
    ) -> None:
        self.road = road
        self._box = box
        self._stranger = stranger
        self._settings = settings

    def worker(self, *, lease_s: float = 60) -> Backend:
        return self._box.worker(**self._settings)

    def stranger(self) -> Backend | None:
        if self._stranger is None:
            return None
        own = {**self._settings, "certificates": str(self._stranger)}
        return self._box.worker(**own)

    async def more(self, number: int) -> Sequence[Backend]:
        freezes = self._settings.get("on_pause") is not OnPause.STOP
        workers = []
        for name in (f"cruncher-{one}" for one in range(number)):
            # One that was never started is paused, if it may be started at all.
            self._box.create(name, start=freezes)
            workers.append(self._box.worker(name, **self._settings))
            await workers[-1].async_pause(0)
        return workers

    def used_s(self) -> float:
        return self._box.used_s()

    def count(self) -> int:
        return self._box.count()

    async def kill(self) -> None:
        self._box.kill()

    async def start(self) -> None:
        self._box.start()


class _Engine(Conformance):
    """What the classes below have in common."""

    timeout = (docker_engine, "TIMEOUT_S", 1.0)

    @pytest.fixture(autouse=True)
    def _patient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Wait long for an engine: a busy machine takes its time over ten containers."""
        monkeypatch.setattr(docker_engine, "TIMEOUT_S", PATIENCE_S)

    @pytest.fixture(scope="class")
    def cruncher(self, docker_box: DockerBox) -> DockerBox:
        """Have a container that the daemon starts again after a crash of its own."""
        policy = {"Name": "always"}
        docker_box.create("cruncher", RestartPolicy=policy)
        return docker_box


class TestDocker(_Engine):
    """A container that is frozen and thawed, with a CPU limit for each level."""

    traits = Traits(
        leased=False,
        numbered=True,
        guarded=False,
        in_memory=True,
        crash=Crash.COMPUTES_ON,
        levels=2,
    )

    @pytest.fixture
    async def rig(self, cruncher: DockerBox) -> AsyncIterator[EngineRig]:
        async with road_to(cruncher.socket) as road:
            address = f"unix://{road.address}"
            yield EngineRig(cruncher, road, address=address, cpus=(0.5, 1.0))


class TestDockerByTls(_Engine):
    """The same from another machine, where certificates say who may command."""

    traits = Traits(
        leased=False,
        numbered=True,
        guarded=True,
        in_memory=True,
        crash=Crash.COMPUTES_ON,
        levels=1,
    )

    @pytest.fixture(scope="class")
    def stranger(
        self, cruncher: DockerBox, tmp_path_factory: pytest.TempPathFactory
    ) -> Path:
        """Return a client that trusts the daemon, and that the daemon does not."""
        folder = tmp_path_factory.mktemp("stranger") / "certificates"
        make_certificates(folder)
        shutil.copy(cruncher.certificates / "ca.pem", folder)
        return folder

    @pytest.fixture
    async def rig(
        self, cruncher: DockerBox, stranger: Path
    ) -> AsyncIterator[EngineRig]:
        async with road_to(cruncher.port) as road:
            yield EngineRig(
                cruncher,
                road,
                stranger,
                address=f"tcp://127.0.0.1:{road.port}",
                certificates=str(cruncher.certificates),
            )


class TestDockerThatStops(_Engine):
    """A container that ends at a pause, and is started again."""

    traits = Traits(
        leased=False,
        numbered=True,
        guarded=False,
        in_memory=False,
        crash=Crash.COMPUTES_ON,
        levels=1,
    )

    @pytest.fixture
    async def rig(self, cruncher: DockerBox) -> AsyncIterator[EngineRig]:
        async with road_to(cruncher.socket) as road:
            address = f"unix://{road.address}"
            yield EngineRig(cruncher, road, address=address, on_pause=OnPause.STOP)


class TestPodman(_Engine):
    """A container that is frozen and thawed; it does not need its engine to live on."""

    traits = Traits(
        leased=False,
        numbered=True,
        guarded=False,
        in_memory=True,
        crash=Crash.COMPUTES_ON,
        levels=1,
    )

    @pytest.fixture
    async def rig(self, podman_box: PodmanBox) -> AsyncIterator[EngineRig]:
        podman_box.create("cruncher")
        async with road_to(podman_box.socket) as road:
            yield EngineRig(podman_box, road, address=f"unix://{road.address}")
