"""What a replay of the home's own past says, and what it had to assume.

Codes and figures only; the edge renders text. Pure; no clock, no I/O.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from enum import StrEnum
from math import inf
from typing import Final

from .advice import of_worker, settings_of
from .guard_spec import GuardSpecs
from .history import EXPORT_PER_KWH, IMPORT_PER_KWH, History, worth_column
from .knowledge import NOTHING_KNOWN, Knowledge, Rule as PlayedRule
from .learn import learn_workers
from .memory import Memory
from .nights import Nights, Taught, remembered
from .replay import Outcome, Stage, WorkerTally, replay, stage
from .replay_rules import Decisions, FixedDelays, Lessons, Off
from .spec import SiteSpec, WorkerSpec
from .times import never
from .tried import LearnedAs, Tried, with_tried

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
    SETTINGS_TRIED = "settings_tried"
    """Settings were given to be tried; both sides of every comparison have them."""
    NOTHING_LEARNED = "nothing_learned"
    """It decided by the rule of thumb: too little was known to learn from, the home has a
    battery, or that was asked for."""
    HINDSIGHT = "hindsight"
    """It knew from the first day what the home knows today of when to switch."""
    LEARNED_LESS = "learned_less"
    """It learned less often than at home, as there was no more time for it."""
    PRICES_KNOWN_AHEAD = "prices_known_ahead"
    """Prices were known a day ahead, from one o'clock on, as they were paid then."""
    NO_FORECAST = "no_forecast"
    """It heard of no forecast of the sun, and of no plan that rests on one: nobody kept
    what was forecast then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be replayed, and with which settings.

    Only `workers` take part (None: all). `known` is what the home knows today of when to
    switch. `published`: prices of import are published a day ahead. `coarse_days` of the
    past are hourly means.
    """

    spec: SiteSpec
    zone: tzinfo
    tried: Tried = field(default_factory=Tried)
    workers: frozenset[str] | None = None
    learned_as: LearnedAs = LearnedAs.THEN
    known: Knowledge = NOTHING_KNOWN
    published: bool = False
    coarse_days: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """What the decisions of this home would have brought, in currency, Wh and days.

    `gain` is against leaving every worker paused, and so are `rule_of_thumb` (the same
    decisions without anything learned of switching) and those of the `baselines`.
    `coarse_days` of `known_days` are hourly means; `days` is how long the past is.
    `rules` is what decided for each worker in the end, `taught_days` how many days had
    taught it, `lessons` how often it was learned.
    """

    start_s: float
    end_s: float
    days: float
    known_days: float
    coarse_days: float
    gain: float
    rule_of_thumb: float
    baselines: Mapping[str, float]
    workers: Mapping[str, WorkerTally]
    useful_heat_wh: Mapping[str, float]
    learned_as: LearnedAs
    rules: Mapping[str, PlayedRule]
    taught_days: float
    lessons: int
    tried: Mapping[str, float]
    assumptions: tuple[Assumption, ...]


