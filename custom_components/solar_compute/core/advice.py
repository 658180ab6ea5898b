"""What a start and a stop will probably bring now: the rule of thumb, and the learned.

    start = expected worth · 45 min − start cost + what the past adds to it
    stop  = −expected worth · 60 min − start cost + what the past adds to it

Expected is the mean of the last ten minutes and how the day usually goes on from here
(`nowcast`); what the past adds are trees. Each only where it has proven itself: else
`policy` keeps its bare rule. A purse bounds what switching may lose. Pure functions;
standard library only.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, Self

from .knowledge import VERSION, Knowledge, Lasting, Rule, WorkerKnowledge
from .nowcast import expected_changes
from .spec import POSITIVE, PolicySpec, SiteSpec, WorkerSpec
from .trail import TEN_MINUTES, Trail, features

PROVEN = frozenset({Rule.NOWCAST, Rule.LEARNED})
"""Rules that play only where they were better on the home's own past."""
LIMIT_COSTS = 2.0
"""The rule of thumb speaks of at most so many start costs, so that the past can
overrule it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a start now, and a stop now, would bring against waiting, in currency.

    `rule` is what says so. `change` is by how much the worth of the next three quarters
    of an hour will probably differ from that of the last minutes, in currency per hour.
    `lasting` is how long sun usually lasts at this hour (None: never seen).
    """

    rule: Rule
    start: float
    stop: float
    change: float = 0.0
    lasting: Lasting | None = None

    @property
    def is_proven(self) -> bool:
        """Whether the home's own past speaks for the rule."""
        return self.rule in PROVEN


class Amount(Protocol):
    """A number, or many of them at once."""

    def __neg__(self) -> Self:
        """Return what is as far from nought, on its other side."""

    def __mul__(self, other: float, /) -> Self:
        """Return so many times as much."""

    def __truediv__(self, other: float, /) -> Self:
        """Return a part of it."""

    def __sub__(self, other: float, /) -> Self:
        """Return so much less."""


def start_brings[Mean: Amount](
    mean: Mean, start_cost: float, policy: PolicySpec
) -> Mean:
    """Return what a start brings if `mean` (currency per hour) lasts, in currency."""
    return mean * policy.start_horizon_s / 3600 - start_cost


def repaying(start_cost: float, policy: PolicySpec) -> float:
    """Return the worth, in currency per hour, that just repays a start."""
    return start_cost * 3600 / max(policy.start_horizon_s, POSITIVE)


def stop_brings[Mean: Amount](
    mean: Mean, start_cost: float, policy: PolicySpec
) -> Mean:
    """Return what a stop saves if `mean` (currency per hour) lasts, in currency.

    It costs the start that will be needed later.
    """
    return -mean * policy.stop_horizon_s / 3600 - start_cost


def rule_of_thumb(
    mean: float,
    start_cost: float,
    policy: PolicySpec,
    changes: tuple[float, float] = (0.0, 0.0),
) -> tuple[float, float]:
    """Return what the bare rule expects of a start and of a stop, in currency.

    `changes` is by how much the worth of their horizons will differ from `mean`.
    """
    limit = LIMIT_COSTS * start_cost
    start = start_brings(mean + changes[0], start_cost, policy)
    stop = stop_brings(mean + changes[1], start_cost, policy)
    return max(-limit, min(start, limit)), max(-limit, min(stop, limit))


def may_decide(spec: SiteSpec) -> bool:
    """Tell whether what was learned of switching may decide anything in a home.

    What a battery gave depends on what was taken from it before. So what was lived with
    one rule does not tell what another would have earned.
    """
    return spec.battery is None


def advise(
    knowledge: Knowledge | None,
    spec: SiteSpec,
    worker: WorkerSpec,
    trail: Trail,
    local: datetime,
) -> Advice | None:
    """Return what the house's own past says of this moment; None: nothing yet."""
    known = of_worker(knowledge, spec, worker)
    if known is None or knowledge is None or not trail.is_known:
        return None
    sun_h = hour_of_sun(local, knowledge.noon_h)
    mean = trail.worth[TEN_MINUTES]
    changes = (0.0, 0.0)
    if known.rule in PROVEN:
        changes = expected_changes(known.nowcast, sun_h, spec.policy)
    start, stop = rule_of_thumb(mean, worker.start_cost, spec.policy, changes)
    if known.rule is Rule.LEARNED:
        moment = features(trail, sun_h)
        start += known.start.value(moment)
        stop += known.stop.value(moment)
    elif known.rule is Rule.OFF:
        start = -worker.start_cost
    return Advice(
        rule=known.rule,
        start=start,
        stop=stop,
        change=changes[0],
        lasting=lasting_at(known, sun_h),
    )


def of_worker(
    knowledge: Knowledge | None, spec: SiteSpec, worker: WorkerSpec
) -> WorkerKnowledge | None:
    """Return what is known for a worker under its settings of now, if anything is.

    Nothing where it may decide nothing.
    """
    if knowledge is None or knowledge.version != VERSION or not may_decide(spec):
        return None
    known = knowledge.workers.get(worker.key)
    if known is None or known.taught_by != settings_of(spec, worker):
        return None
    return known


def settings_of(spec: SiteSpec, worker: WorkerSpec) -> str:
    """Return the settings that decide what a worker's past was worth, as text."""
    return repr(
        (
            # Learned powers move all the time, by little.
            worker.nominal_w or worker.levels_w,
            worker.start_cost,
            worker.value_per_kwh,
            worker.value_per_hour,
            worker.min_run_s,
            worker.min_pause_s,
            worker.sink,
            worker.space,
            worker.cooled_share,
            spec.import_per_kwh,
            spec.export_per_kwh,
            spec.export_limit_w,
        )
    )


def hour_of_sun(local: datetime, noon_h: float) -> float:
    """Return the hour on a clock that shows 12 when the sun of this home is highest."""
    utc = local.astimezone(UTC)
    hour = utc.hour + utc.minute / 60 + utc.second / 3600
    return (hour - noon_h + 12) % 24


def lasting_at(known: WorkerKnowledge, sun_h: float) -> Lasting | None:
    """Return how long sun lasts at that hour, None where it was hardly ever seen."""
    if len(known.lasts) != 24 or not known.lasts[int(sun_h) % 24].moments:
        return None
    return known.lasts[int(sun_h) % 24]
