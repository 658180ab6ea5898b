"""Replays one policy over a trace, with the loop closed, and counts what it earns.

Causal: at the start of an interval the policy is told what the meters showed in
the interval before (the mean over it, measured at its end, which is now), what
its workers drew in it, the battery's charge and the tank's temperature now, and
the tariff now in force, which every home knows in advance. That is the lag of a
meter that reports once per interval.

An interval without `grid_w` is unknown: the policy's meters say nothing then,
and neither energy nor cost nor run time in it counts. The battery and the tank
stand still over it. Starts count always.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Protocol

from custom_components.solar_compute.core.crew import Hand, ran, set_level, worker_input
from custom_components.solar_compute.core.draws import DRAW_SHARES
from custom_components.solar_compute.core.model import Snapshot
from custom_components.solar_compute.core.simulate import (
    Conditions,
    Flows,
    House,
    Sources,
    new_house,
    snapshot,
    step,
)
from custom_components.solar_compute.core.simulated_tank import TankFlows
from custom_components.solar_compute.core.spec import SiteSpec
from custom_components.solar_compute.core.times import DAY_S

from .scenario import Scenario, prices_over
from .section import ScenarioError
from .tally import Tally, left_over
from .traces import Interval, Trace


@dataclass(frozen=True, slots=True)
class Moment:
    """What a policy may know at the start of an interval.

    `flows` are those of the interval before, None where that was unknown.
    """

    spec: SiteSpec
    house: House
    flows: Flows | None
    hands: Mapping[str, Hand]
    local: datetime
    step_s: int
    import_per_kwh: float
    export_per_kwh: float

    @property
    def clock_s(self) -> float:
        """Seconds since the start of the trace."""
        return self.house.clock_s

    def snapshot(self) -> Snapshot:
        """Return the same as production code would see it."""
        return snapshot(
            self.spec,
            self.house,
            self.flows,
            local=self.local,
            workers=[
                worker_input(worker, self.hands[worker.key], self.clock_s)
                for worker in self.spec.workers
            ],
            import_per_kwh=self.import_per_kwh,
            export_per_kwh=self.export_per_kwh,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """A level, and whether a guard or a failed probe excuses its timing."""

    level: int
    excused: bool = False


class Policy(Protocol):
    """Decides the levels of all workers, interval by interval."""

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Return the order for every worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one policy on one trace. Energy in Wh, money in currency.

    `total` is results less energy, fuel, wear and starts, plus what is left in
    battery and tank at the end; only differences between runs mean anything.
    `levels` are the levels of every worker, interval by interval, and `grid_w` what
    the meter showed; both with the days to learn from.
    """

    total: float
    starts: int
    violations: int
    run_s: float
    sources: Sources
    tanks: Mapping[str, TankFlows]
    levels: tuple[tuple[int, ...], ...]
    grid_w: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A trace and a scenario, prepared once for all policies.

    `conditions` are those of every interval, None where it is unknown. What comes
    before the interval `scored_from` is there to learn from and counts for nothing.
    There the home begins anew, with all workers paused: only what a policy has
    learned stays.
    """

    scenario: Scenario
    step_s: int
    locals: tuple[datetime, ...]
    conditions: tuple[Conditions | None, ...]
    imports: tuple[float, ...]
    exports: tuple[float, ...]
    scored_from: int = 0

    @property
    def learn_days(self) -> float:
        """Days that count for nothing."""
        return self.scored_from * self.step_s / DAY_S

    @property
    def unknown_share(self) -> float:
        """Share of the intervals that count without a meter reading."""
        scored = self.conditions[self.scored_from :]
        return sum(item is None for item in scored) / len(scored)


def prepare(
    trace: Trace, scenario: Scenario, zone: tzinfo, learn_days: float = 0.0
) -> Stage:
    """Return the stage on which policies are replayed.

    The first `learn_days` of the trace are there to learn from only.

    Where the scenario brings a battery, the trace's own is taken out; where it
    brings none, the trace's battery stays what it was: a part of the home.

    Raises:
        ScenarioError: if the scenario needs a column that has no values, or if
            nothing is left to count after the days to learn from.
    """
    scored_from = round(learn_days * DAY_S / trace.step_s)
    if not 0 <= scored_from < len(trace.intervals):
        raise ScenarioError(
            f"learn_days: must be less than the {trace.days:g} days of the trace,"
            f" not {learn_days:g}"
        )
    imports = prices_over(scenario.import_price, trace)
    exports = prices_over(scenario.export_price, trace)
    own_battery = scenario.spec.battery is not None and trace.measured("battery_w")
    locals_ = [interval.start.astimezone(zone) for interval in trace.intervals]
    return Stage(
        scenario=scenario,
        step_s=trace.step_s,
        locals=tuple(locals_),
        conditions=tuple(
            _conditions(interval, scenario, local, prices, own_battery=own_battery)
            for interval, local, prices in zip(
                trace.intervals,
                locals_,
                zip(imports, exports, strict=True),
                strict=True,
            )
        ),
        imports=tuple(imports),
        exports=tuple(exports),
        scored_from=scored_from,
    )


def _conditions(
    interval: Interval,
    scenario: Scenario,
    local: datetime,
    prices: tuple[float, float],
    *,
    own_battery: bool,
) -> Conditions | None:
    grid_w = interval.get("grid_w")
    battery_w = interval.get("battery_w") if own_battery else 0.0
    if grid_w is None or battery_w is None:
        return None
    draw_w = scenario.draw_wh_per_day * DRAW_SHARES[local.hour]
    return Conditions(
        balance_w=-grid_w - battery_w,
        local=local,
        pv_w=interval.get("pv_w"),
        draw_w={tank.key: draw_w for tank in scenario.spec.tanks},
        import_per_kwh=prices[0],
        export_per_kwh=prices[1],
    )


def replay(stage: Stage, policy: Policy) -> Run:
    """Return what the policy earns on the stage."""
    spec, step_s, scored = stage.scenario.spec, stage.step_s, stage.scored_from
    house, hands = _home(spec), {worker.key: Hand() for worker in spec.workers}
    order = sorted(spec.workers, key=lambda worker: worker.priority)
    flows: Flows | None = None
    tally = Tally()
    levels: list[tuple[int, ...]] = []
    grid_w: list[float | None] = []
    for index, conditions in enumerate(stage.conditions):
        if index == scored > 0:
            house, flows = _begun_anew(stage, house)
            hands = {worker.key: Hand() for worker in spec.workers}
            tally = Tally()
        moment = Moment(
            spec=spec,
            house=house,
            flows=flows,
            hands=dict(hands),
            local=stage.locals[index],
            step_s=step_s,
            import_per_kwh=stage.imports[index],
            export_per_kwh=stage.exports[index],
        )
        for key, wish in policy.orders(moment).items():
            worker = spec.worker(key)
            assert worker is not None
            hands[key] = set_level(
                worker, hands[key], wish.level, house.clock_s, excused=wish.excused
            )
        levels.append(tuple(hands[worker.key].level for worker in spec.workers))
        if conditions is None:
            house = replace(house, clock_s=house.clock_s + step_s)
            flows = None
            grid_w.append(None)
            continue
        powers_w = {
            worker.key: worker.power_w(hands[worker.key].level) for worker in order
        }
        house, flows = step(spec, house, conditions, powers_w, step_s)
        grid_w.append(flows.grid_w)
        tally.add(spec, powers_w, flows)
        hands = {key: ran(hand, step_s) for key, hand in hands.items()}
    starts_cost = sum(
        worker.start_cost * hands[worker.key].starts for worker in spec.workers
    )
    kept = left_over(spec, house, stage.imports[scored:], stage.exports[scored:])
    return Run(
        total=tally.earned - starts_cost + kept,
        starts=sum(hand.starts for hand in hands.values()),
        violations=sum(hand.violations for hand in hands.values()),
        run_s=sum(hand.run_s for hand in hands.values()),
        sources=tally.sources,
        tanks=tally.tanks,
        levels=tuple(levels),
        grid_w=tuple(grid_w),
    )


def _home(spec: SiteSpec, clock_s: float = 0.0) -> House:
    target_c = spec.tanks[0].target_c if spec.tanks else 0.0
    return new_house(spec, clock_s=clock_s, tank_c=target_c)


def _begun_anew(stage: Stage, house: House) -> tuple[House, Flows | None]:
    """Return the home as on the first day, and what its meters show: no worker."""
    spec = stage.scenario.spec
    new = _home(spec, house.clock_s)
    before = stage.conditions[stage.scored_from - 1]
    if before is None:
        return new, None
    idle_w = {worker.key: 0.0 for worker in spec.workers}
    return new, step(spec, new, before, idle_w, stage.step_s)[1]
