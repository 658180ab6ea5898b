"""A replayed home knows at every moment what it could have learned by then, and no more."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.solar_compute.core.advice import settings_of
from custom_components.solar_compute.core.closed_loop import Moment, Order, paused
from custom_components.solar_compute.core.history import (
    BALANCE_W,
    IMPORT_PER_KWH,
    History,
    worth_column,
)
from custom_components.solar_compute.core.knowledge import (
    Knowledge,
    Rule,
    WorkerKnowledge,
)
from custom_components.solar_compute.core.learn import learn_workers
from custom_components.solar_compute.core.nights import Nights, remembered
from custom_components.solar_compute.core.outlook import hourly_balance
from custom_components.solar_compute.core.replay import replay, stage
from custom_components.solar_compute.core.replay_report import (
    Asked,
    Assumption,
    ReplayReport,
    report,
)
from custom_components.solar_compute.core.replay_rules import Decisions
from custom_components.solar_compute.core.spec import SiteSpec, TankSpec
from custom_components.solar_compute.core.tried import LearnedAs, Tried

from .houses import cruncher
from .pasts import STEP_S, family_past, home

BERLIN = ZoneInfo("Europe/Berlin")
A_DAY = 86400 // STEP_S
HOME = home()


@cache
def family() -> History:
    """Return six days of a family with clouds and kettles."""
    return family_past(6)


def lately(days: int) -> History:
    """Return the last days of theirs."""
    return family().cut(len(family()) - days * A_DAY, len(family()))


def told(spec: SiteSpec = HOME, days: int = 2, **asked: object) -> ReplayReport:
    question = replace(Asked(spec=spec, zone=BERLIN), **asked)  # type: ignore[arg-type]
    return report(lately(days), question, kept=family())


class Watched:
    """The decisions of a home that learns, and which levels they chose."""

    def __init__(self, before: History) -> None:
        self.levels: list[int] = []
        nights = Nights(before)
        nights.begin(HOME)
        self._rule = Decisions(nights)

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        orders = self._rule.orders(moment)
        self.levels += [order.level for order in orders.values()]
        return orders


def test_what_comes_later_changes_nothing_that_was_decided_before() -> None:
    before, two_days = family().cut(0, 4 * A_DAY), lately(2)
    balance_w = two_days.columns[BALANCE_W]
    other = np.concatenate((balance_w[:A_DAY], -balance_w[A_DAY:]))
    chosen = []
    for values in (balance_w, other):
        rule = Watched(before)
        past = replace(two_days, columns={BALANCE_W: values})
        replay(stage(past, HOME, BERLIN), rule)
        chosen.append(rule.levels)
    assert any(chosen[0][:A_DAY])
    assert chosen[0][:A_DAY] == chosen[1][:A_DAY]
    assert chosen[0] != chosen[1]


def test_it_learns_from_what_was_kept_before_the_first_day_on() -> None:
    found = told()
    assert "cruncher" in found.rules
    assert found.lessons >= 1
    assert 4 <= found.taught_days < 6
    assert Assumption.NOTHING_LEARNED not in found.assumptions
    assert Assumption.HINDSIGHT not in found.assumptions


def test_it_learns_the_same_as_the_home_did_that_night() -> None:
    nights = Nights(family().cut(0, 4 * A_DAY))
    nights.begin(HOME)
    assert nights.knowledge == learn_workers(HOME, family().cut(0, 4 * A_DAY))


def test_the_rule_of_thumb_can_be_asked_for() -> None:
    found = told(learned_as=LearnedAs.NOTHING)
    assert found.gain == found.rule_of_thumb
    assert found.rules == {}
    assert Assumption.NOTHING_LEARNED in found.assumptions


def test_where_too_little_is_known_the_rule_of_thumb_decides_and_this_is_told() -> None:
    hours = family().cut(0, A_DAY // 2)
    found = report(hours, Asked(spec=HOME, zone=BERLIN), kept=hours)
    assert found.gain == found.rule_of_thumb
    assert Assumption.NOTHING_LEARNED in found.assumptions


def never_runs() -> Knowledge:
    """Return what a home knows that has learned to leave its worker off."""
    taught_by = settings_of(HOME, HOME.workers[0])
    return Knowledge(
        days=99,
        workers={"cruncher": WorkerKnowledge(rule=Rule.OFF, taught_by=taught_by)},
    )


def test_what_is_known_today_decides_if_that_is_asked_for_and_is_called_hindsight() -> (
    None
):
    found = told(learned_as=LearnedAs.TODAY, known=never_runs())
    assert found.rules == {"cruncher": Rule.OFF}
    assert found.gain == 0 < found.rule_of_thumb
    assert Assumption.HINDSIGHT in found.assumptions


def test_what_was_learned_with_other_settings_is_learned_anew_with_those_tried() -> (
    None
):
    tried = Tried(value_per_kwh=0.2)
    found = told(learned_as=LearnedAs.TODAY, known=never_runs(), tried=tried)
    assert found.gain > 0
    assert found.taught_days == 6
    assert Assumption.SETTINGS_TRIED in found.assumptions


def test_without_time_it_goes_on_with_what_it_knows_and_says_so() -> None:
    found = report(
        lately(2),
        Asked(spec=HOME, zone=BERLIN),
        kept=family(),
        out_of_time=lambda: True,
    )
    assert Assumption.LEARNED_LESS in found.assumptions
    assert found.lessons == 0
    assert found.gain == found.rule_of_thumb


def test_hourly_means_are_never_learned_from() -> None:
    found = report(lately(2), Asked(spec=HOME, zone=BERLIN, coarse_days=2), kept=None)
    assert found.lessons == 0
    assert Assumption.NOTHING_LEARNED in found.assumptions


def warming(kept: History) -> tuple[SiteSpec, History]:
    """Return a home whose cruncher warms a tank, and its past with what that brought."""
    tank = TankSpec(key="tank", name="Tank", volume_l=300)
    worth = (kept.columns[BALANCE_W] / 1e5).astype(np.float32)
    return (
        replace(home(cruncher(sink="tank")), tanks=(tank,)),
        replace(kept, columns={**kept.columns, worth_column("cruncher"): worth}),
    )


@pytest.mark.parametrize("tried", [Tried(value_per_kwh=0.5), Tried(target_c=50.0)])
def test_what_a_worker_was_worth_with_other_settings_teaches_nothing(
    tried: Tried,
) -> None:
    spec, kept = warming(family())
    asked = Asked(spec=spec, zone=BERLIN)
    day = kept.cut(len(kept) - A_DAY // 2, len(kept))
    assert report(day, asked, kept=kept).rules
    assert not report(day, replace(asked, tried=tried), kept=kept).rules


def test_nor_does_it_in_hindsight() -> None:
    spec, kept = warming(family())
    known = WorkerKnowledge(rule=Rule.OFF, taught_by=settings_of(spec, spec.workers[0]))
    asked = Asked(
        spec=spec,
        zone=BERLIN,
        learned_as=LearnedAs.TODAY,
        known=Knowledge(workers={"cruncher": known}),
    )
    day = kept.cut(len(kept) - A_DAY // 2, len(kept))
    assert report(day, asked, kept=kept).rules == {"cruncher": Rule.OFF}
    tried = replace(asked, tried=Tried(target_c=50.0))
    assert not report(day, tried, kept=kept).rules


def test_the_mean_day_is_that_of_the_days_before() -> None:
    memory = remembered(family(), UTC)
    expected = hourly_balance(memory.mean_day, datetime(2026, 4, 7, tzinfo=UTC))
    days = family().columns[BALANCE_W].reshape(6, 24, -1).mean(axis=(0, 2))
    assert expected is not None
    # The last hour is not over yet.
    assert expected[:23] == pytest.approx(days[:23], abs=1)
    assert not any(hour.days for hour in memory.import_day.hours)


def dear_evenings(days: int) -> History:
    """Return days whose import costs 10 ct, and 50 ct from 18 to 20 o'clock UTC."""
    past = lately(days)
    hours = np.arange(len(past)) * STEP_S % 86400 // 3600
    prices = np.where((hours >= 18) & (hours < 20), 0.5, 0.1).astype(np.float32)
    return replace(past, columns={**past.columns, IMPORT_PER_KWH: prices})


