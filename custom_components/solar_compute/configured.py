"""What the user configured, as frozen values: entities to read, workers to drive.

`configuration` makes them from a config entry. May import the core's specs only;
must never hold anything that was measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .configured_heat import RoomConfig, SpaceConfig, TankConfig
from .core.guard_spec import GuardSpec
from .core.spec import SiteSpec, WorkerSpec
from .workers.base import BackendConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerSource:
    """A power in W: the sum of `plus` minus the sum of `minus`."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()

    @property
    def entities(self) -> tuple[str, ...]:
        """Return all entities that it is made of."""
        return self.plus + self.minus


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInputs:
    """The entities that the site is read from.

    Grid: + is import. Battery: + is discharge. A price entity of None means that
    the fixed price in the spec holds. `yielding` pairs the power sensor of a load
    that gives way (a solar diverter) with what its heat is worth per kWh.
    """

    grid: PowerSource
    battery: PowerSource | None = None
    soc: str | None = None
    pv: PowerSource | None = None
    yielding: tuple[tuple[str, float], ...] = ()
    import_price: str | None = None
    export_price: str | None = None
    co2_average: str | None = None
    co2_marginal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadInputs:
    """Where what is known of the hours to come is read from.

    `sun_forecast` None: from the forecasts that the Energy dashboard names. A series of
    prices of None is looked for behind the price entity; with `published_prices` off
    nobody looks. `plan` off: nothing is planned at all.
    """

    plan: bool = True
    sun_forecast: str | None = None
    weather: str | None = None
    published_prices: bool = True
    import_series: str | None = None
    export_series: str | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """Return all entities that are read."""
        named = (
            self.sun_forecast,
            self.weather,
            self.import_series,
            self.export_series,
        )
        return tuple(entity for entity in named if entity)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerConfig:
    """One worker subentry; `key` is its id. What is always on is not `switched`."""

    key: str
    name: str
    spec: WorkerSpec
    backend: BackendConfig
    switched: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardConfig:
    """One guard subentry; `key` is its id.

    `entities` gives the entity of each reading, by the names of `GuardInput`.
    `voltage_v` turns a circuit's current into power; None: it is measured in W.
    """

    key: str
    name: str
    spec: GuardSpec
    entities: Mapping[str, str] = field(default_factory=dict)
    voltage_v: float | None = None


class ProblemKind(StrEnum):
    """What can be wrong with an entry that loads nevertheless."""

    DANGLING_SINK = "dangling_sink"
    """A worker's heat goes to a tank, room or space that was deleted."""
    IDLE_GUARD = "idle_guard"
    """Every worker that a guard was chosen for was deleted; it holds for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that the user has to mend; shown as a repair issue."""

    kind: ProblemKind
    subentry_id: str
    placeholders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All that the user configured.

    `publish_s`: numbers are published at most this often. `tick_s`: the loop
    runs at least this often; `debounce_s`: and at most this often.
    `command_timeout_s`: how long a command may stay unconfirmed before it is sent
    again, after a wait that doubles from `retry_first_s` to `retry_longest_s`;
    after `issue_after_tries` unconfirmed commands a repair issue is raised.
    `only_watch`: it began, or shall begin, in shadow mode, until somebody ends that.
    """

    spec: SiteSpec
    inputs: SiteInputs
    ahead: AheadInputs = field(default_factory=AheadInputs)
    workers: tuple[WorkerConfig, ...] = ()
    always_on: tuple[WorkerConfig, ...] = ()
    tanks: tuple[TankConfig, ...] = ()
    rooms: tuple[RoomConfig, ...] = ()
    spaces: tuple[SpaceConfig, ...] = ()
    guards: tuple[GuardConfig, ...] = ()
    problems: tuple[Problem, ...] = ()
    publish_s: float = 30.0
    tick_s: float = 10.0
    debounce_s: float = 1.0
    command_timeout_s: float = 15.0
    retry_first_s: float = 5.0
    retry_longest_s: float = 300.0
    issue_after_tries: int = 3
    only_watch: bool = False

    @property
    def loads(self) -> tuple[WorkerConfig, ...]:
        """Return the workers, and what is always on."""
        return self.workers + self.always_on

    @property
    def sinks(self) -> tuple[TankConfig | RoomConfig, ...]:
        """Return the tanks, then the rooms."""
        return (*self.tanks, *self.rooms)

    @property
    def loop_s(self) -> float:
        """Return how often to decide: in time to renew the shortest lease, too."""
        leases = [
            worker.backend.lease_s / 3
            for worker in self.workers
            if worker.backend.lease_s is not None
        ]
        return min([self.tick_s, *leases])
