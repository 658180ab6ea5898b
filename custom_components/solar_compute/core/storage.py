"""What a stored kWh is worth: which limit does the battery's path hit first?

If the battery will be full anyway, a kWh withheld from it now will be replaced
by surplus then; if it will run down to its reserve first, that kWh would have
saved an import. With the true future this rule is exact to 0.3 ct per kWh; with
the learned mean day 2 to 4 ct (design: value of a stored kWh).

The mean day hides that one day fills the battery and the next does not. So the path
is followed through each of the last days, and the value lies between both as often as
the one or the other came first. And sun replaces only as much as is left over: what
workers will take themselves once the battery is full brings nothing back.

Pure functions; standard library only.
"""

from dataclasses import dataclass
from enum import StrEnum

from .spec import POSITIVE, BatterySpec

HORIZON_DAYS = 3
"""How many such days the path is followed before it counts as undecided."""


class FirstLimit(StrEnum):
    """Which limit of the battery its path probably hits first."""

    FULL = "full"
    RESERVE = "reserve"
    UNKNOWN = "unknown"
    """Nothing learned: treated as reserve, which never gives a stored kWh away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValue:
    """Values of a stored kWh: charging forgone, and discharging, per AC kWh."""

    charge: float
    discharge: float
    first: FirstLimit


def replaced_share(
    battery: BatterySpec,
    stored_wh: float,
    hours_w: tuple[float, ...],
    *,
    taken_wh: float,
    workers_w: float = 0.0,
    past_hour_s: float = 0.0,
) -> float:
    """Return which part of `taken_wh` withheld now will be replaced by spare sun.

    `hours_w` is the expected balance of 24 hours in W, workers paused; of the first,
    `past_hour_s` have passed. The battery is followed hour by hour until it is at its
    reserve. Sun that it has no room for replaces, less `workers_w`, which workers
    would take of it. What meets neither limit within the horizon counts as lost.
    """
    energy_wh, spare_wh = stored_wh, 0.0
    width_h = 1 - min(max(past_hour_s, 0.0), 3600.0) / 3600
    for power in hours_w * HORIZON_DAYS:
        if power >= 0:
            offered_wh = min(power, battery.charge_w) * width_h
            room_wh = max(0.0, battery.capacity_wh - energy_wh) / battery.one_way
            energy_wh += min(offered_wh, room_wh) * battery.one_way
            if offered_wh > room_wh:
                full_h = width_h * (1 - room_wh / offered_wh)
                spare_w = (power * width_h - room_wh) / full_h - workers_w
                spare_wh += max(0.0, spare_w) * full_h
            if spare_wh >= taken_wh and offered_wh > room_wh:
                return 1.0
        else:
            energy_wh += max(power, -battery.discharge_w) * width_h / battery.one_way
            if energy_wh <= battery.reserve_wh:
                break
        width_h = 1.0
    return spare_wh / max(taken_wh, POSITIVE)


def stored_value(
    battery: BatterySpec,
    replaced: float | None,
    *,
    import_per_kwh: float,
    surplus_per_kwh: float,
) -> StoredValue:
    """Return what charging forgone and discharging cost per AC kWh.

    `replaced` is which part of it sun will probably replace; None: nothing is known.
    `surplus_per_kwh` is the price of marginal surplus when the battery is full
    (the export price; 0 where it would be curtailed), `import_per_kwh` that of
    import when it is empty. Full first: c and c/η + w. Reserve first: η(p − w)
    and p, with η the round trip and w the wear. In between, both in their shares.
    """
    share = min(max(replaced or 0.0, 0.0), 1.0)
    first = FirstLimit.FULL if share > 0.5 else FirstLimit.RESERVE
    refilled = surplus_per_kwh / battery.one_way**2 + battery.wear_per_kwh
    saved = battery.round_trip * (import_per_kwh - battery.wear_per_kwh)
    return StoredValue(
        charge=share * surplus_per_kwh + (1 - share) * saved,
        discharge=share * refilled + (1 - share) * import_per_kwh,
        first=FirstLimit.UNKNOWN if replaced is None else first,
    )
