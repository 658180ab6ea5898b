"""Where the heat of a worker goes, and what it is good for.

All electricity becomes heat: so much of it goes into a sink that has use for it
(useful), so much into space that is being cooled (unwanted), and the rest is lost.
The three add up to what is drawn. Pure functions of numbers; standard library only;
no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .heat import WATER_WH_PER_L_K
from .model import Decision, HeatPrice
from .spaces import cooling_of
from .spec import POSITIVE, BackupKind, SiteSpec, TankSpec, TankUse, WorkerSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatFlow:
    """The heat of one worker now, in W; money in currency per hour.

    `useful_w`, `unwanted_w` and `lost_w` add up to its power. `delivered_w` went into
    its sink, `reused_w` displaces other heat, `displaced_w` is what the backup does
    not take for it and `saved_per_h` what that would have cost. `value_per_h` is the
    worth of the useful heat, also where it is comfort, and `cooled_by` the COP of
    the air conditioning that takes out the unwanted heat.
    """

    delivered_w: float = 0.0
    useful_w: float = 0.0
    unwanted_w: float = 0.0
    lost_w: float = 0.0
    reused_w: float = 0.0
    displaced_w: float = 0.0
    saved_per_h: float = 0.0
    value_per_h: float = 0.0
    cooled_by: float = 1.0


@dataclass(frozen=True, slots=True)
class _Feeder:
    """What a worker draws, and the part that its sink should get of it."""

    drawn_w: float
    estimated_w: float


def delivered_w(spec: SiteSpec, decision: Decision) -> Mapping[str, float]:
    """Return the heat of every load that goes into its sink now, by its key, in W.

    Estimated as recovery × power, nothing into a full sink. Where the sink's heat is
    measured, that counts instead, shared in proportion to the estimates. No worker
    is credited with more heat than it draws: what a meter says beyond that came from
    elsewhere, or is the meter's error, and is left out so that the books balance.
    """
    feeders: dict[str, dict[str, _Feeder]] = {}
    for decided in (*decision.always_on, *decision.workers):
        worker = spec.load(decided.key)
        if worker is not None and worker.sink is not None and decided.drawn_w > 0:
            recovery = _between(0.0, worker.recovery, 1.0)
            feeder = _Feeder(decided.drawn_w, decided.drawn_w * recovery)
            feeders.setdefault(worker.sink, {})[worker.key] = feeder
    return {
        worker: into_sink_w
        for sink, workers in feeders.items()
        for worker, into_sink_w in _into_sink_w(decision, sink, workers).items()
    }


def _into_sink_w(
    decision: Decision, key: str, workers: Mapping[str, _Feeder]
) -> Mapping[str, float]:
    sink, price = decision.sink(key), decision.heat_of(key)
    if sink is None or not sink.heat_measured:
        taken = 1.0 if price is None else _between(0.0, price.absorbed, 1.0)
        return {name: taken * feeder.estimated_w for name, feeder in workers.items()}
    estimated_w = sum(feeder.estimated_w for feeder in workers.values())
    drawn_w = sum(feeder.drawn_w for feeder in workers.values())
    return {
        name: min(
            feeder.drawn_w,
            max(0.0, sink.heat_w)
            * (
                feeder.estimated_w / estimated_w
                if estimated_w > 0
                else feeder.drawn_w / drawn_w
            ),
        )
        for name, feeder in workers.items()
    }


def heat_flow(
    spec: SiteSpec,
    decision: Decision,
    worker: WorkerSpec,
    power_w: float,
    into_sink_w: float,
) -> HeatFlow:
    """Return where `power_w` of a worker goes, of which `into_sink_w` into its sink.

    Without a price the sink's state is unknown, and nobody can say that its heat was
    of use.
    """
    cooling = cooling_of(spec, worker, decision.spaces)
    unwanted_w = (power_w - into_sink_w) * _between(0.0, cooling.share, 1.0)
    price = decision.heat_of(worker.sink)
    useful_w = into_sink_w if price is not None and price.absorbed > 0 else 0.0
    flow = HeatFlow(
        delivered_w=into_sink_w,
        useful_w=useful_w,
        unwanted_w=unwanted_w,
        lost_w=power_w - useful_w - unwanted_w,
        cooled_by=max(cooling.cop, POSITIVE),
    )
    return flow if price is None else _priced(spec, flow, price)


def _priced(spec: SiteSpec, flow: HeatFlow, price: HeatPrice) -> HeatFlow:
    """Add what the useful heat is worth and what it displaces."""
    sink = spec.sink(price.key)
    backup = sink is not None and sink.backup.kind is not BackupKind.NONE
    exported = isinstance(sink, TankSpec) and sink.use is TankUse.EXPORTED
    kept_w = flow.useful_w * _between(0.0, price.kept, 1.0)
    displaced_w = kept_w * (price.input_per_kwh or 0.0) if backup else 0.0
    worth = price.per_kwh / price.absorbed if price.absorbed > 0 else 0.0
    return replace(
        flow,
        reused_w=kept_w if backup or exported else 0.0,
        displaced_w=displaced_w,
        saved_per_h=kept_w / 1000 * price.displaced_per_kwh if displaced_w else 0.0,
        value_per_h=flow.useful_w / 1000 * worth,
    )


def litres_at_40_c(heat_wh: float, cold_c: float) -> float | None:
    """Return how many litres of water that heat brings to 40 °C; None if they are."""
    lift_k = 40.0 - cold_c
    return heat_wh / (WATER_WH_PER_L_K * lift_k) if lift_k > 0 else None


def _between(lowest: float, value: float, highest: float) -> float:
    return min(max(value, lowest), highest)
