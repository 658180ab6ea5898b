"""When what the loop knows is shown: news at once, mere numbers now and then.

What workers do, and what a person has set, is news along with its numbers. A reason
alone is not: on the edge of being worth it, it may change at every report of a noisy
meter. No clock in here; `clock_s` is passed in.
"""


class Rhythm:
    """What was shown last, and when."""

    def __init__(self, publish_s: float, clock_s: float) -> None:
        """Show numbers every `publish_s` seconds at most, from `clock_s` on."""
        self.numbers_due = True
        self._publish_s = publish_s
        self._shown_s = clock_s
        self._done: object = None
        self._reasons: object = None

    def hurry(self) -> None:
        """Show everything the next time."""
        self._done = None

    def is_time(self, clock_s: float, done: object, reasons: object) -> bool:
        """Tell whether to show something now; `numbers_due`: also numbers."""
        elapsed_s = clock_s - self._shown_s
        self.numbers_due = done != self._done or elapsed_s >= self._publish_s
        if not self.numbers_due and reasons == self._reasons:
            return False
        self._done, self._reasons = done, reasons
        if self.numbers_due:
            self._shown_s = clock_s
        return True
