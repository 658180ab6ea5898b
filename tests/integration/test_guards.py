"""What a guard shows of itself while it holds workers back, and why."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import (
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.solar_compute.configured import GuardConfig
from custom_components.solar_compute.core.guard_spec import QuietGuard
from custom_components.solar_compute.core.model import Reading, Snapshot
from custom_components.solar_compute.guard_entity import GuardFacts

from .faces_common import (
    CRUNCHER,
    ENTRY,
    SWITCH,
    cruncher,
    home,
    pass_time,
    report_meters,
    set_up,
    state_of,
    subentry,
    until,
)
from .guard_pages import STORED, furnish
from .guarded import AIR, DOOR, cellar, door, guarded, open_door, shown
from .translations import DOMAIN


async def test_all_entities_of_guards(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion
) -> None:
    furnish(hass)
    guards = [
        subentry(f"{kind}_id", "guard", kind.replace("_", " ").capitalize(), data)
        for kind, data in STORED.items()
        if kind != "battery_guard"
    ]
    quiet = next(g for g in guards if g["subentry_id"] == "quiet_id")
    quiet["data"] |= {"start": "00:00:00", "end": "00:01:00"}

    await set_up(hass, home(*guards), Platform.BINARY_SENSOR)

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_a_circuits_meter_in_ampere_counts_by_its_voltage(
    hass: HomeAssistant,
) -> None:
    """16 A at 230 V and 80 %: 2944 W. 14 A are 3220 W, of which 500 W the worker's."""
    data = STORED["circuit"]
    await guarded(hass, subentry("circuit_id", "guard", "Cellar circuit", data))

    hass.states.async_set(
        "sensor.cellar_current", "14", {"unit_of_measurement": "A"}, force_update=True
    )

    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
    assert shown(hass, "circuit_id").attributes["reason"] == "circuit_limit"


async def test_a_watched_entity_that_is_renamed_is_followed(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_get_or_create(
        "binary_sensor", "test", "door", suggested_object_id="cellar_door"
    )
    entry = await guarded(hass, door())

    hass.states.async_remove(DOOR)
    entity_registry.async_update_entity(DOOR, new_entity_id="binary_sensor.hatch")
    hass.states.async_set("binary_sensor.hatch", STATE_OFF)
    await hass.async_block_till_done()

    assert entry.subentries["door_id"].data["watched"] == "binary_sensor.hatch"
    assert hass.states.is_state(SWITCH, STATE_ON)
    assert shown(hass).state == STATE_OFF
    hass.states.async_set("binary_sensor.hatch", STATE_ON)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))


async def test_a_guard_whose_worker_was_deleted_is_reported(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    entry = await guarded(hass, door(workers=[CRUNCHER]))
    issue = (DOMAIN, "idle_guard_door_id")
    assert issue_registry.async_get_issue(*issue) is None

    hass.config_entries.async_remove_subentry(entry, CRUNCHER)
    await hass.async_block_till_done()

    assert issue_registry.async_get_issue(*issue) is not None


async def test_a_guard_that_trips_says_why_and_since_when(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 12:00:00+00:00")
    await guarded(hass, cellar())
    assert shown(hass, "cellar_id").state == STATE_OFF
    assert set(shown(hass, "cellar_id").attributes["details"] or {}) == set()

    hass.states.async_set(AIR, "33.456", {"unit_of_measurement": "°C"})
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    state = shown(hass, "cellar_id")
    assert state.state == STATE_ON
    assert state.attributes["reason"] == "too_warm"
    assert state.attributes["since"].startswith("2026-06-21T")
    assert state.attributes["latched"] is False
    assert state.attributes["details"]["temperature_c"] == 33.46
    reason = state_of(hass, "sensor", CRUNCHER, "reason")
    assert reason.state == "too_warm"
    assert reason.attributes["details"]["guard"] == "Cellar air"


async def test_an_entity_that_says_nothing_trips_its_guard_and_is_named(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await guarded(hass, door())

    hass.states.async_set(DOOR, STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 60)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    attributes = shown(hass).attributes
    assert (attributes["reason"], attributes["latched"]) == ("input_missing", False)
    assert attributes["details"] == {"input": DOOR}


async def test_just_after_a_start_a_silent_guard_is_unknown_not_tripped(
    hass: HomeAssistant,
) -> None:
    entry = home(cruncher(sink=None), door(), grace_s=60.0)

    await set_up(hass, entry)

    assert shown(hass).state == STATE_UNKNOWN
    assert shown(hass).attributes["reason"] is None


async def test_a_guard_wins_over_what_a_person_asked_for(hass: HomeAssistant) -> None:
    entry = await guarded(hass, door())
    await entry.runtime_data.async_override(CRUNCHER, run=True)
    report_meters(hass, grid_power="1500")

    await open_door(hass)

    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "tamper"


def test_since_is_right_over_a_night_in_which_clocks_are_changed() -> None:
    """02:00 becomes 03:00 on that night: two hours before 03:30 it is 00:30."""
    now = datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    snapshot = Snapshot(clock_s=7200, local=now, grid_w=Reading(0.0, 0.0))
    data: Any = SimpleNamespace(snapshot=snapshot)
    spec = QuietGuard(key="nights", name="Nights")
    config = GuardConfig(key="nights", name="Nights", spec=spec)

    since = GuardFacts(config=config, data=data).at(0.0)

    assert since.isoformat() == "2026-03-29T00:30:00+01:00"
