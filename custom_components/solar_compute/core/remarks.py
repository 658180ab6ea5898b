"""What a person should hear beside a reason: codes with numbers; text is made at the edge.

How long such sun usually lasts, which rule decided and why it may, and what rests. Only
what bears on this decision is said, and nothing that is not known. Pure functions;
standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from .advice import may_decide, of_worker, start_brings, stop_brings
from .experience import are_paid_by_job
from .knowledge import Knowledge, Rule
from .ledger import SOLAR
from .model import ReasonCode, TrancheKind, WorkerDecision
from .spec import SiteSpec, WorkerSpec


class RemarkCode(StrEnum):
    """What is remarked on a decision. `Remark.data` carries the numbers."""

    SUN_LASTS = "sun_lasts"
    """Sun like this usually lasts so many `minutes` more (seen at `moments`)."""
    SUN_LASTS_LONG = "sun_lasts_long"
    """The same in `hours`."""
    LEARNED_STARTS = "learned_starts"
    """What was learned starts it, where the rule of thumb would wait."""
    LEARNED_WAITS = "learned_waits"
    LEARNED_GOES_ON = "learned_goes_on"
    """What was learned has it go on, where the rule of thumb would pause it."""
    LEARNED_PAUSES = "learned_pauses"
    NOTHING_LEARNED = "nothing_learned"
    """The rule of thumb decides, for nothing is learned of this worker yet. Not said
    where it never will be."""
    NOT_PROVEN = "not_proven"
    """The rule of thumb decides, for what was learned is no better."""
    NO_RULE_EARNS = "no_rule_earns"
    """On the past of this home no rule earned anything with it."""
    RESTS = "rests"
    """So much was lost by switching that it stays off; its rule goes on in thought."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A code and the numbers that belong to it; text is made at the edge."""

    code: RemarkCode
    data: Mapping[str, float] = field(default_factory=dict)


USUALLY: Final = 3
"""What was seen less often is not usual."""

HOURS_FROM_MIN: Final = 90.0
"""From here on people count in hours."""

_WITH_SUN: Final = frozenset({ReasonCode.WORTH_IT, ReasonCode.WAITING_TO_START})

_BY_WORTH: Final = _WITH_SUN | {
    ReasonCode.HEAT_DEMAND,
    ReasonCode.JOB_DEADLINE,
    ReasonCode.JOB_NOT_WORTH_IT,
    ReasonCode.JOB_WAITING,
    ReasonCode.NOT_WORTH_IT,
    ReasonCode.RIDING_OUT,
}


def remarks(
    spec: SiteSpec,
    worker: WorkerSpec,
    decision: WorkerDecision,
    knowledge: Knowledge | None,
) -> tuple[Remark, ...]:
    """Return what is to be said of a decision beside its reason, in order.

    `spec` and `worker` are as configured.
    """
    found = (_sun(decision), _rule(spec, worker, decision, knowledge))
    return tuple(remark for remark in found if remark is not None)


def looks_ahead(worker: WorkerSpec, decision: WorkerDecision) -> bool:
    """Tell whether what is expected of the hours to come was weighed.

    It is where worth decided, and a battery, heat or a deadline is part of it.
    """
    stored = (TrancheKind.BATTERY_CHARGE, TrancheKind.BATTERY_DISCHARGE)
    return decision.reason.code in _BY_WORTH and (
        any(part.kind in stored for part in decision.slices)
        or worker.sink is not None
        or are_paid_by_job(decision.worths)
    )


def _sun(decision: WorkerDecision) -> Remark | None:
    """Say how long it lasts: while a start is considered, or a run goes on in it."""
    minutes = _number(decision, "sun_lasts_min")
    moments = _number(decision, "moments")
    in_sun = any(part.kind in SOLAR for part in decision.slices)
    if decision.reason.code not in _WITH_SUN or not in_sun:
        return None
    if minutes is None or moments is None or moments < USUALLY or minutes < 1:
        return None
    if minutes < HOURS_FROM_MIN:
        return Remark(RemarkCode.SUN_LASTS, {"minutes": minutes, "moments": moments})
    hours = minutes / 60
    return Remark(RemarkCode.SUN_LASTS_LONG, {"hours": hours, "moments": moments})


def _rule(
    spec: SiteSpec,
    worker: WorkerSpec,
    decision: WorkerDecision,
    knowledge: Knowledge | None,
) -> Remark | None:
    """Say which rule decided, where one did, if it is not simply the learned one."""
    rule = decision.reason.data.get("rule")
    if decision.reason.code is ReasonCode.LOST_LATELY:
        off = rule == Rule.OFF.value
        return Remark(RemarkCode.NO_RULE_EARNS if off else RemarkCode.RESTS)
    if (
        worker.start_cost <= 0
        or are_paid_by_job(decision.worths)
        or not _is_ruled(decision)
    ):
        return None
    if rule == Rule.LEARNED.value:
        return _overruled(spec, decision)
    if rule == Rule.BARE.value:
        return Remark(RemarkCode.NOT_PROVEN)
    if rule is None and may_decide(spec) and of_worker(knowledge, spec, worker) is None:
        return Remark(RemarkCode.NOTHING_LEARNED)
    return None


def _is_ruled(decision: WorkerDecision) -> bool:
    """Tell whether the rule was asked: where worth alone does not settle it."""
    code, switched = (
        decision.reason.code,
        bool(decision.level) != bool(decision.current),
    )
    if code in (ReasonCode.WORTH_IT, ReasonCode.NOT_WORTH_IT):
        return switched
    return code in (ReasonCode.WAITING_TO_START, ReasonCode.RIDING_OUT)


def _overruled(spec: SiteSpec, decision: WorkerDecision) -> Remark | None:
    """Say so where the rule of thumb alone would have decided otherwise."""
    mean, start_cost = _number(decision, "mean"), _number(decision, "start_cost")
    if mean is None or start_cost is None:
        return None
    runs = decision.level > 0
    if decision.current:
        would_run = stop_brings(mean, start_cost, spec.policy) < 0
        said = RemarkCode.LEARNED_GOES_ON if runs else RemarkCode.LEARNED_PAUSES
    else:
        would_run = start_brings(mean, start_cost, spec.policy) >= 0
        said = RemarkCode.LEARNED_STARTS if runs else RemarkCode.LEARNED_WAITS
    return None if would_run == runs else Remark(said)


def _number(decision: WorkerDecision, name: str) -> float | None:
    value = decision.reason.data.get(name)
    return value if isinstance(value, int | float) else None
