"""A worker, step by step, as the planner sees it.

Standard library only; it must never decide.
"""

from collections.abc import Iterator, Sequence
from math import inf

from .guards.base import holds_for
from .guards.quiet import quiet_level
from .heat import POSITIVE
from .plan import PlanStart
from .planner_limits import day_limits
from .planner_world import Runner, Sink, Times
from .spaces import Cooling, own_cooling
from .spec import SiteSpec, WorkerSpec
from .times import HOUR_S


def runner_of(
    spec: SiteSpec,
    worker: WorkerSpec,
    start: PlanStart,
    times: Times,
    sinks: Sequence[Sink],
) -> Runner:
    """Return a worker that may be planned, over the steps."""
    now = start.workers[worker.key]
    levels_w = now.levels_w or worker.levels_w
    powers_w = (0.0, *levels_w)
    per_kwh = worker.value_per_kwh if now.value_per_kwh is None else now.value_per_kwh
    per_hour = (
        worker.value_per_hour if now.value_per_hour is None else now.value_per_hour
    )
    full_w = max(POSITIVE, *powers_w)
    caps, floors = _bounds(spec, worker, start, times)
    sink = next((i for i, item in enumerate(sinks) if item.key == worker.sink), None)
    wasted = 1.0 if sink is None else 1 - worker.recovery
    cooled = [1 + wasted * share for share in _cooling(spec, worker, times)]
    passed_s = inf if now.since_s is None else max(0.0, start.made_s - now.since_s)
    return Runner(
        key=worker.key,
        sink=sink,
        recovery=max(0.0, worker.recovery),
        powers_w=powers_w,
        drawn_w=[tuple(power * factor for power in powers_w) for factor in cooled],
        results=tuple(
            power / 1000 * per_kwh + power / full_w * per_hour for power in powers_w
        ),
        caps=caps,
        floors=floors,
        lock=_steps(worker.min_run_s, times.hours),
        rest=_steps(worker.min_pause_s, times.hours),
        level=min(now.level, len(levels_w)),
        locked=_left(worker.min_run_s - passed_s, times.hours) if now.level else 0,
        resting=0 if now.level else _left(worker.min_pause_s - passed_s, times.hours),
        start_cost=max(0.0, worker.start_cost + worker.wake_cost * now.asleep),
        days=day_limits(spec, worker, now, times),
    )


def _cooling(spec: SiteSpec, worker: WorkerSpec, times: Times) -> Iterator[float]:
    """Yield the electricity for cooling per kWh of heat that no sink takes."""
    space = spec.space(worker.space)
    if space is None:
        yield from (own_cooling(worker).input_per_kwh for _ in times.locals)
        return
    cooling = Cooling(space.cooled_share, space.cooling_cop).input_per_kwh
    for local in times.locals:
        yield cooling if space.season.contains(local.month) else 0.0


def _bounds(
    spec: SiteSpec, worker: WorkerSpec, start: PlanStart, times: Times
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the highest and lowest level that quiet hours and whoever holds it leave."""
    top = len(worker.levels_w)
    held = start.workers[worker.key].held
    caps, floors = [], []
    for start_s, quiet in zip(times.starts_s, _quiet(spec, worker, times), strict=True):
        wanted = next((item.level for item in held if start_s < item.until_s), None)
        highest = min(quiet, top if wanted is None else wanted)
        caps.append(highest)
        floors.append(highest if wanted else 0)
    return tuple(caps), tuple(floors)


def _quiet(spec: SiteSpec, worker: WorkerSpec, times: Times) -> Iterator[int]:
    """Yield the highest level that quiet hours leave."""
    top = len(worker.levels_w)
    quiet = [(worker.quiet_hours, max(0, min(worker.quiet_level, top)))]
    quiet += [
        (guard.windows, quiet_level(guard, worker))
        for guard in spec.guards.quiet
        if holds_for(guard, worker)
    ]
    for begins, ends in times.minutes():
        minutes = (int(begins), int(ends - 1) % 1440)
        yield min(
            (
                level
                for windows, level in quiet
                if any(w.contains(minute) for w in windows for minute in minutes)
            ),
            default=top,
        )


def _steps(seconds: float, hours: Sequence[float]) -> list[int]:
    """Return how many steps that takes, from each step on; at least one."""
    return [max(1, _left(seconds, hours[step:])) for step in range(len(hours))]


def _left(seconds: float, hours: Sequence[float]) -> int:
    """Return in how many of the next steps some of it is left."""
    count = 0
    for length in hours:
        if seconds <= 0:
            break
        seconds -= length * HOUR_S
        count += 1
    return count
