"""The home at one instant: hidden sun, yielding loads, the battery, prices."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import HourMean, MeanDay, Memory
from custom_components.solar_compute.core.model import (
    Decision,
    Reading,
    ReasonCode,
    TrancheKind,
    YieldingLoad,
)
from custom_components.solar_compute.core.storage import FirstLimit, StoredValue

from .houses import (
    CLOCK_S,
    NOON,
    cruncher,
    house_with_battery,
    learned,
    look,
    paused,
    running,
    stepper,
    sunny_house,
    zero_export_house,
)
from .loop import Loop, one, steady, why

FULL_SOON = learned(3000.0)
EMPTY_SOON = learned(-3000.0)


def prices(decision: Decision) -> dict[TrancheKind, float]:
    return {part.kind: part.price_per_kwh for part in decision.tranches}


def widths(decision: Decision) -> dict[TrancheKind, float | None]:
    return {part.kind: part.width_w for part in decision.tranches}


class TestHiddenSun:
    def test_is_climbed_level_by_level(self) -> None:
        """The inverter could make 2 kW more, which no meter shows."""
        loop = Loop(zero_export_house(stepper()), steady(2000))
        loop.run(2 * 3600)
        assert [level for _, level in loop.switches()] == [1, 2, 3]
        reasons = {why(decision) for _, _, decision in loop.seen}
        assert ReasonCode.PROBING in reasons

    def test_is_used_up_to_where_it_ends(self) -> None:
        loop = Loop(zero_export_house(stepper()), steady(700))
        loop.run(3 * 3600)
        assert loop.levels_of()[-1] == 2

    def test_that_is_not_there_costs_one_short_probe_in_a_while(self) -> None:
        spec = zero_export_house(cruncher(min_run_s=3600, settle_s=60))
        loop = Loop(spec, steady(0))
        loop.run(4 * 3600)
        starts = [at_s for at_s, level in loop.switches() if level]
        stops = [at_s for at_s, level in loop.switches() if not level]
        ran = [stop - start for start, stop in zip(starts, stops, strict=True)]
        assert len(starts) >= 2
        assert all(seconds <= 80 for seconds in ran), "exempt from the minimum run"
        waits = [later - stop for stop, later in zip(stops, starts[1:], strict=False)]
        assert all(seconds >= spec.policy.probe_backoff_s for seconds in waits)

    def test_is_given_up_in_part_where_the_next_level_is_too_much(self) -> None:
        loop = Loop(zero_export_house(stepper(min_run_s=3600)), steady(400))
        loop.run(3600)
        switches = [level for _, level in loop.switches()]
        assert switches[:3] == [1, 2, 1]
        assert 0 not in switches

    def test_is_not_suspected_at_night(self) -> None:
        """The home draws next to nothing, and the PV meter says why."""
        dark = Loop(
            zero_export_house(),
            steady(-20),
            site=lambda at_s: {"pv_w": Reading(0.0, CLOCK_S + at_s)},
        )
        dark.run(3600)
        assert set(dark.levels_of()) == {0}
        assert dark.seen[-1][2].hidden_w == 0

    @pytest.mark.parametrize("value", [None, 1e9])
    def test_is_not_suspected_while_the_pv_meter_is_silent(
        self, value: float | None
    ) -> None:
        silent = Loop(
            zero_export_house(),
            steady(0),
            site=lambda at_s: {"pv_w": Reading(value, CLOCK_S + at_s)},
        )
        silent.run(1200)
        assert set(silent.levels_of()) == {0}

    def test_is_not_suspected_while_the_battery_could_take_more(self) -> None:
        spec = house_with_battery(export_limit_w=0.0)
        filling = look(0, battery_w=-1500, soc=50)
        full = look(0, battery_w=0, soc=100)
        at_its_limit = look(0, battery_w=-4000, soc=50)
        hidden = [
            decide(spec, snapshot, Memory())[0].hidden_w > 0
            for snapshot in (filling, full, at_its_limit)
        ]
        assert hidden == [False, True, True]

    def test_is_not_suspected_where_the_grid_takes_more(self) -> None:
        spec = sunny_house(export_limit_w=3000.0)
        assert decide(spec, look(-2000), Memory())[0].hidden_w == 0
        assert decide(spec, look(-3000), Memory())[0].hidden_w > 0

    def test_is_left_alone_where_the_visible_surplus_pays(self) -> None:
        spec = sunny_house(export_limit_w=3000.0)
        decision, _ = decide(spec, look(-3000), Memory())
        assert why(decision) is ReasonCode.WORTH_IT

    def test_is_found_by_the_second_where_it_is_too_little_for_the_first(self) -> None:
        """The first one's failing probes must not use up everybody's chances."""
        spec = zero_export_house(
            cruncher(key="big", priority=1, levels_w=(2000.0,)),
            cruncher(key="small", priority=2, levels_w=(200.0,)),
        )
        loop = Loop(spec, steady(300))
        loop.run(2 * 3600)
        assert loop.levels == {"big": 0, "small": 1}

    @pytest.mark.parametrize(
        "first",
        [{"level": None, "state": "lost"}, {"has_work": False}, {"value_per_kwh": 0.0}],
    )
    def test_is_found_where_the_first_one_cannot_use_it(
        self, first: dict[str, Any]
    ) -> None:
        spec = zero_export_house(
            cruncher(key="small", priority=1, levels_w=(100.0,)),
            cruncher(key="big", priority=2, levels_w=(1000.0,)),
        )
        loop = Loop(spec, steady(1200), inputs=lambda _: {"small": first})
        loop.run(3600)
        assert loop.levels == {"small": 0, "big": 1}

    def test_is_tried_by_one_worker_at_a_time(self) -> None:
        spec = zero_export_house(cruncher(key="a"), cruncher(key="b"))
        loop = Loop(spec, steady(600))
        loop.run(3 * 3600)
        both = [
            decision
            for _, _, decision in loop.seen
            if all(worker.level for worker in decision.workers)
        ]
        assert loop.levels == {"a": 1, "b": 0}
        assert len(both) * loop.dt_s < 0.1 * loop.at_s


class TestYieldingLoads:
    DIVERTER = YieldingLoad(power_w=Reading(1500, CLOCK_S), value_per_kwh=0.10)

    def test_count_as_surplus_at_the_value_of_their_heat(self) -> None:
        """The diverter eats all surplus: without it there would be none to see."""
        spec = sunny_house()
        without, _ = decide(spec, look(0), Memory())
        assert one(without).level == 0
        snapshot = look(0, yielding=(self.DIVERTER,))
        decision, _ = decide(spec, snapshot, Memory())
        assert one(decision).level == 1
        assert prices(decision)[TrancheKind.YIELDING] == 0.10
        assert decision.surplus_w == 1500

    def test_are_left_alone_where_their_heat_is_worth_more(self) -> None:
        dear = replace(self.DIVERTER, value_per_kwh=0.16)
        decision, _ = decide(sunny_house(), look(0, yielding=(dear,)), Memory())
        assert one(decision).level == 0


class TestTheBattery:
    def test_gives_nothing_away_while_nothing_is_learned(self) -> None:
        snapshot = look(0, battery_w=-2000, soc=50)
        decision, _ = decide(house_with_battery(), snapshot, Memory())
        assert prices(decision)[TrancheKind.BATTERY_CHARGE] == pytest.approx(0.225)
        assert prices(decision)[TrancheKind.BATTERY_DISCHARGE] == pytest.approx(0.30)
        assert one(decision).level == 0

    def test_that_will_be_full_anyway_gives_at_the_export_price(self) -> None:
        snapshot = look(0, battery_w=-2000, soc=50)
        decision, _ = decide(house_with_battery(), snapshot, FULL_SOON)
        assert prices(decision)[TrancheKind.BATTERY_CHARGE] == pytest.approx(0.08)
        discharge = prices(decision)[TrancheKind.BATTERY_DISCHARGE]
        assert discharge == pytest.approx(0.08 / 0.9 + 0.05)
        assert one(decision).level == 1

    def test_is_given_from_as_often_as_it_was_full_on_the_last_days(self) -> None:
        """Four of the last seven days filled it, the others did not."""
        days = (5000.0, -500.0, 5000.0, -500.0, 5000.0, -500.0, 5000.0)
        hours = tuple(HourMean(2643.0, 7, days) for _ in range(24))
        doubtful = Memory(mean_day=MeanDay(hours=hours))
        snapshot = look(0, battery_w=-2000, soc=50)
        decision, _ = decide(house_with_battery(), snapshot, doubtful)
        expected = (4 * 0.08 + 3 * 0.225) / 7
        assert prices(decision)[TrancheKind.BATTERY_CHARGE] == pytest.approx(expected)

    def test_keeps_what_workers_could_take_of_the_sun_that_is_left_over(self) -> None:
        """It will be full soon, with 600 W to spare: 500 W of them are the worker's."""
        spare = learned({12: 6000.0, 13: 6000.0, 14: 600.0, 20: -4000.0, 21: -4000.0})
        snapshot = look(0, battery_w=-2000, soc=90)
        small = house_with_battery(cruncher(levels_w=(50.0,)))
        large = house_with_battery(cruncher(levels_w=(5600.0,)))
        price = [
            prices(decide(spec, snapshot, spare)[0])[TrancheKind.BATTERY_CHARGE]
            for spec in (small, large)
        ]
        assert price[0] == pytest.approx(0.08)
        assert price[1] > 0.15

    def test_is_worth_what_the_plan_says_where_there_is_one(self) -> None:
        snapshot = look(0, battery_w=-2000, soc=50)
        planned = StoredValue(charge=0.11, discharge=0.21, first=FirstLimit.FULL)
        decision, _ = decide(
            house_with_battery(), snapshot, EMPTY_SOON, Ahead(stored=planned)
        )
        assert prices(decision)[TrancheKind.BATTERY_CHARGE] == pytest.approx(0.11)
        assert prices(decision)[TrancheKind.BATTERY_DISCHARGE] == pytest.approx(0.21)

    def test_follows_a_forecast_rather_than_the_mean_day(self) -> None:
        snapshot = look(0, battery_w=-2000, soc=50)
        sunny = Ahead(hours_w=(4000.0,) * 6 + (-300.0,) * 18)
        decision, _ = decide(house_with_battery(), snapshot, EMPTY_SOON, sunny)
        assert prices(decision)[TrancheKind.BATTERY_CHARGE] == pytest.approx(0.08)

    def test_that_will_run_empty_gives_at_the_import_price(self) -> None:
        snapshot = look(0, battery_w=-2000, soc=50)
        decision, _ = decide(house_with_battery(), snapshot, EMPTY_SOON)
        assert prices(decision)[TrancheKind.BATTERY_DISCHARGE] == pytest.approx(0.30)
        assert one(decision).level == 0

    def test_that_will_be_full_behind_a_closed_export_gives_for_nothing(self) -> None:
        spec = house_with_battery(export_limit_w=0.0)
        decision, _ = decide(spec, look(0, battery_w=-2000, soc=50), FULL_SOON)
        assert prices(decision)[TrancheKind.BATTERY_CHARGE] == 0

    def test_is_not_discharged_below_its_reserve(self) -> None:
        decision, _ = decide(
            house_with_battery(), look(200, battery_w=0, soc=10), FULL_SOON
        )
        assert TrancheKind.BATTERY_DISCHARGE not in widths(decision)
        assert one(decision).level == 0

    def test_limits_are_those_that_show(self) -> None:
        """It exports 900 W while it charges with 1100: it cannot take more."""
        decision, _ = decide(
            house_with_battery(), look(-900, battery_w=-1100, soc=50), Memory()
        )
        assert widths(decision)[TrancheKind.EXPORT] == pytest.approx(900)
        assert widths(decision)[TrancheKind.BATTERY_CHARGE] == pytest.approx(1100)
        decision, _ = decide(
            house_with_battery(), look(900, battery_w=1100, soc=50), FULL_SOON
        )
        assert TrancheKind.BATTERY_DISCHARGE not in widths(decision)

    @pytest.mark.parametrize(("grid_w", "battery_w"), [(3000, -2500), (-3000, 2500)])
    def test_that_is_forced_is_a_load_like_any_other(
        self, grid_w: float, battery_w: float
    ) -> None:
        """Somebody charges it from the grid, or empties it into the grid."""
        snapshot = look(grid_w, battery_w=battery_w, soc=50)
        decision, _ = decide(house_with_battery(), snapshot, FULL_SOON)
        assert decision.balance_w == pytest.approx(-grid_w)
        assert TrancheKind.BATTERY_CHARGE not in widths(decision)
        assert TrancheKind.BATTERY_DISCHARGE not in widths(decision)

    def test_charged_from_the_grid_by_force_starts_no_worker(self) -> None:
        loop = Loop(
            house_with_battery(),
            steady(0),
            memory=FULL_SOON,
            stored_wh=4000.0,
            site=lambda at_s: {
                "grid_w": Reading(2600.0, CLOCK_S + at_s),
                "battery_w": Reading(-2500.0, CLOCK_S + at_s),
                "soc": Reading(40.0 + at_s / 600, CLOCK_S + at_s),
            },
        )
        loop.run(1800)
        assert set(loop.levels_of()) == {0}

    def test_does_not_run_a_worker_through_the_night(self) -> None:
        """Full at dusk, and the mean day says that it will be empty by morning."""
        night = {
            hour: (-600.0 if hour < 9 or hour > 17 else 3000.0) for hour in range(24)
        }
        loop = Loop(
            house_with_battery(),
            lambda at_s: night[(12 + int(at_s // 3600)) % 24],
            memory=learned(night),
            stored_wh=8000.0,
            dt_s=60,
        )
        loop.run(16 * 3600)
        ran_h = {
            (12 + int(at_s // 3600)) % 24
            for at_s, _, decision in loop.seen
            if one(decision).level
        }
        assert {12, 13, 14, 15, 16} <= ran_h
        assert not ran_h & {19, 20, 21, 22, 23, 0, 1, 2, 3}


def test_live_prices_come_before_the_configured_ones() -> None:
    snapshot = replace(look(-2000), export_per_kwh=0.2, import_per_kwh=0.5)
    decision, _ = decide(sunny_house(), snapshot, Memory())
    assert prices(decision) == {TrancheKind.EXPORT: 0.2, TrancheKind.IMPORT: 0.5}
    assert one(decision).level == 0


def test_who_is_paid_to_draw_runs_on_the_grid() -> None:
    snapshot = replace(look(1000, paused()), import_per_kwh=-0.05)
    decision, _ = decide(sunny_house(cruncher(value_per_kwh=0.0)), snapshot, Memory())
    assert one(decision).level == 1


def test_surplus_is_what_would_be_exported_if_all_were_paused() -> None:
    decision, _ = decide(sunny_house(), look(-700, running()), Memory())
    assert (decision.balance_w, decision.surplus_w) == (1200, 1200)
    decision, _ = decide(sunny_house(), look(700, running()), Memory())
    assert (decision.balance_w, decision.surplus_w) == (-200, 0)


def test_the_next_kwh_is_priced_after_what_was_decided() -> None:
    decision, _ = decide(sunny_house(), look(-700), Memory())
    assert (one(decision).level, decision.next_per_kwh) == (1, 0.08)
    decision, _ = decide(sunny_house(), look(-100), Memory())
    assert (one(decision).level, decision.next_per_kwh) == (0, 0.08)
    decision, _ = decide(sunny_house(), look(-500), Memory())
    assert (one(decision).level, decision.next_per_kwh) == (1, 0.30)


def test_the_mean_day_is_learned_while_deciding() -> None:
    loop = Loop(sunny_house(), steady(900), dt_s=60)
    loop.run(2 * 3600)
    assert NOON.hour == 12
    assert loop.memory.mean_day.hours[12].mean_w == pytest.approx(900, abs=1)
    assert loop.memory.mean_day.hours[12].days == 1
