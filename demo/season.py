"""The same sunny day in winter and in summer: what is outside, and what is cooled.

The house, its worker and its sun are the same; only what the heat is worth differs.
Standard library only; no clock.
"""

from dataclasses import dataclass
from datetime import date, datetime
from math import cos, pi

from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    BatterySpec,
    RoomSpec,
    SiteSpec,
    SpaceSpec,
    WorkerSpec,
)

SUN_OF = date(2026, 3, 20)
"""Both days have the sun of the equinox."""
WARMEST_HOUR = 15.0

COMPUTING_HOME = SiteSpec(
    import_per_kwh=0.30,
    export_per_kwh=0.08,
    battery=BatterySpec(capacity_wh=5000, charge_w=2500, discharge_w=2500),
    rooms=(
        RoomSpec(
            key="study",
            name="Study",
            target_c=21.0,
            maximum_c=29.0,
            backup=BackupSpec(
                kind=BackupKind.GAS,
                price_per_kwh=0.10,
                power_w=2500,
                hysteresis_k=0.5,
            ),
        ),
    ),
    spaces=(SpaceSpec(key="upstairs", name="Upstairs", followed=True),),
    workers=(
        WorkerSpec(
            key="worker",
            name="Prime search",
            levels_w=(400, 800),
            value_per_kwh=0.02,
            recovery=0.95,
            sink="study",
            space="upstairs",
        ),
    ),
)
"""A family home whose compute heater is the radiator of the study. Its results are worth
2 ct per kWh, much less than the 8 ct that the grid pays: only heat can make it run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A time of the year: outdoor temperatures, and whether the house is cooled."""

    name: str
    mean_c: float
    swing_k: float
    room_c: float
    cooled: bool
    runs: bool
    """Whether the worker ought to run on the sun of this day."""

    def outdoor_c(self, local: datetime) -> float:
        """Return the temperature outdoors at a local time."""
        hour = local.hour + local.minute / 60
        return self.mean_c + self.swing_k * cos(2 * pi * (hour - WARMEST_HOUR) / 24)


SEASONS = {
    "winter": Season(
        name="winter", mean_c=2.0, swing_k=3.0, room_c=20.0, cooled=False, runs=True
    ),
    "summer": Season(
        name="summer", mean_c=25.0, swing_k=4.0, room_c=23.0, cooled=True, runs=False
    ),
}
