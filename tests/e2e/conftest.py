"""The household that the tests of one module share: starting one takes a while.

Two modules run at a time. Those whose days pass in minutes are in the group "days", and
follow one another: two such homes would take each other's seconds, which are minutes.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from demo.boinc_client import HEADER
from demo.feed import FeedRunner
from tests.requires import require, require_file
from tests.workers.conftest import cruncher, docker_box, podman_box

from .household import Household

__all__ = ["cruncher", "docker_box", "podman_box"]

LEASE_S = 36.0
"""Longer than Home Assistant takes to restart on a busy machine."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of each module together."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_household(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Household]:
    """Give a running household with one worker of two levels, worth 15 ct per kWh."""
    household = Household.build(tmp_path_factory.mktemp("household"))
    try:
        await household.start()
        async with FeedRunner(household.feed):
            await household.install(lease_s=LEASE_S)
            yield household
    finally:
        await household.close()


@pytest.fixture
def household(shared_household: Household) -> Iterator[Household]:
    """Give the household with healthy meters, and show its logs if a test fails."""
    shared_household.feed.silent.clear()
    shared_household.feed.replaced.clear()
    yield shared_household
    for program in (
        shared_household.home_assistant.program,
        shared_household.companion.program,
    ):
        print(f"--- {program.name}\n{program.last_lines(200)}")


@pytest.fixture(scope="session")
def _boinc() -> None:
    """Be sure that there is all that the demo with BOINC takes."""
    require("boinc")
    require("g++")
    require_file(HEADER, "g++")


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Return the folder for screenshots, which Git ignores."""
    folder = Path(__file__).parents[2] / ".cache" / "e2e"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
