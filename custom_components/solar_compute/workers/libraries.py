"""Libraries that only one kind of worker needs: installed and imported on first use.

So nobody pays for what he does not use, and the manifest names none of them. May import
Home Assistant; must never block the event loop, nor install a library twice at once.
"""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module
from homeassistant.requirements import RequirementsNotFound, async_process_requirements
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .base import WorkerUnreachable

_UNDER_WAY: HassKey[dict[str, asyncio.Task[None]]] = HassKey(f"{DOMAIN}_libraries")


async def async_bring(hass: HomeAssistant, requirement: str) -> None:
    """Return once a library can be imported, such as "aiodocker==0.27.0".

    Who is cancelled while he waits does not disturb the installation. Raises
    `WorkerUnreachable` where it fails; Home Assistant then wants to be restarted before
    it tries again.
    """
    under_way = hass.data.setdefault(_UNDER_WAY, {})
    task = under_way.get(requirement)
    if task is None or (task.done() and not _succeeded(task)):
        task = under_way[requirement] = hass.async_create_background_task(
            _async_bring(hass, requirement), f"{DOMAIN} {requirement}"
        )
    await asyncio.shield(task)


async def _async_bring(hass: HomeAssistant, requirement: str) -> None:
    name = requirement.partition("==")[0]
    try:
        await async_process_requirements(hass, DOMAIN, [requirement], False)
        await async_import_module(hass, name)
    except (RequirementsNotFound, ImportError) as err:
        raise WorkerUnreachable(
            f"The Python library {requirement} could not be installed. Check the"
            " internet connection of Home Assistant and restart it."
        ) from err


def _succeeded(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None
