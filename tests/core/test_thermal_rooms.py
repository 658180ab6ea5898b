"""What heat into a room is worth: as a person wants it, and as the year has it."""

from math import inf, nan
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.heat_now import SinkNow, sinks_now
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import HeatCause, HeatPrice
from custom_components.solar_compute.core.outlook import Outlook
from custom_components.solar_compute.core.reading import Reading, RoomInput
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    HeatSupply,
    MonthSpan,
    RoomPreset,
)
from custom_components.solar_compute.core.thermal import heat_price, heat_prices

from .houses import NOON, cruncher, gas_tank, look, sunny_house
from .sinks import room_at, study, view_of

EXPORT, IMPORT = 0.08, 0.30
RADIATOR = BackupSpec(kind=BackupKind.RESISTIVE, hysteresis_k=0.5)
COMFORT = BackupSpec(kind=BackupKind.NONE, comfort_per_kwh=0.25)


def outlook(balance_now_w: float = -500.0, **changes: Any) -> Outlook:
    settings: dict[str, Any] = {
        "balance_now_w": balance_now_w,
        "hours_w": None,
        "surplus_per_kwh": EXPORT,
        "deficit_per_kwh": IMPORT,
    }
    return Outlook(**(settings | changes))


def price(room: SinkNow, balance_now_w: float = -500.0) -> HeatPrice:
    return heat_price(room, local=NOON, outlook=outlook(balance_now_w))


def test_heat_in_a_cold_study_displaces_its_radiator_now() -> None:
    heat = price(room_at(study(backup=RADIATOR), 18.0))
    assert (heat.per_kwh, heat.in_s) == (IMPORT, 0)
    assert price(room_at(study(backup=RADIATOR), 18.0), 5000).per_kwh == EXPORT


def test_a_warm_study_keeps_its_heat_until_the_radiator_would_have_run() -> None:
    """20.5 °C at 5 °C outdoors falls a kelvin in about an hour and a half."""
    room = room_at(study(backup=RADIATOR), 20.5)
    heat = price(room)
    assert 1.2 * 3600 < heat.in_s < 1.8 * 3600
    assert heat.per_kwh == pytest.approx(IMPORT * room.body.kept(heat.in_s))


def test_a_radiator_that_is_on_is_displaced_now() -> None:
    heat = price(room_at(study(backup=RADIATOR), 20.5, backup_on=True))
    assert (heat.in_s, heat.kept) == (0, 1)


def test_the_thermostat_of_the_room_sets_the_target() -> None:
    room = study(backup=COMFORT)
    assert price(room_at(room, 20.5)).cause is HeatCause.ENOUGH
    assert price(room_at(room, 20.5, target_c=22.0)).cause is HeatCause.COMFORT
    assert price(room_at(room, 20.5, target_c=22.0)).per_kwh == 0.25


@pytest.mark.parametrize(
    ("preset", "supply", "target_c"),
    [
        (RoomPreset.SURPLUS, HeatSupply.SURPLUS, 20.0),
        (RoomPreset.ECO, HeatSupply.BATTERY, 17.0),
        (RoomPreset.COMFORT, HeatSupply.GRID, 20.0),
    ],
)
def test_a_preset_says_with_which_power_and_how_warm(
    preset: RoomPreset, supply: HeatSupply, target_c: float
) -> None:
    room = study(backup=COMFORT, supply=HeatSupply.BATTERY)
    below = price(room_at(room, target_c - 0.6, preset=preset))
    above = price(room_at(room, target_c + 0.1, preset=preset))
    assert below.supply is supply
    assert (below.cause, above.cause) == (HeatCause.COMFORT, HeatCause.ENOUGH)


