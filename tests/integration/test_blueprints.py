"""The blueprints, run in a Home Assistant as somebody who has imported them."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
import re
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, STATE_OFF, STATE_ON
from homeassistant.core import CoreState, Event, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from .faces_common import (
    CRUNCHER,
    ENTRY,
    SWITCH,
    TANK,
    boiler,
    cruncher,
    device_of,
    home,
    pass_time,
    set_up,
    state_of,
    submit,
    until,
)
from .translations import DOMAIN, FOLDER

ROOT = FOLDER.parents[1]
BLUEPRINTS = sorted((ROOT / "blueprints/automation" / DOMAIN).glob("*.yaml"))
AUTOMATIONS = (ROOT / "docs/automations.md").read_text()
TOLD = "told"
TELL = {
    "event": TOLD,
    "event_data": {
        "title": "{{ title }}",
        "text": "{{ message }}",
        "picture": "{{ picture | default }}",
    },
}
SUNNY, DARK = "-2000", "1500"


@pytest.fixture(autouse=True)
async def imported(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[None]:
    """Have all blueprints been imported; let no automation outlive its test."""
    assert await async_setup_component(hass, "homeassistant", {})
    folder = tmp_path / "blueprints/automation" / DOMAIN
    shutil.copytree(BLUEPRINTS[0].parent, folder)
    hass.config.config_dir = str(tmp_path)
    yield
    for entity_id in hass.states.async_entity_ids("automation"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": entity_id}, blocking=True
        )


async def automate(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Make an automation of a blueprint."""
    automation = {
        "alias": name,
        "use_blueprint": {"path": f"{DOMAIN}/{name}.yaml", "input": inputs},
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()
    (entity_id,) = hass.states.async_entity_ids("automation")
    assert hass.states.is_state(entity_id, STATE_ON), "the automation is not valid"


async def helpers(hass: HomeAssistant, *names: str) -> None:
    """Have helpers that are off."""
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": dict.fromkeys(("cruncher", *names))}
    )


async def turn(hass: HomeAssistant, name: str, state: str) -> None:
    await hass.services.async_call(
        "input_boolean",
        f"turn_{state}",
        {"entity_id": f"input_boolean.{name}"},
        blocking=True,
    )
    await hass.async_block_till_done()


def of(hass: HomeAssistant, owner: str, key: str, platform: str = "sensor") -> str:
    return state_of(hass, platform, owner, key).entity_id


def mode(hass: HomeAssistant) -> str:
    return state_of(hass, "select", CRUNCHER, "mode").state


async def switch_off(hass: HomeAssistant) -> None:
    """Have a person switch the cruncher off."""
    await set_mode(hass, "off")


async def set_mode(hass: HomeAssistant, wanted: str) -> None:
    """Have a person set the mode of the cruncher."""
    await hass.services.async_call(
        DOMAIN,
        "set_mode",
        {"device_id": device_of(hass, CRUNCHER), "mode": wanted},
        blocking=True,
    )


