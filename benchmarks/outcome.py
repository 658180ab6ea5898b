"""What is kept of a run, and what it says beside those of others: as JSON types."""

from collections.abc import Mapping
from typing import Any

from custom_components.solar_compute.core.spec import BackupKind, SiteSpec

from .bound import Bound
from .engine import Run
from .sinks import sinks_of
from .stage import Stage
from .traces import Trace

type Outcome = Mapping[str, Any]
"""A run without its intervals. Only differences of `total` mean anything."""


def outcome(run: Run) -> Outcome:
    """Return what is kept of a run: money in currency, energy in Wh."""
    return {
        "total": run.total,
        "starts": run.starts,
        "run_s": run.run_s,
        "solar_wh": run.sources.solar_wh,
        "battery_wh": run.sources.battery_wh,
        "grid_wh": run.sources.grid_wh,
        "sinks": {
            key: {
                "useful_wh": flows.useful_wh,
                "backup_wh": flows.backup_wh,
                "short_wh": flows.short_wh,
            }
            for key, flows in run.sinks.items()
        },
        "violations": run.violations,
        "jobs": {"met": run.jobs_met, "missed": run.jobs_missed},
    }


def comparison(
    trace: Trace, stage: Stage, best: Bound, outcomes: Mapping[str, Outcome]
) -> dict[str, Any]:
    """Return what all policies earned against `off`, which must be among them."""
    return {
        "trace": trace.name,
        "scenario": stage.scenario.name,
        "days": round(trace.days - stage.learn_days, 4),
        **({"learn_days": round(stage.learn_days, 4)} if stage.scored_from else {}),
        "unknown_share": round(stage.unknown_share, 6),
        "bound": {
            "value": _rounded(best.value),
            "kind": best.kind,
            **({} if best.error is None else {"error": _rounded(best.error)}),
            **({} if best.reason is None else {"reason": best.reason}),
        },
        "policies": {
            name: _figures(stage, found, outcomes["off"], best)
            for name, found in outcomes.items()
        },
    }


def _figures(stage: Stage, found: Outcome, off: Outcome, best: Bound) -> dict[str, Any]:
    value = found["total"] - off["total"]
    share = None if best.value is None or best.value <= 0 else value / best.value
    return {
        "value": _rounded(value),
        "share_of_bound": _rounded(share),
        "starts": found["starts"],
        "run_h": round(found["run_s"] / 3600, 4),
        "wh": {
            source: round(found[f"{source}_wh"], 3)
            for source in ("solar", "battery", "grid")
        },
        "heat_useful_wh": round(_useful_heat_wh(stage.scenario.spec, found, off), 3),
        "violations": found["violations"],
        **({"jobs": found["jobs"]} if stage.jobs else {}),
    }


def _useful_heat_wh(spec: SiteSpec, found: Outcome, off: Outcome) -> float:
    """Heat that displaced something: the backup's, or hot water that ran short."""
    total = 0.0
    for sink in sinks_of(spec):
        nothing = dict.fromkeys(("useful_wh", "backup_wh", "short_wh"), 0.0)
        mine, its = (each["sinks"].get(sink.key, nothing) for each in (found, off))
        if sink.backup.kind is BackupKind.NONE:
            total += mine["useful_wh"]
        else:
            total += its["backup_wh"] - mine["backup_wh"]
            total += its["short_wh"] - mine["short_wh"]
    return total


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
