"""What a person wants of a worker, and who comes first on the supply curve.

Pure functions; standard library only.
"""

from .managed import Managed
from .model import Mode, Reason, ReasonCode, Snapshot
from .policy import Choice


def wish(worker: Managed, snapshot: Snapshot) -> Choice | None:
    """Return what a person has asked for; None where worth decides."""
    observed, top = worker.observed, len(worker.spec.levels_w)
    override = observed.override
    if override is not None and snapshot.clock_s < override.until_s:
        remaining = {"remaining_s": override.until_s - snapshot.clock_s}
        if not override.run:
            return Choice(level=0, reason=Reason(ReasonCode.OVERRIDE_PAUSE, remaining))
        level = top if override.level is None else max(0, min(override.level, top))
        return Choice(level=level, reason=Reason(ReasonCode.OVERRIDE_RUN, remaining))
    if not snapshot.automation:
        return Choice(level=0, reason=Reason(ReasonCode.AUTOMATION_OFF))
    if observed.mode is Mode.OFF:
        return Choice(level=0, reason=Reason(ReasonCode.MODE_OFF))
    if observed.mode is Mode.ON:
        return Choice(level=top, reason=Reason(ReasonCode.MODE_ON))
    return None


def rank(worker: Managed, snapshot: Snapshot) -> tuple[bool, bool, int]:
    """Return the place in the order: held workers first, then by priority.

    First of all comes what was promised and has not shown yet, or somebody
    could be given the same power again. A minimum run holds, but not one that
    tried for hidden sun: it must not take another's that can be seen.
    """
    promised = worker.settling and worker.current > 0
    asked = wish(worker, snapshot)
    if asked is not None:
        return (not promised, asked.level == 0, worker.spec.priority)
    since_s = worker.memory.since_s
    in_minimum_run = (
        since_s is not None and snapshot.clock_s - since_s < worker.spec.min_run_s
    )
    held = worker.current > 0 and in_minimum_run and not worker.memory.probing
    return (not promised, not (promised or held), worker.spec.priority)
