"""Libraries that only one kind of worker needs."""

import asyncio
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.requirements import RequirementsNotFound
import pytest

from custom_components.solar_compute.workers import create_backend, libraries
from custom_components.solar_compute.workers.base import WorkerUnreachable
from custom_components.solar_compute.workers.docker import DockerBackend
from custom_components.solar_compute.workers.docker_engine import REQUIREMENT
from custom_components.solar_compute.workers.libraries import async_bring


class Installer:
    """Installs nothing, when it is allowed to go on."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.go_on = asyncio.Event()
        self.fails = False

    async def install(
        self, _hass: HomeAssistant, name: str, requirements: list[str], _core: bool
    ) -> None:
        """Stand for Home Assistant's own installation."""
        self.asked.append(requirements)
        await self.go_on.wait()
        if self.fails:
            raise RequirementsNotFound(name, requirements)


@pytest.fixture
def installer() -> Iterator[Installer]:
    """Have nothing installed for real."""
    installer = Installer()
    with patch.object(libraries, "async_process_requirements", installer.install):
        yield installer


async def test_a_library_is_installed_once_and_who_gives_up_does_not_disturb_it(
    hass: HomeAssistant, installer: Installer
) -> None:
    waiting = [asyncio.create_task(async_bring(hass, REQUIREMENT)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.wait(waiting[:1])

    installer.go_on.set()
    await asyncio.gather(*waiting[1:])
    await async_bring(hass, REQUIREMENT)

    assert installer.asked == [[REQUIREMENT]]


async def test_a_library_that_cannot_be_installed_is_a_worker_that_is_not_reached(
    hass: HomeAssistant, installer: Installer, unix_sockets: None
) -> None:
    installer.fails = True
    installer.go_on.set()
    config = DockerBackend(address="unix:///nowhere", container="crunch")
    worker = create_backend(hass, config, controller="home")
    attempts: list[Any] = [
        worker.async_status,
        lambda: worker.async_set_level(1, 1),
        lambda: worker.async_pause(2),
    ]
    for attempt in attempts:
        with pytest.raises(WorkerUnreachable, match="could not be installed"):
            await attempt()

    installer.fails = False
    with pytest.raises(WorkerUnreachable, match="No such file"):
        await worker.async_status()
    assert len(installer.asked) == 4


async def test_a_library_that_is_not_there_after_all_is_told(
    hass: HomeAssistant, installer: Installer
) -> None:
    installer.go_on.set()
    with pytest.raises(WorkerUnreachable, match="could not be installed"):
        await async_bring(hass, "surely_not_there==1.0")
