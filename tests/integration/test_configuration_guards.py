"""What is stored of guards becomes frozen specs in the units of the core, once."""

from dataclasses import fields
from typing import Any

import pytest

from custom_components.solar_compute import configuration
from custom_components.solar_compute.configured import GuardConfig
from custom_components.solar_compute.core.guard_spec import (
    BatteryGuard,
    CapOf,
    CircuitGuard,
    ClimateGuard,
    ConditionGuard,
    ConditionUse,
    GuardSpec,
    MaximumGuard,
    PowerCapGuard,
    QuietGuard,
)
from custom_components.solar_compute.core.times import DailyWindow

from . import houses
from .guard_pages import STORED, guard
from .houses import MINER

BY_KEY: dict[str, Any] = {"key": "guard", "name": "My guard"}


def stored(data: dict[str, Any], **changes: Any) -> GuardConfig:
    """Return what a stored guard configures."""
    data = {k: v for k, v in {**data, **changes}.items() if v is not None}
    (config,) = configuration.parse(
        houses.entry(guard(data, "My guard", "guard"))
    ).guards
    return config


@pytest.mark.parametrize(
    ("kind", "spec", "entities"),
    [
        (
            "circuit",
            CircuitGuard(**BY_KEY, limit_w=16 * 230),
            {"power_w": "sensor.cellar_current"},
        ),
        (
            "power_cap",
            PowerCapGuard(**BY_KEY, of=CapOf.GRID),
            {"cap_w": "number.grid_cap"},
        ),
        ("battery_guard", BatteryGuard(**BY_KEY, minimum_soc=30, discharge_w=500), {}),
        (
            "climate",
            ClimateGuard(**BY_KEY, maximum_c=32, maximum_humidity=80, dew_margin_k=3.0),
            {
                "temperature_c": "sensor.cellar_air",
                "humidity": "sensor.cellar_humidity",
                "surface_c": "sensor.cold_pipe",
            },
        ),
        (
            "condition",
            ConditionGuard(
                **BY_KEY,
                use=ConditionUse.TAMPER,
                must_be_on=False,
                latching=True,
                safety=True,
            ),
            {"state": "binary_sensor.cellar_door"},
        ),
        (
            "quiet",
            QuietGuard(
                **BY_KEY,
                windows=(DailyWindow(start_min=1320, end_min=390),),
                maximum_db=35,
                level=1,
            ),
            {},
        ),
        (
            "maximum",
            MaximumGuard(**BY_KEY, energy_wh=6000, cost=1.5, run_s=28_800),
            {},
        ),
    ],
)
def test_what_is_stored_reaches_the_core(
    kind: str, spec: GuardSpec, entities: dict[str, str]
) -> None:
    config = stored(STORED[kind])

    assert config.spec == spec
    assert config.entities == entities


def test_every_guard_is_filed_under_its_kind() -> None:
    entry = houses.entry(*(guard(data, kind, kind) for kind, data in STORED.items()))

    parsed = configuration.parse(entry)

    assert {spec.key for spec in parsed.spec.guards} == STORED.keys()
    (circuit,) = parsed.spec.guards.circuits
    (quiet,) = parsed.spec.guards.quiet
    assert (circuit.key, quiet.key) == ("circuit", "quiet")


def test_a_guard_of_a_battery_that_was_taken_away_rests() -> None:
    subentry = guard(STORED["battery_guard"], "Reserve", "guard")
    no_battery = {**houses.GRID, **houses.PRICES, "has_battery": False}

    assert configuration.parse(houses.entry(subentry)).guards
    assert not configuration.parse(houses.entry(subentry, data=no_battery)).guards


@pytest.mark.parametrize(
    ("workers", "problems"),
    [((), []), (("miner", "deleted"), []), (("deleted",), ["idle_guard"])],
)
def test_a_guard_whose_workers_are_all_gone_holds_for_nobody_and_is_reported(
    workers: tuple[str, ...], problems: list[str]
) -> None:
    data = {**STORED["maximum"], "workers": list(workers)}
    entry = houses.entry(
        houses.worker(MINER, "Miner", "miner"), guard(data, "Day", "guard")
    )

    parsed = configuration.parse(entry)

    assert [problem.kind for problem in parsed.problems] == problems
    assert parsed.guards[0].spec.workers == workers


def test_a_limit_in_ampere_is_voltage_times_current_on_all_phases() -> None:
    spec = stored(STORED["circuit"], limit=32.0, phases="3", share_percent=90.0).spec

    assert isinstance(spec, CircuitGuard)
    assert spec.limit_w == 32 * 3 * 230
    assert spec.share == 0.9


def test_a_limit_in_watt_is_taken_as_it_is() -> None:
    spec = stored(STORED["circuit"], limit=4000.0, limit_unit="watt").spec

    assert isinstance(spec, CircuitGuard)
    assert spec.limit_w == 4000


def test_quiet_hours_may_follow_an_entity_and_have_a_second_time() -> None:
    noon = {"second_start": "12:00:00", "second_end": "14:00:00"}
    config = stored(STORED["quiet"], schedule="schedule.nights", **noon)

    assert isinstance(config.spec, QuietGuard)
    assert config.spec.followed
    assert config.spec.windows[1] == DailyWindow(start_min=720, end_min=840)
    assert config.entities == {"state": "schedule.nights"}


def test_a_renamed_entity_is_followed() -> None:
    for kind, data in STORED.items():
        entities = set(stored(data).entities.values())
        for entity_id in entities:
            renamed = configuration.renamed(data, entity_id, "sensor.renamed")
            assert "sensor.renamed" in renamed.values(), kind


@pytest.mark.parametrize(("phases", "volts"), [("1", 230), ("3", 690)])
def test_a_meter_in_ampere_is_multiplied_by_the_voltage_of_all_phases(
    phases: str, volts: float
) -> None:
    assert stored(STORED["circuit"], phases=phases).voltage_v == volts
    in_watt = stored(STORED["circuit"], phases=phases, meter_in_ampere=False)
    assert in_watt.voltage_v is None


OPTIONAL = {
    "circuit": ("other_w", "share_percent", "voltage_v", "phases"),
    "battery_guard": ("minimum_soc", "discharge_w"),
    "climate": ("back_by_k", "hold_s", "latching", "safety"),
    "condition": ("latching", "safety"),
    "quiet": ("maximum_db", "level"),
}


@pytest.mark.parametrize("kind", OPTIONAL)
def test_a_key_that_was_never_stored_takes_its_default(kind: str) -> None:
    spec = stored(STORED[kind], **dict.fromkeys(OPTIONAL[kind])).spec

    defaults = {field.name: field.default for field in fields(spec)}
    names = {"share_percent": "share", "back_by_k": "hysteresis_k"}
    for key in OPTIONAL[kind]:
        name = names.get(key, key)
        if name in defaults:
            assert getattr(spec, name) == defaults[name]
