"""What a faster day means for the configuration.

A house whose day passes N times faster needs a controller whose times are N times
shorter. With powers as they are, energies shrink with the times, and so does what a
start may cost. The integration knows nothing of all this: each of these is an ordinary
field of its dialogs.

Pure arithmetic; standard library only.
"""

from collections.abc import Mapping

FLOORS = {
    # Times of real programs on a real network, which do not get faster with the day.
    "lease_s": 6.0,
    "power_hold_s": 6.0,
    "soc_hold_s": 6.0,
    "temperature_hold_s": 6.0,
    "settle_s": 1.0,
    "command_timeout_s": 3.0,
    "retry_first_s": 1.0,
    "retry_longest_s": 5.0,
    "tick_s": 1.0,
    "debounce_s": 0.1,
    "publish_s": 1.0,
    "grace_s": 1.0,
}
"""The shortest that a time may become, in s; all others may become as short as they
like."""

SHORTEST_S = 0.05

OPTIONS_S = {
    "averaging_s": 600.0,
    "start_horizon_s": 2700.0,
    "stop_horizon_s": 3600.0,
    "probe_backoff_s": 900.0,
    "cut_short_s": 3600.0,
    "battery_horizon_s": 900.0,
    "power_hold_s": 300.0,
    "soc_hold_s": 7200.0,
    "temperature_hold_s": 7200.0,
    "grace_s": 60.0,
    "tick_s": 10.0,
    "debounce_s": 1.0,
    "publish_s": 30.0,
    "command_timeout_s": 15.0,
    "retry_first_s": 5.0,
    "retry_longest_s": 300.0,
}
"""The site's times as they are in a real home."""

WORKER_S = {"lease_s": 120.0, "settle_s": 60.0}
"""A worker's times that belong to its connection; the others are its specification's."""


def faster(
    name: str,
    seconds: float,
    speed: float,
    floors_s: Mapping[str, float] | None = None,
) -> float:
    """Return a time for a day that passes `speed` times faster, not below its floor.

    `floors_s` are those of a slower machine, which go before our own.
    """
    floor_s = {**FLOORS, **(floors_s or {})}.get(name, SHORTEST_S)
    return max(seconds / speed, min(seconds, floor_s))


def options(speed: float) -> dict[str, float]:
    """Return answers to the dialog for the site's options."""
    return {name: faster(name, value, speed) for name, value in OPTIONS_S.items()}
