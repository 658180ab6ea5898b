"""What is the same for all workers of one decision, and what each level is worth in it.

Puts a worker at its place on the supply curve. Pure functions; standard library
only; decides nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .explain import start_hint
from .guards import Budget
from .job_outlook import WorkerJobs
from .jobs import head_start, with_jobs
from .knowledge import Knowledge
from .managed import Managed
from .model import GuardState, Snapshot, StartHint, Tranche, Worth
from .observe import View
from .site import SiteNow
from .spaces import cooling_of
from .spec import SiteSpec
from .supply import take
from .worth import level_worth, results_per_kwh


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is the same for all workers of one decision.

    `site` is None while the balance is unknown. `day` is the local date, to count
    starts by. `guards` are the states of those that watch something, by key;
    `budgets` what others leave to several workers together. `jobs` are what workers
    have to do by a deadline, by worker; `knowledge` what the past of the house taught.
    """

    spec: SiteSpec
    snapshot: Snapshot
    view: View
    site: SiteNow | None
    day: str
    guards: Mapping[str, GuardState] = field(default_factory=dict)
    budgets: tuple[Budget, ...] = ()
    jobs: Mapping[str, WorkerJobs] = field(default_factory=dict)
    knowledge: Knowledge | None = None


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
    *,
    levels: Iterable[int] | None = None,
) -> tuple[Worth, ...]:
    """Return the worths of those levels; None: of all that it can run at."""
    spec = worker.spec
    value_per_kwh = results_per_kwh(spec, worker.observed.value_per_kwh)
    heat = site.heat.get(spec.sink or "")
    cooling = cooling_of(scene.spec, spec, site.spaces)
    worths = tuple(
        level_worth(
            spec,
            level,
            worker.held_w if level == worker.current else spec.power_w(level),
            value_per_kwh=value_per_kwh,
            tranches=tranches,
            base_w=base_w,
            heat=heat,
            cooling=cooling,
        )
        for level in levels or range(1, len(spec.levels_w) + 1)
    )
    jobs = scene.jobs.get(spec.key)
    if jobs is None:
        return worths
    ahead = 0.0 if worker.current else head_start(spec, scene.spec.policy)
    return with_jobs(worths, jobs, tranches, head_start=ahead)


def slices_of(scene: Scene, judged: Worth | None, base_w: float) -> tuple[Tranche, ...]:
    """Return the tranches that the judged level takes, in order."""
    if judged is None or scene.site is None:
        return ()
    return take(scene.site.tranches, judged.power_w, base_w)


def hint_for(
    scene: Scene,
    site: SiteNow,
    worker: Managed,
    judged: Worth,
    *,
    base_w: float,
    mean_worth: float | None,
) -> StartHint:
    """Return what would start a paused worker at the judged level.

    `base_w` is what the workers before it take, `mean_worth` its worth of late.
    """

    # An hour for a job counts as much at any level as at the lowest.
    levels = None if worker.spec.key in scene.jobs else (judged.level,)

    def worth_with(extra_w: float) -> float:
        tranches = site.tranches_with(extra_w)
        shifted = _level_worths(scene, site, worker, base_w, tranches, levels=levels)
        return next(worth.total for worth in shifted if worth.level == judged.level)

    return start_hint(
        worker.spec,
        scene.spec.policy,
        worth_with=worth_with,
        reach_w=site.reach_w(base_w, base_w + judged.power_w),
        mean=mean_worth,
    )
