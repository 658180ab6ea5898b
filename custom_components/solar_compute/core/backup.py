"""The backup heater: what its heat costs, and when it would have run.

The heat that a worker makes is worth what this heater does not have to make, *at
the time when it would have run* (t'). Pure functions, standard library only; it
must never decide anything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf, isfinite

from .body import HeatBody, after_c, hour_of, seconds_until
from .heat import POSITIVE, BackupKind, BackupSchedule, BackupSpec
from .outlook import Outlook
from .times import DAY_S, HOUR_S

HORIZON_S = 7 * DAY_S
"""How far ahead a run of the backup is looked for."""

RATED_COP = 3.9
"""What the curve says at the rated 28 K of lift (A7/W35)."""


@dataclass(frozen=True, slots=True)
class Run:
    """A time in which the backup may heat, in s from now.

    `heat_w` is what it then delivers; None: all that it takes. `eager`: it
    begins with whatever is below the target, else it waits for the thermostat.
    """

    start_s: float
    end_s: float
    heat_w: float | None = None
    eager: bool = True


@dataclass(frozen=True, slots=True)
class Thermostat:
    """What the backup keeps a body at; it starts `hysteresis_k` below."""

    target_c: float
    hysteresis_k: float

    @property
    def start_c(self) -> float:
        """The temperature at which it starts by itself."""
        return self.target_c - max(0.0, self.hysteresis_k)


def heat_pump_cop(lift_k: float) -> float:
    """Return the COP of an air-source heat pump at a temperature lift in K.

    6.81 − 0.121·ΔT + 0.00063·ΔT² (Staffell et al.), held at its vertex beyond
    96 K and at 20 K below, where the fit has no data. Never below 1.
    """
    lift = min(max(lift_k, 20.0), 96.0)
    return max(1.0, 6.81 - 0.121 * lift + 0.00063 * lift**2)


def backup_cop(
    backup: BackupSpec,
    target_c: float,
    source_c: float | None = None,
    measured: float | None = None,
) -> float:
    """Return a heat pump's COP: what it says itself, else the scaled curve.

    The curve is taken at the lift from its source to its flow, and scaled by the
    rated COP. `source_c` None: no sensor, the configured source.
    """
    if measured is not None:
        return measured
    source_c = backup.source_c if source_c is None else source_c
    curve = heat_pump_cop(target_c + backup.flow_offset_k - source_c)
    return max(1.0, curve * backup.rated_cop / RATED_COP)


def input_per_kwh(backup: BackupSpec, cop: float) -> float | None:
    """Return the kWh of fuel or electricity per kWh of heat; None without backup."""
    match backup.kind:
        case BackupKind.GAS:
            return 1 / max(backup.efficiency, POSITIVE)
        case BackupKind.HEAT_PUMP:
            return 1 / max(cop, POSITIVE)
        case BackupKind.NONE:
            return None
    return 1.0


def heat_per_kwh(
    backup: BackupSpec, in_s: float, outlook: Outlook, cop: float
) -> float:
    """Return what a kWh of the backup's heat costs, `in_s` seconds from now.

    Without a backup it is the comfort price.
    """
    taken = input_per_kwh(backup, cop)
    if taken is None:
        return backup.comfort_per_kwh
    if not backup.is_electric:
        return backup.price_per_kwh * taken
    if backup.schedule is BackupSchedule.DIVERTER:
        return outlook.surplus_per_kwh * taken
    return outlook.price_per_kwh(in_s, backup.power_w) * taken


def backup_runs(
    backup: BackupSpec,
    *,
    local: datetime,
    outlook: Outlook,
    cop: float,
    in_s: float | None = None,
) -> Iterator[Run]:
    """Yield when the backup may heat during the horizon, in order.

    On demand is one run without end. `in_s` is when an entity that is followed
    says that it runs next (None: it does not say, then a day from now); it is
    taken to run as long as it takes, every day. A heating rod or heat pump in a
    time window delivers its power and no more; boilers count as strong enough.
    A diverter's sun is taken to be enough, too: what it will really deliver is not
    known from a mean day (foretold so, shares displaced were further from simulated
    ones than with enough).
    """
    schedule = backup.schedule
    if backup.kind is BackupKind.NONE:
        return
    if schedule is BackupSchedule.TIMED and not _all_day(backup):
        heat_w = max(0.0, backup.power_w) if backup.is_electric else None
        if heat_w is not None and backup.kind is BackupKind.HEAT_PUMP:
            heat_w *= cop
        for start_s, end_s in sorted(_windows(backup, local)):
            yield Run(max(0.0, start_s), end_s, heat_w)
    elif schedule is BackupSchedule.DIVERTER and backup.is_electric:
        yield from _sunny(outlook)
    elif schedule is BackupSchedule.FOLLOWED:
        next_s = DAY_S if in_s is None or not isfinite(in_s) else max(0.0, in_s)
        while next_s <= HORIZON_S:
            yield Run(next_s, next_s + HOUR_S)
            next_s += DAY_S
    else:
        yield Run(0.0, inf, eager=False)


def displaced_in_s(
    body: HeatBody,
    temperature_c: float,
    hour: float,
    thermostat: Thermostat,
    runs: Iterable[Run],
) -> float | None:
    """Return t': when the backup would have run, had no heat been added.

    A run that finds the body at its target delivers nothing, so it is the next
    one that this heat displaces. A run that would not reach the target is not
    shortened either: the heat is carried on to the next. None: no run within
    the horizon would be shortened, so nothing is displaced.
    """
    now, falls_short = _Moment(0.0, temperature_c), False
    for run in runs:
        if run.start_s >= HORIZON_S:
            break
        if run.end_s <= now.at_s:
            continue
        now = _later(body, hour, now, max(now.at_s, run.start_s))
        begin_s = _begin_s(body, hour, thermostat, run, now)
        if begin_s is None:
            continue
        if run.heat_w is None:
            return begin_s
        begin = _later(body, hour, now, begin_s)
        now = _later(body, hour, begin, run.end_s, heat_w=run.heat_w)
        if now.temperature_c >= thermostat.target_c:
            return begin_s
        falls_short = True
    return None if falls_short else HORIZON_S


def expected_c(
    body: HeatBody,
    temperature_c: float,
    hour: float,
    thermostat: Thermostat,
    runs: Iterable[Run],
    *,
    in_s: float,
) -> float:
    """Return the temperature in `in_s` with the backup, but without workers.

    While a strong enough backup may run at that time, that is its target: what
    its hysteresis leaves open is what its owner is content with.
    """
    now = _Moment(0.0, temperature_c)
    for run in runs:
        start_s, end_s = max(now.at_s, run.start_s), min(run.end_s, in_s)
        if start_s >= in_s:
            break
        if end_s <= now.at_s:
            continue
        if run.heat_w is None and run.end_s >= in_s:
            kept_c = _later(body, hour, now, in_s).temperature_c
            return max(kept_c, thermostat.target_c)
        now = _later(body, hour, now, start_s)
        begin_s = _begin_s(body, hour, thermostat, run, now)
        if begin_s is None or begin_s >= in_s:
            continue
        if run.heat_w is None:
            now = _Moment(begin_s, thermostat.target_c)
            continue
        begin = _later(body, hour, now, begin_s)
        heated = _later(body, hour, begin, end_s, heat_w=run.heat_w)
        now = _Moment(end_s, min(heated.temperature_c, thermostat.target_c))
    return _later(body, hour, now, in_s).temperature_c


@dataclass(frozen=True, slots=True)
class _Moment:
    """How warm a body is `at_s` from now."""

    at_s: float
    temperature_c: float


def _later(
    body: HeatBody, hour: float, now: _Moment, at_s: float, *, heat_w: float = 0.0
) -> _Moment:
    hour_then = hour + now.at_s / HOUR_S
    after = after_c(body, now.temperature_c, at_s - now.at_s, hour_then, heat_w)
    return _Moment(at_s, after)


def _begin_s(
    body: HeatBody, hour: float, thermostat: Thermostat, run: Run, now: _Moment
) -> float | None:
    """Return when the backup begins to heat in a run; None: not in this one."""
    if run.eager and now.temperature_c < thermostat.target_c:
        return now.at_s
    limit_s = min(run.end_s, HORIZON_S) - now.at_s
    hour_then = hour + now.at_s / HOUR_S
    wait_s = seconds_until(
        body, now.temperature_c, thermostat.start_c, hour_then, limit_s
    )
    return now.at_s + wait_s if wait_s < limit_s else None


def _all_day(backup: BackupSpec) -> bool:
    return not backup.windows or any(
        window.start_min == window.end_min for window in backup.windows
    )


def _windows(backup: BackupSpec, local: datetime) -> Iterator[tuple[float, float]]:
    """Yield the windows of the horizon that are not over, in s from now."""
    now_s = hour_of(local) * HOUR_S
    for window in backup.windows:
        length_s = (window.end_min - window.start_min) % 1440 * 60.0
        for day in range(-1, 8):
            start_s = day * DAY_S + window.start_min * 60 - now_s
            if start_s + length_s > 0:
                yield start_s, start_s + length_s


def _sunny(outlook: Outlook) -> Iterator[Run]:
    """Yield the times of surplus to be expected; nothing known: a day from now."""
    hours_w = outlook.hours_w or (1.0, *(0.0,) * 23)
    days = int(HORIZON_S // DAY_S)
    powers = (outlook.balance_now_w, *((*hours_w[1:], hours_w[0]) * days))
    start_s: float | None = None
    for index, power_w in enumerate((*powers, 0.0)):
        at_s = max(0.0, index * HOUR_S - outlook.past_hour_s)
        if power_w > 0 and start_s is None:
            start_s = at_s
        elif power_w <= 0 and start_s is not None:
            yield Run(start_s, at_s, eager=False)
            start_s = None
