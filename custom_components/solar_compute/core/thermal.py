"""What a kWh of heat into a tank or a room is worth now.

It is worth the price of the heat that it really displaces: that of the backup
heater *at the time when the backup would have run* (`backup`), times what is left
of the heat by then (`body`). A backup fed by a solar diverter displaces surplus,
so only the export price; a full tank displaces nothing. Where nothing else heats,
heat is worth the comfort price up to the target, and the price of a shortage
where one is there or to come.

Pure functions; standard library only; it must never look at a worker's power.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from .backup import (
    HORIZON_S,
    Run,
    Thermostat,
    backup_cop,
    backup_runs,
    displaced_in_s,
    expected_c,
    heat_per_kwh,
    input_per_kwh,
)
from .body import hour_of
from .heat import POSITIVE, BackupKind, HeatSupply, ReadyBy
from .heat_now import SinkNow, sinks_now
from .heat_state import HeatCause, HeatPrice
from .memory import Memory
from .model import Snapshot
from .observe import View
from .outlook import Outlook
from .spec import SiteSpec
from .times import DAY_S, HOUR_S

READY_RESERVE = 1.25
"""Workers begin to heat for a ready-by time this much earlier than they would
have to: one may be held back for a while."""

READY_KEEP = 2.0
"""Those that heat already go on while they need half of the time that is left, so
that what they have just made does not stop them."""

READY_RESERVE_S = 900.0
"""And this much, for starting and settling."""


def heat_prices(
    spec: SiteSpec,
    snapshot: Snapshot,
    view: View,
    memory: Memory,
    outlook: Outlook,
) -> Mapping[str, HeatPrice]:
    """Return the price of heat of every sink whose temperature is known."""
    return {
        sink.key: heat_price(sink, local=snapshot.local, outlook=outlook)
        for sink in sinks_now(spec, snapshot, view, memory)
    }


def heat_price(sink: SinkNow, *, local: datetime, outlook: Outlook) -> HeatPrice:
    """Return what a kWh of heat into a sink is worth now, and why.

    The highest of what it displaces (or its comfort price) and of the shortage
    that it ends or prevents; nothing where heat is of no use.
    """
    usual = _usual(sink, local, outlook)
    if sink.warmest_c >= sink.maximum_c:
        return replace(usual, per_kwh=0.0, absorbed=0.0, cause=HeatCause.FULL)
    if sink.idle is not None:
        return replace(usual, per_kwh=0.0, absorbed=0.0, cause=sink.idle)
    price = usual
    for per_kwh, cause in _shortages(sink, local, outlook):
        if per_kwh > price.per_kwh:
            price = replace(price, per_kwh=per_kwh, absorbed=1.0, cause=cause)
    return price


def _usual(sink: SinkNow, local: datetime, outlook: Outlook) -> HeatPrice:
    """Price heat by what it displaces, or by comfort where no backup exists."""
    backup = sink.backup
    if backup.kind is BackupKind.NONE:
        step_k = 0.0 if sink.heated else sink.step_k
        wanted = sink.temperature_c < sink.target_c - step_k
        comfort = backup.comfort_per_kwh if wanted else 0.0
        return HeatPrice(
            key=sink.key,
            per_kwh=comfort,
            displaced_per_kwh=comfort,
            in_s=0.0,
            kept=1.0,
            absorbed=1.0 if wanted else 0.0,
            cause=HeatCause.COMFORT if wanted else HeatCause.ENOUGH,
            supply=sink.supply,
        )
    cop = _cop(sink)
    in_s = _displaced_in_s(sink, local, outlook, cop)
    displaced = kept = 0.0
    if in_s is not None:
        displaced = heat_per_kwh(backup, in_s, outlook, cop)
        kept = sink.body.kept(in_s)
    return HeatPrice(
        key=sink.key,
        per_kwh=displaced * kept,
        displaced_per_kwh=displaced,
        in_s=HORIZON_S if in_s is None else in_s,
        kept=kept,
        absorbed=1.0,
        cause=HeatCause.DISPLACED,
        supply=sink.supply,
        backup_per_kwh=heat_per_kwh(backup, 0.0, outlook, cop),
        input_per_kwh=input_per_kwh(backup, cop),
    )


def _cop(sink: SinkNow) -> float:
    return backup_cop(sink.backup, sink.target_c, sink.source_c, sink.cop)


def _thermostat(sink: SinkNow) -> Thermostat:
    return Thermostat(target_c=sink.target_c, hysteresis_k=sink.backup.hysteresis_k)


def _runs(
    sink: SinkNow, local: datetime, outlook: Outlook, cop: float
) -> Iterator[Run]:
    return backup_runs(
        sink.backup, local=local, outlook=outlook, cop=cop, in_s=sink.backup_in_s
    )


def _displaced_in_s(
    sink: SinkNow, local: datetime, outlook: Outlook, cop: float
) -> float | None:
    if sink.backup_on:
        return 0.0
    if sink.cold_in_s is not None:
        return sink.cold_in_s
    return displaced_in_s(
        sink.body,
        sink.temperature_c,
        hour_of(local),
        _thermostat(sink),
        _runs(sink, local, outlook, cop),
    )


def _shortages(
    sink: SinkNow, local: datetime, outlook: Outlook
) -> Iterator[tuple[float, HeatCause]]:
    """Yield what heat is worth against the cold that is there or to come."""
    if sink.shortage_per_kwh <= 0:
        return
    step_k = sink.step_k if sink.heated else 0.0
    if sink.minimum_c is not None and sink.served_c < sink.minimum_c + step_k:
        yield sink.shortage_per_kwh, HeatCause.MINIMUM
    for ready in sink.ready_by:
        yield _ready_per_kwh(sink, ready, local, outlook), HeatCause.READY_BY


def _ready_per_kwh(
    sink: SinkNow, ready: ReadyBy, local: datetime, outlook: Outlook
) -> float:
    """Return what heat is worth for being there at a time of the day.

    Nothing where it will be warm enough without. Else the price of the shortage,
    times what is left of the heat by then, once there is only just time to make
    it. Before that, heat saves no more than its own making later with power from
    battery or grid, if these are permitted, less the results that this brings.
    """
    in_s = (ready.minute * 60 - hour_of(local) * HOUR_S) % DAY_S
    cop = _cop(sink)
    expected = expected_c(
        sink.body,
        sink.temperature_c,
        hour_of(local),
        _thermostat(sink),
        _runs(sink, local, outlook, cop),
        in_s=in_s,
    )
    if expected >= ready.temperature_c:
        return 0.0
    kept = sink.body.kept(in_s)
    if sink.supply is HeatSupply.SURPLUS or _must_begin(
        sink, (ready.temperature_c - expected) / max(kept, POSITIVE), in_s
    ):
        return sink.shortage_per_kwh * kept
    later_per_kwh = min(
        (
            max(0.0, outlook.deficit_per_kwh - feeder.results_per_kwh) / feeder.recovery
            for feeder in sink.feeders
        ),
        default=0.0,
    )
    return min(sink.shortage_per_kwh, later_per_kwh) * kept


def _must_begin(sink: SinkNow, missing_k: float, in_s: float) -> bool:
    """Tell whether its workers need all the time that is left."""
    heat_w = sum(feeder.heat_w for feeder in sink.feeders)
    missing_wh = missing_k * max(sink.body.capacity_wh_per_k, 0.0)
    reserve = READY_KEEP if sink.heated else READY_RESERVE
    return missing_wh * HOUR_S * reserve >= heat_w * (in_s - READY_RESERVE_S)
