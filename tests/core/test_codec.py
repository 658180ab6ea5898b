"""Frozen values as JSON and back."""

from datetime import datetime, timedelta, timezone
from enum import StrEnum
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core import memory as m, model as o, spec as s
from custom_components.solar_compute.core.accounts import (
    Ledger,
    Opening,
    SinkAccount,
    WorkerAccount,
)
from custom_components.solar_compute.core.codec import from_json, to_json

from . import strategies as wild
from .houses import NOON, look, running, sunny_house

NUMBERS = st.floats(allow_nan=False)
WORKER_ACCOUNTS = st.builds(
    WorkerAccount,
    solar_wh=NUMBERS,
    cost=NUMBERS,
    lost_heat_wh=NUMBERS,
    co2_marginal_avoided_g=NUMBERS,
    starts=st.integers(),
)
SINK_ACCOUNTS = st.builds(SinkAccount, heat_wh=NUMBERS, saved=NUMBERS)
OPENINGS = st.builds(
    Opening,
    period=st.text(),
    workers=st.dictionaries(wild.KEYS, WORKER_ACCOUNTS, max_size=2),
    sinks=st.dictionaries(wild.KEYS, SINK_ACCOUNTS, max_size=2),
)
LEDGERS = st.builds(
    Ledger,
    workers=st.dictionaries(wild.KEYS, WORKER_ACCOUNTS, max_size=3),
    sinks=st.dictionaries(wild.KEYS, SINK_ACCOUNTS, max_size=2),
    day=OPENINGS,
    month=OPENINGS,
)
REASONS = st.builds(
    o.Reason,
    st.sampled_from(o.ReasonCode),
    st.dictionaries(st.text(), st.none() | NUMBERS | st.text(), max_size=3),
)
TRANCHES = st.builds(
    o.Tranche, st.sampled_from(o.TrancheKind), st.none() | NUMBERS, NUMBERS
)
WORTHS = st.builds(
    o.Worth,
    level=st.integers(),
    power_w=NUMBERS,
    compute=NUMBERS,
    heat=NUMBERS,
    cooling=NUMBERS,
    supply=NUMBERS,
)
DECISIONS = st.builds(
    o.Decision,
    clock_s=NUMBERS,
    state=st.sampled_from(o.SiteState),
    balance_w=st.none() | NUMBERS,
    surplus_w=st.none() | NUMBERS,
    hidden_w=NUMBERS,
    next_per_kwh=st.none() | NUMBERS,
    tranches=st.lists(TRANCHES, max_size=3).map(tuple),
    heat=st.just(()),
    workers=st.lists(
        st.builds(
            o.WorkerDecision,
            key=wild.KEYS,
            level=st.integers(),
            power_w=NUMBERS,
            reason=REASONS,
            worths=st.lists(WORTHS, max_size=2).map(tuple),
            judged=st.none() | WORTHS,
            mean_worth=st.none() | NUMBERS,
            slices=st.lists(TRANCHES, max_size=2).map(tuple),
            hint=st.none()
            | st.builds(
                o.StartHint,
                surplus_w=st.none() | NUMBERS,
                after_s=st.none() | NUMBERS,
            ),
        ),
        max_size=2,
    ).map(tuple),
    missing=st.lists(st.text(), max_size=2).map(tuple),
)


def carried(value: Any) -> Any:
    return from_json(type(value), json.loads(json.dumps(to_json(value))))


@given(wild.ODD_SITES | LEDGERS | DECISIONS)
def test_specs_ledgers_and_decisions_survive_the_journey(value: Any) -> None:
    assert carried(value) == value


@given(wild.WILD_SNAPSHOTS | wild.FOREIGN_MEMORIES)
def test_snapshots_and_memories_survive_the_journey(value: Any) -> None:
    """By their text, since a value that is no number is not equal to itself."""
    assert repr(carried(value)) == repr(value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda items: (
            st.lists(items, max_size=3)
            | st.dictionaries(
                st.sampled_from(["clock_s", "workers", "flat", "x"]), items, max_size=3
            )
        ),
    )
)
def test_junk_is_refused_with_an_error_that_says_so(junk: Any) -> None:
    """Nothing but these three, so that a caller knows what to catch."""
    for cls in (s.SiteSpec, o.Snapshot, m.Memory, o.Decision, Ledger):
        try:
            value = from_json(cls, junk)
        except TypeError, ValueError, KeyError:
            continue
        assert isinstance(value, cls)


@pytest.mark.parametrize(
    ("cls", "data"),
    [
        (o.Reading, {"value": "3", "measured_s": 1.0}),
        (o.Reading, {"value": True, "measured_s": 1.0}),
        (o.Reading, {"value": 1.0}),
        (o.Reading, [1.0, 2.0]),
        (o.Tranche, {"kind": "moonshine", "width_w": 1.0, "price_per_kwh": 0.1}),
        (s.DailyWindow, {"start_min": 1.5, "end_min": 2}),
        (s.DailyWindow, {"start_min": True, "end_min": 2}),
        (m.Memory, {"workers": []}),
        (m.WorkerMemory, {"means": 3.0}),
        (m.WorkerMemory, {"means": ["a"]}),
        (m.WorkerMemory, {"level": None}),
    ],
)
def test_what_does_not_fit_is_not_bent_until_it_does(cls: type, data: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        from_json(cls, data)


def test_a_time_that_is_none_is_refused() -> None:
    data = to_json(look(0.0))
    for junk in ("yesterday", 3, None):
        with pytest.raises((TypeError, ValueError)):
            from_json(o.Snapshot, {**data, "local": junk})


def test_the_local_time_keeps_its_offset() -> None:
    for hours in (-11, 0, 2, 13):
        local = NOON.replace(tzinfo=timezone(timedelta(hours=hours)))
        data = {**to_json(look(0.0)), "local": to_json(local)}
        read = from_json(o.Snapshot, data).local
        assert read == local and read.utcoffset() == timedelta(hours=hours)


def test_whole_numbers_are_read_as_floats_where_floats_belong() -> None:
    value = from_json(o.Reading, {"value": 3, "measured_s": 1}).value
    assert (value, type(value)) == (3.0, float)


def test_what_another_version_wrote_is_read_with_this_ones_defaults() -> None:
    data = to_json(sunny_house())
    data["invented_later"] = 1
    del data["workers"][0]["start_cost"]
    assert from_json(s.SiteSpec, data) == sunny_house()


def test_enums_are_written_as_plain_text() -> None:
    data = to_json(running())
    assert data["state"] == "running" and type(data["state"]) is str


def test_what_has_no_json_form_is_refused() -> None:
    class Odd:
        pass

    for value in (Odd(), {1, 2}, b"bytes", [Odd()]):
        with pytest.raises(TypeError):
            to_json(value)


def test_an_unknown_enum_value_is_refused() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert from_json(Colour, "red") is Colour.RED
    with pytest.raises(ValueError):
        from_json(Colour, "green")
    assert isinstance(NOON, datetime)
