"""One decision: snapshot in, levels and reasons out.

    observe ▸ supply ▸ worth ▸ policy, under the caps of the guards

Workers that a person or a minimum run holds come first on the supply curve, then
all others by priority, computed as if none of them ran: pre-emption follows by
itself. The same snapshot and memory always give the same decision. Standard
library only; no clock, no I/O.
"""

from dataclasses import replace

from .ahead import NOTHING_AHEAD, Ahead
from .always_on import always_on
from .guards import BudgetContext, all_budgets
from .guards.state import GuardStates, assess, with_budgets
from .job_outlook import WorkerJobs, worker_jobs
from .managed import Managed, managed_workers
from .memory import Memory
from .model import Decision, SiteState, Snapshot
from .observe import View, observe
from .outlook import learn
from .placement import Placed, place
from .power import as_learned, remember_powers
from .scene import Scene
from .sinks import remember_sinks, sink_states
from .site import SiteNow, site_now
from .spaces import space_states
from .spec import SiteSpec
from .wishes import rank, wish


def decide(
    spec: SiteSpec, snapshot: Snapshot, memory: Memory, ahead: Ahead = NOTHING_AHEAD
) -> tuple[Decision, Memory]:
    """Return what every worker shall do, and what the next decision must know.

    `ahead` is what is known of the hours to come; without it the learned mean day serves.
    Never raises for a bad input: what is unknown pauses what needs it.
    """
    configured, spec = spec, as_learned(spec, memory.powers)
    view = observe(spec, snapshot, memory)
    workers = managed_workers(spec, snapshot, memory.workers)
    guards = assess(spec, snapshot, view, memory.guards)
    scene = _scene(
        spec, snapshot, view, memory, ahead=ahead, workers=workers, guards=guards
    )
    placed = _place_all(scene, workers)
    guards = with_budgets(
        guards,
        scene.budgets,
        frozenset().union(*(result.held_by for result in placed.values())),
        memory.guards,
        snapshot.clock_s,
    )
    # Imagined workers heat nothing, and show nothing of what they draw.
    heating = () if snapshot.shadow else workers
    powers = memory.powers
    if not snapshot.shadow:
        powers = remember_powers(configured, snapshot, memory, workers)
    memory = replace(
        remember_sinks(spec, snapshot, view, memory, heating), powers=powers
    )
    return (
        _decision(scene, workers, placed, memory, guards),
        replace(_remember(scene, memory, placed), guards=guards.memories),
    )


def _scene(
    spec: SiteSpec,
    snapshot: Snapshot,
    view: View,
    memory: Memory,
    *,
    ahead: Ahead,
    workers: tuple[Managed, ...],
    guards: GuardStates,
) -> Scene:
    site = site_now(
        spec,
        snapshot,
        view,
        memory,
        managed_w=sum(worker.low_w for worker in workers),
        probe_w=_probe_w(workers, snapshot),
        ahead=ahead,
    )
    context = BudgetContext(
        spec=spec,
        snapshot=snapshot,
        view=view,
        workers=workers,
        balance_w=site.balance if site else None,
        hidden_w=site.hidden_w if site else 0.0,
    )
    return Scene(
        spec=spec,
        snapshot=snapshot,
        view=view,
        site=site,
        day=snapshot.local.date().isoformat(),
        guards=guards.states,
        budgets=all_budgets(context),
        jobs=(
            _jobs(spec, snapshot, site, ahead, workers)
            if site and snapshot.jobs
            else {}
        ),
        knowledge=ahead.knowledge,
    )


def _jobs(
    spec: SiteSpec,
    snapshot: Snapshot,
    site: SiteNow,
    ahead: Ahead,
    workers: tuple[Managed, ...],
) -> dict[str, WorkerJobs]:
    """Return what the workers have to do by a deadline, by worker."""
    found = {}
    for worker in workers:
        jobs = [
            job
            for job in snapshot.jobs
            if job.worker == worker.spec.key and job.ready_by_s > snapshot.clock_s
        ]
        standing = worker_jobs(
            spec,
            worker.spec,
            jobs,
            site.outlook,
            clock_s=snapshot.clock_s,
            local=snapshot.local,
            drawn_w=worker.full_w,
            planned=ahead.jobs,
        )
        if standing is not None:
            found[worker.spec.key] = standing
    return found


