"""What of a site lives on while its config entry is reloaded.

Every edit of the configuration reloads the entry, and that must not touch a worker that
was not edited: so the conversations with workers, the clock and what is known of the
meters are kept in `hass.data`, outside of the entry. They end with the entry itself
(disabled, removed), or if it does not come back soon.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .clock import Clock
from .configuration import renamed
from .configured import Configuration, WorkerConfig
from .const import CONF_LEVELS_W, DOMAIN
from .core.model import Decision
from .flow_view import FlowTiming, WorkerView
from .inputs import Meters
from .renames import follow_renames
from .snapshot import controlled_entities_of, entities_of
from .worker_flow import WorkerFlow
from .workers import create_backend, parse_backend
from .workers.agent_sleep import async_forget
from .workers.base import Backend, BackendConfig

RETURN_WITHIN_S = 30.0
"""How long an unloaded entry may take to come back before its workers are paused."""

STARTUP_LIMIT_S = 300.0
"""How long Home Assistant's own start may prolong ours."""

DATA_RUNTIMES: HassKey[dict[str, Runtime]] = HassKey(DOMAIN)


class Runtime:
    """One site's clock, meters and workers."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, clock: Clock) -> None:
        """Begin with no workers; `hass` stops them on its way down."""
        self.clock = clock
        self.meters = Meters(hass, clock)
        self.flows: dict[str, WorkerFlow] = {}
        self.ticked_s: float | None = None
        self._hass = hass
        self._entry = entry
        self._created_s = self._started_s = clock.now_s()
        self._cancel_orphan: CALLBACK_TYPE | None = None
        self._end_renames: CALLBACK_TYPE = lambda: None
        self._remove_job = hass.async_add_shutdown_job(HassJob(self._async_stop))

    @property
    def views(self) -> dict[str, WorkerView]:
        """What is known of every worker now, by key."""
        return {key: flow.view for key, flow in self.flows.items()}

    @property
    def generations(self) -> dict[str, int]:
        """The number of every worker's last command, by key."""
        return {key: flow.generation for key, flow in self.flows.items()}

    def started_s(self) -> float:
        """Return when the start was over but for the grace period.

        Not before Home Assistant's own start: until then sensors are still to come.
        """
        now_s = self.clock.now_s()
        starting = self._hass.state in (CoreState.not_running, CoreState.starting)
        if starting and now_s - self._created_s < STARTUP_LIMIT_S:
            self._started_s = now_s
        return self._started_s

    @property
    def owed(self) -> tuple[str, ...]:
        """The workers that run, or may run, because we wished it, by key."""
        return tuple(key for key, flow in self.flows.items() if flow.is_ours)

    async def async_adopt(
        self,
        configuration: Configuration,
        generations: Mapping[str, int],
        *,
        hands_off: bool = False,
        owed: Collection[str] = (),
    ) -> None:
        """Have exactly the configured workers, leaving alone those that stay.

        A worker that is gone, or is now controlled in another way, is paused first.
        `hands_off`: those that are new are told nothing, but for the `owed`, which a
        restart found still to be paused.
        """
        self._keep()
        self._follow_renames(configuration)
        timing = FlowTiming.of(configuration)
        wanted = {worker.key: worker for worker in configuration.workers}
        gone = self.flows.keys() - wanted.keys()
        await self._async_end(
            key
            for key, flow in self.flows.items()
            if key in gone or wanted[key].backend != flow.config.backend
        )
        await async_forget(self._hass, (controller(self._entry, key) for key in gone))
        for key, worker in wanted.items():
            if (flow := self.flows.get(key)) is not None:
                flow.adjust(worker, timing)
            else:
                generation = generations.get(key, 0)
                flow = self._new_flow(worker, timing, generation)
                if hands_off:
                    flow.let_go(owed=key in owed)
                self.flows[key] = flow

    @callback
    def act(self, decision: Decision | None, *, hands_off: bool = False) -> None:
        """Tell every worker what was decided; without a decision, all pause.

        `hands_off`: tell them nothing, once those that we had run are paused.
        """
        for key, flow in self.flows.items():
            if hands_off:
                flow.let_go()
                continue
            decided = None if decision is None else decision.worker(key)
            if decided is None:
                flow.want(0)
            else:
                flow.want(decided.level, urgent=decided.urgent)

    @callback
    def follow_levels(self) -> None:
        """Correct the entry where a service offers a worker at other powers by now.

        Else a worker would be judged, and paid for, by powers that it has not got.
        """
        for key, flow in self.flows.items():
            subentry = self._entry.subentries.get(key)
            if subentry is None or flow.offered_w in (None, flow.config.spec.levels_w):
                continue
            self._hass.config_entries.async_update_subentry(
                self._entry,
                subentry,
                data={**subentry.data, CONF_LEVELS_W: list(flow.offered_w)},
            )

    @callback
    def orphan(self) -> None:
        """Pause everything unless the entry is set up again soon."""
        self._keep()
        for flow in self.flows.values():
            flow.listen(None)

        async def end(_now: datetime) -> None:
            self._cancel_orphan = None
            await self.async_end()

        self._cancel_orphan = async_call_later(
            self._hass, RETURN_WITHIN_S, HassJob(end, cancel_on_shutdown=True)
        )

    async def async_end(self) -> None:
        """Pause all workers and let go of them."""
        self._keep()
        self._end_renames()
        self._remove_job()
        self._hass.data[DATA_RUNTIMES].pop(self._entry.entry_id, None)
        await self._async_end(tuple(self.flows))

    def _follow_renames(self, configuration: Configuration) -> None:
        """Watch the entities in use; a renaming during a reload is not missed."""
        end_before = self._end_renames
        self._end_renames = follow_renames(
            self._hass,
            self._entry,
            {
                *entities_of(configuration),
                *controlled_entities_of(configuration),
                *configuration.ahead.entities,
            },
            self._rename,
        )
        end_before()

    def _rename(self, old: str, new: str) -> None:
        self.meters.rename(old, new)
        for key, flow in self.flows.items():
            if (subentry := self._entry.subentries.get(key)) is not None:
                backend = parse_backend(renamed(subentry.data, old, new))
                if backend != flow.config.backend:
                    flow.exchange(backend, self._backend(key, backend))

    def _keep(self) -> None:
        if self._cancel_orphan is not None:
            self._cancel_orphan()
            self._cancel_orphan = None

    async def _async_end(self, keys: Iterable[str]) -> None:
        ending = [self.flows.pop(key) for key in tuple(keys)]
        await asyncio.gather(*(flow.end(pause=True) for flow in ending))

    async def _async_stop(self) -> None:
        """Pause what would run on for ever while Home Assistant is down."""
        endless = [flow for flow in self.flows.values() if not flow.view.has_lease]
        await asyncio.gather(*(flow.end(pause=True) for flow in endless))

    def _new_flow(
        self, worker: WorkerConfig, timing: FlowTiming, generation: int
    ) -> WorkerFlow:
        flow = WorkerFlow(
            self._hass,
            worker,
            self._backend(worker.key, worker.backend),
            entry_id=self._entry.entry_id,
            clock=self.clock,
            timing=timing,
            generation=generation,
        )
        flow.start()
        return flow

    def _backend(self, key: str, config: BackendConfig) -> Backend:
        """Return a worker's back-end, a controller of its own.

        One that was added twice, under two addresses, shows as held by the other
        instead of being torn between the two.
        """
        return create_backend(
            self._hass, config, controller=controller(self._entry, key)
        )


def controller(entry: ConfigEntry, key: str) -> str:
    """Return the id that a worker's lease is held under."""
    return f"{entry.entry_id}.{key}"


@callback
def runtime_of(hass: HomeAssistant, entry_id: str) -> Runtime | None:
    """Return what lives on of an entry, None where nothing does."""
    return hass.data.get(DATA_RUNTIMES, {}).get(entry_id)
