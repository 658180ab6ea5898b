"""What the user configured about heat: where it goes, and what makes it otherwise.

A heat sink is a `TankSpec` (hot water, a buffer, a pool, a loop) or a `RoomSpec`.
A `SpaceSpec` is where heat is unwanted. May import the standard library only, and
must never hold anything that was measured.

Units: W, Wh, °C, s and the home's currency; prices are in currency per kWh.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from .times import DailyWindow, MonthSpan

POSITIVE = 1e-6
"""Stands in for a divisor that is not positive: a wrong setting must not stop the
decisions."""

WATER_WH_PER_L_K = 1.163
"""Heat capacity of a litre of water, in Wh/K."""


class BackupKind(StrEnum):
    """What heats a sink when no worker does."""

    GAS = "gas"
    """Gas, oil or any other fuel burnt in a boiler: fuel price ÷ efficiency."""
    RESISTIVE = "resistive"
    """A rod or an electric radiator: one kWh of electricity for one of heat."""
    HEAT_PUMP = "heat_pump"
    """Electricity ÷ COP at the temperature lifted."""
    DISTRICT = "district"
    """District heat: its price per kWh of heat."""
    NONE = "none"
    """Nothing: heat is worth the comfort price until the target is reached."""


class BackupSchedule(StrEnum):
    """When the backup heater would run: this decides which price it displaces."""

    ON_DEMAND = "on_demand"
    """A thermostat: it runs as soon as the sink is colder than its set-point."""
    TIMED = "timed"
    """It runs in daily windows only, a night tariff say."""
    DIVERTER = "diverter"
    """It burns solar surplus, so it is displaced at the export price only."""
    FOLLOWED = "followed"
    """An entity says when it runs next (`backup_in_s` of the sink's input)."""


class HeatSupply(StrEnum):
    """Which electricity may be turned into heat for the heat's sake.

    Each permits what stands before it, too. Heat that is made with anything
    else counts as worth nothing, so it cannot be what starts a worker.
    """

    SURPLUS = "surplus"
    """Sun of this instant: curtailed, exported, or on its way into the battery."""
    BATTERY = "battery"
    GRID = "grid"


class TankUse(StrEnum):
    """What the water of a tank is for."""

    HOT_WATER = "hot_water"
    """Drawn at the top for taps and showers."""
    BUFFER = "buffer"
    """A heating buffer or a pool: heat that is recovered in the home."""
    EXPORTED = "exported"
    """A loop that leaves the home, such as a district network."""


class RoomPreset(StrEnum):
    """What a person wants of the workers that heat a room."""

    SURPLUS = "surplus"
    """Heat with surplus sun only."""
    ECO = "eco"
    """A lower target, with the supply that the room permits."""
    COMFORT = "comfort"
    """The target, with whatever supply is worth it at the comfort price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyBy:
    """A time of day, in minutes after midnight, by which water must be so warm."""

    minute: int
    temperature_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSpec:
    """The heater whose work compute heat displaces.

    `price_per_kwh` is the price of fuel for gas (0.114: EU, Eurostat) and of heat
    for district heat; electric backups pay the electricity price of the moment
    when they would have run. `efficiency` is a boiler's real one (0.80: labelled
    0.92, measured 0.75 to 0.85). `rated_cop` is a heat pump's COP at 28 K of lift
    (A7/W35), by which the curve is scaled (3.9: Staffell et al.); `source_c` its
    source temperature when no sensor gives it; its flow is `flow_offset_k` warmer
    than the sink's target. `comfort_per_kwh` is what heat is worth up to the
    target where no backup exists. `power_w` tells whether today's surplus could
    feed it. `co2_g_per_kwh` belongs to fuel and district heat (201 g: natural
    gas, lower heating value, IPCC 2006).
    """

    kind: BackupKind = BackupKind.NONE
    schedule: BackupSchedule = BackupSchedule.ON_DEMAND
    price_per_kwh: float = 0.114
    efficiency: float = 0.8
    rated_cop: float = 3.9
    source_c: float = 7.0
    flow_offset_k: float = 0.0
    comfort_per_kwh: float = 0.0
    power_w: float = 2000.0
    hysteresis_k: float = 5.0
    windows: tuple[DailyWindow, ...] = ()
    co2_g_per_kwh: float = 201.0

    @property
    def is_electric(self) -> bool:
        """Whether it burns electricity of this home."""
        return self.kind in (BackupKind.RESISTIVE, BackupKind.HEAT_PUMP)


@dataclass(frozen=True, slots=True, kw_only=True)
class TankSpec:
    """Water that stores heat: a hot-water tank, a buffer, a pool, a loop.

    `target_c` is what the household wants (the backup's set-point);
    `maximum_c` is where compute heat must stop. `loss_w_per_k` is standing loss
    ÷ (water − ambient); 1.4 W/K fits a 200 L class B tank (EU 812/2013).
    `draw_wh_per_day` is the prior of what is used (5845 Wh: EU tapping profile
    M); what is learned replaces it. `cold_c` is the water that comes in.

    Below `minimum_c`, or where it will be colder than `ready_by` asks for, heat
    is worth at least `shortage_per_kwh`. `supply` says which electricity may be
    used for heat. `sensors` is how many temperature sensors there are, from the
    top down; with two or more the tank is seen in three layers.
    """

    key: str
    name: str
    volume_l: float
    use: TankUse = TankUse.HOT_WATER
    target_c: float = 55.0
    maximum_c: float = 60.0
    minimum_c: float | None = None
    shortage_per_kwh: float = 0.0
    ready_by: tuple[ReadyBy, ...] = ()
    ambient_c: float = 18.0
    cold_c: float = 10.0
    loss_w_per_k: float = 1.4
    draw_wh_per_day: float = 5845.0
    supply: HeatSupply = HeatSupply.SURPLUS
    sensors: int = 1
    backup: BackupSpec = field(default_factory=BackupSpec)

    @property
    def capacity_wh_per_k(self) -> float:
        """Heat capacity: 1.163 Wh per litre and kelvin of water."""
        return WATER_WH_PER_L_K * max(self.volume_l, POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSpec:
    """A room that a worker heats like a radiator.

    `loss_w_per_k` and `capacity_wh_per_k` are priors that learning replaces: 40
    W/K and 900 Wh/K fit a study of 20 m² (ISO 13790, medium construction: 46
    Wh/(K·m²)). `target_c` holds where neither a thermostat nor this integration's
    climate entity gives one; `eco_k` is how much colder the eco preset is.
    Compute heat stops at `maximum_c`. It counts in the heating season only: while
    it is colder outside than `heating_limit_c`, or in the months of `season`
    where nobody measures that. `outdoor_c` stands in for a missing sensor.
    """

    key: str
    name: str
    target_c: float = 20.0
    eco_k: float = 3.0
    maximum_c: float = 24.0
    minimum_c: float | None = None
    shortage_per_kwh: float = 0.0
    loss_w_per_k: float = 40.0
    capacity_wh_per_k: float = 900.0
    outdoor_c: float = 5.0
    heating_limit_c: float = 15.0
    season: MonthSpan = MonthSpan(first=10, last=4)
    supply: HeatSupply = HeatSupply.SURPLUS
    backup: BackupSpec = field(default_factory=lambda: BackupSpec(hysteresis_k=0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceSpec:
    """Cooled space, where heat is unwanted while it is cooled.

    `cooled_share` of the heat that lands there has to be taken out again by air
    conditioning of that COP. It counts in the months of `season`, or while the
    entity that is `followed` says so.
    """

    key: str
    name: str
    cooled_share: float = 1.0
    cooling_cop: float = 3.0
    season: MonthSpan = MonthSpan(first=5, last=9)
    followed: bool = False


type HeatSinkSpec = TankSpec | RoomSpec