async def start_with(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Have Home Assistant start with an automation of a blueprint."""
    hass.set_state(CoreState.starting)
    await automate(hass, name, **inputs)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_every_blueprint_is_valid_and_one_click_away(path: Path) -> None:
    content = load_yaml_dict(str(path))
    blueprint = Blueprint(
        content, path=path.name, expected_domain="automation", schema=BLUEPRINT_SCHEMA
    )
    manifest = json.loads((FOLDER / "manifest.json").read_text())

    assert not blueprint.validate()
    source = blueprint.metadata["source_url"]
    assert source.startswith(manifest["documentation"])
    assert source.endswith(path.relative_to(ROOT).as_posix())
    assert f"blueprint_import/?blueprint_url={source}" in AUTOMATIONS
    assert blueprint.metadata["name"].removeprefix("Solar Compute: ").capitalize() in (
        re.findall(r"^### (.+)$", AUTOMATIONS, re.MULTILINE)
    )
    for name, settings in blueprint.inputs.items():
        assert settings["name"], name


async def test_news_of_a_job_that_is_done_and_of_one_that_will_be_late(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 20:00:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    told: list[Event[Any]] = async_capture_events(hass, TOLD)
    await set_up(hass, home(cruncher(sink=None)))
    await pass_time(hass, freezer, 20)
    target = {"device_id": [device_of(hass, CRUNCHER)]}
    await automate(hass, "job_news", workers=target, tell=[TELL])

    for name, kwh, ready_by in (
        ("Backup", 0.05, "20:30:00"),
        ("Film", 50, "20:40:00"),
    ):
        await submit(hass, CRUNCHER, name=name, ready_by=ready_by, energy=kwh)
    await pass_time(hass, freezer, 480)

    assert [event.data["title"] for event in told] == ["Job will be late", "Job done"]
    late, done = (event.data["text"] for event in told)
    assert late.startswith("Film: 0")
    assert done.startswith("Backup: 0.05 of 0.05 kwh done, ready by Sunday 20:30.")


async def test_guests_have_hot_water_whatever_it_costs(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await helpers(hass, "guests")
    await set_up(hass, home(cruncher(value_per_kwh=0.0), boiler()))
    await pass_time(hass, freezer, 40, grid_power=DARK)
    await automate(
        hass,
        "hot_water_for_guests",
        guests="input_boolean.guests",
        tank=of(hass, TANK, "heat_needed", "binary_sensor"),
        workers=[device_of(hass, CRUNCHER)],
    )

    await turn(hass, "guests", "on")
    assert mode(hass) == "on"
    await pass_time(hass, freezer, 40, grid_power=DARK)
    assert hass.states.is_state(SWITCH, STATE_ON)
    await pass_time(hass, freezer, 40, grid_power=DARK, tank_temperature="56")
    assert mode(hass) == "auto"
    await pass_time(hass, freezer, 40, grid_power=DARK, tank_temperature="50")
    assert mode(hass) == "on"
    hass.states.async_set("input_boolean.guests", "unavailable")
    await hass.async_block_till_done()
    assert mode(hass) == "auto"
    await turn(hass, "guests", "on")
    assert mode(hass) == "on"
    await turn(hass, "guests", "off")

    assert mode(hass) == "auto"


async def test_a_tank_that_got_warm_during_a_restart_is_not_heated_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await helpers(hass, "guests")
    await set_up(hass, home(cruncher(value_per_kwh=0.0), boiler()))
    await turn(hass, "guests", "on")
    await set_mode(hass, "on")
    await pass_time(hass, freezer, 40, grid_power=DARK, tank_temperature="56")
    await automate(
        hass,
        "hot_water_for_guests",
        guests="input_boolean.guests",
        tank=of(hass, TANK, "heat_needed", "binary_sensor"),
        workers=[device_of(hass, CRUNCHER)],
    )
    assert mode(hass) == "on"

    await begin_again(hass)

    assert mode(hass) == "auto"


@pytest.mark.parametrize(("before", "after"), [("on", "auto"), ("off", "off")])
async def test_guests_that_left_during_a_restart_leave_no_worker_on(
    hass: HomeAssistant, before: str, after: str
) -> None:
    await helpers(hass, "guests")
    await set_up(hass, home(cruncher(value_per_kwh=0.0), boiler()))
    await set_mode(hass, before)

    await start_with(
        hass,
        "hot_water_for_guests",
        guests="input_boolean.guests",
        tank=of(hass, TANK, "heat_needed", "binary_sensor"),
        workers=[device_of(hass, CRUNCHER)],
    )

    assert mode(hass) == after


async def begin_again(hass: HomeAssistant) -> None:
    """Have automations begin anew, in a world that is as it is."""
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()


async def test_without_guests_the_mode_stays_as_it_was_set(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await helpers(hass, "guests")
    await set_up(hass, home(cruncher(value_per_kwh=0.0), boiler()))
    await pass_time(hass, freezer, 40, grid_power=DARK)
    await automate(
        hass,
        "hot_water_for_guests",
        guests="input_boolean.guests",
        tank=of(hass, TANK, "heat_needed", "binary_sensor"),
        workers=[device_of(hass, CRUNCHER)],
    )
    await switch_off(hass)

    await pass_time(hass, freezer, 40, grid_power=DARK, tank_temperature="56")
    await pass_time(hass, freezer, 40, grid_power=DARK, tank_temperature="50")

    assert mode(hass) == "off"


async def test_a_calendar_that_was_away_itself_is_no_return_from_holiday(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    await switch_off(hass)
    hass.states.async_set("calendar.holidays", "unavailable")
    await automate(
        hass,
        "holiday",
        away="calendar.holidays",
        workers=[device_of(hass, CRUNCHER)],
    )

    hass.states.async_set("calendar.holidays", "off")
    await hass.async_block_till_done()

    assert mode(hass) == "off"


async def test_workers_stay_off_on_holiday(hass: HomeAssistant) -> None:
    await helpers(hass, "away")
    await set_up(hass, home(cruncher(sink=None)))
    await automate(
        hass,
        "holiday",
        away="input_boolean.away",
        workers=[device_of(hass, CRUNCHER)],
    )

    await turn(hass, "away", "on")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
    assert mode(hass) == "off"
    await turn(hass, "away", "off")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    assert mode(hass) == "auto"


@pytest.mark.parametrize(
    ("away", "remembered", "before", "after"),
    [
        ("on", "off", "auto", "off"),
        ("on", "on", "off", "off"),
        ("off", "on", "off", "auto"),
        ("off", "off", "off", "off"),
        ("unavailable", "on", "off", "off"),
    ],
    ids=["left", "still away", "came back", "at home all the time", "nobody knows"],
)
async def test_a_holiday_that_began_or_ended_during_a_restart_is_noticed(
    hass: HomeAssistant, away: str, remembered: str, before: str, after: str
) -> None:
    await helpers(hass, "holiday")
    await set_up(hass, home(cruncher(sink=None)))
    await set_mode(hass, before)
    await turn(hass, "holiday", remembered)
    hass.states.async_set("calendar.holidays", away)

    await start_with(
        hass,
        "holiday",
        away="calendar.holidays",
        workers=[device_of(hass, CRUNCHER)],
        remembers=["input_boolean.holiday"],
    )

    assert mode(hass) == after
    still = away == "on" or (away == "unavailable" and remembered == "on")
    assert hass.states.is_state("input_boolean.holiday", "on" if still else "off")


def cooled(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the blueprint of a warm room is asked to watch and to switch."""
    return {
        "worker": device_of(hass, CRUNCHER),
        "worth": of(hass, CRUNCHER, "worth_running", "binary_sensor"),
        "temperature": "sensor.room",
        "fan": {"entity_id": ["input_boolean.fan"]},
    }


async def test_a_warm_room_is_cooled_before_its_worker_runs(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    def room(celsius: str) -> None:
        attributes = {"device_class": "temperature", "unit_of_measurement": "°C"}
        hass.states.async_set("sensor.room", celsius, attributes)

    await helpers(hass, "fan")
    await set_up(hass, home(cruncher(sink=None)))
    room("30")
    await pass_time(hass, freezer, 60, grid_power=DARK)
    await automate(
        hass,
        "cool_the_room_first",
        **cooled(hass),
        cool=25,
    )

    await pass_time(hass, freezer, 90)
    assert hass.states.is_state("input_boolean.fan", STATE_ON)
    assert hass.states.is_state(SWITCH, STATE_OFF)
    room("24")
    await pass_time(hass, freezer, 60)
    assert hass.states.is_state(SWITCH, STATE_ON)
    await pass_time(hass, freezer, 90, grid_power=DARK)

    assert hass.states.is_state("input_boolean.fan", STATE_OFF)
    assert mode(hass) == "auto"


@pytest.mark.parametrize(
    ("grid_w", "celsius", "fan", "after"),
    [
        (SUNNY, "24", "on", "auto"),
        (SUNNY, "30", "on", "off"),
        (DARK, "30", "off", "auto"),
    ],
    ids=["the room is cool", "it is warm", "it is not worth it any more"],
)
async def test_a_worker_that_waited_for_its_room_through_a_restart_goes_on(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    *,
    grid_w: str,
    celsius: str,
    fan: str,
    after: str,
) -> None:
    await helpers(hass, "fan")
    await set_up(hass, home(cruncher(sink=None)))
    await turn(hass, "fan", "on")
    await switch_off(hass)
    hass.states.async_set("sensor.room", celsius)
    await pass_time(hass, freezer, 60, grid_power=grid_w)

    await start_with(
        hass,
        "cool_the_room_first",
        **cooled(hass),
    )

    assert mode(hass) == after
    assert hass.states.is_state("input_boolean.fan", fan)


async def test_a_room_that_cools_down_at_night_starts_nobody(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await helpers(hass, "fan")
    await set_up(hass, home(cruncher(sink=None)))
    hass.states.async_set("sensor.room", "30")
    await pass_time(hass, freezer, 60, grid_power=DARK)
    await automate(
        hass,
        "cool_the_room_first",
        **cooled(hass),
    )
    await switch_off(hass)

    hass.states.async_set("sensor.room", "20")
    await hass.async_block_till_done()

    assert mode(hass) == "off"


async def test_the_dishwasher_has_what_the_workers_leave_over(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 12:00:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    told = async_capture_events(hass, TOLD)
    await helpers(hass, "loaded")
    await set_up(hass, home(cruncher(sink=None)))
    await pass_time(hass, freezer, 60, grid_power="-200")
    await turn(hass, "loaded", "on")
    await automate(
        hass,
        "dishwasher",
        surplus=of(hass, ENTRY, "surplus"),
        workers=[of(hass, CRUNCHER, "power")],
        needs=800,
        minutes=5,
        ready="input_boolean.loaded",
        start=[{"event": TOLD}],
    )

    # 1.2 kW of surplus, of which the cruncher has half a kilowatt.
    await pass_time(hass, freezer, 600, grid_power="-700")
    assert told == []
    await pass_time(hass, freezer, 400, grid_power="-1000")

    assert len(told) == 1
    assert hass.states.is_state("input_boolean.loaded", STATE_OFF)


async def test_the_dishwasher_that_is_loaded_while_the_sun_shines_starts_as_well(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 12:00:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    told = async_capture_events(hass, TOLD)
    await helpers(hass, "loaded")
    await set_up(hass, home(cruncher(sink=None)))
    await automate(
        hass,
        "dishwasher",
        surplus=of(hass, ENTRY, "surplus"),
        workers=[of(hass, CRUNCHER, "power")],
        needs=800,
        minutes=5,
        ready="input_boolean.loaded",
        start=[{"event": TOLD}],
    )
    await pass_time(hass, freezer, 600, grid_power="-1000")

    await turn(hass, "loaded", "on")
    assert told == []
    await pass_time(hass, freezer, 400, grid_power="-1000")

    assert len(told) == 1


@pytest.mark.parametrize(("later_w", "starts"), [("-1000", 1), (DARK, 0)])
async def test_the_dishwasher_that_waited_through_a_restart_waits_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, later_w: str, starts: int
) -> None:
    freezer.move_to("2026-06-21 12:00:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    told = async_capture_events(hass, TOLD)
    await helpers(hass, "loaded")
    await set_up(hass, home(cruncher(sink=None)))
    await turn(hass, "loaded", "on")
    await pass_time(hass, freezer, 60, grid_power="-1000")
    await automate(
        hass,
        "dishwasher",
        surplus=of(hass, ENTRY, "surplus"),
        workers=[of(hass, CRUNCHER, "power")],
        needs=800,
        minutes=5,
        ready="input_boolean.loaded",
        start=[{"event": TOLD}],
    )

    await begin_again(hass)
    await pass_time(hass, freezer, 240, grid_power="-1000")
    assert told == []
    await pass_time(hass, freezer, 120, grid_power=later_w)

    assert len(told) == starts


async def test_the_dishwasher_runs_in_the_evening_at_the_latest(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 19:59:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    told = async_capture_events(hass, TOLD)
    await helpers(hass, "loaded")
    await set_up(hass, home(cruncher(sink=None)))
    await turn(hass, "loaded", "on")
    await automate(
        hass,
        "dishwasher",
        surplus=of(hass, ENTRY, "surplus"),
        ready="input_boolean.loaded",
        start=[{"event": TOLD}],
    )

    await pass_time(hass, freezer, 120, grid_power=DARK)

    assert len(told) == 1


@pytest.mark.parametrize(
    ("grid_w", "title", "text"),
    [
        (SUNNY, "The sun of today", "kWh, 100 % of it sun."),
        (DARK, "No run today", "Nothing was worth running for."),
    ],
)
async def test_a_summary_in_the_evening(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    grid_w: str,
    title: str,
    text: str,
) -> None:
    freezer.move_to("2026-06-21 21:20:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    told = async_capture_events(hass, TOLD)
    await helpers(hass)
    entry = home(cruncher(sink=None, value_per_kwh=0.15))
    await set_up(hass, entry)
    if grid_w == DARK:
        await switch_off(hass)
    await automate(
        hass,
        "evening_summary",
        **day_of_sensors(hass),
        tell=[TELL],
    )

    await pass_time(hass, freezer, 660, grid_power=grid_w)

    (event,) = told
    assert event.data["title"] == title
    assert text in event.data["text"]
    assert event.data["picture"] == ""


async def test_a_summary_comes_with_a_picture_of_now(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 21:24:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    told: list[Event[Any]] = async_capture_events(hass, TOLD)
    await set_up(hass, home(cruncher(sink=None)))
    await automate(
        hass,
        "evening_summary",
        **day_of_sensors(hass),
        day="image.home_day",
        tell=[TELL],
    )

    await pass_time(hass, freezer, 420)

    (event,) = told
    assert event.data["picture"] == "/api/image_proxy/image.home_day"
    assert state_of(hass, "image", ENTRY, "day").state == "2026-06-21T21:30:00+00:00"


async def test_a_picture_that_is_unavailable_keeps_nobody_from_the_summary(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 21:24:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    told: list[Event[Any]] = async_capture_events(hass, TOLD)
    await set_up(hass, home(cruncher(sink=None)))
    await automate(
        hass, "evening_summary", **day_of_sensors(hass), day="image.gone", tell=[TELL]
    )

    await pass_time(hass, freezer, 420)

    assert [event.data["picture"] for event in told] == [""]


def day_of_sensors(hass: HomeAssistant) -> dict[str, list[str]]:
    """Return the sensors that the summary is made of."""
    keys = {
        "energy": "energy",
        "sun": "energy_solar",
        "cost": "cost",
        "value": "value",
    }
    return {name: [of(hass, CRUNCHER, key)] for name, key in keys.items()}


async def test_a_summary_of_what_is_unavailable_claims_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 21:20:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    told = async_capture_events(hass, TOLD)
    entry = home(cruncher(sink=None))
    await set_up(hass, entry)
    sensors = day_of_sensors(hass)
    await automate(hass, "evening_summary", **sensors, tell=[TELL])
    await hass.config_entries.async_unload(entry.entry_id)

    await pass_time(hass, freezer, 660)

    (event,) = told
    assert event.data["title"] == "Nothing is known of today"
    assert "unavailable" in event.data["text"]
