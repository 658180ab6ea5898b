"""Which inputs are believed: fresh, possible, and moving where they must."""

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from custom_components.solar_compute.core.memory import FlatWatch, Memory
from custom_components.solar_compute.core.model import (
    Reading,
    ReasonCode,
    SiteState,
    Snapshot,
    TankInput,
    YieldingLoad,
)
from custom_components.solar_compute.core.observe import observe, usable
from custom_components.solar_compute.core.spec import SiteSpec

from .houses import (
    CLOCK_S,
    boiler_rig,
    cruncher,
    home_battery,
    house_with_battery,
    house_with_tank,
    look,
    running,
    sunny_house,
)
from .loop import Loop, one, steady, why

ALL = house_with_battery(
    cruncher(),
    boiler_rig(),
    tanks=house_with_tank().tanks,
    battery=home_battery(),
)


def missing(spec: SiteSpec, snapshot: Snapshot) -> tuple[str, ...]:
    return observe(spec, snapshot, Memory()).missing


def everything(at_s: float = 0.0) -> Snapshot:
    return look(-2000, at_s=at_s, battery_w=-500, soc=50, tank_c=45)


def test_fresh_and_possible_readings_are_all_believed() -> None:
    view = observe(ALL, everything(), Memory())
    assert view.missing == () and view.site_known
    assert (view.grid_w, view.battery_w, view.stored_wh) == (-2000, -500, 4000)
    assert view.temperatures_c == {"tank": 45}


@pytest.mark.parametrize("value", [None, nan, inf, -inf])
def test_a_reading_that_says_nothing_usable_is_unknown(value: float | None) -> None:
    assert usable(Reading(value, CLOCK_S), CLOCK_S, 300, -1e9, 1e9) is None


def test_no_reading_is_unknown() -> None:
    assert usable(None, CLOCK_S, 300, -1e9, 1e9) is None


@pytest.mark.parametrize(
    ("age_s", "value"), [(0, 5.0), (300, 5.0), (301, None), (nan, None)]
)
def test_a_reading_is_believed_for_its_hold_time(
    age_s: float, value: float | None
) -> None:
    assert usable(Reading(5.0, CLOCK_S - age_s), CLOCK_S, 300, -10, 10) == value


@pytest.mark.parametrize(
    ("name", "hold_s", "reading"),
    [
        ("grid", 300, "grid_w"),
        ("battery", 300, "battery_w"),
        ("soc", 7200, "soc"),
    ],
)
def test_each_meter_has_a_hold_time_that_fits_it(
    name: str, hold_s: float, reading: str
) -> None:
    def aged(age_s: float) -> Snapshot:
        snapshot = everything()
        value = getattr(snapshot, reading).value
        changes: dict[str, Any] = {reading: Reading(value, CLOCK_S - age_s)}
        return replace(snapshot, **changes)

    assert missing(ALL, aged(hold_s)) == ()
    assert missing(ALL, aged(hold_s + 1)) == (name,)


def test_a_tanks_temperature_is_held_for_two_hours() -> None:
    def aged(age_s: float) -> Snapshot:
        tank = TankInput(key="tank", temperature_c=Reading(45, CLOCK_S - age_s))
        return replace(everything(), tanks=(tank,))

    assert missing(ALL, aged(7200)) == ()
    assert missing(ALL, aged(7201)) == ("tank:tank",)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"grid_w": Reading(200_000, CLOCK_S)}, "grid"),
        ({"battery_w": Reading(-200_000, CLOCK_S)}, "battery"),
        ({"soc": Reading(101, CLOCK_S)}, "soc"),
        ({"soc": Reading(-1, CLOCK_S)}, "soc"),
        (
            {"tanks": (TankInput(key="tank", temperature_c=Reading(130, CLOCK_S)),)},
            "tank:tank",
        ),
        (
            {"tanks": (TankInput(key="tank", temperature_c=Reading(-40, CLOCK_S)),)},
            "tank:tank",
        ),
        ({"tanks": ()}, "tank:tank"),
        ({"soc": None}, "soc"),
    ],
)
def test_an_impossible_reading_is_unknown(changes: dict[str, Any], name: str) -> None:
    assert missing(ALL, replace(everything(), **changes)) == (name,)


def test_a_house_without_battery_sensors_misses_none() -> None:
    assert missing(sunny_house(), look(-2000)) == ()


def test_a_price_that_is_missing_is_the_configured_one() -> None:
    live = replace(everything(), import_per_kwh=0.5, export_per_kwh=-0.02)
    view = observe(ALL, live, Memory())
    assert (view.import_per_kwh, view.export_per_kwh) == (0.5, -0.02)
    gone = replace(everything(), import_per_kwh=None, export_per_kwh=nan)
    view = observe(ALL, gone, Memory())
    assert (view.import_per_kwh, view.export_per_kwh) == (0.30, 0.08)