@pytest.mark.parametrize(
    ("wish", "cause"),
    [
        ({"heating": False}, HeatCause.OFF),
        ({"window_open": True}, HeatCause.WINDOW),
        ({"outdoor_c": 16.0}, HeatCause.SEASON),
        ({"outdoor_c": None}, HeatCause.SEASON),
    ],
)
def test_a_room_that_needs_no_heating_attracts_no_worker(
    wish: dict[str, Any], cause: HeatCause
) -> None:
    heat = price(room_at(study(backup=RADIATOR), 15.0, **wish))
    assert (heat.per_kwh, heat.absorbed, heat.cause) == (0, 0, cause)


def test_a_room_at_the_edge_of_its_season_is_not_heated_by_fits_and_starts() -> None:
    room = study(backup=RADIATOR)
    assert room_at(room, 15.0, outdoor_c=15.5).idle is HeatCause.SEASON
    assert room_at(room, 15.0, outdoor_c=15.5, heated=True).idle is None
    assert room_at(room, 15.0, outdoor_c=16.0, heated=True).idle is HeatCause.SEASON


def test_the_months_decide_only_where_nobody_measures_outdoors() -> None:
    always = study(backup=RADIATOR, season=MonthSpan(first=1, last=12))
    assert price(room_at(always, 15.0, outdoor_c=None)).per_kwh == IMPORT
    assert price(room_at(always, 15.0, outdoor_c=18.0)).per_kwh == 0
    assert price(room_at(study(backup=RADIATOR), 15.0, outdoor_c=8.0)).per_kwh > 0


def test_a_room_at_its_maximum_takes_no_heat() -> None:
    heat = price(room_at(study(backup=RADIATOR), 24.0))
    assert (heat.per_kwh, heat.cause) == (0, HeatCause.FULL)


def test_a_room_below_its_minimum_is_worth_its_shortage() -> None:
    room = study(backup=COMFORT, minimum_c=16.0, shortage_per_kwh=0.4)
    assert price(room_at(room, 15.9)).cause is HeatCause.MINIMUM
    assert price(room_at(room, 15.9)).per_kwh == 0.4
    assert price(room_at(room, 16.1)).per_kwh == 0.25


@given(
    temperature_c=st.floats(0, 30),
    more_k=st.floats(0, 5),
    preset=st.sampled_from(RoomPreset),
    kind=st.sampled_from([BackupKind.GAS, BackupKind.NONE]),
)
def test_the_warmer_the_room_the_less_it_wants(
    temperature_c: float, more_k: float, preset: RoomPreset, kind: BackupKind
) -> None:
    room = study(
        minimum_c=16.0,
        shortage_per_kwh=0.5,
        backup=BackupSpec(kind=kind, comfort_per_kwh=0.2, hysteresis_k=0.5),
    )
    colder = price(room_at(room, temperature_c, preset=preset))
    warmer = price(room_at(room, temperature_c + more_k, preset=preset))
    assert warmer.per_kwh <= colder.per_kwh + 1e-9


def test_every_sink_of_the_home_whose_temperature_is_known_has_a_price() -> None:
    """The worker's own results and recovery are what its sink knows of it."""
    rig = cruncher(sink="study", recovery=0.8, value_per_hour=0.05)
    house = sunny_house(
        rig, tanks=(gas_tank(),), rooms=(study(backup=RADIATOR), study(key="den"))
    )
    seen = look(0.0, rooms=(RoomInput(key="study", temperature_c=Reading(18.0, 0.0)),))
    view = view_of("study", 18.0, outdoors_c={"study": 3.0})
    sinks = list(sinks_now(house, seen, view, Memory()))
    assert [sink.key for sink in sinks] == ["study"]
    assert sinks[0].body.ambient_c == 3.0
    assert sinks[0].feeders[0].heat_w == 400
    assert sinks[0].feeders[0].results_per_kwh == pytest.approx(0.15 + 0.1)
    assert list(heat_prices(house, seen, view, Memory(), outlook())) == ["study"]


@pytest.mark.parametrize("target_c", [inf, -inf, nan])
def test_a_target_that_is_no_temperature_is_not_followed(target_c: float) -> None:
    assert room_at(study(backup=COMFORT), 19.0, target_c=target_c).target_c == 20.0
