"""When a tank should be heated through against legionella, as a reminder.

Storage at 60 °C, the whole of it for an hour, is what the rules ask for (HSE L8); a
weekly cycle is common practice at home. Nothing here promises that it happens. Pure
functions; standard library only; no clock.
"""

from dataclasses import dataclass

from .times import DAY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class HygieneWatch:
    """What is remembered of one tank, on the snapshot's `clock_s`.

    `since_s` is when it was first watched, `asked_s` when a boost was last asked for.
    """

    since_s: float
    asked_s: float | None = None


@dataclass(frozen=True, slots=True)
class HygieneState:
    """One tank now: for how long it was not hot as far as known, whether that is due."""

    cold_s: float
    due: bool
    ask: bool


def hygiene_state(
    watch: HygieneWatch, *, hot_ago_s: float | None, after_h: float, clock_s: float
) -> HygieneState:
    """Return whether a tank is due to be heated through, and whether to ask for it.

    `hot_ago_s` is how long ago the whole of it was at 60 °C or more. None: never
    since it is watched, and what was before is unknown. A boost is asked for once a
    day at most.
    """
    cold_s = clock_s - watch.since_s if hot_ago_s is None else hot_ago_s
    due = cold_s >= after_h * 3600
    rested = watch.asked_s is None or clock_s - watch.asked_s >= DAY_S
    return HygieneState(cold_s=cold_s, due=due, ask=due and rested)
