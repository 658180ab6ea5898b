"""The last decisions that changed something, for replay elsewhere. Values only."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from .core.ahead import Ahead
from .core.codec import to_json
from .core.knowledge import Knowledge
from .core.memory import Memory
from .core.model import Decision, Snapshot

KEPT = 50


@dataclass(frozen=True, slots=True)
class Record:
    """One decision, and all that went into it but the configuration."""

    snapshot: Snapshot
    memory: Memory
    ahead: Ahead
    decision: Decision


class Records:
    """The latest decision, and the last ones before it that changed something."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: deque[Record] = deque(maxlen=KEPT)
        self._latest: Record | None = None
        self._outcome: object = None

    def add(
        self, snapshot: Snapshot, memory: Memory, ahead: Ahead, decision: Decision
    ) -> None:
        """Take a decision; `memory` and `ahead` are those that it was made with."""
        self._latest = Record(snapshot, memory, ahead, decision)
        if (outcome := outcome_of(decision)) != self._outcome:
            self._outcome = outcome
            self._kept.append(self._latest)

    def as_json(self) -> list[dict[str, Any]]:
        """Return all of them, the latest last.

        What the past taught of switching is large and the same for a day: only the
        latest has it, and others learned before it theirs.
        """
        records = list(self._kept)
        if self._latest is not None and self._latest not in records[-1:]:
            records.append(self._latest)
        shared = None if self._latest is None else self._latest.ahead.knowledge
        return [
            to_json(record if record is self._latest else _without(record, shared))
            for record in records
        ]


def _without(record: Record, knowledge: Knowledge | None) -> Record:
    """Leave out what the latest record says already."""
    if record.ahead.knowledge is not knowledge:
        return record
    return replace(record, ahead=replace(record.ahead, knowledge=None))


def outcome_of(decision: Decision) -> object:
    """Return what a decision comes down to; equal outcomes are no news."""
    return (
        decision.state,
        decision.missing,
        tuple(
            (worker.key, worker.level, worker.reason.code)
            for worker in decision.workers
        ),
        tuple((guard.key, guard.tripped, guard.latched) for guard in decision.guards),
    )
