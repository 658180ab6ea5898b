"""What the past of a home teaches of when to switch, and where it teaches nothing."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
import time
from typing import Any

import numpy as np
import pytest

from custom_components.solar_compute.core.advice import advise, of_worker
from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.history import BALANCE_W, History
from custom_components.solar_compute.core.knowledge import Knowledge, Rule
from custom_components.solar_compute.core.learn import learn_workers
from custom_components.solar_compute.core.learn_past import NOW, noon_of, past_of
from custom_components.solar_compute.core.spec import BatterySpec
from custom_components.solar_compute.core.trail import Trail

from .houses import cruncher, stepper
from .loop import Loop, at_times, steady
from .pasts import START, STEP_S, family_past, home, past

SUN, DARK = 2000.0, -300.0


def teasing(day: int, hour: float) -> float:
    """Sun that teases in the morning and stays in the afternoon."""
    if 13 <= hour < 18:
        return SUN
    if 8 <= hour < 12.5:
        return SUN if round(hour * 6) % 9 < 5 else -3000.0
    return DARK


def never_enough(day: int, hour: float) -> float:
    """Sun that shows for half an hour, again and again, and is gone."""
    return SUN if 8 <= hour < 17 and round(hour * 6) % 9 < 5 else -3000.0


DEAR = cruncher(start_cost=0.02)


def test_a_house_whose_mornings_tease_is_learned() -> None:
    spec = home(DEAR)
    known = learn_workers(spec, past(teasing, 12)).workers["cruncher"]
    assert known.rule is Rule.LEARNED
    assert known.gain > known.bare_gain


def test_it_says_how_long_sun_usually_lasts_and_how_often_that_was_seen() -> None:
    knowledge = learn_workers(home(), past(teasing, 12))
    lasts = knowledge.workers["cruncher"].lasts
    afternoon = max(lasts, key=lambda lasting: lasting.minutes)
    assert afternoon.minutes == pytest.approx(300, abs=40)
    assert afternoon.moments == 12


def test_where_no_rule_earns_anything_none_plays() -> None:
    spec = home(cruncher(start_cost=0.03, levels_w=(1000.0,)))
    known = learn_workers(spec, past(never_enough, 8)).workers["cruncher"]
    assert known.bare_gain < 0
    assert known.rule is Rule.OFF or known.gain > 0


@pytest.mark.parametrize(
    "balance_w",
    [lambda day, hour: float("nan"), lambda day, hour: DARK, lambda day, hour: SUN],
    ids=["silent", "dark", "endless sun"],
)
def test_a_past_that_says_nothing_leaves_the_rule_of_thumb(
    balance_w: Callable[[int, float], float],
) -> None:
    known = learn_workers(home(), past(balance_w, 8)).workers.get("cruncher")
    assert known is None or known.rule is Rule.BARE


def test_days_are_too_few_to_learn_what_moments_are_worth() -> None:
    assert learn_workers(home(), past(teasing, 12).cut(0, 100)) == Knowledge()
    known = learn_workers(home(), past(teasing, 2)).workers["cruncher"]
    assert known.rule is not Rule.LEARNED


def test_hourly_means_hide_what_there_is_to_learn() -> None:
    assert learn_workers(home(), replace(past(teasing, 12), coarse=True)) == Knowledge()


def test_the_same_past_always_teaches_the_same() -> None:
    spec, history = home(stepper(start_cost=0.02)), family_past(5)
    assert learn_workers(spec, history) == learn_workers(spec, history)


def test_knowledge_outlives_a_restart() -> None:
    knowledge = learn_workers(home(DEAR), past(teasing, 12))
    assert from_json(Knowledge, to_json(knowledge)) == knowledge


@pytest.mark.parametrize(
    "changes", [{"value_per_kwh": 0.25}, {"start_cost": 0.2}, {"cooled_share": 0.5}]
)
def test_what_was_learned_under_other_settings_is_not_used(
    changes: dict[str, Any],
) -> None:
    spec, other = home(DEAR), replace(DEAR, **changes)
    knowledge = learn_workers(spec, past(teasing, 12))
    assert of_worker(knowledge, spec, DEAR) is not None
    assert of_worker(knowledge, home(other), other) is None
    assert of_worker(replace(knowledge, version=0), spec, DEAR) is None


def test_hours_of_which_nothing_is_known_are_no_sun() -> None:
    """A home that is switched off every night has its noon where it was."""
    history = past(lambda day, hour: SUN if 8 <= hour < 16 else DARK, 12)
    gaps = history.columns[BALANCE_W].copy()
    gaps.reshape(12, -1)[:, : 3 * 6] = np.nan
    known = replace(history, columns={BALANCE_W: gaps})
    assert noon_of(known) == pytest.approx(noon_of(history), abs=0.01)


def test_a_changed_house_is_learned_anew() -> None:
    """The balcony gets a panel: sun that teased in the mornings now stays."""

    def changed(day: int, hour: float) -> float:
        return teasing(day, hour) if day < 40 else SUN if 8 <= hour < 18 else DARK

    before = learn_workers(home(), past(changed, 40)).workers["cruncher"].lasts
    after = learn_workers(home(), past(changed, 120)).workers["cruncher"].lasts
    assert max(item.minutes for item in after) > max(item.minutes for item in before)


def lived(history: History) -> History:
    """Return the past with what the cruncher was worth in it."""
    sunny = history.columns[BALANCE_W] > 0
    worth = np.where(sunny, 0.03, -0.07).astype(np.float32)
    return replace(history, columns={**history.columns, "worth:cruncher": worth})


def test_where_its_heat_is_worth_something_only_what_was_lived_teaches() -> None:
    spec = home(replace(DEAR, sink="tank"))
    history = past(teasing, 12)
    assert learn_workers(spec, history).workers == {}
    assert learn_workers(spec, lived(history)).workers["cruncher"].gain > 0


def test_beside_a_battery_nothing_of_switching_is_learned() -> None:
    battery = BatterySpec(capacity_wh=8000, charge_w=4000, discharge_w=4000)
    spec, history = replace(home(DEAR), battery=battery), lived(past(teasing, 12))
    before = learn_workers(home(DEAR), history)
    knowledge = learn_workers(spec, history, before)
    assert knowledge.workers == {}
    assert knowledge.days == pytest.approx(12, abs=0.1)


def test_months_are_learned_in_seconds() -> None:
    balance = np.tile(past(teasing, 10).columns[BALANCE_W], 9)
    months = History(
        start_s=START.timestamp(), step_s=STEP_S, columns={BALANCE_W: balance}
    )
    began = time.process_time()
    learn_workers(home(DEAR), months)
    assert time.process_time() - began < 10


def test_what_plays_stays_for_the_night_after() -> None:
    spec, history = home(DEAR), past(teasing, 12)
    known = learn_workers(spec, history)
    assert learn_workers(spec, history, known).workers["cruncher"].rule is Rule.LEARNED


def test_workers_that_are_new_come_first_and_the_others_keep_what_they_knew() -> None:
    spec = home(DEAR, cruncher(key="new", start_cost=0.02))
    known = learn_workers(home(DEAR), past(teasing, 8))
    times = iter([False, True])
    found = learn_workers(spec, past(teasing, 12), known, lambda: next(times))
    assert found.workers["cruncher"] == known.workers["cruncher"]
    assert found.workers["new"].lasts != known.workers["cruncher"].lasts


def test_who_was_not_reached_in_time_comes_first_in_the_next_night() -> None:
    keys = ["one", "two", "three"]
    spec = home(*(cruncher(key=key, start_cost=0.0) for key in keys))
    known, reached = Knowledge(), []
    for _ in range(6):
        out_of_time = partial(next, iter([False, True, True]))
        found = learn_workers(spec, past(teasing, 2), known, out_of_time)
        reached += [
            key
            for key, worker in found.workers.items()
            if worker is not known.workers.get(key)
        ]
        known = found
    assert reached == keys * 2


def test_what_is_known_is_learned_anew_only_if_asked_for() -> None:
    spec = home(DEAR)
    known = learn_workers(spec, past(teasing, 8))
    longer = past(teasing, 12)
    assert learn_workers(spec, longer, known, anew=False).workers == known.workers
    assert learn_workers(spec, longer, known).workers != known.workers


def test_a_bad_winter_does_not_keep_held_back_sun_from_being_found_in_spring() -> None:
    """Where nothing may be exported, no meter shows it to a worker that stays off."""

    def winter(day: int, hour: float) -> float:
        return SUN if 10 <= hour < 14 and round(hour * 6) % 9 < 3 else -3000.0

    worker = cruncher(start_cost=0.03, levels_w=(1000.0,))
    free = replace(home(worker), export_per_kwh=0.0)
    held = replace(free, export_limit_w=0.0)
    assert learn_workers(free, past(winter, 10)).workers["cruncher"].rule is Rule.OFF
    loop = Loop(
        held,
        at_times(DARK, (7200.0, 3000.0)),
        dt_s=60.0,
        ahead=Ahead(knowledge=learn_workers(held, past(winter, 10))),
    )
    loop.run(4 * 3600)
    assert loop.levels["cruncher"] == 1


def test_of_workers_with_one_priority_the_second_had_what_the_first_left() -> None:
    """1.5 kW of sun are enough for one of them, as decisions have it, too."""
    first, second = (cruncher(key=key, levels_w=(1000.0,)) for key in ("one", "two"))
    spec = home(first, second)
    history = past(lambda day, hour: 1500.0 if 8 <= hour < 16 else DARK, 4)
    most = []
    for worker in spec.workers:
        found = past_of(spec, worker, history, noon_of(history))
        assert found is not None
        most.append(float(found.moments[found.known, NOW].max()))
    loop = Loop(spec, steady(1500.0), dt_s=60.0)
    lived = loop.run(3600)[-1].workers
    totals = [worker.worths[0].total for worker in lived]
    assert most == pytest.approx(totals, abs=1e-6)
    assert most[0] > 0 > most[1]


def test_a_night_on_the_other_side_of_the_world_is_not_cut() -> None:
    """Its sun is highest at 02:00 UTC: a day of the sun is one day there, too."""
    history = past(lambda day, hour: SUN if hour < 6 or hour >= 22 else DARK, 6)
    noon_h = noon_of(history)
    assert noon_h == pytest.approx(2, abs=0.1)
    found = past_of(home(), cruncher(), history, noon_h)
    assert found is not None
    hours = np.arange(len(found.day)) * STEP_S / 3600 % 24
    begins = np.flatnonzero(np.diff(found.day)) + 1
    assert set(hours[begins].tolist()) == {14.0}


def test_without_knowledge_there_is_no_advice() -> None:
    assert advise(None, home(), cruncher(), Trail(), START) is None
    assert advise(Knowledge(), home(), cruncher(), Trail(), START) is None
