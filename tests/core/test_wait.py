"""A backup waits only for compute heat, only above the floor, and is never robbed."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.heat_state import SinkState
from custom_components.solar_compute.core.wait import (
    Asked,
    Step,
    lowered,
    may_wait,
    next_step,
)

heated_tank = SinkState(
    key="tank",
    temperature_c=50.0,
    coldest_c=50.0,
    warmest_c=50.0,
    missing_wh=1000.0,
    heat_w=800.0,
    heat_measured=False,
    expects_heat=True,
    loss_w_per_k=1.4,
    capacity_wh_per_k=232.6,
)
asked = Asked(entity="water_heater.tank", original=55.0, lowered=45.0)
confirmed = replace(asked, confirmed=True)


class TestABackupMayWait:
    def test_while_compute_heat_comes_and_the_tank_is_warm(self) -> None:
        assert may_wait(heated_tank, 45.0, waiting=False)

    def test_but_not_without_compute_heat(self) -> None:
        alone = replace(heated_tank, expects_heat=False)
        assert not may_wait(alone, 45.0, waiting=True)

    def test_but_not_below_the_floor(self) -> None:
        cold = replace(heated_tank, temperature_c=44.9)
        assert not may_wait(cold, 45.0, waiting=True)

    def test_and_does_not_begin_to_wait_just_above_the_floor(self) -> None:
        cool = replace(heated_tank, temperature_c=45.5)
        assert may_wait(cool, 45.0, waiting=True)
        assert not may_wait(cool, 45.0, waiting=False)

    def test_but_not_if_nobody_knows_how_warm_the_tank_is(self) -> None:
        unknown = replace(heated_tank, temperature_c=None)
        assert not may_wait(unknown, 45.0, waiting=True)
        assert not may_wait(None, 45.0, waiting=True)


class TestTheSetPointAskedFor:
    def test_is_the_floor(self) -> None:
        assert lowered(55, 45, minimum=None, step=None) == 45

    def test_is_no_lower_than_the_device_goes(self) -> None:
        assert lowered(55, 30, minimum=40, step=1) == 40

    def test_is_rounded_up_to_what_the_device_takes(self) -> None:
        assert lowered(55, 45.2, minimum=40, step=0.5) == 45.5

    @given(
        current=st.floats(0, 90),
        floor=st.floats(0, 90),
        minimum=st.none() | st.floats(0, 60),
        step=st.none() | st.sampled_from([0.1, 0.5, 1.0, 5.0]),
    )
    def test_is_never_higher_than_before_nor_below_the_floor(
        self, current: float, floor: float, minimum: float | None, step: float | None
    ) -> None:
        target = lowered(current, floor, minimum=minimum, step=step)
        assert target is None or floor - 1e-3 <= target < current


class TestABackupThatWasAsked:
    def test_is_asked_again_while_it_has_not_taken_it(self) -> None:
        assert next_step(asked, 55, wanted=True) is Step.ASK

    def test_has_taken_it_even_if_it_rounds(self) -> None:
        assert next_step(asked, 45, wanted=True) is Step.CONFIRM
        assert next_step(asked, 46, wanted=True) is Step.CONFIRM

    def test_is_left_as_it_is_while_heat_comes(self) -> None:
        assert next_step(confirmed, 45, wanted=True) is Step.NOTHING

    def test_gets_its_set_point_back_afterwards(self) -> None:
        assert next_step(confirmed, 45, wanted=False) is Step.RESTORE

    def test_gets_it_back_even_if_it_never_said_that_it_took_the_lower_one(
        self,
    ) -> None:
        assert next_step(asked, 55, wanted=False) is Step.RESTORE

    @pytest.mark.parametrize("wanted", [True, False])
    @pytest.mark.parametrize("theirs", [40.0, 45.5, 52.0, 55.0, 65.0])
    def test_belongs_to_whoever_changes_it_meanwhile(
        self, theirs: float, wanted: bool
    ) -> None:
        assert next_step(confirmed, theirs, wanted=wanted) is Step.FORGET

    @pytest.mark.parametrize("one", [asked, confirmed])
    def test_is_not_touched_while_it_says_nothing(self, one: Asked) -> None:
        assert next_step(one, None, wanted=False) is Step.NOTHING
