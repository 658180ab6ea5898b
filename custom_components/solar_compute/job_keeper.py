"""Keeps the jobs that people have submitted, and tells what becomes of them.

What is done for each follows from the ledger (`core.job_progress`); what that leads to
is decided in the core. A job that has ended, or that cannot be ready in time any more,
is told of by the event `solar_compute_job`.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN, EVENT_JOB
from .core.job import Job, JobBook, JobState, JobVerdict
from .core.job_progress import progressed
from .core.ledger import Ledger
from .core.model import Decision, Snapshot
from .job_facts import job_facts

MOST_OPEN = 20
"""How many open jobs a worker may have."""

FAILING = frozenset({JobVerdict.TOO_LATE, JobVerdict.TOO_DEAR})


class JobNews(StrEnum):
    """What the event tells of a job."""

    DONE = "done"
    MISSED = "missed"
    AT_RISK = "at_risk"
    """As things look now it will not be ready in time."""


class JobKeeper:
    """The jobs of one site."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        book: JobBook,
        *,
        changed: Callable[[], None],
    ) -> None:
        """Go on from what was stored, but for jobs of workers that were deleted.

        `changed` is called after a person's change.
        """
        self.book = book.of(entry.subentries)
        self._hass = hass
        self._entry = entry
        self._changed = changed
        self._failing: set[str] | None = None

    @property
    def open_jobs(self) -> tuple[Job, ...]:
        """All that are still to be done, by their deadline."""
        return self.book.open_jobs()

    @callback
    def submit(self, job: Job) -> None:
        """Take a job on."""
        self._replace((*self.book.jobs, job))

    @callback
    def cancel(self, keys: set[str]) -> None:
        """Forget open jobs."""
        self._replace(tuple(job for job in self.book.jobs if job.key not in keys))

    @callback
    def follow(
        self, snapshot: Snapshot, decision: Decision, before: Ledger, after: Ledger
    ) -> None:
        """Credit what was done between two states of the ledger, and tell the news."""
        self.book, ended = progressed(self.book, snapshot, decision, before, after)
        for job in ended:
            news = JobNews.DONE if job.state is JobState.DONE else JobNews.MISSED
            self._tell(job, news, snapshot)
        if self.open_jobs and not decision.jobs:
            # While a meter is silent nothing is known of any.
            return
        failing = {
            outlook.key for outlook in decision.jobs if outlook.verdict in FAILING
        }
        if self._failing is None:
            # What is known from before a restart is no news.
            self._failing = failing
        for job in self.open_jobs:
            if job.key in failing - self._failing:
                self._tell(job, JobNews.AT_RISK, snapshot)
        # Once is enough, however often prices and sun change their mind.
        self._failing = (self._failing | failing) & {job.key for job in self.open_jobs}

    def _replace(self, jobs: tuple[Job, ...]) -> None:
        self.book = JobBook(jobs=jobs, counted=self.book.counted)
        self._changed()

    def _tell(self, job: Job, news: JobNews, snapshot: Snapshot) -> None:
        device_id = dr.async_get_device_id_by_identifier(
            self._hass, (DOMAIN, job.worker), config_entry_id=self._entry.entry_id
        )
        self._hass.bus.async_fire(
            EVENT_JOB,
            {"type": news.value, "device_id": device_id, **job_facts(job, snapshot)},
        )
