"""A home's own past once more, with other hands on the workers.

The past becomes a stage, on which any rule may play (`closed_loop`); what comes of it is
counted worker by worker. Hot water is drawn as the settings and the hours of the day say,
since nobody measured it.

Pure; no clock, no I/O.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from math import isfinite

from .closed_loop import Moment, Order, Rule, Standing, lived, paused
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
from .prices_ahead import hours_ahead
from .replay_value import comfort, left_over, results, sinks
from .simulate import Conditions, Flows, House, new_house
from .simulated_tank import TankState
from .spec import SiteSpec, WorkerSpec

LONGEST_HOLD_STEPS = 1.5
"""A reading is believed until the next one should be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A past and the settings to try on it, prepared once for all rules.

    `conditions` are those of every interval, None where its balance is unknown; prices
    are those in force then, None where the settings' hold. `published` are the prices of
    import that were known a day ahead; empty: none were.
    """

    spec: SiteSpec
    step_s: int
    locals: tuple[datetime, ...]
    conditions: tuple[Conditions | None, ...]
    imports: tuple[float | None, ...]
    exports: tuple[float | None, ...]
    house: House
    published: tuple[float, ...] = ()

    @property
    def known_days(self) -> float:
        """Days that count."""
        known = sum(item is not None for item in self.conditions)
        return known * self.step_s / 86400

    def moment(self, index: int, standing: Standing) -> Moment:
        """Return what a rule may know at the start of an interval."""
        local = self.locals[index]
        return Moment(
            spec=self.spec,
            step_s=self.step_s,
            local=local,
            standing=standing,
            before=self.conditions[index - 1] if index else None,
            import_per_kwh=self.imports[index],
            export_per_kwh=self.exports[index],
            hours_per_kwh=(
                hours_ahead(self.published, index, local, self.step_s)
                if self.published
                else None
            ),
        )

    @property
    def mean_prices(self) -> tuple[float, float]:
        """Mean prices of import and export over the intervals that count."""
        known = [index for index, item in enumerate(self.conditions) if item]
        return (
            _mean([self.imports[index] for index in known], self.spec.import_per_kwh),
            _mean([self.exports[index] for index in known], self.spec.export_per_kwh),
        )


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
    published: bool = False,
) -> Stage:
    """Return a past with the settings to try on it.

    A price given holds for all of it; else the measured one does, else the settings'.
    `published`: measured prices of import were known a day ahead.
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
    known_ahead: tuple[float, ...] = ()
    if import_per_kwh is not None:
        imports = [import_per_kwh] * len(past)
    elif published and any(price is not None for price in imports):
        known_ahead = _filled(imports)
    if export_per_kwh is not None:
        exports = [export_per_kwh] * len(past)
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
                import_per_kwh=imports[index],
                export_per_kwh=exports[index],
            )
            for index, balance_w in enumerate(columns[BALANCE_W])
        ),
        imports=tuple(imports),
        exports=tuple(exports),
        house=_first_house(past, spec),
        published=known_ahead,
    )


def _filled(prices: list[float | None]) -> tuple[float, ...]:
    """Return prices with gaps filled by what was before them, or came first after."""
    last = next(price for price in prices if price is not None)
    found = []
    for price in prices:
        last = last if price is None else price
        found.append(last)
    return tuple(found)


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


def _mean(prices: list[float | None], otherwise: float) -> float:
    known = [otherwise if price is None else price for price in prices]
    return sum(known) / len(known) if known else otherwise


def replay(
    stage: Stage, rule: Rule, give_way: Callable[[], None] = lambda: None
) -> Outcome:
    """Return what comes of a rule.

    `give_way` is called once an interval, so that others can have a turn meanwhile.
    """
    spec = stage.spec
    tallies = {worker.key: WorkerTally() for worker in spec.workers}
    useful_wh = {sink.key: 0.0 for sink in sinks(spec)}
    standing, total = paused(spec, stage.house), 0.0

    def orders(index: int, now: Standing) -> Mapping[str, Order]:
        give_way()
        return rule.orders(stage.moment(index, now))

    for interval in lived(spec, standing, stage.conditions, stage.step_s, orders):
        standing = interval.after
        flows = standing.flows
        if flows is None:
            continue
        total += comfort(spec, flows) - flows.cost
        for worker in spec.workers:
            power_w = interval.powers_w[worker.key]
            tallies[worker.key] = _drawn(tallies[worker.key], worker, power_w, flows)
        for key, heat in {**flows.tanks, **flows.rooms}.items():
            useful_wh[key] += heat.useful_wh
    tallies = {
        worker.key: replace(
            tallies[worker.key],
            run_s=standing.hands[worker.key].run_s,
            starts=standing.hands[worker.key].starts,
            results=tallies[worker.key].results
            - worker.start_cost * standing.hands[worker.key].starts,
        )
        for worker in spec.workers
    }
    return Outcome(
        total=total
        + sum(tally.results for tally in tallies.values())
        + left_over(spec, standing.house, *stage.mean_prices),
        workers=tallies,
        useful_heat_wh=useful_wh,
    )


def _drawn(
    tally: WorkerTally, worker: WorkerSpec, power_w: float, flows: Flows
) -> WorkerTally:
    hours, sources = flows.seconds / 3600, flows.workers[worker.key]
    return replace(
        tally,
        solar_wh=tally.solar_wh + sources.solar_wh,
        battery_wh=tally.battery_wh + sources.battery_wh,
        grid_wh=tally.grid_wh + sources.grid_wh,
        results=tally.results + results(worker, power_w, hours),
    )
