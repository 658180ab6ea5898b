"""A tank or room and its backup heater, step by step, as the planner sees them.

The backup is a mean over its cycles: where its thermostat would switch it on and off,
it holds the temperature at which it switches on. Standard library only; it must never
decide.
"""

from collections.abc import Mapping, Sequence
from math import exp, inf

from .backup import backup_cop
from .draws import prior_use_w
from .heat import (
    POSITIVE,
    BackupKind,
    BackupSchedule,
    BackupSpec,
    HeatSinkSpec,
    TankSpec,
)
from .plan import Expected, PlanStart
from .planner_world import Sink, Times
from .times import DAY_S, HOUR_S


def sink_of(
    sink: HeatSinkSpec,
    expected: Expected,
    start: PlanStart,
    times: Times,
) -> Sink:
    """Return a sink whose temperature is known, over the steps."""
    steps = len(times.hours)
    backup = sink.backup
    outdoor_c = expected.outdoor_c or (None,) * steps
    target_c = start.targets_c.get(sink.key, sink.target_c)
    heated = [True] * steps
    minimum_c = -inf if sink.minimum_c is None else sink.minimum_c
    if isinstance(sink, TankSpec):
        ambient_c = [sink.ambient_c] * steps
        cold_c = sink.cold_c
        use_w = prior_use_w(sink)
        draw_w = expected.draws_w.get(
            sink.key, tuple(use_w[local.hour] for local in times.locals)
        )
        ready = {item.minute: item.temperature_c for item in sink.ready_by}
    else:
        ambient_c = [
            sink.outdoor_c if outside_c is None else outside_c
            for outside_c in outdoor_c
        ]
        heated = [
            sink.season.contains(local.month)
            if outside_c is None
            else outside_c < sink.heating_limit_c
            for outside_c, local in zip(outdoor_c, times.locals, strict=True)
        ]
        cold_c, draw_w, ready = -inf, (0.0,) * steps, {}
    loss_w_per_k = max(POSITIVE, sink.loss_w_per_k)
    capacity = max(POSITIVE, sink.capacity_wh_per_k)
    decay = [exp(-loss_w_per_k * length / capacity) for length in times.hours]
    cops = [
        backup_cop(backup, target_c, outside_c)
        if backup.kind is BackupKind.HEAT_PUMP
        else 1.0
        for outside_c in outdoor_c
    ]
    left_per_kwh = _left_per_kwh(backup, expected, cops)
    full_w = [backup.power_w * cop for cop in cops]
    if backup.schedule is BackupSchedule.FOLLOWED:
        full_w = [inf] * steps
    return Sink(
        key=sink.key,
        start_c=start.temperatures_c[sink.key],
        cold_c=cold_c,
        maximum_c=sink.maximum_c,
        minimum_c=minimum_c,
        capacity_wh_per_k=capacity,
        ambient_c=ambient_c,
        draw_w=draw_w,
        target_c=[target_c if on else -inf for on in heated],
        floor_c=[
            floor_c if on else -inf
            for floor_c, on in zip(
                _floors(sink, target_c, start, times), heated, strict=True
            )
        ],
        ready_c=_ready(ready, times),
        decay=decay,
        gain_k_per_w=[(1 - left) / loss_w_per_k for left in decay],
        electric_per_heat=[1 / cop if backup.is_electric else 0.0 for cop in cops],
        fuel_per_heat=_fuel_per_heat(backup),
        backup_w=full_w,
        diverter=backup.is_electric and backup.schedule is BackupSchedule.DIVERTER,
        comfort_per_kwh=(
            backup.comfort_per_kwh if backup.kind is BackupKind.NONE else 0.0
        ),
        shortage_per_kwh=max(0.0, sink.shortage_per_kwh),
        unpermitted_per_kwh=left_per_kwh,
        supply=sink.supply,
        left_per_kwh=left_per_kwh,
    )


def _fuel_per_heat(backup: BackupSpec) -> float:
    match backup.kind:
        case BackupKind.GAS:
            return backup.price_per_kwh / max(backup.efficiency, POSITIVE)
        case BackupKind.DISTRICT:
            return backup.price_per_kwh
    return 0.0


def _left_per_kwh(
    backup: BackupSpec, expected: Expected, cops: Sequence[float]
) -> float:
    """Return what heat at the end is worth: what that of its backup would cost then.

    An electric one pays what a kWh more or less costs on the last day.
    """
    if backup.kind is BackupKind.NONE:
        return backup.comfort_per_kwh
    if not backup.is_electric:
        return _fuel_per_heat(backup)
    last_day = [
        sold
        if backup.schedule is BackupSchedule.DIVERTER or balance_w > backup.power_w
        else bought
        for start_s, balance_w, bought, sold in zip(
            expected.grid.starts_s,
            expected.balance_w,
            expected.import_per_kwh,
            expected.export_per_kwh,
            strict=True,
        )
        if start_s >= expected.grid.end_s - DAY_S
    ]
    return sum(last_day) / len(last_day) * len(cops) / sum(cops)


def _floors(
    sink: HeatSinkSpec, target_c: float, start: PlanStart, times: Times
) -> Sequence[float]:
    """Return what the backup keeps in every step; −inf where it may not run."""
    backup, steps = sink.backup, len(times.hours)
    if backup.kind is BackupKind.NONE:
        return [-inf] * steps
    if backup.schedule is BackupSchedule.DIVERTER and backup.is_electric:
        return [target_c] * steps
    if backup.schedule is BackupSchedule.FOLLOWED:
        next_s = start.made_s + start.backup_in_s.get(sink.key, DAY_S)
        return [
            target_c if (at_s + hours * HOUR_S / 2 - next_s) % DAY_S < HOUR_S else -inf
            for at_s, hours in zip(times.starts_s, times.hours, strict=True)
        ]
    windows = backup.windows
    all_day = any(window.start_min == window.end_min for window in windows)
    if backup.schedule is BackupSchedule.TIMED and windows and not all_day:
        middles = [int((begins + ends) / 2) % 1440 for begins, ends in times.minutes()]
        return [
            target_c if any(window.contains(minute) for window in windows) else -inf
            for minute in middles
        ]
    return [target_c - max(0.0, backup.hysteresis_k)] * steps


def _ready(ready: Mapping[int, float], times: Times) -> Sequence[float]:
    """Return what is asked for at the end of every step; −inf: nothing."""
    return [
        max(
            (
                wanted_c
                for minute, wanted_c in ready.items()
                if 0 < (minute - begins) % 1440 <= ends - begins
            ),
            default=-inf,
        )
        for begins, ends in times.minutes()
    ]
