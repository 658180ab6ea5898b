"""What the workers cost and brought, by the source of every watt.

At each tick the power that every worker really draws is laid on the supply curve
of that instant, in the order in which it was decided: what it takes from surplus,
from the battery and from the grid is counted and priced as such, and its heat by
where it goes (`heat_flow`). Pure functions; standard library only.
"""

from dataclasses import dataclass

from .accounts import Ledger, Period, SinkAccount, WorkerAccount, opened, plus
from .carbon import Carbon, avoided, emitted, grid_carbon
from .heat_flow import HeatFlow, delivered_w, heat_flow
from .model import Decision, Snapshot, Tranche, TrancheKind, WorkerDecision, WorkerInput
from .spec import SiteSpec, WorkerSpec
from .supply import cost_per_h, take
from .worth import results_per_kwh

__all__ = [
    "Ledger",
    "Period",
    "SinkAccount",
    "WorkerAccount",
    "account",
    "all_solar",
]

SOLAR = frozenset(
    {
        TrancheKind.CURTAILED,
        TrancheKind.EXPORT,
        TrancheKind.YIELDING,
        TrancheKind.BATTERY_CHARGE,
    }
)
"""Tranches that are sun of this instant, whatever else it could have done."""


def all_solar(slices: tuple[Tranche, ...]) -> bool:
    """Tell whether nothing that is taken is drawn from the grid or the battery."""
    return all(part.kind in SOLAR for part in slices)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draw:
    """What one worker draws at this instant, and everything that hangs on it."""

    spec: SiteSpec
    snapshot: Snapshot
    decision: Decision
    settings: WorkerSpec
    decided: WorkerDecision
    observed: WorkerInput | None
    slices: tuple[Tranche, ...]
    after_w: float
    """Where on the workers' curve the next watt would be."""
    heat: HeatFlow

    @property
    def power_w(self) -> float:
        return self.decided.drawn_w


def account(
    ledger: Ledger,
    spec: SiteSpec,
    snapshot: Snapshot,
    decision: Decision,
    dt_s: float,
) -> Ledger:
    """Return the ledger after `dt_s` seconds that end at this snapshot.

    What the workers draw now counts for these seconds; a start counts when it is
    decided, and so does the work that a stop loses.
    """
    hours = max(0.0, dt_s) / 3600
    ledger = opened(ledger, snapshot.local)
    workers, sinks = dict(ledger.workers), dict(ledger.sinks)
    for draw in _draws(spec, snapshot, decision):
        key, sink = draw.settings.key, draw.settings.sink
        entry = plus(workers.get(key, WorkerAccount()), _drawn(draw, hours))
        workers[key] = plus(entry, _switched(draw))
        if sink is not None:
            sinks[sink] = plus(sinks.get(sink, SinkAccount()), _given(draw, hours))
    return Ledger(workers=workers, sinks=sinks, day=ledger.day, month=ledger.month)


def _draws(spec: SiteSpec, snapshot: Snapshot, decision: Decision) -> list[_Draw]:
    """Return what is always on, then workers as they share the curve now.

    Of workers, those that run come first, by priority.
    """
    pairs = [
        (settings, decided)
        for decided in decision.workers
        if (settings := spec.worker(decided.key)) is not None
    ]
    observed = {item.key: item for item in snapshot.workers}
    into_sink_w = delivered_w(spec, decision)

    def draw(
        settings: WorkerSpec,
        decided: WorkerDecision,
        slices: tuple[Tranche, ...],
        after_w: float,
    ) -> _Draw:
        heat_w = into_sink_w.get(settings.key, 0.0)
        return _Draw(
            spec=spec,
            snapshot=snapshot,
            decision=decision,
            settings=settings,
            decided=decided,
            observed=observed.get(settings.key),
            slices=slices,
            after_w=after_w,
            heat=heat_flow(spec, decision, settings, decided.drawn_w, heat_w),
        )

    draws = [
        draw(settings, decided, decided.slices, 0.0)
        for decided in decision.always_on
        if (settings := spec.load(decided.key)) is not None
    ]
    base_w = 0.0
    for settings, decided in sorted(
        pairs, key=lambda pair: (pair[1].current == 0, pair[0].priority)
    ):
        slices = take(decision.tranches, decided.drawn_w, base_w)
        base_w += decided.drawn_w
        draws.append(draw(settings, decided, slices, base_w))
    return draws


