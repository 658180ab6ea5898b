"""How fast a room cools and how much it stores, found out from how it behaves."""

from collections.abc import Callable
from math import cos, nan, pi
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.memory import RoomMean
from custom_components.solar_compute.core.reading import Reading, RoomInput
from custom_components.solar_compute.core.room_model import (
    RoomFigures,
    can_teach,
    figures,
    learn_room,
)
from custom_components.solar_compute.core.spec import BackupKind, BackupSpec, RoomSpec

from .fine_step import Store


def study(**changes: Any) -> RoomSpec:
    """20 m² with a rig as its radiator: 40 W/K and 900 Wh/K are assumed."""
    return RoomSpec(key="study", name="Study", **changes)


ASSUMED = RoomFigures(loss_w_per_k=40.0, capacity_wh_per_k=900.0)


def by_day(time_s: float) -> float:
    """600 W, on days of sun only: two of three."""
    hour, day = time_s // 3600 % 24, time_s // 86400
    return 600.0 if 10 <= hour < 16 and day % 3 else 0.0


def weather(time_s: float) -> float:
    return 3 - 5 * cos(2 * pi * (time_s / 86400 - 0.1)) + 3 * cos(time_s / 200_000)


def lived_in(
    room: RoomSpec,
    days: float,
    *,
    loss_w_per_k: float,
    capacity_wh_per_k: float,
    heat_w: Callable[[float], float] = by_day,
    gain_w: Callable[[float], float] = lambda _: 60.0,
    learned: RoomMean | None = None,
) -> RoomMean:
    """Watch a true room every minute, through sensors of 0.1 K."""
    fine = Store(
        capacity_wh_per_k=capacity_wh_per_k,
        loss_w_per_k=loss_w_per_k,
        temperature_c=18.0,
        heat_w=lambda time_s: heat_w(time_s) + gain_w(time_s),
        draw_w=lambda _: 0.0,
        around_c=weather,
    )
    for _ in range(round(days * 1440)):
        power_w, outdoor_c = heat_w(fine.time_s), weather(fine.time_s)
        fine.run(60)
        learned = learn_room(
            room,
            learned,
            elapsed_s=60.0,
            temperature_c=round(fine.temperature_c, 1),
            outdoor_c=round(outdoor_c, 1),
            heat_w=power_w,
        )
    assert learned is not None
    return learned


@pytest.mark.parametrize(
    ("loss_w_per_k", "capacity_wh_per_k"), [(20, 1500), (40, 900), (70, 600), (25, 500)]
)
def test_a_room_is_known_after_two_weeks(
    loss_w_per_k: float, capacity_wh_per_k: float
) -> None:
    learned = lived_in(
        study(), 14, loss_w_per_k=loss_w_per_k, capacity_wh_per_k=capacity_wh_per_k
    )
    known = figures(study(), learned)
    assert known.loss_w_per_k == pytest.approx(loss_w_per_k, rel=0.2)
    assert known.capacity_wh_per_k == pytest.approx(capacity_wh_per_k, rel=0.2)
    assert known.learned_days == pytest.approx(14, abs=0.5)


