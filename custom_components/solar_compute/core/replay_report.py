"""What a replay of the home's own past says, and what it had to assume.

Codes and figures only; the edge renders text. Pure; no clock, no I/O.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from .guard_spec import GuardSpecs
from .history import History
from .replay import Outcome, Rule, WorkerTally, replay, stage
from .replay_rules import Decisions, FixedDelays, Off
from .spec import SiteSpec

BASELINES: Final[Mapping[str, tuple[float, float]]] = {
    "delay_15_7": (15.0, 7.0),
    "delay_5_5": (5.0, 5.0),
}
"""Fixed delays in minutes before a start and a stop, by the name of their figures."""

GAPS_FROM: Final = 0.02
"""So large a share of unknown intervals is worth telling."""


class Assumption(StrEnum):
    """What a replay could not know, and took for granted."""

    WORKERS_OBEY = "workers_obey"
    """Every worker does at once what it is told, and draws its level's power."""
    COARSE = "coarse"
    """Some of it is hourly means, which hide clouds and kettles."""
    GAPS = "gaps"
    """Some of it is unknown, and counts for nothing."""
    BATTERY_SIMULATED = "battery_simulated"
    """The battery is the configured one, charged and discharged anew."""
    SINKS_SIMULATED = "sinks_simulated"
    """Tanks and rooms are the configured ones, with usual draws."""
    GUARDS_LEFT_OUT = "guards_left_out"
    """Guards that watch an entity were not asked."""
    PRICE_TRIED = "price_tried"
    """A price was given to be tried."""
    NOTHING_LEARNED = "nothing_learned"
    """It began as on the day of installation, and heard of no forecast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """What the decisions of this home would have brought, in currency, Wh and days.

    `gain` is against leaving every worker paused, and so are those of the `baselines`.
    `coarse_days` of `known_days` are hourly means; `days` is how long the past is.
    """

    start_s: float
    end_s: float
    days: float
    known_days: float
    coarse_days: float
    gain: float
    baselines: Mapping[str, float]
    workers: Mapping[str, WorkerTally]
    useful_heat_wh: Mapping[str, float]
    assumptions: tuple[Assumption, ...]


def report(
    past: History,
    spec: SiteSpec,
    zone: tzinfo,
    *,
    workers: frozenset[str] | None = None,
    import_per_kwh: float | None = None,
    export_per_kwh: float | None = None,
    coarse_days: float = 0.0,
    give_way: Callable[[], None] = lambda: None,
) -> ReplayReport:
    """Return what the settings would have brought on that past.

    Only `workers` take part (None: all). A price given holds for all of it. `give_way`
    is called once an interval.
    """
    taking_part, left_out = _replayable(spec, workers)
    scene = stage(
        past,
        taking_part,
        zone,
        import_per_kwh=import_per_kwh,
        export_per_kwh=export_per_kwh,
    )
    off = replay(scene, Off(), give_way)
    rules: dict[str, Rule] = {
        name: FixedDelays(start, stop) for name, (start, stop) in BASELINES.items()
    }
    ours = replay(scene, Decisions(), give_way)
    assumed = {
        Assumption.WORKERS_OBEY: True,
        Assumption.NOTHING_LEARNED: True,
        Assumption.COARSE: coarse_days > 0,
        Assumption.GAPS: _unknown_share(past) >= GAPS_FROM,
        Assumption.BATTERY_SIMULATED: spec.battery is not None,
        Assumption.SINKS_SIMULATED: bool(spec.tanks or spec.rooms),
        Assumption.GUARDS_LEFT_OUT: left_out,
        Assumption.PRICE_TRIED: (import_per_kwh, export_per_kwh) != (None, None),
    }
    return ReplayReport(
        start_s=past.start_s,
        end_s=past.end_s,
        days=(past.end_s - past.start_s) / 86400,
        known_days=past.known_days,
        coarse_days=coarse_days,
        gain=_gain(ours, off),
        baselines={
            name: _gain(replay(scene, rule, give_way), off)
            for name, rule in rules.items()
        },
        workers=ours.workers,
        useful_heat_wh=ours.useful_heat_wh,
        assumptions=tuple(code for code, holds in assumed.items() if holds),
    )


def _replayable(
    spec: SiteSpec, workers: frozenset[str] | None
) -> tuple[SiteSpec, bool]:
    """Return the settings that a past can tell of, and whether guards were left out.

    What is always on is a part of the balance already.
    """
    guards = spec.guards
    kept = GuardSpecs(
        quiet=tuple(guard for guard in guards.quiet if not guard.followed),
        circuits=tuple(guard for guard in guards.circuits if not guard.metered),
        batteries=guards.batteries,
    )
    return (
        replace(
            spec,
            workers=tuple(
                worker
                for worker in spec.workers
                if workers is None or worker.key in workers
            ),
            always_on=(),
            guards=kept,
        ),
        len(list(kept)) < len(list(guards)),
    )


def _unknown_share(past: History) -> float:
    days = (past.end_s - past.start_s) / 86400
    return 1 - past.known_days / days if days else 0.0


def _gain(ours: Outcome, off: Outcome) -> float:
    return ours.total - off.total
