"""Learns from the home's kept past every night, beside the loop.

At three in the morning, and soon after the start where nothing was learned for a day:
here the past is fetched, in the executor it is learned from. What fails is tried again
the next night, and what was learned before stands. It must never decide, and never keep
the event loop busy.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from time import monotonic
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..configured import Configuration
from ..const import DOMAIN
from ..core.ahead import Ahead
from ..core.foreseen import Habits
from ..core.history import History
from ..core.knowledge import Knowledge
from ..core.learn import learn_workers
from ..core.learned import Learned, LoadProfile
from ..core.load_profile import load_profile
from ..core.model import Decision, Snapshot
from ..core.observe import usable
from ..core.outlook import HOURS
from ..core.spec import SiteSpec
from ..core.sun_error import learn_sun, sun_factors
from ..core.worth import as_valued
from ..past.keeper import PastKeeper
from ..plan_keeper import PlanKeeper
from ..versioned import KeptFile
from .kept import LEARNED

_LOGGER = logging.getLogger(__name__)

LEARNING_HOUR: Final = 3
BUDGET_S: Final = 120.0
"""Workers that are not reached by then keep what they know, and come first next night."""

AT_LEAST_EVERY_S: Final = 86400.0


class Learner:
    """What is learned of one site. A part of `foresight`."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        configuration: Configuration,
        *,
        past: PastKeeper,
        plans: PlanKeeper,
    ) -> None:
        """Know nothing yet. `plans` hears of the habits of the home."""
        self.learned = Learned()
        self._hass = hass
        self._entry = entry
        self._configuration = configuration
        self._past = past
        self._plans = plans
        self._store = KeptFile(hass, entry.entry_id, LEARNED)
        self._loaded = self._closed = False
        self._values: Mapping[str, float | None] = {}
        self._at_work = asyncio.Lock()
        self._cancel_night: CALLBACK_TYPE | None = None
        self._first: asyncio.Task[None] | None = None

    async def async_start(self) -> None:
        """Go on from what was kept; learn tonight, or now if that is long ago."""
        self.learned = await self._store.async_load()
        self._loaded = True
        self._tell()
        unload = self._entry.async_on_unload
        self._wait_for_night()
        unload(
            self._hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._on_final_write
            )
        )
        age_s = dt_util.utcnow().timestamp() - (self.learned.learned_s or 0.0)
        if not 0 <= age_s < AT_LEAST_EVERY_S:
            self._first = self._entry.async_create_background_task(
                self._hass, self._async_first(), f"{DOMAIN} learning"
            )

    async def async_settled(self) -> None:
        """Return once what the start has begun is learned, and nothing is under way."""
        if self._first is not None:
            await asyncio.wait({self._first})
        async with self._at_work:
            return

    async def async_close(self) -> None:
        """Learn no more, and keep what was learned."""
        self._closed = True
        if self._cancel_night is not None:
            self._cancel_night()
        await self._async_save()
        # What is being learned yet has no home any more, and perhaps no file.
        self._loaded = False

    @callback
    def ahead(self, snapshot: Snapshot, ahead: Ahead) -> Ahead:
        """Return `ahead` with when switching was right on the home's own past."""
        knowledge = self.learned.knowledge
        return replace(ahead, knowledge=knowledge) if knowledge.workers else ahead

    @callback
    def follow(self, snapshot: Snapshot, decision: Decision) -> None:
        """Hold the forecast of the sun against what comes; hear what a person has set."""
        self._values = {item.key: item.value_per_kwh for item in snapshot.workers}
        spec = self._configuration.spec
        if not self._loaded or self._configuration.inputs.pv is None:
            return
        pv_w = usable(
            snapshot.pv_w,
            snapshot.clock_s,
            spec.policy.power_hold_s,
            0.0,
            spec.maximum_w,
        )
        sun = learn_sun(
            self.learned.sun,
            now_s=snapshot.local.timestamp(),
            local_hour=snapshot.local.hour,
            # What the inverter holds back, no meter shows.
            pv_w=None if decision.hidden_w > 0 else pv_w,
            forecast_w=self._plans.sun_w,
        )
        hour_is_over = sun.hour_s != self.learned.sun.hour_s
        self.learned = replace(self.learned, sun=sun)
        if hour_is_over:
            self._tell()

    async def async_learn(self) -> None:
        """Learn from all that is kept. Raises nothing: what was learned before stands."""
        async with self._at_work:
            past, older = self._past.history(), await self._past.async_older()
            if (past is None and older is None) or self._closed:
                return
            began_s = monotonic()
            try:
                load = await self._hass.async_add_executor_job(_load, past, older)
                knowledge = await self._async_switching(past, began_s + BUDGET_S)
            except Exception:
                _LOGGER.exception("Nothing could be learned of the home tonight")
                return
            self.learned = replace(
                self.learned,
                load=load,
                knowledge=knowledge,
                took_s=round(monotonic() - began_s, 1),
                days=0.0 if past is None else round(past.known_days, 2),
                learned_s=dt_util.utcnow().timestamp(),
            )
            self._tell()
            await self._async_save()

    async def async_forget(self) -> None:
        """Forget all that was learned; what is being learned, too."""
        async with self._at_work:
            self.learned = Learned()
            self._tell()
            await self._async_save()

    async def _async_switching(self, past: History | None, ends_s: float) -> Knowledge:
        """Return when to switch, worker by worker, as far as there is time."""
        before, spec = self.learned.knowledge, self._spec
        if past is None:
            return before

        def out_of_time() -> bool:
            return self._closed or monotonic() >= ends_s

        return await self._hass.async_add_executor_job(
            learn_workers, spec, past, before, out_of_time
        )

    @property
    def _spec(self) -> SiteSpec:
        """The home as its workers have shown it, and as a person values their results."""
        spec = self._plans.spec
        return replace(
            spec,
            workers=tuple(
                as_valued(worker, self._values.get(worker.key))
                for worker in spec.workers
            ),
        )

    def _tell(self) -> None:
        """Tell the planner of the home's habits, as far as they are known apart."""
        load = self.learned.load
        hours_w = _whole(load.hours_w)
        if hours_w is None:
            self._plans.habits = Habits()
            return
        self._plans.habits = Habits(
            load_w=hours_w,
            weekend_w=_whole(load.weekend_w),
            sun=sun_factors(self.learned.sun),
        )
        self._plans.request()

    async def _async_first(self) -> None:
        await self._past.async_seeded()
        await self.async_learn()

    async def _async_save(self) -> None:
        if self._loaded:
            await self._store.async_save(self.learned)

    @callback
    def _wait_for_night(self) -> None:
        now = dt_util.now()
        night = now.replace(hour=LEARNING_HOUR, minute=0, second=0, microsecond=0)
        if night <= now:
            night += timedelta(days=1)
        self._cancel_night = async_call_later(
            self._hass,
            night.timestamp() - now.timestamp(),
            HassJob(self._on_night, cancel_on_shutdown=True),
        )

    async def _on_night(self, _now: datetime) -> None:
        self._wait_for_night()
        await self.async_learn()

    async def _on_final_write(self, _event: Event) -> None:
        await self._async_save()


def _load(past: History | None, older: History | None) -> LoadProfile:
    zone = dt_util.get_default_time_zone()
    return load_profile(past, zone, older=older) or LoadProfile()


def _whole(hours_w: tuple[float | None, ...]) -> tuple[float, ...] | None:
    """Return a load that is known for the whole day, else None."""
    known = tuple(value for value in hours_w if value is not None)
    return known if len(known) == HOURS else None
