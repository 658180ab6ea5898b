"""Reading a command from bytes."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from solar_compute_worker.lease import MAX_GENERATION, Command
from solar_compute_worker.wire import BadRequestError, parse_command

GOOD = {"level": 2, "lease_s": 120, "generation": 7}


def parse(body: object) -> Command:
    text = body if isinstance(body, str) else json.dumps(body)
    return parse_command(text.encode(), levels=2)


def test_the_documented_command_is_understood() -> None:
    assert parse(GOOD) == Command(2, 120, 7, None, take_over=False)
    named = parse({**GOOD, "controller": "0f.9:A_b-c", "take_over": True})
    assert (named.controller, named.take_over) == ("0f.9:A_b-c", True)


def test_a_pause_needs_nothing_but_its_level() -> None:
    assert parse({"level": 0}) == Command(0)
    assert parse({"level": 0, "lease_s": 0, "generation": 0}).level == 0


def test_a_pause_can_be_urgent() -> None:
    assert parse({"level": 0, "urgent": True}) == Command(0, urgent=True)
    assert not parse({"level": 0, "urgent": False}).urgent


BAD = [
    ("", "JSON object"),
    ("[1]", "JSON object"),
    ("null", "JSON object"),
    ("{", "JSON object"),
    ("[" * 4000, "JSON object"),
    ('{"level": NaN}', "JSON object"),
    ('{"level": 0, "level": 2}', "JSON object"),
    ({}, "level is missing"),
    ({**GOOD, "level": True}, "level must be a whole number"),
    ({**GOOD, "level": 1.0}, "level must be a whole number"),
    ({**GOOD, "level": "1"}, "level must be a whole number"),
    ({**GOOD, "level": -1}, "level must be from 0 to 2"),
    ({**GOOD, "level": 3}, "level must be from 0 to 2"),
    ({**GOOD, "lease_s": None}, "needs lease_s and generation"),
    ({"level": 1, "lease_s": 5}, "needs lease_s and generation"),
    ({**GOOD, "lease_s": True}, "lease_s must be a number"),
    ({**GOOD, "lease_s": "60"}, "lease_s must be a number"),
    ('{"level": 1, "generation": 1, "lease_s": 1e999}', "lease_s must be a number"),
    ({**GOOD, "lease_s": 0}, "lease_s must be above 0 and up to 600"),
    ({**GOOD, "lease_s": 600.1}, "lease_s must be above 0 and up to 600"),
    ({**GOOD, "lease_s": 10**400}, "lease_s must be above 0 and up to 600"),
    ({**GOOD, "generation": 7.0}, "generation must be a whole number"),
    ({**GOOD, "generation": -1}, "generation must be from 0"),
    ({**GOOD, "generation": MAX_GENERATION + 1}, "generation must be from 0"),
    ({**GOOD, "controller": ""}, "controller must be"),
    ({**GOOD, "controller": "x" * 65}, "controller must be"),
    ({**GOOD, "controller": "a b"}, "controller must be"),
    ({**GOOD, "controller": 3}, "controller must be"),
    ({**GOOD, "take_over": 1}, "take_over must be true or false"),
    ({**GOOD, "take_over": None}, "take_over must be true or false"),
    ({"level": 0, "urgent": 1}, "urgent must be true or false"),
    ({**GOOD, "urgent": True}, "Only a pause"),
    ({**GOOD, "command": "rm -rf /"}, "'command' is not known"),
]


@pytest.mark.parametrize(("body", "sentence"), BAD)
def test_what_makes_no_sense_is_told_in_a_sentence(body: Any, sentence: str) -> None:
    with pytest.raises(BadRequestError, match=sentence):
        parse(body)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
near_misses = st.fixed_dictionaries(
    {},
    optional={
        key: anything | st.just(good)
        for key, good in {**GOOD, "controller": "home", "take_over": True}.items()
    },
).map(json.dumps)


@given(st.binary() | anything.map(json.dumps).map(str.encode))
def test_bytes_at_random_are_never_a_command(body: bytes) -> None:
    with pytest.raises(BadRequestError):
        parse_command(body, levels=2)


@given(near_misses)
def test_whatever_is_accepted_is_within_its_limits(body: str) -> None:
    try:
        command = parse_command(body.encode(), levels=2)
    except BadRequestError:
        return
    assert command.level in (0, 1, 2)
    assert type(command.level) is int
    if command.level:
        assert command.lease_s is not None and 0 < command.lease_s <= 600
        assert command.generation is not None
        assert 0 <= command.generation <= MAX_GENERATION
