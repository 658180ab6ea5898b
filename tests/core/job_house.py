"""A house whose workers have jobs: the loop, with the ledger and the book of jobs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from custom_components.solar_compute.core.job import Job, JobBook, JobUnit
from custom_components.solar_compute.core.job_progress import progressed
from custom_components.solar_compute.core.ledger import Ledger, account
from custom_components.solar_compute.core.memory import HourMean, MeanDay, Memory
from custom_components.solar_compute.core.model import Decision
from custom_components.solar_compute.core.spec import SiteSpec

from .houses import CLOCK_S, IMPORT
from .loop import Loop

HOUR_S = 3600.0


def backup(ready_in_h: float, **changes: Any) -> Job:
    """Return two kilowatt-hours of backups, submitted now."""
    settings: dict[str, Any] = {
        "key": "backup",
        "worker": "cruncher",
        "name": "Backup",
        "amount": 2.0,
        "unit": JobUnit.KWH,
        "submitted_s": CLOCK_S,
        "ready_by_s": CLOCK_S + ready_in_h * HOUR_S,
    }
    return Job(**(settings | changes))


def mean_day(hour_value: Callable[[int], float]) -> MeanDay:
    """Return a day that was seen often enough: what each local hour is like."""
    return MeanDay(hours=tuple(HourMean(hour_value(hour), 7) for hour in range(24)))


def knowing(
    balance_w: Callable[[int], float], price: Callable[[int], float] | None = None
) -> Memory:
    """Return the memory of a house that knows its days."""
    if price is None:
        return Memory(mean_day=mean_day(balance_w))
    return Memory(mean_day=mean_day(balance_w), import_day=mean_day(price))


@dataclass(slots=True)
class JobHouse:
    """A house through time, by local hours: its balance, its price of import."""

    spec: SiteSpec
    jobs: tuple[Job, ...]
    balance_w: Callable[[float], float]
    price: Callable[[float], float] | None = None
    memory: Memory = field(default_factory=Memory)
    dt_s: float = 120.0
    finished: Callable[[float], float] | None = None
    loop: Loop = field(init=False)
    book: JobBook = field(init=False)
    ledger: Ledger = field(init=False, default_factory=Ledger)
    ended: list[Job] = field(init=False, default_factory=list)
    paid: list[tuple[float, float]] = field(init=False, default_factory=list)
    """When it ran for a job, and what the power cost per kWh."""

    def __post_init__(self) -> None:
        """Begin at noon."""
        self.book = JobBook(jobs=self.jobs)
        self.loop = Loop(
            spec=self.spec,
            balance_w=self.balance_w,
            memory=self.memory,
            dt_s=self.dt_s,
            site=self._site,
            inputs=self._inputs,
        )

    def _site(self, at_s: float) -> dict[str, Any]:
        price = {} if self.price is None else {"import_per_kwh": self.price(at_s)}
        return {"jobs": self.book.open_jobs(), **price}

    def _inputs(self, at_s: float) -> dict[str, dict[str, Any]]:
        if self.finished is None:
            return {}
        return {"cruncher": {"finished": self.finished(self.ran_s)}}

    @property
    def ran_s(self) -> float:
        """For how long the cruncher has run."""
        return self.ledger.worker("cruncher").run_s

    @property
    def cost(self) -> float:
        """What the power of all workers has cost."""
        return self.ledger.site().cost

    def run(self, hours: float) -> list[Decision]:
        """Let time pass."""
        ends_s = self.loop.at_s + hours * HOUR_S
        decisions = []
        while self.loop.at_s < ends_s:
            decision = self.loop.tick()
            at_s, snapshot, _ = self.loop.seen[-1]
            before = self.ledger
            self.ledger = account(before, self.spec, snapshot, decision, self.dt_s)
            self.book, ended = progressed(
                self.book, snapshot, decision, before, self.ledger
            )
            self.ended += ended
            decisions.append(decision)
            for worker in decision.workers:
                if worker.level and worker.judged and worker.judged.power_w:
                    per_kwh = worker.judged.supply / worker.judged.power_w * 1000
                    self.paid.append((at_s, per_kwh))
        return decisions

    def job(self, key: str = "backup") -> Job:
        """Return how far a job is."""
        return next(job for job in self.book.jobs if job.key == key)


def hour_of(at_s: float) -> float:
    """Return the local hour of the day, so many seconds after noon."""
    return (12 + at_s / HOUR_S) % 24


def night(at_s: float) -> float:
    """Return a tariff of two prices: 18 ct from ten to six, 30 ct by day."""
    return night_of(int(hour_of(at_s)))


def night_of(hour: int) -> float:
    """Return its price in an hour of the day."""
    return 0.18 if hour >= 22 or hour < 6 else IMPORT


def sun(at_s: float) -> float:
    """Return 1.5 kW of sun from ten to four, and 200 W of load otherwise."""
    return sun_of(int(hour_of(at_s)))


def sun_of(hour: int) -> float:
    """Return its balance in an hour of the day."""
    return 1500.0 if 10 <= hour < 16 else -200.0


def dark(_: float) -> float:
    """Return a day without sun."""
    return -200.0


def dark_of(_: int) -> float:
    """Return its balance in an hour of the day."""
    return -200.0
