"""A measured past as text, small enough to be kept for a year and more.

Every column becomes whole multiples of a step that suits it, as 16-bit differences,
compressed, as base64. Powers keep 1 W (coarser only beyond 32 kW), prices a hundredth
of a cent. It may import numpy; it does no I/O.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from math import isfinite
from typing import Any, Final
import zlib

import numpy as np

from .history import SOC, Column, History, worth_column

FORMAT: Final = 1
UNKNOWN: Final = -32768
LARGEST: Final = 32767
MOST_INTERVALS: Final = 1_000_000
"""No file makes us reserve memory for more."""


def encode(history: History) -> dict[str, Any]:
    """Return a past as plain JSON types. What was read from it once stays the same."""
    return {
        "format": FORMAT,
        "start_s": history.start_s,
        "step_s": history.step_s,
        "count": len(history),
        "coarse": history.coarse,
        "columns": {
            name: _encoded(name, column) for name, column in history.columns.items()
        },
    }


def decode(data: Any) -> History:
    """Return the past that `encode` wrote.

    Raises:
        ValueError: if it is anything else.
    """
    try:
        if data["format"] != FORMAT:
            raise ValueError("a past of another format")
        count, start_s = int(data["count"]), float(data["start_s"])
        if not 0 <= count <= MOST_INTERVALS or not isfinite(start_s):
            raise ValueError("a past out of all proportion")
        return History(
            start_s=start_s,
            step_s=int(data["step_s"]),
            columns={
                str(name): _decoded(column, count)
                for name, column in data["columns"].items()
            },
            coarse=bool(data["coarse"]),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as err:
        raise ValueError(f"no past: {err!r}") from err


def _encoded(name: str, column: Column) -> dict[str, Any]:
    known = np.isfinite(column)
    highest = float(np.max(np.abs(column[known]), initial=0.0))
    step = _step(_finest(name), highest)
    whole = np.full(len(column), UNKNOWN, dtype="<i2")
    whole[known] = np.rint(column[known].astype(np.float64) / step).astype("<i2")
    # Differences wrap around, and unwrap in the same way.
    packed = zlib.compress(np.diff(whole, prepend=whole.dtype.type(0)).tobytes(), 6)
    return {"step": step, "data": b64encode(packed).decode("ascii")}


def _decoded(data: Any, count: int) -> Column:
    size = 2 * count
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(b64decode(data["data"], validate=True), size + 1)
    except (zlib.error, Base64Error) as err:
        raise ValueError(f"a damaged column: {err}") from err
    step = float(data["step"])
    if len(raw) != size or not isfinite(step):
        raise ValueError("a column of another length")
    whole = np.cumsum(np.frombuffer(raw, dtype="<i2"), dtype="<i2")
    column = (whole.astype(np.float64) * step).astype(np.float32)
    column[whole == UNKNOWN] = np.nan
    return column


def _finest(name: str) -> float:
    if name.endswith("_per_kwh") or name.startswith(worth_column("")):
        return 0.0001
    if name == SOC:
        return 0.1
    return 0.05 if name.partition(":")[0].endswith("_c") else 1.0


def _step(finest: float, highest: float) -> float:
    """Return the finest of 1, 2, 5, 10… times `finest` that reaches so high.

    These fit into each other, so that nothing wears off when it is written again.
    """
    step, factors = finest, (2.0, 2.5, 2.0)
    index = 0
    while highest / step > LARGEST - 1:
        step *= factors[index % 3]
        index += 1
    return step
