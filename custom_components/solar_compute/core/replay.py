"""A home's own past once more, with other hands on the workers.

Causal, with the loop closed: at the start of an interval a rule is told what the meters
showed in the one before, and a simulated home (`simulate`) answers to what its workers
draw. An interval whose balance is unknown counts for nothing; battery and tanks stand
still over it, and rules are told that the meters say nothing. Hot water is drawn as the
settings and the hours of the day say, since nobody measured it.

Pure; no clock, no I/O.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from math import isfinite
from typing import Protocol

from .crew import Hand, ran, set_level, worker_input
from .draws import DRAW_SHARES
from .history import (
    BALANCE_W,
    EXPORT_PER_KWH,
    IMPORT_PER_KWH,
    OUTDOOR_C,
    PV_W,
    SOC,
    Column,
    History,
    room_column,
    tank_column,
)
from .model import Snapshot
from .replay_value import comfort, left_over, sinks
from .simulate import Conditions, Flows, House, new_house, snapshot, step
from .simulated_tank import TankState
from .spec import SiteSpec, WorkerSpec

LONGEST_HOLD_STEPS = 1.5
"""A reading is believed until the next one should be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A past and the settings to try on it, prepared once for all rules.

    `conditions` are those of every interval, None where its balance is unknown.
    """

    spec: SiteSpec
    step_s: int
    locals: tuple[datetime, ...]
    conditions: tuple[Conditions | None, ...]
    house: House

    @property
    def known_days(self) -> float:
        """Days that count."""
        known = sum(item is not None for item in self.conditions)
        return known * self.step_s / 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a rule may know at the start of an interval.

    `flows` are those of the interval before, None where that was unknown.
    """

    spec: SiteSpec
    step_s: int
    house: House
    flows: Flows | None
    hands: Mapping[str, Hand]
    local: datetime
    conditions: Conditions | None

    def snapshot(self) -> Snapshot:
        """Return the same as the sensors of the home would tell it."""
        prices = self.conditions
        return snapshot(
            self.spec,
            self.house,
            self.flows,
            local=self.local,
            workers=[
                worker_input(worker, self.hands[worker.key], self.house.clock_s)
                for worker in self.spec.workers
            ],
            conditions=self.conditions,
            import_per_kwh=None if prices is None else prices.import_per_kwh,
            export_per_kwh=None if prices is None else prices.export_per_kwh,
        )


class Rule(Protocol):
    """Decides the levels of all workers, interval by interval."""

    def levels(self, moment: Moment) -> Mapping[str, int]:
        """Return the level of every worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTally:
    """What one worker did: seconds, starts, Wh by source, and what its results are worth.

    `results` is in currency, with the cost of its starts taken off.
    """

    run_s: float = 0.0
    starts: int = 0
    solar_wh: float = 0.0
    battery_wh: float = 0.0
    grid_wh: float = 0.0
    results: float = 0.0

    @property
    def energy_wh(self) -> float:
        """All that it drew."""
        return self.solar_wh + self.battery_wh + self.grid_wh


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one rule. Only differences between two of them mean anything.

    `total` is results less energy, fuel, wear and starts, plus what battery and sinks
    still hold at the end, in currency. `useful_heat_wh` went into sinks that were below
    their target.
    """

    total: float
    workers: Mapping[str, WorkerTally]
    useful_heat_wh: Mapping[str, float] = field(default_factory=dict)


def stage(
    past: History,
    spec: SiteSpec,
    zone: tzinfo,
    *,
    import_per_kwh: float | None = None,
    export_per_kwh: float | None = None,
) -> Stage:
    """Return a past with the settings to try on it.

    A price given holds for all of it; else the measured one does, else the settings'.
    """
    spec = replace(
        spec,
        policy=replace(
            spec.policy,
            power_hold_s=max(
                spec.policy.power_hold_s, LONGEST_HOLD_STEPS * past.step_s
            ),
        ),
    )
    locals_ = tuple(
        datetime.fromtimestamp(past.start_s + index * past.step_s, UTC).astimezone(zone)
        for index in range(len(past))
    )
    columns = {name: _floats(column) for name, column in past.columns.items()}
    unknown: list[float | None] = [None] * len(past)
    imports = columns.get(IMPORT_PER_KWH, unknown)
    exports = columns.get(EXPORT_PER_KWH, unknown)
    suns, outdoors = columns.get(PV_W, unknown), columns.get(OUTDOOR_C, unknown)
    return Stage(
        spec=spec,
        step_s=past.step_s,
        locals=locals_,
        conditions=tuple(
            None
            if balance_w is None
            else Conditions(
                balance_w=balance_w,
                local=locals_[index],
                pv_w=suns[index],
                draw_w={
                    tank.key: tank.draw_wh_per_day * DRAW_SHARES[locals_[index].hour]
                    for tank in spec.tanks
                },
                outdoor_c=outdoors[index],
                import_per_kwh=imports[index]
                if import_per_kwh is None
                else import_per_kwh,
                export_per_kwh=exports[index]
                if export_per_kwh is None
                else export_per_kwh,
            )
            for index, balance_w in enumerate(columns[BALANCE_W])
        ),
        house=_first_house(past, spec),
    )


