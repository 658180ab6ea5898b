"""Totals add up for ever; today and this month are what they added since."""

from datetime import datetime, timedelta, timezone

import pytest

from custom_components.solar_compute.core.accounts import (
    Ledger,
    Period,
    SinkAccount,
    WorkerAccount,
    opened,
    plus,
)
from custom_components.solar_compute.core.codec import from_json, to_json

from .houses import NOON

DAY = timedelta(days=1)


def drawn(ledger: Ledger, wh: float, key: str = "cruncher") -> Ledger:
    """Return the ledger after a worker drew some sun and heated the tank with it."""
    workers, sinks = dict(ledger.workers), dict(ledger.sinks)
    workers[key] = plus(
        workers.get(key, WorkerAccount()), WorkerAccount(solar_wh=wh, cost=wh / 1e5)
    )
    sinks["tank"] = plus(sinks.get("tank", SinkAccount()), SinkAccount(heat_wh=wh))
    return Ledger(workers=workers, sinks=sinks, day=ledger.day, month=ledger.month)


def test_a_day_and_a_month_count_what_was_added_since_they_began() -> None:
    ledger = drawn(opened(Ledger(), NOON), 100)
    ledger = drawn(opened(ledger, NOON + DAY), 30)

    assert ledger.worker("cruncher").energy_wh == 130
    assert ledger.worker("cruncher", Period.TODAY).energy_wh == 30
    assert ledger.worker("cruncher", Period.MONTH).energy_wh == 130
    assert ledger.sink("tank", Period.TODAY).heat_wh == 30

    ledger = drawn(opened(ledger, NOON + 30 * DAY), 7)
    assert ledger.worker("cruncher", Period.TODAY).energy_wh == 7
    assert ledger.worker("cruncher", Period.MONTH).energy_wh == 7
    assert ledger.sink("tank", Period.MONTH).heat_wh == 7
    assert ledger.sink("tank").heat_wh == 137


def test_a_month_begins_at_the_local_first_and_not_at_utc() -> None:
    zone = timezone(timedelta(hours=13))
    late = datetime(2026, 6, 30, 23, 59, tzinfo=zone)
    ledger = drawn(opened(Ledger(), late), 100)
    ledger = drawn(opened(ledger, late + timedelta(minutes=2)), 1)
    assert ledger.month.period == "2026-07"
    assert ledger.worker("cruncher", Period.MONTH).energy_wh == 1


def test_a_worker_that_is_new_today_has_nothing_behind_it() -> None:
    ledger = drawn(opened(Ledger(), NOON), 100)
    ledger = drawn(ledger, 5, key="new")
    assert ledger.worker("new", Period.TODAY).energy_wh == 5
    assert ledger.worker("new", Period.MONTH).energy_wh == 5


def test_the_home_is_the_sum_of_all_workers_even_of_those_that_are_gone() -> None:
    ledger = drawn(drawn(opened(Ledger(), NOON), 100), 5, key="gone")
    assert ledger.site().energy_wh == 105
    ledger = drawn(opened(ledger, NOON + DAY), 1)
    assert ledger.site(Period.TODAY).energy_wh == 1
    assert ledger.site().cost == pytest.approx(106 / 1e5)


def test_figures_of_yesterday_never_pass_for_todays() -> None:
    """As before the first account of a day, or after a long stop."""
    ledger = drawn(opened(Ledger(), NOON), 100)
    assert ledger.worker_on("cruncher", "2026-06-15").energy_wh == 100
    assert ledger.worker_on("cruncher", "2026-06-16").energy_wh == 0


def test_the_books_of_a_day_go_on_after_a_restart() -> None:
    ledger = drawn(opened(drawn(opened(Ledger(), NOON), 100), NOON + DAY), 30)
    restored = from_json(Ledger, to_json(ledger))
    assert restored == ledger
    restored = drawn(opened(restored, NOON + DAY + timedelta(hours=3)), 4)
    assert restored.worker("cruncher", Period.TODAY).energy_wh == 34
    assert restored.worker("cruncher", Period.MONTH).energy_wh == 134


def test_shares_are_unknown_without_energy_and_never_divide_by_it() -> None:
    assert WorkerAccount().solar_share is None
    assert WorkerAccount().reuse_factor is None
    entry = WorkerAccount(solar_wh=300, grid_wh=100, reused_heat_wh=200)
    assert (entry.solar_share, entry.reuse_factor) == (0.75, 0.5)


def test_co2_is_emitted_less_avoided_in_each_book_alone() -> None:
    entry = WorkerAccount(
        co2_average_emitted_g=10,
        co2_average_avoided_g=30,
        co2_marginal_emitted_g=400,
        co2_marginal_avoided_g=100,
    )
    assert (entry.co2_average_g, entry.co2_marginal_g) == (-20, 300)
