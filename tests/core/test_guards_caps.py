"""Caps that somebody else sets, and the reserve of the home battery."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import (
    BatteryGuard,
    CapOf,
    GuardSpec,
)
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import Mode, Reading, ReasonCode

from .guarded import cap, decided, guards, saying, settled, state_of
from .houses import (
    CLOCK_S,
    cruncher,
    house_with_battery,
    look,
    paused,
    running,
    stepper,
    sunny_house,
    zero_export_house,
)
from .loop import one, why


def reserve(**changes: Any) -> BatteryGuard:
    """Return a guard that keeps the battery at 20 % or more."""
    return BatteryGuard(**({"key": "reserve", "name": "Reserve"} | changes))


class TestAPowerCap:
    @pytest.mark.parametrize(
        ("cap_w", "level"),
        [(1000, 3), (999, 2), (600, 2), (300, 1), (299, 0), (0, 0), (-50, 0)],
    )
    def test_in_watts_is_shared_by_all_workers(self, cap_w: float, level: int) -> None:
        spec = sunny_house(stepper(), guards=guards(cap()))
        for worker in (running("stepper", 3), running("stepper", 3, mode=Mode.ON)):
            decision = decided(spec, worker, says=(saying("cap", cap_w=cap_w),))
            assert one(decision).level == level
            assert level == 3 or why(decision) is ReasonCode.POWER_CAP

    def test_holds_for_as_long_as_its_entity_says_so(self) -> None:
        spec = sunny_house(stepper(), guards=guards(cap()))
        says = (saying("cap", age_s=1e5, cap_w=700.0),)
        assert one(decided(spec, paused("stepper"), says=says)).level == 2

    def test_by_a_signal_holds_while_that_is_on(self) -> None:
        spec = sunny_house(stepper(), guards=guards(cap(cap_w=700.0)))
        for state, level in ((0, 3), (1, 2), (None, 2)):
            decision = decided(
                spec, paused("stepper"), says=(saying("cap", state=state),)
            )
            assert one(decision).level == level
            assert state_of(decision, "cap").tripped is (level == 2)
        assert why(decision) is ReasonCode.INPUT_MISSING

    def test_by_a_signal_that_is_late_after_a_start_leaves_all_as_it_is(self) -> None:
        spec = sunny_house(stepper(), guards=guards(cap(cap_w=700.0)))
        for worker in (running("stepper", 3), paused("stepper", mode=Mode.ON)):
            decision = decided(
                spec,
                worker,
                says=(saying("cap", state=None),),
                started_s=CLOCK_S - 5,
            )
            assert one(decision).level == worker.level

    @pytest.mark.parametrize("said", [None, float("nan"), 1e9])
    def test_that_is_unknown_is_nought_but_may_be_late_after_a_start(
        self, said: float | None
    ) -> None:
        spec = sunny_house(stepper(), guards=guards(cap()))
        says = (saying("cap", cap_w=said),)
        decision = decided(spec, running("stepper", 2), says=says)
        assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)
        late = decided(spec, running("stepper", 2), says=says, started_s=CLOCK_S - 5)
        assert one(late).level == 2

    def test_of_the_grid_counts_what_the_home_draws_besides(self) -> None:
        spec = sunny_house(
            stepper(value_per_kwh=0.9), guards=guards(cap(of=CapOf.GRID))
        )
        says = (saying("cap", cap_w=2000.0),)
        for grid_w, level in ((1000, 3), (1001, 2), (1701, 0)):
            decision = decided(spec, paused("stepper"), says=says, grid_w=float(grid_w))
            assert one(decision).level == level

    def test_of_the_grid_needs_the_grid_meter_whoever_decides(self) -> None:
        spec = sunny_house(guards=guards(cap(of=CapOf.GRID)))
        says = (saying("cap", cap_w=2000.0),)
        asked = running(mode=Mode.ON)
        decision = decided(spec, asked, says=says, grid_w=None)
        assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)
        assert one(decision).reason.data == {"guard": "cap", "input": "grid"}


class TestABatteryGuard:
    def level(
        self,
        guard: GuardSpec,
        *,
        soc: float,
        grid_w: float = 0.0,
        battery_w: float = 0.0,
        level: int = 0,
        **wished: Any,
    ) -> int:
        worker = (running if level else paused)("stepper", level=level, **wished)
        spec = house_with_battery(stepper(value_per_kwh=0.9), guards=guards(guard))
        decision = decided(
            spec, worker, says=(), grid_w=grid_w, battery_w=battery_w, soc=soc
        )
        return one(decision).level

    @pytest.mark.parametrize("wished", [{}, {"mode": Mode.ON}])
    def test_lets_workers_discharge_it_above_its_minimum_only(
        self, wished: dict[str, Any]
    ) -> None:
        found = {
            soc: self.level(reserve(), soc=soc, **wished)
            for soc in (50.0, 22.0, 21.9, 20.0, 19.9)
        }
        assert found == {50.0: 3, 22.0: 3, 21.9: 0, 20.0: 0, 19.9: 0}

    def test_lets_what_runs_go_on_until_the_minimum(self) -> None:
        """It draws 1 kW from the battery."""
        for soc, level in ((21.0, 3), (20.0, 3), (19.9, 0)):
            found = self.level(reserve(), soc=soc, battery_w=1000.0, level=3)
            assert found == level

    def test_below_the_minimum_leaves_them_the_sun(self) -> None:
        """650 W go into the battery."""
        assert self.level(reserve(), soc=15.0, battery_w=-650.0) == 2

    @pytest.mark.parametrize(("discharge_w", "level"), [(0, 1), (250, 2), (700, 3)])
    def test_limits_by_how_much_they_discharge_it(
        self, discharge_w: float, level: int
    ) -> None:
        guard = reserve(discharge_w=discharge_w)
        assert self.level(guard, soc=60.0, battery_w=-350.0) == level

    def test_counts_what_the_sun_gives_to_those_before(self) -> None:
        spec = house_with_battery(
            cruncher(key="free", priority=1, value_per_kwh=0.9),
            cruncher(key="held", priority=2, value_per_kwh=0.9),
            guards=guards(reserve(workers=("held",), discharge_w=0.0)),
        )
        for battery_w, level in ((-900.0, 0), (-1000.0, 1)):
            decision = decided(
                spec,
                paused("free", mode=Mode.ON),
                paused("held", mode=Mode.ON),
                says=(),
                grid_w=0.0,
                battery_w=battery_w,
                soc=60.0,
            )
            assert one(decision, "free").level == 1
            assert one(decision, "held").level == level
        assert one(decision, "held").cap == 1

    @pytest.mark.parametrize("missing", ["grid", "battery", "soc"])
    def test_pauses_whatever_needs_it_while_the_battery_is_unknown(
        self, missing: str
    ) -> None:
        spec = house_with_battery(guards=guards(reserve()))
        full = look(0.0, running(mode=Mode.ON), battery_w=-900.0, soc=60.0)
        field = missing if missing == "soc" else f"{missing}_w"
        gone: dict[str, Any] = {field: Reading(None, CLOCK_S)}
        snapshot = replace(full, **gone)
        decision, _ = decide(spec, snapshot, settled(running()))
        assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)
        assert one(decision).reason.data == {"guard": "reserve", "input": missing}

    def test_has_nothing_to_guard_where_the_home_has_no_battery(self) -> None:
        spec = sunny_house(guards=guards(reserve()))
        decision = decided(spec, running(), says=())
        assert one(decision).level == 1
        assert not state_of(decision, "reserve").tripped

    def test_does_not_stop_what_has_just_started_on_the_sun(self) -> None:
        """1200 W of sun, 1000 of which go to a start that may not have shown yet."""
        spec = house_with_battery(
            stepper(levels_w=(1000.0,)), guards=guards(reserve(discharge_w=0.0))
        )
        started = WorkerMemory(level=1, since_s=CLOCK_S - 10, changed_s=CLOCK_S - 10)
        snapshot = look(0.0, running("stepper"), battery_w=-200.0, soc=60.0)
        decision, _ = decide(spec, snapshot, Memory(workers={"stepper": started}))
        assert one(decision).level == 1

    def test_leaves_hidden_sun_to_be_tried_for(self) -> None:
        """The battery is full and the inverter may let nothing out."""
        spec = zero_export_house(
            stepper(),
            battery=house_with_battery().battery,
            guards=guards(reserve(discharge_w=0.0)),
        )
        decision = decided(
            spec, paused("stepper"), says=(), grid_w=0.0, battery_w=0.0, soc=100.0
        )
        assert (one(decision).level, why(decision)) == (1, ReasonCode.PROBING)
