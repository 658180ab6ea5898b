"""Placing one worker on the supply curve: its worths, its caps, its level.

What a person asks for comes before worth; guards come before both. Pure
functions; standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .experience import has_started, heard_before, lived_through, must_stay_off
from .guards import Cap, GuardContext, all_caps, strictest
from .job_outlook import WorkerJobs
from .jobs import is_sure, job_reason, worked_on
from .managed import Managed
from .memory import WorkerMemory
from .model import Reason, ReasonCode, WorkerDecision, Worth
from .policy import Choice, Situation, best_level, choose
from .policy_memory import remaining_s, remember_level, remember_worth
from .scene import Scene, hint_for, slices_of, worths_at
from .wishes import wish
from .worth import heat_demand


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A worker's decision, and what must be remembered of it.

    `drawn_w` is what it takes from the curve; `raised`: it was started or
    raised; `held_by`: the keys of the guards that keep it from more.
    """

    decision: WorkerDecision
    memory: WorkerMemory
    drawn_w: float
    raised: bool
    held_by: frozenset[str]


def place(
    scene: Scene, worker: Managed, *, before_w: Mapping[str, float], blocked: bool
) -> Placed:
    """Decide one worker.

    `before_w` is what each of the workers before it takes; `blocked`: some other
    worker's change has not shown on the meters yet, so nothing may be raised on it.
    """
    jobs = scene.jobs.get(worker.spec.key)
    worker = _judged_anew(worker, jobs)
    base_w = sum(before_w.values())
    asked = wish(worker, scene.snapshot)
    caps = _caps(scene, worker, before_w, by_worth=asked is None)
    cap = strictest(caps)
    top = len(worker.spec.levels_w)
    permitted = top if cap is None else cap.level
    probe_failed = (
        worker.memory.probing
        and not worker.settling
        and scene.site is not None
        and not scene.site.curtailing
    )
    worths, hidden = worths_at(scene, worker, base_w)
    settled = not (worker.settling or blocked)
    memory = _judged_memory(scene, worker, worths, max(permitted, 1), settled=settled)
    if settled:
        memory, advice = lived_through(
            scene, worker, memory, worths, base_w, by_worth=asked is None
        )
    else:
        advice = heard_before(scene, worker, memory, worths)
    if asked is not None:
        choice = _limited(worker, asked, cap, scene.snapshot.clock_s)
    elif not worths or permitted == 0:
        choice = _held(worker.current, cap)
    else:
        choice = choose(
            Situation(
                worker=worker.spec,
                policy=scene.spec.policy,
                memory=_with_means(memory, worths, permitted),
                current=worker.current,
                cap=permitted,
                worths=worths,
                clock_s=scene.snapshot.clock_s,
                day=scene.day,
                settling=worker.settling,
                blocked=blocked,
                probe_failed=probe_failed,
                hidden=hidden,
                sure=scene.site is not None and is_sure(jobs, scene.site.tranches),
                advice=advice,
                spent=must_stay_off(
                    memory,
                    worker.spec.start_cost,
                    worths,
                    advice,
                    unseen=scene.spec.export_limit_w is not None,
                ),
            )
        )
        choice = _explained_by_cap(choice, cap, worker.current, worths)
    level = choice.level
    drawn_w = worker.held_w if level == worker.current else worker.spec.power_w(level)
    judged = _judged(worths, level, permitted)
    slices = slices_of(scene, judged, base_w)
    heat = scene.site.heat.get(worker.spec.sink or "") if scene.site else None
    reason = job_reason(choice.reason, judged, jobs, scene.snapshot.clock_s)
    reason = heat_demand(reason, judged, slices, heat)
    mean_worth = memory.means[0] if memory.means else None
    hint = None
    if asked is None and level == 0 and judged is not None and scene.site is not None:
        hint = hint_for(
            scene, scene.site, worker, judged, base_w=base_w, mean_worth=mean_worth
        )
    decision = WorkerDecision(
        key=worker.spec.key,
        level=level,
        power_w=drawn_w,
        reason=reason,
        worths=worths,
        judged=judged,
        mean_worth=mean_worth,
        slices=slices,
        current=worker.current,
        settling=worker.settling,
        drawn_w=worker.drawn_w,
        base_w=base_w,
        cap=permitted,
        urgent=cap is not None and cap.safety,
        hint=hint,
        job=worked_on(jobs, judged),
    )
    raised = level > worker.current
    started = raised and worker.current == 0
    if asked is None and started and not worths[level - 1].job:
        memory = has_started(memory, worker.spec.start_cost)
    # Judged once, a probe is over, however it ended.
    probing = memory.probing and worker.settling
    guarded = level == 0 and (memory.guarded if worker.current == 0 else permitted == 0)
    cut_short = _cut_short(worker, cap, level, scene.snapshot.clock_s)
    # Most ticks change nothing of this, and a copy is dear where workers are many.
    if (probing, guarded, cut_short) != (
        memory.probing,
        memory.guarded,
        memory.cut_short,
    ):
        memory = replace(memory, probing=probing, guarded=guarded, cut_short=cut_short)
    if probe_failed and level < worker.current:
        again_s = scene.snapshot.clock_s + scene.spec.policy.probe_backoff_s
        memory = replace(memory, probe_not_before_s=again_s)
    return Placed(
        decision=decision,
        memory=remember_level(
            memory,
            level,
            scene.snapshot.clock_s,
            scene.day,
            reason.code,
        ),
        drawn_w=drawn_w,
        raised=raised,
        held_by=_held_by(caps, cap, reason),
    )


