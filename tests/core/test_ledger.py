"""What workers cost and brought, by the source of every watt."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.ledger import (
    Ledger,
    Period,
    WorkerAccount,
    account,
)
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


def test_useful_heat_is_booked_at_what_the_boiler_would_have_burnt() -> None:
    entry = booked(house_with_tank(), look(-2000, running("rig"), tank_c=40.0))
    assert entry.useful_heat_wh == pytest.approx(900)
    assert entry.value == pytest.approx(0.9 * 0.1425)
    assert entry.saved == pytest.approx(0.9 * 0.1425)
    assert entry.displaced_wh == pytest.approx(900 / 0.8)


def test_heat_of_forbidden_power_starts_nothing_but_still_saves_gas() -> None:
    """The tank permits surplus only; the rig runs on import for another reason."""
    rig = boiler_rig(value_per_kwh=0.5)
    entry = booked(house_with_tank(rig), look(2000, running("rig"), tank_c=40.0))
    assert entry.grid_wh == pytest.approx(1000)
    assert entry.value == pytest.approx(0.5 + 0.9 * 0.1425)


def test_cooling_away_heat_is_booked_against_what_results_bring() -> None:
    worker = cruncher(cooled_share=1.0, cooling_cop=4.0)
    entry = booked(sunny_house(worker), look(-2000, running()))
    assert entry.unwanted_heat_wh == pytest.approx(500)
    assert entry.value == pytest.approx(0.5 * 0.15 - 0.5 * 0.08 / 4)


def test_an_hourly_value_counts_by_the_share_of_full_power() -> None:
    worker = stepper(value_per_kwh=0.0, value_per_hour=0.5)
    entry = booked(sunny_house(worker), look(-2000, running("stepper", level=2)))
    assert entry.value == pytest.approx(0.5 * 600 / 1000)


def test_a_tanks_heat_is_that_of_all_its_workers() -> None:
    spec = house_with_tank(boiler_rig(), boiler_rig(key="second", recovery=0.5))
    snapshot = look(-5000, running("rig"), running("second"), tank_c=40.0)
    decision, _ = decide(spec, snapshot, Memory())
    ledger = account(Ledger(), spec, snapshot, decision, HOUR_S)
    sink = ledger.sink("tank")
    assert (sink.heat_wh, sink.useful_heat_wh) == pytest.approx((1400, 1400))
    assert sink.displaced_wh == pytest.approx(1400 / 0.8)
    assert sink.saved == pytest.approx(1.4 * 0.1425)


def test_a_start_is_counted_once_and_costs_what_a_start_costs() -> None:
    loop = Loop(sunny_house(cruncher(value_per_kwh=0.15)), steady(700), lag_s=45)
    loop.run(1200)
    entry = kept(loop)[-1].workers["cruncher"]
    assert entry.starts == 1
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
    ledger = kept(loop)[-1]
    today = ledger.worker("cruncher", Period.TODAY)
    assert ledger.day.period == "2026-06-16"
    assert today.run_s == pytest.approx(HOUR_S)
    assert today.energy_wh == pytest.approx(500)
    assert ledger.worker("cruncher").run_s == pytest.approx(2 * HOUR_S, abs=61)
    assert (ledger.worker("cruncher").starts, today.starts) == (1, 0)


def test_an_urgent_stop_loses_what_was_not_saved_and_is_booked_once() -> None:
    worker = running(checkpoint_age_s=420.0)
    decision, _ = decide(sunny_house(), look(-700, worker), Memory())
    tripped = replace(
        decision,
        workers=tuple(replace(item, level=0, urgent=True) for item in decision.workers),
    )
    snapshot = look(-700, worker)
    ledger = account(Ledger(), sunny_house(), snapshot, tripped, 10.0)
    assert ledger.worker("cruncher").unsaved_work_s == 420
    stopped = replace(
        tripped, workers=tuple(replace(item, current=0) for item in tripped.workers)
    )
    ledger = account(ledger, sunny_house(), snapshot, stopped, 10.0)
    assert ledger.worker("cruncher").unsaved_work_s == 420


def test_a_stop_that_waits_until_the_work_is_saved_loses_nothing() -> None:
    worker = running(checkpoint_age_s=420.0)
    snapshot = look(3000, worker)
    decision, _ = decide(sunny_house(), snapshot, Memory())
    paused_now = replace(
        decision, workers=tuple(replace(item, level=0) for item in decision.workers)
    )
    ledger = account(Ledger(), sunny_house(), snapshot, paused_now, 10.0)
    assert ledger.worker("cruncher").unsaved_work_s == 0


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
    "useful_heat_wh",
    "unwanted_heat_wh",
    "lost_heat_wh",
    "reused_heat_wh",
    "displaced_wh",
    "co2_average_emitted_g",
    "co2_average_avoided_g",
    "co2_marginal_emitted_g",
    "co2_marginal_avoided_g",
    "run_s",
    "starts",
    "unsaved_work_s",
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
            heat_wh = new.useful_heat_wh + new.unwanted_heat_wh + new.lost_heat_wh
            assert heat_wh == pytest.approx(new.energy_wh, rel=1e-9, abs=1e-9)
            assert new.reused_heat_wh <= new.useful_heat_wh + 1e-9
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
    assert names == {*COUNTERS, "cost", "value", "saved"}
    assert replace(WorkerAccount(), solar_wh=1.0, unknown_wh=2.0).energy_wh == 3.0
