"""CO₂ in two books that are never mixed."""

from dataclasses import replace

import pytest

from custom_components.solar_compute.core.carbon import (
    Carbon,
    avoided,
    emitted,
    grid_carbon,
)
from custom_components.solar_compute.core.model import HeatPrice, Tranche, TrancheKind
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
)

from .houses import EXPORT, IMPORT, look, sunny_house

GRID = Carbon(242.0, 400.0)


def slices(**watts: float) -> tuple[Tranche, ...]:
    return tuple(
        Tranche(TrancheKind(kind), width_w, 0.1) for kind, width_w in watts.items()
    )


def price(displaced_per_kwh: float, input_per_kwh: float = 1.0) -> HeatPrice:
    return HeatPrice(
        key="tank",
        per_kwh=displaced_per_kwh,
        displaced_per_kwh=displaced_per_kwh,
        in_s=0.0,
        kept=1.0,
        absorbed=1.0,
        input_per_kwh=input_per_kwh,
    )


@pytest.mark.parametrize(
    ("kind", "average", "marginal"),
    [
        ("curtailed", 0, 0),
        ("export", 0, 400),
        ("yielding", 0, 400),
        ("battery_charge", 0, 400),
        ("battery_discharge", 0, 400),
        ("import", 242, 400),
    ],
)
def test_a_kwh_emits_by_where_it_comes_from(
    kind: str, average: float, marginal: float
) -> None:
    """Average: what the grid gave. Marginal: what the grid has to do otherwise."""
    assert emitted(slices(**{kind: 1000.0}), 1000, GRID) == Carbon(average, marginal)


def test_a_mixed_hour_is_the_sum_of_its_parts() -> None:
    parts = slices(curtailed=200, export=300, **{"import": 500})
    assert emitted(parts, 1000, GRID) == Carbon(0.5 * 242, 0.8 * 400)


def test_energy_of_unknown_source_counts_as_imported() -> None:
    assert emitted((), 500, GRID) == Carbon(121, 200)


def test_an_entity_beats_the_configured_factor_and_may_say_nought() -> None:
    spec = sunny_house(co2_average_g_per_kwh=300.0)
    assert grid_carbon(spec, look(0)) == Carbon(300, 400)
    live = replace(look(0), co2_average_g_per_kwh=0.0, co2_marginal_g_per_kwh=650.0)
    assert grid_carbon(spec, live) == Carbon(0, 650)
    odd = replace(look(0), co2_average_g_per_kwh=float("nan"))
    assert grid_carbon(spec, odd) == Carbon(300, 400)


def test_gas_that_is_not_burnt_is_avoided_in_both_books() -> None:
    gas = BackupSpec(kind=BackupKind.GAS)
    saved = avoided(gas, price(0.1425, 1.25), 1250, GRID, export_per_kwh=EXPORT)
    assert saved == Carbon(1.25 * 201, 1.25 * 201)


def test_a_heat_pump_on_import_saves_its_electricity() -> None:
    pump = BackupSpec(kind=BackupKind.HEAT_PUMP)
    saved = avoided(pump, price(IMPORT / 3, 1 / 3), 300, GRID, export_per_kwh=EXPORT)
    assert saved.average == pytest.approx(0.3 * 242)
    assert saved.marginal == pytest.approx(0.3 * 400)


def test_a_diverter_that_would_have_used_the_sun_saves_no_grid_energy() -> None:
    """The sun that it leaves is exported now, which only the marginal book sees."""
    rod = BackupSpec(kind=BackupKind.RESISTIVE, schedule=BackupSchedule.DIVERTER)
    saved = avoided(rod, price(EXPORT), 1000, GRID, export_per_kwh=EXPORT)
    assert saved == Carbon(0, 400)


def test_sun_that_would_have_been_held_back_saves_nothing_at_all() -> None:
    rod = BackupSpec(kind=BackupKind.RESISTIVE, schedule=BackupSchedule.DIVERTER)
    assert avoided(rod, price(0.0), 1000, GRID, export_per_kwh=EXPORT) == Carbon()
