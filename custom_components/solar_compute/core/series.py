"""Values over time, as forecasts and lists of prices give them.

Spans of any width, with gaps where nothing is known. Times are Unix seconds (UTC), so
that a day has as many hours as it has. Pure functions; standard library only.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from statistics import median

from .times import HOUR_S

HALF = 0.5
"""A mean over a time of which less than this part is known, is not known."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A value that holds from `start_s` up to `end_s`."""

    start_s: float
    end_s: float
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """Spans in order of time that do not overlap; nothing is known between them."""

    spans: tuple[Span, ...] = ()

    @property
    def start_s(self) -> float:
        """When the first span begins; never, where there is none."""
        return self.spans[0].start_s if self.spans else float("inf")

    @property
    def end_s(self) -> float:
        """Until when anything is known; since always nothing, where there is no span."""
        return self.spans[-1].end_s if self.spans else float("-inf")

    def at(self, time_s: float) -> float | None:
        """Return the value at a time, None where nothing is known of it."""
        index = bisect_right(self.spans, time_s, key=_start_s) - 1
        if index < 0 or time_s >= self.spans[index].end_s:
            return None
        return self.spans[index].value

    def mean(self, start_s: float, end_s: float) -> float | None:
        """Return the mean by time, None where less than half of the time is known."""
        index = max(0, bisect_right(self.spans, start_s, key=_start_s) - 1)
        total, known_s = 0.0, 0.0
        for span in self.spans[index:]:
            if span.start_s >= end_s:
                break
            seconds = min(span.end_s, end_s) - max(span.start_s, start_s)
            if seconds > 0:
                total += span.value * seconds
                known_s += seconds
        if known_s <= 0 or known_s < HALF * (end_s - start_s):
            return None
        return total / known_s

    def until(self, end_s: float) -> Series:
        """Return what of the series lies before `end_s`."""
        return Series(
            tuple(
                Span(span.start_s, min(span.end_s, end_s), span.value)
                for span in self.spans
                if span.start_s < end_s
            )
        )

    def mapped(self, factor: float = 1.0, offset: float = 0.0) -> Series:
        """Return the series with every value times `factor`, plus `offset`."""
        return Series(
            tuple(
                Span(span.start_s, span.end_s, span.value * factor + offset)
                for span in self.spans
            )
        )


NOTHING = Series()


def series(spans: Iterable[Span]) -> Series:
    """Return spans as a series: what begins later ends what began before.

    Of two that begin at the same time the last one given holds. Spans without length
    and values that are no finite number are left out.
    """
    by_start = {
        span.start_s: span
        for span in spans
        if span.end_s > span.start_s
        and all(map(isfinite, (span.start_s, span.end_s, span.value)))
    }
    ordered = sorted(by_start.values())
    cut = [
        Span(one.start_s, min(one.end_s, after.start_s), one.value)
        for one, after in pairwise(ordered)
    ]
    return Series(tuple(cut + ordered[-1:]))


def series_of_starts(values: Iterable[tuple[float, float]]) -> Series:
    """Return pairs of a start and a value as a series.

    Each lasts until the next begins, but no longer than they usually do: what is
    longer is a gap. So does the last one; a single one lasts an hour.
    """
    known = dict(values)
    starts = sorted(start for start in known if isfinite(start))
    gaps = [after - one for one, after in pairwise(starts)]
    usual_s = median(gaps) if gaps else HOUR_S
    return series(
        Span(start, start + min(gap, usual_s), known[start])
        for start, gap in zip(starts, [*gaps, usual_s], strict=False)
    )


def filled(known: Series, start_s: float, end_s: float, value: float) -> Series:
    """Return the series with `value` wherever nothing is known from start to end."""
    inside = [
        span for span in known.spans if span.end_s > start_s and span.start_s < end_s
    ]
    edges = [
        start_s,
        *(edge for span in inside for edge in (span.start_s, span.end_s)),
        end_s,
    ]
    gaps = [
        Span(begin, until, value)
        for begin, until in zip(edges[::2], edges[1::2], strict=True)
    ]
    return series([*gaps, *known.spans])


def total(many: Iterable[Series]) -> Series:
    """Return the sum of series, such as of two roofs; known where all of them are."""
    summands = [one for one in many if one.spans]
    if len(summands) < 2:
        return summands[0] if summands else NOTHING
    edges = sorted(
        {
            edge
            for one in summands
            for span in one.spans
            for edge in (span.start_s, span.end_s)
        }
    )
    spans = []
    for start, end in pairwise(edges):
        values = [value for one in summands if (value := one.at(start)) is not None]
        if len(values) == len(summands):
            spans.append(Span(start, end, sum(values)))
    return series(spans)


def _start_s(span: Span) -> float:
    return span.start_s
