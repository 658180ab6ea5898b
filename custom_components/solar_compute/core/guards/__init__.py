"""Hard limits that always win, over minimum run times too.

A guard is a small module. One that looks at a single worker is a function in
`GUARDS`; one that shares power out among several makes budgets and is in `BUDGETS`.
Either says by a `Cap` which level is the highest, and why. What a guard watches is
assessed once per decision (`state`). Guards never raise a level and never compute
worth.

Pure functions; standard library only.
"""

from collections.abc import Mapping

from .base import Cap, Guard, GuardContext, strictest
from .battery import battery_guards
from .budget import Budget, BudgetContext, Budgets
from .circuit import circuits
from .climate import air_fit
from .condition import conditions_met
from .import_limit import import_limit
from .inputs import inputs_known, starting_up
from .maximum import day_left
from .power_cap import power_caps
from .quiet import quiet_hours
from .reach import has_work, worker_reachable
from .sink import sink_not_full

__all__ = [
    "BUDGETS",
    "GUARDS",
    "Budget",
    "BudgetContext",
    "Cap",
    "Guard",
    "GuardContext",
    "all_budgets",
    "all_caps",
    "strictest",
]

GUARDS: tuple[Guard, ...] = (
    worker_reachable,
    inputs_known,
    conditions_met,
    air_fit,
    sink_not_full,
    day_left,
    quiet_hours,
    starting_up,
)

BUDGETS: tuple[Budgets, ...] = (import_limit, circuits, power_caps, battery_guards)


def all_budgets(context: BudgetContext) -> tuple[Budget, ...]:
    """Return every budget of this moment."""
    return tuple(budget for make in BUDGETS for budget in make(context))


def all_caps(
    context: GuardContext,
    budgets: tuple[Budget, ...],
    *,
    held_w: float,
    before_w: Mapping[str, float],
) -> tuple[Cap, ...]:
    """Return what every guard permits one worker; the first counts most on a tie.

    `held_w` is what it draws now, `before_w` what each of those before it takes.
    """
    caps = [
        *(guard(context) for guard in GUARDS),
        *(
            budget.cap(
                context.worker, context.current, held_w=held_w, before_w=before_w
            )
            for budget in budgets
        ),
        has_work(context),
    ]
    return tuple(cap for cap in caps if cap is not None)
