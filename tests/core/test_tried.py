"""Settings are tried on what has them, and what cannot be tried is refused with a reason."""

import pytest

from custom_components.solar_compute.core.spec import (
    BatterySpec,
    RoomSpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)
from custom_components.solar_compute.core.tried import (
    TrialError,
    Tried,
    Trouble,
    with_tried,
)

MINER = WorkerSpec(key="miner", name="Miner", levels_w=(600.0,), value_per_kwh=0.15)
HEATER = WorkerSpec(key="heater", name="Heater", levels_w=(300.0,), start_cost=0.02)
BARE = SiteSpec(import_per_kwh=0.3, export_per_kwh=0.08, workers=(MINER, HEATER))
WARM = SiteSpec(
    import_per_kwh=0.3,
    export_per_kwh=0.08,
    battery=BatterySpec(capacity_wh=8000, charge_w=3000, discharge_w=3000),
    workers=(MINER,),
    tanks=(TankSpec(key="tank", name="Tank", volume_l=200),),
    rooms=(RoomSpec(key="study", name="Study"),),
)


def test_what_is_not_tried_stays_as_it_is() -> None:
    assert with_tried(WARM, Tried()) == WARM


def test_a_value_and_a_start_cost_hold_for_all_workers() -> None:
    spec = with_tried(BARE, Tried(value_per_kwh=0.4, start_cost=0.0))
    assert [worker.value_per_kwh for worker in spec.workers] == [0.4, 0.4]
    assert [worker.start_cost for worker in spec.workers] == [0.0, 0.0]


def test_or_only_for_those_that_are_chosen() -> None:
    spec = with_tried(BARE, Tried(value_per_kwh=0.4, only_for=frozenset({"miner"})))
    assert [worker.value_per_kwh for worker in spec.workers] == [0.4, 0.0]
    assert spec.workers[1] == HEATER


def test_a_battery_keeps_the_reserve_that_is_tried() -> None:
    spec = with_tried(WARM, Tried(reserve_soc=40))
    assert spec.battery is not None
    assert spec.battery.reserve_wh == 3200


def test_a_temperature_is_the_tanks_and_no_rooms_unless_that_is_chosen() -> None:
    spec = with_tried(WARM, Tried(target_c=50))
    assert (spec.tanks[0].target_c, spec.rooms[0].target_c) == (50, 20)
    spec = with_tried(WARM, Tried(target_c=22, only_for=frozenset({"study"})))
    assert (spec.tanks[0].target_c, spec.rooms[0].target_c) == (55, 22)


def test_prices_that_are_tried_are_those_of_the_settings() -> None:
    spec = with_tried(BARE, Tried(import_per_kwh=0.2, export_per_kwh=0.0))
    assert (spec.import_per_kwh, spec.export_per_kwh) == (0.2, 0.0)


@pytest.mark.parametrize(
    ("spec", "tried", "trouble"),
    [
        (BARE, Tried(reserve_soc=20), Trouble.NO_BATTERY),
        (BARE, Tried(target_c=50), Trouble.NOTHING_HEATED),
        (WARM, Tried(target_c=50, only_for=frozenset({"miner"})), Trouble.NOTHING_HEATED),
        (WARM, Tried(start_cost=0, only_for=frozenset({"tank"})), Trouble.NO_WORKER),
        (WARM, Tried(target_c=61), Trouble.TARGET),
        (WARM, Tried(target_c=10), Trouble.TARGET),
        (WARM, Tried(target_c=30, only_for=frozenset({"study"})), Trouble.TARGET),
    ],
)  # fmt: skip
def test_what_this_home_cannot_be_tried_with_is_refused(
    spec: SiteSpec, tried: Tried, trouble: Trouble
) -> None:
    with pytest.raises(TrialError) as refusal:
        with_tried(spec, tried)
    assert refusal.value.trouble is trouble


def test_a_temperature_that_is_refused_is_told_with_its_limits() -> None:
    with pytest.raises(TrialError) as refusal:
        with_tried(WARM, Tried(target_c=70))
    assert refusal.value.data == {
        "sink": "Tank", "target": 70, "minimum": 10.0, "maximum": 60.0
    }  # fmt: skip


def test_what_is_tried_is_told_by_name() -> None:
    assert Tried(value_per_kwh=0.2, target_c=50).settings == {
        "compute_value": 0.2,
        "target_temperature": 50,
    }
