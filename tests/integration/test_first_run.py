"""A new home is told what is left to do until it is done; an old one never is."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.first_run import DATA_WATCHED, async_begin

from .common import (
    ENTRY,
    GRID,
    home,
    issues,
    meter,
    move_in,
    pass_time,
    settle,
    switched,
)

PANELS = "sensor.panels"
TARIFF = "sensor.tariff"
BY_HAND = {"views": [{"cards": [{"type": "entities", "entities": ["sun.sun"]}]}]}
WITH_CARD = {"views": [{"cards": [{"type": "custom:solar-compute-card"}]}]}
MADE_BY_CLICKS = {"strategy": {"type": "custom:solar-compute"}}


@pytest.fixture(autouse=True)
async def frontend(hass: HomeAssistant) -> None:
    """Have Home Assistant's dashboards and repairs."""
    assert await async_setup_component(hass, "lovelace", {"lovelace": {}})
    assert await async_setup_component(hass, "repairs", {})


async def begin(
    hass: HomeAssistant, *subentries: Any, grid_w: float = 0, **site: Any
) -> MockConfigEntry:
    """Set up a home that is new."""
    entry = home(*subentries, data=site)
    await move_in(hass, entry, grid_w=grid_w)
    await async_begin(hass, entry)
    await settle(hass)
    return entry


async def design(hass: HomeAssistant, config: Any) -> None:
    """Save the overview as a person has made it."""
    await hass.data[LOVELACE_DATA].dashboards[None].async_save(config)
    await settle(hass)


async def clouds_pass(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, *, grid_sign: int = 1
) -> None:
    """Let the sun come and go for a while over a home that draws 400 W."""
    for step in range(12):
        pv_w = 3000 if step % 2 else 800
        meter(hass, pv_w, PANELS)
        meter(hass, grid_sign * (400 - pv_w))
        await pass_time(hass, freezer, 61, step=31)


def issue_of(hass: HomeAssistant, issue: str, entry: str = ENTRY) -> Any:
    """Return the issue of a home in the registry."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{issue}_{entry}")


async def fix(hass: HomeAssistant, issue_id: str) -> Any:
    """Open the repair of an issue, and submit it."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    dialog: Any = await manager.async_init(
        DOMAIN, context={"issue_id": f"{issue_id}_{ENTRY}"}
    )
    assert dialog["type"] is FlowResultType.FORM
    return await manager.async_configure(dialog["flow_id"], {})


async def test_a_new_home_lacks_a_worker_and_a_dashboard(hass: HomeAssistant) -> None:
    await begin(hass)
    assert issues(hass) == {"no_worker", "no_dashboard"}


async def test_a_home_from_before_there_was_a_list_hears_nothing(
    hass: HomeAssistant,
) -> None:
    await move_in(hass, home())
    assert issues(hass) == set()


async def test_the_worker_is_off_the_list_for_good_once_there_was_one(
    hass: HomeAssistant,
) -> None:
    entry = await begin(hass, switched("miner", "input_boolean.miner"))
    assert issues(hass) - {"no_lease"} == {"no_dashboard"}

    hass.config_entries.async_remove_subentry(entry, "miner")
    await settle(hass)

    assert issues(hass) == {"no_dashboard"}


@pytest.mark.parametrize("config", [WITH_CARD, MADE_BY_CLICKS])
async def test_a_dashboard_that_shows_it_ends_the_message(
    hass: HomeAssistant, config: Any
) -> None:
    await begin(hass)
    await design(hass, BY_HAND)
    assert "no_dashboard" in issues(hass)

    await design(hass, config)
    assert "no_dashboard" not in issues(hass)

    await design(hass, BY_HAND)
    assert "no_dashboard" not in issues(hass)


async def test_an_entity_on_a_dashboard_of_built_in_cards_counts_as_shown(
    hass: HomeAssistant,
) -> None:
    await begin(hass)
    balance = hass.states.async_entity_ids("switch")[0]
    await design(hass, {"views": [{"cards": [{"type": "tile", "entity": balance}]}]})
    assert "no_dashboard" not in issues(hass)


async def test_where_nobody_can_tell_what_dashboards_show_nobody_asks_for_one(
    hass: HomeAssistant,
) -> None:
    del hass.data[LOVELACE_DATA].dashboards[None]
    hass.data[LOVELACE_DATA].dashboards["odd"] = object()  # type: ignore[assignment]
    await begin(hass)
    assert issues(hass) == {"no_worker"}


async def test_what_was_ignored_stays_ignored_over_a_reload(
    hass: HomeAssistant,
) -> None:
    await begin(hass)
    ir.async_ignore_issue(hass, DOMAIN, f"no_dashboard_{ENTRY}", True)

    await hass.config_entries.async_reload(ENTRY)
    await settle(hass)

    issue = issue_of(hass, "no_dashboard")
    assert issue is not None
    assert issue.dismissed_version is not None


async def test_what_was_ignored_stays_ignored_when_home_assistant_starts_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await begin(hass, pv_power=[PANELS])
    await clouds_pass(hass, freezer, grid_sign=-1)
    ir.async_ignore_issue(hass, DOMAIN, f"direction_wrong_{ENTRY}", True)

    await hass.config_entries.async_unload(ENTRY)
    # What a start of Home Assistant leaves: who ignored what, and nothing seen.
    del hass.data[DATA_WATCHED]
    await hass.config_entries.async_setup(ENTRY)
    await settle(hass)

    assert issue_of(hass, "direction_wrong").dismissed_version is not None


