"""What a look ahead is worth, and what learning costs."""

import pytest

from benchmarks.ceiling import main, share_seen
from benchmarks.learning import cost, imagined_past

from .traces import stage_of, trace_of

SUN, DARK = -1500.0, 1500.0


def test_who_sees_the_day_earns_all_of_it() -> None:
    stage = stage_of(trace_of([DARK] * 6 + [SUN] * 24 + [DARK] * 12))
    assert share_seen(stage, 60) == pytest.approx(1.0)


def test_who_sees_further_is_not_fooled_by_a_glimpse_of_sun() -> None:
    glimpses = [DARK] * 6 + ([SUN] * 2 + [DARK] * 12) * 4 + [SUN] * 48
    stage = stage_of(trace_of(glimpses), start_cost=0.01)
    near, far = share_seen(stage, 5), share_seen(stage, 30)
    assert near is not None and far is not None and near < far


def test_a_look_that_is_shorter_than_an_interval_says_nothing() -> None:
    assert share_seen(stage_of(trace_of([SUN] * 12)), 1) is None


def test_a_meter_that_is_read_less_often_shows_means_and_no_half_intervals() -> None:
    trace = trace_of([100.0, 300.0, -100.0, 100.0, 500.0])
    coarse = trace.coarser(2 * trace.step_s)

    assert [interval.get("grid_w") for interval in coarse.intervals] == [200.0, 0.0]
    assert coarse.step_s == 2 * trace.step_s
    with pytest.raises(ValueError, match="no multiple"):
        trace.coarser(trace.step_s + 1)


def test_a_file_that_is_no_trace_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["no.csv", "--scenario", "benchmarks/scenarios/hard_800.yaml"]) == 2
    assert "ceiling: " in capsys.readouterr().err


def test_learning_a_week_takes_seconds_at_most() -> None:
    seconds, megabytes = cost(imagined_past(4))
    assert 0 < seconds < 10
    assert megabytes < 100
