"""What a simulated home is at one instant, what the world does to it, what flows.

The values that `simulate` takes and returns. Standard library only; nothing here
computes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .simulated_tank import TankFlows, TankState


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All that the home remembers: time, battery, tanks, rooms."""

    clock_s: float = 0.0
    stored_wh: float = 0.0
    tanks: Mapping[str, TankState] = field(default_factory=dict)
    rooms: Mapping[str, TankState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the world does during one step; constant over it.

    `balance_w` is what the sun could make minus what the home needs without
    workers, backup heaters, battery and the air conditioning that workers cause.
    `pv_w` is the sun's part of it, if known. `local` is the local time at the
    start of the step. `draw_w` is hot water drawn, in W of heat, per tank.
    `outdoor_c` of None is each room's own stand-in; `gain_w` is what sun and people
    give to a room, in W. `cooling` says which spaces are cooled; where it says
    nothing, the space's season does. A price of None is the spec's.
    """

    balance_w: float
    local: datetime
    pv_w: float | None = None
    draw_w: Mapping[str, float] = field(default_factory=dict)
    outdoor_c: float | None = None
    gain_w: Mapping[str, float] = field(default_factory=dict)
    cooling: Mapping[str, bool] = field(default_factory=dict)
    import_per_kwh: float | None = None
    export_per_kwh: float | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """A worker's energy by the source that it truly came from, in Wh."""

    solar_wh: float = 0.0
    battery_wh: float = 0.0
    grid_wh: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What flowed during one step: means in W, energy in Wh, cost in currency.

    `pv_w` is what the sun was allowed to make, `backup_w` what electric backup
    heaters took, `cooling_w` what air conditioning took for the workers' heat.
    `cost` is import less export at their prices, plus the fuel of the other
    backups and the wear of the battery.
    """

    seconds: float
    grid_w: float
    battery_w: float
    curtailed_w: float
    workers_w: float
    backup_w: float
    cooling_w: float = 0.0
    pv_w: float | None
    import_wh: float
    export_wh: float
    discharge_wh: float
    cost: float
    workers: Mapping[str, Sources]
    tanks: Mapping[str, TankFlows]
    rooms: Mapping[str, TankFlows] = field(default_factory=dict)
