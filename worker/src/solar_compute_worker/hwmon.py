"""Reads the kernel's hardware monitors: temperatures, and power where a chip measures it.

Standard library only. What cannot be read, or cannot be true, is left out; whoever needs
a reading has to make of that what is safe. It reads small files that may be slow, so it
belongs in a thread.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/class/hwmon")

# Below and above this no chip of a computer that runs is: such a sensor is not connected.
_PLAUSIBLE_C = (-40.0, 150.0)
_PLAUSIBLE_W = (0.0, 20_000.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """One sensor's value, and its name: the chip's and the sensor's own."""

    chip: str
    sensor: str
    value: float

    @property
    def name(self) -> str:
        """Return the name for a person: `coretemp temp1`."""
        return f"{self.chip} {self.sensor}"


def temperatures_c(root: Path, chips: Collection[str] = ()) -> list[Reading]:
    """Return all temperatures in °C, of the chips with these names or of all."""
    return [
        reading
        for chip, folder in _chips(root, chips)
        for reading in _readings(chip, folder, "temp*_input", 1e-3, _PLAUSIBLE_C)
    ]


def powers_w(root: Path, chips: Collection[str] = ()) -> list[Reading]:
    """Return all measured powers in W: a chip's average where it has one."""
    found: list[Reading] = []
    for chip, folder in _chips(root, chips):
        by_sensor = {
            reading.sensor: reading
            for kind in ("input", "average")
            for reading in _readings(chip, folder, f"power*_{kind}", 1e-6, _PLAUSIBLE_W)
        }
        found += by_sensor.values()
    return found


def _chips(root: Path, wanted: Collection[str]) -> Iterator[tuple[str, Path]]:
    try:
        folders = sorted(root.iterdir())
    except OSError:
        return
    for folder in folders:
        name = text(folder / "name")
        if name and (not wanted or name in wanted):
            yield name, folder


def _readings(
    chip: str,
    folder: Path,
    pattern: str,
    scale: float,
    plausible: tuple[float, float],
) -> Iterator[Reading]:
    for path in sorted(folder.glob(pattern)):
        sensor = path.name.partition("_")[0]
        try:
            value = int(text(path)) * scale
        except ValueError:
            continue
        if text(folder / f"{sensor}_fault") == "1":
            continue
        if plausible[0] <= value <= plausible[1]:
            yield Reading(chip, sensor, value)


def text(path: Path) -> str:
    """Return what a small file says, "" if it cannot be read."""
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
