"""All power becomes heat: useful, unwanted or lost, and nothing is counted twice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.heat_flow import (
    HeatFlow,
    delivered_w,
    heat_flow,
    litres_at_40_c,
)
from custom_components.solar_compute.core.model import (
    Decision,
    HeatCause,
    HeatPrice,
    Reason,
    ReasonCode,
    SinkState,
    SiteState,
    SpaceState,
    WorkerDecision,
)
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    SiteSpec,
    SpaceSpec,
    TankSpec,
    TankUse,
    WorkerSpec,
)

from .houses import boiler_rig, cruncher, gas_tank, sunny_house

WARM_ATTIC = SpaceSpec(key="attic", name="Attic", cooled_share=0.5, cooling_cop=4.0)


def gas_price(**changes: Any) -> HeatPrice:
    """Return the price of heat in a tank that gas would have heated tomorrow."""
    settings: dict[str, Any] = {
        "key": "tank",
        "per_kwh": 0.1425 * 0.9,
        "displaced_per_kwh": 0.1425,
        "in_s": 20_000.0,
        "kept": 0.9,
        "absorbed": 1.0,
        "backup_per_kwh": 0.1425,
        "input_per_kwh": 1.25,
    }
    return HeatPrice(**(settings | changes))


def metered(heat_w: float) -> SinkState:
    """Return the tank with a heat meter."""
    return SinkState(
        key="tank",
        temperature_c=40.0,
        coldest_c=40.0,
        warmest_c=40.0,
        missing_wh=3000.0,
        heat_w=heat_w,
        heat_measured=True,
        expects_heat=True,
        loss_w_per_k=1.4,
        capacity_wh_per_k=232.6,
    )


def at(drawn_w: Mapping[str, float], **changes: Any) -> Decision:
    """Return a decision in which workers draw as given."""
    settings: dict[str, Any] = {
        "clock_s": 0.0,
        "state": SiteState.RUNNING,
        "balance_w": 0.0,
        "surplus_w": 0.0,
        "hidden_w": 0.0,
        "next_per_kwh": 0.1,
        "tranches": (),
        "heat": (gas_price(),),
        "workers": tuple(
            WorkerDecision(
                key=key,
                level=1,
                current=1,
                power_w=power_w,
                drawn_w=power_w,
                reason=Reason(ReasonCode.WORTH_IT),
            )
            for key, power_w in drawn_w.items()
        ),
    }
    return Decision(**(settings | changes))


def flow(
    worker: WorkerSpec, drawn_w: float, tank: TankSpec | None = None, **changes: Any
) -> HeatFlow:
    """Return where the heat of one worker goes."""
    spec = house(worker, tank=tank)
    decision = at({worker.key: drawn_w}, **changes)
    into_w = delivered_w(spec, decision).get(worker.key, 0.0)
    return heat_flow(spec, decision, worker, drawn_w, into_w)


def house(*workers: WorkerSpec, tank: TankSpec | None = None) -> SiteSpec:
    return sunny_house(*workers, tanks=(tank or gas_tank(),), spaces=(WARM_ATTIC,))


def test_a_tank_that_takes_it_makes_heat_useful_and_the_rest_is_lost() -> None:
    found = flow(boiler_rig(), 1000)
    assert (found.useful_w, found.unwanted_w, found.lost_w) == pytest.approx(
        (900, 0, 100)
    )


def test_only_what_is_still_there_when_the_boiler_would_run_displaces_gas() -> None:
    found = flow(boiler_rig(), 1000)
    assert found.reused_w == pytest.approx(810)
    assert found.displaced_w == pytest.approx(810 * 1.25)
    assert found.saved_per_h == pytest.approx(0.81 * 0.1425)
    assert found.value_per_h == pytest.approx(0.9 * 0.1425 * 0.9)


def test_a_full_tank_takes_nothing_and_all_heat_lands_beside_it() -> None:
    full = gas_price(per_kwh=0.0, absorbed=0.0, cause=HeatCause.FULL)
    rig = boiler_rig(space="attic")
    found = flow(
        rig, 1000, heat=(full,), spaces=(SpaceState(key="attic", cooling=True),)
    )
    assert (found.useful_w, found.displaced_w, found.value_per_h) == (0, 0, 0)
    assert (found.unwanted_w, found.lost_w) == pytest.approx((500, 500))
    assert found.cooled_by == 4.0


def test_heat_in_a_space_is_unwanted_only_while_it_is_cooled() -> None:
    box = cruncher(space="attic")
    cooled = flow(box, 500, spaces=(SpaceState(key="attic", cooling=True),))
    assert (cooled.unwanted_w, cooled.lost_w) == pytest.approx((250, 250))
    winter = flow(box, 500, spaces=(SpaceState(key="attic", cooling=False),))
    assert (winter.unwanted_w, winter.lost_w) == (0, 500)


def test_heat_into_a_tank_of_unknown_temperature_is_not_called_useful() -> None:
    found = flow(boiler_rig(), 1000, heat=())
    assert (found.delivered_w, found.useful_w, found.lost_w) == (900, 0, 1000)


def test_comfort_is_worth_its_price_but_displaces_nothing() -> None:
    unheated = gas_tank(backup=BackupSpec(comfort_per_kwh=0.2))
    comfort = gas_price(
        per_kwh=0.2,
        displaced_per_kwh=0.2,
        kept=1.0,
        cause=HeatCause.COMFORT,
        backup_per_kwh=None,
        input_per_kwh=None,
    )
    found = flow(boiler_rig(), 1000, tank=unheated, heat=(comfort,))
    assert found.value_per_h == pytest.approx(0.9 * 0.2)
    assert (found.useful_w, found.reused_w, found.saved_per_h) == (900, 0, 0)


def test_heat_that_leaves_the_home_counts_as_reused_there() -> None:
    loop = gas_tank(use=TankUse.EXPORTED, backup=BackupSpec(kind=BackupKind.NONE))
    sold = gas_price(per_kwh=0.03, kept=1.0, input_per_kwh=None, backup_per_kwh=None)
    found = flow(boiler_rig(), 1000, tank=loop, heat=(sold,))
    assert (found.reused_w, found.displaced_w) == (900, 0)


def test_measured_heat_counts_instead_of_the_estimate() -> None:
    found = flow(boiler_rig(), 1000, sinks=(metered(700),))
    assert (found.useful_w, found.lost_w) == pytest.approx((700, 300))


def test_measured_heat_is_shared_as_it_would_have_been_estimated() -> None:
    strong, weak = boiler_rig(), boiler_rig(key="weak", recovery=0.3)
    spec = house(strong, weak)
    found = delivered_w(spec, at({"rig": 1000, "weak": 1000}, sinks=(metered(800),)))
    assert found == pytest.approx({"rig": 600, "weak": 200})


def test_no_worker_gives_more_heat_than_it_draws_whatever_a_meter_says() -> None:
    found = flow(boiler_rig(), 1000, sinks=(metered(5000),))
    assert (found.useful_w, found.lost_w) == (1000, 0)


def test_measured_heat_while_nobody_draws_is_nobodys() -> None:
    assert delivered_w(house(boiler_rig()), at({"rig": 0}, sinks=(metered(300),))) == {}


def test_a_meter_that_runs_backwards_takes_nothing_away() -> None:
    found = flow(boiler_rig(), 1000, sinks=(metered(-200),))
    assert (found.useful_w, found.lost_w) == (0, 1000)


def test_a_worker_that_should_give_no_heat_shares_what_was_measured_by_power() -> None:
    found = flow(boiler_rig(recovery=0.0), 1000, sinks=(metered(400),))
    assert found.useful_w == pytest.approx(400)


def test_4_kwh_are_115_litres_at_40_degrees() -> None:
    """Water that comes in at 10 °C: 4000 Wh ÷ (1.163 × 30 K)."""
    assert litres_at_40_c(4000, 10.0) == pytest.approx(114.6, abs=0.1)
    assert litres_at_40_c(4000, 45.0) is None


RIGS = st.builds(
    boiler_rig,
    recovery=st.floats(-1, 2),
    cooled_share=st.floats(-1, 2),
    space=st.sampled_from([None, "attic"]),
)
PRICES = st.builds(gas_price, absorbed=st.floats(0, 1), kept=st.floats(-0.5, 1.5))


@given(
    rigs=st.lists(st.tuples(RIGS, st.floats(0, 20_000)), min_size=1, max_size=4),
    price=st.none() | PRICES,
    heat_w=st.none() | st.floats(-5000, 50_000),
    cooling=st.booleans(),
)
def test_useful_unwanted_and_lost_heat_add_up_to_the_energy(
    rigs: list[tuple[WorkerSpec, float]],
    price: HeatPrice | None,
    heat_w: float | None,
    cooling: bool,
) -> None:
    workers = [
        replace(worker, key=f"rig{number}") for number, (worker, _) in enumerate(rigs)
    ]
    drawn_w = {f"rig{number}": power_w for number, (_, power_w) in enumerate(rigs)}
    spec = house(*workers)
    decision = at(
        drawn_w,
        heat=() if price is None else (price,),
        sinks=() if heat_w is None else (metered(heat_w),),
        spaces=(SpaceState(key="attic", cooling=cooling),),
    )
    into_w = delivered_w(spec, decision)
    for worker in workers:
        power_w = drawn_w[worker.key]
        found = heat_flow(spec, decision, worker, power_w, into_w.get(worker.key, 0.0))
        parts = (found.useful_w, found.unwanted_w, found.lost_w)
        assert sum(parts) == pytest.approx(power_w, rel=1e-3, abs=1e-6)
        assert all(part >= -1e-6 for part in parts)
        assert found.reused_w <= found.useful_w + 1e-6
    if heat_w is not None:
        assert sum(into_w.values()) <= max(0.0, heat_w) + 1e-6


def test_the_flow_of_a_worker_without_power_is_nought() -> None:
    found = flow(boiler_rig(), 0.0)
    assert replace(found, cooled_by=1.0) == HeatFlow(cooled_by=1.0)
