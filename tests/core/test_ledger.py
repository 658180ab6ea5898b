"""What workers cost and brought, by the source of every watt."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.ledger import Ledger, WorkerAccount, account
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Mode,
    Reading,
    Snapshot,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import SiteSpec

from .houses import (
    CLOCK_S,
    NOON,
    boiler_rig,
    cruncher,
    home_battery,
    house_with_battery,
    house_with_tank,
    learned,
    look,
    paused,
    running,
    stepper,
    sunny_house,
)
from .loop import Loop, one, steady

HOUR_S = 3600.0


def booked(
    spec: SiteSpec, snapshot: Snapshot, memory: Memory | None = None
) -> WorkerAccount:
    """Account one hour of what a look at the house shows."""
    decision, _ = decide(spec, snapshot, memory or Memory())
    ledger = account(Ledger(), spec, snapshot, decision, HOUR_S)
    return ledger.workers[spec.workers[0].key]


def kept(loop: Loop) -> list[Ledger]:
    """Account a whole loop, tick by tick."""
    ledgers = [Ledger()]
    for _, snapshot, decision in loop.seen:
        ledgers.append(account(ledgers[-1], loop.spec, snapshot, decision, loop.dt_s))
    return ledgers


def test_sun_is_booked_at_the_export_price() -> None:
    entry = booked(sunny_house(), look(-700, running()))
    assert (entry.solar_wh, entry.battery_wh, entry.grid_wh) == (500, 0, 0)
    assert entry.cost == pytest.approx(0.5 * 0.08)
    assert entry.value == pytest.approx(0.5 * 0.15)


def test_import_is_booked_at_the_import_price() -> None:
    entry = booked(sunny_house(), look(500, running()))
    assert (entry.solar_wh, entry.battery_wh, entry.grid_wh) == (0, 0, 500)
    assert entry.cost == pytest.approx(0.5 * 0.30)


def test_a_watt_that_is_partly_sun_is_booked_by_its_parts() -> None:
    entry = booked(sunny_house(), look(200, running()))
    assert (entry.solar_wh, entry.grid_wh) == pytest.approx((300, 200))
    assert entry.cost == pytest.approx(0.3 * 0.08 + 0.2 * 0.30)


def test_the_battery_is_booked_where_the_battery_gives() -> None:
    snapshot = look(0, running(), battery_w=400, soc=60)
    entry = booked(house_with_battery(), snapshot, learned(3000.0))
    assert (entry.solar_wh, entry.battery_wh) == pytest.approx((100, 400))
    discharge = 0.08 / 0.9 + 0.05
    assert entry.cost == pytest.approx(0.1 * 0.08 + 0.4 * discharge)


def test_charge_forgone_is_sun_at_the_value_of_a_stored_kwh() -> None:
    entry = booked(house_with_battery(), look(0, running(), battery_w=-400, soc=60))
    assert (entry.solar_wh, entry.battery_wh) == (500, 0)
    assert entry.cost == pytest.approx(0.5 * 0.9 * (0.30 - 0.05))


def test_curtailed_sun_costs_nothing() -> None:
    spec = sunny_house(export_limit_w=0.0)
    entry = booked(spec, look(0, running()))
    assert (entry.solar_wh, entry.cost) == (500, 0)


def test_what_is_measured_is_booked_and_not_what_is_nominal() -> None:
    worker = running(power_w=Reading(420, CLOCK_S))
    assert booked(sunny_house(), look(-700, worker)).energy_wh == pytest.approx(420)


def test_energy_is_real_while_the_meters_are_silent_but_its_source_unknown() -> None:
    snapshot = look(None, running())
    entry = booked(sunny_house(), snapshot)
    assert (entry.unknown_wh, entry.energy_wh, entry.cost) == (500, 500, 0)
    assert entry.value == 0


def test_a_lost_worker_is_not_booked() -> None:
    lost = WorkerInput(
        key="cruncher", state=WorkerState.LOST, power_w=Reading(500, CLOCK_S)
    )
    assert booked(sunny_house(), look(-700, lost)).energy_wh == 0


def test_a_live_value_is_what_results_are_booked_at() -> None:
    entry = booked(sunny_house(), look(-700, running(value_per_kwh=0.4)))
    assert entry.value == pytest.approx(0.5 * 0.4)


def test_heat_is_useful_until_the_tank_is_full() -> None:
    spec = house_with_tank()
    entry = booked(spec, look(-2000, running("rig"), tank_c=40.0))
    assert (entry.heat_wh, entry.useful_heat_wh) == (900, 900)
    assert entry.value == pytest.approx(0.9 * 0.1425)
    entry = booked(spec, look(-2000, running("rig"), tank_c=60.0))
    assert (entry.heat_wh, entry.useful_heat_wh, entry.value) == (900, 0, 0)


def test_a_tanks_heat_is_that_of_all_its_workers() -> None:
    spec = house_with_tank(boiler_rig(), boiler_rig(key="second", recovery=0.5))
    snapshot = look(-5000, running("rig"), running("second"), tank_c=40.0)
    decision, _ = decide(spec, snapshot, Memory())
    ledger = account(Ledger(), spec, snapshot, decision, HOUR_S)
    assert ledger.tanks["tank"].heat_wh == pytest.approx(1400)


def test_a_start_is_counted_once_and_costs_what_a_start_costs() -> None:
    loop = Loop(sunny_house(cruncher(value_per_kwh=0.15)), steady(700), lag_s=45)
    loop.run(1200)
    entry = kept(loop)[-1].workers["cruncher"]
    assert (entry.starts, entry.starts_today) == (1, 1)
    assert entry.value == pytest.approx(entry.energy_wh / 1000 * 0.15 - 0.005)


def test_the_priority_that_comes_first_gets_the_cheaper_watts() -> None:
    spec = sunny_house(
        cruncher(key="second", priority=2), cruncher(key="first", priority=1)
    )
    snapshot = look(200, running("first"), running("second"))
    decision, _ = decide(spec, snapshot, Memory())
    workers = account(Ledger(), spec, snapshot, decision, HOUR_S).workers
    assert (workers["first"].solar_wh, workers["first"].grid_wh) == (500, 0)
    assert (workers["second"].solar_wh, workers["second"].grid_wh) == (300, 200)


def test_the_day_begins_anew_at_local_midnight_and_the_totals_go_on() -> None:
    loop = Loop(
        sunny_house(),
        steady(700),
        dt_s=60,
        local=lambda at_s: NOON.replace(hour=23) + timedelta(seconds=at_s),
    )
    loop.run(2 * HOUR_S)
    entry = kept(loop)[-1].workers["cruncher"]
    assert entry.day == "2026-06-16"
    assert entry.run_today_s == pytest.approx(HOUR_S)
    assert entry.run_s == pytest.approx(2 * HOUR_S, abs=61)
    assert (entry.starts, entry.starts_today) == (1, 0)


def test_a_paused_worker_earns_and_costs_nothing() -> None:
    entry = booked(sunny_house(), look(700, paused()))
    assert (entry.energy_wh, entry.cost, entry.value, entry.run_s) == (0, 0, 0, 0)


def test_the_account_of_a_worker_that_was_removed_is_kept() -> None:
    before = Ledger(workers={"gone": WorkerAccount(solar_wh=5.0)})
    snapshot = look(-700)
    decision, _ = decide(sunny_house(), snapshot, Memory())
    after = account(before, sunny_house(), snapshot, decision, 10.0)
    assert after.workers["gone"].solar_wh == 5.0


def test_time_that_runs_backwards_books_nothing() -> None:
    snapshot = look(-700, running())
    decision, _ = decide(sunny_house(), snapshot, Memory())
    entry = account(Ledger(), sunny_house(), snapshot, decision, -50.0)
    assert entry.workers["cruncher"].energy_wh == 0


COUNTERS = (
    "solar_wh",
    "battery_wh",
    "grid_wh",
    "unknown_wh",
    "heat_wh",
    "useful_heat_wh",
    "run_s",
    "starts",
)


@given(
    weather=st.lists(
        st.tuples(st.integers(1, 40), st.integers(-3000, 5000)), min_size=1, max_size=6
    ),
    metered=st.booleans(),
    silent=st.booleans(),
    wished=st.sampled_from([{}, {"mode": Mode.ON}, {"state": WorkerState.LOST}]),
)
def test_counters_never_fall_and_sources_add_up_to_what_was_drawn(
    weather: list[tuple[int, float]],
    metered: bool,
    silent: bool,
    wished: dict[str, Any],
) -> None:
    spec = sunny_house(
        stepper(),
        boiler_rig(),
        battery=home_battery(),
        tanks=house_with_tank().tanks,
        export_per_kwh=-0.02,
    )
    loop = Loop(
        spec,
        steady(0),
        dt_s=30.0,
        stored_wh=2000.0,
        tank_c=40.0,
        metered=metered,
        inputs=lambda at_s: {"rig": wished} if at_s > 600 else {},
    )
    for index, (ticks, balance_w) in enumerate(weather):
        loop.balance_w = steady(balance_w)
        if silent and index % 2:
            loop.site = lambda at_s: {"grid_w": Reading(None, CLOCK_S + at_s)}
        else:
            loop.site = lambda _: {}
        loop.run(ticks * 30)
    ledgers = kept(loop)
    for (_, _, decision), before, after in zip(
        loop.seen, ledgers, ledgers[1:], strict=False
    ):
        for worker in decision.workers:
            old = before.workers.get(worker.key, WorkerAccount())
            new = after.workers[worker.key]
            assert all(
                getattr(new, name) >= getattr(old, name) - 1e-9 for name in COUNTERS
            )
            drawn_wh = worker.drawn_w * 30 / 3600
            assert new.energy_wh - old.energy_wh == pytest.approx(drawn_wh, abs=1e-6)
            assert new.useful_heat_wh <= new.heat_wh + 1e-6
    for worker_spec in spec.workers:
        starts = sum(
            1
            for _, _, decision in loop.seen
            if one(decision, worker_spec.key).level
            and not one(decision, worker_spec.key).current
        )
        assert ledgers[-1].workers[worker_spec.key].starts == starts


def test_what_is_booked_as_grid_is_what_the_home_really_imported_for_it() -> None:
    """Over a day with clouds, with a power sensor: to a few watt-hours."""
    loop = Loop(
        sunny_house(stepper()),
        lambda at_s: 1200.0 if int(at_s // 900) % 3 else -200.0,
        metered=True,
    )
    loop.run(8 * HOUR_S)
    grid_wh = 0.0
    for at_s, _, decision in loop.seen:
        without_w = -loop.balance_w(at_s)
        drawn_w = one(decision).drawn_w
        more_w = max(0.0, without_w + drawn_w) - max(0.0, without_w)
        grid_wh += more_w * loop.dt_s / 3600
    entry = kept(loop)[-1].workers["stepper"]
    assert entry.energy_wh > 2000
    assert entry.grid_wh == pytest.approx(grid_wh, abs=0.02 * entry.energy_wh)


def test_the_parts_of_an_account_are_all_there() -> None:
    """A new field must be thought of in the counters' property above."""
    names = {field.name for field in fields(WorkerAccount)}
    assert names == {*COUNTERS, "cost", "value", "day", "run_today_s", "starts_today"}
    assert replace(WorkerAccount(), solar_wh=1.0, unknown_wh=2.0).energy_wh == 3.0
