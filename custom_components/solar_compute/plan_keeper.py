"""Keeps a plan of the next 48 hours, and tells decisions what it knows.

A plan is made every quarter of an hour, and soon after its inputs have changed by
something that matters: here its inputs are gathered, in the executor it is made. One
that is older than it may be is dropped, and decisions go by the rule of thumb again. It
must never decide, compute, or keep the event loop busy.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from time import perf_counter, sleep
from types import ModuleType
from typing import Final

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import (
    async_call_later,
    async_track_state_change_event,
    async_track_time_interval,
)
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.start import async_at_started

from .clock import Clock
from .configured import Configuration
from .const import DOMAIN
from .core.ahead import Ahead
from .core.expect_balance import learn_rest, mean_now
from .core.foreseen import NO_HABITS, Forecasts, Source
from .core.memory import MeanDay, Memory
from .core.model import Decision, Snapshot
from .core.plan import Plan
from .core.plan_start import wishes
from .core.planner_grid import with_plan
from .core.power import as_learned
from .core.series import Series
from .core.spec import SiteSpec
from .core.tidings import Heard, is_news
from .plan_sources import PlanSources
from .plan_view import PlanStatus, PlanView

_LOGGER = logging.getLogger(__name__)

PLANNER: Final = f"{__package__}.core.plan_ahead"
EVERY: Final = timedelta(minutes=15)

NOT_BEFORE_S: Final = 60.0
"""Between two plans there is at least this time, whatever changes."""

LOOK_AFTER_S: Final = 300.0
"""What forecasts and price lists say is looked at so long after the last time at the
soonest, however often their entities change."""

BUDGET_S: Final = 10.0
"""A plan that is not found by then is as good as it is: there is one at any time."""

BREATH_S: Final = 0.0005
"""So long the planner rests again and again, for the event loop to have the interpreter."""


class PlanKeeper:
    """The plan of one site. A part of `foresight`."""

    def __init__(
        self,
        hass: HomeAssistant,
        configuration: Configuration,
        *,
        clock: Clock,
        memory: Callable[[], Memory],
        rest: MeanDay,
        heard: Heard | None,
        changed: Callable[[], None],
    ) -> None:
        """Begin without a plan.

        `memory` returns that of the last decision. `rest` is what was stored of what the
        home has left beyond the forecast, `heard` of the forecast itself; what else is
        learned of its habits comes later. `changed` is called when there is another plan.
        """
        self.view = PlanView()
        self.rest = rest
        self.habits = NO_HABITS
        self._hass = hass
        self._configuration = configuration
        self._clock = clock
        self._memory = memory
        self._changed = changed
        self._sources = PlanSources(hass, configuration, heard)
        self._planned_with: Forecasts | None = None
        self._asked_s: float | None = None
        self._last: tuple[Snapshot, Decision] | None = None
        self._now_w: float | None = None
        self._ends: list[CALLBACK_TYPE] = []
        self._cancel_due: CALLBACK_TYPE | None = None
        self._cancel_look: CALLBACK_TYPE | None = None
        self._planned_s: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._planner: ModuleType | None = None
        self._closed = self._failed = False

    async def async_start(self) -> None:
        """Plan now, every quarter of an hour, and when prices or forecasts are others."""
        if not self._configuration.ahead.plan:
            self.view = PlanView(status=PlanStatus.OFF)
            return
        try:
            # It needs numpy, which decisions do not; and importing takes its time.
            self._planner = await async_import_module(self._hass, PLANNER)
        except ImportError as err:
            _LOGGER.warning("Nothing is planned without numpy: %s", err)
            self.view = PlanView(status=PlanStatus.FAILED)
            return

        @callback
        def on_change(event: Event[EventStateChangedData]) -> None:
            before, after = event.data["old_state"], event.data["new_state"]
            if before is None or after is None or before.attributes != after.attributes:
                self._look_soon()

        @callback
        def on_start(_hass: HomeAssistant) -> None:
            self.request()

        self._ends = [
            async_track_state_change_event(
                self._hass, self._sources.entities, on_change
            ),
            async_track_time_interval(
                self._hass,
                self._on_interval,
                EVERY,
                name=f"{DOMAIN} plan",
                cancel_on_shutdown=True,
            ),
            # Only then have all integrations that forecast anything begun.
            async_at_started(self._hass, on_start),
        ]
        self.request()

    @callback
    def request(self) -> None:
        """Plan soon: at once, but not twice within `NOT_BEFORE_S`."""
        if self._cancel_due or self._closed or not self._ends:
            return
        wait_s = 0.0
        if self._planned_s is not None:
            wait_s = NOT_BEFORE_S - (self._clock.now_s() - self._planned_s)
        if wait_s <= 0:
            self._begin()
            return
        self._cancel_due = async_call_later(
            self._hass, wait_s, HassJob(self._begin, cancel_on_shutdown=True)
        )

    async def async_close(self) -> None:
        """Plan no more; what is being planned ends at once."""
        self._closed = True
        for end in (*self._ends, self._cancel_due, self._cancel_look):
            if end is not None:
                end()
        self._ends, self._cancel_due, self._cancel_look = [], None, None

    @callback
    def ahead(self, snapshot: Snapshot, ahead: Ahead) -> Ahead:
        """Return `ahead` with what the plan knows, while it holds."""
        plan = self._valid(snapshot.local.timestamp())
        return ahead if plan is None else with_plan(ahead, plan, snapshot.local)

    @callback
    def follow(self, snapshot: Snapshot, decision: Decision) -> None:
        """Learn from what the meters show, and remember what to plan from."""
        balance_w = decision.balance_w
        # What the inverter holds back, no meter shows: then nothing can be learned.
        seen_w = None if decision.hidden_w > 0 else balance_w
        self.rest = learn_rest(self.rest, snapshot, seen_w, self.sun_w)
        last_s = snapshot.clock_s if self._last is None else self._last[0].clock_s
        self._now_w = mean_now(self._now_w, balance_w, snapshot.clock_s - last_s)
        news = self._last is None or wishes(self._last[0]) != wishes(snapshot)
        self._last = snapshot, decision
        if news:
            self.request()

    @property
    def spec(self) -> SiteSpec:
        """The home as its workers have shown it."""
        return as_learned(self._configuration.spec, self._memory().powers)

    @property
    def sun_w(self) -> Series:
        """The forecast of the sun that is known now."""
        return self._sources.said.pv_w

    @property
    def heard(self) -> Heard | None:
        """What is to be stored of the forecast of the sun."""
        return self._sources.heard

    async def async_forget(self) -> None:
        """Forget what was learned of the home; what comes is learned anew."""
        self.rest, self.habits = MeanDay(), NO_HABITS

    @callback
    def _on_interval(self, _now: datetime) -> None:
        self.request()

    @callback
    def _look_soon(self) -> None:
        """Look whether prices or forecasts say something else that matters."""
        if self._cancel_look or self._closed or not self._ends:
            return
        wait_s = 0.0
        if self._asked_s is not None:
            wait_s = max(0.0, LOOK_AFTER_S - (self._clock.now_s() - self._asked_s))
        self._cancel_look = async_call_later(
            self._hass, wait_s, HassJob(self._look, cancel_on_shutdown=True)
        )

    @callback
    def _look(self, _now: datetime) -> None:
        self._cancel_look = None
        self._hass.async_create_background_task(self._async_look(), f"{DOMAIN} look")

    async def _async_look(self) -> None:
        before = self._planned_with
        said = await self._async_ask()
        if before is None or is_news(before, said, self._now_s()):
            self.request()

    @callback
    def _begin(self, _now: datetime | None = None) -> None:
        self._cancel_due = None
        if self._last is None:
            return
        self._planned_s = self._clock.now_s()
        if self._task is None or self._task.done():
            self._task = self._hass.async_create_background_task(
                self._async_plan(), f"{DOMAIN} plan"
            )

    async def _async_plan(self) -> None:
        """Make another plan, and say what came of it."""
        if self._is_closed():
            return
        try:
            said = self._planned_with = await self._async_ask()
            plan = await self._async_answer(said)
        except Exception:
            if not self._failed:
                _LOGGER.exception("No plan can be made, decisions go on without")
            self._failed = True
            self._planned_with = None
            self._show(PlanStatus.FAILED, self._valid(self._now_s()))
            return
        if self._is_closed():
            return
        self._failed = False
        self._show(self._status(plan), plan)

    async def _async_ask(self) -> Forecasts:
        """Ask everybody who knows of the hours to come."""
        self._asked_s = self._clock.now_s()
        return await self._sources.async_ask(self._now_s(), self._asked_s)

    async def _async_answer(self, said: Forecasts) -> Plan | None:
        if self._last is None or self._planner is None:
            return None
        snapshot, decision = self._last
        # What a search may take of the machine, whatever the home's clock does.
        ends_s = perf_counter() + BUDGET_S

        def out_of_time() -> bool:
            sleep(BREATH_S)
            return self._closed or perf_counter() > ends_s

        question = self._planner.Question(
            spec=self.spec,
            snapshot=snapshot,
            decision=decision,
            memory=self._memory(),
            forecasts=said,
            habits=replace(self.habits, rest=self.rest, now_w=self._now_w),
            previous=self._valid(self._now_s()),
        )
        plan: Plan | None = await self._hass.async_add_executor_job(
            self._planner.plan_ahead, question, out_of_time
        )
        return plan

    def _status(self, plan: Plan | None) -> PlanStatus:
        if plan is None:
            return PlanStatus.LEARNING
        if plan.expected.sources.get("balance") == Source.FORECAST:
            return PlanStatus.PLANNED
        if self._sources.is_sun_outdated(self._clock.now_s()):
            return PlanStatus.FORECAST_OUTDATED
        return PlanStatus.NO_FORECAST

    def _show(self, status: PlanStatus, plan: Plan | None) -> None:
        self.view = PlanView(
            status=status,
            plan=plan,
            sun_age_s=self._sources.sun_age_s(self._clock.now_s()),
            fees_per_kwh=self._sources.fees_per_kwh,
        )
        self._changed()

    def _valid(self, now_s: float) -> Plan | None:
        """Return the plan while it holds; one that does not is dropped."""
        plan = self.view.plan
        if plan is not None and not plan.made_s <= now_s < plan.valid_until_s:
            self.view = replace(self.view, plan=None, status=PlanStatus.OUTDATED)
        return self.view.plan

    def _is_closed(self) -> bool:
        return self._closed

    def _now_s(self) -> float:
        return self._clock.local().timestamp()
