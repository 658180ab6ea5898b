"""Repairs that one click begins."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerNotTrusted,
)

from .common import (
    ENTRY,
    Boxes,
    home,
    issues,
    meter,
    move_in,
    pass_time,
    served,
    settle,
)

HELD = "worker_held_by_other_cruncher"
TOKEN = "worker_auth_failed_cruncher"


@pytest.fixture(autouse=True)
async def repairs(hass: HomeAssistant) -> None:
    """Have Home Assistant's repairs."""
    assert await async_setup_component(hass, "repairs", {})


async def begin(hass: HomeAssistant, issue_id: str) -> Any:
    """Open the repair of an issue; return its first dialog."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    return await manager.async_init(DOMAIN, context={"issue_id": issue_id})


async def submit(hass: HomeAssistant, dialog: Any) -> Any:
    """Submit the dialog; return what comes next."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    return await manager.async_configure(dialog["flow_id"], {})


async def held_by_another_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    """Set up a home whose worker is run by another one."""
    entry = home(served("cruncher", "http://box"))
    await move_in(hass, entry)
    boxes["box"].level, boxes["box"].holder = 1, "another home"
    await pass_time(hass, freezer, 6)
    meter(hass, -3000)
    await pass_time(hass, freezer, 15)
    assert issues(hass) == {"worker_held_by_other"}


async def test_a_worker_is_taken_over_once_a_person_says_so(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    await held_by_another_home(hass, freezer, boxes)

    dialog = await begin(hass, HELD)
    assert dialog["type"] is FlowResultType.FORM
    assert dialog["description_placeholders"]["worker"] == "Cruncher"
    assert boxes["box"].told == []

    assert (await submit(hass, dialog))["type"] is FlowResultType.CREATE_ENTRY
    await pass_time(hass, freezer, 15)

    assert boxes["box"].told[0] == "pause"
    assert boxes["box"].told[1].startswith("level")
    assert boxes["box"].holder is None
    assert issues(hass) == set()


async def test_a_worker_that_is_gone_meanwhile_cannot_be_taken_over(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    await held_by_another_home(hass, freezer, boxes)
    dialog = await begin(hass, HELD)

    await hass.config_entries.async_remove(ENTRY)

    result = await submit(hass, dialog)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def wrong_token(hass: HomeAssistant, boxes: Boxes) -> None:
    """Set up a home whose worker service does not know it."""
    await move_in(hass, home(served("cruncher", "http://box")))
    boxes["box"].refusal = WorkerAuthFailed("The token must be right.")
    meter(hass, -3000)
    await settle(hass)


async def test_a_wrong_token_leads_to_the_settings_of_the_worker(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    await wrong_token(hass, boxes)
    await pass_time(hass, freezer, 15)
    assert issues(hass) == {"worker_auth_failed"}

    result = await submit(hass, await begin(hass, TOKEN))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    kind, flow_id = result["next_flow"]
    assert kind == "config_subentries_flow"
    flow = hass.config_entries.subentries.async_get(flow_id)
    assert flow["handler"] == (ENTRY, "worker")
    assert flow["context"]["subentry_id"] == "cruncher"


async def test_another_certificate_leads_to_the_settings_of_the_worker(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    await move_in(hass, home(served("cruncher", "http://box")))
    boxes["box"].refusal = WorkerNotTrusted("it shows another certificate")
    meter(hass, -3000)
    await pass_time(hass, freezer, 15)
    assert issues(hass) == {"worker_not_trusted"}

    dialog = await begin(hass, "worker_not_trusted_cruncher")
    assert "another certificate" in dialog["description_placeholders"]["detail"]
    result = await submit(hass, dialog)

    flow = hass.config_entries.subentries.async_get(result["next_flow"][1])
    assert flow["context"]["subentry_id"] == "cruncher"

    boxes["box"].refusal = None
    await pass_time(hass, freezer, 60)
    assert issues(hass) == set()


async def test_a_token_that_is_still_wrong_is_reported_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    await wrong_token(hass, boxes)
    await pass_time(hass, freezer, 15)
    await submit(hass, await begin(hass, TOKEN))
    assert issues(hass) == set()

    meter(hass, -3000)
    await pass_time(hass, freezer, 60)

    assert issues(hass) == {"worker_auth_failed"}


async def test_the_settings_of_a_worker_that_is_gone_cannot_be_opened(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    await wrong_token(hass, boxes)
    await pass_time(hass, freezer, 15)
    dialog = await begin(hass, TOKEN)
    await hass.config_entries.async_remove(ENTRY)

    assert (await submit(hass, dialog))["reason"] == "not_loaded"
