"""How much of a job's running time is not in a checkpoint yet.

Pure arithmetic: standard library only, no clock, no I/O. It counts time in which the job
was allowed to run, so that neither a pause nor a change of the wall clock ages a
checkpoint. The wall clock is asked once per checkpoint, at the moment that it is noticed,
and never believed beyond what the job has run since the one before.
"""


class Unsaved:
    """Counts one run of one job. It has no age until the job tells of a checkpoint."""

    def __init__(self) -> None:
        """Begin at the start of the job."""
        self._ran_s = 0.0
        self._told: float | None = None

    @property
    def age_s(self) -> float | None:
        """Return how long the job has run since its last checkpoint, if it tells."""
        return None if self._told is None else self._ran_s

    def ran(self, seconds: float) -> None:
        """Count time in which the job was allowed to run."""
        self._ran_s += seconds

    def told(self, checkpoint_at: float | None, wall_s: float) -> None:
        """Take what the job's status file says at the wall clock's `wall_s`.

        A job that went on from an old checkpoint tells of that one first: what it has
        done since it started is all that it could lose.
        """
        if checkpoint_at is None or checkpoint_at == self._told:
            return
        self._told = checkpoint_at
        self._ran_s = min(self._ran_s, max(0.0, wall_s - checkpoint_at))
