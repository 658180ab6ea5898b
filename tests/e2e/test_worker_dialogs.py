"""A person adds workers of every kind in the real frontend; the daemons are real too."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from playwright.async_api import expect
import pytest
import pytest_asyncio

from demo.feed import FeedRunner
from tests.integration.companion import Companion
from tests.integration.fah_client import folding_client
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
    await pauses(person, "BOINC client")


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
    await pauses(person, f"Render {name}")


async def test_a_worker_service_that_is_paired(person: Browser, tmp_path: Path) -> None:
    service = Companion(tmp_path, paired=True)
    await service.start()
    try:
        pages = await begin_worker(person, "Solar Compute Worker service")
        await pages.fill(Address=service.url)
        await pages.submit()
        await pages.title("Pair with the worker service")
        await pages.shows(await service.fingerprint())
        await pages.fill(Code="AAAA-AAAA")
        await pages.submit()
        await pages.shows("This is not the code")
        await pages.fill(Code=await service.code())
        await person.picture("worker service pairing")
        await pages.submit()
        await pages.title("Which worker?")
        await pages.fill(Name="Paired box")
        await pages.submit()
        await end(person, pages)
        await pauses(person, "Paired box")
    finally:
        service.kill()


async def test_a_folding_client(person: Browser) -> None:
    """The client is a fake: no real one could be had."""
    async with folding_client() as client:
        pages = await begin_worker(person, "Folding@home client (experimental)")
        await pages.fill(Host="127.0.0.1", Port=str(client.port))
        await person.picture("worker folding")
        await pages.submit()
        await pages.title("Which group? (experimental)")
        await pages.fill(Levels="90", Name="Folding box")
        await pages.tick("I understand that it keeps running")
        await person.picture("worker folding group")
        await pages.submit()
        await end(person, pages)
        await pauses(person, "Folding box")


async def end(person: Browser, pages: Pages) -> None:
    """Leave what it is worth as it is proposed, and end."""
    await pages.title("What it is worth")
    await pages.submit()
    await pages.finish()


async def pauses(person: Browser, device: str) -> None:
    """Pause a worker by the button of its device, whatever it does now."""
    page = person.page
    await person.open("/config/devices/dashboard?domain=solar_compute")
    await page.get_by_text(device).first.click()
    row = page.locator("hui-button-entity-row", has_text="Pause for a while")
    await row.get_by_role("button", name="Press").click()
    reason = page.get_by_text("Paused: you asked for it").first
    await expect(reason).to_be_visible(timeout=30_000)
    state = page.get_by_text("Paused", exact=True).first
    await expect(state).to_be_visible(timeout=30_000)
    await person.picture(f"device {device}")
