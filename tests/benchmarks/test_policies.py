"""Every policy knows the past only, and is judged by what it really does."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given, settings, strategies as st
import pytest

from benchmarks.engine import replay
from benchmarks.generate import generate
from benchmarks.plain import AlwaysOn, Delay, Off
from benchmarks.policies import POLICIES
from benchmarks.traces import Trace
from custom_components.solar_compute.core.house import HouseModel

from .traces import stage_of, trace_of

BATTERY = {"capacity_wh": 3000, "charge_w": 2000, "discharge_w": 2000}
TANK = {"volume_l": 200, "backup": {"kind": "gas"}}
SUN, DARK = -1000.0, 400.0


@pytest.fixture(scope="module")
def family_home() -> Trace:
    start = datetime(2026, 5, 3, tzinfo=UTC)
    return generate(HouseModel(), 5, start=start, days=2, step_s=600)


def levels(name: str, grid_w: Sequence[float | None], **changes: object) -> list[int]:
    run = replay(stage_of(trace_of(grid_w), **changes), POLICIES[name]())
    return [step[0] for step in run.levels]


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize(
    "home", [{}, {"battery": BATTERY}, {"tank": TANK, "sink": "tank"}], ids=str
)
@given(
    past=st.lists(
        st.one_of(st.none(), st.floats(-3000, 2000)), min_size=1, max_size=20
    ),
    futures=st.lists(
        st.lists(st.floats(-3000, 2000), min_size=4, max_size=4), min_size=2, max_size=2
    ),
)
@settings(max_examples=8, deadline=None)
def test_the_future_never_changes_what_was_decided(
    name: str,
    home: dict[str, object],
    past: list[float | None],
    futures: list[list[float]],
) -> None:
    first, second = (levels(name, [*past, *future], **home) for future in futures)
    # The first interval of the future is decided before anything of it is known.
    assert first[: len(past) + 1] == second[: len(past) + 1]


@pytest.mark.parametrize("name", POLICIES)
def test_minimum_times_are_kept_in_an_ordinary_home(
    name: str, family_home: Trace
) -> None:
    for changes in ({}, {"levels_w": [300, 900]}, {"battery": BATTERY}):
        assert (
            replay(stage_of(family_home, **changes), POLICIES[name]()).violations == 0
        )


def test_always_on_earns_what_the_arithmetic_says() -> None:
    stage = stage_of(trace_of([SUN] * 12))
    earned = replay(stage, AlwaysOn()).total - replay(stage, Off()).total
    assert earned == pytest.approx(0.5 * (0.15 - 0.08) - 0.005)


def test_solar_compute_runs_on_surplus_and_pauses_without_it() -> None:
    run = levels("solar_compute", [DARK] * 12 + [SUN] * 24 + [DARK] * 24)
    assert not any(run[:13])
    assert all(run[18:36])
    assert not any(run[48:])


@pytest.mark.parametrize("name", [name for name in POLICIES if name != "always_on"])
def test_a_silent_meter_pauses(name: str) -> None:
    run = levels(name, [SUN] * 12 + [None] * 4 + [SUN] * 12)
    # The silence of an interval is known when it is over.
    assert not any(run[13:17])


def test_unknown_intervals_count_for_nothing() -> None:
    silent = replay(stage_of(trace_of([SUN, None, None, SUN])), AlwaysOn())
    short = replay(stage_of(trace_of([SUN, SUN])), AlwaysOn())
    assert silent.total == pytest.approx(short.total)
    assert silent.run_s == short.run_s == 600
    assert silent.sources.solar_wh == short.sources.solar_wh


def test_fixed_delays_wait_as_long_as_they_say() -> None:
    grid_w = [DARK] * 3 + [SUN] * 30 + [DARK] * 30
    for start_min, stop_min in ((1, 3), (5, 5), (15, 7)):
        stage = stage_of(trace_of(grid_w, 60), min_run_s=0)
        run = [step[0] for step in replay(stage, Delay(start_min, stop_min)).levels]
        assert run.index(1) == 3 + start_min
        assert run.index(0, 33) == 33 + stop_min


def test_a_fixed_delay_follows_the_sun_with_its_levels() -> None:
    grid_w = [-950.0] * 6 + [-400.0] * 6
    stage = stage_of(trace_of(grid_w, 60), levels_w=[300, 900])
    run = [step[0] for step in replay(stage, Delay(1, 3)).levels]
    assert run == [0, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1]


def test_the_traces_own_battery_is_taken_out_for_another() -> None:
    # The home's own battery takes 800 W of 1000 W: the meter shows 200 W export.
    trace = trace_of([-200.0] * 12, battery_w=[-800.0] * 12)
    kept = replay(stage_of(trace), AlwaysOn())
    assert kept.sources.solar_wh == pytest.approx(200)
    replaced = replay(stage_of(trace, battery=BATTERY), AlwaysOn())
    assert replaced.sources.solar_wh == pytest.approx(500)


def test_no_policy_profits_from_an_emptied_battery() -> None:
    stage = stage_of(trace_of([0.0] * 24), battery=BATTERY)
    earned = replay(stage, AlwaysOn()).total - replay(stage, Off()).total
    assert earned < 0


def test_heat_displaces_gas_in_an_ordinary_home(family_home: Trace) -> None:
    stage = stage_of(family_home, tank=TANK, sink="tank")
    mine, off = (replay(stage, POLICIES[n]()) for n in ("always_on", "off"))
    saved_wh = off.sinks["tank"].backup_wh - mine.sinks["tank"].backup_wh
    assert 0 < saved_wh <= 500 * 0.9 * 48
