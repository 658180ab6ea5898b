"""The days to learn from teach, and count for nothing."""

from collections.abc import Mapping

import pytest

from benchmarks.engine import Moment, Order, replay
from benchmarks.plain import AlwaysOn, Off
from benchmarks.policies import POLICIES
from benchmarks.section import ScenarioError

from .traces import stage_of, trace_of

DAY = [400.0] * 4 + [-1500.0] * 12 + [400.0] * 8
"""A day of 24 hours; its intervals are hours."""
BATTERY = {"capacity_wh": 3000, "charge_w": 2000, "discharge_w": 2000}
TANK = {"volume_l": 200, "backup": {"kind": "gas"}}


class Witness:
    """Runs always, and notes what it was shown."""

    def __init__(self) -> None:
        self.seen: list[Moment] = []

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        self.seen.append(moment)
        return {worker.key: Order(1) for worker in moment.spec.workers}


def test_only_what_comes_after_them_counts() -> None:
    learned = stage_of(trace_of(DAY * 3, 3600), learn_days=2)
    alone = stage_of(trace_of(DAY, 3600))
    assert (learned.scored_from, learned.learn_days) == (48, 2)
    for policy in (AlwaysOn, Off):
        mine, its = replay(learned, policy()), replay(alone, policy())
        assert mine.total == pytest.approx(its.total)
        assert (mine.starts, mine.run_s) == (its.starts, its.run_s)
        assert mine.sources.solar_wh == pytest.approx(its.sources.solar_wh)
        assert len(mine.levels) == 72


def test_a_policy_lives_through_them_and_the_home_begins_anew() -> None:
    witness = Witness()
    changes = {"battery": BATTERY, "tank": TANK, "sink": "tank"}
    replay(stage_of(trace_of(DAY * 2, 3600), learn_days=1, **changes), witness)
    assert len(witness.seen) == 48
    last, first = witness.seen[23:25]
    assert last.hands["cruncher"].level == 1
    assert first.hands["cruncher"].level == 0
    assert first.clock_s == 24 * 3600
    assert first.house.stored_wh == witness.seen[0].house.stored_wh
    assert first.house.tanks == witness.seen[0].house.tanks
    # The meters show a home whose workers were paused.
    assert first.flows is not None and first.flows.workers_w == 0


def test_after_a_silent_interval_the_meters_of_the_new_home_are_silent() -> None:
    witness = Witness()
    replay(stage_of(trace_of([*DAY[:-1], None, *DAY], 3600), learn_days=1), witness)
    assert witness.seen[24].flows is None


@pytest.mark.parametrize("days", [-1, 1, 9])
def test_something_must_be_left_to_count(days: float) -> None:
    with pytest.raises(ScenarioError, match="learn_days: must be less than the 1 days"):
        stage_of(trace_of(DAY, 3600), learn_days=days)


def test_every_policy_can_be_replayed_with_them() -> None:
    stage = stage_of(trace_of(DAY * 2, 3600), learn_days=1)
    for make in POLICIES.values():
        assert replay(stage, make()).violations == 0