def test_a_diverter_that_is_silent_gives_nothing_away() -> None:
    loads = (
        YieldingLoad(power_w=Reading(800, CLOCK_S), value_per_kwh=0.1),
        YieldingLoad(power_w=Reading(None, CLOCK_S), value_per_kwh=0.1),
        YieldingLoad(power_w=Reading(700, CLOCK_S), value_per_kwh=nan),
        YieldingLoad(power_w=Reading(-5, CLOCK_S), value_per_kwh=0.1),
    )
    view = observe(ALL, replace(everything(), yielding=loads), Memory())
    assert view.yielding == ((800, 0.1), (0, 0.1))


def test_stale_meters_pause_what_runs_and_name_themselves() -> None:
    loop = Loop(sunny_house(), steady(3000))
    loop.run(600)
    assert loop.levels["cruncher"] == 1
    stale = loop.look()
    silent = Loop(
        sunny_house(),
        steady(3000),
        memory=loop.memory,
        levels=dict(loop.levels),
        at_s=loop.at_s,
        site=lambda _: {"grid_w": stale.grid_w},
    )
    assert silent.run_until(0) == pytest.approx(300, abs=20)
    decision = silent.seen[-1][2]
    assert why(decision) is ReasonCode.INPUT_MISSING
    assert one(decision).reason.data == {"input": "grid"}
    assert decision.state is SiteState.INPUT_MISSING
    assert decision.balance_w is None and decision.next_per_kwh is None


def test_a_dead_tank_sensor_pauses_only_what_heats_that_tank() -> None:
    spec = house_with_tank(boiler_rig(), cruncher())
    loop = Loop(spec, steady(5000), tank_c=40.0)
    loop.run(1800)
    assert loop.levels == {"rig": 1, "cruncher": 1}
    loop.tank_c = nan
    decision = loop.tick()
    assert one(decision, "rig").level == 0
    assert one(decision, "rig").reason.data == {"input": "tank:tank"}
    assert one(decision, "cruncher").level == 1


def test_a_tank_that_stays_as_warm_as_it_was_while_it_is_heated_has_a_dead_sensor() -> (
    None
):
    """200 litres need 1163 Wh for 5 K, and the rig delivers 900 W."""
    loop = Loop(house_with_tank(), steady(5000), tank_c=40.0)
    loop.run_until(1)
    took_s = loop.run_until(0, within_s=3 * 3600)
    assert took_s == pytest.approx(1163 / 900 * 3600, rel=0.05)
    assert one(loop.seen[-1][2]).reason.data == {"input": "tank:tank"}
    loop.tank_c = 40.1
    loop.run(1200)
    assert loop.levels_of()[-1] == 1


def test_a_tank_sensor_that_moves_is_alive() -> None:
    loop = Loop(house_with_tank(), steady(5000), tank_c=40.0)
    for _ in range(12):
        loop.run(1800)
        loop.tank_c = 40.1 if loop.tank_c == 40.0 else 40.0
    assert loop.levels_of()[-1] == 1


def test_a_state_of_charge_that_stands_still_while_the_battery_charges_is_dead() -> (
    None
):
    loop = Loop(
        house_with_battery(),
        steady(3000),
        stored_wh=4000.0,
        site=lambda at_s: {"soc": Reading(50.0, CLOCK_S + at_s)},
    )
    loop.run(7200)
    assert "soc" in loop.seen[-1][2].missing


@pytest.mark.parametrize("soc", [100.0, 99.5, 10.0, 0.0])
def test_a_battery_at_rest_may_stand_still_for_days(soc: float) -> None:
    """Inverters trickle some tens of watts; a full or empty battery may do more."""
    loop = Loop(
        house_with_battery(),
        steady(30),
        dt_s=300.0,
        site=lambda at_s: {
            "soc": Reading(soc, CLOCK_S + at_s),
            "battery_w": Reading(-40.0, CLOCK_S + at_s),
        },
    )
    loop.run(3 * 86400)
    assert loop.seen[-1][2].missing == ()


def test_a_restart_after_a_night_does_not_take_the_sensors_for_dead() -> None:
    memory = Memory(clock_s=CLOCK_S - 10 * 3600, flat={"soc": FlatWatch(50.0)})
    snapshot = look(-100, running(), battery_w=-3000, soc=50)
    spec = house_with_battery()
    loop = Loop(spec, steady(0), memory=memory)
    loop.site = lambda at_s: {"battery_w": snapshot.battery_w, "soc": snapshot.soc}
    loop.run(60)
    assert loop.seen[-1][2].missing == ()
