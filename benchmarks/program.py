"""A linear program with whole numbers in it, for HiGHS.

Grows by blocks of variables and rows, and is solved once. HiGHS (`highspy`) is a
requirement of the bench only, and only of what cannot be bounded otherwise.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from math import inf
import os
import sys

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Columns = NDArray[np.intp]
type Terms = list[tuple[Columns, ArrayLike]]

RELATIVE_GAP = 0.002
"""A search ends when its best is known to be so close to the best of all."""

MAXIMUM_NODES = 100
"""A search ends after so many branches, so that its answer hangs on no clock."""


def available() -> bool:
    """Tell whether HiGHS is installed."""
    return find_spec("highspy") is not None


@dataclass(frozen=True, slots=True)
class Solved:
    """What no solution can exceed, and what another unit on each row's limit is worth."""

    bound: float
    row_values: NDArray[np.float64]


class Program:
    """Maximises the sum of variables times their gains."""

    def __init__(self) -> None:
        """Begin without any variable."""
        self._low: list[NDArray[np.float64]] = []
        self._high: list[NDArray[np.float64]] = []
        self._gain: list[NDArray[np.float64]] = []
        self._whole: list[NDArray[np.bool_]] = []
        self._rows: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        self._entries: list[tuple[Columns, Columns, NDArray[np.float64]]] = []
        self._extra: list[tuple[int, float]] = []
        self._columns = self._row_count = 0

    def variables(
        self,
        size: int,
        *,
        low: ArrayLike = 0.0,
        high: ArrayLike = inf,
        gain: ArrayLike = 0.0,
        whole: bool = False,
    ) -> Columns:
        """Add `size` variables and return where they are."""
        for values, kept in ((low, self._low), (high, self._high), (gain, self._gain)):
            kept.append(np.broadcast_to(np.asarray(values, np.float64), (size,)))
        self._whole.append(np.full(size, whole))
        columns = np.arange(self._columns, self._columns + size)
        self._columns += size
        return columns

    def reward(self, column: int, gain: float) -> None:
        """Add to what a unit of a variable gains."""
        self._extra.append((column, gain))

    def rows(self, terms: Terms, *, low: ArrayLike, high: ArrayLike) -> Columns:
        """Add rows `low ≤ Σ factor · variable ≤ high`; return where they are.

        Each term has one variable and one factor (or the same factor) for every row.
        A factor of 0 leaves the variable out.
        """
        size = len(terms[0][0])
        rows = np.arange(self._row_count, self._row_count + size)
        for columns, factors in terms:
            factor = np.broadcast_to(np.asarray(factors, np.float64), size)
            there = factor != 0
            self._entries.append((rows[there], columns[there], factor[there]))
        limits = [np.broadcast_to(np.asarray(x, np.float64), size) for x in (low, high)]
        self._rows.append((limits[0], limits[1]))
        self._row_count += size
        return rows

    def solve(self, *, mixed: bool = False) -> Solved:
        """Return the least upper bound that HiGHS can prove.

        `mixed`: what is whole may be broken, so that rows have values.

        Raises:
            RuntimeError: if it proves none.
        """
        import highspy  # Installed with the bench's requirements only.

        row, column, factor = (
            np.concatenate([entry[part] for entry in self._entries])
            for part in range(3)
        )
        order = np.lexsort((column, row))
        gain = np.concatenate(self._gain)
        for place, more in self._extra:
            gain[place] += more
        whole = np.concatenate(self._whole) & (not mixed)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._columns, self._row_count
        model.col_cost_ = -gain
        model.col_lower_ = np.concatenate(self._low)
        model.col_upper_ = np.concatenate(self._high)
        model.row_lower_ = np.concatenate([low for low, _ in self._rows])
        model.row_upper_ = np.concatenate([high for _, high in self._rows])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.concatenate(
            ([0], np.cumsum(np.bincount(row, minlength=self._row_count)))
        )
        model.a_matrix_.index_ = column[order]
        model.a_matrix_.value_ = factor[order]
        if whole.any():
            kinds = highspy.HighsVarType
            model.integrality_ = [
                kinds.kInteger if item else kinds.kContinuous for item in whole
            ]
        with _hushed():
            solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("mip_rel_gap", RELATIVE_GAP)
        solver.setOptionValue("mip_max_nodes", MAXIMUM_NODES)
        solver.passModel(model)
        solver.run()
        info = solver.getInfo()
        if whole.any():
            proven = -info.mip_dual_bound
        elif solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            proven = -info.objective_function_value
        else:
            proven = inf
        if not np.isfinite(proven):
            status = solver.modelStatusToString(solver.getModelStatus())
            raise RuntimeError(f"HiGHS proves no bound: {status}")
        return Solved(proven, -np.array(solver.getSolution().row_dual))


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep out of the bench's own output what HiGHS says as it begins.

    It says so below Python, before any option can be set.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(nowhere)
        os.close(kept)
