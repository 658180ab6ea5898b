"""What the user configured about heat sinks, as frozen values: entities to read.

`configuration_heat` makes them from a config entry. May import the core's specs only;
must never hold anything that was measured.
"""

from dataclasses import dataclass

from .core.spec import RoomSpec, SpaceSpec, TankSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMeter:
    """Where the workers' heat into a sink is measured.

    Either `power` (a heat meter), or a `flow` with the temperatures of the water
    before (`flow_temperature`: what comes from the workers) and after
    (`return_temperature`: what goes back to them).
    """

    power: str | None = None
    flow: str | None = None
    flow_temperature: str | None = None
    return_temperature: str | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """Return all entities that it is made of."""
        names = (self.power, self.flow, self.flow_temperature, self.return_temperature)
        return tuple(name for name in names if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupEntities:
    """What tells about a sink's backup heater.

    `follow` says when it runs (a schedule, a switch or binary sensor, a timestamp);
    `source` is its source temperature and `cop` its own COP.
    """

    follow: str | None = None
    source: str | None = None
    cop: str | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """Return all entities that there are."""
        return tuple(name for name in (self.follow, self.source, self.cop) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRequest:
    """How the backup may be asked to wait while compute heat is coming.

    `entity` is a water heater, a thermostat or a number whose set-point is lowered to
    `floor_c`, or a switch, which is allowed only for a device that turns itself on
    again after a time of its own.
    """

    entity: str
    floor_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostRequest:
    """The reminder that a tank should be heated through, and whom it may ask.

    After `after_h` hours below 60 °C somewhere; `entity` (a button, switch, script or
    input button) is pressed or turned on then, if there is one.
    """

    after_h: float = 168.0
    entity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TankConfig:
    """One tank; `temperatures` are its sensors from the top down."""

    key: str
    name: str
    spec: TankSpec
    temperatures: tuple[str, ...]
    backup: BackupEntities = BackupEntities()
    heat_meter: HeatMeter = HeatMeter()
    wait: WaitRequest | None = None
    boost: BoostRequest | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """Return all entities that the tank is read from."""
        return self.temperatures + self.backup.entities + self.heat_meter.entities


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomConfig:
    """One room; of several temperature sensors the mean counts.

    `thermostat` is an existing climate entity that sets the target and tells whether
    the usual heating runs; without one the room gets a climate entity of its own.
    """

    key: str
    name: str
    spec: RoomSpec
    temperatures: tuple[str, ...]
    outdoor: str | None = None
    windows: tuple[str, ...] = ()
    thermostat: str | None = None
    backup: BackupEntities = BackupEntities()
    heat_meter: HeatMeter = HeatMeter()

    @property
    def entities(self) -> tuple[str, ...]:
        """Return all entities that the room is read from."""
        single = (self.outdoor, self.thermostat)
        return (
            *self.temperatures,
            *(name for name in single if name),
            *self.windows,
            *self.backup.entities,
            *self.heat_meter.entities,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceConfig:
    """One cooled space; `climate` tells whether it is being cooled now."""

    key: str
    name: str
    spec: SpaceSpec
    climate: str | None = None


type SinkConfig = TankConfig | RoomConfig
