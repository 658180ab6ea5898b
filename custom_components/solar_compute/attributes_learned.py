"""What was learned, as attributes that the recorder leaves out.

Pure functions from facts to JSON-able attributes; see `attributes`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .core.advice import PROVEN, of_worker
from .core.knowledge import Rule, WorkerKnowledge
from .core.memory import PowerMean
from .core.power import learned_settle_s, learned_w
from .core.spec import WorkerSpec
from .core.sun_error import sun_factors
from .core.work import learned_units_per_kwh
from .facts import SiteFacts, WorkerFacts
from .rounding import rounded

KNOWLEDGE_ATTRIBUTES = frozenset(
    {"learned_at", "load_days", "load_w", "sun_forecast", "weekend_load_w", "workers"}
)
POWER_ATTRIBUTES = frozenset(
    {"learned_levels_w", "settles_within_s", "stated_levels_w"}
)


def knowledge_attributes(site: SiteFacts) -> dict[str, Any]:
    """Return what is known of the home, and on how much it rests."""
    learned = site.learned
    load, factors = learned.load, sun_factors(learned.sun)
    return {
        "learned_at": None
        if learned.learned_s is None
        else datetime.fromtimestamp(learned.learned_s // 1, UTC).isoformat(),
        "load_days": load.days,
        "load_w": [rounded(value, 0) for value in load.hours_w],
        "weekend_load_w": [rounded(value, 0) for value in load.weekend_w],
        "sun_forecast": []
        if factors is None
        else [rounded(ratio, 2) for ratio, _ in factors],
        "workers": {
            worker.name: {
                **_switching(
                    of_worker(learned.knowledge, site.spec, site.valued(worker))
                ),
                **_powers(worker, site.data.known.powers),
            }
            for worker in site.spec.workers
        },
    }


def power_attributes(worker: WorkerFacts) -> dict[str, Any]:
    """Return what the levels of a worker really draw, as far as that is known."""
    spec, powers = worker.config.spec, worker.powers
    if not worker.config.switched:
        return {}
    return {
        "stated_levels_w": list(spec.levels_w),
        "learned_levels_w": [
            rounded(learned_w(spec, powers, level), 0)
            for level in range(1, len(spec.levels_w) + 1)
        ],
        "settles_within_s": rounded(learned_settle_s(spec, powers), 0),
    }


def _switching(known: WorkerKnowledge | None) -> dict[str, Any]:
    """Return which rule plays, and what it earned on days that had not taught it."""
    if known is None:
        return {"rule": Rule.BARE.value, "proven": False}
    return {
        "rule": known.rule.value,
        "proven": known.rule in PROVEN,
        "earned": rounded(known.gain, 3),
        "rule_of_thumb_earned": rounded(known.bare_gain, 3),
        "similar_moments": sum(lasting.moments for lasting in known.lasts),
    }


def _powers(spec: WorkerSpec, powers: Mapping[str, PowerMean]) -> dict[str, Any]:
    mean = powers.get(spec.key)
    levels = () if mean is None else mean.levels
    return {
        "minutes_seen": [rounded(level.seconds / 60, 0) for level in levels],
        "levels_w": [
            rounded(learned_w(spec, mean, level), 0)
            for level in range(1, len(spec.levels_w) + 1)
        ],
        "changes_seen": 0 if mean is None else mean.changes,
        **_work(spec, mean),
    }


def _work(spec: WorkerSpec, mean: PowerMean | None) -> dict[str, Any]:
    """Return what comes of a kWh; nothing for a worker that does not count its work."""
    if mean is None or not mean.work.levels:
        return {}
    levels = range(1, len(spec.levels_w) + 1)
    return {
        "units_seen": rounded(mean.work.every.units, 0),
        "units_per_kwh": rounded(learned_units_per_kwh(spec, mean), 3),
        "levels_units_per_kwh": [
            rounded(learned_units_per_kwh(spec, mean, level), 3) for level in levels
        ],
    }
