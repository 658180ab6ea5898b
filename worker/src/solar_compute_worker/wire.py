"""Reads a command from the body of a request, strictly.

Pure: bytes in, a Command or a sentence out. It must never let a value through whose type
or range the API does not name.
"""

import json
import math
import re
from typing import Any, NoReturn

from .lease import MAX_GENERATION, MAX_LEASE_S, Command

_KEYS = ("level", "lease_s", "generation", "controller", "take_over", "urgent")
_CONTROLLER = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class BadRequestError(Exception):
    """A request that makes no sense; the message is a sentence."""


def parse_command(body: bytes, levels: int) -> Command:
    """Return the command in a body, for a worker with so many levels.

    Raises BadRequestError.
    """
    data = _object(body)
    if unknown := sorted(set(data) - set(_KEYS)):
        raise BadRequestError(f"The key {unknown[0]!r} is not known.")
    level = _integer(data, "level", levels)
    if level is None:
        raise BadRequestError("level is missing.")
    lease_s = data.get("lease_s")
    if lease_s is not None and not _is_number(lease_s):
        raise BadRequestError("lease_s must be a number.")
    generation = _integer(data, "generation", MAX_GENERATION)
    if level > 0:
        if lease_s is None or generation is None:
            raise BadRequestError("A level above 0 needs lease_s and generation.")
        if not 0 < lease_s <= MAX_LEASE_S:
            raise BadRequestError(f"lease_s must be above 0 and up to {MAX_LEASE_S:g}.")
    controller = data.get("controller")
    if controller is not None and not (
        isinstance(controller, str) and _CONTROLLER.fullmatch(controller)
    ):
        raise BadRequestError(
            "controller must be 1 to 64 letters, digits or any of . _ : -"
        )
    take_over = _flag(data, "take_over")
    urgent = _flag(data, "urgent")
    if urgent and level > 0:
        raise BadRequestError("Only a pause (level 0) can be urgent.")
    return Command(level, lease_s, generation, controller, take_over, urgent)


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(
            body, parse_constant=_refuse_constant, object_pairs_hook=_unique
        )
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The body must be a JSON object.") from error
    if not isinstance(data, dict):
        raise BadRequestError("The body must be a JSON object.")
    return data


def _flag(data: dict[str, Any], key: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise BadRequestError(f"{key} must be true or false.")
    return value


def _integer(data: dict[str, Any], key: str, high: int) -> int | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequestError(f"{key} must be a whole number.")
    if not 0 <= value <= high:
        raise BadRequestError(f"{key} must be from 0 to {high}.")
    return value


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key appears twice")
    return data
