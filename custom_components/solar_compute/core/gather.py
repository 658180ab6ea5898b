"""The past as it happens: what decisions see, gathered into regular intervals.

A value stands from one decision until the next. Standard library only; frozen values
in, frozen values out; no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LEAST_KNOWN = 0.5
"""A mean stands for its interval if this share of it was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """The interval that is open: when it began, and what was seen of it so far.

    `sums` are values times seconds, `seconds` how long each value was known.
    """

    start_s: float
    sums: Mapping[str, float] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


type Row = tuple[float, dict[str, float]]
"""The start of an interval (Unix time), and the means of all that was known of it."""


def gather(
    now: Gathering | None,
    values: Mapping[str, float],
    *,
    from_s: float,
    until_s: float,
    step_s: int,
) -> tuple[Gathering, list[Row]]:
    """Return the interval that is open at `until_s`, and the rows that are complete.

    `values` are those that stood from `from_s` until then. When the clock was set back
    it begins anew.
    """
    rows: list[Row] = []
    if now is None or until_s < now.start_s:
        now = Gathering(start_s=from_s // step_s * step_s)
    while until_s >= now.start_s + step_s:
        end_s = now.start_s + step_s
        now = _with(now, values, from_s, end_s)
        if row := _row(now, step_s):
            rows.append((now.start_s, row))
        from_s = max(from_s, end_s)
        now = Gathering(start_s=max(end_s, from_s // step_s * step_s))
    return _with(now, values, from_s, until_s), rows


def _with(
    now: Gathering, values: Mapping[str, float], from_s: float, until_s: float
) -> Gathering:
    stood_s = until_s - max(from_s, now.start_s)
    if stood_s <= 0 or not values:
        return now
    sums, seconds = dict(now.sums), dict(now.seconds)
    for name, value in values.items():
        sums[name] = sums.get(name, 0.0) + value * stood_s
        seconds[name] = seconds.get(name, 0.0) + stood_s
    return Gathering(start_s=now.start_s, sums=sums, seconds=seconds)


def _row(now: Gathering, step_s: int) -> dict[str, float]:
    return {
        name: now.sums[name] / known_s
        for name, known_s in now.seconds.items()
        if known_s >= LEAST_KNOWN * step_s
    }