def test_sun_through_the_window_that_nobody_measures_spoils_it_only_a_little() -> None:
    def sun(time_s: float) -> float:
        return 60 + (250.0 if 11 <= time_s // 3600 % 24 < 15 else 0.0)

    learned = lived_in(study(), 14, loss_w_per_k=30, capacity_wh_per_k=1200, gain_w=sun)
    known = figures(study(), learned)
    assert known.loss_w_per_k == pytest.approx(30, rel=0.4)
    assert known.capacity_wh_per_k == pytest.approx(1200, rel=0.4)


def test_one_day_teaches_nothing_yet() -> None:
    learned = lived_in(study(), 1, loss_w_per_k=20, capacity_wh_per_k=1500)
    assert figures(study(), learned) == ASSUMED
    assert figures(study(), None) == ASSUMED


def test_a_room_that_was_never_heated_keeps_its_capacity_and_learns_how_it_cools() -> (
    None
):
    """Only loss ÷ capacity shows when it cools: 40 W/K ÷ 1800 Wh/K."""
    learned = lived_in(
        study(),
        14,
        loss_w_per_k=40,
        capacity_wh_per_k=1800,
        heat_w=lambda _: 0.0,
        gain_w=lambda _: 0.0,
    )
    known = figures(study(), learned)
    assert known.capacity_wh_per_k == 900
    assert known.loss_w_per_k == pytest.approx(20, rel=0.3)


def test_a_learned_figure_stays_within_four_times_the_configured_one() -> None:
    learned = lived_in(study(), 14, loss_w_per_k=40, capacity_wh_per_k=9000)
    assert figures(study(), learned).capacity_wh_per_k <= 3600
    learned = lived_in(study(), 14, loss_w_per_k=400, capacity_wh_per_k=900)
    assert figures(study(), learned).loss_w_per_k <= 160


def test_a_room_that_is_as_warm_as_outdoors_for_weeks_teaches_nothing() -> None:
    learned = None
    for _ in range(30 * 1440 // 5):
        learned = learn_room(
            study(),
            learned,
            elapsed_s=300.0,
            temperature_c=20.0,
            outdoor_c=20.0,
            heat_w=0.0,
        )
    assert learned is not None and learned.intervals > 500
    assert figures(study(), learned) == ASSUMED


@given(
    estimate=st.tuples(*[st.floats(-1e6, 1e6)] * 3),
    capacity_wh_per_k=st.floats(1, 1e5),
    loss_w_per_k=st.floats(0.1, 1e4),
)
def test_whatever_was_learned_the_figures_are_believable(
    estimate: tuple[float, ...], capacity_wh_per_k: float, loss_w_per_k: float
) -> None:
    room = study(capacity_wh_per_k=capacity_wh_per_k, loss_w_per_k=loss_w_per_k)
    mean = RoomMean(estimate=estimate, covariance=(0.0,) * 9, intervals=1000)
    known = figures(room, mean)
    assert capacity_wh_per_k / 4 <= known.capacity_wh_per_k <= 4 * capacity_wh_per_k
    assert loss_w_per_k / 4 <= known.loss_w_per_k <= 4 * loss_w_per_k


@pytest.mark.parametrize(
    "broken",
    [
        RoomMean(estimate=(1.0,), covariance=(), intervals=99),
        RoomMean(estimate=(nan,) * 3, covariance=(0.1,) * 9, intervals=99),
    ],
)
def test_what_was_stored_and_is_no_estimate_is_forgotten(broken: RoomMean) -> None:
    assert figures(study(), broken) == ASSUMED
    again = lived_in(
        study(), 0.1, loss_w_per_k=40, capacity_wh_per_k=900, learned=broken
    )
    assert len(again.estimate) == 3 and again.intervals < 5


def test_a_gap_or_a_silent_sensor_drops_what_was_being_collected() -> None:
    def look(learned: RoomMean | None, **changes: Any) -> RoomMean:
        settings: dict[str, Any] = {
            "elapsed_s": 60.0,
            "temperature_c": 20.0,
            "outdoor_c": 5.0,
            "heat_w": 0.0,
        }
        return learn_room(study(), learned, **(settings | changes))

    for broken in ({"elapsed_s": 7200.0}, {"temperature_c": None}, {"outdoor_c": None}):
        learned = look(None)
        for _ in range(40):
            learned = look(learned)
        learned = look(learned, **broken)
        for _ in range(40):
            learned = look(learned)
        assert learned.intervals == 0
        for _ in range(10):
            learned = look(learned)
        assert learned.intervals == 1


RADIATOR = BackupSpec(kind=BackupKind.GAS)
NONE = BackupSpec(kind=BackupKind.NONE)


@pytest.mark.parametrize(
    ("backup", "seen", "teaches"),
    [
        (NONE, {}, True),
        (NONE, {"window_open": False}, True),
        (NONE, {"window_open": True}, False),
        (RADIATOR, {"backup_on": False}, True),
        (RADIATOR, {"backup_on": True}, False),
        (RADIATOR, {"temperature_c": Reading(20.1, 0)}, False),
        (RADIATOR, {"temperature_c": Reading(20.5, 0)}, True),
        (RADIATOR, {"temperature_c": Reading(None, 0)}, False),
    ],
)
def test_a_room_teaches_while_its_window_is_shut_and_its_radiator_rests(
    backup: BackupSpec, seen: dict[str, Any], teaches: bool
) -> None:
    observed = RoomInput(key="study", **({"temperature_c": Reading(19.0, 0)} | seen))
    assert can_teach(study(backup=backup), observed, 20.0) is teaches


def test_a_room_that_nobody_sees_teaches_nothing() -> None:
    assert not can_teach(study(), None, 20.0)
