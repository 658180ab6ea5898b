"""Times and numbers of other integrations, in all their forms."""

from datetime import UTC, datetime
from math import inf, nan
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.payloads import finite, first_of, moment_s, rows_of

TEN_S = datetime(2026, 6, 15, 8, tzinfo=UTC).timestamp()
"""Ten o'clock in Berlin."""


@pytest.mark.parametrize(
    "value",
    [
        "2026-06-15T10:00:00+02:00",
        " 2026-06-15 08:00:00+00:00 ",
        "2026-06-15T08:00:00Z",
        "2026-06-15T10:00:00",
        datetime(2026, 6, 15, 8, tzinfo=UTC),
        datetime(2026, 6, 15, 10),
        TEN_S,
        TEN_S * 1000,
    ],
)
async def test_a_time_is_understood_in_any_form(
    hass: HomeAssistant, value: Any
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    assert moment_s(value) == TEN_S


@pytest.mark.parametrize(
    "value",
    [
        None,
        "soon",
        "",
        True,
        12,
        -1.0,
        nan,
        inf,
        [],
        {},
        "2026-02-30 10:00:00",
        10**400,
    ],
)
def test_what_is_no_time_is_none(value: Any) -> None:
    assert moment_s(value) is None


@pytest.mark.parametrize(
    ("value", "number"), [(1, 1.0), ("0.25", 0.25), (-2.5, -2.5), ("-1e-3", -0.001)]
)
def test_a_number_may_be_a_text(value: Any, number: float) -> None:
    assert finite(value) == number


@pytest.mark.parametrize(
    "value", [None, True, "", "n/a", "nan", nan, inf, [1], {}, 10**400]
)
def test_what_is_no_number_is_none(value: Any) -> None:
    assert finite(value) is None


def test_rows_are_mappings_in_a_list_and_nothing_else() -> None:
    assert rows_of([{"a": 1}, None, 3]) == [{"a": 1}]
    assert rows_of("text") == rows_of(None) == rows_of({"a": 1}) == rows_of(7) == []


def test_of_several_names_the_first_with_a_value_counts() -> None:
    assert first_of({"a": None, "b": 0}, ("a", "b")) == 0
    assert first_of({}, ("a", "b")) is None
