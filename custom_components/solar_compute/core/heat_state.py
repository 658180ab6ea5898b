"""What was found out about heat: its price, and the state of every sink.

Standard library only; nothing here computes.
"""

from dataclasses import dataclass
from enum import StrEnum

from .heat import HeatSupply


class HeatCause(StrEnum):
    """Why heat into a sink is worth what it is."""

    DISPLACED = "displaced"
    """It saves the backup heater's work."""
    COMFORT = "comfort"
    """Nothing else heats it, and it is below its target."""
    MINIMUM = "minimum"
    """It is colder than its minimum."""
    READY_BY = "ready_by"
    """It would be too cold at a time by which it must be warm."""
    ENOUGH = "enough"
    """Nothing else heats it, and it is warm enough: worth nothing."""
    FULL = "full"
    """It is at its maximum: worth nothing."""
    SEASON = "season"
    """The room needs no heating at this time of the year: worth nothing."""
    WINDOW = "window"
    """A window of the room is open: worth nothing."""
    OFF = "off"
    """A person has turned the room's heating off: worth nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPrice:
    """What a kWh of heat into one sink is worth now, and why.

    `displaced_per_kwh` is the price of the backup's heat at the time `in_s`
    seconds from now when it would have run; `kept` is the share of the heat
    that is still there by then; `absorbed` is 0 for a full sink, else 1.
    `backup_per_kwh` is what the backup's heat would cost if it ran right now
    (None: there is no backup), and `input_per_kwh` how many kWh of fuel, electricity
    or district heat it takes for one of heat. Heat counts only on power that
    `supply` permits.
    """

    key: str
    per_kwh: float
    displaced_per_kwh: float
    in_s: float
    kept: float
    absorbed: float
    cause: HeatCause = HeatCause.DISPLACED
    supply: HeatSupply = HeatSupply.GRID
    backup_per_kwh: float | None = None
    input_per_kwh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkState:
    """One tank or room now.

    `temperature_c` is the mean over all of its sensors, `coldest_c` and
    `warmest_c` their extremes. `missing_wh` is the heat to its target. `heat_w`
    is what workers put in, measured (`heat_measured`) or estimated from recovery
    × electric power. `expects_heat`: compute heat goes in now, or a start was
    just decided. `hot_ago_s` is how long ago the whole of a tank was at 60 °C or
    more (None: never seen). `use_wh_per_day` is the draw as learned so far,
    `loss_w_per_k` and `capacity_wh_per_k` a room's; `learned_days` on how much
    they rest (0: on the prior alone).
    """

    key: str
    temperature_c: float | None
    coldest_c: float | None
    warmest_c: float | None
    missing_wh: float | None
    heat_w: float
    heat_measured: bool
    expects_heat: bool
    hot_ago_s: float | None = None
    use_wh_per_day: float | None = None
    loss_w_per_k: float
    capacity_wh_per_k: float
    learned_days: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceState:
    """One cooled space now: whether it is being cooled, so that heat costs."""

    key: str
    cooling: bool