def _floats(column: Column) -> list[float | None]:
    return [value if isfinite(value) else None for value in column.tolist()]


def _first_house(past: History, spec: SiteSpec) -> House:
    """Return the home as it was when its past begins, as far as that is known."""
    house = new_house(spec, soc=_first(past, SOC, 50.0))
    return replace(
        house,
        tanks={
            tank.key: TankState(
                temperature_c=_first(past, tank_column(tank.key), tank.target_c)
            )
            for tank in spec.tanks
        },
        rooms={
            room.key: TankState(
                temperature_c=_first(past, room_column(room.key), room.target_c)
            )
            for room in spec.rooms
        },
    )


def _first(past: History, name: str, otherwise: float) -> float:
    column = past.columns.get(name)
    known = () if column is None else _floats(column)
    return next((value for value in known if value is not None), otherwise)


def replay(
    stage: Stage, rule: Rule, give_way: Callable[[], None] = lambda: None
) -> Outcome:
    """Return what comes of a rule.

    `give_way` is called once an interval, so that others can have a turn meanwhile.
    """
    spec, step_s, house = stage.spec, stage.step_s, stage.house
    hands = {worker.key: Hand() for worker in spec.workers}
    tallies = {worker.key: WorkerTally() for worker in spec.workers}
    useful_wh = {sink.key: 0.0 for sink in sinks(spec)}
    order = sorted(spec.workers, key=lambda worker: worker.priority)
    flows: Flows | None = None
    total = 0.0
    for local, conditions in zip(stage.locals, stage.conditions, strict=True):
        give_way()
        moment = Moment(
            spec=spec,
            step_s=step_s,
            house=house,
            flows=flows,
            hands=hands,
            local=local,
            conditions=conditions,
        )
        levels = rule.levels(moment)
        hands = {
            worker.key: set_level(
                worker,
                hands[worker.key],
                levels[worker.key],
                house.clock_s,
                excused=True,
            )
            for worker in spec.workers
        }
        if conditions is None:
            house, flows = replace(house, clock_s=house.clock_s + step_s), None
            continue
        powers_w = {
            worker.key: worker.power_w(hands[worker.key].level) for worker in order
        }
        house, flows = step(spec, house, conditions, powers_w, step_s)
        total += comfort(spec, flows) - flows.cost
        for worker in order:
            tallies[worker.key] = _drawn(tallies[worker.key], worker, powers_w, flows)
        for key, heat in {**flows.tanks, **flows.rooms}.items():
            useful_wh[key] += heat.useful_wh
        hands = {key: ran(hand, step_s) for key, hand in hands.items()}
    tallies = {
        worker.key: replace(
            tallies[worker.key],
            run_s=hands[worker.key].run_s,
            starts=hands[worker.key].starts,
            results=tallies[worker.key].results
            - worker.start_cost * hands[worker.key].starts,
        )
        for worker in spec.workers
    }
    return Outcome(
        total=total
        + sum(tally.results for tally in tallies.values())
        + left_over(spec, stage.conditions, house),
        workers=tallies,
        useful_heat_wh=useful_wh,
    )


def _drawn(
    tally: WorkerTally,
    worker: WorkerSpec,
    powers_w: Mapping[str, float],
    flows: Flows,
) -> WorkerTally:
    hours, sources = flows.seconds / 3600, flows.workers[worker.key]
    power_w, full_w = powers_w[worker.key], worker.levels_w[-1]
    per_hour = worker.value_per_hour * power_w / full_w if full_w > 0 else 0.0
    return replace(
        tally,
        solar_wh=tally.solar_wh + sources.solar_wh,
        battery_wh=tally.battery_wh + sources.battery_wh,
        grid_wh=tally.grid_wh + sources.grid_wh,
        results=tally.results
        + (power_w / 1000 * worker.value_per_kwh + per_hour) * hours,
    )
