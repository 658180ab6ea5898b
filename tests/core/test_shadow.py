"""In shadow mode the home looks as if its workers had done what was decided."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import CircuitGuard, GuardSpecs
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    GuardInput,
    Reading,
    SiteState,
    Snapshot,
    TankInput,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.observed import observed_values
from custom_components.solar_compute.core.purse import Purse
from custom_components.solar_compute.core.shadow import as_if, paused_anew
from custom_components.solar_compute.core.spec import (
    BatterySpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)
from custom_components.solar_compute.core.trail import Trail

NOW_S = 10_000.0
RIG = WorkerSpec(
    key="rig", name="Rig", levels_w=(300.0, 700.0), value_per_kwh=0.15, settle_s=0.0
)
BATTERY = BatterySpec(capacity_wh=8000, charge_w=3000, discharge_w=2500)
HOME = SiteSpec(import_per_kwh=0.30, export_per_kwh=0.08, workers=(RIG,))
WITH_BATTERY = replace(HOME, battery=BATTERY)


def shown(
    grid_w: float, battery_w: float | None = None, *, soc: float = 50.0
) -> Snapshot:
    """Return what is really measured; the rig really runs at 300 W by hand."""
    return Snapshot(
        clock_s=NOW_S,
        local=datetime(2026, 6, 10, 12, tzinfo=UTC),
        grid_w=Reading(grid_w, NOW_S),
        battery_w=None if battery_w is None else Reading(battery_w, NOW_S),
        soc=None if battery_w is None else Reading(soc, NOW_S),
        workers=(
            WorkerInput(
                key="rig",
                state=WorkerState.RUNNING,
                level=1,
                power_w=Reading(295.0, NOW_S),
            ),
        ),
    )


def decided(level: int) -> Memory:
    """Return the memory of a decision that was made a while ago."""
    memory = WorkerMemory(level=level, previous_level=level, since_s=0.0)
    return Memory(workers={"rig": memory})


def meters(spec: SiteSpec, snapshot: Snapshot, level: int) -> tuple[float, float]:
    imagined = as_if(spec, snapshot, decided(level))
    grid_w, battery = imagined.grid_w.value, imagined.battery_w
    assert grid_w is not None
    return grid_w, 0.0 if battery is None or battery.value is None else battery.value


def test_an_imagined_worker_is_where_it_was_decided_whatever_the_real_one_does() -> (
    None
):
    imagined = as_if(HOME, shown(-1000), decided(2))
    assert imagined.shadow
    (rig,) = imagined.workers
    assert (rig.state, rig.level, rig.power_w) == (WorkerState.RUNNING, 2, None)
    (rig,) = as_if(HOME, shown(-1000), decided(0)).workers
    assert (rig.state, rig.level) == (WorkerState.PAUSED, 0)


def test_its_power_comes_out_of_export_and_then_of_import() -> None:
    assert meters(HOME, shown(-1000), 2) == (-300, 0)
    assert meters(HOME, shown(-100), 2) == (600, 0)


@pytest.mark.parametrize(
    ("grid_w", "battery_w", "soc", "expected"),
    [
        (-1000, -2000, 50, (-300, -2000)),
        (-200, -2000, 50, (0, -1500)),
        (0, -500, 50, (0, 200)),
        (0, 2300, 50, (500, 2500)),
        (0, 0, 10, (700, 0)),
        (0, -500, 10, (200, 0)),
        # It is being charged from the grid: nothing that we draw changes that.
        (2000, -1500, 50, (2700, -1500)),
    ],
)
def test_a_battery_gives_before_the_grid_does(
    grid_w: float, battery_w: float, soc: float, expected: tuple[float, float]
) -> None:
    snapshot = shown(grid_w, battery_w, soc=soc)
    assert meters(WITH_BATTERY, snapshot, 2) == expected


@given(
    st.floats(-9000, 9000),
    st.floats(-3000, 2500),
    st.floats(0, 100),
    st.integers(0, 2),
    st.floats(0, 400),
)
def test_the_balance_is_what_it_really_is(
    grid_w: float, battery_w: float, soc: float, level: int, changed_ago_s: float
) -> None:
    """Also while a change would not have shown on the meters yet."""
    # A battery that is forced to work against the grid is a load of the home.
    assume(grid_w * battery_w >= 0)
    memory = decided(level)
    changing = replace(
        memory.workers["rig"], previous_level=1, changed_s=NOW_S - changed_ago_s
    )
    memory = replace(memory, workers={"rig": changing})
    spec = replace(WITH_BATTERY, workers=(replace(RIG, settle_s=120.0),))
    imagined = as_if(spec, shown(grid_w, battery_w, soc=soc), memory)
    decision, _ = decide(spec, imagined, memory)
    assert decision.balance_w == pytest.approx(-grid_w - battery_w, abs=1e-6)


def test_a_decision_says_that_nobody_is_told_of_it() -> None:
    memory = decided(2)
    decision, _ = decide(HOME, as_if(HOME, shown(-3000), memory), memory)
    assert decision.state is SiteState.SHADOW
    assert decision.workers[0].level == 2


def test_a_worker_that_is_lost_would_not_have_run() -> None:
    snapshot = shown(-3000)
    lost = replace(snapshot.workers[0], state=WorkerState.LOST)
    memory = decided(2)
    imagined = as_if(HOME, replace(snapshot, workers=(lost,)), memory)
    assert imagined.grid_w.value == -3000
    assert imagined.workers[0].state is WorkerState.LOST


def test_nothing_is_learned_from_imagined_heat() -> None:
    tank = TankSpec(key="tank", name="Tank", volume_l=50)
    spec = replace(HOME, workers=(replace(RIG, sink="tank"),), tanks=(tank,))
    memory = decided(2)
    for minute in range(0, 24 * 60, 4):
        clock_s = NOW_S + minute * 60
        snapshot = replace(
            shown(-3000),
            clock_s=clock_s,
            grid_w=Reading(-3000.0, clock_s),
            tanks=(TankInput(key="tank", temperature_c=Reading(45.0, clock_s)),),
        )
        decision, memory = decide(spec, as_if(spec, snapshot, memory), memory)
    # A real rig would have boiled it by now; a sensor that stands still is not dead.
    assert decision.missing == ()


def test_a_circuit_shows_what_imagined_workers_would_draw() -> None:
    circuit = CircuitGuard(key="socket", name="Socket", limit_w=2000)
    spec = replace(HOME, guards=GuardSpecs(circuits=(circuit,)))
    snapshot = replace(
        shown(-3000),
        guards=(
            GuardInput(key="socket", readings={"power_w": Reading(400.0, NOW_S)}),
            GuardInput(key="door", readings={"state": Reading(1.0, NOW_S)}),
        ),
    )
    socket, door = as_if(spec, snapshot, decided(2)).guards
    assert socket.readings["power_w"].value == 1100
    assert door == snapshot.guards[1]


def test_a_silent_meter_stays_silent() -> None:
    silent = replace(shown(0), grid_w=Reading(None, NOW_S))
    assert as_if(HOME, silent, decided(2)).grid_w.value is None


def test_what_is_only_imagined_is_no_past() -> None:
    memory = decided(2)
    imagined = as_if(WITH_BATTERY, shown(-3000, 0.0), memory)
    decision, _ = decide(WITH_BATTERY, imagined, memory)
    values = observed_values(imagined, decision, HOME.policy)
    assert values["balance_w"] == 3000
    assert values["worker_w:rig"] == 0
    assert values["soc"] == 50
    assert "grid_w" not in values
    assert "battery_w" not in values


def test_what_begins_to_be_commanded_begins_paused() -> None:
    """A real rig that runs by hand is paused, not taken over."""
    memory = paused_anew(HOME, decided(2), NOW_S)
    decision, _ = decide(HOME, shown(-3000), memory)
    assert decision.workers[0].level == 0


def test_what_was_lived_through_outlives_the_switch_to_shadow_mode_and_back() -> None:
    """Else it would be a way around the most starts a day, and around what was lost."""
    lived = WorkerMemory(
        level=1,
        since_s=0.0,
        means=(1.0, 1.0, 1.0),
        starts=4,
        starts_day="2026-06-10",
        cut_short=2,
        trail=Trail(seen_s=NOW_S - 10),
        purse=Purse(lived=-1.0, floor=-0.5, trips=2, closed=True),
    )
    anew = paused_anew(HOME, Memory(workers={"rig": lived}), NOW_S).workers["rig"]
    assert (anew.level, anew.since_s, anew.means) == (0, NOW_S, ())
    assert (anew.starts, anew.starts_day, anew.cut_short) == (4, "2026-06-10", 2)
    assert (anew.trail, anew.purse) == (lived.trail, lived.purse)