async def test_each_home_has_its_own_list(hass: HomeAssistant) -> None:
    await begin(hass)
    cabin = MockConfigEntry(
        domain=DOMAIN,
        entry_id="the_cabin",
        title="Cabin",
        data=home().data,
        subentries_data=[switched("miner", "input_boolean.miner")],
    )
    cabin.add_to_hass(hass)
    await hass.config_entries.async_setup(cabin.entry_id)
    await async_begin(hass, cabin)
    await settle(hass)
    assert issue_of(hass, "no_worker") is not None
    assert issue_of(hass, "no_worker", "the_cabin") is None
    assert issue_of(hass, "no_dashboard", "the_cabin") is not None

    await hass.config_entries.async_remove(cabin.entry_id)

    assert issues(hass) == {"no_worker", "no_dashboard"}


async def test_the_list_is_taken_back_with_the_home(hass: HomeAssistant) -> None:
    await begin(hass)
    await hass.config_entries.async_remove(ENTRY)
    assert issues(hass) == set()


async def test_a_home_that_is_switched_off_has_nothing_to_do(
    hass: HomeAssistant,
) -> None:
    await begin(hass)
    await hass.config_entries.async_set_disabled_by(ENTRY, ConfigEntryDisabler.USER)
    await settle(hass)
    assert issues(hass) == set()

    await hass.config_entries.async_set_disabled_by(ENTRY, None)
    await settle(hass)
    assert issues(hass) == {"no_worker", "no_dashboard"}


async def test_a_meter_that_never_spoke_is_named_after_five_minutes_until_it_does(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await begin(hass, pv_power=[PANELS])
    await pass_time(hass, freezer, 240, step=60)
    assert "meter_silent" not in issues(hass)

    meter(hass, 100)
    await pass_time(hass, freezer, 120, step=60)
    issue = issue_of(hass, "meter_silent")
    assert issue is not None
    assert issue.translation_placeholders == {"sensors": PANELS}

    meter(hass, 0, PANELS)
    meter(hass, 100)
    await pass_time(hass, freezer, 60, step=30)
    assert "meter_silent" not in issues(hass)


async def test_a_reversed_grid_meter_is_found_by_the_clouds_that_pass(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = await begin(hass, pv_power=[PANELS])
    await clouds_pass(hass, freezer, grid_sign=-1)
    assert "direction_wrong" in issues(hass)

    data = {**entry.data, "grid_inverted": True}
    hass.config_entries.async_update_entry(entry, data=data)
    await settle(hass)
    assert "direction_wrong" not in issues(hass)

    await clouds_pass(hass, freezer, grid_sign=-1)
    assert "direction_wrong" not in issues(hass)


async def test_meters_that_were_right_are_off_the_list(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await begin(hass, pv_power=[PANELS])
    await clouds_pass(hass, freezer)
    await clouds_pass(hass, freezer, grid_sign=-1)
    assert issues(hass) == {"no_worker", "no_dashboard"}


async def test_what_the_clouds_have_shown_outlives_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await begin(hass, pv_power=[PANELS])
    await clouds_pass(hass, freezer, grid_sign=-1)
    await hass.config_entries.async_reload(ENTRY)
    await settle(hass)
    assert "direction_wrong" in issues(hass)


async def test_a_price_entity_without_a_price_is_named_until_it_has_one(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    named = {"friendly_name": "My tariff", "unit_of_measurement": "EUR/kWh"}
    hass.states.async_set(TARIFF, "unavailable", named)
    await begin(hass, import_price_entity=TARIFF)
    await pass_time(hass, freezer, 360, step=60)
    issue = issue_of(hass, "price_silent")
    assert issue is not None
    assert issue.translation_placeholders == {"sensors": "My tariff"}

    hass.states.async_set(TARIFF, "0.31", {"unit_of_measurement": "EUR/kWh"})
    await pass_time(hass, freezer, 60, step=30)
    assert "price_silent" not in issues(hass)


async def test_the_missing_worker_leads_to_the_dialog_that_adds_one(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await begin(hass)
    result = await fix(hass, "no_worker")

    kind, flow_id = result["next_flow"]
    assert kind == "config_subentries_flow"
    flow = hass.config_entries.subentries.async_get(flow_id)
    assert (flow["handler"], flow["context"]["source"]) == ((ENTRY, "worker"), "user")
    # Who leaves that dialog again has still no worker.
    meter(hass, 1)
    await pass_time(hass, freezer, 60, step=30)
    assert "no_worker" in issues(hass)


async def test_a_wrong_direction_leads_to_the_pages_of_the_meters(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await begin(hass, pv_power=[PANELS])
    await clouds_pass(hass, freezer, grid_sign=-1)
    result = await fix(hass, "direction_wrong")

    kind, flow_id = result["next_flow"]
    assert kind == "config_flow"
    flow = hass.config_entries.flow.async_get(flow_id)
    assert (flow["step_id"], flow["context"]["entry_id"]) == ("grid", ENTRY)


async def test_a_home_that_is_gone_meanwhile_has_nothing_to_mend(
    hass: HomeAssistant,
) -> None:
    await begin(hass)
    manager = repairs_flow_manager(hass)
    assert manager is not None
    dialog: Any = await manager.async_init(
        DOMAIN, context={"issue_id": f"no_worker_{ENTRY}"}
    )
    await hass.config_entries.async_remove(ENTRY)
    result = await manager.async_configure(dialog["flow_id"], {})
    assert result["reason"] == "not_loaded"
    assert hass.states.get(GRID) is not None
