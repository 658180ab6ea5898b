"""A home's own past as a trace: from the database of Home Assistant's recorder.

Means over five minutes come from the short-term statistics, and from changes of state
where there are none; over shorter steps from changes of state alone. Where only hourly
statistics are left, the trace is hourly, and a note says so.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .recorder_columns import Column, Steps, growths, means
from .recorder_rows import HOUR_S, SHORT_S, Kept, Recorder, opened
from .traces import Interval, Trace, TraceError

POWER = {"W": 1.0, "kW": 1e3, "MW": 1e6}
ENERGY = {"Wh": 1.0, "kWh": 1e3, "MWh": 1e6}
PER_ENERGY = {"Wh": 1e3, "kWh": 1.0, "MWh": 1e-3}
HUNDREDTHS = frozenset({"c", "ct", "cent", "cents", "¢", "p", "öre", "øre"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Meters:
    """Which entities say what; W, kW, Wh or kWh.

    `grid` is power with its sign, or import where `grid_return` is export; `battery`
    likewise, with discharge and `battery_charge`. `without` are loads to take out of
    the home: workers that ran already. `inverted` are the fields that count the other
    way round: import, discharge and what the sun makes must be positive.
    """

    grid: str
    grid_return: str | None = None
    pv: str | None = None
    battery: str | None = None
    battery_charge: str | None = None
    soc: str | None = None
    price: str | None = None
    export_price: str | None = None
    outdoor: str | None = None
    without: tuple[str, ...] = ()
    inverted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A trace, and what has to be said about it."""

    trace: Trace
    notes: tuple[str, ...]


def read_recorder(
    path: Path, meters: Meters, *, step_s: int | None = None, days: float | None = None
) -> Recorded:
    """Return the last `days` (None: all) of a home's past.

    `step_s` of None: five minutes, or an hour where nothing finer of the grid is left.

    Raises:
        TraceError: if the database or an entity cannot be used; it says why.
    """
    with opened(path) as recorder:
        main = recorder.kept(meters.grid)
        fine = bool(main.short or main.states)
        step_s = step_s or (SHORT_S if fine else HOUR_S)
        if step_s <= 0 or HOUR_S % step_s:
            raise TraceError(f"step: {step_s} s do not fit into an hour")
        steps = _steps(recorder, main, step_s, days)
        columns = _columns(recorder, meters, steps)
    notes = []
    if step_s == HOUR_S and not fine:
        notes.append(
            f"only hourly statistics of {meters.grid} are left: clouds and kettles are"
            " not seen, and every rule looks alike"
        )
    names = tuple(columns)
    trace = Trace(
        path.name,
        step_s,
        names,
        tuple(
            Interval(
                datetime.fromtimestamp(steps.start_s + index * step_s, UTC),
                {name: columns[name][index] for name in names},
            )
            for index in range(steps.count)
        ),
    )
    if not trace.measured("grid_w"):
        raise TraceError(f"{meters.grid}: says nothing in steps of {step_s} s")
    return Recorded(trace, tuple(notes))


def _steps(recorder: Recorder, main: Kept, step_s: int, days: float | None) -> Steps:
    times = [row.start_s for row in main.short[:1]]
    times += [time_s for time_s, _ in main.states[:1]]
    if step_s == HOUR_S:
        times += [row.start_s for row in main.hourly[:1]]
    if not times:
        raise TraceError(f"{main.entity}: says nothing in steps of {step_s} s")
    last_s = recorder.last_s()
    if step_s == HOUR_S and main.hourly:
        last_s = max(last_s, main.hourly[-1].start_s + HOUR_S)
    start_s = min(times) // step_s * step_s
    if days is not None:
        start_s = max(start_s, (last_s - days * 24 * HOUR_S) // step_s * step_s)
    count = int((last_s - start_s) // step_s)
    if count < 2:
        raise TraceError(f"{main.entity}: needs two intervals of {step_s} s at least")
    runs = [
        (first_s, last_s if end_s is None else end_s)
        for first_s, end_s in recorder.runs()
    ]
    return Steps(start_s, step_s, count, runs)


def _columns(recorder: Recorder, meters: Meters, steps: Steps) -> dict[str, Column]:
    def power(entity: str, field: str) -> Column:
        sign = -1.0 if field in meters.inverted else 1.0
        return _power_w(recorder.kept(entity), steps, sign)

    columns = {"grid_w": power(meters.grid, "grid")}
    if meters.pv is not None:
        columns["pv_w"] = power(meters.pv, "pv")
    if meters.battery is not None:
        columns["battery_w"] = power(meters.battery, "battery")
    for name, field, entity in (
        ("grid_w", "grid_return", meters.grid_return),
        ("battery_w", "battery_charge", meters.battery_charge),
    ):
        if entity is not None and name in columns:
            columns[name] = _less(columns[name], power(entity, field))
    for load in meters.without:
        # Of a worker that says nothing, nobody knows that it ran.
        drawn_w = [value or 0.0 for value in power(load, "without")]
        columns["grid_w"] = _less(columns["grid_w"], drawn_w)
    for name, entity, factor in (
        ("battery_soc", meters.soc, _percent),
        ("price_eur_kwh", meters.price, _per_kwh),
        ("export_eur_kwh", meters.export_price, _per_kwh),
        ("outdoor_c", meters.outdoor, _celsius),
    ):
        if entity is not None:
            kept = recorder.kept(entity)
            convert = factor(kept)
            columns[name] = [
                None if value is None else convert(value)
                for value in means(kept, steps)
            ]
    return columns


def _less(first: Column, second: Sequence[float | None]) -> Column:
    return [
        None if a is None or b is None else a - b
        for a, b in zip(first, second, strict=True)
    ]


def _power_w(kept: Kept, steps: Steps, sign: float) -> Column:
    if kept.unit in POWER:
        factor = sign * POWER[kept.unit]
        column = means(kept, steps)
    elif kept.unit in ENERGY:
        factor = sign * ENERGY[kept.unit] * 3600 / steps.step_s
        column = growths(kept, steps)
    else:
        raise _unit_error(kept, (*POWER, *ENERGY))
    return [None if value is None else factor * value for value in column]


def _percent(kept: Kept) -> Callable[[float], float]:
    if kept.unit != "%":
        raise _unit_error(kept, ("%",))
    return float


def _celsius(kept: Kept) -> Callable[[float], float]:
    if kept.unit == "°F":
        return lambda fahrenheit: (fahrenheit - 32) / 1.8
    if kept.unit != "°C":
        raise _unit_error(kept, ("°C", "°F"))
    return float


def _per_kwh(kept: Kept) -> Callable[[float], float]:
    money, _, energy = kept.unit.partition("/")
    if energy not in PER_ENERGY:
        raise _unit_error(kept, ("EUR/kWh", "ct/kWh", "EUR/MWh"))
    factor = PER_ENERGY[energy] * (0.01 if money.lower() in HUNDREDTHS else 1.0)
    return lambda price: price * factor


def _unit_error(kept: Kept, allowed: Iterable[str]) -> TraceError:
    return TraceError(
        f"{kept.entity}: its unit is {kept.unit or 'not known'}, and must be one of"
        f" {', '.join(allowed)}"
    )
