"""What the machine draws, as far as it can tell itself, and what of that is idling.

Standard library only. Looking reads small files, so it belongs in a thread. It must
never call a number measured that was not: whoever has no meter gets None.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from . import hwmon, nvidia
from .spec import PowerSpec

IDLE_MEMORY_S = 600.0
"""Over about how long the idle baseline is averaged."""
SETTLE_S = 10.0
"""How long all workers must have been paused before the draw is the idle one."""

_DEFAULT_RANGE_UJ = 2**32


@dataclass(frozen=True, slots=True)
class Draw:
    """The machine's draw in W, averaged from `since` to `until` on the caller's clock."""

    watts: float
    since: float
    until: float


class Meter(Protocol):
    """Measures the machine's draw."""

    source: str

    def look(self, now: float) -> Draw | None:
        """Return the mean draw since the last look, or None."""


class RaplMeter:
    """The energy counters of the CPU packages and their memory, or of the whole board."""

    source = "rapl"

    def __init__(self, root: Path) -> None:
        """Take the kernel's folder of power zones."""
        self._zones = _zones(root)
        self._ranges = {zone: _range_uj(zone) for zone in self._zones}
        self._last: tuple[float, dict[Path, int]] | None = None

    def look(self, now: float) -> Draw | None:
        """Return the mean draw since the last look; None at first, or without access."""
        counters = {zone: _number(zone / "energy_uj") for zone in self._zones}
        known = {zone: count for zone, count in counters.items() if count is not None}
        last, self._last = self._last, (now, known)
        if len(known) < len(counters) or not known:
            self._last = None
            return None
        if last is None or now <= last[0]:
            return None
        since, before = last
        # The counters run over every few minutes to hours.
        used_uj = sum(
            (known[zone] - before[zone]) % self._ranges[zone] for zone in known
        )
        return Draw(used_uj * 1e-6 / (now - since), since, now)


class HwmonMeter:
    """The power sensors of the named chips, or of all; a chip may average by itself."""

    source = "hwmon"

    def __init__(self, root: Path, chips: tuple[str, ...] = ()) -> None:
        """Take the kernel's folder of hardware monitors, and the chips that count."""
        self._root = root
        self._chips = chips

    def look(self, now: float) -> Draw | None:
        """Return the sum of what the sensors say now."""
        readings = hwmon.powers_w(self._root, self._chips)
        if not readings:
            return None
        return Draw(sum(reading.value for reading in readings), now, now)


class NvidiaMeter:
    """What NVIDIA's graphics cards say that they draw, all together."""

    source = "nvidia"

    def look(self, now: float) -> Draw | None:
        """Return the sum of what the cards draw now."""
        try:
            draws = [card.draw_w for card in nvidia.cards()]
        except nvidia.NvidiaError:
            return None
        known = [draw_w for draw_w in draws if draw_w is not None]
        return (
            Draw(sum(known), now, now) if known and len(known) == len(draws) else None
        )


def find_meter(spec: PowerSpec) -> Meter | None:
    """Return the meter of a configuration, None where there is or shall be none."""
    choices: dict[str, Callable[[], Meter]] = {
        "nvidia": NvidiaMeter,
        "rapl": lambda: RaplMeter(spec.powercap),
        "hwmon": lambda: HwmonMeter(spec.hwmon, spec.sensors),
    }
    if spec.source == "auto":
        rapl = RaplMeter(spec.powercap)
        if rapl.look(0.0) is None and rapl.look(1.0) is None:
            return None
        return RaplMeter(spec.powercap)
    return choices[spec.source]() if spec.source in choices else None


class Idle:
    """Learns what the machine draws while all workers are paused.

    A pause is not zero watts, and what workers add is what is drawn above that.
    """

    def __init__(self, idle_w: float | None = None) -> None:
        """Begin with a known baseline, or with none."""
        self.watts = idle_w

    def learn(self, draw: Draw, busy_at: float) -> None:
        """Take a draw into account, if nobody has been busy since well before it."""
        if draw.since - busy_at < SETTLE_S:
            return
        if self.watts is None:
            self.watts = draw.watts
        weight = min(1.0, max(1.0, draw.until - draw.since) / IDLE_MEMORY_S)
        self.watts += weight * (draw.watts - self.watts)


def _zones(root: Path) -> list[Path]:
    """Return the zones whose sum counts nothing twice.

    The board ("psys") holds all others, a package its cores and its graphics, but most
    packages not their memory.
    """
    named = {
        path: hwmon.text(path / "name") for path in sorted(root.glob("intel-rapl:*"))
    }
    board = [path for path, name in named.items() if name == "psys"]
    return board or [
        path
        for path, name in named.items()
        if name.startswith("package") or name == "dram"
    ]


def _range_uj(zone: Path) -> int:
    # The largest value itself is reached before it runs over to 0.
    return (_number(zone / "max_energy_range_uj") or _DEFAULT_RANGE_UJ - 1) + 1


def _number(path: Path) -> int | None:
    try:
        return int(hwmon.text(path))
    except ValueError:
        return None
