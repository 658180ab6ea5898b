"""The clock that all timers run on: monotonic, and it goes on over restarts.

It starts at what was stored plus the wall time that passed while Home Assistant was
down, and from then on follows the machine's monotonic clock, so that neither a time
server nor daylight saving can end a minimum run early or make a meter look old. This
and `inputs` are the only places that ask what time it is.
"""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic, time

from homeassistant.util import dt as dt_util


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMark:
    """What the clock showed, and the wall time (seconds since 1970) it was then."""

    clock_s: float
    wall_s: float


class Clock:
    """Seconds since the integration first ran in this home, downtime included."""

    def __init__(self, stored: ClockMark | None = None) -> None:
        """Go on from what was stored; the wall clock may have gone backwards."""
        self._offset_s = -monotonic()
        if stored is not None:
            self._offset_s += stored.clock_s + max(0.0, time() - stored.wall_s)

    def now_s(self) -> float:
        """Return the seconds on this clock."""
        return monotonic() + self._offset_s

    def local(self) -> datetime:
        """Return the local time of the wall clock, for what follows the day."""
        return dt_util.now()

    def mark(self) -> ClockMark:
        """Return what to store for the next start."""
        return ClockMark(clock_s=self.now_s(), wall_s=time())
