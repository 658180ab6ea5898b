"""What was learned decides where it has proven itself, and says so."""

from dataclasses import replace
from datetime import timedelta
from math import nan
from typing import Any

from custom_components.solar_compute.core.advice import (
    Advice,
    advise,
    rule_of_thumb,
    settings_of,
)
from custom_components.solar_compute.core.ahead import NOTHING_AHEAD
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import ConditionGuard
from custom_components.solar_compute.core.knowledge import Lasting, Rule
from custom_components.solar_compute.core.learn import learn_workers
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import ReasonCode, Worth
from custom_components.solar_compute.core.policy import Choice, Situation, choose
from custom_components.solar_compute.core.purse import Purse
from custom_components.solar_compute.core.spec import PolicySpec
from custom_components.solar_compute.core.trail import Trail

from .guarded import guards, saying
from .houses import CLOCK_S, cruncher, home_battery
from .loop import Loop, at_times, why
from .pasts import START, home, past
from .test_learn import DEAR, never_enough, teasing

GOOD, BAD = 0.03, -0.05


def chosen(worth: float, mean: float, level: int = 0, **changes: Any) -> Choice:
    """Return what is chosen long after the last switch."""
    settings: dict[str, Any] = {
        "worker": cruncher(),
        "policy": PolicySpec(),
        "memory": WorkerMemory(level=level, means=(mean, mean)),
        "current": level,
        "cap": 1,
        "worths": (
            Worth(
                level=1, power_w=500, compute=worth, heat=0.0, cooling=0.0, supply=0.0
            ),
        ),
        "clock_s": CLOCK_S,
        "day": "2026-06-15",
    }
    return choose(Situation(**(settings | changes)))


def advice(start: float = 0.0, stop: float = 0.0, rule: Rule = Rule.LEARNED) -> Advice:
    return Advice(rule=rule, start=start, stop=stop, lasting=Lasting(40.0, 62))


def test_what_was_learned_starts_sooner_than_the_rule_of_thumb() -> None:
    assert chosen(GOOD, 0.001).level == 0
    assert chosen(GOOD, 0.001, advice=advice(start=0.01)).level == 1


def test_it_keeps_a_worker_off_that_the_rule_of_thumb_would_start() -> None:
    assert chosen(GOOD, GOOD).level == 1
    waiting = chosen(GOOD, GOOD, advice=advice(start=-0.01))
    assert waiting.level == 0
    assert waiting.reason.code is ReasonCode.WAITING_TO_START
    assert waiting.reason.data["after_s"] is None


def test_it_never_starts_at_a_loss_and_never_stops_what_earns() -> None:
    assert chosen(BAD, GOOD, advice=advice(start=1.0)).level == 0
    assert chosen(GOOD, BAD, level=1, advice=advice(stop=1.0)).level == 1


def test_it_rides_out_a_dip_that_will_pass_and_no_other() -> None:
    assert chosen(BAD, BAD, level=1).level == 0
    assert chosen(BAD, BAD, level=1, advice=advice(stop=-0.01)).level == 1
    assert chosen(BAD, 0.0, level=1, advice=advice(stop=0.01)).level == 0


def test_what_has_not_proven_itself_decides_nothing() -> None:
    spec = home(DEAR)
    proven = learn_workers(spec, past(teasing, 8))
    bare = replace(proven.workers["cruncher"], rule=Rule.BARE)
    doubtful = replace(proven, workers={"cruncher": bare})
    trail = Trail(worth=(0.03,) * 7, surplus=(0.5,) * 4, spread=(0.5, 0.3), known_s=7e3)
    said = advise(doubtful, spec, DEAR, trail, START)
    assert said is not None
    thumb = rule_of_thumb(0.03, DEAR.start_cost, spec.policy)
    assert (said.start, said.stop) == thumb


