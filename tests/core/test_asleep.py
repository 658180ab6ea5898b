"""A worker whose machine sleeps: waking it is part of what a start costs and takes."""

from dataclasses import replace

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.explain import explain
from custom_components.solar_compute.core.ledger import Ledger, account
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import WorkerState

from .houses import cruncher, look, paused, sunny_house
from .loop import Loop, one, steady

SUN_W = 800.0


def starts_after_s(*, asleep: bool, wake_cost: float) -> float:
    """Return how long a worker waits in the sun until its start is worth it."""
    worker = cruncher(start_cost=0.005, wake_cost=wake_cost)
    loop = Loop(sunny_house(worker), steady(-600.0))
    loop.inputs = lambda _: {"cruncher": {"asleep": asleep}}
    loop.run(3600)
    loop.balance_w = steady(SUN_W)
    return loop.run_until(1)


def test_a_sleeping_machine_is_woken_later_than_one_that_is_awake_is_started() -> None:
    awake = starts_after_s(asleep=False, wake_cost=0.02)
    asleep = starts_after_s(asleep=True, wake_cost=0.02)
    assert asleep > awake
    assert starts_after_s(asleep=True, wake_cost=0.0) == awake


def test_one_that_takes_a_minute_to_wake_is_not_taken_for_disobedient() -> None:
    worker = cruncher(settle_s=30.0, wake_s=120.0)
    spec = sunny_house(worker)
    first, memory = decide(spec, look(-SUN_W, paused(asleep=True)), Memory())
    started_s = 0.0
    while one(first).level == 0:
        started_s += 10
        first, memory = decide(
            spec, look(-SUN_W, paused(asleep=True), at_s=started_s), memory
        )
    for after_s in range(10, 120, 10):
        waking = paused(asleep=True, state=WorkerState.STARTING, level=1)
        snapshot = look(-SUN_W, waking, at_s=started_s + after_s)
        decision, memory = decide(spec, snapshot, memory)
        assert (one(decision).level, one(decision).settling) == (1, True)


def test_waking_is_booked_with_the_start() -> None:
    spec = sunny_house(cruncher(start_cost=0.01, wake_cost=0.05))
    booked = []
    for asleep in (False, True):
        snapshot = look(-SUN_W, paused(asleep=asleep))
        decision, _ = decide(spec, snapshot, Memory())
        started = replace(
            decision, workers=(replace(one(decision), current=0, level=1),)
        )
        ledger = account(Ledger(), spec, snapshot, started, 0.0)
        booked.append(ledger.workers["cruncher"].value)
    assert booked == pytest.approx([-0.01, -0.06])


def test_the_explanation_counts_waking_into_the_cost_of_a_start() -> None:
    spec = sunny_house(cruncher(start_cost=0.01, wake_cost=0.05))
    told = []
    for asleep in (False, True):
        snapshot = look(-SUN_W, paused(asleep=asleep))
        decision, _ = decide(spec, snapshot, Memory())
        explained = explain(spec, snapshot, decision, "cruncher")
        told.append(explained["switching"]["start_cost"])
    assert told == pytest.approx([0.01, 0.06])
