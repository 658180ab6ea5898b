"""How far a job is, as plain data for actions, events and attributes. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

from .core.job import Job
from .core.model import Snapshot
from .rounding import rounded


def job_facts(job: Job, snapshot: Snapshot) -> dict[str, Any]:
    """Return how far a job is, as plain data."""
    return {
        "job": job.key,
        "name": job.name,
        "state": job.state.value,
        "ready_by": wall_time(job.ready_by_s, snapshot).isoformat(),
        "unit": job.unit.value,
        "amount": rounded(job.amount, 3),
        "done": rounded(job.done, 3),
        "run_h": rounded(job.run_s / 3600, 3),
        "energy_kwh": rounded(job.energy_wh / 1000, 3),
        "cost": rounded(job.cost, 3),
        "value": job.value,
        "maximum_price": job.maximum_per_kwh,
    }


def wall_time(clock_s: float, snapshot: Snapshot) -> datetime:
    """Return what the wall clock shows when ours shows `clock_s`, to the second.

    Added up in UTC, since local clocks may change until then.
    """
    local = snapshot.local
    moment = local.astimezone(UTC) + timedelta(seconds=clock_s - snapshot.clock_s + 0.5)
    return moment.replace(microsecond=0).astimezone(local.tzinfo)