def _judged_anew(worker: Managed, jobs: WorkerJobs | None) -> Managed:
    """Forget the averages where a job has come or ended: they are of another time.

    Else a worker would go on for a job that is done until its mean has caught up.
    """
    keys = () if jobs is None else tuple(job.key for job in jobs.jobs)
    if keys == worker.memory.jobs:
        return worker
    memory = replace(worker.memory, jobs=keys, judged_s=None, means=())
    return replace(worker, memory=memory)


def _cut_short(worker: Managed, cap: Cap | None, level: int, clock_s: float) -> int:
    """Count on where a guard ends a run too early; begin anew where one ends well.

    To have no more work to do is no guard's doing.
    """
    memory = worker.memory
    if worker.current == 0 or level > 0:
        return memory.cut_short
    guarded = (
        cap is not None and cap.level == 0 and cap.reason.code is not ReasonCode.NO_WORK
    )
    left_s = remaining_s(memory.since_s, worker.spec.min_run_s, clock_s)
    return memory.cut_short + 1 if guarded and left_s > 0 else 0


def _caps(
    scene: Scene, worker: Managed, before_w: Mapping[str, float], *, by_worth: bool
) -> tuple[Cap, ...]:
    context = GuardContext(
        site=scene.spec,
        worker=worker.spec,
        observed=worker.observed,
        snapshot=scene.snapshot,
        view=scene.view,
        current=worker.current,
        by_worth=by_worth,
        states=scene.guards,
    )
    return all_caps(context, scene.budgets, held_w=worker.held_w, before_w=before_w)


def _held_by(caps: tuple[Cap, ...], cap: Cap | None, reason: Reason) -> frozenset[str]:
    """Return the guards that are why the choice is no higher, all of them."""
    if cap is None or reason is not cap.reason:
        return frozenset()
    keys = (
        other.reason.data.get("guard") for other in caps if other.level == cap.level
    )
    return frozenset(key for key in keys if isinstance(key, str))


def _judged_memory(
    scene: Scene,
    worker: Managed,
    worths: tuple[Worth, ...],
    cap: int,
    *,
    settled: bool,
) -> WorkerMemory:
    """Average this tick's worth in, unless the meters are catching up.

    Until a change has shown, the balance is taken too low on purpose: that must
    not spoil the averages. Its time counts for what is seen afterwards, or a
    neighbour that changes its level every minute would stop the averages.
    """
    memory, clock_s = worker.memory, scene.snapshot.clock_s
    if not worths:
        return replace(memory, judged_s=None, means=())
    if not settled:
        return memory
    return remember_worth(memory, scene.spec.policy, worths, cap, clock_s)


def _with_means(
    memory: WorkerMemory, worths: tuple[Worth, ...], cap: int
) -> WorkerMemory:
    """Stand in for means that were reset and not seeded yet."""
    if len(memory.means) == len(worths) + 1:
        return memory
    totals = tuple(worth.total for worth in worths)
    return replace(memory, means=(max(totals[:cap]), *totals))


def _limited(worker: Managed, asked: Choice, cap: Cap | None, clock_s: float) -> Choice:
    """Keep a person's wish within the cap, and from flapping at it."""
    if cap is not None and asked.level > cap.level:
        return Choice(level=cap.level, reason=cap.reason)
    if asked.level and not worker.current and worker.memory.guarded:
        wait_s = remaining_s(worker.memory.since_s, worker.spec.min_pause_s, clock_s)
        if wait_s > 0:
            data = {"remaining_s": wait_s}
            return Choice(level=0, reason=Reason(ReasonCode.MINIMUM_PAUSE, data))
    return asked


def _held(current: int, cap: Cap | None) -> Choice:
    """Without a worth nothing is raised: stay below the cap, for its reason."""
    if cap is None:
        return Choice(level=0, reason=Reason(ReasonCode.INPUT_MISSING))
    return Choice(level=min(current, cap.level), reason=cap.reason)


def _explained_by_cap(
    choice: Choice, cap: Cap | None, current: int, worths: tuple[Worth, ...]
) -> Choice:
    """Name the guard where it is what keeps the level down."""
    if cap is None or choice.level != cap.level:
        return choice
    wanted = best_level(worths, len(worths))
    if current > cap.level or wanted > cap.level:
        return replace(choice, reason=cap.reason)
    return choice


def _judged(worths: tuple[Worth, ...], level: int, permitted: int) -> Worth | None:
    if not worths:
        return None
    if level == 0:
        level = best_level(worths, permitted or len(worths))
    return worths[level - 1]
