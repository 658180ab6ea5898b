"""What comes of a kWh: learned from what a worker counts, then used for its jobs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core import work
from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.job import JobUnit, JobVerdict
from custom_components.solar_compute.core.job_outlook import left_s, left_wh
from custom_components.solar_compute.core.learned import forgotten
from custom_components.solar_compute.core.memory import Memory, PowerMean, WorkMean
from custom_components.solar_compute.core.power import as_learned
from custom_components.solar_compute.core.shadow import paused_anew
from custom_components.solar_compute.core.spec import WorkerSpec
from custom_components.solar_compute.core.times import DAY_S
from custom_components.solar_compute.core.work import (
    learned_units_per_kwh,
    units_per_kwh_by_level,
)

from .houses import CLOCK_S, cruncher, stepper, sunny_house
from .job_house import HOUR_S, backup
from .loop import Loop, at_times


def counting(count: Callable[[float], float | None], **changes: Any) -> Loop:
    """Return a home with sun for its cruncher of 500 W, which counts what it finishes."""
    settings: dict[str, Any] = {
        "spec": sunny_house(cruncher()),
        "balance_w": lambda _: 4000.0,
        "dt_s": 60.0,
        "inputs": lambda at_s: {"cruncher": {"finished": count(at_s)}},
    }
    return Loop(**(settings | changes))


def one_in_ten_minutes(at_s: float) -> float:
    return at_s // 600


def per_kwh(loop: Loop, worker: WorkerSpec | None = None) -> float | None:
    worker = worker or cruncher()
    return learned_units_per_kwh(worker, loop.memory.powers.get(worker.key))


def work_of(loop: Loop) -> WorkMean:
    return loop.memory.powers["cruncher"].work


class TestWhatIsLearned:
    def test_six_units_an_hour_at_half_a_kilowatt_are_twelve_of_a_kwh(self) -> None:
        loop = counting(one_in_ten_minutes)
        loop.run(4 * 3600)
        assert per_kwh(loop) == pytest.approx(12.0, rel=0.02)

    def test_two_units_may_both_be_small_ones(self) -> None:
        loop = counting(one_in_ten_minutes)
        loop.run(1900)
        assert per_kwh(loop) is None

    def test_a_worker_that_does_not_count_teaches_nothing(self) -> None:
        loop = counting(lambda _: None)
        loop.run(4 * 3600)
        assert per_kwh(loop) is None
        assert as_learned(loop.spec, loop.memory.powers) is loop.spec

    def test_what_is_paused_in_between_costs_no_energy(self) -> None:
        def slept_at_noon(at_s: float) -> float:
            return one_in_ten_minutes(min(at_s, 3 * 3600) + max(0, at_s - 7 * 3600))

        loop = counting(
            slept_at_noon,
            balance_w=at_times(4000.0, (3 * 3600, -900.0), (7 * 3600, 4000.0)),
        )
        loop.run(10 * 3600)
        assert per_kwh(loop) == pytest.approx(12.0, rel=0.08)

    def test_who_empties_the_folder_takes_nothing_back(self) -> None:
        loop = counting(lambda at_s: one_in_ten_minutes(at_s) % 5)
        loop.run(12 * 3600)
        assert per_kwh(loop) == pytest.approx(12.0, rel=0.02)
        assert work_of(loop).every.units > 30

    def test_a_folder_that_somebody_fills_is_not_its_work(self) -> None:
        loop = counting(
            lambda at_s: one_in_ten_minutes(at_s) + (5000 if at_s > 9000 else 0)
        )
        loop.run(6 * 3600)
        assert per_kwh(loop) == pytest.approx(12.0, rel=0.02)

    def test_what_was_done_unseen_does_not_count(self) -> None:
        loop = counting(one_in_ten_minutes)
        for _ in range(4):
            loop.run(5400)
            loop.at_s += 1800
        assert per_kwh(loop) == pytest.approx(12.0, rel=0.02)

    def test_a_while_without_an_answer_does_not_count(self) -> None:
        loop = counting(
            lambda at_s: None if 7000 < at_s < 15000 else one_in_ten_minutes(at_s)
        )
        loop.run(6 * 3600)
        assert per_kwh(loop) == pytest.approx(12.0, rel=0.02)

    def test_what_runs_while_we_only_watch_does_not_count(self) -> None:
        loop = counting(one_in_ten_minutes)
        loop.run(4 * 3600)
        loop.memory = paused_anew(loop.spec, loop.memory, CLOCK_S + loop.at_s)
        loop.run(30)
        assert work_of(loop).open_wh == ()

    def test_each_level_is_known_by_what_was_made_at_it_alone(self) -> None:
        worker = stepper(key="cruncher")
        spec = sunny_house(worker)

        def balance_w(at_s: float) -> float:
            return 350.0 if at_s < 6 * 3600 else 3000.0

        loop = counting(one_in_ten_minutes, spec=spec, balance_w=balance_w)
        loop.run(12 * 3600)
        found = units_per_kwh_by_level(worker, loop.memory.powers["cruncher"])
        assert found[0] == pytest.approx(20.0, rel=0.05)
        assert found[2] == pytest.approx(6.0, rel=0.05)
        every = per_kwh(loop, worker)
        assert every is not None
        assert found[1] == every
        assert 6.0 < every < 20.0

    def test_a_worker_that_becomes_faster_is_followed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(work, "FORGET_S", DAY_S)
        loop = counting(one_in_ten_minutes, dt_s=300.0)
        loop.run(DAY_S)
        begun_s = loop.at_s
        loop.inputs = lambda at_s: {
            "cruncher": {"finished": begun_s // 600 + (at_s - begun_s) // 300}
        }
        loop.run(2 * DAY_S)
        assert per_kwh(loop) == pytest.approx(24.0, rel=0.15)

    def test_it_outlives_a_restart_and_the_button_forgets_it(self) -> None:
        loop = counting(one_in_ten_minutes)
        loop.run(4 * 3600)
        again = from_json(Memory, to_json(loop.memory))
        assert again.powers == loop.memory.powers
        assert forgotten(loop.memory).powers == {}

    @given(
        st.lists(
            st.none() | st.floats(allow_nan=True, allow_infinity=True),
            min_size=1,
            max_size=40,
        )
    )
    def test_whatever_a_worker_counts_a_decision_is_made_and_nothing_is_negative(
        self, counts: list[float | None]
    ) -> None:
        loop = counting(lambda at_s: counts[int(at_s // 60) % len(counts)], dt_s=60.0)
        loop.run(60.0 * len(counts))
        found = per_kwh(loop)
        assert found is None or found > 0


class TestWhatItIsFor:
    def test_a_job_in_units_is_known_before_its_first_is_done(self) -> None:
        loop = counting(one_in_ten_minutes)
        loop.run(4 * 3600)
        worker = as_learned(loop.spec, loop.memory.powers).workers[0]
        job = backup(9, unit=JobUnit.UNITS, amount=6.0)
        assert left_wh(job, worker) == pytest.approx((500.0,), rel=0.02)
        assert left_s(job, worker) == pytest.approx(HOUR_S, rel=0.02)

    def test_its_own_units_say_more_than_those_of_other_jobs(self) -> None:
        worker = cruncher(units_per_kwh=(12.0,))
        job = backup(
            9, unit=JobUnit.UNITS, amount=6.0, done=2.0, energy_wh=300.0, run_s=1800.0
        )
        assert left_wh(job, worker) == (600.0,)

    @pytest.mark.parametrize(
        ("known", "verdict"), [(True, JobVerdict.IN_TIME), (False, JobVerdict.URGENT)]
    )
    def test_a_job_in_units_waits_for_cheap_hours_once_a_unit_is_known(
        self, *, known: bool, verdict: JobVerdict
    ) -> None:
        loop = counting(one_in_ten_minutes)
        loop.run(4 * 3600)
        if not known:
            loop.memory = replace(loop.memory, powers={})
        job = backup(
            20,
            unit=JobUnit.UNITS,
            amount=6.0,
            submitted_s=CLOCK_S + loop.at_s,
            ready_by_s=CLOCK_S + loop.at_s + 20 * HOUR_S,
        )
        loop.site = lambda _: {"jobs": (job,)}
        [outlook] = loop.tick().jobs
        assert outlook.verdict is verdict

    def test_other_levels_in_the_settings_begin_anew(self) -> None:
        loop = counting(one_in_ten_minutes)
        loop.run(4 * 3600)
        assert per_kwh(loop, cruncher(levels_w=(800.0,))) is None


def test_what_is_not_whole_is_learned_anew() -> None:
    loop = counting(one_in_ten_minutes)
    loop.run(4 * 3600)
    mean: PowerMean = loop.memory.powers["cruncher"]
    broken = replace(mean, work=replace(mean.work, levels=(), open_wh=(1.0, 2.0)))
    loop.memory = replace(loop.memory, powers={"cruncher": broken})
    loop.run(3600)
    assert len(work_of(loop).levels) == 1
