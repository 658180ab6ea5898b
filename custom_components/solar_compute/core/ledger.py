"""What the workers cost and brought, by the source of every watt.

At each tick the power that every worker really draws is laid on the supply curve
of that instant, in the order in which it was decided: what it takes from
surplus, from the battery and from the grid is counted and priced as such. Totals
only grow. Pure functions; standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .model import Decision, Snapshot, Tranche, TrancheKind, WorkerDecision, WorkerInput
from .spec import SiteSpec, WorkerSpec
from .supply import cost_per_h, take
from .worth import level_worth, results_per_kwh

SOLAR = frozenset(
    {
        TrancheKind.CURTAILED,
        TrancheKind.EXPORT,
        TrancheKind.YIELDING,
        TrancheKind.BATTERY_CHARGE,
    }
)
"""Tranches that are sun of this instant, whatever else it could have done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerAccount:
    """Totals of one worker since it was added; `*_today` since local midnight.

    Energy in Wh by source (`unknown_wh`: drawn while the meters were silent),
    `cost` and `value` in currency (cost: the supply at its prices; value:
    compute plus useful heat less cooling and start costs), heat in Wh.
    """

    solar_wh: float = 0.0
    battery_wh: float = 0.0
    grid_wh: float = 0.0
    unknown_wh: float = 0.0
    cost: float = 0.0
    value: float = 0.0
    heat_wh: float = 0.0
    useful_heat_wh: float = 0.0
    run_s: float = 0.0
    starts: int = 0
    day: str = ""
    run_today_s: float = 0.0
    starts_today: int = 0

    @property
    def energy_wh(self) -> float:
        """Total energy in Wh."""
        return self.solar_wh + self.battery_wh + self.grid_wh + self.unknown_wh


@dataclass(frozen=True, slots=True, kw_only=True)
class TankAccount:
    """Heat that workers delivered into one tank, in Wh, since it was added."""

    heat_wh: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The accounts of all workers and tanks, by key."""

    workers: Mapping[str, WorkerAccount] = field(default_factory=dict)
    tanks: Mapping[str, TankAccount] = field(default_factory=dict)


def account(
    ledger: Ledger,
    spec: SiteSpec,
    snapshot: Snapshot,
    decision: Decision,
    dt_s: float,
) -> Ledger:
    """Return the ledger after `dt_s` seconds that end at this snapshot.

    What the workers draw now counts for these seconds; a start counts when it is
    decided. Accounts of workers that are gone are kept, so that a worker that
    returns goes on.
    """
    day = snapshot.local.date().isoformat()
    hours = max(0.0, dt_s) / 3600
    workers, tanks = dict(ledger.workers), dict(ledger.tanks)
    observed = {item.key: item for item in snapshot.workers}
    base_w = 0.0
    for settings, decided in _in_order(spec, decision):
        entry = _today(workers.get(settings.key, WorkerAccount()), day)
        slices = take(decision.tranches, decided.drawn_w, base_w)
        entry = _with_energy(entry, decided.drawn_w, slices, hours)
        entry = _with_benefit(
            entry,
            settings=settings,
            observed=observed.get(settings.key),
            decision=decision,
            base_w=base_w,
            hours=hours,
        )
        if decided.current > 0:
            entry = replace(
                entry,
                run_s=entry.run_s + hours * 3600,
                run_today_s=entry.run_today_s + hours * 3600,
            )
        elif decided.level > 0:
            entry = replace(
                entry,
                starts=entry.starts + 1,
                starts_today=entry.starts_today + 1,
                value=entry.value - settings.start_cost,
            )
        workers[settings.key] = entry
        base_w += decided.drawn_w
        if settings.sink is not None:
            known = tanks.get(settings.sink, TankAccount())
            heat_wh = decided.drawn_w * settings.recovery * hours
            tanks[settings.sink] = TankAccount(heat_wh=known.heat_wh + heat_wh)
    return Ledger(workers=workers, tanks=tanks)


def _in_order(
    spec: SiteSpec, decision: Decision
) -> list[tuple[WorkerSpec, WorkerDecision]]:
    """Return workers as they share the curve now: running first, by priority."""
    pairs = [
        (settings, decided)
        for decided in decision.workers
        if (settings := spec.worker(decided.key)) is not None
    ]
    return sorted(pairs, key=lambda pair: (pair[1].current == 0, pair[0].priority))


def _today(entry: WorkerAccount, day: str) -> WorkerAccount:
    if entry.day == day:
        return entry
    return replace(entry, day=day, run_today_s=0.0, starts_today=0)


def _with_energy(
    entry: WorkerAccount, power_w: float, slices: tuple[Tranche, ...], hours: float
) -> WorkerAccount:
    solar_w = sum(part.width_w or 0.0 for part in slices if part.kind in SOLAR)
    battery_w = _kind_w(slices, TrancheKind.BATTERY_DISCHARGE)
    grid_w = _kind_w(slices, TrancheKind.IMPORT)
    # Without a curve the meters were silent: the energy is real, its source not
    # known.
    unknown_w = 0.0 if slices else power_w
    return replace(
        entry,
        solar_wh=entry.solar_wh + solar_w * hours,
        battery_wh=entry.battery_wh + battery_w * hours,
        grid_wh=entry.grid_wh + grid_w * hours,
        unknown_wh=entry.unknown_wh + unknown_w * hours,
        cost=entry.cost + cost_per_h(slices) * hours,
    )


def _kind_w(slices: tuple[Tranche, ...], kind: TrancheKind) -> float:
    return sum(part.width_w or 0.0 for part in slices if part.kind is kind)


def _with_benefit(
    entry: WorkerAccount,
    *,
    settings: WorkerSpec,
    observed: WorkerInput | None,
    decision: Decision,
    base_w: float,
    hours: float,
) -> WorkerAccount:
    """Add what the drawn power brought: results and heat, less cooling."""
    decided = decision.worker(settings.key)
    if decided is None or decided.drawn_w <= 0 or not decision.tranches:
        return entry
    heat = next((item for item in decision.heat if item.key == settings.sink), None)
    live = observed.value_per_kwh if observed is not None else None
    worth = level_worth(
        settings,
        max(decided.current, 1),
        decided.drawn_w,
        value_per_kwh=results_per_kwh(settings, live),
        tranches=decision.tranches,
        base_w=base_w,
        heat=heat,
    )
    heat_w = decided.drawn_w * settings.recovery if settings.sink else 0.0
    useful_w = heat_w * heat.absorbed if heat is not None else 0.0
    return replace(
        entry,
        value=entry.value + (worth.compute + worth.heat - worth.cooling) * hours,
        heat_wh=entry.heat_wh + heat_w * hours,
        useful_heat_wh=entry.useful_heat_wh + useful_w * hours,
    )
