"""Sensors that stand still while energy flows in are found out."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Mode,
    Reading,
    RoomInput,
    TankInput,
)
from custom_components.solar_compute.core.spec import RoomSpec, SiteSpec

from .houses import (
    CLOCK_S,
    boiler_rig,
    gas_tank,
    house_with_tank,
    look,
    running,
    sunny_house,
)


def minutes_until_dead(
    spec: SiteSpec, show: Any, *, limit_min: int = 1440, power_w: float = 1000.0
) -> int | None:
    """Return after how many minutes of heating the sink is missing; None: never.

    `show(minute)` is what its sensors show.
    """
    memory = Memory()
    for minute in range(limit_min):
        at_s = minute * 60.0
        power = Reading(power_w, CLOCK_S + at_s)
        snapshot = look(-3000, running("rig", mode=Mode.ON, power_w=power), at_s=at_s)
        decision, memory = decide(
            spec, replace(snapshot, **show(minute, CLOCK_S + at_s)), memory
        )
        if decision.missing:
            return minute
    return None


def layers(*temperatures_c: float | None) -> Any:
    def show(minute: int, clock_s: float) -> dict[str, Any]:
        first, *lower = (Reading(value, clock_s) for value in temperatures_c)
        tank = TankInput(key="tank", temperature_c=first, lower_c=tuple(lower))
        return {"tanks": (tank,)}

    return show


FIVE_K_MIN = 5 * 1.163 * 200 / 900 * 60
"""How long the rig needs to warm 200 litres by 5 K, in minutes."""


def test_a_tank_that_shows_nothing_of_five_kelvin_has_a_dead_sensor() -> None:
    took_min = minutes_until_dead(house_with_tank(), layers(45.0))
    assert took_min == pytest.approx(FIVE_K_MIN, abs=2)


def test_a_top_that_waits_for_the_cold_layers_below_is_alive_for_longer() -> None:
    """It is 20 K above the mean, and no warmer until all of that is made up for."""
    spec = house_with_tank(tanks=(gas_tank(sensors=2, maximum_c=90.0),))

    def show(minute: int, clock_s: float) -> dict[str, Any]:
        bottom_c = 20 + minute / 6
        shown: dict[str, Any] = layers(60.0, bottom_c)(minute, clock_s)
        return shown

    took_min = minutes_until_dead(spec, show)
    assert took_min == pytest.approx((5 + 20) / 5 * FIVE_K_MIN, abs=2)


def test_one_dead_sensor_of_several_is_found_out_though_the_others_move() -> None:
    spec = house_with_tank(tanks=(gas_tank(sensors=2, maximum_c=90.0),))

    def show(minute: int, clock_s: float) -> dict[str, Any]:
        shown: dict[str, Any] = layers(45.0, 45.0 + minute % 2)(minute, clock_s)
        return shown

    assert minutes_until_dead(spec, show) == pytest.approx(FIVE_K_MIN, abs=2)


def test_a_dead_sensor_that_is_silent_now_and_then_is_as_dead() -> None:
    def show(minute: int, clock_s: float) -> dict[str, Any]:
        value = None if minute % 10 == 9 else 45.0
        shown: dict[str, Any] = layers(value)(minute, clock_s)
        return shown

    memory, last = Memory(), None
    for minute in range(200):
        at_s = minute * 60.0
        snapshot = look(-3000, running("rig", mode=Mode.ON), at_s=at_s)
        snapshot = replace(snapshot, **show(minute, CLOCK_S + at_s))
        decision, memory = decide(house_with_tank(), snapshot, memory)
        last = decision
    assert last is not None and last.missing == ("tank:tank",)


def study(temperature_c: float, outdoor_c: float) -> Any:
    def show(minute: int, clock_s: float) -> dict[str, Any]:
        room = RoomInput(
            key="study",
            temperature_c=Reading(temperature_c, clock_s),
            outdoor_c=Reading(outdoor_c, clock_s),
        )
        return {"rooms": (room,)}

    return show


HOUSE_WITH_STUDY = sunny_house(
    boiler_rig(sink="study"), rooms=(RoomSpec(key="study", name="Study"),)
)


def test_a_room_that_shows_nothing_of_three_kelvin_has_a_dead_sensor() -> None:
    """900 W, of which it surely loses a quarter of 40 W/K × 15 K."""
    took_min = minutes_until_dead(HOUSE_WITH_STUDY, study(20.0, 5.0))
    assert took_min == pytest.approx(3 * 900 / (900 - 150) * 60, abs=2)


def test_a_room_that_loses_what_it_is_given_may_stand_still() -> None:
    took_min = minutes_until_dead(HOUSE_WITH_STUDY, study(20.0, 5.0), power_w=160.0)
    assert took_min is None