def test_minimum_times_hold_whatever_was_learned() -> None:
    memory = WorkerMemory(level=1, means=(BAD, BAD), since_s=CLOCK_S - 60)
    assert chosen(BAD, BAD, level=1, memory=memory, advice=advice(stop=1.0)).level == 1


def test_the_reason_says_who_decided_and_how_long_sun_usually_lasts() -> None:
    data = chosen(GOOD, GOOD, advice=advice(start=0.01)).reason.data
    assert (data["rule"], data["gain"]) == ("learned", 0.01)
    assert (data["sun_lasts_min"], data["moments"]) == (40.0, 62)
    assert "moments" not in chosen(BAD, BAD, advice=advice()).reason.data


def test_after_too_many_losses_it_stays_off_and_says_so() -> None:
    choice = chosen(GOOD, GOOD, spent=True)
    assert (choice.level, choice.reason.code) == (0, ReasonCode.LOST_LATELY)
    assert chosen(BAD, 0.0, level=1, spent=True).level == 0


def test_where_no_rule_may_play_it_says_that_switching_loses() -> None:
    reason = chosen(GOOD, GOOD, advice=advice(start=-0.01, rule=Rule.OFF)).reason
    assert (reason.code, reason.data["rule"]) == (ReasonCode.LOST_LATELY, "off")


def test_two_bad_starts_a_day_are_the_most_that_a_house_of_teasing_sun_costs() -> None:
    """Sun for 25 minutes, then deep shade, all day: a start never pays."""

    def teased(at_s: float) -> float:
        return 2000.0 if at_s % 4500 < 1500 else -4000.0

    spec = home(cruncher(start_cost=0.02, levels_w=(1000.0,)))
    loop = Loop(spec, teased, dt_s=60.0)
    loop.run(86400)
    assert loop.memory.workers["cruncher"].purse.lived > -0.12
    starts = loop.memory.workers["cruncher"].starts
    assert starts <= 4


def test_a_run_that_loses_all_the_time_stops_when_its_minimum_is_over() -> None:
    """Half an hour of sun, then shade that is too light for the rule to stop at."""
    spec = home(cruncher(start_cost=0.02, min_run_s=900.0))
    loop = Loop(spec, at_times(2000.0, (1800.0, 245.0)), dt_s=60.0)
    lost = Purse(lived=-0.5, floor=-0.51, trips=3, day="2026-06-15", today=-0.01)
    loop.memory = Memory(workers={"cruncher": WorkerMemory(purse=lost)})
    loop.run(6 * 3600)
    purse = loop.memory.workers["cruncher"].purse
    assert (purse.closed, loop.levels["cruncher"]) == (True, 0)
    assert purse.lived > -0.55


def test_starts_that_a_guard_cut_short_are_losses_too() -> None:
    """A door that is opened five minutes after every start, while the sun shines."""
    door = guards(ConditionGuard(key="door", name="Door"))
    spec = replace(home(cruncher(start_cost=0.02)), guards=door)
    loop = Loop(spec, lambda at_s: 2000.0, dt_s=60.0)
    ran_s = 0.0

    def site(at_s: float) -> dict[str, Any]:
        nonlocal ran_s
        ran_s = ran_s + 60 if loop.levels.get("cruncher") else 0.0
        return {"guards": (saying("door", at_s=at_s, state=float(ran_s <= 300)),)}

    loop.site = site
    loop.run(2 * 86400)
    assert loop.memory.workers["cruncher"].purse.lived > -10 * 0.02


def test_beside_a_battery_another_rules_past_says_nothing() -> None:
    """What the battery gave then depends on what was taken from it."""
    alone = home(DEAR)
    beside = replace(alone, battery=home_battery())
    knowledge = learn_workers(alone, past(teasing, 8))
    known = knowledge.workers[DEAR.key]
    told = replace(known, taught_by=settings_of(beside, DEAR))
    ahead = replace(
        NOTHING_AHEAD, knowledge=replace(knowledge, workers={DEAR.key: told})
    )
    rules = []
    for spec, given in (
        (alone, replace(NOTHING_AHEAD, knowledge=knowledge)),
        (beside, ahead),
    ):
        loop = Loop(spec, lambda _: 3000.0, ahead=given, stored_wh=8000.0, dt_s=120.0)
        loop.run(4 * 3600)
        reasons = (decision.workers[0].reason for _, _, decision in loop.seen)
        rules.append({reason.data.get("rule") for reason in reasons} - {None})
    assert rules[0] and not rules[1]


