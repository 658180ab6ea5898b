"""Fixtures: a service in this process behind a real server, one per pause method."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
import subprocess
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
import pytest

from solar_compute_worker import leftovers
from solar_compute_worker.api import create_app
from solar_compute_worker.cgroup import CgroupTree, find_tree
from solar_compute_worker.config import load_config
from solar_compute_worker.service import Service, prepare
from solar_compute_worker.spec import Config

from .support import (
    PATIENCE_S,
    end_service,
    guardian_pids,
    job_pids,
    one_worker,
    spawn_service,
    until,
    write_config,
)

METHODS = ("signal", "cgroup")


def require_cgroups() -> None:
    """Skip the running test where control groups cannot be made."""
    tree = find_tree("solar-compute-probe")
    if tree is None:
        pytest.skip(
            "needs a writable control group (version 2): run as root to test it"
        )
    if tree.service.exists():
        pytest.skip("the service would have to move this test run to another group")


@pytest.fixture(params=METHODS)
def pause_method(request: pytest.FixtureRequest) -> str:
    """Each way to pause a job in turn."""
    method = str(request.param)
    if method == "cgroup":
        require_cgroups()
    return method


class House:
    """A client of one service, as Home Assistant is, with one worker to command."""

    def __init__(self, service: Service, client: Any) -> None:
        self.service = service
        self.client = client
        self.generation = 0

    @property
    def mark(self) -> str:
        return self.service.config.mark

    def pids(self) -> list[int]:
        """Return the processes of the job."""
        return job_pids(self.mark)

    async def status(self) -> dict[str, Any]:
        async with self.client.get("/v1/workers/cruncher") as response:
            assert response.status == 200
            answer: dict[str, Any] = await response.json()
            return answer

    async def put(self, **body: Any) -> tuple[int, dict[str, Any]]:
        """Send a body as it is; return status and answer."""
        async with self.client.put(
            "/v1/workers/cruncher/desired", json=body
        ) as response:
            return response.status, await response.json()

    async def set_level(self, level: int, lease_s: float = 60) -> dict[str, Any]:
        """Command a level with a new generation, and expect it to be obeyed."""
        self.generation += 1
        status, answer = await self.put(
            level=level, lease_s=lease_s, generation=self.generation
        )
        assert status == 200, answer
        return answer

    async def reaches(self, **expected: Any) -> dict[str, Any]:
        """Wait until the status has these values, and return it."""
        answer: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    answer = await self.status()
                    if expected.items() <= answer.items():
                        return answer
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pytest.fail(f"{expected} was never reached, it is {answer}")

    async def pids_become(self, count: int) -> list[int]:
        """Wait until the job has so many processes, and return them."""
        async with asyncio.timeout(PATIENCE_S):
            while len(pids := await asyncio.to_thread(self.pids)) != count:
                await asyncio.sleep(0.02)
        return pids


@asynccontextmanager
async def serving(config: Config, tree: CgroupTree | None) -> AsyncIterator[House]:
    """Run a service for a configuration in this process, and end it afterwards."""
    service = Service(config, tree)
    watching = asyncio.create_task(service.watch())
    try:
        async with TestClient(TestServer(create_app(service))) as client:
            yield House(service, client)
    finally:
        await service.close()
        watching.cancel()
        leftovers.kill_marked(config.mark)


OpenHouse = Callable[..., Awaitable[House]]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[OpenHouse]:
    """Open a house whose worker has the given command, levels and pause method."""
    async with AsyncExitStack() as stack:

        async def open_house(pause_method: str = "signal", **options: Any) -> House:
            server = f'pause_method = "{pause_method}"\n'
            server += options.pop("server", "stop_grace_s = 2")
            config = one_worker(tmp_path, server=server, **options)
            tree = await asyncio.to_thread(prepare, config)
            return await stack.enter_async_context(serving(config, tree))

        yield open_house


def no_guardians(mark: str) -> bool:
    return not guardian_pids(mark)


Spawn = Callable[..., tuple[subprocess.Popen[str], Config]]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Spawn]:
    """Start the service as a program of its own; return it and its configuration."""
    started: list[tuple[subprocess.Popen[str], Config]] = []

    def spawn(**options: Any) -> tuple[subprocess.Popen[str], Config]:
        path = write_config(tmp_path, **options)
        started.append((spawn_service(path), load_config(path)))
        return started[-1]

    yield spawn
    for process, config in started:
        end_service(process)
        until(partial(no_guardians, config.mark), "guardians end by themselves")
        prepare(config)