def test_published_prices_are_known_a_day_ahead_from_one_oclock_on() -> None:
    past = dear_evenings(3)
    # The last evening is cheap, against all habit.
    past.columns[IMPORT_PER_KWH][2 * A_DAY :] = 0.1
    scene = stage(past, HOME, UTC, published=True)

    def ahead(day: int, hour: int) -> list[float]:
        index = day * A_DAY + hour * 3600 // STEP_S
        known = scene.moment(index, paused(HOME, scene.house)).ahead().hours_per_kwh
        assert known is not None
        return [round(price, 2) for price in known]

    dear, cheap = [0.5] * 2, [0.1]
    assert ahead(1, 12) == cheap * 6 + dear + cheap * 16
    assert ahead(1, 21) == cheap * 24
    assert ahead(2, 0) == cheap * 24


def test_where_nobody_published_prices_nobody_knew_them() -> None:
    scene = stage(dear_evenings(1), HOME, UTC)
    moment = scene.moment(0, paused(HOME, scene.house))
    assert moment.ahead().hours_per_kwh is None
    assert moment.snapshot().import_per_kwh == pytest.approx(0.1)


@pytest.mark.parametrize(("published", "is_told"), [(True, True), (False, False)])
def test_that_prices_were_known_is_told(published: bool, is_told: bool) -> None:
    past = dear_evenings(1)
    found = report(past, Asked(spec=HOME, zone=UTC, published=published))
    assert (Assumption.PRICES_KNOWN_AHEAD in found.assumptions) is is_told
    assert Assumption.NO_FORECAST in found.assumptions


def test_a_price_that_is_tried_holds_for_ever_and_nothing_is_published() -> None:
    asked = Asked(spec=HOME, zone=UTC, published=True, tried=Tried(import_per_kwh=0.2))
    found = report(dear_evenings(1), asked)
    assert Assumption.PRICES_KNOWN_AHEAD not in found.assumptions


@pytest.mark.parametrize("way", [LearnedAs.THEN, LearnedAs.TODAY])
@pytest.mark.parametrize("in_time", [True, False])
def test_that_there_was_no_time_to_learn_of_every_worker_is_told(
    way: LearnedAs, in_time: bool
) -> None:
    asked = Asked(spec=HOME, zone=BERLIN, learned_as=way)
    found = report(lately(1), asked, kept=lately(4), out_of_time=lambda: not in_time)
    assert (Assumption.LEARNED_LESS in found.assumptions) is not in_time