def _drawn(draw: _Draw, hours: float) -> WorkerAccount:
    """Return what these hours add: energy by source, heat, money and CO₂."""
    heat, slices = draw.heat, draw.slices
    grid = grid_carbon(draw.spec, draw.snapshot)
    caused, saved = emitted(slices, draw.power_w, grid), _avoided(draw, grid)
    return WorkerAccount(
        solar_wh=_kinds_w(slices, SOLAR) * hours,
        battery_wh=_kinds_w(slices, {TrancheKind.BATTERY_DISCHARGE}) * hours,
        grid_wh=_kinds_w(slices, {TrancheKind.IMPORT}) * hours,
        # Without a curve the meters were silent: the energy is real, its source
        # not known.
        unknown_wh=0.0 if slices else draw.power_w * hours,
        cost=cost_per_h(slices) * hours,
        value=_value_per_h(draw) * hours,
        useful_heat_wh=heat.useful_w * hours,
        unwanted_heat_wh=heat.unwanted_w * hours,
        lost_heat_wh=heat.lost_w * hours,
        reused_heat_wh=heat.reused_w * hours,
        displaced_wh=heat.displaced_w * hours,
        saved=heat.saved_per_h * hours,
        co2_average_emitted_g=caused.average * hours,
        co2_average_avoided_g=saved.average * hours,
        co2_marginal_emitted_g=caused.marginal * hours,
        co2_marginal_avoided_g=saved.marginal * hours,
        run_s=hours * 3600 if draw.decided.current > 0 else 0.0,
    )


def _switched(draw: _Draw) -> WorkerAccount:
    """Return what a start or a stop that is decided now adds, once."""
    decided = draw.decided
    if decided.current == 0 and decided.level > 0:
        asleep = draw.observed is not None and draw.observed.asleep
        cost = draw.settings.found(asleep=asleep).start_cost
        return WorkerAccount(starts=1, value=-cost)
    if decided.urgent and decided.current > 0 and decided.level == 0:
        age_s = draw.observed.checkpoint_age_s if draw.observed else None
        return WorkerAccount(unsaved_work_s=max(0.0, age_s or 0.0))
    return WorkerAccount()


def _given(draw: _Draw, hours: float) -> SinkAccount:
    heat = draw.heat
    return SinkAccount(
        heat_wh=heat.delivered_w * hours,
        useful_heat_wh=heat.useful_w * hours,
        reused_heat_wh=heat.reused_w * hours,
        displaced_wh=heat.displaced_w * hours,
        saved=heat.saved_per_h * hours,
    )


def _kinds_w(
    slices: tuple[Tranche, ...], kinds: set[TrancheKind] | frozenset[TrancheKind]
) -> float:
    return sum(part.width_w or 0.0 for part in slices if part.kind in kinds)


def _value_per_h(draw: _Draw) -> float:
    """Return what the drawn power brings per hour: results and heat, less cooling.

    Heat counts whatever electricity made it, though not for a decision: it displaces
    the same. Without prices nothing can be said.
    """
    if draw.power_w <= 0 or not draw.slices:
        return 0.0
    settings, heat = draw.settings, draw.heat
    live = draw.observed.value_per_kwh if draw.observed is not None else None
    full_w = settings.power_w(len(settings.levels_w))
    share = draw.power_w / full_w if full_w > 0 else 0.0
    following = take(draw.decision.tranches, 1.0, draw.after_w)
    cooling_per_kwh = max(0.0, following[0].price_per_kwh) / heat.cooled_by
    return (
        draw.power_w / 1000 * results_per_kwh(settings, live)
        + share * settings.value_per_hour
        + heat.value_per_h
        - heat.unwanted_w / 1000 * cooling_per_kwh
    )


def _avoided(draw: _Draw, grid: Carbon) -> Carbon:
    sink = draw.spec.sink(draw.settings.sink)
    price = draw.decision.heat_of(draw.settings.sink)
    if sink is None or price is None or draw.heat.displaced_w <= 0:
        return Carbon()
    live, fixed = draw.snapshot.export_per_kwh, draw.spec.export_per_kwh
    return avoided(
        sink.backup,
        price,
        draw.heat.displaced_w,
        grid,
        export_per_kwh=fixed if live is None else live,
    )
