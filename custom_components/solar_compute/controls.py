"""What a person has set in Home Assistant, beyond the configuration. Values only."""

from dataclasses import dataclass

from .core.model import Mode, Override
from .core.spec import HeatSupply, RoomPreset, RoomSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerControls:
    """What a person has set for one worker.

    `value_per_kwh` None: as configured. `override_duration_s` is how long the run and
    pause buttons act.
    """

    mode: Mode = Mode.AUTO
    override: Override | None = None
    value_per_kwh: float | None = None
    override_duration_s: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomControls:
    """What a person has set for one room; None: as configured.

    `target_c` is that of comfort; the eco preset lowers it by `RoomSpec.eco_k`.
    """

    target_c: float | None = None
    heating: bool = True
    preset: RoomPreset | None = None

    def preset_in(self, room: RoomSpec) -> RoomPreset | None:
        """Return the preset that was set, else the one that permits the room's supply.

        None: there is no preset of that supply.
        """
        return self.preset or _PRESETS.get(room.supply)

    def target_in(self, room: RoomSpec) -> float:
        """Return the target in °C before any preset lowers it."""
        target_c = room.target_c if self.target_c is None else self.target_c
        return min(target_c, room.maximum_c)


_PRESETS = {
    HeatSupply.SURPLUS: RoomPreset.SURPLUS,
    HeatSupply.GRID: RoomPreset.COMFORT,
}
