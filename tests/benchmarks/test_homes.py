"""Many homes in arrays live through an interval as the simulated one does."""

from typing import Any

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from benchmarks.homes import Homes, pass_by
from benchmarks.sinks import sinks_of
from benchmarks.tally import Tally
from benchmarks.world import world_of
from custom_components.solar_compute.core.simulate import House, step
from custom_components.solar_compute.core.simulated_tank import TankState

from .traces import stage_of, trace_of

BATTERY = {"capacity_wh": 3000, "charge_w": 2500, "discharge_w": 2500}
BACKUPS: list[dict[str, Any] | None] = [
    None,
    {"kind": "gas"},
    {"kind": "resistive", "power_w": 3000},
    {"kind": "resistive", "schedule": "diverter", "power_w": 3000},
    {"kind": "heat_pump", "schedule": "diverter", "power_w": 900},
    {"kind": "heat_pump", "schedule": "timed", "windows": ["08:20-09:00"]},
    {"kind": "none", "comfort": 0.2},
]
TANK = {"volume_l": 40, "target_c": 50, "maximum_c": 52, "draw_kwh_per_day": 12}
ROOM = {"name": "study", "capacity_wh_per_k": 90, "maximum_c": 23}


@given(
    grid_w=st.lists(
        st.one_of(st.none(), st.floats(-4000, 2000)), min_size=2, max_size=3
    ),
    step_s=st.sampled_from([60, 300, 1800]),
    battery=st.sampled_from([None, BATTERY]),
    backup=st.sampled_from(BACKUPS),
    sink=st.sampled_from(["none", "tank", "study"]),
    export_limit_w=st.sampled_from([None, 0, 700]),
    stored=st.sampled_from([0.0, 0.001, 0.5, 0.999, 1.0]),
    above_k=st.sampled_from([-45.0, -8.0, -5.0, -4.99, -0.01, 0.0, 1.99, 2.0, 3.0]),
    backup_on=st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_as_the_simulated_home_does(
    *,
    grid_w: list[float | None],
    step_s: int,
    battery: dict[str, Any] | None,
    backup: dict[str, Any] | None,
    sink: str,
    export_limit_w: float | None,
    stored: float,
    above_k: float,
    backup_on: bool,
) -> None:
    changes: dict[str, Any] = {"battery": battery, "export_limit_w": export_limit_w}
    heater = {"backup": backup} if backup else {}
    if sink == "tank" or (sink == "none" and backup):
        changes |= {"tank": TANK | heater}
    if sink == "study":
        changes |= {"rooms": [ROOM | heater]}
    stage = stage_of(trace_of(grid_w, step_s), sink=sink, **changes)
    spec, world = stage.scenario.spec, world_of(stage)
    battery_spec, sinks = spec.battery, sinks_of(spec)
    stored_wh = 0.0
    if battery_spec:
        room_wh = battery_spec.capacity_wh - battery_spec.reserve_wh
        stored_wh = battery_spec.reserve_wh + stored * room_wh
    celsius = sinks[0].target_c + above_k if sinks else 0.0
    powers_w = np.array([0.0, 500.0])
    for index, conditions in enumerate(stage.conditions):
        homes = Homes(np.full(2, stored_wh), np.full(2, celsius), np.full(2, backup_on))
        after, earned = pass_by(world, np.full(2, index), homes, powers_w)
        for place, power_w in enumerate(powers_w):
            was_in = bool(world.began_in_window[index])
            state = TankState(
                temperature_c=celsius, backup_on=backup_on, in_window=was_in
            )
            house = House(
                stored_wh=stored_wh,
                tanks={tank.key: state for tank in spec.tanks},
                rooms={room.key: state for room in spec.rooms},
            )
            tally = Tally()
            if conditions is not None:
                drawn_w = {"cruncher": float(power_w)}
                house, flows = step(spec, house, conditions, drawn_w, step_s)
                tally.add(spec, drawn_w, flows)
            assert after.stored_wh[place] == pytest.approx(house.stored_wh, abs=1e-6)
            assert earned[place] == pytest.approx(tally.earned, abs=1e-9)
            for body in (*house.tanks.values(), *house.rooms.values()):
                assert after.temperature_c[place] == pytest.approx(
                    body.temperature_c, abs=1e-6
                )


def test_a_window_that_opens_within_an_interval_is_met() -> None:
    trace = trace_of([0.0] * 4, 900)
    tank = TANK | {"backup": BACKUPS[5]}
    world = world_of(stage_of(trace, tank=tank))
    assert list(world.in_window) == [False, False, True, True]
    assert list(world.window_s) == [np.inf, 300, np.inf, np.inf]
    assert list(world.began_in_window) == [False, False, True, True]
