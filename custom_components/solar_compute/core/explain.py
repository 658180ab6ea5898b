"""Why, in numbers: what a decision weighed, and what would change it.

Nothing here is text for people: codes and figures only, which the edge renders.
Pure functions; standard library only.
"""

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

from .codec import to_json
from .model import Decision, Snapshot, StartHint, WorkerDecision
from .policy import start_after_s
from .reading_names import named_readings
from .spec import PolicySpec, SiteSpec, WorkerSpec


def start_hint(
    worker: WorkerSpec,
    policy: PolicySpec,
    *,
    worth_with: Callable[[float], float],
    reach_w: Iterable[float],
    mean: float | None,
) -> StartHint:
    """Return what would start a paused worker.

    `worth_with(extra_w)` is the worth of its best level with that much more
    surplus; `reach_w` are the amounts at which a boundary of the supply curve
    passes the worker, between which the worth is linear.
    """
    now = worth_with(0.0)
    if now > 0:
        after_s = start_after_s(
            now, now if mean is None else mean, worker.start_cost, policy
        )
        return StartHint(surplus_w=0.0, after_s=after_s)
    before_w, before = 0.0, now
    for extra_w in sorted(extra for extra in reach_w if extra > 0):
        after = worth_with(extra_w)
        if after > 0:
            share = -before / (after - before)
            surplus_w = before_w + share * (extra_w - before_w)
            return StartHint(surplus_w=surplus_w, after_s=None)
        before_w, before = extra_w, after
    return StartHint(surplus_w=None, after_s=None)


def explain(
    spec: SiteSpec, snapshot: Snapshot, decision: Decision, key: str
) -> dict[str, Any]:
    """Return the whole decision on one worker as plain data.

    Powers in W, prices in currency per kWh, worths in currency per hour. The
    parts of every worth add up to its total.

    Raises:
        KeyError: if there is no such worker.
    """
    worker = decision.worker(key)
    settings = spec.worker(key)
    if worker is None or settings is None:
        raise KeyError(key)
    asleep = any(item.asleep for item in snapshot.workers if item.key == key)
    return {
        "level": worker.level,
        "power_w": worker.power_w,
        "settling": worker.settling,
        "reason": {"code": worker.reason.code.value, **worker.reason.data},
        "worth_per_h": worker.judged.total if worker.judged else None,
        "mean_worth_per_h": worker.mean_worth,
        "levels": [_level(worker, level) for level in range(len(worker.worths))],
        "highest_permitted_level": worker.cap,
        "supply_taken": to_json(worker.slices),
        "power_of_workers_before_w": worker.base_w,
        "would_start": to_json(worker.hint),
        "switching": {
            "start_cost": settings.found(asleep=asleep).start_cost,
            "averaging_s": spec.policy.averaging_s,
            "start_horizon_s": spec.policy.start_horizon_s,
            "stop_horizon_s": spec.policy.stop_horizon_s,
            "min_run_s": settings.min_run_s,
            "min_pause_s": settings.min_pause_s,
        },
        "site": {
            "state": decision.state.value,
            "balance_w": decision.balance_w,
            "surplus_w": decision.surplus_w,
            "hidden_w": decision.hidden_w,
            "next_per_kwh": decision.next_per_kwh,
            "tranches": to_json(decision.tranches),
            "missing_inputs": list(decision.missing),
        },
        "heat": next(
            (to_json(heat) for heat in decision.heat if heat.key == settings.sink), None
        ),
        "inputs": _inputs(snapshot),
    }


def _level(worker: WorkerDecision, index: int) -> dict[str, Any]:
    worth = worker.worths[index]
    return {**to_json(worth), "total": worth.total}


def _inputs(snapshot: Snapshot) -> dict[str, Any]:
    """Return the readings of the snapshot with their ages."""
    return {
        _UNITS.get(name, name): {
            "value": reading.value if _is_number(reading.value) else None,
            "age_s": round(snapshot.clock_s - reading.measured_s, 1),
        }
        for name, reading in named_readings(snapshot)
    }


_UNITS = {"grid": "grid_w", "battery": "battery_w", "pv": "pv_w"}


def _is_number(value: float | None) -> bool:
    return value is not None and isfinite(value)
