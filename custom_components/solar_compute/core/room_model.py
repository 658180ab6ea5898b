"""How fast a room loses heat, and how much it stores: assumed, then learned.

    C · dT/dt = heat of workers + other gain − UA · (T − T_outdoors)

Over each three quarters of an hour in which no window is open and the room's own
heater rests, this is one linear equation for 1/C, UA/C and gain/C, and recursive
least squares begin at the configured figures as if they were measured with their
uncertainty. Pure functions; standard library only; no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite, sqrt

from .memory import RoomMean
from .reading import RoomInput
from .spec import POSITIVE, BackupKind, RoomSpec

INTERVAL_S = 2700.0
"""Long enough for a sensor of 0.1 K to show a difference."""

MAXIMUM_GAP_S = 900.0
"""What happened in a longer gap, nobody knows."""

MINIMUM_INTERVALS = 48
"""A day and a half of intervals must have taught before anything is believed."""

LEARNED = 0.25
"""A figure is learned once its variance is this share of the assumed one's: the
room has been heated, or the weather has changed, enough to tell."""

BOUND = 4.0
"""A learned figure is between a quarter and four times the configured one."""

NOISE_K = 0.15
"""What an interval's difference is off by: the sensor's grain, sun, people."""

PRIOR_SHARE = 0.7
"""How far the configured figures may be off (one sigma)."""

PRIOR_GAIN_W = 100.0
"""How much people, appliances and sun may give on average (one sigma)."""

FORGETTING = 0.998
"""Per interval: over about two weeks."""

OUTLIER = 3.0
"""More sigmas than this are somebody else's doing, and are cut off."""

WARM_K = 0.3
"""So much above its target, a room that nobody watches is surely not heated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFigures:
    """What a room's temperature follows.

    `learned_days` is the time on which the figures rest, in days; 0: the
    configured ones alone.
    """

    loss_w_per_k: float
    capacity_wh_per_k: float
    learned_days: float = 0.0


def figures(room: RoomSpec, learned: RoomMean | None) -> RoomFigures:
    """Return a room's heat loss and capacity as far as they are known.

    Each stays as configured until it is learned. Without any heat from workers
    nobody can tell the capacity; the loss then is what cools that capacity as fast
    as the room really cools.
    """
    prior = RoomFigures(
        loss_w_per_k=room.loss_w_per_k, capacity_wh_per_k=room.capacity_wh_per_k
    )
    if learned is None or learned.intervals < MINIMUM_INTERVALS:
        return prior
    if not _is_whole(learned):
        return prior
    _, covariance = _prior(room)
    known = [
        learned.covariance[index] <= LEARNED * covariance[index] for index in (0, 4)
    ]
    if not any(known):
        return prior
    capacity = room.capacity_wh_per_k
    if known[0]:
        capacity = _bounded(1 / max(learned.estimate[0], POSITIVE), capacity)
    loss = room.loss_w_per_k
    if known[1]:
        loss = _bounded(learned.estimate[1] * capacity, loss)
    return RoomFigures(
        loss_w_per_k=loss,
        capacity_wh_per_k=capacity,
        learned_days=learned.intervals * INTERVAL_S / 86400,
    )


def can_teach(room: RoomSpec, observed: RoomInput | None, target_c: float) -> bool:
    """Tell whether only workers and weather change the room's temperature now.

    No window is open, and the room's usual heater rests: as it says itself, or
    because the room is warmer than its target.
    """
    if observed is None or observed.window_open:
        return False
    if observed.backup_on is not None:
        return not observed.backup_on
    if room.backup.kind is BackupKind.NONE:
        return True
    value = observed.temperature_c.value
    return value is not None and value >= target_c + WARM_K


def learn_room(
    room: RoomSpec,
    learned: RoomMean | None,
    *,
    elapsed_s: float,
    temperature_c: float | None,
    outdoor_c: float | None,
    heat_w: float,
) -> RoomMean:
    """Return what is known of a room after one more look.

    A temperature of None is unknown or cannot teach (`can_teach`): what was being
    collected is dropped. `heat_w` is what workers have put in during the
    `elapsed_s` seconds since the last look.
    """
    mean = learned or RoomMean()
    if temperature_c is None or outdoor_c is None:
        return _opened(mean, None) if mean.began_c is not None else mean
    began_c = mean.began_c
    if began_c is None or elapsed_s > MAXIMUM_GAP_S:
        return _opened(mean, temperature_c)
    hours = elapsed_s / 3600
    mean = replace(
        mean,
        seconds=mean.seconds + elapsed_s,
        heat_wh=mean.heat_wh + heat_w * hours,
        lift_kh=mean.lift_kh + (temperature_c - outdoor_c) * hours,
    )
    if mean.seconds < INTERVAL_S:
        return mean
    return _opened(_taught(room, mean, temperature_c - began_c), temperature_c)


def _opened(mean: RoomMean, temperature_c: float | None) -> RoomMean:
    return replace(mean, seconds=0.0, began_c=temperature_c, heat_wh=0.0, lift_kh=0.0)


def _taught(room: RoomSpec, mean: RoomMean, warmer_k: float) -> RoomMean:
    """Return the estimate after one interval: a step of recursive least squares."""
    if not _is_whole(mean):
        estimate, covariance = _prior(room)
        mean = replace(mean, estimate=estimate, covariance=covariance, intervals=0)
    row = (mean.heat_wh, -mean.lift_kh, mean.seconds / 3600)
    rows = [mean.covariance[index : index + 3] for index in (0, 3, 6)]
    spread = [_dot(line, row) for line in rows]
    variance = NOISE_K**2 + _dot(spread, row)
    most_k = OUTLIER * sqrt(variance)
    error_k = max(-most_k, min(most_k, warmer_k - _dot(mean.estimate, row)))
    covariance = tuple(
        rows[i][j] - spread[i] * spread[j] / variance
        for i in range(3)
        for j in range(3)
    )
    _, widest = _prior(room)
    if all(covariance[i] / FORGETTING <= widest[i] for i in (0, 4, 8)):
        covariance = tuple(value / FORGETTING for value in covariance)
    return replace(
        mean,
        estimate=tuple(
            value + part / variance * error_k
            for value, part in zip(mean.estimate, spread, strict=True)
        ),
        covariance=covariance,
        intervals=mean.intervals + 1,
    )


def _prior(room: RoomSpec) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what is assumed of 1/C, UA/C and gain/C, and its covariance."""
    capacity = max(room.capacity_wh_per_k, POSITIVE)
    inverse, rate = 1 / capacity, max(room.loss_w_per_k, POSITIVE) / capacity
    sigmas = (PRIOR_SHARE * inverse, PRIOR_SHARE * rate, PRIOR_GAIN_W / capacity)
    return (inverse, rate, 0.0), tuple(
        sigmas[i] ** 2 if i == j else 0.0 for i in range(3) for j in range(3)
    )


def _is_whole(mean: RoomMean) -> bool:
    """Tell whether what was stored is an estimate."""
    return (
        len(mean.estimate) == 3
        and len(mean.covariance) == 9
        and all(map(isfinite, (*mean.estimate, *mean.covariance)))
    )


def _dot(first: Sequence[float], second: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def _bounded(value: float, prior: float) -> float:
    return max(prior / BOUND, min(prior * BOUND, value))
