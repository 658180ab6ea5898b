"""The numbers behind a state, as attributes that the recorder leaves out.

Pure functions from an entity's facts to JSON-able attributes. Text is made by
the translations, never here.
"""

from typing import Any

from .core.job import by_deadline
from .core.model import Tranche, WorkerDecision, Worth
from .core.reading_names import named_readings
from .core.spec import SiteSpec
from .facts import SiteFacts, WorkerFacts
from .job_facts import job_facts
from .rounding import rounded

REASON_ATTRIBUTES = frozenset(
    {
        "details",
        "explanation",
        "highest_level",
        "inputs",
        "mean_worth",
        "shadow_level",
        "starts_after_s",
        "starts_with_surplus_w",
        "tranches",
        "worth",
    }
)
STATE_ATTRIBUTES = frozenset(
    {"abilities", "checkpoint_age_s", "own_reason", "own_words", "progress", "project"}
)
SITE_ATTRIBUTES = frozenset({"ages_s", "missing"})
JOB_ATTRIBUTES = frozenset({"jobs"})
PERIOD_ATTRIBUTES = frozenset({"this_month", "today"})
PLAN_ATTRIBUTES = frozenset(
    {"added_per_kwh", "complete", "forecast_age_s", "heat_per_kwh", "sources"}
)
SINK_ATTRIBUTES = frozenset(
    {"cause", "coldest_c", "learned_days", "measured", "supply", "warmest_c"}
)


def site_attributes(site: SiteFacts) -> dict[str, Any]:
    """Return which inputs are missing, and how old each of them is in s."""
    missing = [readable(site.spec, name) for name in site.data.decision.missing]
    return {"missing": missing, "ages_s": ages_s(site)}


def plan_attributes(site: SiteFacts) -> dict[str, Any]:
    """Return what the plan rests on, and what it says heat in each tank is worth."""
    view, plan = site.plan, site.plan.plan
    return {
        "sources": {}
        if plan is None
        else {
            readable(site.spec, name): source
            for name, source in plan.expected.sources.items()
        },
        "forecast_age_s": rounded(view.sun_age_s, 0),
        "added_per_kwh": rounded(view.fees_per_kwh, 4),
        "complete": None if plan is None else plan.complete,
        "heat_per_kwh": {}
        if plan is None
        else {
            readable(site.spec, f"tank:{key}"): rounded(value, 4)
            for key, value in plan.heat_per_kwh.items()
        },
    }


def readable(spec: SiteSpec, name: str) -> str:
    """Return an input's name with its owner's own name for the key."""
    kind, _, key = name.partition(":")
    guards = (guard for guard in spec.guards if guard.key == key)
    owner = spec.sink(key) or spec.load(key) or next(guards, None)
    return name if owner is None else f"{kind}: {owner.name}"


def ages_s(site: SiteFacts) -> dict[str, int]:
    """Return the age of every measured input in s, by the input's name."""
    clock_s = site.data.snapshot.clock_s
    return {
        readable(site.spec, name): round(max(0.0, clock_s - reading.measured_s))
        for name, reading in named_readings(site.data.snapshot)
    }


def state_attributes(facts: WorkerFacts) -> dict[str, Any]:
    """Return what a worker can do and says of itself; nothing before it was asked."""
    if (view := facts.view) is None:
        return {}
    abilities: list[str] = [feature.value for feature in view.features]
    return {
        "abilities": abilities,
        "own_reason": view.cause,
        "own_words": view.detail,
        "progress": rounded(view.progress, 3),
        "checkpoint_age_s": rounded(view.checkpoint_age_s, 0),
        "project": view.project,
    }


def job_attributes(facts: WorkerFacts) -> dict[str, Any]:
    """Return a worker's jobs, the open ones first, and how they stand."""
    data = facts.site.data
    ordered = sorted(facts.jobs, key=lambda job: (not job.is_open, by_deadline(job)))
    return {
        "jobs": [
            {
                **job_facts(job, data.snapshot),
                "outlook": None
                if (outlook := data.decision.job(job.key)) is None
                else outlook.verdict.value,
            }
            for job in ordered
        ]
    }


def reason_attributes(facts: WorkerFacts) -> dict[str, Any]:
    """Return the numbers behind a worker's reason; nothing before its decision."""
    if (decision := facts.decision) is None:
        return {}
    shadow = facts.site.data.snapshot.shadow
    return {
        "details": {
            name: _detail(facts.site.spec, value)
            for name, value in decision.reason.data.items()
        },
        "inputs": _inputs(facts.site),
        "tranches": [_tranche(slice_) for slice_ in decision.slices],
        "worth": None if decision.judged is None else _worth(decision.judged),
        "mean_worth": rounded(decision.mean_worth, 4),
        "highest_level": decision.cap,
        **_hint(decision),
        **({"shadow_level": decision.level} if shadow else {}),
    }


def _hint(decision: WorkerDecision) -> dict[str, float | None]:
    """Say what would start it: more surplus in W, or so many s of this worth."""
    if (hint := decision.hint) is None:
        return {}
    return {
        "starts_with_surplus_w": rounded(hint.surplus_w, 0),
        "starts_after_s": rounded(hint.after_s, 0),
    }


def _detail(spec: SiteSpec, value: float | str | None) -> float | str | None:
    if not isinstance(value, str):
        return rounded(value, 4)
    named = (guard.name for guard in spec.guards if guard.key == value)
    return next(named, readable(spec, value))


def _inputs(site: SiteFacts) -> dict[str, float | None]:
    spec, snapshot = site.spec, site.data.snapshot
    measured = {
        readable(spec, name): rounded(reading.value, 1)
        for name, reading in named_readings(snapshot)
    }
    return {
        **measured,
        "import_per_kwh": _price(snapshot.import_per_kwh, spec.import_per_kwh),
        "export_per_kwh": _price(snapshot.export_per_kwh, spec.export_per_kwh),
    }


def _price(live: float | None, fixed: float) -> float | None:
    return rounded(fixed if live is None else live, 4)


def _tranche(tranche: Tranche) -> dict[str, Any]:
    return {
        "kind": tranche.kind.value,
        "width_w": rounded(tranche.width_w, 0),
        "price_per_kwh": rounded(tranche.price_per_kwh, 4),
    }


def _worth(worth: Worth) -> dict[str, float | None]:
    """Return the parts of a worth in currency per hour."""
    return {
        "level": worth.level,
        "power_w": rounded(worth.power_w, 0),
        "compute": rounded(worth.compute, 4),
        "heat": rounded(worth.heat, 4),
        "job": rounded(worth.job, 4),
        "cooling": rounded(worth.cooling, 4),
        "supply": rounded(worth.supply, 4),
        "total": rounded(worth.total, 4),
    }
