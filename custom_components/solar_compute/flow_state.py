"""What a worker flow knows, and what it is due to do: the arithmetic of patience.

No I/O and no Home Assistant, so that every case can be tried without a worker. The time
is always passed in, in seconds on the integration's clock.
"""

from math import inf

from .core.model import Reading, WorkerState
from .flow_view import FlowTiming, WorkerView
from .workers.base import MEASURED, Capabilities, WorkerStatus

RECONNECT_LONGEST_S = 60.0
SETTLING_POLL_S = 1.0

NO_WISH = "There was no decision for too long."


class FlowState:
    """Wish, last answer, and how often and how long ago things went wrong."""

    def __init__(
        self, *, timing: FlowTiming, capabilities: Capabilities, generation: int = 0
    ) -> None:
        """Know nothing yet."""
        self.timing = timing
        self.lease_s = capabilities.lease_s
        self._features = tuple(sorted(capabilities.features))
        self.generation = generation
        self.wish: int | None = None
        self.status: WorkerStatus | None = None
        self.under_way: int | None = None
        self.failures = 0
        self.obeying = True
        self.held = False
        self.take_over = False
        self.urgent = False
        self.hands_off = False
        self.detail = ""
        self._hurry = False
        self._wished_s = 0.0
        self._asked_s = inf
        self._answered_s = 0.0
        self._failed_s = 0.0
        self._sent_s: float | None = None
        self._retry_s: float | None = None
        self._tries = 0
        self._commanded = False
        self._confirmed = False
        self._in_doubt = False
        self._stands_for: int | None = None
        self._news: object = None

    def want(self, level: int, now_s: float, *, urgent: bool = False) -> bool:
        """Take a wish; tell whether something is to be done about it at once.

        A pause that has become urgent is a new wish until the worker stands still.
        """
        self._wished_s = now_s
        self.hands_off = False
        hurries = urgent and not self.urgent
        self.urgent = urgent
        if level != self.wish:
            self._hurry = False
        elif hurries and not self._stands_still:
            self._hurry = True
        else:
            return self.due(now_s) is not None
        self.wish = level
        self._commanded = self._confirmed = False
        self.retry_now()
        return True

    def expire(self, now_s: float) -> None:
        """Give up a wish to run that nobody has repeated in time."""
        if self.wish and now_s - self._wished_s > self.timing.hold_s:
            self.want(0, now_s)
            self.detail = NO_WISH

    @property
    def is_ours(self) -> bool:
        """Tell whether it runs, or may still run, because we wished it to."""
        return self.wish is not None and not (self.wish == 0 and self.is_paused)

    def let_go(self) -> None:
        """Wish nothing any more: it may do what others want."""
        self.wish = None
        self.hands_off = self.obeying = True

    def retry_now(self) -> None:
        """Wait no longer before the next command."""
        self._retry_s = None

    def due(self, now_s: float) -> int | None:
        """Return the level to command now, None where asking is all there is to do.

        After a failure the worker is asked first: it may have done anything meanwhile.
        What it changed by itself after it had obeyed is told to the decision first,
        which may want something else now.
        """
        if self.wish is None or self.status is None or self.failures:
            return None
        if self.take_over and self.status.held_by_other:
            return self.wish
        if self.matches and not self._hurry:
            return self.wish if self._renewal_due(now_s) else None
        if self._confirmed and self._wished_s <= self._answered_s:
            return None
        waiting = self._retry_s is not None and now_s < self._retry_s
        return None if waiting else self.wish

    def rest_s(self, now_s: float) -> float:
        """Return how long there is nothing to do, unless a new wish comes."""
        if self.failures:
            wait_s = min(RECONNECT_LONGEST_S, self.timing.back_off_s(self.failures))
            return max(0.0, self._failed_s + wait_s - now_s)
        if self.due(now_s) is not None:
            return 0.0
        if self.status is None or self.wish is None or self.matches:
            return self.timing.poll_s
        poll_s = min(self.timing.poll_s, SETTLING_POLL_S)
        if self._retry_s is None:
            return poll_s
        return min(poll_s, max(0.0, self._retry_s - now_s))

    def begin(self, command: int | None, now_s: float) -> None:
        """Note that a command is on its way, or (None) a question.

        Every command but a renewal gets a higher number, so that one which is late on
        its way cannot undo another that was sent after it.
        """
        self.under_way = command
        self._asked_s = min(self._asked_s, now_s)
        if command is None:
            return
        renews = self.matches and self._stands_for == command
        if not self.matches:
            # To be told what one does already leaves nothing in doubt.
            self._in_doubt = True
            self.obeying = self.obeying and self._tries < self.timing.issue_after_tries
            self._tries += 1
        if not renews:
            self.generation += 1
            self._stands_for = command
        self._commanded = True
        self._sent_s = now_s
        self._retry_s = now_s + self.timing.confirm_s + self._back_off_s()

    def answered(self, command: int | None, status: WorkerStatus, now_s: float) -> None:
        """Take what the worker said."""
        found_again = self.failures > 0
        self.failures = 0
        self.status = status
        self._answered_s = now_s
        if status.generation is not None and status.generation > self.generation:
            self.generation = status.generation
            self._stands_for = None
        if command is not None:
            self._in_doubt = self.held = self.take_over = self._hurry = False
        if found_again:
            self.retry_now()
        if found_again or command is not None or self.matches:
            self.detail = NO_WISH if self.detail == NO_WISH and not self.wish else ""
        if self._commanded and self.matches:
            self._confirmed = True
            self._tries = 0
            self.obeying = True
            self.retry_now()

    def refused(self, detail: str, now_s: float, *, held: bool = False) -> None:
        """Take a no: nothing has changed, and it will be tried again."""
        self._in_doubt = False
        self._stands_for = None
        self.detail = detail
        self.held = held
        self.obeying = self.obeying and self._tries < self.timing.issue_after_tries
        self._retry_s = now_s + self._back_off_s()

    def behind(self, generation: int, now_s: float) -> None:
        """Go on from the worker's own number, at once for the first time."""
        self.generation = max(self.generation, generation)
        self._in_doubt = False
        self._stands_for = None
        self._retry_s = None if self._tries <= 1 else now_s + self._back_off_s()

    def failed(self, detail: str, now_s: float) -> None:
        """Take that there was no answer: what the worker does is unknown."""
        self.failures += 1
        self._failed_s = now_s
        self.detail = detail

    def state(self, now_s: float) -> WorkerState:
        """Return what the worker does, as far as that is known.

        A short silence is not a loss. A command without an answer may have been
        carried out: what was paused is then no longer known to be.
        """
        silent_since_s = self._asked_s if self.status is None else self._answered_s
        if self.failures and now_s - silent_since_s > self.timing.lost_after_s:
            return WorkerState.LOST
        if self.status is None:
            return WorkerState.UNKNOWN
        if self._in_doubt and self.status.state is WorkerState.PAUSED:
            return WorkerState.STARTING if self.wish else WorkerState.UNKNOWN
        return self.status.state

    @property
    def _stands_still(self) -> bool:
        """Tell whether the worker has said that it is paused altogether."""
        return (
            self.is_paused
            and self.status is not None
            and self.status.state is WorkerState.PAUSED
        )

    @property
    def matches(self) -> bool:
        """Tell whether the worker has said that it does what is wished."""
        return (
            self.wish is not None
            and self.status is not None
            and not self._in_doubt
            and _does(self.status, self.wish)
        )

    @property
    def is_paused(self) -> bool:
        """Tell whether the worker has said that it is paused, or is not ours."""
        return (
            self.status is not None
            and not self._in_doubt
            and not self.failures
            and _does(self.status, 0)
        )

    def view(self, now_s: float) -> WorkerView:
        """Return what is known now."""
        state = self.state(now_s)
        status = self.status
        if status is None or state in (WorkerState.LOST, WorkerState.UNKNOWN):
            status = WorkerStatus(state=state)
        lease_s = status.lease_remaining_s
        silent_s = now_s - self._answered_s
        return WorkerView(
            state=state,
            level=None if self._in_doubt else status.level,
            power_w=status.power_w,
            power_source=status.power_source,
            power=Reading(status.power_w, self._answered_s - status.power_age_s)
            if status.power_source == MEASURED
            else None,
            commanded=self.wish or 0,
            obeying=self.obeying,
            has_lease=self.lease_s is not None,
            features=self._features,
            lease_remaining_s=None if lease_s is None else max(0.0, lease_s - silent_s),
            has_work=status.has_work,
            held_by_other=status.held_by_other,
            protected=status.protected,
            cause=status.cause,
            detail=self.detail or status.detail,
            progress=status.progress,
            checkpoint_age_s=status.checkpoint_age_s,
            pause_method=status.pause_method,
            project=status.project,
            finished=status.finished,
            asleep=status.asleep,
        )

    def is_news(self, now_s: float) -> bool:
        """Tell whether something changed that a decision or a person cares about."""
        status = self.status
        known = status and (
            status.level,
            status.has_work,
            status.cause,
            status.held_by_other,
            status.asleep,
        )
        news = (self.state(now_s), self._in_doubt, self.obeying, self.held, known)
        changed = news != self._news
        self._news = news
        return changed

    def _renewal_due(self, now_s: float) -> bool:
        """Only a wish that was repeated since the last command renews a lease."""
        if self.lease_s is None or not self.wish:
            return False
        if self._sent_s is None:
            return True
        third_s = self.lease_s / 3
        return self._wished_s > self._sent_s and now_s - self._sent_s >= third_s

    def _back_off_s(self) -> float:
        return self.timing.back_off_s(self._tries)


def _does(status: WorkerStatus, level: int) -> bool:
    """Tell whether a worker does what the level says; another's run is not ours to end."""
    if level == 0:
        return (
            status.level == 0
            or status.state is WorkerState.PAUSED
            or status.held_by_other
        )
    return status.level == level and status.state in (
        WorkerState.STARTING,
        WorkerState.RUNNING,
    )
