"""The loop of one site: take a snapshot, decide, act, account.

It runs on every report of a meter, at most once in `debounce_s`, and at least once in
`tick_s`. All of it happens between two turns of Home Assistant's event loop; talking to
workers is left to their flows. If anything at all goes wrong in it, every worker is
paused and the loop goes on. It must never know how a decision is made.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
import logging
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .configured import Configuration
from .const import DOMAIN
from .core.decide import decide
from .core.model import Decision, Snapshot
from .core.shadow import account_both, as_if
from .flow_view import WorkerView
from .foresight import Foresight
from .heat_care import HeatCare
from .job_keeper import JobKeeper
from .plan_keeper import PlanKeeper
from .records import Records, outcome_of
from .replays import Replays
from .rhythm import Rhythm
from .runtime import Runtime
from .site_data import Known, SiteData, worker_inputs
from .site_issues import SiteIssue, clear_issue, raise_issue
from .site_wishes import SiteWishes
from .snapshot import entities_of, take_snapshot
from .store import SAVE_EVERY_S, SiteStore, Stored

__all__ = ["SiteData", "SolarComputeCoordinator", "WorkerView"]

_LOGGER = logging.getLogger(__name__)

FIRST_ANSWERS_WITHIN_S = 10.0
"""How long the first decision waits to hear what the workers do."""


class SolarComputeCoordinator(SiteWishes, DataUpdateCoordinator[SiteData]):
    """The loop, and what a person has set."""

    config_entry: ConfigEntry[SolarComputeCoordinator]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[SolarComputeCoordinator],
        configuration: Configuration,
        *,
        runtime: Runtime,
        store: SiteStore,
        stored: Stored,
    ) -> None:
        """Go on from what was stored."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=entry.title)
        self.configuration = configuration
        self._recall(stored)
        self._runtime = runtime
        self._store = store
        self._memory = stored.memory
        self._ledger = stored.ledger
        self._shadow_ledger = stored.shadow_ledger
        self._records = Records()
        self.care = HeatCare(
            hass,
            entry,
            configuration.tanks,
            stored=stored.care,
            clock=runtime.clock,
            save=self.async_save,
        )
        self.jobs = JobKeeper(hass, entry, stored.jobs, changed=self._apply_wish)
        self.replays = Replays()
        self.plans = PlanKeeper(
            hass,
            configuration,
            clock=runtime.clock,
            memory=lambda: self._memory,
            rest=stored.rest,
            heard=stored.heard,
            changed=self.request_tick,
        )
        self.foresight = Foresight((self.plans,))
        self._saved_s = runtime.clock.now_s()
        self._rhythm = Rhythm(configuration.publish_s, self._saved_s)
        self._failed = False
        self._cancel_due: CALLBACK_TYPE | None = None

    @property
    def clock_s(self) -> float:
        """What the clock of all timers shows now."""
        return self._runtime.clock.now_s()

    @property
    def records(self) -> list[dict[str, Any]]:
        """Return the last decisions that changed something, and the latest.

        Each with the snapshot and the memory that it was made of, as JSON.
        """
        return self._records.as_json()

    @property
    def numbers_due(self) -> bool:
        """Whether listeners shall show numbers now, not only states and reasons."""
        return self._rhythm.numbers_due

    async def async_start(self) -> None:
        """Hear what the workers do, make the first decision, and begin to listen."""
        flows = self._runtime.flows.values()
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_ANSWERS_WITHIN_S):
                await asyncio.gather(*(flow.wait_for_answer() for flow in flows))
        for flow in flows:
            flow.listen(self.request_tick)
        self.tick()
        unload = self.config_entry.async_on_unload
        unload(
            self._runtime.meters.listen(
                entities_of(self.configuration), self.request_tick
            )
        )
        unload(
            async_track_time_interval(
                self.hass,
                self._on_interval,
                timedelta(seconds=self.configuration.loop_s),
                name=f"{DOMAIN} tick",
                cancel_on_shutdown=True,
            )
        )
        unload(
            self.hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._on_final_write
            )
        )
        await self.foresight.async_start()

    @override
    async def async_shutdown(self) -> None:
        """Decide no more."""
        self._forget_due()
        clear_issue(self.hass, SiteIssue.DECISION_FAILED)
        await super().async_shutdown()
        await self.foresight.async_close()
        await self.care.async_close()

    async def async_save(self) -> None:
        """Write what survives a restart."""
        self._saved_s = self._runtime.clock.now_s()
        await self._store.async_save(self.to_store())

    @callback
    def request_tick(self) -> None:
        """Decide soon: at once, but not twice within the debounce time."""
        if self._cancel_due or self._shutdown_requested or self.hass.is_stopping:
            return
        ticked_s = self._runtime.ticked_s
        wait_s = 0.0
        if ticked_s is not None:
            elapsed_s = self._runtime.clock.now_s() - ticked_s
            wait_s = max(0.0, self.configuration.debounce_s - elapsed_s)
        self._cancel_due = async_call_later(
            self.hass, wait_s, HassJob(self._on_interval, cancel_on_shutdown=True)
        )

    @callback
    def tick(self) -> None:
        """Take a snapshot, decide, act, account, and show what came of it."""
        if self._shutdown_requested or self.hass.is_stopping:
            return
        self._forget_due()
        try:
            snapshot = self._take_snapshot()
            ahead = self.foresight.ahead(snapshot)
            decision, memory = decide(
                self.configuration.spec, snapshot, self._memory, ahead
            )
            self._runtime.act(decision, hands_off=self.shadow)
            self._account(snapshot, decision)
        except Exception as err:
            if not self._failed:
                _LOGGER.exception("No decision can be made, all workers pause")
            self._fail_paused(err)
            return
        self._records.add(snapshot, self._memory, ahead, decision)
        self._memory = memory
        self.care.follow(None if self.shadow else decision)
        self.foresight.follow(snapshot, decision)
        self._show(snapshot, decision)
        self._runtime.follow_levels()
        if self._runtime.clock.now_s() - self._saved_s >= SAVE_EVERY_S:
            self.config_entry.async_create_background_task(
                self.hass, self.async_save(), f"{DOMAIN} save"
            )

    @override
    async def async_set_automation(self, on: bool) -> None:
        """Let Solar Compute decide, or pause all but a person's overrides."""
        clear_issue(self.hass, SiteIssue.SETTINGS_LOST)
        await super().async_set_automation(on)

    @override
    async def _async_update_data(self) -> SiteData:
        """Decide because somebody asked for it."""
        self.tick()
        if self._failed or self.data is None:
            raise UpdateFailed
        self._rhythm.numbers_due = True
        return self.data

    @override
    def _apply_wish(self) -> None:
        """Keep what a person has set, and act on it at once."""
        self._store.save_soon(self.to_store)
        self._rhythm.hurry()
        self.tick()

    def _take_snapshot(self) -> Snapshot:
        clock_s, local = self._runtime.clock.now_s(), self._runtime.clock.local()
        self._end_overrides(clock_s)
        snapshot = take_snapshot(
            self.configuration,
            self._runtime.meters,
            clock_s=clock_s,
            local=local,
            started_s=self._runtime.started_s(),
            automation=self.automation,
            workers=worker_inputs(
                self._runtime.views,
                self.controls,
                self._shadow_ledger if self.shadow else self._ledger,
                local.date().isoformat(),
            ),
            rooms=self.rooms,
            rearmed_s=self._rearmed_s,
            jobs=self.jobs.open_jobs,
        )
        if self.shadow:
            return as_if(self.configuration.spec, snapshot, self._memory)
        return snapshot

    def _account(self, snapshot: Snapshot, decision: Decision) -> None:
        """Count what happened since the last tick, but not over a gap in knowledge."""
        spec, ticked_s = self.plans.spec, self._runtime.ticked_s
        elapsed_s = 0.0 if ticked_s is None else snapshot.clock_s - ticked_s
        known_s = min(elapsed_s, spec.policy.power_hold_s)
        before = self._ledger
        self._ledger, self._shadow_ledger = account_both(
            before,
            self._shadow_ledger,
            spec=spec,
            snapshot=snapshot,
            decision=decision,
            dt_s=known_s,
        )
        self.jobs.follow(snapshot, decision, before, self._ledger)
        self._runtime.ticked_s = snapshot.clock_s

    def _show(self, snapshot: Snapshot, decision: Decision) -> None:
        """Let entities see what is news at once, and mere numbers now and then."""
        flows = self._runtime.views
        plan = self.plans.view
        beside = self.jobs.book.jobs, self._shadow_ledger, plan
        known = Known(learned=self.foresight.learned, powers=self._memory.powers)
        self.data = SiteData(snapshot, decision, self._ledger, flows, *beside, known)
        if self._failed:
            self._failed = False
            self._rhythm.hurry()
            self.last_update_success = True
            clear_issue(self.hass, SiteIssue.DECISION_FAILED)
        done = (
            [(worker.key, worker.level) for worker in decision.workers],
            [(view.state, view.level, view.obeying) for view in flows.values()],
            (dict(self.controls), dict(self.rooms)),
            (plan.status, plan.plan and plan.plan.made_s),
        )
        if self._rhythm.is_time(snapshot.clock_s, done, outcome_of(decision)):
            self.async_update_listeners()

    def _fail_paused(self, error: Exception) -> None:
        """Pause everything: nobody knows what would be right."""
        self._runtime.act(None, hands_off=self.shadow)
        self.care.follow(None)
        if self._failed:
            return
        self._failed = self._rhythm.numbers_due = True
        self.last_update_success = False
        raise_issue(self.hass, SiteIssue.DECISION_FAILED, repr(error))
        self.async_update_listeners()

    def to_store(self) -> Stored:
        """Return all that survives a restart, as it is now."""
        return Stored(
            clock=self._runtime.clock.mark(),
            memory=self._memory,
            ledger=self._ledger,
            controls=dict(self.controls),
            rooms=dict(self.rooms),
            rearmed_s=dict(self._rearmed_s),
            generations=self._runtime.generations,
            automation=self.automation,
            shadow=self.shadow,
            owed=self._runtime.owed if self.shadow else (),
            shadow_ledger=self._shadow_ledger,
            care=self.care.to_store(),
            rest=self.plans.rest,
            heard=self.plans.heard,
            jobs=self.jobs.book,
        )

    @callback
    def _on_interval(self, _now: datetime) -> None:
        self.tick()

    async def _on_final_write(self, _event: Event) -> None:
        await self.async_save()

    def _forget_due(self) -> None:
        if self._cancel_due is not None:
            self._cancel_due()
            self._cancel_due = None
