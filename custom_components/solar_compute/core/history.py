"""The measured past of a home, on a regular grid, with its workers taken out.

What learning, the replay of one's own past and the bench have in common. It may
import numpy; it never reads where the past comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Column = NDArray[np.float32]

BALANCE_W: Final = "balance_w"
"""What the home had left before any managed worker drew: PV less other loads."""
PV_W: Final = "pv_w"
GRID_W: Final = "grid_w"
BATTERY_W: Final = "battery_w"
SOC: Final = "soc"
"""State of charge of the battery, in %."""
IMPORT_PER_KWH: Final = "import_per_kwh"
EXPORT_PER_KWH: Final = "export_per_kwh"
OUTDOOR_C: Final = "outdoor_c"


def worker_column(key: str) -> str:
    """Return the column of what a worker drew, in W."""
    return f"worker_w:{key}"


def tank_column(key: str) -> str:
    """Return the column of a tank's temperature, in °C."""
    return f"tank_c:{key}"


def room_column(key: str) -> str:
    """Return the column of a room's temperature, in °C."""
    return f"room_c:{key}"


def worth_column(key: str) -> str:
    """Return the column of what a worker's best level was worth, per hour."""
    return f"worth:{key}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """Columns of interval means; NaN where nothing is known.

    `start_s` is the Unix time at which the first interval begins, `step_s` how long
    each lasts. All columns have the same length, and `balance_w` is always there. Tanks
    and rooms are the columns `tank_c:<key>` and `room_c:<key>`, the measured power of a
    worker `worker_w:<key>`, its worth then `worth:<key>`. Signs as in the Energy
    dashboard. `coarse`: it was made of hourly means, which hide every cloud and every
    kettle.

    Raises:
        ValueError: if a column is missing or has another length.
    """

    start_s: float
    step_s: int
    columns: Mapping[str, Column]
    coarse: bool = False

    def __post_init__(self) -> None:
        """Refuse a past whose columns do not fit together."""
        if BALANCE_W not in self.columns:
            raise ValueError("a history needs the balance")
        if len({len(column) for column in self.columns.values()}) > 1:
            raise ValueError("columns of a history have one length")
        if self.step_s <= 0:
            raise ValueError("an interval takes time")

    def __len__(self) -> int:
        """Return how many intervals there are."""
        return len(self.columns[BALANCE_W])

    @property
    def end_s(self) -> float:
        """The Unix time at which the last interval ends."""
        return self.start_s + len(self) * self.step_s

    @property
    def known_days(self) -> float:
        """Days for which the balance is known."""
        known = int(np.count_nonzero(np.isfinite(self.columns[BALANCE_W])))
        return known * self.step_s / 86400

    def column(self, name: str) -> Column | None:
        """Return a column, None where there is none or nothing of it is known."""
        column = self.columns.get(name)
        if column is None or not bool(np.isfinite(column).any()):
            return None
        return column

    def cut(self, first: int, end: int) -> History:
        """Return the intervals from `first` up to but not including `end`."""
        first, end, _ = slice(first, end).indices(len(self))
        return History(
            start_s=self.start_s + first * self.step_s,
            step_s=self.step_s,
            columns={key: column[first:end] for key, column in self.columns.items()},
            coarse=self.coarse,
        )
