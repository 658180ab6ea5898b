"""What the loop shows of a site, and what it tells the core of its workers. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .controls import WorkerControls
from .core.job import Job
from .core.learned import Learned
from .core.ledger import Ledger, WorkerAccount
from .core.memory import PowerMean
from .core.model import Decision, Snapshot, WorkerInput
from .flow_view import WorkerView
from .plan_view import PlanView


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was learned of the home, and of each worker's power."""

    learned: Learned = field(default_factory=Learned)
    powers: Mapping[str, PowerMean] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteData:
    """All that entities show: the last decision, and what it was made of."""

    snapshot: Snapshot
    decision: Decision
    ledger: Ledger
    flows: Mapping[str, WorkerView]
    jobs: tuple[Job, ...] = ()
    shadow_ledger: Ledger = Ledger()
    """What shadow mode would have cost and brought."""
    plan: PlanView = field(default_factory=PlanView)
    known: Known = field(default_factory=Known)


def worker_inputs(
    views: Mapping[str, WorkerView],
    controls: Mapping[str, WorkerControls],
    ledger: Ledger,
    day: str,
) -> tuple[WorkerInput, ...]:
    """Return what a decision needs to know of all workers on the local `day`."""
    return tuple(
        _worker_input(key, view, controls[key], ledger.worker_on(key, day))
        for key, view in views.items()
    )


def _worker_input(
    key: str, view: WorkerView, controls: WorkerControls, today: WorkerAccount
) -> WorkerInput:
    return WorkerInput(
        key=key,
        state=view.state,
        level=view.level,
        power_w=view.power,
        has_work=view.has_work,
        mode=controls.mode,
        override=controls.override,
        value_per_kwh=controls.value_per_kwh,
        held_by_other=view.held_by_other,
        protected=view.protected,
        energy_today_wh=today.energy_wh,
        cost_today=today.cost,
        run_today_s=today.run_s,
        checkpoint_age_s=view.checkpoint_age_s,
        asleep=view.asleep,
        finished=view.finished,
    )
