"""The plan as calendars: one of the home, with all workers, and one of every worker.

An event is a run: what it will draw on the mean, what it is expected to bring, and the
jobs that it is for. It is a plan and no promise: decisions go by what the meters say.
"""

from datetime import datetime
from typing import override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from . import SolarComputeConfigEntry
from .configured import WorkerConfig
from .coordinator import SolarComputeCoordinator
from .core.plan import PlannedWindow
from .entity import SiteEntity, SolarComputeEntity, WorkerEntity

PARALLEL_UPDATES = 0

PLAN = CalendarEntityDescription(key="plan", translation_key="plan")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendars of the home and of its workers."""
    coordinator = entry.runtime_data
    async_add_entities([SitePlan(coordinator, PLAN)])
    for worker in coordinator.configuration.workers:
        async_add_entities(
            [WorkerPlan(coordinator, PLAN, worker)], config_subentry_id=worker.key
        )


class _PlanCalendar(SolarComputeEntity, CalendarEntity):
    """What is planned, of one worker or of all."""

    entity_description: CalendarEntityDescription
    _worker: str | None = None
    _shown: tuple[bool, CalendarEvent | None] | None = None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the run that is planned for now, or the next one."""
        if not self.available:
            return None
        now_s = dt_util.utcnow().timestamp()
        windows = self._site.plan.windows(self._worker)
        return next((self._event(w) for w in windows if w.end_s > now_s), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return all planned runs that touch a time."""
        if not self.available:
            return []
        start_s, end_s = start_date.timestamp(), end_date.timestamp()
        return [
            self._event(window)
            for window in self._site.plan.windows(self._worker)
            if window.end_s > start_s and window.start_s < end_s
        ]

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show another event at once, and nothing while it is the same."""
        shown = self.available, self.event
        if shown != self._shown:
            self._shown = shown
            super()._handle_coordinator_update()

    def _event(self, window: PlannedWindow) -> CalendarEvent:
        """Return a run as an event; what it says is figures and names, and no words."""
        names = {item.key: item.name for item in self.coordinator.configuration.loads}
        currency = self.coordinator.hass.config.currency
        power_w = window.energy_wh * 3600 / max(window.end_s - window.start_s, 1.0)
        return CalendarEvent(
            start=dt_util.as_local(dt_util.utc_from_timestamp(window.start_s)),
            end=dt_util.as_local(dt_util.utc_from_timestamp(window.end_s)),
            summary=": ".join(
                filter(None, (names.get(window.worker), self._jobs(window)))
            ),
            description=f"{power_w:.0f} W · {window.energy_wh / 1000:.2f} kWh · "
            f"{window.value:+.2f} {currency}",
            uid=f"{window.worker}-{window.start_s:.0f}",
        )

    def _jobs(self, window: PlannedWindow) -> str:
        """Return the names of the jobs that a run is for."""
        jobs = self.coordinator.jobs.book.jobs
        return ", ".join(job.name for job in jobs if job.key in window.jobs)


class SitePlan(SiteEntity, _PlanCalendar):
    """What is planned of all workers."""


class WorkerPlan(WorkerEntity, _PlanCalendar):
    """What is planned of one worker."""

    def __init__(
        self,
        coordinator: SolarComputeCoordinator,
        description: CalendarEntityDescription,
        config: WorkerConfig,
    ) -> None:
        """Show that worker's runs only."""
        super().__init__(coordinator, description, config)
        self._worker = config.key
