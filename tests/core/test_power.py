"""What a worker's levels really draw: learned from its own sensor, then decided by."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf, nan
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.learned import forgotten
from custom_components.solar_compute.core.memory import LevelPower, Memory, PowerMean
from custom_components.solar_compute.core.model import Reading
from custom_components.solar_compute.core.power import (
    FORGET_S,
    LARGEST_SETTLE_S,
    as_learned,
    learned_settle_s,
    learned_w,
)
from custom_components.solar_compute.core.purse import Purse
from custom_components.solar_compute.core.spec import WorkerSpec

from .houses import (
    CLOCK_S,
    EXPORT,
    IMPORT,
    cruncher,
    look,
    running,
    stepper,
    sunny_house,
)
from .loop import Loop


def seen(worker: WorkerSpec, *levels_w: float, **changes: Any) -> dict[str, PowerMean]:
    """Return what is learned after an hour at every level; 0: never seen."""
    levels = tuple(
        LevelPower(mean_w=power_w, variance=1.0, seconds=3600.0 if power_w else 0.0)
        for power_w in levels_w
    )
    mean = PowerMean(nominal_w=worker.levels_w, levels=levels)
    return {worker.key: replace(mean, **changes)}


def levels_of(worker: WorkerSpec, learned: Mapping[str, PowerMean]) -> Any:
    return as_learned(sunny_house(worker), learned).workers[0].levels_w


def hungry(**changes: Any) -> Loop:
    """Return a home whose cruncher draws 900 W, where 500 were stated."""
    settings: dict[str, Any] = {
        "spec": sunny_house(cruncher()),
        "balance_w": lambda _: 2000.0,
        "metered": True,
        "draws_w": {"cruncher": 900.0},
        "dt_s": 30.0,
    }
    return Loop(**(settings | changes))


class TestWhatIsLearned:
    def test_a_level_that_ran_for_a_while_is_known_by_what_it_drew(self) -> None:
        loop = hungry()
        loop.run(7200)
        assert learned_w(cruncher(), loop.memory.powers["cruncher"], 1) == 900.0

    def test_a_few_minutes_are_not_enough(self) -> None:
        loop = hungry()
        loop.run_until(1)
        loop.run(600)
        assert learned_w(cruncher(), loop.memory.powers["cruncher"], 1) is None

    def test_without_a_sensor_nothing_is_learned(self) -> None:
        loop = hungry(metered=False)
        loop.run(7200)
        assert as_learned(loop.spec, loop.memory.powers) is loop.spec

    @pytest.mark.parametrize("power_w", [0.0, 40.0, 5000.0, nan, inf])
    def test_a_sensor_that_cannot_be_right_teaches_nothing(
        self, power_w: float
    ) -> None:
        loop = hungry(draws_w={}, metered=False, balance_w=lambda _: 9000.0)
        loop.inputs = lambda at_s: {
            "cruncher": {"power_w": Reading(power_w, CLOCK_S + at_s)}
        }
        loop.run(7200)
        assert as_learned(loop.spec, loop.memory.powers) is loop.spec

    def test_readings_that_do_not_agree_say_nothing_of_the_level(self) -> None:
        mean = seen(cruncher(), 600.0)["cruncher"]
        wild = replace(
            mean, levels=(LevelPower(mean_w=600.0, variance=4e4, seconds=9e3),)
        )
        assert learned_w(cruncher(), mean, 1) == 600.0
        assert learned_w(cruncher(), wild, 1) is None

    def test_a_worker_without_work_does_not_show_its_level(self) -> None:
        spec, memory = sunny_house(cruncher()), Memory()
        for at_s in range(0, 7200, 60):
            idle = running(has_work=False, power_w=Reading(200.0, CLOCK_S + at_s))
            _, memory = decide(spec, look(-900.0, idle, at_s=at_s), memory)
        assert as_learned(spec, memory.powers) is spec

    def test_what_is_learned_follows_a_worker_that_changes(self) -> None:
        loop = hungry(dt_s=300.0)
        loop.run(6 * 3600)
        loop.draws_w = {"cruncher": 600.0}
        loop.run(60 * 3600)
        power_w = learned_w(cruncher(), loop.memory.powers["cruncher"], 1)
        assert power_w is None or power_w == pytest.approx(600.0, abs=40.0)

    def test_other_settings_begin_anew(self) -> None:
        loop = hungry()
        loop.run(7200)
        loop.spec = sunny_house(cruncher(levels_w=(800.0,)))
        assert as_learned(loop.spec, loop.memory.powers) is loop.spec
        loop.tick()
        assert loop.memory.powers["cruncher"].nominal_w == (800.0,)

    def test_it_outlives_a_restart(self) -> None:
        loop = hungry()
        loop.run(7200)
        again = from_json(Memory, to_json(loop.memory))
        assert again.powers == loop.memory.powers

    @given(
        st.lists(
            st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 3000),
            min_size=1,
            max_size=60,
        ),
        st.floats(1, 400),
    )
    def test_whatever_the_sensor_says_levels_stay_plausible_and_ascending(
        self, powers: list[float], dt_s: float
    ) -> None:
        worker = stepper()
        spec, memory = sunny_house(worker), Memory()
        for index, power_w in enumerate(powers):
            at_s = index * dt_s
            level = index // 5 % 4
            observed = running(
                "stepper", level, power_w=Reading(power_w, CLOCK_S + at_s)
            )
            _, memory = decide(spec, look(-1500.0, observed, at_s=at_s), memory)
        mean = memory.powers["stepper"]
        assert len(mean.levels) == 3
        assert all(0 <= level.seconds <= FORGET_S for level in mean.levels)
        levels_w = levels_of(worker, memory.powers)
        assert list(levels_w) == sorted(set(levels_w))
        for learned, nominal in zip(levels_w, worker.levels_w, strict=True):
            assert nominal / 4.01 <= learned <= nominal * 4.01

    def test_it_is_forgotten_with_all_else_but_no_timer_or_book(self) -> None:
        loop = hungry()
        loop.run(7200)
        memory = replace(loop.memory, hot_s={"tank": 5.0})
        left = forgotten(memory)
        assert left.powers == {}
        assert left.mean_day == Memory().mean_day
        assert left.hot_s == memory.hot_s
        before = memory.workers["cruncher"]
        assert left.workers == {"cruncher": replace(before, purse=Purse())}


class TestWhatComesOfIt:
    def test_a_level_never_seen_is_off_as_much_as_the_nearest_that_was(self) -> None:
        learned = seen(stepper(), 360.0, 0.0, 1500.0)
        assert levels_of(stepper(), learned) == pytest.approx((360.0, 720.0, 1500.0))

    def test_levels_that_would_not_ascend_stay_as_they_were_set(self) -> None:
        learned = seen(stepper(), 700.0, 650.0, 1000.0)
        assert levels_of(stepper(), learned) == stepper().levels_w

    def test_what_was_stored_of_other_levels_is_not_used(self) -> None:
        learned = {"stepper": seen(cruncher(), 900.0)["cruncher"]}
        assert levels_of(stepper(), learned) == stepper().levels_w

    def test_a_worker_that_draws_more_than_stated_waits_for_more_sun(self) -> None:
        loop = hungry()
        loop.run(7200)
        told, fresh = loop.memory, Memory()
        snapshot = look(-600.0, at_s=loop.at_s + 7200)
        worth = [
            decide(loop.spec, snapshot, memory)[0].workers[0].worths[0]
            for memory in (fresh, replace(told, workers={}))
        ]
        assert worth[0].power_w == 500.0
        assert worth[1].power_w == 900.0
        assert worth[0].total > 0 > worth[1].total

    def test_knowing_what_a_worker_draws_saves_money(self) -> None:
        """600 W to spare all day: enough for what was stated, not for what it takes."""

        def earned(memory: Memory) -> float:
            loop = hungry(balance_w=lambda _: 600.0, memory=memory)
            total, before = 0.0, 0
            for decision in loop.run(6 * 3600):
                level = decision.workers[0].level
                total += level * (0.9 * 0.15 - 0.6 * EXPORT - 0.3 * IMPORT) / 120
                total -= cruncher().start_cost * (level > before)
                before = level
            return total

        taught = hungry()
        taught.run(7200)
        naive = earned(Memory())
        assert naive < -0.005
        assert earned(replace(taught.memory, workers={}, clock_s=None)) == 0.0

    def test_limits_of_power_go_by_the_most_that_a_level_may_draw(self) -> None:
        low = as_learned(sunny_house(cruncher()), seen(cruncher(), 300.0)).workers[0]
        high = as_learned(sunny_house(cruncher()), seen(cruncher(), 900.0)).workers[0]
        assert (low.power_w(1), low.most_w(1)) == (300.0, 500.0)
        assert (high.power_w(1), high.most_w(1)) == (900.0, 900.0)


class TestHowLongAChangeTakesToShow:
    def slow(self, took_s: float, *, hours: float = 8) -> PowerMean:
        """Return what is learned of a worker that ramps up, under a changing sky."""
        loop = hungry(
            balance_w=lambda at_s: 2000.0 if at_s % 3600 < 2400 else -500.0,
            spec=sunny_house(cruncher(start_cost=0.0, min_run_s=0.0, min_pause_s=0.0)),
            metered=False,
            dt_s=20.0,
        )
        changed = {"at_s": 0.0, "level": 0}

        def inputs(at_s: float) -> Mapping[str, Mapping[str, Any]]:
            level = loop.levels.get("cruncher", 0)
            if level != changed["level"]:
                changed.update(at_s=at_s, level=level)
            full_w = 900.0 if level else 0.0
            share = min(1.0, (at_s - changed["at_s"]) / took_s)
            power_w = full_w * share + (900.0 - full_w) * (1 - share)
            return {"cruncher": {"power_w": Reading(power_w, CLOCK_S + at_s)}}

        loop.inputs = inputs
        loop.run(hours * 3600)
        return loop.memory.powers["cruncher"]

    def test_a_worker_that_ramps_up_slowly_is_given_more_time(self) -> None:
        mean = self.slow(200.0)
        settle_s = learned_settle_s(cruncher(), mean)
        assert settle_s == pytest.approx(160.0, abs=30.0)
        assert 0 < mean.react_s < mean.settle_s
        spec = as_learned(sunny_house(cruncher()), {"cruncher": mean})
        assert spec.workers[0].settle_s == settle_s

    def test_a_quick_worker_is_judged_no_sooner_than_was_set(self) -> None:
        mean = self.slow(5.0)
        assert mean.changes >= 5
        spec = as_learned(sunny_house(cruncher()), {"cruncher": mean})
        assert spec.workers[0].settle_s == cruncher().settle_s

    def test_few_changes_say_nothing(self) -> None:
        assert learned_settle_s(cruncher(), self.slow(200.0, hours=2)) is None

    def test_no_worker_is_waited_for_without_end(self) -> None:
        learned = seen(cruncher(), 500.0, settle_s=5000.0, changes=9)["cruncher"]
        assert learned_settle_s(cruncher(), learned) == 4 * cruncher().settle_s
        patient = cruncher(settle_s=500.0)
        assert learned_settle_s(patient, learned) == LARGEST_SETTLE_S

    @given(st.floats(-1e12, 1e12), st.floats(0, 1e12))
    def test_a_stored_time_cannot_harm(self, settle_s: float, variance: float) -> None:
        learned = seen(
            cruncher(),
            500.0,
            settle_s=settle_s,
            settle_variance=variance,
            changes=9,
        )
        spec = as_learned(sunny_house(cruncher()), learned)
        assert 60.0 <= spec.workers[0].settle_s <= 240.0
