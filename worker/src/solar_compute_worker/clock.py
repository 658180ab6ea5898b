"""The service's one clock.

A lease must lapse while the machine sleeps, and must not care when somebody sets the
wall clock. On Linux `CLOCK_BOOTTIME` is both; `CLOCK_MONOTONIC` stands still in sleep.
"""

import time

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> float:
    """Return seconds since an arbitrary point that never changes while the machine is on."""
    return time.clock_gettime(_CLOCK)


def asleep_s() -> float:
    """Return how long the machine has slept since it was started, in seconds."""
    return now() - time.clock_gettime(time.CLOCK_MONOTONIC)
