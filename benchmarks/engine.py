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
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from custom_components.solar_compute.core.backup import heat_pump_cop
from custom_components.solar_compute.core.crew import Hand, ran, set_level, worker_input
from custom_components.solar_compute.core.draws import DRAW_SHARES
from custom_components.solar_compute.core.model import Snapshot
from custom_components.solar_compute.core.simulate import (
    Conditions,
    Flows,
    House,
    new_house,
    snapshot,
    step,
)
from custom_components.solar_compute.core.simulated_tank import TankFlows, add_flows
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    SiteSpec,
)

from .scenario import Scenario, prices_over
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
    `levels` are the levels of every worker, interval by interval.
    """

    total: float
    starts: int
    violations: int
    run_s: float
    solar_wh: float
    battery_wh: float
    grid_wh: float
    tanks: Mapping[str, TankFlows]
    levels: tuple[tuple[int, ...], ...]
    grid_w: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A trace and a scenario, prepared once for all policies.

    `conditions` are those of every interval, None where it is unknown.
    """

    scenario: Scenario
    step_s: int
    locals: tuple[datetime, ...]
    conditions: tuple[Conditions | None, ...]
    imports: tuple[float, ...]
    exports: tuple[float, ...]

    @property
    def unknown_share(self) -> float:
        """Share of intervals without a meter reading."""
        return sum(item is None for item in self.conditions) / len(self.conditions)


def prepare(trace: Trace, scenario: Scenario, zone: tzinfo) -> Stage:
    """Return the stage on which policies are replayed.

    Where the scenario brings a battery, the trace's own is taken out; where it
    brings none, the trace's battery stays what it was: a part of the home.

    Raises:
        ScenarioError: if the scenario needs a column that has no values.
    """
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
    spec, step_s = stage.scenario.spec, stage.step_s
    target_c = spec.tanks[0].target_c if spec.tanks else 0.0
    house = new_house(spec, tank_c=target_c)
    hands = {worker.key: Hand() for worker in spec.workers}
    order = sorted(spec.workers, key=lambda worker: worker.priority)
    flows: Flows | None = None
    total, sources_wh = 0.0, [0.0, 0.0, 0.0]
    tanks = {tank.key: TankFlows() for tank in spec.tanks}
    levels: list[tuple[int, ...]] = []
    grid_w: list[float | None] = []
    for index, conditions in enumerate(stage.conditions):
        moment = Moment(
            spec=spec,
            house=house,
            flows=flows,
            hands=hands,
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
            house = _pass_over(house, step_s)
            flows = None
            grid_w.append(None)
            continue
        powers_w = {
            worker.key: worker.power_w(hands[worker.key].level) for worker in order
        }
        house, flows = step(spec, house, conditions, powers_w, step_s)
        grid_w.append(flows.grid_w)
        total += _earned(spec, powers_w, flows)
        for sources in flows.workers.values():
            sources_wh[0] += sources.solar_wh
            sources_wh[1] += sources.battery_wh
            sources_wh[2] += sources.grid_wh
        for key, tank_flows in flows.tanks.items():
            tanks[key] = add_flows(tanks[key], tank_flows)
        hands = {key: ran(hand, step_s) for key, hand in hands.items()}
    total -= sum(
        worker.start_cost * hands[worker.key].starts for worker in spec.workers
    )
    return Run(
        total=total + _left_over(stage, house),
        starts=sum(hand.starts for hand in hands.values()),
        violations=sum(hand.violations for hand in hands.values()),
        run_s=sum(hand.run_s for hand in hands.values()),
        solar_wh=sources_wh[0],
        battery_wh=sources_wh[1],
        grid_wh=sources_wh[2],
        tanks=tanks,
        levels=tuple(levels),
        grid_w=tuple(grid_w),
    )


def _pass_over(house: House, step_s: int) -> House:
    return House(
        clock_s=house.clock_s + step_s, stored_wh=house.stored_wh, tanks=house.tanks
    )


def _earned(spec: SiteSpec, powers_w: Mapping[str, float], flows: Flows) -> float:
    """Results, and comfort where no backup exists, less what the home paid."""
    hours = flows.seconds / 3600
    results = sum(
        powers_w[worker.key] * hours * worker.value_per_kwh for worker in spec.workers
    )
    comfort = sum(
        flows.tanks[tank.key].useful_wh * tank.backup.comfort_per_kwh
        for tank in spec.tanks
        if tank.backup.kind is BackupKind.NONE
    )
    return (results + comfort) / 1000 - flows.cost


def _left_over(stage: Stage, house: House) -> float:
    """Worth of what battery and tank still hold, so that no run can hide a debt.

    A stored kWh counts as the mean import that it will save, a kWh of heat as
    the mean cost of the backup's heat.
    """
    spec = stage.scenario.spec
    import_per_kwh = sum(stage.imports) / len(stage.imports)
    export_per_kwh = sum(stage.exports) / len(stage.exports)
    value = 0.0
    if spec.battery is not None:
        saved = import_per_kwh - spec.battery.wear_per_kwh
        value += house.stored_wh * spec.battery.one_way * saved
    for tank in spec.tanks:
        backup = tank.backup
        diverter = backup.schedule is BackupSchedule.DIVERTER
        per_kwh = export_per_kwh if diverter else import_per_kwh
        if backup.kind is BackupKind.GAS:
            per_kwh = backup.price_per_kwh / backup.efficiency
        elif backup.kind is BackupKind.HEAT_PUMP:
            per_kwh /= heat_pump_cop(tank.target_c - backup.source_c)
        elif backup.kind is BackupKind.NONE:
            per_kwh = 0.0  # counted when it went in
        heat_wh = house.tanks[tank.key].temperature_c * tank.capacity_wh_per_k
        value += heat_wh * per_kwh
    return value / 1000
