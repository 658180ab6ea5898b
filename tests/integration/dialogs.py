"""Takes the dialogs as a person does: open one, fill in a page, press submit."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section

from custom_components.solar_compute.const import DOMAIN

from . import houses

type Result = Any
"""A flow's answer; its three kinds of flow have three types for it."""

SITE_PAGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("grid", houses.GRID),
    ("battery", {**houses.BATTERY, "advanced": houses.BATTERY_ADVANCED}),
    ("prices", houses.PRICES),
    ("confirm", {}),
)
WORTH_PAGE: dict[str, Any] = {
    "value_per_kwh": 0.15,
    "value_per_hour": 0.0,
    "priority": 10,
    "switching": {},
    "heat": {},
    "quiet": {},
}
BOINC_PAGE: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": 31416,
    "password": "a-password",
    "levels_w": "60, 120",
    "cpu_limits": "50, 100",
}
ENGINE_PAGE: dict[str, Any] = {
    "address": "/var/run/docker.sock",
    "acknowledge_root": True,
}
CONTAINER_PAGE: dict[str, Any] = {
    "container": "crunch",
    "levels_w": "30, 60",
    "cpus": "1, 4",
    "on_pause": "freeze",
    "acknowledge_no_lease": True,
}
FOLDING_PAGE: dict[str, Any] = {"host": "127.0.0.1", "port": 7396}
FOLDING_GROUP_PAGE: dict[str, Any] = {
    "group": "/",
    "levels_w": "90",
    "acknowledge_no_lease": True,
}
SLURM_PAGES: tuple[dict[str, Any], dict[str, Any]] = (
    {"url": "http://127.0.0.1:6820", "user": "solar", "token": "a.good.token"},
    {
        "partition": "solar",
        "levels_w": "150, 300",
        "level_cores": "8, 16",
        "acknowledge_no_lease": True,
    },
)
MINER_PAGE: dict[str, Any] = {
    "switch": "switch.miner",
    "levels_w": "500",
    "levels": {},
    "confirmation": {},
    "acknowledge_no_lease": True,
}
ALWAYS_ON_PAGE: dict[str, Any] = {"name": "Storage node", "watts": 80, "heat": {}}
TANK_PAGE: dict[str, Any] = {
    "name": "Hot water",
    "temperature": ["sensor.water"],
    "volume_l": 200,
    "backup": "gas",
    "loss": {},
    "demand": {},
    "hygiene": {},
    "meter": {},
}
LOOP_PAGE: dict[str, Any] = {
    "name": "Pool",
    "temperature": ["sensor.pool"],
    "volume_l": 30_000,
    "backup": "none",
    "loss": {"energy_class": "own", "loss_w_per_k": 500},
    "demand": {},
    "meter": {},
}
ROOM_PAGE: dict[str, Any] = {
    "name": "Study",
    "temperature": ["sensor.study"],
    "backup": "gas",
    "loss": {},
    "outside": {},
    "demand": {},
    "meter": {},
}
SPACE_PAGE: dict[str, Any] = {"name": "Cellar"}
GAS_PAGE: dict[str, Any] = {
    "backup_price": 0.114,
    "timing": {},
    "details": {},
    "wait": {},
}
ROOM_GAS_PAGE = {key: value for key, value in GAS_PAGE.items() if key != "wait"}


async def open_site(hass: HomeAssistant) -> Result:
    """Open the dialog that adds the integration."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


async def open_site_again(entry: ConfigEntry, hass: HomeAssistant) -> Result:
    """Open the dialog that reconfigures the site."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
    )


async def open_subentry(hass: HomeAssistant, entry: ConfigEntry, kind: str) -> Result:
    """Open the dialog that adds a worker or a heat sink."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context={"source": SOURCE_USER}
    )


async def open_subentry_again(
    hass: HomeAssistant, entry: ConfigEntry, subentry_id: str
) -> Result:
    """Open the dialog that reconfigures a worker or a heat sink."""
    kind = entry.subentries[subentry_id].subentry_type
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id},
    )


def manager_of(hass: HomeAssistant, result: Result) -> Any:
    """Return what carries the flow on."""
    if isinstance(result["handler"], tuple):
        return hass.config_entries.subentries
    if result["handler"] == DOMAIN:
        return hass.config_entries.flow
    return hass.config_entries.options


async def submit(
    hass: HomeAssistant, result: Result, step_id: str, page: Mapping[str, Any]
) -> Result:
    """Fill in the page that is shown, which must be `step_id`, and submit it.

    A field whose value is None stays empty.
    """
    assert result["type"] is FlowResultType.FORM, result
    assert result["step_id"] == step_id
    answer = await manager_of(hass, result).async_configure(
        result["flow_id"], {k: v for k, v in page.items() if v is not None}
    )
    await hass.async_block_till_done()
    return answer


async def choose(hass: HomeAssistant, result: Result, option: str) -> Result:
    """Choose an option of the menu that is shown."""
    assert result["type"] is FlowResultType.MENU, result
    assert option in result["menu_options"]
    return await manager_of(hass, result).async_configure(
        result["flow_id"], {"next_step_id": option}
    )


def suggested(result: Result) -> dict[str, Any]:
    """Return what a form is filled in with, sections flattened."""
    return _suggested(result["data_schema"])


def _suggested(schema: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, part in schema.schema.items():
        if isinstance(part, section):
            values.update(_suggested(part.schema))
        elif key.description and "suggested_value" in key.description:
            values[str(key)] = key.description["suggested_value"]
        elif callable(key.default):
            values[str(key)] = key.default()
    return values
