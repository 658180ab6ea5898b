"""The part of a scenario that is about heat: tanks, rooms, their heaters, the weather."""

from dataclasses import dataclass
from datetime import datetime
from math import cos, pi

from custom_components.solar_compute.core.heat import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    HeatSinkSpec,
    HeatSupply,
    RoomSpec,
    TankSpec,
    TankUse,
)
from custom_components.solar_compute.core.spec import SiteSpec
from custom_components.solar_compute.core.times import DailyWindow

from .section import Section

COLDEST_HOUR = 5
YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """The air outside: a column of the trace, or a cosine over the year and the day.

    `coldest_c` and `warmest_c` are the means of the coldest and the warmest day of
    the year, `coldest_day` is which one that is (20: the 20th of January), `swing_k`
    is how much warmer the afternoon is than the early morning.
    """

    column: str | None = None
    coldest_c: float = 5.0
    warmest_c: float = 5.0
    coldest_day: float = 20.0
    swing_k: float = 0.0

    def outdoor_c(self, local: datetime, measured: float | None) -> float:
        """Return the temperature outside: as measured, else as usual then."""
        if measured is not None:
            return measured
        hour = local.hour + local.minute / 60
        day = local.timetuple().tm_yday + hour / 24
        middle, half = (
            (self.warmest_c + self.coldest_c) / 2,
            (self.warmest_c - self.coldest_c) / 2,
        )
        of_year = middle - half * cos(2 * pi * (day - self.coldest_day) / YEAR_DAYS)
        return of_year - self.swing_k / 2 * cos(2 * pi * (hour - COLDEST_HOUR) / 24)


def sinks_of(spec: SiteSpec) -> tuple[HeatSinkSpec, ...]:
    """Return all tanks and rooms of a home."""
    return (*spec.tanks, *spec.rooms)


def parse_weather(section: Section) -> Weather:
    """Return the air outside as a scenario has it.

    Raises:
        ScenarioError: if a key is wrong.
    """
    default = Weather()
    column = section.text("column") if section.has("column") else None
    coldest_c = section.number("coldest_c", default.coldest_c)
    weather = Weather(
        column=column,
        coldest_c=coldest_c,
        warmest_c=section.number("warmest_c", coldest_c, low=coldest_c),
        coldest_day=section.number("coldest_day", default.coldest_day, low=1, high=366),
        swing_k=section.number("swing_k", default.swing_k, low=0),
    )
    section.done()
    return weather


def parse_tank(section: Section, name: str) -> TankSpec:
    """Return a tank.

    Raises:
        ScenarioError: if a key is wrong.
    """
    target_c = section.number("target_c", 55.0, low=0, high=100)
    tank = TankSpec(
        key=name,
        name=name,
        volume_l=section.number("volume_l", above=0),
        use=TankUse(section.choice("use", list(TankUse), TankUse.HOT_WATER)),
        target_c=target_c,
        maximum_c=section.number(
            "maximum_c", max(60.0, target_c), low=target_c, high=100
        ),
        minimum_c=section.optional_number("minimum_c", low=0),
        shortage_per_kwh=section.number("shortage", 0.0, low=0),
        ambient_c=section.number(
            "ambient_c", min(18.0, target_c), low=-20, high=target_c
        ),
        loss_w_per_k=section.number("loss_w_per_k", 1.4, low=0),
        draw_wh_per_day=1000 * section.number("draw_kwh_per_day", 5.845, low=0),
        supply=_supply(section),
        backup=_backup(section, BackupSpec()),
    )
    section.done()
    return tank


def parse_room(section: Section, name: str) -> RoomSpec:
    """Return a room.

    Raises:
        ScenarioError: if a key is wrong.
    """
    default = RoomSpec(key=name, name=name)
    target_c = section.number("target_c", default.target_c, low=5, high=40)
    room = RoomSpec(
        key=name,
        name=name,
        target_c=target_c,
        maximum_c=section.number(
            "maximum_c", max(default.maximum_c, target_c), low=target_c, high=50
        ),
        minimum_c=section.optional_number("minimum_c", low=0),
        shortage_per_kwh=section.number("shortage", 0.0, low=0),
        loss_w_per_k=section.number("loss_w_per_k", default.loss_w_per_k, above=0),
        capacity_wh_per_k=section.number(
            "capacity_wh_per_k", default.capacity_wh_per_k, above=0
        ),
        heating_limit_c=section.number("heating_limit_c", default.heating_limit_c),
        supply=_supply(section),
        backup=_backup(section, default.backup),
    )
    section.done()
    return room


def _supply(section: Section) -> HeatSupply:
    return HeatSupply(section.choice("supply", list(HeatSupply), HeatSupply.SURPLUS))


def _backup(section: Section, default: BackupSpec) -> BackupSpec:
    if not section.has("backup"):
        return default
    backup = section.section("backup")
    # What only an entity can say, no trace says.
    schedules = [item for item in BackupSchedule if item is not BackupSchedule.FOLLOWED]
    spec = BackupSpec(
        kind=BackupKind(backup.choice("kind", list(BackupKind))),
        schedule=BackupSchedule(
            backup.choice("schedule", list(schedules), default.schedule)
        ),
        price_per_kwh=backup.number("price", default.price_per_kwh),
        efficiency=backup.number("efficiency", default.efficiency, above=0),
        rated_cop=backup.number("cop", default.rated_cop, above=0),
        source_c=backup.number("source_c", default.source_c),
        comfort_per_kwh=backup.number("comfort", default.comfort_per_kwh, low=0),
        power_w=backup.number("power_w", default.power_w, above=0),
        hysteresis_k=backup.number("hysteresis_k", default.hysteresis_k, above=0),
        windows=tuple(
            DailyWindow(start_min=start, end_min=end)
            for start, end in backup.windows("windows")
        ),
    )
    backup.done()
    return spec
