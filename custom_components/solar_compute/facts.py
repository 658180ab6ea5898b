"""What is known of the home and of everything in it, for the eyes of entities.

Facts look things up in the loop's last data. May import frozen values only; they must
never measure or decide anything.
"""

from dataclasses import dataclass

from .configured import WorkerConfig
from .configured_heat import SinkConfig
from .core.job import Job
from .core.learned import Learned
from .core.ledger import Period, SinkAccount, WorkerAccount
from .core.memory import PowerMean
from .core.model import HeatPrice, SinkState, WorkerDecision, Worth
from .core.spec import SiteSpec, WorkerSpec
from .core.worth import as_valued
from .flow_view import WorkerView
from .plan_view import PlanView
from .site_data import SiteData


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What is known of the home: how it is configured and the last data."""

    spec: SiteSpec
    data: SiteData

    @property
    def plan(self) -> PlanView:
        """The plan of the next hours, and what it rests on."""
        return self.data.plan

    @property
    def learned(self) -> Learned:
        """What the past of the home has taught."""
        return self.data.known.learned

    @property
    def now_s(self) -> float:
        """The wall time of the last data, in Unix seconds."""
        return self.data.snapshot.local.timestamp()

    def valued(self, worker: WorkerSpec) -> WorkerSpec:
        """Return a worker with the value of its results that holds now."""
        inputs = self.data.snapshot.workers
        value = next(
            (each.value_per_kwh for each in inputs if each.key == worker.key), None
        )
        return as_valued(worker, value)

    def account(self, period: Period = Period.TOTAL) -> WorkerAccount:
        """Return the counters of all workers together."""
        return self.data.ledger.site(period)

    def imagined(self, period: Period = Period.TOTAL) -> WorkerAccount:
        """Return the same of what shadow mode would have done."""
        return self.data.shadow_ledger.site(period)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFacts:
    """What is known of one worker: the home's facts seen from there."""

    config: WorkerConfig
    site: SiteFacts

    @property
    def decision(self) -> WorkerDecision | None:
        """What was decided for it; None before its first decision."""
        return self.site.data.decision.load(self.config.key)

    @property
    def judged(self) -> Worth | None:
        """Worth of its level, or while paused of the best permitted one."""
        return None if self.decision is None else self.decision.judged

    @property
    def view(self) -> WorkerView | None:
        """What its back-end says; None until it was asked."""
        return self.site.data.flows.get(self.config.key)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Its jobs, also those that ended not long ago."""
        return tuple(
            job for job in self.site.data.jobs if job.worker == self.config.key
        )

    @property
    def powers(self) -> PowerMean | None:
        """What was seen of the power of its levels; None: nothing."""
        return self.site.data.known.powers.get(self.config.key)

    def account(self, period: Period = Period.TOTAL) -> WorkerAccount:
        """Return its counters; all 0 for a worker that has none yet."""
        return self.site.data.ledger.worker(self.config.key, period)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkFacts:
    """What is known of one tank or room: the home's facts seen from there."""

    config: SinkConfig
    site: SiteFacts

    @property
    def state(self) -> SinkState | None:
        """How it is now; None before its first decision."""
        return self.site.data.decision.sink(self.config.key)

    @property
    def price(self) -> HeatPrice | None:
        """What heat is worth in it; None while its temperature is unknown."""
        return self.site.data.decision.heat_of(self.config.key)

    def account(self, period: Period = Period.TOTAL) -> SinkAccount:
        """Return its counters; all 0 for one that has none yet."""
        return self.site.data.ledger.sink(self.config.key, period)
