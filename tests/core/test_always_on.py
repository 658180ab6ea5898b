"""What is never switched: it is counted, and nobody decides differently for it."""

from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.ledger import Ledger, WorkerAccount, account
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Decision,
    Reading,
    ReasonCode,
    Snapshot,
    TrancheKind,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import SiteSpec, SpaceSpec, WorkerSpec

from .houses import (
    CLOCK_S,
    cruncher,
    house_with_battery,
    house_with_tank,
    look,
    paused,
    running,
    stepper,
    sunny_house,
)
from .strategies import READINGS

HOUR_S = 3600.0


def node(**changes: Any) -> WorkerSpec:
    """Return a storage node of 100 W."""
    settings: dict[str, Any] = {"key": "node", "name": "Node", "levels_w": (100.0,)}
    return WorkerSpec(**(settings | changes))


def with_node(spec: SiteSpec, *nodes: WorkerSpec) -> SiteSpec:
    """Return a house in which these are always on."""
    return replace(spec, always_on=nodes or (node(),))


def measured(snapshot: Snapshot, **powers_w: float) -> Snapshot:
    """Return a snapshot in which the power of what is always on is measured."""
    observed = (
        WorkerInput(
            key=key,
            state=WorkerState.RUNNING,
            level=1,
            power_w=Reading(power_w, snapshot.clock_s),
        )
        for key, power_w in powers_w.items()
    )
    return replace(snapshot, always_on=tuple(observed))


def decided(spec: SiteSpec, snapshot: Snapshot) -> Decision:
    """Return what is decided at first sight."""
    return decide(spec, snapshot, Memory())[0]


def booked(spec: SiteSpec, snapshot: Snapshot) -> dict[str, WorkerAccount]:
    """Account one hour of what a look at the house shows, by key."""
    decision = decided(spec, snapshot)
    return dict(account(Ledger(), spec, snapshot, decision, HOUR_S).workers)


def test_surplus_is_its_first_before_any_worker() -> None:
    """300 W would be exported without both: 100 for the node, 200 for the worker."""
    books = booked(with_node(sunny_house()), look(300, running()))
    assert books["node"].solar_wh == pytest.approx(100)
    assert books["node"].cost == pytest.approx(0.1 * 0.08)
    assert books["cruncher"].solar_wh == pytest.approx(200)
    assert books["cruncher"].grid_wh == pytest.approx(300)


def test_at_night_it_lives_on_the_grid() -> None:
    books = booked(with_node(sunny_house()), look(400, paused()))
    assert books["node"].grid_wh == pytest.approx(100)
    assert books["node"].cost == pytest.approx(0.1 * 0.30)
    assert books["node"].co2_average_emitted_g > 0


def test_what_is_measured_counts_over_what_it_should_draw() -> None:
    snapshot = measured(look(400, paused()), node=60.0)
    assert booked(with_node(sunny_house()), snapshot)["node"].energy_wh == 60


def test_a_silent_sensor_leaves_its_nominal_power() -> None:
    snapshot = measured(look(400, paused()), node=float("nan"))
    assert booked(with_node(sunny_house()), snapshot)["node"].energy_wh == 100


def test_without_a_meter_its_energy_is_real_and_its_source_unknown() -> None:
    snapshot = replace(look(0, paused()), grid_w=Reading(None, CLOCK_S))
    books = booked(with_node(sunny_house()), snapshot)
    assert books["node"].unknown_wh == 100


def test_it_never_counts_on_sun_that_no_meter_shows() -> None:
    """50 W are missing to the export limit, so that only 50 would be held back."""
    spec = replace(with_node(sunny_house()), export_limit_w=5000.0)
    decision = decided(spec, look(-4950, paused(), pv_w=Reading(6000, CLOCK_S)))
    assert decision.hidden_w > 0
    taken = {part.kind: part.width_w for part in decision.always_on[0].slices}
    assert taken == {TrancheKind.CURTAILED: 50, TrancheKind.EXPORT: 50}


def test_it_says_that_it_is_always_on() -> None:
    decision = decided(with_node(sunny_house()), look(0, paused()))
    load = decision.load("node")
    assert load is not None
    assert load.reason.code is ReasonCode.ALWAYS_ON
    assert decision.worker("node") is None


