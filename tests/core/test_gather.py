"""What decisions see is gathered into regular intervals."""

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.gather import Gathering, Row, gather


def gathered(
    *readings: tuple[float, float], until_s: float, hold_s: float = 300.0
) -> tuple[Gathering | None, list[Row]]:
    """Gather one value that was seen at these times."""
    now: Gathering | None = None
    rows: list[Row] = []
    times = [time_s for time_s, _ in readings[1:]] + [until_s]
    for (from_s, value), next_s in zip(readings, times, strict=True):
        now, more = gather(
            now,
            {"balance_w": value},
            from_s=from_s,
            until_s=min(next_s, from_s + hold_s),
            step_s=300,
        )
        rows += more
    return now, rows


def test_a_row_is_complete_when_its_interval_is_over() -> None:
    now, rows = gathered((600, 100), (750, 300), (890, 300), until_s=899)
    assert rows == []
    assert now is not None
    assert now.start_s == 600
    now, rows = gathered((600, 100), (750, 300), (890, 300), until_s=900)
    assert rows == [(600, {"balance_w": 200})]


def test_what_is_seen_over_the_edge_of_an_interval_counts_in_both() -> None:
    _, rows = gathered((0, 0), (240, 1000), (540, 0), until_s=600)
    assert rows == [(0, {"balance_w": 200}), (300, {"balance_w": 800})]


def test_a_silence_leaves_intervals_out_and_the_rest_goes_on() -> None:
    _, rows = gathered((0, 5), (250, 5), (3000, 7), (3250, 7), until_s=3300)
    assert [start_s for start_s, _ in rows] == [0, 300, 3000]


def test_an_interval_that_was_seen_for_less_than_half_gives_no_row() -> None:
    _, rows = gathered((200, 5), (310, 5), until_s=600)
    assert [start_s for start_s, _ in rows] == [300]


def test_a_clock_that_was_set_back_begins_anew_and_goes_on() -> None:
    _, rows = gathered((90_000, 5), (600, 7), (850, 7), until_s=900)
    assert rows[-1] == (600, {"balance_w": 7})


def test_a_clock_that_was_set_far_ahead_takes_no_time() -> None:
    _, rows = gathered((0, 5), (250, 5), (4e12, 7), (4e12 + 250, 7), until_s=4e12 + 300)
    assert len(rows) <= 3


@given(
    st.lists(
        st.tuples(st.floats(1, 290), st.floats(-9000, 9000)), min_size=10, max_size=60
    )
)
def test_no_energy_is_lost_while_decisions_follow_each_other(
    steps: list[tuple[float, float]],
) -> None:
    time_s, readings = 0.0, []
    for wait_s, value in steps:
        readings.append((time_s, value))
        time_s += wait_s
    now, rows = gathered(*readings, until_s=time_s)
    assert now is not None
    energy = sum(values["balance_w"] * 300 for _, values in rows)
    energy += sum(now.sums.values())
    ends = [at for at, _ in readings[1:]] + [time_s]
    expected = sum(
        value * (end - at) for (at, value), end in zip(readings, ends, strict=True)
    )
    assert energy == pytest.approx(expected, abs=1.0)
