"""The loop of every replay: somebody decides, the workers obey, the home answers.

Causal: at the start of an interval a rule is told what the meters showed in the one
before, and what holds at this instant. An interval whose balance is unknown counts for
nothing: battery and tanks stand still over it, and the meters say nothing after it.
Starts count always. What a replay adds up is not its business (`replay`, and the bench).

Standard library only; frozen state in, frozen state out; no clock, no I/O.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from .ahead import Ahead
from .crew import Hand, ran, set_level, worker_input
from .job import Job
from .model import Snapshot
from .simulate import Conditions, Flows, House, snapshot, step
from .spec import SiteSpec


@dataclass(frozen=True, slots=True)
class Order:
    """A level, and whether a guard or a failed probe excuses its timing."""

    level: int
    excused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A home and its workers between two intervals.

    `flows` are those of the interval before, None where that was unknown.
    """

    house: House
    hands: Mapping[str, Hand]
    flows: Flows | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a rule may know at the start of an interval.

    `before` is what the world did in the interval before, None where that was unknown.
    Prices are the ones in force now (None: as set); `hours_per_kwh` the known prices of
    import in the hours to come (None: nobody publishes any, or they never change).
    `jobs` are those that are open and not done.
    """

    spec: SiteSpec
    step_s: int
    local: datetime
    standing: Standing
    before: Conditions | None = None
    import_per_kwh: float | None = None
    export_per_kwh: float | None = None
    hours_per_kwh: tuple[float, ...] | None = None
    jobs: tuple[Job, ...] = ()

    @property
    def house(self) -> House:
        """The home now."""
        return self.standing.house

    @property
    def flows(self) -> Flows | None:
        """What flowed in the interval before, None where that was unknown."""
        return self.standing.flows

    @property
    def hands(self) -> Mapping[str, Hand]:
        """The workers now."""
        return self.standing.hands

    @property
    def clock_s(self) -> float:
        """Seconds since the replay began."""
        return self.standing.house.clock_s

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
        return replace(seen, jobs=self.jobs) if self.jobs else seen


class Rule(Protocol):
    """Decides the levels of all workers, interval by interval."""

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Return the order for every worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """One interval: how all stood after it, and what the workers drew.

    `flows` of `after` are those of this interval. `powers_w` is empty where it was
    unknown.
    """

    after: Standing
    powers_w: Mapping[str, float] = field(default_factory=dict)


def paused(spec: SiteSpec, house: House) -> Standing:
    """Return a home whose workers have never run, and whose meters say nothing yet."""
    return Standing(house=house, hands={worker.key: Hand() for worker in spec.workers})


def lived(
    spec: SiteSpec,
    standing: Standing,
    conditions: Iterable[Conditions | None],
    step_s: int,
    orders: Callable[[int, Standing], Mapping[str, Order]],
) -> Iterator[Lived]:
    """Go through the intervals, one after the other.

    `orders` is asked at the start of each, with its number and how all stands; a worker
    that it does not name keeps its level.
    """
    by_priority = sorted(spec.workers, key=lambda worker: worker.priority)
    for index, known in enumerate(conditions):
        house, hands = standing.house, dict(standing.hands)
        wishes = orders(index, standing)
        for worker in by_priority:
            wish = wishes.get(worker.key)
            if wish is not None:
                hands[worker.key] = set_level(
                    worker,
                    hands[worker.key],
                    wish.level,
                    house.clock_s,
                    excused=wish.excused,
                )
        if known is None:
            house = replace(house, clock_s=house.clock_s + step_s)
            standing = Standing(house=house, hands=hands)
            yield Lived(after=standing)
            continue
        powers_w = {
            worker.key: worker.power_w(hands[worker.key].level)
            for worker in by_priority
        }
        house, flows = step(spec, house, known, powers_w, step_s)
        standing = Standing(
            house=house,
            hands={key: ran(hand, step_s) for key, hand in hands.items()},
            flows=flows,
        )
        yield Lived(after=standing, powers_w=powers_w)
