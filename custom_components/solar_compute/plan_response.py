"""The plan as the response of `get_plan`: times as local ISO texts, energies in kWh.

Pure functions from what is shown of a plan. They must never make or change one.
"""

from datetime import datetime
from math import isinf
from typing import Any

from homeassistant.util import dt as dt_util

from .configured import Configuration
from .core.plan import Plan, PlannedJob, PlannedWindow
from .plan_view import PlanView
from .rounding import rounded

WH_PER_KWH = 1000.0


def worker_response(
    configuration: Configuration, view: PlanView, key: str, now_s: float
) -> dict[str, Any]:
    """Return what is planned of one worker."""
    start_s = view.next_start_s(key, now_s)
    return {
        **_head(view),
        "held": _held(view, key),
        "next_start": None if start_s is None else _time(start_s),
        "windows": [_window(configuration, window) for window in view.windows(key)],
    }


def site_response(configuration: Configuration, view: PlanView) -> dict[str, Any]:
    """Return the whole plan of a home, and what is expected of every step of it."""
    plan = view.plan
    return {
        **_head(view),
        "windows": [_window(configuration, window) for window in view.windows()],
        "workers": [
            {"worker": worker.name, "held": _held(view, worker.key)}
            for worker in configuration.workers
        ],
        "jobs": [] if plan is None else [_job(job) for job in plan.jobs],
        "value": None if plan is None else rounded(plan.value, 4),
        "stored_per_kwh": None
        if plan is None or plan.stored is None
        else {
            "charge": rounded(plan.stored.charge, 4),
            "discharge": rounded(plan.stored.discharge, 4),
        },
        "heat_per_kwh": {}
        if plan is None
        else {
            sink.name: rounded(per_kwh, 4)
            for key, per_kwh in plan.heat_per_kwh.items()
            if (sink := configuration.spec.sink(key)) is not None
        },
        "steps": [] if plan is None else _steps(plan),
    }


def _head(view: PlanView) -> dict[str, Any]:
    plan = view.plan
    return {
        "status": view.status.value,
        "made": None if plan is None else _time(plan.made_s),
        "valid_until": None if plan is None else _time(plan.valid_until_s),
        "sources": {} if plan is None else dict(plan.expected.sources),
    }


def standing(view: PlanView) -> dict[str, Any]:
    """Return whether decisions go by a plan, and what that rests on."""
    return {
        **_head(view),
        "forecast_age_s": rounded(view.sun_age_s, 0),
    }


def _held(view: PlanView, key: str) -> list[dict[str, Any]]:
    """Return what holds a worker at a level from now on; nothing: the plan places it."""
    held = () if view.plan is None else view.plan.held.get(key, ())
    return [
        {
            "level": item.level,
            "until": None if isinf(item.until_s) else _time(item.until_s),
            "reason": item.reason.value,
        }
        for item in held
    ]


def _window(configuration: Configuration, window: PlannedWindow) -> dict[str, Any]:
    worker = configuration.spec.worker(window.worker)
    return {
        "worker": window.worker if worker is None else worker.name,
        "start": _time(window.start_s),
        "end": _time(window.end_s),
        "level": window.level,
        "energy_kwh": rounded(window.energy_wh / WH_PER_KWH, 3),
        "value": rounded(window.value, 4),
        "jobs": list(window.jobs),
    }


def _job(job: PlannedJob) -> dict[str, Any]:
    return {
        "job": job.key,
        "feasible": job.feasible,
        "price_per_kwh": rounded(job.price_per_kwh, 4),
        "short": rounded(job.short, 3),
    }


def _steps(plan: Plan) -> list[dict[str, Any]]:
    expected = plan.expected
    low_w = expected.balance_low_w or (None,) * len(expected.balance_w)
    soc_wh = plan.soc_wh or (None,) * len(expected.balance_w)
    return [
        {
            "start": _time(start_s),
            "balance_w": rounded(mean_w, 0),
            "balance_low_w": rounded(cloudy_w, 0),
            "import_per_kwh": rounded(import_per_kwh, 4),
            "export_per_kwh": rounded(export_per_kwh, 4),
            "stored_kwh": None
            if stored_wh is None
            else rounded(stored_wh / WH_PER_KWH, 2),
        }
        for start_s, mean_w, cloudy_w, import_per_kwh, export_per_kwh, stored_wh in zip(
            expected.grid.starts_s,
            expected.balance_w,
            low_w,
            expected.import_per_kwh,
            expected.export_per_kwh,
            soc_wh,
            strict=True,
        )
    ]


def _time(unix_s: float) -> str:
    moment: datetime = dt_util.as_local(dt_util.utc_from_timestamp(unix_s // 1))
    return moment.isoformat()
