"""Brings the screen into Home Assistant's frontend: one file with the card and the dashboard.

Where dashboards are stored, the file becomes one of their resources, as if the user had
added it. Where resources are written in YAML, a loader brings it, which waits until the
frontend is up: what registers itself earlier is lost. Both go with the last entry.

Home Assistant may run without a frontend, and its resources have no public interface.
So whatever goes wrong here is logged: it must never keep a worker from being decided on.
"""

from hashlib import sha256
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.components.frontend import add_extra_js_url, remove_extra_js_url
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA, MODE_STORAGE
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).parent / "frontend"
PATH: Final = f"/{DOMAIN}"
CARD: Final = "solar-compute-card.js"
LOADER: Final = "loader.js"

DATA_QUERY: HassKey[str] = HassKey(f"{DOMAIN}_screen")
"""What follows the file's address, once it is served: browsers keep files for a month,
and another file needs another address."""


async def async_show(hass: HomeAssistant) -> None:
    """Serve the screen, and have every dashboard load it."""
    if "frontend" not in hass.config.components:
        return
    try:
        await _async_serve(hass)
        if (resources := _stored_resources(hass)) is None:
            add_extra_js_url(hass, _address(hass, LOADER))
        else:
            await _async_keep(resources, _address(hass, CARD))
    except Exception:
        _LOGGER.exception("The card cannot be shown; workers are not concerned")


async def async_hide(hass: HomeAssistant) -> None:
    """Have no dashboard load the screen any more."""
    if DATA_QUERY not in hass.data:
        return
    try:
        if (resources := _stored_resources(hass)) is None:
            remove_extra_js_url(hass, _address(hass, LOADER))
        else:
            for item in await _async_ours(resources):
                await resources.async_delete_item(item["id"])
    except Exception:
        _LOGGER.exception("The card could not be taken from the dashboards")


async def _async_serve(hass: HomeAssistant) -> None:
    if DATA_QUERY in hass.data:
        return
    version = (await async_get_integration(hass, DOMAIN)).version
    content = await hass.async_add_executor_job((FOLDER / CARD).read_bytes)
    await hass.http.async_register_static_paths(
        [StaticPathConfig(PATH, str(FOLDER), cache_headers=True)]
    )
    hass.data[DATA_QUERY] = f"?v={version}-{sha256(content).hexdigest()[:8]}"


def _address(hass: HomeAssistant, file: str) -> str:
    return f"{PATH}/{file}{hass.data[DATA_QUERY]}"


def _stored_resources(hass: HomeAssistant) -> ResourceStorageCollection | None:
    """Return the resources if they can be changed; None where they are YAML."""
    lovelace = hass.data[LOVELACE_DATA]
    if lovelace.resource_mode != MODE_STORAGE:
        return None
    assert isinstance(lovelace.resources, ResourceStorageCollection)
    return lovelace.resources


async def _async_ours(resources: ResourceStorageCollection) -> list[dict[str, Any]]:
    # What loads the stored resources, unlike `async_items`.
    await resources.async_get_info()
    ours = f"{PATH}/{CARD}"
    return [
        item
        for item in resources.async_items()
        if item["url"].partition("?")[0] == ours
    ]


async def _async_keep(resources: ResourceStorageCollection, address: str) -> None:
    """Have exactly one resource of ours, of this address."""
    wanted = {"res_type": "module", "url": address}
    if not (ours := await _async_ours(resources)):
        await resources.async_create_item(wanted)
        return
    first, *others = ours
    if first["url"] != address:
        await resources.async_update_item(first["id"], wanted)
    for item in others:
        await resources.async_delete_item(item["id"])
