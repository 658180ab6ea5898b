"""What sensors say: of tanks, rooms, cooled spaces and guards.

Standard library only; nothing here computes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .heat import RoomPreset


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and when it was measured, on the snapshot's `clock_s`.

    `value` None means: there is a sensor, and it says nothing usable.
    """

    value: float | None
    measured_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TankInput:
    """One tank as observed.

    `temperature_c` is its only or its highest sensor, `lower_c` those below it
    from the top down. `source_c` is the heat pump's source and `cop` what it says
    of itself, if measured; `heat_w` the workers' heat where it is measured.
    `backup_in_s` is when the backup runs next, in s from now (0: now), where an
    entity says so.
    """

    key: str
    temperature_c: Reading
    lower_c: tuple[Reading, ...] = ()
    source_c: Reading | None = None
    cop: Reading | None = None
    heat_w: Reading | None = None
    backup_in_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomInput:
    """One room as observed.

    `target_c` is what a thermostat or the room's climate entity is set to.
    `heating` False: a person has turned its heating off. `preset` None: nobody sets
    one, so the target and the supply that the room permits hold. `window_open` and
    `backup_on` (its usual heater runs now) are None where nobody says. The rest as
    for a tank.
    """

    key: str
    temperature_c: Reading
    outdoor_c: Reading | None = None
    target_c: float | None = None
    heating: bool = True
    preset: RoomPreset | None = None
    window_open: bool | None = None
    backup_on: bool | None = None
    cop: Reading | None = None
    heat_w: Reading | None = None
    backup_in_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceInput:
    """One cooled space as observed; `cooling` None: its entity says nothing."""

    key: str
    cooling: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardInput:
    """What the entities of one guard say, by the name of the reading.

    Names: `state` (1: on, 0: off), `temperature_c`, `humidity` in %, `surface_c`,
    `power_w`, `cap_w`. `rearmed_s` is when a person re-armed it last.
    """

    key: str
    readings: Mapping[str, Reading] = field(default_factory=dict)
    rearmed_s: float | None = None
