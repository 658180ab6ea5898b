"""No worker heats a sink past its maximum, whatever is configured or breaks.

The loop is closed over the simulated home: what workers draw warms the true tank or
room, whose own maximum is taken away, so that only the decisions hold it.
"""

from dataclasses import replace
from datetime import timedelta
from math import exp, log
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.flat import FLAT_ROOM_K, FLAT_TANK_K
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Mode,
    Override,
    Reading,
    Snapshot,
    TankInput,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    HeatSupply,
    RoomSpec,
    SiteSpec,
    TankSpec,
)
from custom_components.solar_compute.core.strata import advance

from .overheating import START, broken, per_tick_k, rig, warmest

TICKS = 60
NOTHING = BackupSpec(kind=BackupKind.NONE, comfort_per_kwh=0.5)
RUN = Override(run=True, until_s=1e9)


SIZES_L = st.floats(log(5), log(10_000)).map(exp)
WISHES = st.sampled_from([{}, {"mode": Mode.ON}, {"override": RUN}])
LEVELS = st.lists(st.floats(50, 8000), min_size=1, max_size=3, unique=True).map(
    lambda levels: tuple(sorted(levels))
)


@st.composite
def tank_homes(draw: st.DrawFn) -> tuple[SiteSpec, float]:
    """Any tank behind any rig, and how warm it is to begin with."""
    maximum_c = draw(st.floats(25, 95))
    tank = TankSpec(
        key="sink",
        name="Tank",
        volume_l=draw(SIZES_L),
        maximum_c=maximum_c,
        target_c=draw(st.floats(20, 95)),
        minimum_c=draw(st.none() | st.floats(20, 95)),
        shortage_per_kwh=draw(st.sampled_from([0.0, 3.0])),
        loss_w_per_k=draw(st.sampled_from([0.0, 1.4])),
        supply=draw(st.sampled_from(HeatSupply)),
        sensors=draw(st.integers(1, 4)),
        backup=NOTHING,
    )
    worker = rig(levels_w=draw(LEVELS), recovery=draw(st.floats(0.3, 1)))
    home = SiteSpec(
        import_per_kwh=0.3, export_per_kwh=0.08, tanks=(tank,), workers=(worker,)
    )
    return home, maximum_c - draw(st.floats(-5, 15))


@given(home=tank_homes(), wish=WISHES, dt_s=st.sampled_from([10.0, 60.0, 300.0]))
def test_a_tank_is_never_heated_past_its_maximum(
    home: tuple[SiteSpec, float], wish: dict[str, Any], dt_s: float
) -> None:
    """Not by more than happens between two looks."""
    spec, start_c = home
    tank = spec.tanks[0]
    limit_c = max(start_c, tank.maximum_c)
    limit_c += per_tick_k(spec, tank.capacity_wh_per_k, dt_s)
    reached_c = warmest(spec, start_c=start_c, ticks=TICKS, dt_s=dt_s, wish=wish)
    assert reached_c <= limit_c + 1e-6


