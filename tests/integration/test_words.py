"""Why a worker does what it does, in the words that a person reads."""

from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.core.advice import settings_of
from custom_components.solar_compute.core.knowledge import (
    Knowledge,
    Lasting,
    Rule,
    WorkerKnowledge,
)
from custom_components.solar_compute.core.learned import Learned
from custom_components.solar_compute.core.memory import WorkerMemory
from custom_components.solar_compute.core.purse import Purse
from custom_components.solar_compute.core.trail import SURPLUS_S, WORTH_S, Trail

from .common import home, move_in, pass_time, switched
from .faces_common import device_of, submit
from .planning import plan
from .recorded_past import NOON
from .sun import MINER

REASON = "sensor.miner_reason"
LASTS = "Sun like this usually lasts 40 more minutes at this hour (62 similar moments)."
WAITS = "Paused: not worth it for long enough yet."
NOTHING = (
    "The rule of thumb decides when to switch it: nothing is learned of it under its"
    " settings yet."
)


def words(hass: HomeAssistant) -> str:
    state = hass.states.get(REASON)
    assert state is not None
    said = state.attributes["explanation"]
    assert isinstance(said, str)
    return said


async def lives(hass: HomeAssistant) -> SolarComputeCoordinator:
    """Move into a home whose miner considers a start in the sun."""
    entry = home(switched("miner", MINER, start_cost=0.05, min_pause_s=0.0))
    await move_in(hass, entry, grid_w=-600)
    coordinator: SolarComputeCoordinator = entry.runtime_data
    return coordinator


async def show(coordinator: SolarComputeCoordinator, **worker: Any) -> None:
    """Decide and show it, with the miner's memory changed in that way."""
    before = coordinator._memory.workers.get("miner", WorkerMemory())
    coordinator._memory = replace(
        coordinator._memory, workers={"miner": replace(before, **worker)}
    )
    await coordinator.async_refresh()


def three_hours(worth: float) -> Trail:
    """Return what three hours of that worth look like."""
    return Trail(
        worth=(worth,) * len(WORTH_S),
        surplus=(0.1,) * len(SURPLUS_S),
        spread=(0.1, 0.01),
        known_s=WORTH_S[-1],
    )


@pytest.fixture
async def taught(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> SolarComputeCoordinator:
    """Live where the past has taught how long sun lasts, and no better rule."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)
    coordinator = await lives(hass)
    teach(coordinator, Rule.BARE)
    return coordinator


def teach(coordinator: SolarComputeCoordinator, rule: Rule, **worker: Any) -> None:
    spec = coordinator.configuration.spec
    its = replace(spec.workers[0], **worker)
    known = WorkerKnowledge(
        rule=rule,
        lasts=(Lasting(40.0, 62),) * 24,
        taught_by=settings_of(spec, its),
    )
    part = coordinator.foresight._learns
    assert part is not None
    part.learned = Learned(knowledge=Knowledge(workers={"miner": known}))


async def test_it_says_how_long_such_sun_usually_lasts(
    hass: HomeAssistant, taught: SolarComputeCoordinator
) -> None:
    trail = three_hours(0.001)
    await show(taught, trail=replace(trail, seen_s=taught.clock_s))
    assert words(hass).startswith(f"{WAITS} {LASTS} The rule of thumb decides")
    assert "not proved better" in words(hass)


async def test_the_explain_action_says_the_same(
    hass: HomeAssistant, taught: SolarComputeCoordinator
) -> None:
    trail = three_hours(0.001)
    await show(taught, trail=replace(trail, seen_s=taught.clock_s))
    device_id = device_of(hass, "miner")
    answer = await hass.services.async_call(
        DOMAIN,
        "explain",
        {"device_id": device_id},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    explained = answer[device_id]
    assert isinstance(explained, dict)
    assert explained["explanation"] == words(hass)
    assert LASTS in words(hass)


async def test_it_says_that_the_past_overrules_the_rule_of_thumb(
    hass: HomeAssistant, taught: SolarComputeCoordinator
) -> None:
    teach(taught, Rule.LEARNED)
    trail = replace(three_hours(0.001), seen_s=taught.clock_s)
    await show(taught, trail=trail, means=(0.5, 0.5), judged_s=taught.clock_s)
    assert "rule of thumb would start it now" in words(hass)


async def test_without_a_past_the_rule_of_thumb_says_so_and_nothing_of_the_sun(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    coordinator = await lives(hass)
    await show(coordinator)
    assert words(hass) == f"{WAITS} {NOTHING}"


async def test_what_was_learned_of_the_value_that_a_person_has_set_is_known(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    coordinator = await lives(hass)
    await coordinator.async_set_compute_value("miner", 0.2)
    teach(coordinator, Rule.LEARNED)
    await show(coordinator)
    assert words(hass) == f"{WAITS} {NOTHING}"
    teach(coordinator, Rule.LEARNED, value_per_kwh=0.2)
    await show(coordinator)
    assert words(hass) == WAITS


async def test_a_worker_that_rests_says_that_its_rule_goes_on_in_thought(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    coordinator = await lives(hass)
    await show(coordinator, purse=Purse(lived=-1.0, floor=-0.1, closed=True, trips=1))
    assert words(hass).startswith("Paused: its last runs cost more than they brought.")
    assert "It rests after losses. Its rule goes on in thought" in words(hass)


async def test_a_job_says_that_there_is_no_plan_yet(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    coordinator = await lives(hass)
    await show(coordinator)
    assert "the hours to come" not in words(hass)
    await submit(hass, "miner", name="Render", ready_by="23:00", hours=1)
    await plan(hass)
    await coordinator.async_refresh()
    assert "Too little is known of your home to plan: the hours to come" in words(hass)


async def test_what_a_person_wants_needs_no_more_words(
    hass: HomeAssistant, taught: SolarComputeCoordinator
) -> None:
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": "select.miner_mode", "option": "off"},
        blocking=True,
    )
    await taught.async_refresh()
    assert words(hass) == "Paused: its mode is off."


async def test_in_shadow_mode_it_says_that_the_worker_is_not_told(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    coordinator = await lives(hass)
    await coordinator.async_set_shadow(True)
    await pass_time(hass, freezer, 60)
    assert "Solar Compute only watches: the worker is not told of this." in words(hass)


async def test_a_language_that_is_only_loading_keeps_no_reason_from_being_shown(
    hass: HomeAssistant, taught: SolarComputeCoordinator
) -> None:
    hass.config.language = "xx"
    await taught.async_refresh()
    state = hass.states.get(REASON)
    assert state is not None
    assert state.state == "waiting_to_start"
    assert "explanation" not in state.attributes
