"""A home's past is replayed, and the figures are those that one can reckon by hand."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.solar_compute.core.guard_spec import (
    CircuitGuard,
    ConditionGuard,
    GuardSpecs,
)
from custom_components.solar_compute.core.history import (
    BALANCE_W,
    EXPORT_PER_KWH,
    IMPORT_PER_KWH,
    SOC,
    History,
    tank_column,
)
from custom_components.solar_compute.core.replay import replay, stage
from custom_components.solar_compute.core.replay_report import (
    Asked,
    Assumption,
    ReplayReport,
    report,
)
from custom_components.solar_compute.core.replay_rules import (
    Decisions,
    FixedDelays,
    Off,
)
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    BatterySpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)
from custom_components.solar_compute.core.tried import Tried

NOON_S = datetime(2026, 6, 10, 12, tzinfo=UTC).timestamp()
BERLIN = ZoneInfo("Europe/Berlin")
NAN = float("nan")

MINER = WorkerSpec(
    key="miner",
    name="Miner",
    levels_w=(600.0,),
    value_per_kwh=0.15,
    start_cost=0.0,
    min_run_s=0.0,
    min_pause_s=0.0,
    settle_s=0.0,
)
HOME = SiteSpec(import_per_kwh=0.30, export_per_kwh=0.08, workers=(MINER,))


def past(*balance_w: float, **columns: list[float]) -> History:
    """Return a past in steps of five minutes from noon on."""
    return History(
        start_s=NOON_S,
        step_s=300,
        columns={
            BALANCE_W: np.array(balance_w, dtype=np.float32),
            **{
                name: np.array(values, dtype=np.float32)
                for name, values in columns.items()
            },
        },
    )


def told(
    home_past: History, spec: SiteSpec = HOME, *, export_per_kwh: float | None = None
) -> ReplayReport:
    tried = Tried(export_per_kwh=export_per_kwh)
    return report(home_past, Asked(spec=spec, zone=BERLIN, tried=tried))


def test_an_hour_of_surplus_earns_what_results_are_worth_beyond_the_export() -> None:
    """The first five minutes nobody has seen a meter yet, so 55 minutes remain."""
    found = told(past(*[1000.0] * 12))
    kwh = 0.6 * 55 / 60
    assert found.gain == pytest.approx(kwh * (0.15 - 0.08))
    tally = found.workers["miner"]
    assert tally.run_s == 55 * 60
    assert tally.starts == 1
    assert tally.solar_wh == pytest.approx(1000 * kwh)
    assert tally.grid_wh == 0
    assert tally.results == pytest.approx(kwh * 0.15)


def test_without_surplus_nothing_runs_and_nothing_is_earned() -> None:
    found = told(past(*[-400.0] * 12))
    assert found.gain == 0
    assert found.workers["miner"].run_s == 0


def test_fixed_delays_lose_where_waiting_and_importing_cost() -> None:
    """Surplus that lasts 25 minutes: started after 15, stopped after 7 of import."""
    found = told(past(*[1000.0] * 6, *[-1000.0] * 6))
    run = 3
    # Seen to be over at the second interval of import, stopped at the third.
    kwh, imported = 0.6 / 12, 2
    expected = kwh * (run * (0.15 - 0.08) + imported * (0.15 - 0.30))
    assert found.baselines["delay_15_7"] == pytest.approx(expected)


def test_what_is_unknown_counts_for_nothing_and_is_told() -> None:
    found = told(past(*[1000.0] * 6, *[NAN] * 6, *[1000.0] * 6))
    assert found.known_days == pytest.approx(12 * 300 / 86400)
    assert found.workers["miner"].run_s == (5 + 5) * 300
    assert Assumption.GAPS in found.assumptions


def test_measured_prices_count_and_a_price_that_is_tried_replaces_them() -> None:
    dear = past(
        *[1000.0] * 12, **{IMPORT_PER_KWH: [0.4] * 12, EXPORT_PER_KWH: [0.2] * 12}
    )
    assert told(dear).gain == 0
    tried = told(dear, export_per_kwh=0.05)
    assert tried.gain == pytest.approx(0.55 * (0.15 - 0.05))
    assert Assumption.PRICE_TRIED in tried.assumptions


def test_only_the_workers_that_are_asked_for_take_part() -> None:
    both = SiteSpec(
        import_per_kwh=0.30,
        export_per_kwh=0.08,
        workers=(MINER, WorkerSpec(key="other", name="Other", levels_w=(300.0,))),
    )
    asked = Asked(spec=both, zone=BERLIN, workers=frozenset({"miner"}))
    found = report(past(*[1000.0] * 12), asked)
    assert set(found.workers) == {"miner"}


def test_the_battery_begins_as_it_was_and_is_not_emptied_to_look_rich() -> None:
    spec = SiteSpec(
        import_per_kwh=0.30,
        export_per_kwh=0.08,
        workers=(MINER,),
        battery=BatterySpec(capacity_wh=10_000, charge_w=5000, discharge_w=5000),
    )
    home_past = past(*[-300.0] * 24, **{SOC: [NAN, *[80.0] * 23]})
    assert stage(home_past, spec, BERLIN).house.stored_wh == 8000
    found = told(home_past, spec)
    assert found.gain == pytest.approx(0, abs=1e-9)
    assert Assumption.BATTERY_SIMULATED in found.assumptions


def test_heat_counts_for_the_gas_that_it_saves() -> None:
    spec = SiteSpec(
        import_per_kwh=0.30,
        export_per_kwh=0.08,
        workers=(
            WorkerSpec(
                key="miner",
                name="Miner",
                levels_w=(600.0,),
                start_cost=0.0,
                min_run_s=0.0,
                sink="tank",
                recovery=1.0,
            ),
        ),
        tanks=(
            TankSpec(
                key="tank",
                name="Tank",
                volume_l=300,
                backup=BackupSpec(kind=BackupKind.GAS),
            ),
        ),
    )
    home_past = past(*[2000.0] * 48, **{tank_column("tank"): [40.0] * 48})
    found = told(home_past, spec)
    kwh = found.workers["miner"].energy_wh / 1000
    assert kwh > 1
    assert 0 < found.useful_heat_wh["tank"] <= 1000 * kwh
    # Gas at 0.114 a kWh, burnt at 80 %, less the export forgone and what a warmer
    # tank loses.
    assert found.gain == pytest.approx(kwh * (0.114 / 0.8 - 0.08), rel=0.1)
    assert Assumption.SINKS_SIMULATED in found.assumptions


def test_guards_that_watch_an_entity_are_left_out_and_this_is_told() -> None:
    spec = SiteSpec(
        import_per_kwh=0.30,
        export_per_kwh=0.08,
        workers=(MINER,),
        guards=GuardSpecs(
            conditions=(ConditionGuard(key="door", name="Door"),),
            circuits=(
                CircuitGuard(key="socket", name="Socket", limit_w=500, metered=False),
            ),
        ),
    )
    found = told(past(*[1000.0] * 12), spec)
    assert Assumption.GUARDS_LEFT_OUT in found.assumptions
    # The circuit is known from the settings alone, and holds.
    assert found.workers["miner"].run_s == 0


def test_the_same_past_and_settings_always_give_the_same() -> None:
    home_past = past(*[(n * 739 % 2500) - 600.0 for n in range(100)])
    assert told(home_past) == told(home_past)


def test_local_hours_follow_a_change_of_summer_time() -> None:
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    night = History(
        start_s=before,
        step_s=1800,
        columns={BALANCE_W: np.zeros(4, dtype=np.float32)},
    )
    hours = [local.hour for local in stage(night, HOME, BERLIN).locals]
    assert hours == [2, 2, 2, 3]


@pytest.mark.parametrize("rule", [Decisions(), Off(), FixedDelays(5, 5)])
def test_an_empty_past_brings_nothing(rule: Decisions | Off | FixedDelays) -> None:
    assert replay(stage(past(), HOME, BERLIN), rule).total == 0
