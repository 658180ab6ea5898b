"""What really happened, by three witnesses: house, machine, kernel.

Adds up samples of the loop. It knows nothing of the integration, whose own figures are
held against these in `summary`. Pure.
"""

from dataclasses import dataclass, field

from .feed import Sample


@dataclass(slots=True)
class Record:
    """Sums over all samples. Times ending in `_real_s` are of this world.

    `cpu_s` is CPU time of the job while it was said to run, `cpu_paused_s` while it was
    said to be paused, which it was `pauses` times. `dark_s` is house time in which the
    sun did not even cover the home's own need, `dark_paused_s` the part of it in which
    the worker was paused.
    """

    house_s: float = 0.0
    real_s: float = 0.0
    run_s: float = 0.0
    run_real_s: float = 0.0
    share_real_s: float = 0.0
    paused_real_s: float = 0.0
    dark_s: float = 0.0
    dark_paused_s: float = 0.0
    sun_wh: float = 0.0
    battery_wh: float = 0.0
    grid_wh: float = 0.0
    starts: int = 0
    pauses: int = 0
    throttles: int = 0
    lease_expiries: int = 0
    service_silences: int = 0
    cpu_s: float = 0.0
    cpu_paused_s: float = 0.0
    _last: Sample | None = field(default=None)

    @property
    def worker_wh(self) -> float:
        """Return what the worker has drawn in the house."""
        return self.sun_wh + self.battery_wh + self.grid_wh

    def add(self, sample: Sample) -> None:
        """Take one more sample."""
        last, self._last = self._last, sample
        moment = sample.moment
        self.house_s += moment.seconds
        self.real_s += sample.real_s
        self.sun_wh += moment.from_sun_wh
        self.battery_wh += moment.from_battery_wh
        self.grid_wh += moment.from_grid_wh
        running, was_running = _runs(sample), last is not None and _runs(last)
        if running:
            self.run_s += moment.seconds
            self.run_real_s += sample.real_s
        if moment.surplus_w <= 0:
            self.dark_s += moment.seconds
            self.dark_paused_s += 0.0 if running else moment.seconds
        self.starts += running and not was_running
        self.pauses += was_running and not running
        self._compare(last, sample, steady=running == was_running)

    def _compare(self, last: Sample | None, sample: Sample, *, steady: bool) -> None:
        if last is None:
            return
        if sample.status is None or last.status is None:
            self.service_silences += sample.status is None and last.status is not None
            return
        levels = last.status["level"], sample.status["level"]
        self.throttles += levels[0] != levels[1] and min(levels) > 0
        causes = last.status["cause"], sample.status["cause"]
        self.lease_expiries += causes[0] != causes[1] == "lease_expired"
        cpu_s = max(0.0, sample.cpu_s - last.cpu_s)
        if _runs(sample) or not steady:
            self.cpu_s += cpu_s
        else:
            self.paused_real_s += sample.real_s
            self.cpu_paused_s += cpu_s


def _runs(sample: Sample) -> bool:
    return sample.status is not None and sample.status["state"] == "running"
