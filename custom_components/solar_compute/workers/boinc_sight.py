"""What one visit to a BOINC client has seen, and what a waiting pause makes of it.

Values only. It must never talk to the client.
"""

from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from .boinc_state import Mode, Task


class PauseMethod(StrEnum):
    """How the client will pause its tasks, by its own preferences."""

    IN_MEMORY = "in_memory"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Saving:
    """A pause that waits for checkpoints: until when, and what each task has saved."""

    until_s: float
    saved: dict[str, float]

    def is_over(self, running: tuple[Task, ...]) -> bool:
        """Tell whether all that runs has been saved since, or there is no more time.

        A task that has begun since then has nothing to lose.
        """
        return monotonic() >= self.until_s or not any(
            task.checkpoint_cpu_s <= self.saved.get(task.name, -1.0) for task in running
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All that one visit has seen."""

    mode: Mode
    blocked: str | None
    tasks: tuple[Task, ...]
    level: int | None
    has_work: bool
    cause: str | None
    project: str | None
    pause_method: PauseMethod

    @property
    def running(self) -> tuple[Task, ...]:
        """The tasks that run; in the stops of a CPU limit they only seem not to."""
        held = self.mode.suspended or self.blocked
        return tuple(
            task
            for task in self.tasks
            if task.executing or (task.scheduled and not held)
        )

    @property
    def computes(self) -> bool:
        """Whether any task uses the CPU or GPU at this moment."""
        return any(task.executing for task in self.tasks)
