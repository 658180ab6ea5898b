"""Frozen core values as JSON and back, for replay, diagnostics and the store.

Dataclasses become objects, tuples lists, enums their value and datetimes ISO
text with offset. Standard library only; knows no particular class.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
import types
from typing import Any, Union, get_args, get_origin, get_type_hints


def to_json(value: Any) -> Any:
    """Return `value` as plain JSON types.

    Raises:
        TypeError: for a type that is not part of the core's vocabulary.
    """
    if value is None or isinstance(value, bool | int | float) or type(value) is str:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if is_dataclass(value):
        return {
            field.name: to_json(getattr(value, field.name)) for field in fields(value)
        }
    raise TypeError(f"{type(value).__name__} has no JSON form")


def from_json[T](cls: type[T], data: Any) -> T:
    """Return the value of type `cls` that `to_json` wrote as `data`.

    Unknown keys are ignored and missing ones take the field's default, so that
    data written by another minor version can be read.

    Raises:
        TypeError, ValueError, KeyError: where `data` does not fit `cls`.
    """
    decoded: T = _decode(cls, data)
    return decoded


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _decode(hint: Any, data: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _decode_union(args, data)
    if origin is tuple:
        if not isinstance(data, list):
            raise TypeError(f"expected a list, got {type(data).__name__}")
        return tuple(_decode(args[0], item) for item in data)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(data, dict):
            raise TypeError(f"expected an object, got {type(data).__name__}")
        return {key: _decode(args[1], item) for key, item in data.items()}
    if is_dataclass(hint):
        return _decode_object(hint, data)
    if hint is datetime:
        return datetime.fromisoformat(data)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(data)
    return _decode_plain(hint, data)


def _decode_object(cls: Any, data: Any) -> Any:
    if not isinstance(data, dict):
        raise TypeError(f"expected an object, got {type(data).__name__}")
    hints = _hints(cls)
    return cls(
        **{key: _decode(hints[key], item) for key, item in data.items() if key in hints}
    )


def _decode_union(args: tuple[Any, ...], data: Any) -> Any:
    if data is None and types.NoneType in args:
        return None
    for option in args:
        if option is types.NoneType:
            continue
        try:
            return _decode(option, data)
        except TypeError:
            continue
    raise TypeError(f"{data!r} fits none of {args}")


def _decode_plain(hint: Any, data: Any) -> Any:
    if hint is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, hint) or (hint is int and isinstance(data, bool)):
        raise TypeError(f"expected {hint.__name__}, got {type(data).__name__}")
    return data
