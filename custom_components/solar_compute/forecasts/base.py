"""What every source of a forecast has in common, and how rows become powers.

May import the core's `series` and Home Assistant's time zone; must never ask anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from homeassistant.util import dt as dt_util

from ..core.series import NOTHING, Series, Span, filled, series_of_starts
from ..core.times import HOUR_S

DUSK = 0.25
"""The last hour of light gives less than this part of the best hour; where rows end with
more, the sun has not set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SunForecast:
    """PV power in W: the mean, and what is undercut in one case of ten (maybe unknown)."""

    mean_w: Series
    low_w: Series = NOTHING


class SunSource(Protocol):
    """Somebody who says what the panels will give."""

    async def async_read(self) -> SunForecast | None:
        """Return what it says now, None where it says nothing that can be believed.

        Never raises for what somebody else has done wrong.
        """


def powers(rows_wh: Mapping[float, float]) -> Series:
    """Return the energy from each start to the next as power in W."""
    energy = series_of_starts(rows_wh.items())
    return Series(
        tuple(
            Span(
                span.start_s,
                span.end_s,
                span.value * HOUR_S / (span.end_s - span.start_s),
            )
            for span in energy.spans
        )
    )


def with_nights(power_w: Series) -> Series:
    """Return the forecast with 0 W wherever a day that it knows of has no row.

    Some providers leave the night out. A local day without any row is not known, nor is
    the rest of a day where the rows end in broad daylight: some look 24 hours ahead.
    """
    whole = power_w
    most_w = max((span.value for span in power_w.spans), default=0.0)
    in_daylight = bool(power_w.spans) and power_w.spans[-1].value > DUSK * most_w
    for day in {
        dt_util.as_local(dt_util.utc_from_timestamp(span.start_s)).date()
        for span in power_w.spans
    }:
        whole = filled(
            whole,
            dt_util.start_of_local_day(day).timestamp(),
            dt_util.start_of_local_day(day + timedelta(days=1)).timestamp(),
            0.0,
        )
    return whole.until(power_w.end_s) if in_daylight else whole


def is_believable(power_w: Series, maximum_w: float) -> bool:
    """Tell whether panels of a home can give all of this; the sun takes nothing."""
    return bool(power_w.spans) and all(
        0 <= span.value <= maximum_w for span in power_w.spans
    )