@st.composite
def faults(draw: st.DrawFn) -> dict[str, Any]:
    """Any sensors that freeze at any time, and that may seem to go on measuring."""
    return {
        "frozen_at": draw(st.integers(0, TICKS // 2)),
        "stamped": draw(st.booleans()),
        "frozen": draw(st.sampled_from([(0, 1, 2, 3), (0,), (1, 2, 3), (3,)])),
    }


@given(
    home=tank_homes(),
    wish=WISHES,
    dt_s=st.sampled_from([10.0, 60.0, 300.0]),
    fault=faults(),
)
def test_a_tank_whose_sensor_froze_is_heated_no_further_than_until_that_shows(
    home: tuple[SiteSpec, float],
    wish: dict[str, Any],
    dt_s: float,
    fault: dict[str, Any],
) -> None:
    spec, start_c = home
    tank = spec.tanks[0]
    limit_c = max(start_c, tank.maximum_c) + FLAT_TANK_K
    limit_c += 2 * per_tick_k(spec, tank.capacity_wh_per_k, dt_s)
    reached_c = warmest(
        spec, start_c=start_c, ticks=TICKS, dt_s=dt_s, wish=wish, **fault
    )
    assert reached_c <= limit_c + 1e-6


BOILER_ROOM = SiteSpec(
    import_per_kwh=0.3,
    export_per_kwh=0.08,
    tanks=(TankSpec(key="sink", name="Tank", volume_l=200.0, backup=NOTHING),),
    workers=(rig(),),
)


@pytest.mark.parametrize("wish", [{}, {"mode": Mode.ON}, {"override": RUN}])
def test_a_tank_is_heated_up_to_its_maximum_by_who_wants_it(
    wish: dict[str, Any],
) -> None:
    reached_c = warmest(BOILER_ROOM, start_c=57.5, ticks=60, dt_s=60.0, wish=wish)
    assert 60 <= reached_c < 60.1


def test_a_frozen_sensor_costs_the_five_kelvin_that_it_takes_to_find_out() -> None:
    reached_c = warmest(
        BOILER_ROOM,
        start_c=57.5,
        ticks=150,
        dt_s=60.0,
        wish={"mode": Mode.ON},
        frozen_at=30,
    )
    assert 64 <= reached_c < 65


@pytest.mark.parametrize("frozen", [(0,), (1,), (0, 1), (0, 1, 2)])
@pytest.mark.parametrize("start_c", [(58.0, 40.0, 20.0), (58.0, 58.0, 20.0)])
def test_a_tank_in_layers_is_held_as_well(
    start_c: tuple[float, float, float], frozen: tuple[int, ...]
) -> None:
    """Its bottom is heated, whatever its sensors show from the third minute on."""
    spec = replace(BOILER_ROOM, tanks=(replace(BOILER_ROOM.tanks[0], sensors=3),))
    tank, layers = spec.tanks[0], start_c
    memory, stuck, level, most_c = Memory(), dict[int, Reading](), 0, 0.0
    for minute in range(14 * 60):
        clock_s = minute * 60.0
        first, *lower = (Reading(value, clock_s) for value in layers)
        seen = Snapshot(
            clock_s=clock_s,
            local=START + timedelta(seconds=clock_s),
            grid_w=Reading(-3000.0, clock_s),
            workers=(
                WorkerInput(
                    key="rig",
                    state=WorkerState.RUNNING if level else WorkerState.PAUSED,
                    level=level,
                ),
            ),
            tanks=(TankInput(key="sink", temperature_c=first, lower_c=tuple(lower)),),
        )
        if minute >= 3:
            seen = broken(seen, stuck, frozen, stamped=True)
        decision, memory = decide(spec, seen, memory)
        level = decision.workers[0].level
        layers = advance(tank, layers, heat_w=900.0 * level, draw_w=0.0, seconds=60)
        most_c = max(most_c, *layers)
    assert most_c < tank.maximum_c + FLAT_TANK_K + 0.5


@pytest.mark.parametrize("hold_h", [2, 3])
def test_a_sensor_that_stopped_measuring_is_believed_for_two_hours_at_most(
    hold_h: int,
) -> None:
    """10 000 litres hardly warm in that time, so nothing else tells."""
    tank = TankSpec(key="sink", name="Tank", volume_l=10_000.0, backup=NOTHING)
    spec = SiteSpec(
        import_per_kwh=0.3, export_per_kwh=0.08, tanks=(tank,), workers=(rig(),)
    )
    reached_c = warmest(
        spec,
        start_c=50.0,
        ticks=hold_h * 60,
        dt_s=60.0,
        wish={"mode": Mode.ON},
        frozen_at=0,
        stamped=False,
    )
    heat_wh = (reached_c - 50.0) * tank.capacity_wh_per_k
    assert heat_wh <= 1000 * 0.9 * (7200 + 120) / 3600


@st.composite
def room_homes(draw: st.DrawFn) -> tuple[SiteSpec, float]:
    """Any room with any rig for a radiator, and how warm it is to begin with."""
    maximum_c = draw(st.floats(18, 30))
    room = RoomSpec(
        key="sink",
        name="Room",
        maximum_c=maximum_c,
        target_c=draw(st.floats(10, 30)),
        capacity_wh_per_k=draw(st.floats(log(50), log(20_000)).map(exp)),
        loss_w_per_k=draw(st.floats(1, 300)),
        supply=draw(st.sampled_from(HeatSupply)),
        backup=NOTHING,
    )
    worker = rig(levels_w=draw(LEVELS), recovery=draw(st.floats(0.3, 1)))
    home = SiteSpec(
        import_per_kwh=0.3, export_per_kwh=0.08, rooms=(room,), workers=(worker,)
    )
    return home, maximum_c - draw(st.floats(-2, 8))


@given(home=room_homes(), wish=WISHES, dt_s=st.sampled_from([10.0, 60.0, 300.0]))
def test_a_room_is_never_heated_past_its_maximum(
    home: tuple[SiteSpec, float], wish: dict[str, Any], dt_s: float
) -> None:
    spec, start_c = home
    room = spec.rooms[0]
    limit_c = max(start_c, room.maximum_c)
    limit_c += per_tick_k(spec, room.capacity_wh_per_k, dt_s)
    reached_c = warmest(spec, start_c=start_c, ticks=TICKS, dt_s=dt_s, wish=wish)
    assert reached_c <= limit_c + 1e-6


@given(
    home=room_homes(),
    wish=WISHES,
    dt_s=st.sampled_from([60.0, 300.0]),
    frozen_at=st.integers(0, TICKS // 2),
)
def test_a_room_whose_sensor_froze_is_heated_no_further_than_until_that_shows(
    home: tuple[SiteSpec, float], wish: dict[str, Any], dt_s: float, frozen_at: int
) -> None:
    """Even one that loses only a quarter of what was configured."""
    spec, start_c = home
    room = spec.rooms[0]
    limit_c = max(start_c, room.maximum_c) + FLAT_ROOM_K
    limit_c += 2 * per_tick_k(spec, room.capacity_wh_per_k, dt_s)
    reached_c = warmest(
        spec,
        start_c=start_c,
        ticks=TICKS,
        dt_s=dt_s,
        wish=wish,
        frozen_at=frozen_at,
    )
    assert reached_c <= limit_c + 1e-6
