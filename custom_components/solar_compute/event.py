"""What happens to workers, as events with the reason, for automations and the logbook.

An event entity shows the last one of each worker; it is told by what the loop and the
jobs say, and decides nothing.
"""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from . import SolarComputeConfigEntry
from .activity import Activity, Sight, compared_next, news, sight
from .const import ACTIVITY, EVENT_JOB
from .entity import WorkerEntity
from .job_keeper import JobNews

PARALLEL_UPDATES = 0

DESCRIPTION = EventEntityDescription(
    key=ACTIVITY,
    translation_key=ACTIVITY,
    event_types=[activity.value for activity in Activity],
)
JOB_ACTIVITIES = {
    JobNews.DONE: Activity.JOB_DONE,
    JobNews.MISSED: Activity.JOB_MISSED,
    JobNews.AT_RISK: Activity.JOB_AT_RISK,
}
NOT_TOLD_TWICE = ("type", "device_id")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entity of every worker."""
    coordinator = entry.runtime_data
    for worker in coordinator.configuration.workers:
        async_add_entities(
            [WorkerActivity(coordinator, DESCRIPTION, worker)],
            config_subentry_id=worker.key,
        )


class WorkerActivity(WorkerEntity, EventEntity):
    """What happened to a worker last."""

    entity_description: EventEntityDescription
    _before: Sight | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the loop and to what becomes of jobs."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.hass.bus.async_listen(EVENT_JOB, self._tell_of_job, self._is_own)
        )

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Tell what happened since the last look; a first look is no news."""
        if self.available:
            before, now, now_s = self._before, sight(self.facts), self.facts.site.now_s
            told = () if before is None else news(before, now, now_s)
            self._before = compared_next(before, now, told, now_s)
            for activity in told:
                self._tell(activity, self._why(activity))
        # Also shows that it has become unavailable, or is there again.
        self.async_write_ha_state()

    @callback
    def _is_own(self, data: Any) -> bool:
        entry = self.registry_entry
        return entry is not None and data["device_id"] == entry.device_id

    @callback
    def _tell_of_job(self, event: Event) -> None:
        told = {key: event.data[key] for key in event.data if key not in NOT_TOLD_TWICE}
        self._tell(JOB_ACTIVITIES[JobNews(event.data["type"])], told)

    def _tell(self, activity: Activity, attributes: dict[str, Any]) -> None:
        self._trigger_event(activity.value, attributes)
        self.async_write_ha_state()

    def _why(self, activity: Activity) -> dict[str, Any]:
        """Return the reason of now, or when it starts next by a plan that changed.

        In shadow mode others switch it, for reasons of their own.
        """
        if activity is Activity.PLAN_CHANGED:
            start_s = None if self._before is None else self._before.next_start_s
            start = None if start_s is None else dt_util.utc_from_timestamp(start_s)
            return {"next_start": None if start is None else start.isoformat()}
        decision, shadow = self.facts.decision, self.facts.site.data.snapshot.shadow
        if decision is None or shadow:
            return {"reason": None}
        return {"reason": decision.reason.code.value}
