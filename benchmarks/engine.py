"""Replays one policy over a trace, with the loop closed, and counts what it earns.

The loop and what a policy may know are the core's (`core.closed_loop`), and so is the
home; the bench brings what a home's own past lacks: days that only teach, jobs with
deadlines, broken minimum times. The meters lag as one that reports once per interval
does; the tariff now in force every home knows in advance.

An interval without `grid_w` is unknown: neither energy nor cost nor run time in it counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from custom_components.solar_compute.core import replay_value
from custom_components.solar_compute.core.closed_loop import (
    Lived,
    Moment,
    Order,
    Rule,
    Standing,
    lived,
    paused,
)
from custom_components.solar_compute.core.simulate import (
    House,
    Sources,
    new_house,
    step,
)
from custom_components.solar_compute.core.simulated_tank import TankFlows, TankState
from custom_components.solar_compute.core.spec import SiteSpec

from .deadlines import JobBook
from .stage import Stage, prepare
from .tally import Tally

__all__ = [
    "Moment",
    "Order",
    "Policy",
    "Run",
    "Stage",
    "left_over",
    "new_home",
    "prepare",
    "replay",
]

type Policy = Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one policy on one trace. Energy in Wh, money in currency.

    `total` is results and met jobs less energy, fuel, wear and starts, plus what is
    left in battery and sinks at the end; only differences between runs mean anything.
    `levels` are the levels of every worker, interval by interval, and `grid_w` what
    the meter showed; both with the days to learn from.
    """

    total: float
    starts: int
    violations: int
    run_s: float
    sources: Sources
    sinks: Mapping[str, TankFlows]
    jobs_met: int
    jobs_missed: int
    levels: tuple[tuple[int, ...], ...]
    grid_w: tuple[float | None, ...]


def new_home(spec: SiteSpec, clock_s: float = 0.0) -> House:
    """Return the home as it begins: battery half full, tanks and rooms at target."""
    house = new_house(spec, clock_s=clock_s)
    return replace(
        house,
        tanks={tank.key: TankState(temperature_c=tank.target_c) for tank in spec.tanks},
        rooms={room.key: TankState(temperature_c=room.target_c) for room in spec.rooms},
    )


def left_over(stage: Stage, house: House) -> float:
    """Worth of what the home still holds at the prices of the intervals that count."""
    return replay_value.left_over(stage.scenario.spec, house, *stage.mean_prices)


@dataclass(slots=True)
class _Count:
    """What is counted over some intervals."""

    book: JobBook
    tally: Tally = field(default_factory=Tally)
    levels: list[tuple[int, ...]] = field(default_factory=list)
    grid_w: list[float | None] = field(default_factory=list)

    def add(self, spec: SiteSpec, interval: Lived, step_s: int) -> None:
        """Add one interval."""
        hands, flows = interval.after.hands, interval.after.flows
        self.levels.append(tuple(hands[worker.key].level for worker in spec.workers))
        self.grid_w.append(None if flows is None else flows.grid_w)
        if flows is not None:
            self.tally.add(spec, interval.powers_w, flows)
            self.book.work(spec, hands, step_s)


def replay(stage: Stage, policy: Policy) -> Run:
    """Return what the policy earns on the stage."""
    spec, scored = stage.scenario.spec, stage.scored_from
    standing = paused(spec, new_home(spec))
    lesson = _Count(JobBook(stage.jobs))
    if scored:
        taught = _played(stage, policy, standing, range(scored), lesson)
        standing = _begun_anew(stage, taught.house)
    count = _Count(JobBook(stage.jobs_from(scored)))
    end = len(stage.conditions)
    standing = _played(stage, policy, standing, range(scored, end), count)
    count.book.turn_to(end)
    hands, tally, book = standing.hands, count.tally, count.book
    starts_cost = sum(
        worker.start_cost * hands[worker.key].starts for worker in spec.workers
    )
    return Run(
        total=tally.earned
        + book.value
        - starts_cost
        + left_over(stage, standing.house),
        starts=sum(hand.starts for hand in hands.values()),
        violations=sum(hand.violations for hand in hands.values()),
        run_s=sum(hand.run_s for hand in hands.values()),
        sources=tally.sources,
        sinks=tally.sinks,
        jobs_met=len(book.met),
        jobs_missed=len(book.missed),
        levels=(*lesson.levels, *count.levels),
        grid_w=(*lesson.grid_w, *count.grid_w),
    )


def _played(
    stage: Stage, policy: Policy, standing: Standing, over: range, count: _Count
) -> Standing:
    """Go through some intervals, count them, and return how all stands after."""
    spec = stage.scenario.spec

    def orders(number: int, now: Standing) -> Mapping[str, Order]:
        index = over.start + number
        return policy.orders(
            Moment(
                spec=spec,
                step_s=stage.step_s,
                local=stage.locals[index],
                standing=now,
                before=stage.conditions[index - 1] if index else None,
                import_per_kwh=stage.imports[index],
                export_per_kwh=stage.exports[index],
                hours_per_kwh=stage.hours_per_kwh(index),
                jobs=count.book.turn_to(index),
            )
        )

    conditions = stage.conditions[over.start : over.stop]
    for interval in lived(spec, standing, conditions, stage.step_s, orders):
        standing = interval.after
        count.add(spec, interval, stage.step_s)
    return standing


def _begun_anew(stage: Stage, house: House) -> Standing:
    """Return the home as on the first day, and what its meters show: no worker."""
    spec = stage.scenario.spec
    new = paused(spec, new_home(spec, house.clock_s))
    before = stage.conditions[stage.scored_from - 1]
    if before is None:
        return new
    idle_w = {worker.key: 0.0 for worker in spec.workers}
    return replace(new, flows=step(spec, new.house, before, idle_w, stage.step_s)[1])
