"""What a Folding@home client says of itself, and what that means for one group.

The client sends one tree of everything, then each change to it as a path with a new
value at its end. Values only: no I/O. What makes no sense raises `WorkerUnreachable`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
import re
from typing import Any

from .base import WorkerMismatch, WorkerUnreachable

type Tree = dict[str, Any]

OLDEST = (8, 4)
"""Only from this version on it was seen that a unit tells whether its core runs."""

MAX_WORDS = 200

_BRANCHES = ("info", "groups", "units")
_PAUSED = "Paused"
_APPEND, _EXTEND = -1, -2
_COMING = frozenset({"ASSIGN", "DOWNLOAD", "CORE"})
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "y": 365 * 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A work unit.

    `computes`: its core runs, maybe only until it has ended. `coming`: it has not begun,
    and will by itself. `waits_s`: its next try to get one is so far off. `held` is the
    client's reason for not letting it run. `eta_s`, `ppd` and `progress` are the
    client's estimates, None where it makes none.
    """

    computes: bool
    coming: bool
    waits_s: float
    held: str | None
    progress: float | None
    eta_s: float | None
    ppd: float | None
    project: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One resource group.

    `finishes`: it ends the units that it has, and pauses then. `failure`: it has paused
    itself. `has_resources`: it may use a CPU or GPU. `on_battery`: it waits for the
    machine's power supply.
    """

    paused: bool
    finishes: bool
    failure: str | None
    has_resources: bool
    on_battery: bool
    units: tuple[Unit, ...]

    @property
    def computing(self) -> tuple[Unit, ...]:
        """The units whose core runs."""
        return tuple(unit for unit in self.units if unit.computes)

    @property
    def held(self) -> list[str]:
        """Why its units do not run, but for a pause: they show that too long."""
        reasons = (unit.held for unit in self.units)
        return [held for held in reasons if held and held != _PAUSED]

    @property
    def waits_s(self) -> float:
        """How long there will be no unit, in s, as every try to get one has failed."""
        if not all(unit.coming for unit in self.units):
            return 0.0
        return min((unit.waits_s for unit in self.units), default=0.0)

    @property
    def eta_s(self) -> float | None:
        """When the last unit will be done, in s; None where that is not known."""
        if any(unit.coming for unit in self.units):
            return None
        etas = [unit.eta_s for unit in self.computing]
        known = [eta_s for eta_s in etas if eta_s is not None]
        return max(known) if known and len(known) == len(etas) else None


def change(tree: Tree, path: list[Any]) -> None:
    """Make one change to the tree: a path of keys, and the value at its end."""
    *keys, last, value = path
    if path[0] not in _BRANCHES:
        return
    try:
        branch: Any = tree
        for key in keys:
            branch = _inside(branch, key)
        _put(branch, last, value)
    except (IndexError, KeyError, TypeError) as err:
        raise senseless("a change of what it never told") from err


def groups_of(tree: Tree) -> dict[str, Any]:
    """Return the client's groups by name; the default one is named "".

    Raises `WorkerMismatch` for a client that is too old.
    """
    version = _words(_mapping(tree.get("info")).get("version")) or ""
    numbers = re.match(r"(\d{1,9})\.(\d{1,9})", version)
    if numbers is None:
        raise senseless("it does not tell its version")
    if tuple(map(int, numbers.groups())) < OLDEST:
        raise WorkerMismatch(
            f"the Folding@home client is {version[:20]},"
            f" it must be {'.'.join(map(str, OLDEST))} or newer"
        )
    return _mapping(tree.get("groups"))


def look_at(tree: Tree, name: str, now: datetime) -> Sight:
    """Return what the tree says of the group of this name."""
    groups = groups_of(tree)
    if name not in groups:
        raise WorkerUnreachable(f"the client has no resource group “{name}”")
    group = _mapping(groups[name])
    config = _mapping(group.get("config"))
    units = tree.get("units", [])
    if not isinstance(units, list):
        raise senseless("its units are no list")
    paused, finishes = config.get("paused"), config.get("finish", False)
    if not isinstance(paused, bool) or not isinstance(finishes, bool):
        raise senseless("it does not tell whether it is paused")
    own = [unit for unit in map(_mapping, units) if _group_of(unit, groups) == name]
    info = _mapping(tree.get("info"))
    return Sight(
        paused=paused,
        finishes=finishes,
        failure=_words(group.get("failed")),
        has_resources=_has_resources(config),
        on_battery=info.get("on_battery") is True and config.get("on_battery") is False,
        units=tuple(_unit(unit, now) for unit in own),
    )


def seconds_of(text: Any) -> float | None:
    """Return a span such as "14h 24m" or a number of seconds, None for all else."""
    if (number := _number(text)) is not None:
        return number
    parts = re.findall(r"(\d+(?:\.\d+)?) ?([smhdy])", text if _words(text) else "")
    whole = " ".join(f"{number}{unit}" for number, unit in parts)
    if not parts or whole != re.sub(r"(?<=\d) (?=[a-z])", "", text.strip()):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of what is known; None if nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def senseless(what: str) -> WorkerUnreachable:
    """Return the error for an answer that makes no sense."""
    return WorkerUnreachable(f"it does not speak like a Folding@home client: {what}")


def _inside(branch: Any, key: Any) -> Any:
    if isinstance(branch, dict) and isinstance(key, str):
        return branch.setdefault(key, {})
    if isinstance(branch, list) and isinstance(key, int) and key >= 0:
        return branch[key]
    raise KeyError(key)


def _put(branch: Any, key: Any, value: Any) -> None:
    """Put a value where it belongs; None takes away what is there."""
    if isinstance(branch, dict) and isinstance(key, str):
        branch[key] = value
        if value is None:
            del branch[key]
    elif not isinstance(branch, list) or not isinstance(key, int):
        raise KeyError(key)
    elif key == _APPEND or (key == len(branch) and value is not None):
        branch.append(value)
    elif key == _EXTEND:
        branch.extend(value)
    elif key < 0:
        raise KeyError(key)
    elif value is None:
        del branch[key]
    else:
        branch[key] = value


def _group_of(unit: Mapping[str, Any], groups: Mapping[str, Any]) -> str:
    """Return whose unit it is; those of a deleted group go to the default one."""
    group = unit.get("group")
    return group if isinstance(group, str) and group in groups else ""


def _has_resources(config: Mapping[str, Any]) -> bool:
    cpus = _number(config.get("cpus"))
    gpus = _mapping(config.get("gpus", {})).values()
    # A client that tells neither is not known to have none.
    return (
        bool(cpus)
        or "cpus" not in config
        or any(isinstance(gpu, dict) and gpu.get("enabled") is True for gpu in gpus)
    )


def _unit(unit: Mapping[str, Any], now: datetime) -> Unit:
    state = unit.get("state")
    if not isinstance(state, str):
        raise senseless("a unit does not tell its state")
    held = _words(unit.get("pause_reason"))
    # A core that is being ended still has a start; one that is not held may start now.
    runs = state == "RUN" and ("start_time" in unit or held is None)
    return Unit(
        computes=runs,
        coming=state in _COMING,
        waits_s=_waits_s(unit, now) if state == "ASSIGN" else 0.0,
        held=held,
        progress=_share(unit.get("wu_progress")),
        eta_s=seconds_of(unit.get("eta")),
        ppd=_number(unit.get("ppd")),
        project=_project(unit),
    )


def _waits_s(unit: Mapping[str, Any], now: datetime) -> float:
    """Return how long it waits, by its clock or by its own delay, whichever is less."""
    delay_s = _number(unit.get("delay")) or 0.0
    try:
        until = datetime.fromisoformat(str(unit.get("wait")))
        left_s = (until - now).total_seconds()
    except TypeError, ValueError:
        return 0.0
    return max(0.0, min(left_s, delay_s))


def _project(unit: Mapping[str, Any]) -> str | None:
    assignment = unit.get("assignment")
    number = assignment.get("project") if isinstance(assignment, dict) else None
    if assignment is None or not isinstance(number, int):
        return None
    server = _words(assignment.get("ws"))
    return f"{number} ({server})" if server else str(number)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise senseless("something else was expected")
    return value


def _words(value: Any) -> str | None:
    return value[:MAX_WORDS] if isinstance(value, str) and value.strip() else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) and value >= 0 else None
    except OverflowError:
        return None


def _share(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and number <= 1 else None