def test_what_was_learned_of_another_value_keeps_nothing_off() -> None:
    """Results that a person values higher today repay what was lost before."""
    spec = home(cruncher(start_cost=0.03, levels_w=(1000.0,)))
    knowledge = learn_workers(spec, past(never_enough, 8))
    assert knowledge.workers["cruncher"].rule is Rule.OFF
    ahead = replace(NOTHING_AHEAD, knowledge=knowledge)

    def at_value(per_kwh: float | None) -> ReasonCode:
        loop = Loop(
            spec,
            at_times(-500.0, (7200.0, 2000.0)),
            dt_s=60.0,
            ahead=ahead,
            inputs=lambda _: {"cruncher": {"value_per_kwh": per_kwh}},
        )
        loop.run(4 * 3600)
        return why(loop.seen[-1][2])

    assert at_value(None) is ReasonCode.LOST_LATELY
    assert at_value(0.28) is ReasonCode.WORTH_IT


def test_a_neighbour_that_starts_changes_nothing_of_which_rule_decides() -> None:
    """Until it shows on the meters, a rule that has proven itself need not rest."""
    first = cruncher(key="first", levels_w=(300.0,), start_cost=0.0, priority=1)
    spec = home(first, DEAR)
    knowledge = learn_workers(spec, past(teasing, 12))
    loop = Loop(
        spec,
        at_times(-500.0, (7200.0, 2500.0)),
        ahead=replace(NOTHING_AHEAD, knowledge=knowledge),
        local=lambda at_s: START + timedelta(hours=7, seconds=at_s),
    )
    spent = Purse(lived=-1.0, floor=-1.02, trips=2, closed=True)
    loop.memory = Memory(workers={"cruncher": WorkerMemory(purse=spent)})
    loop.run(7200 + 300)
    reasons = [
        decision.workers[1].reason for at_s, _, decision in loop.seen if at_s >= 7200
    ]
    assert {reason.code for reason in reasons} == {ReasonCode.WAITING_TO_START}
    assert {reason.data["rule"] for reason in reasons} == {"learned"}


def test_the_same_moment_and_knowledge_give_the_same_decision() -> None:
    spec = home(DEAR)
    knowledge = learn_workers(spec, past(teasing, 8))
    loop = Loop(
        spec,
        lambda at_s: 2000.0,
        dt_s=60.0,
        local=lambda at_s: START + timedelta(hours=13, seconds=at_s),
    )
    loop.run(7200)
    snapshot = loop.look()
    ahead = replace(NOTHING_AHEAD, knowledge=knowledge)
    first = decide(spec, snapshot, loop.memory, ahead)
    assert first == decide(spec, snapshot, loop.memory, ahead)
    data = first[0].workers[0].reason.data
    assert data["rule"] == knowledge.workers["cruncher"].rule.value


def test_without_a_past_it_is_the_rule_of_thumb_from_the_first_minute() -> None:
    loop = Loop(home(), lambda at_s: 2000.0, memory=Memory(), dt_s=60.0)
    assert loop.run_until(1) < 3600
    assert "rule" not in loop.seen[-1][2].workers[0].reason.data


def test_what_is_no_number_starts_nothing_whatever_was_learned() -> None:
    assert chosen(nan, nan, advice=advice(start=1.0)).level == 0


def test_what_is_no_number_goes_on_with_nothing_that_loses() -> None:
    assert chosen(BAD, BAD, level=1, advice=advice(stop=nan)).level == 0
