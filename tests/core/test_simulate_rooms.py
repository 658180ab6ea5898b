"""Rooms of the simulated home warm and cool as physics says, at any step."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.solar_compute.core.simulate import (
    Conditions,
    House,
    new_house,
    snapshot,
    step,
)
from custom_components.solar_compute.core.simulated_tank import TankState
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    RoomSpec,
    SiteSpec,
    SpaceSpec,
    TankSpec,
    WorkerSpec,
)

JANUARY = datetime(2026, 1, 15, 12)
JULY = datetime(2026, 7, 15, 12)

radiator = WorkerSpec(
    key="radiator", name="Radiator", levels_w=(500.0,), sink="study", recovery=1.0
)
study = RoomSpec(key="study", name="Study")
gas = BackupSpec(kind=BackupKind.GAS, power_w=3000, hysteresis_k=0.5)
office = SpaceSpec(key="office", name="Office", cooled_share=0.6, cooling_cop=3.0)
house_with_study = SiteSpec(
    import_per_kwh=0.3, export_per_kwh=0.08, rooms=(study,), workers=(radiator,)
)


def winter(outdoor_c: float = 0.0) -> Conditions:
    return Conditions(balance_w=0, local=JANUARY, outdoor_c=outdoor_c)


def room_at(spec: SiteSpec, temperature_c: float) -> House:
    return new_house(spec, room_c=temperature_c)


class TestARoom:
    def test_settles_where_the_loss_outdoors_equals_the_radiator(self) -> None:
        house = room_at(house_with_study, 10)
        house, _ = step(
            house_with_study, house, winter(0), {"radiator": 500}, 86400 * 30
        )
        assert house.rooms["study"].temperature_c == pytest.approx(500 / 40, abs=1e-3)

    def test_cools_with_its_time_constant(self) -> None:
        hours = study.capacity_wh_per_k / study.loss_w_per_k
        house, _ = step(
            house_with_study,
            room_at(house_with_study, 20),
            winter(0),
            {},
            hours * 3600,
        )
        assert house.rooms["study"].temperature_c == pytest.approx(20 / 2.718282)

    def test_colder_than_outdoors_it_warms_up_by_itself(self) -> None:
        house, _ = step(
            house_with_study, room_at(house_with_study, 18), winter(30), {}, 86400 * 20
        )
        assert house.rooms["study"].temperature_c == pytest.approx(30, abs=0.01)

    def test_refuses_no_heat_even_above_its_maximum(self) -> None:
        house, flows = step(
            house_with_study,
            room_at(house_with_study, 25),
            winter(25),
            {"radiator": 500},
            3600,
        )
        assert house.rooms["study"].temperature_c > 25.5
        assert flows.rooms["study"].dumped_wh == 0
        assert flows.rooms["study"].useful_wh == 0

    def test_is_warmed_by_sun_and_people(self) -> None:
        sunny = replace(winter(0), gain_w={"study": 400.0})
        house, _ = step(
            house_with_study, room_at(house_with_study, 5), sunny, {}, 86400 * 30
        )
        assert house.rooms["study"].temperature_c == pytest.approx(10, abs=1e-3)

    def test_is_kept_at_its_target_by_its_usual_heater(self) -> None:
        spec = replace(house_with_study, rooms=(replace(study, backup=gas),))
        house, flows = step(spec, room_at(spec, 20), winter(0), {}, 86400)
        assert 19.4 < house.rooms["study"].temperature_c < 20.1
        lost_wh = 19.75 * 40 * 24
        assert flows.rooms["study"].backup_wh == pytest.approx(lost_wh, rel=0.02)
        assert flows.cost == pytest.approx(lost_wh / 1000 / 0.8 * 0.114, rel=0.02)

    def test_needs_less_gas_with_a_radiator_that_computes(self) -> None:
        spec = replace(house_with_study, rooms=(replace(study, backup=gas),))
        day = 86400
        _, without = step(spec, room_at(spec, 20), winter(0), {}, day)
        _, flows = step(spec, room_at(spec, 20), winter(0), {"radiator": 500}, day)
        saved_wh = without.rooms["study"].backup_wh - flows.rooms["study"].backup_wh
        assert saved_wh == pytest.approx(500 * 24, rel=0.03)

    def test_a_heat_pump_works_harder_when_it_is_cold(self) -> None:
        pump = BackupSpec(kind=BackupKind.HEAT_PUMP, power_w=1500, hysteresis_k=0.5)
        spec = replace(house_with_study, rooms=(replace(study, backup=pump),))
        heat = [
            flows.rooms["study"].backup_wh / flows.rooms["study"].electric_wh
            for _, flows in (
                step(spec, room_at(spec, 15), winter(outdoor_c), {}, 600)
                for outdoor_c in (-10.0, -5.0)
            )
        ]
        assert heat[0] < heat[1]

    def test_its_usual_heater_rests_in_summer(self) -> None:
        spec = replace(house_with_study, rooms=(replace(study, backup=gas),))
        _, flows = step(spec, room_at(spec, 17), winter(16), {}, 3600)
        assert flows.rooms["study"].backup_wh == 0


class TestACooledSpace:
    spec = replace(
        house_with_study,
        rooms=(),
        spaces=(office,),
        workers=(replace(radiator, sink=None, space="office"),),
    )
    summer = Conditions(balance_w=1000, local=JULY)

    def test_takes_electricity_for_the_heat_that_lands_there(self) -> None:
        _, flows = step(
            self.spec, new_house(self.spec), self.summer, {"radiator": 500}, 3600
        )
        assert flows.cooling_w == pytest.approx(500 * 0.6 / 3)
        assert flows.grid_w == pytest.approx(-(1000 - 500 - 100))

    def test_takes_none_outside_of_its_season(self) -> None:
        cold = replace(self.summer, local=JANUARY)
        _, flows = step(self.spec, new_house(self.spec), cold, {"radiator": 500}, 3600)
        assert flows.cooling_w == 0

    def test_takes_none_while_nothing_is_cooled(self) -> None:
        mild = replace(self.summer, cooling={"office": False})
        _, flows = step(self.spec, new_house(self.spec), mild, {"radiator": 500}, 3600)
        assert flows.cooling_w == 0

    def test_gets_all_the_heat_of_a_worker_whose_tank_is_full(self) -> None:
        tank = TankSpec(key="tank", name="Tank", volume_l=200)
        spec = replace(
            self.spec,
            tanks=(tank,),
            workers=(replace(radiator, sink="tank", space="office", recovery=0.9),),
        )
        _, warm = step(
            spec, new_house(spec, tank_c=50), self.summer, {"radiator": 500}, 60
        )
        _, full = step(
            spec, new_house(spec, tank_c=60), self.summer, {"radiator": 500}, 60
        )
        assert warm.cooling_w == pytest.approx(500 * 0.1 * 0.6 / 3)
        assert full.cooling_w == pytest.approx(500 * 0.6 / 3)

    def test_a_worker_without_a_space_costs_what_its_own_share_says(self) -> None:
        spec = replace(
            self.spec,
            spaces=(),
            workers=(replace(radiator, sink=None, cooled_share=1.0, cooling_cop=2.5),),
        )
        _, flows = step(spec, new_house(spec), self.summer, {"radiator": 500}, 60)
        assert flows.cooling_w == pytest.approx(200)


def test_the_sensors_of_a_home_tell_of_its_rooms_and_spaces() -> None:
    spec = replace(house_with_study, spaces=(replace(office, followed=True),))
    house = House(rooms={"study": TankState(temperature_c=18.5, backup_on=True)})
    world = Conditions(balance_w=0, local=JULY, outdoor_c=4.0, cooling={"office": True})
    seen = snapshot(spec, house, None, local=JULY, workers=[], conditions=world)
    (room,), (space,) = seen.rooms, seen.spaces
    assert room.temperature_c.value == 18.5
    assert room.outdoor_c is not None and room.outdoor_c.value == 4.0
    assert room.backup_on is True
    assert space.cooling is True


@st.composite
def homes(draw: st.DrawFn) -> SiteSpec:
    """Any home with a room and a radiator in it."""
    backup = BackupSpec(
        kind=draw(st.sampled_from(list(BackupKind))),
        schedule=draw(st.sampled_from(list(BackupSchedule))),
        power_w=draw(st.floats(200, 5000)),
        hysteresis_k=draw(st.floats(0.1, 2)),
    )
    room = replace(
        study,
        loss_w_per_k=draw(st.floats(1, 200)),
        capacity_wh_per_k=draw(st.floats(20, 3000)),
        backup=backup,
    )
    return replace(house_with_study, rooms=(room,), spaces=(office,))


WORLDS = st.builds(
    Conditions,
    balance_w=st.floats(-3000, 3000),
    local=st.sampled_from([JANUARY, JULY]),
    outdoor_c=st.floats(-15, 35),
    gain_w=st.fixed_dictionaries({"study": st.floats(0, 500)}),
)


@given(homes(), WORLDS, st.floats(5, 30), st.sampled_from([0.0, 500.0]))
@settings(max_examples=60, deadline=None)
def test_heat_and_power_are_conserved(
    spec: SiteSpec, world: Conditions, room_c: float, power_w: float
) -> None:
    """What a room gained is what it got, less what a fine-step sum says it lost."""
    house, lost_wh, got_wh, seconds = room_at(spec, room_c), 0.0, 0.0, 30
    (room,) = spec.rooms
    assert world.outdoor_c is not None
    for _ in range(60):
        before_c = house.rooms["study"].temperature_c
        house, flows = step(spec, house, world, {"radiator": power_w}, seconds)
        mean_c = (before_c + house.rooms["study"].temperature_c) / 2
        lost_wh += room.loss_w_per_k * (mean_c - world.outdoor_c) * seconds / 3600
        heat = flows.rooms["study"]
        got_wh += heat.worker_wh + heat.backup_wh
        got_wh += world.gain_w["study"] * seconds / 3600
        made = world.balance_w - flows.curtailed_w + flows.grid_w + flows.battery_w
        taken = flows.workers_w + flows.backup_w + flows.cooling_w
        assert made == pytest.approx(taken, abs=1e-6)
    gained_wh = (house.rooms["study"].temperature_c - room_c) * room.capacity_wh_per_k
    largest_wh = max(1.0, abs(lost_wh), got_wh)
    assert gained_wh == pytest.approx(got_wh - lost_wh, abs=2e-3 * largest_wh)


@given(homes(), WORLDS, st.floats(5, 30))
@settings(max_examples=40, deadline=None)
def test_one_long_step_equals_many_short_ones(
    spec: SiteSpec, world: Conditions, room_c: float
) -> None:
    once, flows = step(spec, room_at(spec, room_c), world, {"radiator": 500}, 3600)
    many, cost = room_at(spec, room_c), 0.0
    for minute in range(60):
        moment = replace(world, local=world.local.replace(minute=minute))
        many, part = step(spec, many, moment, {"radiator": 500}, 60)
        cost += part.cost
    assert many.rooms["study"].temperature_c == pytest.approx(
        once.rooms["study"].temperature_c, abs=1e-6
    )
    assert cost == pytest.approx(flows.cost, abs=1e-6)
