"""What others say of the hours to come: is it another thing than before?

    news    what a plan was made with, against what is said now: enough for another plan?
    heard   since when the forecast of the sun says the same, also over a restart

Forecasts and price lists are rewritten far more often than they say anything else. Pure
functions; standard library only; no clock.
"""

from dataclasses import dataclass
from typing import Final

from .foreseen import Forecasts
from .series import Series
from .times import HOUR_S

HOURS: Final = 48
"""So far ahead a plan looks."""

SMALL: Final = 0.03
"""A change of this part of the greatest value of the coming days is none."""

SMALL_K: Final = 1.0
"""By so much a forecast of the air outside may change: it moves the efficiency of a heat
pump by two to three percent."""


def is_news(before: Forecasts, after: Forecasts, now_s: float) -> bool:
    """Tell whether what is said now calls for another plan than what was said before.

    That is a value that differs by more than a little, or one that is known now and was
    not, or the other way round, at any time of the next 48 hours.
    """
    return any(
        _differs(one, other, now_s, _little(one, other, now_s))
        for one, other in (
            (before.pv_w, after.pv_w),
            (before.pv_low_w, after.pv_low_w),
            (before.import_per_kwh, after.import_per_kwh),
            (before.export_per_kwh, after.export_per_kwh),
        )
    ) or _differs(before.outdoor_c, after.outdoor_c, now_s, SMALL_K)


def _little(before: Series, after: Series, now_s: float) -> float:
    values = (
        abs(span.value)
        for one in (before, after)
        for span in one.spans
        if span.end_s > now_s
    )
    return SMALL * max(values, default=0.0)


def _differs(before: Series, after: Series, now_s: float, little: float) -> bool:
    """Compare two series wherever one of them begins or ends to say something."""
    end_s = now_s + HOURS * HOUR_S
    edges = {
        edge
        for one in (before, after)
        for span in one.spans
        for edge in (span.start_s, span.end_s)
        if now_s < edge < end_s
    }
    for edge in {now_s, *edges}:
        one, other = before.at(edge), after.at(edge)
        if (one is None) != (other is None):
            return True
        if one is not None and other is not None and abs(one - other) > little:
            return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a forecast of the sun said when somebody listened last.

    It has said the same since `changed_s`, on the clock of all timers. `hours_w` are its
    means of whole hours from `from_s` (Unix) on, in whole W; None where it said nothing.
    """

    changed_s: float
    from_s: float
    hours_w: tuple[int | None, ...]

    def at(self, hour_s: float) -> int | None:
        """Return what it said of the hour that begins then."""
        index = round((hour_s - self.from_s) / HOUR_S)
        return self.hours_w[index] if 0 <= index < len(self.hours_w) else None


def hear(before: Heard | None, power_w: Series, now_s: float, clock_s: float) -> Heard:
    """Return what a forecast says now, and since when.

    An hour that is dropped or added is no news: it may come from the same forecast. One
    that says nothing of what is to come says nothing new.
    """
    from_s = (now_s // HOUR_S + 1) * HOUR_S
    starts_s = [from_s + hour * HOUR_S for hour in range(HOURS)]
    means = [power_w.mean(start_s, start_s + HOUR_S) for start_s in starts_s]
    hours_w = tuple(None if mean_w is None else round(mean_w) for mean_w in means)
    both = [
        (said_w, known_w)
        for start_s, said_w in zip(starts_s, hours_w, strict=True)
        if said_w is not None
        and before is not None
        and (known_w := before.at(start_s)) is not None
    ]
    says_else = any(said_w != known_w for said_w, known_w in both)
    says_more = not both and any(said_w is not None for said_w in hours_w)
    changed_s = clock_s
    if before is not None and not says_else and not says_more:
        changed_s = min(before.changed_s, clock_s)
    return Heard(changed_s=changed_s, from_s=from_s, hours_w=hours_w)
