"""A plan of the next 48 hours from what one decision was made of, and from forecasts.

    expect ▸ start ▸ plan

Whoever asks does so beside the event loop: it takes seconds. Imports the planner, and
with it numpy; never reads a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .expect import expect
from .foreseen import NO_HABITS, Forecasts, Habits
from .memory import Memory
from .model import Decision, Snapshot
from .plan import Plan
from .plan_start import plan_start
from .planner import make_plan
from .planner_grid import plan_grid
from .spec import SiteSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that a plan is made of; `previous` is the plan that holds now."""

    spec: SiteSpec
    snapshot: Snapshot
    decision: Decision
    memory: Memory
    forecasts: Forecasts
    habits: Habits = NO_HABITS
    previous: Plan | None = None


def plan_ahead(question: Question, out_of_time: Callable[[], bool]) -> Plan | None:
    """Return the best plan found in time; None while nothing can be expected.

    Raises:
        PlanError: if what is expected has gaps or is no number.
    """
    snapshot = question.snapshot
    expected = expect(
        question.spec,
        snapshot,
        question.memory,
        grid=plan_grid(snapshot.local.timestamp()),
        forecasts=question.forecasts,
        habits=question.habits,
    )
    if expected is None:
        return None
    start = plan_start(question.spec, snapshot, question.decision, question.memory)
    return make_plan(
        question.spec,
        expected,
        start,
        previous=question.previous,
        out_of_time=out_of_time,
    )
