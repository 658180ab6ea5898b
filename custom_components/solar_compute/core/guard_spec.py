"""What the user configured about guards: limits that always win.

One frozen class per kind. `workers` are the keys of those that a guard holds for;
empty means all. May import the standard library only.

`safety`: a trip pauses at once, without waiting for a checkpoint. `latching`: what
has tripped stays so until a person re-arms it, once all is well again. An input that
is unknown trips, and does not latch.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from .times import DailyWindow


class ConditionUse(StrEnum):
    """What a condition guards against; each has its own reason."""

    TAMPER = "tamper"
    """A door or a housing was opened."""
    ALARM = "alarm"
    """Smoke, gas or water where none should be."""
    ISOLATION = "isolation"
    """A tunnel or a separate network must be up: the owner answers for traffic."""
    INTERNET = "internet"
    """Workers that need the internet wait for it."""
    TRANSFER = "transfer"
    """Data costs nothing only now, so metered connections wait."""
    AWAY = "away"
    """Somebody is, or nobody is, at home."""
    OTHER = "other"


class CapOf(StrEnum):
    """What a power cap limits."""

    WORKERS = "workers"
    GRID = "grid"
    """What the home draws from the grid, other loads included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionGuard:
    """An entity that must be on (`must_be_on`) or must be off."""

    key: str
    name: str
    workers: tuple[str, ...] = ()
    use: ConditionUse = ConditionUse.OTHER
    must_be_on: bool = True
    latching: bool = False
    safety: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateGuard:
    """The air around a worker: not too warm, too cold, or too humid.

    18 to 27 °C at the inlet is ASHRAE's recommended range. `dew_margin_k` is how
    much warmer the coldest surface (or else the air) must be than the dew point.
    A trip ends `hysteresis_k` inside a temperature limit, and 5 points below a
    humidity limit. Readings older than `hold_s` are unknown.
    """

    key: str
    name: str
    workers: tuple[str, ...] = ()
    maximum_c: float | None = 35.0
    minimum_c: float | None = None
    maximum_humidity: float | None = None
    dew_margin_k: float | None = None
    hysteresis_k: float = 2.0
    hold_s: float = 1800.0
    latching: bool = False
    safety: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietGuard:
    """Hours in which workers must be quiet, by the clock or by an entity.

    With `maximum_db` each worker keeps to its loudest level that is no louder
    (`WorkerSpec.noise_db`); one that states no noise keeps to `level`.
    """

    key: str
    name: str
    workers: tuple[str, ...] = ()
    windows: tuple[DailyWindow, ...] = ()
    followed: bool = False
    maximum_db: float | None = None
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MaximumGuard:
    """What each worker may use in one local day; None: no limit."""

    key: str
    name: str
    workers: tuple[str, ...] = ()
    energy_wh: float | None = None
    cost: float | None = None
    run_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitGuard:
    """A circuit that workers share with other loads, perhaps inside another one.

    Together they stay below `limit_w` × `share` (80 %: usual practice for
    continuous loads). `metered`: an entity says what the circuit carries, workers
    included; else `other_w` is set aside for the other loads.
    """

    key: str
    name: str
    limit_w: float
    workers: tuple[str, ...] = ()
    share: float = 0.8
    metered: bool = True
    other_w: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerCapGuard:
    """A cap in W that somebody else sets, as a grid operator does (§ 14a EnWG).

    The entity says the cap; where it is a mere signal, `cap_w` holds while it is
    on.
    """

    key: str
    name: str
    workers: tuple[str, ...] = ()
    of: CapOf = CapOf.WORKERS
    cap_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryGuard:
    """How far workers may discharge the home battery.

    Not below `minimum_soc` in %, and together with no more than `discharge_w`.
    """

    key: str
    name: str
    workers: tuple[str, ...] = ()
    minimum_soc: float = 20.0
    discharge_w: float | None = None


type GuardSpec = (
    ConditionGuard
    | ClimateGuard
    | QuietGuard
    | MaximumGuard
    | CircuitGuard
    | PowerCapGuard
    | BatteryGuard
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSpecs:
    """All configured guards of a site, kind by kind."""

    conditions: tuple[ConditionGuard, ...] = ()
    climates: tuple[ClimateGuard, ...] = ()
    quiet: tuple[QuietGuard, ...] = ()
    maxima: tuple[MaximumGuard, ...] = ()
    circuits: tuple[CircuitGuard, ...] = ()
    caps: tuple[PowerCapGuard, ...] = ()
    batteries: tuple[BatteryGuard, ...] = ()

    def __iter__(self) -> Iterator[GuardSpec]:
        """Go through all of them."""
        for kind in fields(self):
            yield from getattr(self, kind.name)
