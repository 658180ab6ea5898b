"""A sheet to draw on, smooth at its edges, and how it becomes a PNG.

Every shape is given in pixels, fractions and all; what it covers of a pixel in part is
mixed in part. Must never know what is drawn.
"""

from collections.abc import Iterable, Sequence
import struct
import zlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Colour = tuple[int, int, int]
type Points = Sequence[tuple[float, float]]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
EIGHT_BIT_RGB = struct.pack(">BBBBB", 8, 2, 0, 0, 0)
"""Depth, colour type, and the only compression, filter and order that are meant here."""


class Canvas:
    """Rows of pixels from the top, each of red, green and blue."""

    def __init__(self, width: int, height: int, colour: Colour) -> None:
        """Begin with one colour all over."""
        self.width, self.height = width, height
        self._pixels = np.empty((height, width, 3), np.float32)
        self._pixels[:] = colour

    def rectangle(
        self, left: float, top: float, right: float, bottom: float, colour: Colour
    ) -> None:
        """Fill a rectangle."""
        x, y = max(0, int(left)), max(0, int(top))
        columns = _covered(np.arange(x, min(self.width, int(right) + 1)), left, right)
        rows = _covered(np.arange(y, min(self.height, int(bottom) + 1)), top, bottom)
        self._mix(rows[:, None] * columns, colour, left=x, top=y)

    def area(
        self,
        left: int,
        tops: ArrayLike,
        bottoms: ArrayLike,
        colour: Colour,
        opacity: float = 1.0,
    ) -> None:
        """Fill column by column from `left` on; NaN leaves a column as it is."""
        top, bottom = np.broadcast_arrays(
            np.asarray(tops, float), np.asarray(bottoms, float)
        )
        known = np.isfinite(top) & np.isfinite(bottom)
        if not known.any():
            return
        y = max(0, int(top[known].min()))
        rows = np.arange(y, min(self.height, int(bottom[known].max()) + 1))[:, None]
        covered = np.where(known, _covered(rows, top, bottom), 0.0)
        self._mix(covered * opacity, colour, left=left, top=y)

    def curve(
        self, left: int, heights: ArrayLike, width: float, colour: Colour
    ) -> None:
        """Draw a line through one height for each column; NaN is a gap."""
        middle = np.asarray(heights, float)
        if len(middle) < 2:
            return
        # A steep line is as thick as a flat one, measured across itself.
        reach = width / 2 * np.hypot(1.0, np.nan_to_num(np.gradient(middle)))
        self.area(left, middle - reach, middle + reach, colour)

    def strokes(self, lines: Iterable[Points], width: float, colour: Colour) -> None:
        """Draw lines with round ends, as one shape: nothing is darker at its joints."""
        segments = [
            (*start, *end)
            for line in lines
            for start, end in zip(line, line[1:] or line, strict=False)
        ]
        if not segments:
            return
        found = np.asarray(segments, float)
        reach = width / 2 + 1
        low, high = found.reshape(-1, 2).min(0) - reach, found.reshape(-1, 2).max(0)
        x0, y0 = (max(0, int(edge)) for edge in low)
        x1 = min(self.width, int(high[0] + reach) + 1)
        y1 = min(self.height, int(high[1] + reach) + 1)
        if x0 >= x1 or y0 >= y1:
            return
        x = np.arange(x0, x1) + 0.5
        y = np.arange(y0, y1)[:, None] + 0.5
        nearest = np.full((y1 - y0, x1 - x0), np.inf)
        for ax, ay, bx, by in found:
            along = (x - ax) * (bx - ax) + (y - ay) * (by - ay)
            length = (bx - ax) ** 2 + (by - ay) ** 2
            share = np.clip(along / length, 0, 1) if length else 0.0
            away = np.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay))
            nearest = np.minimum(nearest, away)
        self._mix(np.clip(width / 2 - nearest + 0.5, 0, 1), colour, left=x0, top=y0)

    def png(self) -> bytes:
        """Return the sheet as a file."""
        pixels = np.clip(np.rint(self._pixels), 0, 255).astype(np.uint8)
        rows = pixels.reshape(self.height, -1)
        # Each row begins with its filter: how it differs from the one above.
        above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
        filtered = np.hstack([np.full((self.height, 1), 2, np.uint8), rows - above])
        size = struct.pack(">II", self.width, self.height)
        return b"".join(
            (
                SIGNATURE,
                _chunk(b"IHDR", size + EIGHT_BIT_RGB),
                _chunk(b"IDAT", zlib.compress(filtered.tobytes(), 6)),
                _chunk(b"IEND", b""),
            )
        )

    def _mix(
        self,
        covered: NDArray[np.floating],
        colour: Colour,
        *,
        left: int = 0,
        top: int = 0,
    ) -> None:
        height, width = covered.shape
        part = self._pixels[top : top + height, left : left + width]
        share = covered[: part.shape[0], : part.shape[1], None]
        part += (np.asarray(colour, np.float32) - part) * share.astype(np.float32)


def _covered(
    index: NDArray[np.integer], low: ArrayLike, high: ArrayLike
) -> NDArray[np.floating]:
    """Return how much of each pixel lies between two edges, from 0 to 1."""
    covered: NDArray[np.floating] = np.clip(
        np.minimum(index + 1, high) - np.maximum(index, low), 0, 1
    )
    return covered


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return (
        struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
    )
