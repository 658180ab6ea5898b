"""How patient a worker flow is, and what it shows of its worker. Values only."""

from dataclasses import dataclass

from .configured import Configuration
from .core.model import Reading, WorkerState
from .workers.base import Feature


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTiming:
    """How patient a flow is.

    `poll_s`: a worker is asked this often. `confirm_s`: a command may take this long to
    show; then it is sent again after a wait that doubles from `retry_first_s` to
    `retry_longest_s`. `lost_after_s`: a worker that has not answered for so long is
    lost. `hold_s`: a wish to run that is not repeated for so long is given up.
    """

    poll_s: float = 5.0
    confirm_s: float = 15.0
    retry_first_s: float = 5.0
    retry_longest_s: float = 300.0
    issue_after_tries: int = 3
    lost_after_s: float = 30.0
    hold_s: float = 30.0

    @classmethod
    def of(cls, configuration: Configuration) -> FlowTiming:
        """Derive it from the site's options."""
        return cls(
            poll_s=configuration.tick_s / 2,
            confirm_s=configuration.command_timeout_s,
            retry_first_s=configuration.retry_first_s,
            retry_longest_s=configuration.retry_longest_s,
            issue_after_tries=configuration.issue_after_tries,
            # One request that hangs must not lose a worker: its lease lasts longer.
            lost_after_s=2 * configuration.command_timeout_s,
            hold_s=max(10.0, 3 * configuration.tick_s),
        )

    def back_off_s(self, times: int) -> float:
        """Return how long to wait after the given number of failures."""
        doubled: float = self.retry_first_s * 2 ** min(max(times - 1, 0), 16)
        return min(self.retry_longest_s, doubled)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerView:
    """What is known of one worker, for decisions and for entities.

    `level` is None while it is not known. `commanded` is the level that it was last
    wished to have. `obeying` is False once several commands in a row were in vain.
    `power` is a power that was observed, `power_w` any power that the worker states.
    `detail` is the last error, else what the worker says of itself.
    """

    state: WorkerState = WorkerState.UNKNOWN
    level: int | None = None
    power_w: float | None = None
    power_source: str | None = None
    power: Reading | None = None
    commanded: int = 0
    obeying: bool = True
    has_lease: bool = False
    features: tuple[Feature, ...] = ()
    lease_remaining_s: float | None = None
    has_work: bool = True
    held_by_other: bool = False
    protected: bool = False
    cause: str | None = None
    detail: str = ""
    progress: float | None = None
    finished: float | None = None
    checkpoint_age_s: float | None = None
    pause_method: str | None = None
    project: str | None = None
    asleep: bool = False
