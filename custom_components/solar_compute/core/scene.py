"""What is the same for all workers of one decision, and what each level is worth in it.

Puts a worker at its place on the supply curve. Pure functions; standard library
only; decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .explain import start_hint
from .guards import Budget
from .job_outlook import WorkerJobs
from .jobs import head_start, with_jobs
from .managed import Managed
from .model import GuardState, Snapshot, StartHint, Tranche, WorkerDecision, Worth
from .observe import View
from .site import SiteNow
from .spaces import cooling_of
from .spec import SiteSpec
from .supply import take
from .worth import level_worth, results_per_kwh


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is the same for all workers of one decision.

    `site` is None while the balance is unknown. `guards` are the states of those
    that watch something, by key; `budgets` what others leave to several workers
    together. `jobs` are what workers have to do by a deadline, by worker.
    """

    spec: SiteSpec
    snapshot: Snapshot
    view: View
    site: SiteNow | None
    guards: Mapping[str, GuardState] = field(default_factory=dict)
    budgets: tuple[Budget, ...] = ()
    jobs: Mapping[str, WorkerJobs] = field(default_factory=dict)

    @property
    def day(self) -> str:
        """The local date, to count starts by."""
        return self.snapshot.local.date().isoformat()


def worths_at(
    scene: Scene, worker: Managed, base_w: float
) -> tuple[tuple[Worth, ...], bool]:
    """Return the worths of all levels, and whether they count on hidden sun.

    `base_w` is what the workers before it take. Hidden sun is assumed only where what
    the meter shows is no reason for more.
    """
    if scene.site is None:
        return (), False
    worths = _level_worths(scene, scene.site, worker, base_w, scene.site.tranches)
    if scene.site.hidden_w <= 0 or worker.current == len(worths):
        return worths, False
    visible = _level_worths(
        scene, scene.site, worker, base_w, scene.site.visible_tranches()
    )
    now = visible[worker.current - 1].total if worker.current else 0.0
    wait_s = worker.memory.probe_not_before_s - scene.snapshot.clock_s
    backing_off = 0 < wait_s <= scene.spec.policy.probe_backoff_s
    if backing_off or visible[worker.current].total > now:
        return visible, False
    return worths, True


def _level_worths(
    scene: Scene,
    site: SiteNow,
    worker: Managed,
    base_w: float,
    tranches: tuple[Tranche, ...],
) -> tuple[Worth, ...]:
    worths = tuple(
        level_worth(
            worker.spec,
            level,
            worker.held_w if level == worker.current else worker.spec.power_w(level),
            value_per_kwh=results_per_kwh(worker.spec, worker.observed.value_per_kwh),
            tranches=tranches,
            base_w=base_w,
            heat=site.heat.get(worker.spec.sink or ""),
            cooling=cooling_of(scene.spec, worker.spec, site.spaces),
        )
        for level in range(1, len(worker.spec.levels_w) + 1)
    )
    return with_jobs(
        worths,
        scene.jobs.get(worker.spec.key),
        tranches,
        head_start=0.0
        if worker.current
        else head_start(worker.spec, scene.spec.policy),
    )


def slices_of(scene: Scene, judged: Worth | None, base_w: float) -> tuple[Tranche, ...]:
    """Return the tranches that the judged level takes, in order."""
    if judged is None or scene.site is None:
        return ()
    return take(scene.site.tranches, judged.power_w, base_w)


def hint_for(
    scene: Scene,
    site: SiteNow,
    worker: Managed,
    decision: WorkerDecision,
    judged: Worth,
) -> StartHint:
    """Return what would start a paused worker at the judged level."""

    def worth_with(extra_w: float) -> float:
        shifted = _level_worths(
            scene, site, worker, decision.base_w, site.tranches_with(extra_w)
        )
        return shifted[judged.level - 1].total

    return start_hint(
        worker.spec,
        scene.spec.policy,
        worth_with=worth_with,
        reach_w=site.reach_w(decision.base_w, decision.base_w + judged.power_w),
        mean=decision.mean_worth,
    )
