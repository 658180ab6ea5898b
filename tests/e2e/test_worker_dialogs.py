"""A person adds workers of every kind in the real frontend; the daemons are real too.

`scripts/screenshots dialogs` runs this for the pictures of dialogs that the docs show.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
import re

from playwright.async_api import expect
import pytest
import pytest_asyncio

from demo.boinc_client import PASSWORD
from tests.integration.companion import Companion
from tests.integration.fah_client import folding_client
from tests.requires import require
from tests.workers.boinc_box import BoincBox
from tests.workers.docker_box import DockerBox
from tests.workers.engine_box import EngineBox
from tests.workers.podman_box import PodmanBox
from tests.workers.slurm_box import PROGRAMS, SlurmBox

from .browser import Browser, browser
from .household import Household
from .pages import Pages, begin_worker, open_device

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def person(shared_household: Household, pictures: Path) -> AsyncIterator[Browser]:
    """Give somebody who has logged in to a home that is set up."""
    require("chromium")
    server = shared_household.home_assistant
    # So high that a dialog is seen whole.
    async with browser(server.url, pictures, height=1500) as seen:
        await seen.log_in(server.user, server.password)
        yield seen


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
        Password=PASSWORD,
        Levels="60, 120",
        CPU_limits="40, 100",
    )
    await pages.picture("worker-boinc")
    await pages.fill(Password="guessed")
    await pages.submit()
    await pages.shows("The BOINC client refuses this password.")
    await pages.fill(Password=PASSWORD)
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
    await pages.picture(f"worker-{name}")
    await pages.submit()
    await pages.shows("Please confirm that you have understood this.")
    await pages.tick("I understand what this gives away")
    await pages.submit()
    await pages.title("Which container?")
    levels = "30, 60" if limits else "60"
    await pages.fill(Levels=levels, Name=f"Render {name}", **limits)
    await pages.tick("I understand that it keeps running")
    await pages.picture(f"worker-{name}-container")
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
        await pages.picture("worker-service-pairing")
        await pages.fill(Code="AAAA-AAAA")
        await pages.submit()
        await pages.shows("This is not the code")
        await pages.fill(Code=await service.code())
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
        await pages.picture("worker-folding")
        await pages.submit()
        await pages.title("Which group? (experimental)")
        await pages.fill(Levels="90", Name="Folding box")
        await pages.tick("I understand that it keeps running")
        await pages.picture("worker-folding-group")
        await pages.submit()
        await end(person, pages)
        await pauses(person, "Folding box")


async def test_a_partition_of_slurm(person: Browser, tmp_path: Path) -> None:
    for program in PROGRAMS:
        require(program)
    cluster = SlurmBox(tmp_path / "slurm", {"solar": "UP"})
    try:
        cluster.start()
        pages = await begin_worker(person, "Slurm queue", "Slurm cluster")
        await pages.fill(
            Address=f"127.0.0.1:{cluster.rest_port}",
            User=cluster.user,
            Token=cluster.token(),
        )
        await pages.picture("worker-slurm")
        await pages.submit()
        await pages.title("Slurm partition")
        await pages.select("Partition", "solar")
        await pages.fill(Levels="40, 80", Cores="1, 2", Name="Cluster")
        await pages.tick("I understand that running jobs are not stopped")
        await pages.picture("worker-slurm-partition")
        await pages.submit()
        await end(person, pages)
        await pauses(person, "Cluster")
    finally:
        cluster.close()


async def test_a_plain_switch(person: Browser, household: Household) -> None:
    client = household.home_assistant.client
    await client.call("input_boolean/create", name="Miner")
    pages = await begin_worker(person, "Entities of Home Assistant")
    await pages.pick("What turns it on and off", "Miner")
    await pages.fill(Levels="300", Name="Switched miner")
    await pages.tick("I understand that it keeps running")
    await pages.picture("worker-entities")
    await pages.submit()
    await end(person, pages)
    await pauses(person, "Switched miner")


async def test_what_is_always_on_is_counted_and_has_no_switch(person: Browser) -> None:
    pages = await begin_worker(person, "Always on")
    await pages.fill(Name="Storage node", What_it_draws="80")
    await pages.picture("worker-always-on")
    await pages.submit()
    await pages.finish()
    await open_device(person, "Storage node", "80 W")
    await expect(person.page.get_by_text("Pause for a while")).to_have_count(0)
    await person.picture("device Storage node")


async def end(person: Browser, pages: Pages) -> None:
    """Leave what it is worth as it is proposed, and end."""
    await pages.title("What it is worth")
    await pages.submit()
    await pages.finish()


async def pauses(person: Browser, device: str) -> None:
    """Pause a worker by the button of its device, whatever it does now."""
    page = person.page
    await open_device(person, device, "Pause for a while")
    row = page.locator("hui-button-entity-row", has_text="Pause for a while")
    await row.get_by_role("button", name="Press").click()
    reason = page.get_by_text("Paused: you asked for it").first
    await expect(reason).to_be_visible()
    sensors = page.locator("ha-device-entities-card", has_text="Sensors").first
    await expect(sensors).to_contain_text(re.compile("Paused(?!:)"))
    await person.picture(f"device {device}")
