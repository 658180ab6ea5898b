"""The simulated home obeys physics, at any step."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.solar_compute.core.backup import heat_pump_cop
from custom_components.solar_compute.core.crew import (
    Hand,
    may_switch,
    ran,
    set_level,
    worker_input,
)
from custom_components.solar_compute.core.model import WorkerState
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
    BatterySpec,
    DailyWindow,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)

NOON = datetime(2026, 6, 1, 12)

cruncher = WorkerSpec(key="cruncher", name="Cruncher", levels_w=(300.0, 600.0))
boiler = WorkerSpec(
    key="boiler", name="Boiler", levels_w=(1000.0,), sink="tank", recovery=1.0
)
battery = BatterySpec(
    capacity_wh=8000,
    charge_w=4000,
    discharge_w=3000,
    round_trip=0.81,
    wear_per_kwh=0.05,
)
plain_house = SiteSpec(import_per_kwh=0.3, export_per_kwh=0.08, workers=(cruncher,))
house_with_battery = replace(plain_house, battery=battery)
zero_export_house = replace(plain_house, export_limit_w=0)


def house_with_tank(backup: BackupSpec, loss_w_per_k: float = 1.4) -> SiteSpec:
    tank = TankSpec(
        key="tank", name="Tank", volume_l=200, backup=backup, loss_w_per_k=loss_w_per_k
    )
    return replace(plain_house, tanks=(tank,), workers=(boiler,))


def hour(balance_w: float, pv_w: float | None = None) -> Conditions:
    return Conditions(balance_w=balance_w, local=NOON, pv_w=pv_w)


def tank_at(spec: SiteSpec, temperature_c: float) -> House:
    return new_house(spec, tank_c=temperature_c)


class TestMeter:
    def test_shows_export_and_import_less_what_workers_draw(self) -> None:
        _, flows = step(
            plain_house, new_house(plain_house), hour(1000), {"cruncher": 300}, 60
        )
        assert flows.grid_w == -700
        _, flows = step(
            plain_house, new_house(plain_house), hour(100), {"cruncher": 300}, 60
        )
        assert flows.grid_w == 200
        assert flows.cost == pytest.approx(0.2 / 60 * 0.3)

    def test_sits_at_the_export_limit_and_hides_the_rest(self) -> None:
        spec = replace(plain_house, export_limit_w=500)
        _, paused = step(spec, new_house(spec), hour(2000, pv_w=2300), {}, 60)
        assert (paused.grid_w, paused.curtailed_w, paused.pv_w) == (-500, 1500, 800)
        _, running = step(
            spec, new_house(spec), hour(2000, pv_w=2300), {"cruncher": 600}, 60
        )
        assert running.grid_w == -500
        assert running.pv_w == 1400
        assert running.cost == paused.cost

    def test_uses_the_prices_of_the_moment(self) -> None:
        dear = replace(hour(-1000), import_per_kwh=0.5)
        _, flows = step(plain_house, new_house(plain_house), dear, {}, 3600)
        assert flows.cost == pytest.approx(0.5)

    def test_a_step_without_time_is_refused(self) -> None:
        with pytest.raises(ValueError, match="takes time"):
            step(plain_house, new_house(plain_house), hour(0), {}, 0)


class TestBattery:
    def test_covers_the_home_before_the_grid_does(self) -> None:
        house = new_house(house_with_battery, soc=50)
        _, flows = step(house_with_battery, house, hour(-2000), {"cruncher": 300}, 60)
        assert (flows.grid_w, flows.battery_w) == (0, 2300)

    def test_gives_no_more_than_its_power(self) -> None:
        house = new_house(house_with_battery, soc=50)
        _, flows = step(house_with_battery, house, hour(-5000), {}, 60)
        assert (flows.grid_w, flows.battery_w) == (2000, 3000)

    def test_loses_the_square_root_of_the_round_trip_each_way(self) -> None:
        house = new_house(house_with_battery, soc=50)
        charged, _ = step(house_with_battery, house, hour(1000), {}, 3600)
        assert charged.stored_wh - house.stored_wh == pytest.approx(900)
        empty, flows = step(house_with_battery, charged, hour(-810), {}, 3600)
        assert empty.stored_wh == pytest.approx(house.stored_wh)
        assert flows.cost == pytest.approx(0.81 * 0.05)  # wear

    def test_becomes_full_within_a_step(self) -> None:
        house = House(stored_wh=8000 - 900)
        after, flows = step(house_with_battery, house, hour(2000), {}, 3600)
        assert after.stored_wh == 8000
        # Half an hour at 2000 W fills it, the other half is exported.
        assert flows.battery_w == pytest.approx(-1000)
        assert flows.grid_w == pytest.approx(-1000)

    def test_stops_at_its_reserve_within_a_step(self) -> None:
        house = House(stored_wh=800 + 1000)
        after, flows = step(house_with_battery, house, hour(-1800), {}, 3600)
        assert after.stored_wh == 800
        assert flows.battery_w == pytest.approx(900)
        assert flows.import_wh == pytest.approx(900)

    def test_curtails_only_once_it_is_full(self) -> None:
        spec = replace(house_with_battery, export_limit_w=500)
        _, flows = step(spec, House(stored_wh=7100), hour(2000), {}, 3600)
        assert flows.curtailed_w == pytest.approx(750)
        assert flows.export_wh == pytest.approx(250)


class TestTank:
    gas = BackupSpec(kind=BackupKind.GAS, power_w=10_000)
    rod = BackupSpec(kind=BackupKind.RESISTIVE, power_w=2000)

    def test_a_kilowatt_heats_200_litres_by_4_3_kelvin_per_hour(self) -> None:
        spec = house_with_tank(BackupSpec(), loss_w_per_k=0)
        after, flows = step(spec, tank_at(spec, 40), hour(2000), {"boiler": 1000}, 3600)
        assert after.tanks["tank"].temperature_c == pytest.approx(44.3, abs=0.01)
        assert flows.tanks["tank"].useful_wh == pytest.approx(1000)

    def test_a_new_tank_loses_more_than_a_kilowatt_hour_per_day(self) -> None:
        spec = house_with_tank(BackupSpec())
        after, _ = step(spec, tank_at(spec, 55), hour(0), {}, 86400)
        lost_k = 55 - after.tanks["tank"].temperature_c
        assert 1000 < lost_k * spec.tanks[0].capacity_wh_per_k < 1300

    def test_a_thermostat_heats_from_its_switching_point_to_the_target(self) -> None:
        spec = house_with_tank(self.rod)
        house, flows = step(spec, tank_at(spec, 51), hour(0), {}, 60)
        assert flows.grid_w == 0
        house, flows = step(spec, tank_at(spec, 50), hour(0), {}, 60)
        assert flows.grid_w == 2000
        house, _ = step(spec, house, hour(0), {}, 3600)
        assert house.tanks["tank"].temperature_c == pytest.approx(55, abs=0.2)
        assert not house.tanks["tank"].backup_on

    def test_gas_burns_fuel_and_no_electricity(self) -> None:
        spec = house_with_tank(self.gas)
        _, flows = step(spec, tank_at(spec, 45), hour(0), {}, 360)
        assert flows.grid_w == 0
        assert flows.tanks["tank"].backup_wh == pytest.approx(1000)
        assert flows.cost == pytest.approx(1 / 0.8 * 0.114)

    def test_a_heat_pump_gives_its_cop(self) -> None:
        spec = house_with_tank(
            BackupSpec(kind=BackupKind.HEAT_PUMP, power_w=700, source_c=7)
        )
        _, flows = step(spec, tank_at(spec, 45), hour(0), {}, 3600)
        assert flows.backup_w == pytest.approx(700)
        assert flows.tanks["tank"].backup_wh == pytest.approx(700 * heat_pump_cop(48))

    def test_a_timed_backup_heats_in_its_window_only(self) -> None:
        night = BackupSpec(
            kind=BackupKind.RESISTIVE,
            schedule=BackupSchedule.TIMED,
            windows=(DailyWindow(start_min=750, end_min=765),),
        )
        spec = house_with_tank(night)
        _, flows = step(spec, tank_at(spec, 40), hour(0), {}, 3600)
        assert flows.tanks["tank"].electric_wh == pytest.approx(500)

    def test_a_diverter_takes_what_would_be_exported(self) -> None:
        diverter = replace(self.rod, schedule=BackupSchedule.DIVERTER)
        spec = house_with_tank(diverter)
        _, flows = step(spec, tank_at(spec, 40), hour(1500), {}, 60)
        assert (flows.backup_w, flows.grid_w) == (1500, 0)
        _, flows = step(spec, tank_at(spec, 40), hour(1500), {"boiler": 1000}, 60)
        assert (flows.backup_w, flows.grid_w) == (500, 0)
        assert flows.workers["boiler"].grid_wh == 0

    def test_a_full_tank_refuses_heat(self) -> None:
        spec = house_with_tank(BackupSpec(), loss_w_per_k=0)
        after, flows = step(spec, tank_at(spec, 60), hour(2000), {"boiler": 1000}, 3600)
        assert after.tanks["tank"].temperature_c == 60
        assert flows.tanks["tank"].dumped_wh == pytest.approx(1000)

    def test_a_cold_tank_leaves_the_shower_cold(self) -> None:
        """What the warmer cellar puts in is all that there is to draw."""
        spec = house_with_tank(BackupSpec())
        tank = spec.tanks[0]
        after, flows = step(
            spec,
            tank_at(spec, tank.cold_c),
            replace(hour(0), draw_w={"tank": 500.0}),
            {},
            3600,
        )
        warmed_wh = tank.loss_w_per_k * (tank.ambient_c - tank.cold_c)
        assert after.tanks["tank"].temperature_c == pytest.approx(tank.cold_c)
        assert flows.tanks["tank"].served_wh == pytest.approx(warmed_wh)
        assert flows.tanks["tank"].short_wh == pytest.approx(500 - warmed_wh)


class TestSources:
    def test_say_where_each_workers_energy_came_from(self) -> None:
        house = new_house(house_with_battery, soc=50)
        _, flows = step(
            house_with_battery, house, hour(200), {"first": 300, "second": 4000}, 360
        )
        first, second = flows.workers["first"], flows.workers["second"]
        assert (first.solar_wh, first.battery_wh) == pytest.approx((20, 10))
        assert second.battery_wh == pytest.approx(290)
        assert second.grid_wh == pytest.approx(110)


class TestWorkers:
    def test_count_a_start_and_a_broken_minimum_time(self) -> None:
        hand = set_level(cruncher, Hand(), 1, 0.0)
        hand = ran(hand, 60)
        assert (hand.starts, hand.run_s, hand.violations) == (1, 60, 0)
        assert not may_switch(cruncher, hand, 60)
        assert set_level(cruncher, hand, 0, 60).violations == 1
        assert set_level(cruncher, hand, 0, 60, excused=True).violations == 0
        assert set_level(cruncher, hand, 2, 60).violations == 0
        assert set_level(cruncher, hand, 0, 900).violations == 0

    def test_have_no_more_levels_than_they_have(self) -> None:
        hand = set_level(cruncher, Hand(), 3, 0.0)
        assert (hand.level, hand.violations) == (2, 1)


class TestSnapshot:
    def test_is_what_the_sensors_of_the_home_say(self) -> None:
        house = new_house(house_with_battery, soc=50)
        house, flows = step(house_with_battery, house, hour(-300), {}, 60)
        hand = Hand(level=1)
        seen = snapshot(
            house_with_battery,
            house,
            flows,
            local=NOON,
            workers=[worker_input(cruncher, hand, house.clock_s)],
        )
        assert seen.battery_w is not None and seen.battery_w.value == 300
        assert seen.soc is not None and seen.soc.value == pytest.approx(49.93, abs=0.01)
        assert seen.grid_w.measured_s == 60
        worker = seen.workers[0]
        assert worker.state is WorkerState.RUNNING
        assert worker.power_w is not None and worker.power_w.value == 300

    def test_says_nothing_where_nothing_was_measured(self) -> None:
        house = new_house(plain_house)
        seen = snapshot(plain_house, house, None, local=NOON, workers=[])
        assert seen.grid_w.value is None


KINDS = st.sampled_from(list(BackupKind))
SCHEDULES = st.sampled_from(list(BackupSchedule))


@st.composite
def homes(draw: st.DrawFn) -> tuple[SiteSpec, House]:
    """Any home at any moment."""
    spec = house_with_tank(
        BackupSpec(
            kind=draw(KINDS),
            schedule=draw(SCHEDULES),
            power_w=draw(st.floats(200, 9000)),
            windows=(
                DailyWindow(
                    start_min=draw(st.integers(700, 760)),
                    end_min=draw(st.integers(700, 800)),
                ),
            ),
        ),
        loss_w_per_k=draw(st.sampled_from([0.0, 1.4])),
    )
    spec = replace(
        spec,
        battery=draw(st.sampled_from([None, battery])),
        export_limit_w=draw(st.sampled_from([None, 0.0, 600.0])),
        workers=(boiler, cruncher),
    )
    house = new_house(
        spec, soc=draw(st.floats(10, 100)), tank_c=draw(st.floats(18, 60))
    )
    return spec, house


CONDITIONS = st.builds(
    Conditions,
    balance_w=st.floats(-6000, 8000),
    local=st.just(NOON),
    pv_w=st.just(9000.0),
    draw_w=st.fixed_dictionaries({"tank": st.floats(0, 4000)}),
)
POWERS = st.fixed_dictionaries(
    {
        "boiler": st.sampled_from([0.0, 1000.0]),
        "cruncher": st.sampled_from([0.0, 300.0, 600.0]),
    }
)


@given(homes(), CONDITIONS, POWERS, st.sampled_from([1, 60, 300, 3600]))
@settings(max_examples=150, deadline=None)
def test_power_is_conserved_and_no_limit_is_passed(
    home: tuple[SiteSpec, House],
    conditions: Conditions,
    powers: dict[str, float],
    dt_s: int,
) -> None:
    spec, house = home
    after, flows = step(spec, house, conditions, powers, dt_s)
    made = conditions.balance_w - flows.curtailed_w + flows.grid_w + flows.battery_w
    assert made == pytest.approx(flows.workers_w + flows.backup_w, abs=1e-9)
    assert flows.curtailed_w >= 0
    if spec.export_limit_w is not None:
        assert flows.export_wh <= spec.export_limit_w * dt_s / 3600 + 1e-9
    if spec.battery is not None:
        assert 800 <= after.stored_wh <= 8000
        assert -4000 - 1e-9 <= flows.battery_w <= 3000 + 1e-9
    for key, power_w in powers.items():
        sources = flows.workers[key]
        total_wh = sources.solar_wh + sources.battery_wh + sources.grid_wh
        assert total_wh == pytest.approx(power_w * dt_s / 3600, abs=1e-9)
        assert min(sources.solar_wh, sources.battery_wh, sources.grid_wh) >= -1e-9
    tank = spec.tanks[0]
    assert tank.cold_c - 1e-6 <= after.tanks["tank"].temperature_c <= 60 + 1e-6


@given(homes(), CONDITIONS, POWERS)
@settings(max_examples=60, deadline=None)
def test_one_long_step_equals_many_short_ones(
    home: tuple[SiteSpec, House], conditions: Conditions, powers: dict[str, float]
) -> None:
    spec, house = home
    once, flows = step(spec, house, conditions, powers, 3600)
    many, total_wh, cost = house, 0.0, 0.0
    for minute in range(60):
        local = NOON.replace(minute=minute)
        many, part = step(spec, many, replace(conditions, local=local), powers, 60)
        total_wh += part.grid_w / 60
        cost += part.cost
    assert many.clock_s == once.clock_s
    assert many.stored_wh == pytest.approx(once.stored_wh, abs=1e-4)
    warm, warm_too = many.tanks["tank"], once.tanks["tank"]
    assert warm.temperature_c == pytest.approx(warm_too.temperature_c, abs=1e-6)
    assert total_wh == pytest.approx(flows.grid_w, abs=1e-3)
    assert cost == pytest.approx(flows.cost, abs=1e-6)


@given(homes(), CONDITIONS, POWERS)
@settings(max_examples=60, deadline=None)
def test_heat_is_conserved(
    home: tuple[SiteSpec, House], conditions: Conditions, powers: dict[str, float]
) -> None:
    spec, house = home
    tank = replace(spec.tanks[0], loss_w_per_k=0.0)
    spec = replace(spec, tanks=(tank,))
    after, flows = step(spec, house, conditions, powers, 3600)
    heat = flows.tanks["tank"]
    gained_k = after.tanks["tank"].temperature_c - house.tanks["tank"].temperature_c
    gained_wh = heat.worker_wh + heat.backup_wh - heat.dumped_wh - heat.served_wh
    assert gained_k * tank.capacity_wh_per_k == pytest.approx(gained_wh, abs=1e-3)
    assert heat.served_wh + heat.short_wh == pytest.approx(
        conditions.draw_w["tank"], abs=1e-6
    )


def test_a_house_remembers_its_thermostat() -> None:
    spec = house_with_tank(BackupSpec(kind=BackupKind.RESISTIVE))
    heating = House(tanks={"tank": TankState(temperature_c=52, backup_on=True)})
    _, flows = step(spec, heating, hour(0), {}, 60)
    assert flows.backup_w == 2000
