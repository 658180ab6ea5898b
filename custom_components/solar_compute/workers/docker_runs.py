"""What is remembered of a container's runs, to tell an end of work from a pause.

An engine does not say why a container has ended. No I/O; what is remembered is lost when
Home Assistant restarts, so what ended unseen gets the benefit of the doubt, once.
"""

from time import monotonic

from .docker_state import KILLED, Condition, Container

STOP_MARGIN_S = 10.0
"""What an engine may need beyond the time that it gives a container to end."""


class Runs:
    """The last run of a container that was seen, and the last that we ended."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._seen: str | None = None
        self._stopped: str | None = None
        self._stops_until_s = 0.0

    def note(self, container: Container) -> None:
        """Take note of a container that was looked at."""
        if not container.condition.is_over:
            self._seen = container.run

    def stop(self, container: Container, grace_s: float) -> None:
        """Take note that we have it end, and how long that may take."""
        self._stopped = container.run
        self._stops_until_s = monotonic() + grace_s + STOP_MARGIN_S

    def take_back(self) -> None:
        """Take note that the engine would not have it end."""
        self._stopped = None

    def is_stopping(self, container: Container) -> bool:
        """Tell whether it is about to end; Docker calls it running until it has."""
        if container.condition is Condition.STOPPING:
            return True
        return container.run == self._stopped and monotonic() < self._stops_until_s

    def work(self, container: Container, *, may_start: bool) -> tuple[bool, str | None]:
        """Tell whether it has something to compute, and a word for why it has ended.

        `may_start`: it may be started at all. Then one that was stopped by us, killed
        from outside or never started has work, and one that ended by itself has none.
        """
        if not container.condition.is_over:
            restarts = container.condition is Condition.RESTARTING
            return True, "restarting" if restarts else None
        if container.condition is not Condition.EXITED:
            is_new = container.condition is Condition.CREATED
            return may_start and is_new, container.condition.value
        if container.run == self._stopped:
            return True, "stopped"
        if container.out_of_memory:
            return False, "out_of_memory"
        if container.exit_code in KILLED:
            return may_start, "killed"
        ended = "failed" if container.exit_code else "finished"
        return may_start and container.run != self._seen, ended
