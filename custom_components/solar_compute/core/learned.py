"""What the past of a home taught, as it is stored, and what it is to forget it.

Standard library only.
"""

from dataclasses import dataclass, field, replace

from .knowledge import Knowledge
from .memory import Memory, WorkerMemory

VERSION = 1
"""Raised when what was stored before can no longer be read as it was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadProfile:
    """What the home needs itself in each of the 24 local hours, in W, and its spread.

    None: an hour of which nothing is known. `weekend_w` is empty where weekends are like
    all days; else `hours_w` is that of the other days. `days` is on how many days it
    rests.
    """

    hours_w: tuple[float | None, ...] = ()
    spread_w: tuple[float | None, ...] = ()
    weekend_w: tuple[float | None, ...] = ()
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SunHour:
    """One local hour: means of what was forecast and of what came, in W.

    `square` is the mean square of how far apart they were.
    """

    forecast_w: float = 0.0
    came_w: float = 0.0
    square: float = 0.0
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SunErrors:
    """How far forecasts of the sun were off, and the hour being collected.

    `noted` are forecasts of hours to come: when the hour begins (Unix time), and in W.
    """

    hours: tuple[SunHour, ...] = (SunHour(),) * 24
    noted: tuple[tuple[float, float], ...] = ()
    hour_s: float | None = None
    local_hour: int | None = None
    sum_ws: float = 0.0
    seconds: float = 0.0
    last_s: float | None = None
    last_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """All that is learned beside the loop; `learned_s` is when last (Unix time).

    `knowledge` is when to switch, `took_s` how long the learning of it took.
    """

    version: int = VERSION
    learned_s: float | None = None
    days: float = 0.0
    took_s: float = 0.0
    knowledge: Knowledge = field(default_factory=Knowledge)
    load: LoadProfile = field(default_factory=LoadProfile)
    sun: SunErrors = field(default_factory=SunErrors)


def forgotten(memory: Memory) -> Memory:
    """Return what decisions remember without what they learned of the home.

    Nor what switching has lost: every purse begins anew. Timers, counters, guards, and
    when a tank was last hot stay: they are no habits.
    """
    fresh = Memory()
    return replace(
        memory,
        mean_day=fresh.mean_day,
        import_day=fresh.import_day,
        draws=fresh.draws,
        rooms=fresh.rooms,
        powers=fresh.powers,
        workers={
            key: replace(worker, purse=WorkerMemory().purse)
            for key, worker in memory.workers.items()
        },
    )