def report(
    past: History,
    asked: Asked,
    *,
    kept: History | None = None,
    give_way: Callable[[], None] = lambda: None,
    out_of_time: Callable[[], bool] = never,
) -> ReplayReport:
    """Return what the settings would have brought on that past.

    `kept` is all that the home has kept, with what came before: what is learned, is
    learned from it. `give_way` is called once an interval; nothing is learned any more
    when `out_of_time`.

    Raises:
        TrialError: if this home cannot be tried with those settings.
    """
    tried, spec = asked.tried, with_tried(asked.spec, asked.tried)
    taking_part, left_out = _replayable(spec, asked.workers)
    scene = stage(
        past,
        taking_part,
        asked.zone,
        import_per_kwh=tried.import_per_kwh,
        export_per_kwh=tried.export_per_kwh,
        published=asked.published,
    )
    kept = None if kept is None else _with_tried(kept, asked.spec, spec, tried)
    before = None if kept is None else _before(kept, past.start_s)
    memory = Memory() if before is None else remembered(before, asked.zone)
    off = replay(scene, Off(), give_way)
    thumb = replay(scene, Decisions(memory=memory), give_way)
    learned_less = False

    def no_time() -> bool:
        nonlocal learned_less
        learned_less = learned_less or out_of_time()
        return learned_less

    lessons = _lessons(scene, asked, kept, before, no_time)
    # Without any lesson, the rule of thumb is what decides.
    ours = thumb
    if lessons is not None:
        ours = replay(scene, Decisions(lessons, memory), give_way)
    rules = _rules(scene.spec, lessons)
    assumed = {
        Assumption.WORKERS_OBEY: True,
        Assumption.NO_FORECAST: True,
        Assumption.NOTHING_LEARNED: not rules,
        Assumption.HINDSIGHT: bool(rules) and asked.learned_as is LearnedAs.TODAY,
        Assumption.LEARNED_LESS: learned_less,
        Assumption.PRICES_KNOWN_AHEAD: bool(scene.published),
        Assumption.COARSE: asked.coarse_days > 0,
        Assumption.GAPS: _unknown_share(past) >= GAPS_FROM,
        Assumption.BATTERY_SIMULATED: spec.battery is not None,
        Assumption.SINKS_SIMULATED: bool(spec.tanks or spec.rooms),
        Assumption.GUARDS_LEFT_OUT: left_out,
        Assumption.PRICE_TRIED: (tried.import_per_kwh, tried.export_per_kwh)
        != (None, None),
        Assumption.SETTINGS_TRIED: bool(tried.settings),
    }
    known = None if lessons is None else lessons.knowledge
    return ReplayReport(
        start_s=past.start_s,
        end_s=past.end_s,
        days=(past.end_s - past.start_s) / 86400,
        known_days=past.known_days,
        coarse_days=asked.coarse_days,
        gain=_gain(ours, off),
        rule_of_thumb=_gain(thumb, off),
        baselines={
            name: _gain(replay(scene, FixedDelays(start, stop), give_way), off)
            for name, (start, stop) in BASELINES.items()
        },
        workers=ours.workers,
        useful_heat_wh=ours.useful_heat_wh,
        learned_as=asked.learned_as,
        rules=rules,
        taught_days=0.0 if known is None else known.days,
        lessons=lessons.times if isinstance(lessons, Nights) else 0,
        tried=tried.settings,
        assumptions=tuple(code for code, holds in assumed.items() if holds),
    )


def _with_tried(
    kept: History, lived: SiteSpec, spec: SiteSpec, tried: Tried
) -> History:
    """Return a past without what other settings would have changed in it."""
    changed = {
        worth_column(worker.key)
        for worker in spec.workers
        if not _lives_on(lived, spec, worker)
    }
    if tried.import_per_kwh is not None:
        changed.add(IMPORT_PER_KWH)
    if tried.export_per_kwh is not None:
        changed.add(EXPORT_PER_KWH)
    return replace(
        kept,
        columns={
            name: column for name, column in kept.columns.items() if name not in changed
        },
    )


def _lives_on(lived: SiteSpec, spec: SiteSpec, worker: WorkerSpec) -> bool:
    """Tell whether what is tried leaves what a worker was worth as it was."""
    before = lived.worker(worker.key)
    return (
        before is not None
        and settings_of(lived, before) == settings_of(spec, worker)
        and lived.sink(before.sink) == spec.sink(worker.sink)
    )


def _before(kept: History, start_s: float) -> History | None:
    count = round((start_s - kept.start_s) / kept.step_s)
    return kept.cut(0, count) if count > 0 else None


def _lessons(
    scene: Stage,
    asked: Asked,
    kept: History | None,
    before: History | None,
    out_of_time: Callable[[], bool],
) -> Lessons | None:
    if asked.learned_as is LearnedAs.NOTHING:
        return None
    if asked.learned_as is LearnedAs.TODAY:
        known = _as_tried(asked, scene)
        if kept is not None:
            known = learn_workers(scene.spec, kept, known, out_of_time, anew=False)
        return Taught(known)
    nights = Nights(
        before, from_s=inf if kept is None else kept.start_s, out_of_time=out_of_time
    )
    nights.begin(scene.spec)
    return nights


def _as_tried(asked: Asked, scene: Stage) -> Knowledge:
    """Return what is known of the workers that what is tried leaves as they were."""
    known = asked.known
    return replace(
        known,
        workers={
            worker.key: known.workers[worker.key]
            for worker in scene.spec.workers
            if worker.key in known.workers and _lives_on(asked.spec, scene.spec, worker)
        },
    )


def _rules(spec: SiteSpec, lessons: Lessons | None) -> dict[str, PlayedRule]:
    """Return what decided for each worker of which anything was learned."""
    known = None if lessons is None else lessons.knowledge
    found = {}
    for worker in spec.workers:
        taught = of_worker(known, spec, worker)
        if taught is not None:
            found[worker.key] = taught.rule
    return found


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