def test_its_heat_is_booked_where_it_stands() -> None:
    spec = with_node(house_with_tank(), node(sink="tank"))
    snapshot = look(-700, paused("rig"), tank_c=40)
    decision = decided(spec, snapshot)
    books = account(Ledger(), spec, snapshot, decision, HOUR_S)
    assert books.sinks["tank"].heat_wh == pytest.approx(90)
    assert books.workers["node"].useful_heat_wh == pytest.approx(90)
    sink = decision.sink("tank")
    assert sink is not None
    assert sink.heat_w == pytest.approx(90)
    assert not sink.expects_heat


def test_its_heat_in_a_cooled_space_is_unwanted() -> None:
    space = SpaceSpec(key="cellar", name="Cellar")
    spec = replace(with_node(sunny_house(), node(space="cellar")), spaces=(space,))
    books = booked(spec, look(400, paused()))
    cooled = spec.space("cellar")
    assert cooled is not None
    assert books["node"].unwanted_heat_wh == pytest.approx(100 * cooled.cooled_share)


NODES = st.lists(
    st.builds(
        node,
        levels_w=st.floats(0, 5000).map(lambda watts: (watts,)),
        sink=st.sampled_from([None, "tank"]),
    ),
    min_size=1,
    max_size=3,
).map(
    lambda nodes: tuple(
        replace(one, key=f"node {number}") for number, one in enumerate(nodes)
    )
)
HOUSES = st.sampled_from([sunny_house(), house_with_battery(), house_with_tank()])
WORKERS = st.sampled_from([(), (cruncher(),), (cruncher(), stepper(priority=5))])


@given(
    house=HOUSES,
    workers=WORKERS,
    nodes=NODES,
    power=READINGS,
    grids_w=st.lists(st.floats(-8000, 8000), min_size=1, max_size=6),
)
def test_nobody_decides_differently_for_it(
    house: SiteSpec,
    workers: tuple[WorkerSpec, ...],
    nodes: tuple[WorkerSpec, ...],
    power: Reading,
    grids_w: list[float],
) -> None:
    """But through the meter, which shows the same in both."""
    spec = replace(house, workers=workers)
    seen = tuple(WorkerInput(key=one.key, power_w=power) for one in nodes)
    without = beside = Memory()
    for tick, grid_w in enumerate(grids_w):
        snapshot = look(grid_w, at_s=60.0 * tick, battery_w=0, soc=50, tank_c=40)
        plain, without = decide(spec, snapshot, without)
        full, beside = decide(
            replace(spec, always_on=nodes),
            replace(snapshot, always_on=seen),
            beside,
        )
        assert full.workers == plain.workers
        assert (full.state, full.tranches) == (plain.state, plain.tranches)
        assert (full.heat, full.guards) == (plain.heat, plain.guards)
        assert beside == without


@given(
    grid_w=st.floats(-8000, 8000),
    watts=st.lists(st.floats(0, 3000), min_size=1, max_size=4),
)
def test_all_that_it_draws_has_a_source(grid_w: float, watts: list[float]) -> None:
    nodes = tuple(
        node(key=f"node {number}", levels_w=(power_w,))
        for number, power_w in enumerate(watts)
    )
    meters = look(grid_w, battery_w=0, soc=50)
    books = booked(with_node(house_with_battery(), *nodes), meters)
    for number, power_w in enumerate(watts):
        entry = books[f"node {number}"]
        assert entry.energy_wh == pytest.approx(power_w, abs=1e-6)
        assert entry.unknown_wh == 0


@given(grid_w=st.floats(-3000, 3000), worker_w=st.floats(0, 2000))
def test_grid_power_is_nobodys_twice(grid_w: float, worker_w: float) -> None:
    """Without a battery, what all take from the grid is at most what comes from it."""
    spec = with_node(sunny_house(cruncher(levels_w=(max(1.0, worker_w),))))
    books = booked(spec, look(grid_w, running(power_w=Reading(worker_w, CLOCK_S))))
    taken_wh = sum(entry.grid_wh for entry in books.values())
    assert taken_wh <= max(0.0, grid_w) + 1e-6
