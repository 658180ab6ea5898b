"""Replays one policy over a trace, with the loop closed, and counts what it earns.

Causal: at the start of an interval the policy is told what the meters showed in
the interval before (the mean over it, measured at its end, which is now), what
its workers drew in it, the battery's charge and the tank's temperature now, and
the tariff now in force, which every home knows in advance. That is the lag of a
meter that reports once per interval.

An interval without `grid_w` is unknown: the policy's meters say nothing then,
and neither energy nor cost nor run time in it counts. The battery and the tank
stand still over it. Starts count always.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.crew import Hand, ran, set_level, worker_input
from custom_components.solar_compute.core.job import Job
from custom_components.solar_compute.core.model import Snapshot
from custom_components.solar_compute.core.simulate import (
    Conditions,
    Flows,
    House,
    Sources,
    new_house,
    snapshot,
    step,
)
from custom_components.solar_compute.core.simulated_tank import TankFlows, TankState
from custom_components.solar_compute.core.spec import SiteSpec

from .deadlines import JobBook
from .stage import Stage, prepare
from .tally import Tally, left_over

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


@dataclass(frozen=True, slots=True)
class Moment:
    """What a policy may know at the start of an interval.

    `flows` and `before` are what flowed in the interval before and what the world did
    then, None where that was unknown. `jobs` are those that are open and not done,
    `hours_per_kwh` the known prices of the hours to come (None: they never change).
    """

    spec: SiteSpec
    house: House
    flows: Flows | None
    hands: Mapping[str, Hand]
    local: datetime
    step_s: int
    import_per_kwh: float
    export_per_kwh: float
    before: Conditions | None = None
    jobs: tuple[Job, ...] = ()
    hours_per_kwh: tuple[float, ...] | None = None

    @property
    def clock_s(self) -> float:
        """Seconds since the start of the trace."""
        return self.house.clock_s

    def ahead(self) -> Ahead:
        """Return what production code would hear of the hours to come."""
        return Ahead(hours_per_kwh=self.hours_per_kwh)

    def snapshot(self) -> Snapshot:
        """Return the same as production code would see it."""
        seen = snapshot(
            self.spec,
            self.house,
            self.flows,
            local=self.local,
            workers=[
                worker_input(worker, self.hands[worker.key], self.clock_s)
                for worker in self.spec.workers
            ],
            conditions=self.before,
            import_per_kwh=self.import_per_kwh,
            export_per_kwh=self.export_per_kwh,
        )
        return replace(seen, jobs=self.jobs)


@dataclass(frozen=True, slots=True)
class Order:
    """A level, and whether a guard or a failed probe excuses its timing."""

    level: int
    excused: bool = False


class Policy(Protocol):
    """Decides the levels of all workers, interval by interval."""

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Return the order for every worker."""


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


def replay(stage: Stage, policy: Policy) -> Run:
    """Return what the policy earns on the stage."""
    spec, step_s, scored = stage.scenario.spec, stage.step_s, stage.scored_from
    house, hands = new_home(spec), {worker.key: Hand() for worker in spec.workers}
    order = sorted(spec.workers, key=lambda worker: worker.priority)
    flows: Flows | None = None
    tally, book = Tally(), JobBook(stage.jobs)
    levels: list[tuple[int, ...]] = []
    grid_w: list[float | None] = []
    for index, conditions in enumerate(stage.conditions):
        if index == scored > 0:
            house, flows = _begun_anew(stage, house)
            hands = {worker.key: Hand() for worker in spec.workers}
            tally, book = Tally(), JobBook(stage.jobs_from(scored))
        moment = Moment(
            spec=spec,
            house=house,
            flows=flows,
            hands=dict(hands),
            local=stage.locals[index],
            step_s=step_s,
            import_per_kwh=stage.imports[index],
            export_per_kwh=stage.exports[index],
            before=stage.conditions[index - 1] if index else None,
            jobs=book.turn_to(index),
            hours_per_kwh=stage.hours_per_kwh(index),
        )
        for key, wish in policy.orders(moment).items():
            worker = spec.worker(key)
            assert worker is not None
            hands[key] = set_level(
                worker, hands[key], wish.level, house.clock_s, excused=wish.excused
            )
        levels.append(tuple(hands[worker.key].level for worker in spec.workers))
        if conditions is None:
            house = replace(house, clock_s=house.clock_s + step_s)
            flows = None
            grid_w.append(None)
            continue
        powers_w = {
            worker.key: worker.power_w(hands[worker.key].level) for worker in order
        }
        house, flows = step(spec, house, conditions, powers_w, step_s)
        grid_w.append(flows.grid_w)
        tally.add(spec, powers_w, flows)
        book.work(spec, hands, step_s)
        hands = {key: ran(hand, step_s) for key, hand in hands.items()}
    starts_cost = sum(
        worker.start_cost * hands[worker.key].starts for worker in spec.workers
    )
    book.turn_to(len(stage.conditions))
    return Run(
        total=tally.earned + book.value - starts_cost + left_over(stage, house),
        starts=sum(hand.starts for hand in hands.values()),
        violations=sum(hand.violations for hand in hands.values()),
        run_s=sum(hand.run_s for hand in hands.values()),
        sources=tally.sources,
        sinks=tally.sinks,
        jobs_met=len(book.met),
        jobs_missed=len(book.missed),
        levels=tuple(levels),
        grid_w=tuple(grid_w),
    )


def _begun_anew(stage: Stage, house: House) -> tuple[House, Flows | None]:
    """Return the home as on the first day, and what its meters show: no worker."""
    spec = stage.scenario.spec
    new = new_home(spec, house.clock_s)
    before = stage.conditions[stage.scored_from - 1]
    if before is None:
        return new, None
    idle_w = {worker.key: 0.0 for worker in spec.workers}
    return new, step(spec, new, before, idle_w, stage.step_s)[1]
