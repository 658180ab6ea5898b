"""What is said beside a reason: only what bears on the decision, and is known."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.solar_compute.core.advice import settings_of
from custom_components.solar_compute.core.knowledge import Knowledge, WorkerKnowledge
from custom_components.solar_compute.core.model import (
    Reason,
    ReasonCode,
    Tranche,
    TrancheKind,
    WorkerDecision,
    Worth,
)
from custom_components.solar_compute.core.remarks import (
    Remark,
    RemarkCode,
    looks_ahead,
    remarks,
)
from custom_components.solar_compute.core.spec import WorkerSpec

from .houses import cruncher, house_with_battery, sunny_house

SURPLUS = (Tranche(kind=TrancheKind.EXPORT, width_w=500.0, price_per_kwh=0.08),)
FROM_GRID = (Tranche(kind=TrancheKind.IMPORT, width_w=500.0, price_per_kwh=0.30),)
LASTS: dict[str, Any] = {"sun_lasts_min": 40.0, "moments": 62}
WORKER = cruncher(start_cost=0.02)


def decided(
    code: ReasonCode, level: int = 0, current: int = 0, **changes: Any
) -> WorkerDecision:
    """Return a decision in the sun; data of the reason go by their names."""
    fields = ("slices", "worths")
    settings = {name: changes.pop(name) for name in fields if name in changes}
    data = {"worth": 0.03, "mean": 0.03, "start_cost": 0.02, **changes}
    return WorkerDecision(
        key="cruncher",
        level=level,
        power_w=500.0 * level,
        current=current,
        reason=Reason(code, data),
        **{"slices": SURPLUS, **settings},
    )


def said(
    decision: WorkerDecision,
    knowledge: Knowledge | None = None,
    worker: WorkerSpec = WORKER,
) -> list[RemarkCode]:
    spec = sunny_house(worker)
    return [one.code for one in remarks(spec, worker, decision, knowledge)]


def knows() -> Knowledge:
    taught_by = settings_of(sunny_house(WORKER), WORKER)
    return Knowledge(workers={"cruncher": WorkerKnowledge(taught_by=taught_by)})


class TestHowLongSunLasts:
    @pytest.mark.parametrize(
        "decision",
        [
            decided(ReasonCode.WAITING_TO_START, rule="bare", **LASTS),
            decided(ReasonCode.WORTH_IT, level=1, rule="bare", **LASTS),
            decided(ReasonCode.WORTH_IT, level=1, current=1, rule="bare", **LASTS),
        ],
    )
    def test_it_is_said_when_a_start_is_considered_and_while_a_run_goes_on(
        self, decision: WorkerDecision
    ) -> None:
        first = remarks(sunny_house(WORKER), WORKER, decision, knows())[0]
        assert first == Remark(RemarkCode.SUN_LASTS, {"minutes": 40.0, "moments": 62})

    @pytest.mark.parametrize(
        "decision",
        [
            decided(ReasonCode.WORTH_IT, 1, 1),
            decided(ReasonCode.NOT_WORTH_IT, 0, 1, **LASTS),
            decided(ReasonCode.MODE_ON, 1, 1, **LASTS),
            decided(ReasonCode.QUIET_HOURS, 0, 0, **LASTS),
            decided(ReasonCode.WORTH_IT, 1, 1, slices=FROM_GRID, **LASTS),
            decided(ReasonCode.WORTH_IT, 1, 1, sun_lasts_min=40.0, moments=2),
            decided(ReasonCode.WORTH_IT, 1, 1, sun_lasts_min=0.0, moments=62),
        ],
    )
    def test_it_is_not_said_where_it_is_unknown_or_decides_nothing(
        self, decision: WorkerDecision
    ) -> None:
        assert said(decision, knows()) == []

    def test_a_long_day_is_told_in_hours(self) -> None:
        decision = decided(ReasonCode.WORTH_IT, 1, 1, sun_lasts_min=300.0, moments=9)
        [remark] = remarks(sunny_house(WORKER), WORKER, decision, knows())
        assert remark == Remark(RemarkCode.SUN_LASTS_LONG, {"hours": 5.0, "moments": 9})


class TestWhichRuleDecided:
    @pytest.mark.parametrize(
        ("decision", "remark"),
        [
            (
                decided(ReasonCode.WORTH_IT, 1, 0, mean=0.001),
                RemarkCode.LEARNED_STARTS,
            ),
            (
                decided(ReasonCode.WAITING_TO_START, mean=0.05),
                RemarkCode.LEARNED_WAITS,
            ),
            (
                decided(ReasonCode.RIDING_OUT, 1, 1, mean=-0.05),
                RemarkCode.LEARNED_GOES_ON,
            ),
            (
                decided(ReasonCode.NOT_WORTH_IT, 0, 1, mean=-0.001),
                RemarkCode.LEARNED_PAUSES,
            ),
        ],
    )
    def test_it_is_said_when_the_past_overrules_the_rule_of_thumb(
        self, decision: WorkerDecision, remark: RemarkCode
    ) -> None:
        data = {**decision.reason.data, "rule": "learned"}
        learned = replace(decision, reason=Reason(decision.reason.code, data))
        assert said(learned, knows()) == [remark]

    @pytest.mark.parametrize(
        "decision",
        [
            decided(ReasonCode.WORTH_IT, 1, 0, mean=0.05, rule="learned"),
            decided(ReasonCode.WAITING_TO_START, mean=0.001, rule="learned"),
            decided(ReasonCode.RIDING_OUT, 1, 1, mean=-0.001, rule="learned"),
            decided(ReasonCode.NOT_WORTH_IT, 0, 1, mean=-0.05, rule="learned"),
        ],
    )
    def test_nothing_is_said_where_both_agree(self, decision: WorkerDecision) -> None:
        assert said(decision, knows()) == []

    def test_the_rule_of_thumb_says_why_it_is_used(self) -> None:
        waiting = decided(ReasonCode.WAITING_TO_START)
        assert said(waiting) == [RemarkCode.NOTHING_LEARNED]
        assert said(waiting, Knowledge()) == [RemarkCode.NOTHING_LEARNED]
        doubtful = decided(ReasonCode.WAITING_TO_START, rule="bare")
        assert said(doubtful, knows()) == [RemarkCode.NOT_PROVEN]

    def test_beside_a_battery_it_does_not_say_that_something_will_be_learned(
        self,
    ) -> None:
        spec, waiting = house_with_battery(WORKER), decided(ReasonCode.WAITING_TO_START)
        assert remarks(spec, WORKER, waiting, None) == ()

    def test_while_meters_catch_up_nothing_is_said_of_what_is_known(self) -> None:
        assert said(decided(ReasonCode.WAITING_TO_START), knows()) == []

    def test_no_rule_is_named_where_none_was_asked(self) -> None:
        assert said(decided(ReasonCode.NOT_WORTH_IT)) == []
        assert said(decided(ReasonCode.WORTH_IT, 1, 1)) == []
        free = cruncher(start_cost=0.0)
        assert said(decided(ReasonCode.WORTH_IT, 1, 0), worker=free) == []
        job = Worth(
            level=1, power_w=500, compute=0, heat=0, cooling=0, supply=0, job=0.1
        )
        assert said(decided(ReasonCode.WORTH_IT, 1, 0, worths=(job,))) == []

    def test_a_worker_that_rests_says_whether_for_its_losses_or_for_good(self) -> None:
        assert said(decided(ReasonCode.LOST_LATELY)) == [RemarkCode.RESTS]
        off = decided(ReasonCode.LOST_LATELY, rule="off")
        assert said(off, knows()) == [RemarkCode.NO_RULE_EARNS]


class TestWhetherAPlanIsMissed:
    def test_it_is_where_a_battery_heat_or_a_deadline_is_at_stake(self) -> None:
        battery = (
            Tranche(
                kind=TrancheKind.BATTERY_DISCHARGE, width_w=500.0, price_per_kwh=0.2
            ),
        )
        assert looks_ahead(WORKER, decided(ReasonCode.NOT_WORTH_IT, slices=battery))
        heats = cruncher(sink="tank")
        assert looks_ahead(heats, decided(ReasonCode.HEAT_DEMAND, 1, 1))
        job = Worth(
            level=1, power_w=500, compute=0, heat=0, cooling=0, supply=0, job=0.1
        )
        assert looks_ahead(WORKER, decided(ReasonCode.JOB_WAITING, worths=(job,)))

    def test_it_is_not_where_only_this_moment_counts(self) -> None:
        assert not looks_ahead(WORKER, decided(ReasonCode.WORTH_IT, 1, 1))
        heats = cruncher(sink="tank")
        assert not looks_ahead(heats, decided(ReasonCode.MODE_OFF))
