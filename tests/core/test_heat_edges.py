"""Days at the edge of a target, a minimum or a season: workers do not flap there."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import WorkerInput, WorkerState
from custom_components.solar_compute.core.simulate import (
    Conditions,
    new_house,
    snapshot,
    step,
)
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    HeatSinkSpec,
    HeatSupply,
    ReadyBy,
    RoomSpec,
)

from .houses import boiler_rig, gas_tank, sunny_house
from .sinks import study

STEP_S = 120.0
MIDNIGHT = datetime(2026, 1, 12)
NOTHING = BackupSpec(kind=BackupKind.NONE)
COMFORT = BackupSpec(kind=BackupKind.NONE, comfort_per_kwh=0.5)


def starts_in_a_day(sink: HeatSinkSpec, *, outdoor_c: float = 3.0, **rig: Any) -> int:
    """Return how often a rig that heats on grid power was started in a dark day."""
    kind = "rooms" if isinstance(sink, RoomSpec) else "tanks"
    spec = sunny_house(boiler_rig(sink=sink.key, **rig), **{kind: (sink,)})
    house = new_house(spec, tank_c=46.0, room_c=19.0)
    memory, flows, level, starts = Memory(), None, 0, 0
    for tick in range(int(86400 / STEP_S)):
        local = MIDNIGHT + timedelta(seconds=tick * STEP_S)
        world = Conditions(
            balance_w=-300.0,
            local=local,
            outdoor_c=outdoor_c + (0.2 if tick % 40 < 20 else -0.2),
            draw_w={"tank": 240.0},
        )
        state = WorkerState.RUNNING if level else WorkerState.PAUSED
        seen = snapshot(
            spec,
            house,
            flows,
            local=local,
            conditions=world,
            workers=(WorkerInput(key="rig", state=state, level=level),),
        )
        decision, memory = decide(spec, seen, memory)
        starts += decision.workers[0].level > level
        level = decision.workers[0].level
        house, flows = step(spec, house, world, {"rig": level * 1000.0}, STEP_S)
    return starts


@pytest.mark.parametrize("start_cost", [0.0, 0.005])
def test_a_room_is_kept_comfortable_without_flapping(start_cost: float) -> None:
    room = study(backup=COMFORT, supply=HeatSupply.GRID)
    assert 1 <= starts_in_a_day(room, start_cost=start_cost) <= 12


def test_a_room_that_is_hardly_in_season_is_not_heated_by_fits_and_starts() -> None:
    room = study(backup=COMFORT, supply=HeatSupply.GRID, target_c=22.0)
    assert 1 <= starts_in_a_day(room, outdoor_c=15.0) <= 8


def test_a_tank_is_kept_at_its_minimum_without_flapping() -> None:
    tank = gas_tank(
        backup=NOTHING, minimum_c=45.0, shortage_per_kwh=1.0, supply=HeatSupply.GRID
    )
    assert 1 <= starts_in_a_day(tank) <= 10


def test_what_was_made_for_a_bath_does_not_stop_the_making() -> None:
    tank = gas_tank(
        backup=NOTHING,
        ready_by=(ReadyBy(minute=18 * 60, temperature_c=50.0),),
        shortage_per_kwh=1.0,
        supply=HeatSupply.GRID,
    )
    assert 1 <= starts_in_a_day(tank, start_cost=0.0) <= 8
