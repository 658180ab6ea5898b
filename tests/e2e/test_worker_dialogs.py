"""A person adds workers of every kind in the real frontend; the daemons are real too."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from playwright.async_api import expect
import pytest
import pytest_asyncio

from demo.feed import FeedRunner
from tests.requires import require
from tests.workers.boinc_box import PASSWORD, BoincBox
from tests.workers.docker_box import DockerBox
from tests.workers.engine_box import EngineBox
from tests.workers.podman_box import PodmanBox

from .browser import Browser, browser
from .household import Household
from .pages import Pages, begin_worker

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def person(
    tmp_path_factory: pytest.TempPathFactory, pictures: Path
) -> AsyncIterator[Browser]:
    """Give somebody who has logged in to a home that is set up."""
    require("chromium")
    household = Household.build(tmp_path_factory.mktemp("household"))
    try:
        await household.start()
        async with FeedRunner(household.feed):
            await household.install(lease_s=36)
            server = household.home_assistant
            async with browser(server.url, pictures) as seen:
                await seen.log_in(server.user, server.password)
                yield seen
    finally:
        await household.close()


@pytest.fixture
def boinc_box(tmp_path: Path, cruncher: Path) -> Iterator[BoincBox]:
    """Give a machine with a running BOINC client."""
    box = BoincBox(tmp_path / "boinc", cruncher)
    box.start()
    yield box
    box.close()


async def test_a_boinc_client(person: Browser, boinc_box: BoincBox) -> None:
    pages = await begin_worker(person, "BOINC client")
    await pages.fill(
        Host="127.0.0.1",
        Port=str(boinc_box.port),
        Password="guessed",
        Levels="60, 120",
        CPU_limits="40, 100",
    )
    await pages.submit()
    await pages.shows("The BOINC client refuses this password.")
    await pages.fill(Password=PASSWORD)
    await person.picture("worker boinc")
    await pages.submit()
    await end(person, pages)
    await shows_as_paused(person, "BOINC client")


async def test_a_container_of_docker(person: Browser, docker_box: DockerBox) -> None:
    docker_box.create("render")
    await add_container(person, docker_box, "docker", CPU_limits="0.5, 1")


async def test_a_container_of_podman(person: Browser, podman_box: PodmanBox) -> None:
    podman_box.create("render")
    await add_container(person, podman_box, "podman")


async def add_container(
    person: Browser, box: EngineBox, name: str, **limits: str
) -> None:
    """Add the one container that an engine offers, and see it paused for real."""
    pages = await begin_worker(
        person, "Container of Docker or Podman", "Docker or Podman"
    )
    await pages.fill(Address=str(box.socket))
    await pages.submit()
    await pages.shows("Please confirm that you have understood this.")
    await pages.tick("I understand what this gives away")
    await person.picture(f"worker {name}")
    await pages.submit()
    await pages.title("Which container?")
    levels = "30, 60" if limits else "60"
    await pages.fill(Levels=levels, Name=f"Render {name}", **limits)
    await pages.tick("I understand that it keeps running")
    await person.picture(f"worker {name} container")
    await pages.submit()
    await end(person, pages)
    await shows_as_paused(person, f"Render {name}")


async def end(person: Browser, pages: Pages) -> None:
    """Leave what it is worth as it is proposed, and end."""
    await pages.title("What it is worth")
    await pages.submit()
    await pages.finish()


async def shows_as_paused(person: Browser, model: str) -> None:
    """Look at the new device: it is what it should be, and pauses."""
    await person.open("/config/devices/dashboard?domain=solar_compute")
    await person.page.get_by_text(model).first.click()
    await expect(person.page.get_by_text("Paused").first).to_be_visible(timeout=30_000)
    await person.picture(f"device {model}")
