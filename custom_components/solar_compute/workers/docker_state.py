"""What Docker or Podman says of a container, as values.

Made from the answer to `GET /containers/{name}/json`; no I/O. It must never believe an
answer that lacks what a decision rests on, or contradicts itself: that raises
`WorkerUnreachable`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from .answers import senseless

LABEL: Final = "solar-compute"
LABEL_VALUE: Final = "true"
"""A container without this label is not ours to touch."""

KILLED: Final = frozenset({137, 143, 255})
"""Exit codes of SIGKILL, SIGTERM and of what was lost with its machine: no end of work."""


class Condition(StrEnum):
    """What a container does, in Docker's words, and one of Podman's (stopping)."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    REMOVING = "removing"
    EXITED = "exited"
    DEAD = "dead"

    @property
    def is_over(self) -> bool:
        """Whether no process of it is left, and none comes back by itself."""
        return self in _OVER


_OVER = frozenset(
    {Condition.CREATED, Condition.REMOVING, Condition.EXITED, Condition.DEAD}
)
_OF_PODMAN = {
    "configured": Condition.CREATED,
    "initialized": Condition.CREATED,
    "stopped": Condition.EXITED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container, as its engine describes it.

    `run` tells one start from the next. `cpus` is its CPU limit as a number of CPUs, 0
    for none. `stop_s`: how long its engine waits before it kills what will not stop.
    """

    id: str
    name: str
    is_ours: bool
    condition: Condition
    run: str
    exit_code: int
    out_of_memory: bool
    cpus: float
    stop_s: float

    @classmethod
    def read(cls, answer: Any) -> Self:
        """Read the answer to an inspection."""
        config = _part(answer, "Config")
        state = _part(answer, "State")
        labels = config.get("Labels") or {}
        condition = _condition(state)
        if condition.is_over and (state.get("Running") or state.get("Pid")):
            raise senseless(f"{condition}, and yet it has a process")
        return cls(
            id=_text(answer, "Id"),
            name=_text(answer, "Name").removeprefix("/"),
            is_ours=isinstance(labels, dict) and labels.get(LABEL) == LABEL_VALUE,
            condition=condition,
            run=f"{_text(answer, 'Id')} {_text(state, 'StartedAt')}",
            exit_code=_whole(state, "ExitCode"),
            out_of_memory=state.get("OOMKilled") is True,
            cpus=_whole(_part(answer, "HostConfig"), "NanoCpus") / 1e9,
            stop_s=float(_whole(config, "StopTimeout") or 10),
        )


def _condition(state: Mapping[str, Any]) -> Condition:
    text = _text(state, "Status")
    try:
        condition = _OF_PODMAN.get(text) or Condition(text)
    except ValueError as err:
        raise senseless(f"{text[:40]!r} is no state of a container") from err
    if (condition is Condition.PAUSED) is not (state.get("Paused") is True):
        raise senseless(f"{condition}, and yet paused is {state.get('Paused')!s:.20}")
    return condition


def _part(answer: Any, key: str) -> Mapping[str, Any]:
    part = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(part, dict):
        raise senseless(f"it has no {key}")
    return part


def _text(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    if not isinstance(value, str) or not value:
        raise senseless(f"it has no {key}")
    return value


def _whole(answer: Mapping[str, Any], key: str) -> int:
    """Return a whole number that may be left out where it is 0."""
    value = answer.get(key) or 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise senseless(f"{key} is not a whole number")
    return value
