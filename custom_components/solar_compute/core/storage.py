"""What a stored kWh is worth: which limit does the battery's path hit first?

If the battery will be full anyway, a kWh withheld from it now will be replaced
by surplus then; if it will run down to its reserve first, that kWh would have
saved an import. With the true future this rule is exact to 0.3 ct per kWh; with
the learned mean day 2 to 4 ct (design: value of a stored kWh).

Pure functions; standard library only.
"""

from dataclasses import dataclass
from enum import StrEnum

from .spec import BatterySpec

HORIZON_DAYS = 3
"""How many mean days the path is followed before it counts as undecided."""


class FirstLimit(StrEnum):
    """Which limit of the battery its path hits first."""

    FULL = "full"
    RESERVE = "reserve"
    UNKNOWN = "unknown"
    """Nothing learned, or no limit within the horizon: treated as reserve, which
    never gives a stored kWh away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValue:
    """Values of a stored kWh: charging forgone, and discharging, per AC kWh."""

    charge: float
    discharge: float
    first: FirstLimit


def first_limit(
    battery: BatterySpec, stored_wh: float, hours_w: tuple[float, ...] | None
) -> FirstLimit:
    """Follow the battery through the expected balance, hour by hour.

    `hours_w` is the expected balance of the 24 hours from now on in W, workers
    paused; None: unknown.
    """
    if hours_w is None:
        return FirstLimit.UNKNOWN
    energy = stored_wh
    for power in hours_w * HORIZON_DAYS:
        if power >= 0:
            energy += min(power, battery.charge_w) * battery.one_way
            if energy >= battery.capacity_wh:
                return FirstLimit.FULL
        else:
            energy += max(power, -battery.discharge_w) / battery.one_way
            if energy <= battery.reserve_wh:
                return FirstLimit.RESERVE
    return FirstLimit.UNKNOWN


def stored_value(
    battery: BatterySpec,
    first: FirstLimit,
    *,
    import_per_kwh: float,
    surplus_per_kwh: float,
) -> StoredValue:
    """Return what charging forgone and discharging cost per AC kWh.

    `surplus_per_kwh` is the price of marginal surplus when the battery is full
    (the export price; 0 where it would be curtailed), `import_per_kwh` that of
    import when it is empty. Full first: c and c/η + w. Reserve first: η(p − w)
    and p, with η the round trip and w the wear.
    """
    if first is FirstLimit.FULL:
        return StoredValue(
            charge=surplus_per_kwh,
            discharge=surplus_per_kwh / battery.one_way**2 + battery.wear_per_kwh,
            first=first,
        )
    return StoredValue(
        charge=battery.round_trip * (import_per_kwh - battery.wear_per_kwh),
        discharge=import_per_kwh,
        first=first,
    )
