"""The hours until a deadline: what each will probably cost, and who may run in it.

What is known ahead comes from the `Outlook` of the site; beyond a day the same day is
expected again. Hours in which a worker must be quiet are known, too. Pure functions;
standard library only; decides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .guards.base import holds_for
from .guards.quiet import quiet_level
from .outlook import Outlook
from .spec import SiteSpec, WorkerSpec
from .times import DAY_S, HOUR_S, DailyWindow

QUARTER_S = 900.0
"""How finely quiet hours are looked at; elsewhere an hour is one piece."""

HORIZON_S = 8 * DAY_S
"""What lies beyond is no more known than the days before, and not looked at."""

SOON_S = 901.0
"""Until here an outlook goes by the meters of this instant, which a whole hour must
not be judged by."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A piece of the time to come: from when, how long, and at what price per kWh.

    `pace` is the share of a worker's full power that it may have in it.
    """

    start_s: float
    seconds: float
    price_per_kwh: float
    pace: float = 1.0

    @property
    def full_s(self) -> float:
        """How much running at full power fits in."""
        return self.seconds * self.pace

    def until(self, end_s: float) -> Slot:
        """Return it cut off at `end_s`."""
        if self.start_s + self.seconds <= end_s:
            return self
        seconds = max(0.0, min(self.seconds, end_s - self.start_s))
        return Slot(self.start_s, seconds, self.price_per_kwh, self.pace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The cheapest slots for a need: the dearest of them, their mean, what is missing.

    The mean is None where none were to be had.
    """

    dearest_per_kwh: float
    mean_per_kwh: float | None
    short_s: float


def slots_until(
    spec: SiteSpec,
    worker: WorkerSpec,
    outlook: Outlook,
    *,
    local: datetime,
    end_s: float,
    power_w: float,
) -> tuple[Slot, ...]:
    """Return the time from now on until `end_s` from now, in order.

    `local` is the local time now; `power_w` the load that is priced.
    """
    windows = tuple(_quiet(spec, worker))
    whole_s = QUARTER_S if windows else HOUR_S
    end_s = min(end_s, HORIZON_S)
    slots = []
    start_s = 0.0
    while start_s < end_s:
        seconds = whole_s - (outlook.past_hour_s + start_s) % whole_s
        seconds = min(seconds, end_s - start_s)
        middle_s = start_s + seconds / 2
        level = min(
            (
                level
                for window, level in windows
                if window.contains(_minute_in(local, middle_s))
            ),
            default=len(worker.levels_w),
        )
        slots.append(
            Slot(
                start_s,
                seconds,
                outlook.price_per_kwh(max(middle_s, SOON_S), power_w),
                worker.power_w(level) / worker.levels_w[-1],
            )
        )
        start_s += seconds
    return tuple(slots)


def _minute_in(local: datetime, in_s: float) -> int:
    """Return the minute of the day that local clocks show in so many seconds."""
    then = (local.astimezone(UTC) + timedelta(seconds=in_s)).astimezone(local.tzinfo)
    return then.hour * 60 + then.minute


def cheapest(slots: Iterable[Slot], needed_s: float) -> Chosen:
    """Return what the cheapest `needed_s` of running at full power cost."""
    left_s, spent, dearest = needed_s, 0.0, 0.0
    for slot in sorted(slots, key=lambda slot: slot.price_per_kwh):
        if slot.full_s <= 0:
            continue
        taken_s = min(left_s, slot.full_s)
        spent += taken_s * slot.price_per_kwh
        left_s -= taken_s
        dearest = slot.price_per_kwh
        if left_s <= 0:
            break
    got_s = needed_s - left_s
    return Chosen(
        dearest_per_kwh=dearest,
        mean_per_kwh=spent / got_s if got_s > 0 else None,
        short_s=max(0.0, left_s),
    )


def _quiet(spec: SiteSpec, worker: WorkerSpec) -> Iterable[tuple[DailyWindow, int]]:
    """Yield the daily windows in which it must be quiet, each with its highest level."""
    top = len(worker.levels_w)
    for window in worker.quiet_hours:
        yield window, max(0, min(worker.quiet_level, top))
    for guard in spec.guards.quiet:
        if holds_for(guard, worker):
            for window in guard.windows:
                yield window, quiet_level(guard, worker)