def _probe_w(workers: tuple[Managed, ...], snapshot: Snapshot) -> float:
    """How much hidden sun to assume: enough for the next step of any worker.

    Only one is raised at a time, so no two can count on the same sun; and none
    that cannot use it keeps it from the others.
    """
    return max(
        (
            worker.spec.power_w(worker.current + 1)
            - worker.spec.power_w(worker.current)
            for worker in workers
            if worker.current < len(worker.spec.levels_w)
            and wish(worker, snapshot) is None
        ),
        default=0.0,
    )


def _place_all(scene: Scene, workers: tuple[Managed, ...]) -> dict[str, Placed]:
    placed: dict[str, Placed] = {}
    before_w: dict[str, float] = {}
    settling = {worker.spec.key for worker in workers if worker.settling}
    for worker in sorted(workers, key=lambda item: rank(item, scene.snapshot)):
        blocked = bool(settling - {worker.spec.key})
        result = place(scene, worker, before_w=before_w, blocked=blocked)
        placed[worker.spec.key] = result
        before_w[worker.spec.key] = result.drawn_w
        if result.raised:
            settling.add(worker.spec.key)
    return placed


def _decision(
    scene: Scene,
    workers: tuple[Managed, ...],
    placed: dict[str, Placed],
    memory: Memory,
    guards: GuardStates,
) -> Decision:
    site = scene.site
    ordered = tuple(placed[worker.spec.key].decision for worker in workers)
    unswitched = always_on(scene.spec, scene.snapshot, site)
    total_w = sum(item.power_w for item in ordered)
    return Decision(
        clock_s=scene.snapshot.clock_s,
        state=_state(scene, ordered_levels=[item.level for item in ordered]),
        balance_w=site.balance if site else None,
        surplus_w=site.surplus_w if site else None,
        hidden_w=site.hidden_w if site else 0.0,
        next_per_kwh=site.price_after(total_w) if site else None,
        tranches=site.tranches if site else (),
        heat=tuple(site.heat.values()) if site else (),
        workers=ordered,
        always_on=unswitched,
        sinks=sink_states(
            scene.spec,
            scene.snapshot,
            scene.view,
            memory,
            workers,
            levels={item.key: item.level for item in ordered},
            unswitched=unswitched,
        ),
        spaces=space_states(scene.spec, scene.snapshot),
        guards=tuple(guards.states.values()),
        jobs=tuple(job for found in scene.jobs.values() for job in found.outlooks),
        missing=scene.view.missing,
    )


def _state(scene: Scene, ordered_levels: list[int]) -> SiteState:
    if not ordered_levels:
        return SiteState.NO_WORKERS
    if scene.snapshot.shadow:
        return SiteState.SHADOW
    if any(ordered_levels):
        return SiteState.RUNNING
    if not scene.snapshot.automation:
        return SiteState.AUTOMATION_OFF
    if scene.view.starting_up:
        return SiteState.STARTING_UP
    if not scene.view.site_known:
        return SiteState.INPUT_MISSING
    return SiteState.WAITING


def _remember(scene: Scene, memory: Memory, placed: dict[str, Placed]) -> Memory:
    snapshot = scene.snapshot
    return replace(
        memory,
        clock_s=snapshot.clock_s,
        workers={key: result.memory for key, result in placed.items()},
        mean_day=learn(
            memory.mean_day,
            snapshot.local,
            snapshot.clock_s,
            scene.site.balance if scene.site else None,
        ),
        import_day=learn(
            memory.import_day,
            snapshot.local,
            snapshot.clock_s,
            None if snapshot.import_per_kwh is None else scene.view.import_per_kwh,
        ),
    )
