"""What is shown of the plan: the plan itself, what it rests on, or why there is none.

Frozen values and what follows from them. May import the core's plan only; must never
make one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .core.plan import Plan, PlannedWindow
from .core.times import DAY_S


class PlanStatus(StrEnum):
    """What decisions go by: a plan, or the rule of thumb and why."""

    PLANNED = "planned"
    """By a plan with a forecast of the sun."""
    NO_FORECAST = "no_forecast"
    """There is none of the sun: planned with the learned mean day, and what the plan says
    of the battery is left to the rule of thumb."""
    FORECAST_OUTDATED = "forecast_outdated"
    """The same, since nobody has updated the forecast for too long."""
    LEARNING = "learning"
    """Too little is known of this home to expect anything of its next hours."""
    STARTING = "starting"
    """Nothing has been planned yet."""
    OUTDATED = "outdated"
    """No new plan could be made in time."""
    FAILED = "failed"
    """Planning went wrong; the log tells how."""
    OFF = "off"
    """A person wants no plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """The plan that holds now, None for none, and how it came about.

    `sun_age_s` is for how long the forecast of the sun has not changed (None: there is
    none), `fees_per_kwh` what is added to published prices of import.
    """

    status: PlanStatus = PlanStatus.STARTING
    plan: Plan | None = None
    sun_age_s: float | None = None
    fees_per_kwh: float = 0.0

    def windows(self, worker: str | None = None) -> tuple[PlannedWindow, ...]:
        """Return when workers run by the plan, one or all of them, in order of time."""
        if self.plan is None:
            return ()
        return tuple(
            sorted(
                (w for w in self.plan.windows if worker in (None, w.worker)),
                key=lambda window: (window.start_s, window.worker),
            )
        )

    def next_start_s(self, worker: str, now_s: float) -> float | None:
        """Return when a worker starts next (Unix), None where the plan knows of none.

        One that runs on at another level does not start.
        """
        return next(
            (run.start_s for run in self.runs(worker) if run.start_s > now_s), None
        )

    def is_due(self, worker: str, now_s: float) -> bool:
        """Tell whether a worker runs at a time (Unix) by the plan."""
        return any(
            window.start_s <= now_s < window.end_s for window in self.windows(worker)
        )

    def runs(self, worker: str) -> Iterator[PlannedWindow]:
        """Yield windows of one worker that begin while it is paused by the plan."""
        end_s = None
        for window in self.windows(worker):
            if window.start_s != end_s:
                yield window
            end_s = window.end_s

    def energy_wh(self, worker: str | None = None) -> float | None:
        """Return what is drawn in the 24 hours after the plan was made; None: no plan."""
        if self.plan is None:
            return None
        made_s = self.plan.made_s
        return sum(
            window.energy_wh * _share(window, made_s, made_s + DAY_S)
            for window in self.windows(worker)
        )

    def value(self, worker: str | None = None) -> float | None:
        """Return what the plan is worth to the home, or what a worker's windows are."""
        if self.plan is None:
            return None
        if worker is None:
            return self.plan.value
        return sum(window.value for window in self.windows(worker))


def _share(window: PlannedWindow, start_s: float, end_s: float) -> float:
    """Return which part of a window lies between two times."""
    inside_s = min(window.end_s, end_s) - max(window.start_s, start_s)
    return max(0.0, inside_s) / max(window.end_s - window.start_s, 1.0)
