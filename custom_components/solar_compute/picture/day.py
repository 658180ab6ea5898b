"""One day of a home as a picture: sun, runs, heat, prices and what it brought.

For a phone: no words but figures and units, in the colours of what they are about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas, Colour
from .letters import width_of, write

type Column = NDArray[np.floating]

WIDTH: Final = 900
HEIGHT: Final = 450
LEFT: Final = 88
RIGHT: Final = 776
TOP: Final = 100
BOTTOM: Final = 294
RUNS_TOP: Final = 308
RUNS_BOTTOM: Final = 344
PRICES_TOP: Final = 356
PRICES_BOTTOM: Final = 396
HOURS_TOP: Final = 411
LETTERS: Final = 22
"""As high as on an axis: a phone in a hand shows the picture at less than half."""

PAPER: Colour = (252, 251, 248)
UNKNOWN: Colour = (236, 234, 228)
GRID: Colour = (222, 220, 213)
INK: Colour = (92, 100, 108)
SUN: Colour = (247, 190, 74)
SUN_INK: Colour = (164, 106, 0)
WORK: Colour = (58, 118, 186)
WORK_INK: Colour = (36, 86, 148)
HEAT: Colour = (200, 62, 52)
PRICE: Colour = (150, 158, 168)
GAIN: Colour = (34, 120, 72)
LOSS: Colour = (176, 40, 40)

EXPECTED: Final = 0.35
"""How much of its colour has what is only expected."""
MOST_BARS: Final = 6
ROUND_W: Final = (1000, 2000, 3000, 5000, 8000, 10000, 20000, 50000, 100000)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Day:
    """What is drawn of a day: columns of equal intervals, NaN where nothing is known.

    The first `known` intervals have been; the others hold what is expected. `sun_w` is
    the sun, or what the home leaves of it; `runs_w` is what each worker draws, in W;
    `tank` a tank in `tank_unit`, `price` what a kWh of import costs. `hours` are the marks of
    the axis: which interval, and the hour to write. `energy_kwh`, `sun_share` (of 1,
    None: nothing was drawn) and `gained` are of the day so far.
    """

    known: int
    sun_w: Column
    runs_w: Sequence[Column]
    tank: Column | None
    tank_unit: str
    price: Column | None
    hours: Sequence[tuple[int, int]]
    energy_kwh: float
    sun_share: float | None
    gained: float
    currency: str


def draw(day: Day) -> bytes:
    """Return the day as a PNG."""
    canvas = Canvas(WIDTH, HEIGHT, PAPER)
    highest_w = _round_w(day)
    _paper(canvas, day, highest_w)
    _powers(canvas, day, highest_w)
    _tank(canvas, day)
    _runs(canvas, day)
    _prices(canvas, day)
    _headline(canvas, day)
    return canvas.png()


def _paper(canvas: Canvas, day: Day, highest_w: float) -> None:
    """Draw the axes, and grey where nothing is known of what has been."""
    count = len(day.sun_w)
    silent = np.isnan(day.sun_w)
    silent[day.known :] = False
    canvas.area(LEFT, np.where(_by_column(silent), TOP, np.nan), BOTTOM, UNKNOWN)
    for index, hour in day.hours:
        x = LEFT + (RIGHT - LEFT) * index / count
        canvas.rectangle(x - 0.5, TOP, x + 0.5, PRICES_BOTTOM, GRID)
        if hour % 6 == 0:
            text = str(hour)
            place = (x - width_of(text, LETTERS) / 2, HOURS_TOP)
            write(canvas, text, place, LETTERS, INK)
    for part in (0.5, 1.0):
        y = BOTTOM - part * (BOTTOM - TOP)
        canvas.rectangle(LEFT, y - 0.5, RIGHT, y + 0.5, GRID)
        text = f"{part * highest_w / 1000:g}"
        _write_left(canvas, text, y - LETTERS / 2)
    _write_left(canvas, "kW", BOTTOM - LETTERS)
    canvas.rectangle(LEFT, BOTTOM, RIGHT, BOTTOM + 1.5, INK)


def _powers(canvas: Canvas, day: Day, highest_w: float) -> None:
    """Draw the sun, and before it what workers draw."""
    drawn_w = np.zeros(len(day.sun_w))
    for run_w in day.runs_w:
        drawn_w = drawn_w + np.nan_to_num(run_w)
    for watts, colour in ((_smooth(day.sun_w), SUN), (_by_column(drawn_w), WORK)):
        share = np.clip(watts / highest_w, 0, 1)
        tops = np.where(share > 0, BOTTOM - share * (BOTTOM - TOP), np.nan)
        now = _now(day)
        canvas.area(LEFT, tops[:now], BOTTOM, colour)
        canvas.area(LEFT + now, tops[now:], BOTTOM, colour, EXPECTED)
    if 0 < day.known < len(day.sun_w):
        x = LEFT + _now(day)
        canvas.rectangle(x - 1, TOP, x + 1, RUNS_BOTTOM, INK)


def _tank(canvas: Canvas, day: Day) -> None:
    """Draw how warm the tank was, with its own scale at the right."""
    if day.tank is None or not np.isfinite(day.tank).any():
        return
    low = 5.0 * np.floor(np.nanmin(day.tank) / 5 - 0.2)
    high = 5.0 * np.ceil(np.nanmax(day.tank) / 5 + 0.2)
    share = (_smooth(day.tank) - low) / (high - low)
    heights = BOTTOM - share * (BOTTOM - TOP)
    canvas.curve(LEFT, heights, 6, PAPER)
    canvas.curve(LEFT, heights, 3, HEAT)
    for value, y in ((high, TOP), (low, BOTTOM - LETTERS)):
        write(canvas, f"{value:.0f}{day.tank_unit}", (RIGHT + 12, y), LETTERS, HEAT)


def _runs(canvas: Canvas, day: Day) -> None:
    """Draw a bar for each worker: when it ran, and paler when it shall."""
    bars = list(day.runs_w)[:MOST_BARS]
    if not bars:
        return
    pitch = (RUNS_BOTTOM - RUNS_TOP) / len(bars)
    reach = min(5.0, pitch / 2 - 1)
    for place, run_w in enumerate(bars):
        y = RUNS_TOP + (place + 0.5) * pitch
        canvas.rectangle(LEFT, y - reach, RIGHT, y + reach, UNKNOWN)
        tops = np.where(_by_column(np.nan_to_num(run_w) > 0), y - reach, np.nan)
        now = _now(day)
        canvas.area(LEFT, tops[:now], y + reach, WORK)
        canvas.area(LEFT + now, tops[now:], y + reach, WORK, EXPECTED)


def _prices(canvas: Canvas, day: Day) -> None:
    """Draw prices as bars from nothing to the dearest, with that at the left."""
    if day.price is None or not np.nanmax(day.price, initial=0.0) > 0:
        return
    dearest = float(np.nanmax(day.price))
    share = np.clip(_by_column(day.price) / dearest, 0, 1)
    canvas.area(
        LEFT, PRICES_BOTTOM - share * (PRICES_BOTTOM - PRICES_TOP), PRICES_BOTTOM, PRICE
    )
    text = f"{dearest:.2f}" if dearest < 10 else f"{dearest:.0f}"
    _write_left(canvas, text, PRICES_TOP)


def _write_left(canvas: Canvas, text: str, y: float) -> None:
    """Write at the left of what is drawn, close to it."""
    write(canvas, text, (LEFT - 12 - width_of(text, LETTERS), y), LETTERS, INK)


def _headline(canvas: Canvas, day: Day) -> None:
    """Write what was drawn, how much of it was sun, and what was gained."""
    end = write(canvas, f"{day.energy_kwh:.1f}", (LEFT, 34), 36, WORK_INK, bold=1.1)
    end = write(canvas, "kWh", (end + 14, 46), 24, WORK_INK)
    if day.sun_share is not None:
        x, y = end + 76, 52
        _sign_of_the_sun(canvas, x, y)
        text = f"{100 * day.sun_share:.0f}"
        end = write(canvas, text, (x + 38, 34), 36, SUN_INK, bold=1.1)
        write(canvas, "%", (end + 12, 46), 24, SUN_INK)
    gained = round(day.gained, 2) + 0.0
    colour = GAIN if gained >= 0 else LOSS
    text = f"{gained:+.2f}" if gained else f"{gained:.2f}"
    unit = width_of(day.currency, 24)
    write(canvas, day.currency, (RIGHT - unit, 46), 24, colour)
    left = RIGHT - unit - 14 - width_of(text, 36)
    write(canvas, text, (left, 34), 36, colour, bold=1.1)


def _sign_of_the_sun(canvas: Canvas, x: float, y: float) -> None:
    """Draw a disc with eight rays around a point."""
    canvas.strokes([[(x, y)]], 22, SUN)
    rays = np.arange(8) * np.pi / 4
    ends = [
        [(x + far * np.cos(ray), y + far * np.sin(ray)) for far in (17, 22)]
        for ray in rays
    ]
    canvas.strokes(ends, 4, SUN)


def _round_w(day: Day) -> float:
    """Return a round power that is above everything."""
    drawn_w = [np.nan_to_num(run_w) for run_w in day.runs_w]
    together_w = np.sum(drawn_w, axis=0) if drawn_w else np.zeros(1)
    highest = max(
        float(np.nanmax(day.sun_w, initial=0.0)), float(np.max(together_w, initial=0.0))
    )
    return float(next((step for step in ROUND_W if step >= highest), highest))


def _now(day: Day) -> int:
    """Return how many columns of pixels have been."""
    return round((RIGHT - LEFT) * day.known / len(day.sun_w))


def _by_column[KindT: np.generic](values: NDArray[KindT]) -> NDArray[KindT]:
    """Return the interval that each column of pixels lies in."""
    columns = (np.arange(RIGHT - LEFT) + 0.5) / (RIGHT - LEFT)
    found: NDArray[KindT] = values[(columns * len(values)).astype(int)]
    return found


def _smooth(values: Column) -> Column:
    """Return a value for each column of pixels, between those of the intervals."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(RIGHT - LEFT, np.nan)
    columns = (np.arange(RIGHT - LEFT) + 0.5) / (RIGHT - LEFT) * len(values) - 0.5
    smooth = np.interp(columns, np.flatnonzero(known), values[known])
    return np.where(_by_column(known), smooth, np.nan)
