"""Heat counts on permitted power only, and says so where it decides."""

from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.model import (
    HeatCause,
    HeatPrice,
    Reason,
    ReasonCode,
    Tranche,
    TrancheKind,
    Worth,
)
from custom_components.solar_compute.core.spec import HeatSupply, WorkerSpec
from custom_components.solar_compute.core.supply import take
from custom_components.solar_compute.core.worth import heat_demand, level_worth

from .houses import boiler_rig

KILOWATT = 1000.0


SUN_BATTERY_GRID = (
    Tranche(TrancheKind.EXPORT, 400.0, 0.08),
    Tranche(TrancheKind.YIELDING, 50.0, 0.08),
    Tranche(TrancheKind.BATTERY_CHARGE, 50.0, 0.10),
    Tranche(TrancheKind.BATTERY_DISCHARGE, 200.0, 0.20),
    Tranche(TrancheKind.IMPORT, None, 0.30),
)
WANTED = HeatPrice(
    key="tank",
    per_kwh=0.5,
    displaced_per_kwh=0.5,
    in_s=0,
    kept=1,
    absorbed=1,
    cause=HeatCause.READY_BY,
)


def rig_worth(heat: HeatPrice | None, *, base_w: float = 0.0, **changes: Any) -> Worth:
    settings: dict[str, Any] = {
        "level": 1,
        "power_w": KILOWATT,
        "value_per_kwh": 0.0,
        "tranches": SUN_BATTERY_GRID,
        "base_w": base_w,
        "heat": heat,
    }
    return level_worth(boiler_rig(recovery=0.9), **(settings | changes))


@pytest.mark.parametrize(
    ("supply", "counted_w"),
    [(HeatSupply.SURPLUS, 500), (HeatSupply.BATTERY, 700), (HeatSupply.GRID, 1000)],
)
def test_heat_counts_for_the_power_that_the_sink_permits(
    supply: HeatSupply, counted_w: float
) -> None:
    heat = replace(WANTED, supply=supply)
    assert rig_worth(heat).heat == pytest.approx(counted_w / 1000 * 0.9 * 0.5)


def test_heat_counts_by_the_power_that_is_left_for_this_worker() -> None:
    """Others take the sun: what is left of it for this one are 100 W."""
    heat = replace(WANTED, supply=HeatSupply.SURPLUS)
    assert rig_worth(heat, base_w=400.0).heat == pytest.approx(0.1 * 0.9 * 0.5)
    assert rig_worth(heat, base_w=500.0).heat == 0


WORTH_IT = Reason(ReasonCode.WORTH_IT, {"level": 1.0})


def reason_for(heat: HeatPrice | None, base_w: float = 0.0, **changes: Any) -> Reason:
    worth = rig_worth(heat, base_w=base_w, **changes)
    slices = take(SUN_BATTERY_GRID, KILOWATT, base_w)
    return heat_demand(WORTH_IT, worth, slices, heat)


def test_a_worker_that_imports_for_its_heat_says_so_and_why() -> None:
    reason = reason_for(WANTED)
    assert reason.code is ReasonCode.HEAT_DEMAND
    assert reason.data == {"level": 1.0, "source": "grid", "cause": "ready_by"}


def test_a_worker_that_discharges_the_battery_for_its_heat_says_so() -> None:
    slices = (Tranche(TrancheKind.BATTERY_DISCHARGE, KILOWATT, 0.2),)
    worth = rig_worth(WANTED, tranches=slices)
    reason = heat_demand(WORTH_IT, worth, slices, WANTED)
    assert reason.data["source"] == "battery"


def test_a_worker_whose_results_alone_are_worth_it_says_just_that() -> None:
    assert reason_for(WANTED, value_per_kwh=0.4) is WORTH_IT


def test_power_that_the_sink_does_not_permit_is_not_taken_for_heat() -> None:
    """A few watts of import beside the sun are no heat demand on the grid."""
    slices = (
        Tranche(TrancheKind.EXPORT, 990.0, 0.08),
        Tranche(TrancheKind.IMPORT, 10.0, 0.30),
    )
    heat = replace(WANTED, supply=HeatSupply.SURPLUS)
    worth = rig_worth(heat, tranches=slices)
    assert worth.total > 0
    assert heat_demand(WORTH_IT, worth, slices, heat) is WORTH_IT


def test_a_worker_that_lives_on_sun_or_heats_nothing_says_just_that() -> None:
    sun = (Tranche(TrancheKind.EXPORT, KILOWATT, 0.08),)
    worth = rig_worth(WANTED, tranches=sun)
    assert heat_demand(WORTH_IT, worth, sun, WANTED) is WORTH_IT
    assert reason_for(None) is WORTH_IT
    assert reason_for(replace(WANTED, supply=HeatSupply.SURPLUS), 500.0) is WORTH_IT
    slices = take(SUN_BATTERY_GRID, KILOWATT)
    assert heat_demand(WORTH_IT, None, slices, WANTED) is WORTH_IT
    held = Reason(ReasonCode.MINIMUM_RUN)
    assert heat_demand(held, rig_worth(WANTED), slices, WANTED) is held


@given(
    full=st.builds(
        HeatPrice,
        key=st.just("tank"),
        per_kwh=st.just(0.0),
        displaced_per_kwh=st.floats(-1, 1),
        in_s=st.floats(0, 1e6),
        kept=st.floats(0, 1),
        absorbed=st.just(0.0),
        supply=st.sampled_from(HeatSupply),
    ),
    power_w=st.floats(0, 5000),
    base_w=st.floats(0, 5000),
    rig=st.builds(boiler_rig, recovery=st.floats(0, 1), cooled_share=st.floats(0, 1)),
)
def test_a_full_sink_never_attracts_heat(
    full: HeatPrice, power_w: float, base_w: float, rig: WorkerSpec
) -> None:
    """Worth with a full sink is no higher than with none at all."""
    settings: dict[str, Any] = {
        "level": 1,
        "power_w": power_w,
        "value_per_kwh": 0.1,
        "tranches": SUN_BATTERY_GRID,
        "base_w": base_w,
    }
    with_sink = level_worth(rig, heat=full, **settings)
    without = level_worth(rig, heat=None, **settings)
    assert with_sink.heat == 0
    assert with_sink.total <= without.total


@given(per_kwh=st.floats(0, 1), power_w=st.floats(0, 5000), base_w=st.floats(0, 5000))
def test_a_wider_permission_never_makes_wanted_heat_worth_less(
    per_kwh: float, power_w: float, base_w: float
) -> None:
    heat = replace(WANTED, per_kwh=per_kwh)
    worths = [
        rig_worth(replace(heat, supply=supply), base_w=base_w, power_w=power_w).total
        for supply in HeatSupply
    ]
    assert worths == sorted(worths)
