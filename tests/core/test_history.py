"""The measured past of a home on a regular grid."""

import numpy as np
import pytest

from custom_components.solar_compute.core.history import (
    BALANCE_W,
    PV_W,
    Column,
    History,
)


def column(*values: float) -> Column:
    return np.array(values, dtype=np.float32)


def test_a_past_knows_how_long_it_is_and_how_much_of_it_was_seen() -> None:
    past = History(
        start_s=1000.0,
        step_s=43200,
        columns={BALANCE_W: column(100, float("nan"), -50, 0)},
    )
    assert len(past) == 4
    assert past.end_s == 1000 + 4 * 43200
    assert past.known_days == pytest.approx(1.5)


def test_a_part_of_it_begins_where_it_was_cut() -> None:
    past = History(
        start_s=0.0,
        step_s=300,
        columns={BALANCE_W: column(1, 2, 3, 4), PV_W: column(5, 6, 7, 8)},
        coarse=True,
    )
    part = past.cut(1, 3)
    assert (part.start_s, len(part), part.coarse) == (300.0, 2, True)
    assert list(part.columns[PV_W]) == [6, 7]


def test_a_column_of_which_nothing_is_known_is_none() -> None:
    nothing = column(float("nan"), float("nan"))
    past = History(
        start_s=0.0, step_s=300, columns={BALANCE_W: column(1, 2), PV_W: nothing}
    )
    assert past.column(PV_W) is None
    assert past.column("soc") is None
    assert past.column(BALANCE_W) is not None


@pytest.mark.parametrize(
    ("columns", "step_s", "why"),
    [
        ({PV_W: column(1)}, 300, "needs the balance"),
        ({BALANCE_W: column(1), PV_W: column(1, 2)}, 300, "one length"),
        ({BALANCE_W: column(1)}, 0, "takes time"),
    ],
)
def test_a_past_that_does_not_fit_together_is_refused(
    columns: dict[str, Column], step_s: int, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        History(start_s=0.0, step_s=step_s, columns=columns)
