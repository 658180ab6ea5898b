"""The last decisions that changed something, for replay elsewhere. Values only."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from .core.ahead import Ahead
from .core.codec import to_json
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
        """Return all of them, the latest last."""
        records = list(self._kept)
        if self._latest is not None and self._latest not in records[-1:]:
            records.append(self._latest)
        return [to_json(record) for record in records]


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
