"""Settings that are tried on a past instead of today's, and what is wrong with them.

Codes and figures only; the edge renders text. Pure; standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from .heat import HeatSinkSpec, RoomSpec, TankSpec
from .spec import SiteSpec, WorkerSpec


class Setting(StrEnum):
    """What can be tried."""

    COMPUTE_VALUE = "compute_value"
    START_COST = "start_cost"
    BATTERY_RESERVE = "battery_reserve"
    TARGET_TEMPERATURE = "target_temperature"


class LearnedAs(StrEnum):
    """What the replayed home may know of when to switch."""

    THEN = "then"
    """Only what could have been learned before each night."""
    TODAY = "today"
    """What is known today: hindsight."""
    NOTHING = "nothing"
    """The rule of thumb."""


class Trouble(StrEnum):
    """Why a home cannot be tried with a setting."""

    NO_WORKER = "no_worker"
    NO_BATTERY = "no_battery"
    NOTHING_HEATED = "nothing_heated"
    TARGET = "target"
    """A tank or room cannot be so warm, or so cold."""


class TrialError(ValueError):
    """A setting that this home cannot be tried with.

    Of a target, `data` has the name of the sink, and `minimum` and `maximum` in °C.
    """

    def __init__(
        self, trouble: Trouble, data: Mapping[str, str | float] | None = None
    ) -> None:
        """Say what is wrong."""
        super().__init__(trouble)
        self.trouble = trouble
        self.data = data or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Settings to try; None: as they are. Prices in currency per kWh hold for all days.

    `value_per_kwh` and `start_cost` are those of workers, `target_c` of tanks, or of
    rooms where there is no tank; `reserve_soc` in %. `only_for` are the keys of the
    workers, tanks and rooms that they hold for (empty: for all).
    """

    value_per_kwh: float | None = None
    start_cost: float | None = None
    reserve_soc: float | None = None
    target_c: float | None = None
    import_per_kwh: float | None = None
    export_per_kwh: float | None = None
    only_for: frozenset[str] = field(default_factory=frozenset)

    @property
    def settings(self) -> dict[str, float]:
        """What is tried, by the names of `Setting`."""
        values = {
            Setting.COMPUTE_VALUE: self.value_per_kwh,
            Setting.START_COST: self.start_cost,
            Setting.BATTERY_RESERVE: self.reserve_soc,
            Setting.TARGET_TEMPERATURE: self.target_c,
        }
        return {name.value: v for name, v in values.items() if v is not None}


def with_tried(spec: SiteSpec, tried: Tried) -> SiteSpec:
    """Return the home with the settings to try.

    Raises:
        TrialError: if the home has nothing that a setting could hold for, or if it
            cannot be so.
    """
    spec = _with_workers(spec, tried)
    if tried.reserve_soc is not None:
        if spec.battery is None:
            raise TrialError(Trouble.NO_BATTERY)
        spec = replace(
            spec, battery=replace(spec.battery, reserve_soc=tried.reserve_soc)
        )
    if tried.target_c is not None:
        spec = _with_target(spec, tried, tried.target_c)
    if tried.import_per_kwh is not None:
        spec = replace(spec, import_per_kwh=tried.import_per_kwh)
    if tried.export_per_kwh is not None:
        spec = replace(spec, export_per_kwh=tried.export_per_kwh)
    return spec


def _with_workers(spec: SiteSpec, tried: Tried) -> SiteSpec:
    if tried.value_per_kwh is None and tried.start_cost is None:
        return spec

    def with_its(worker: WorkerSpec) -> WorkerSpec:
        if not _is_meant(worker.key, tried):
            return worker
        value, cost = tried.value_per_kwh, tried.start_cost
        return replace(
            worker,
            value_per_kwh=worker.value_per_kwh if value is None else value,
            start_cost=worker.start_cost if cost is None else cost,
        )

    if not any(_is_meant(worker.key, tried) for worker in spec.workers):
        raise TrialError(Trouble.NO_WORKER)
    return replace(spec, workers=tuple(with_its(worker) for worker in spec.workers))


def _with_target(spec: SiteSpec, tried: Tried, target_c: float) -> SiteSpec:
    tanks = [tank.key for tank in spec.tanks if _is_meant(tank.key, tried)]
    rooms = [room.key for room in spec.rooms if _is_meant(room.key, tried)]
    if tanks and not tried.only_for:
        # The same temperature never suits both.
        rooms = []
    if not tanks and not rooms:
        raise TrialError(Trouble.NOTHING_HEATED)

    def tank_with(tank: TankSpec) -> TankSpec:
        if tank.key not in tanks:
            return tank
        _check_target(tank, target_c, tank.cold_c)
        return replace(tank, target_c=target_c)

    def room_with(room: RoomSpec) -> RoomSpec:
        if room.key not in rooms:
            return room
        _check_target(room, target_c, 0.0)
        return replace(room, target_c=target_c)

    return replace(
        spec,
        tanks=tuple(tank_with(tank) for tank in spec.tanks),
        rooms=tuple(room_with(room) for room in spec.rooms),
    )


def _check_target(sink: HeatSinkSpec, target_c: float, coldest_c: float) -> None:
    if not coldest_c < target_c <= sink.maximum_c:
        raise TrialError(
            Trouble.TARGET,
            {
                "sink": sink.name,
                "target": target_c,
                "minimum": coldest_c,
                "maximum": sink.maximum_c,
            },
        )


def _is_meant(key: str, tried: Tried) -> bool:
    return not tried.only_for or key in tried.only_for
