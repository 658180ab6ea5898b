"""What is left to do in a new home, as repair issues that vanish when it is done.

The list begins where the dialog of the home ends, and what is done once is off it for
good. Homes that were set up before there was a list have none, and hear nothing. May
write to the issue registry and to a file of its own; must never mend anything by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_LOVELACE_UPDATED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.util.hass_dict import HassKey

from .configured import SiteInputs
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .core.directions import Direction, Evidence, Flows, judged, seen
from .core.model import Snapshot
from .core.reading import Reading
from .dashboard_search import async_is_shown
from .names import names_of
from .versioned import Form, KeptFile

PATIENCE_S = 300.0
"""How long sensors may take after a start before anybody is told of their silence."""

DASHBOARDS = "homeassistant://config/lovelace/dashboards"


class Task(StrEnum):
    """What there is to do in a new home."""

    METERS = "meters"
    PRICES = "prices"
    WORKER = "worker"
    DASHBOARD = "dashboard"


class FirstIssue(StrEnum):
    """Each is the key of its text; each home has an issue of its own."""

    METER_SILENT = "meter_silent"
    DIRECTION_WRONG = "direction_wrong"
    PRICE_SILENT = "price_silent"
    NO_WORKER = "no_worker"
    NO_DASHBOARD = "no_dashboard"


_ISSUES: Mapping[Task, tuple[FirstIssue, ...]] = {
    Task.METERS: (FirstIssue.METER_SILENT, FirstIssue.DIRECTION_WRONG),
    Task.PRICES: (FirstIssue.PRICE_SILENT,),
    Task.WORKER: (FirstIssue.NO_WORKER,),
    Task.DASHBOARD: (FirstIssue.NO_DASHBOARD,),
}

TO_DO = Form[frozenset[Task]](
    name="to_do",
    nothing=frozenset,
    read=lambda data: frozenset(Task(task) for task in data["tasks"]),
    written=lambda tasks: {"tasks": sorted(tasks)},
    anew="The list of what is left to do in the new home is lost",
)


@dataclass(slots=True)
class _Watched:
    """What the meters have shown since they were chosen; it outlives a reload."""

    inputs: SiteInputs
    evidence: Evidence = field(default_factory=Evidence)


DATA_WATCHED: HassKey[dict[str, _Watched]] = HassKey(f"{DOMAIN}_first_run")


async def async_begin(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Begin the list of a home that was just set up."""
    await KeptFile(hass, entry.entry_id, TO_DO).async_save(frozenset(Task))
    async_dispatcher_send(hass, _begun(entry.entry_id))


async def async_go_on(
    hass: HomeAssistant, entry: ConfigEntry, coordinator: SolarComputeCoordinator
) -> None:
    """Go on with the list of a home that is loaded, if there is anything left on it."""

    async def go_on() -> None:
        if left := await KeptFile(hass, entry.entry_id, TO_DO).async_load():
            await _FirstRun(hass, entry, coordinator, left).async_start()

    # The dialog of a new home ends after the home is loaded.
    entry.async_on_unload(async_dispatcher_connect(hass, _begun(entry.entry_id), go_on))
    await go_on()


async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
    """Take everything back, as is wanted when the entry is removed."""
    hass.data.get(DATA_WATCHED, {}).pop(entry_id, None)
    for issue in FirstIssue:
        ir.async_delete_issue(hass, DOMAIN, _id(issue, entry_id))
    await KeptFile(hass, entry_id, TO_DO).async_remove()


class _FirstRun:
    """The list of one home, for as long as its entry is loaded."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: SolarComputeCoordinator,
        left: frozenset[Task],
    ) -> None:
        """Go on with what is left."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._left = left
        self._file = KeptFile(hass, entry.entry_id, TO_DO)
        self._watched = self._go_on_watching()

    async def async_start(self) -> None:
        """Look at everything, and again whenever something changes."""
        unload = self._entry.async_on_unload
        unload(self._coordinator.async_add_listener(self._follow))
        unload(self._hass.bus.async_listen(EVENT_LOVELACE_UPDATED, self._on_dashboard))
        unload(self._end)
        self._follow()
        await self._async_look_for_dashboard()

    def _go_on_watching(self) -> _Watched:
        """Return what the same meters have shown so far; others begin anew."""
        inputs = self._coordinator.configuration.inputs
        known = self._hass.data.setdefault(DATA_WATCHED, {})
        watched = known.get(self._entry.entry_id)
        if watched is not None and watched.inputs == inputs:
            return watched
        if watched is not None:
            self._take_back(*_ISSUES[Task.METERS], *_ISSUES[Task.PRICES])
        known[self._entry.entry_id] = watched = _Watched(inputs)
        return watched

    @callback
    def _follow(self) -> None:
        if not self._coordinator.data:
            return
        snapshot = self._coordinator.data.snapshot
        if Task.METERS in self._left:
            self._judge_meters(snapshot)
        if Task.PRICES in self._left:
            self._judge_prices(snapshot)
        if Task.WORKER in self._left:
            if self._coordinator.configuration.loads:
                self._done(Task.WORKER)
            else:
                self._raise(FirstIssue.NO_WORKER)

    def _judge_meters(self, snapshot: Snapshot) -> None:
        if silent := list(self._silent_meters(snapshot)):
            if _is_up(snapshot):
                self._raise(
                    FirstIssue.METER_SILENT, sensors=names_of(self._hass, silent)
                )
            return
        self._take_back(FirstIssue.METER_SILENT)
        if snapshot.pv_w is None:
            self._done(Task.METERS)
            return
        # A worker follows the sun by itself, and is no evidence of anything.
        if not any(worker.level for worker in snapshot.workers):
            flows = _flows(snapshot, snapshot.pv_w)
            self._watched.evidence = seen(self._watched.evidence, flows)
        direction = judged(self._watched.evidence, snapshot.clock_s)
        if direction is Direction.RIGHT:
            self._done(Task.METERS)
        elif direction is Direction.WRONG:
            self._raise(FirstIssue.DIRECTION_WRONG)

    def _silent_meters(self, snapshot: Snapshot) -> Iterator[str]:
        """Go through the sensors of every meter that says nothing it can be."""
        inputs = self._watched.inputs
        hold_s = self._coordinator.configuration.spec.policy.power_hold_s
        for source, reading in (
            (inputs.grid, snapshot.grid_w),
            (inputs.pv, snapshot.pv_w),
            (inputs.battery, snapshot.battery_w),
        ):
            if source and not _is_fresh(reading, snapshot, hold_s):
                yield from source.entities
        if inputs.soc and (snapshot.soc is None or snapshot.soc.value is None):
            yield inputs.soc

    def _judge_prices(self, snapshot: Snapshot) -> None:
        inputs = self._watched.inputs
        silent = [
            entity
            for entity, price in (
                (inputs.import_price, snapshot.import_per_kwh),
                (inputs.export_price, snapshot.export_per_kwh),
            )
            if entity and price is None
        ]
        if not silent:
            self._done(Task.PRICES)
        elif _is_up(snapshot):
            self._raise(FirstIssue.PRICE_SILENT, sensors=names_of(self._hass, silent))

    async def _on_dashboard(self, _event: Event) -> None:
        await self._async_look_for_dashboard()

    async def _async_look_for_dashboard(self) -> None:
        if Task.DASHBOARD not in self._left:
            return
        shown = await async_is_shown(self._hass, self._entry.entry_id)
        if Task.DASHBOARD not in self._left:
            return
        if shown is False:
            self._raise(FirstIssue.NO_DASHBOARD)
        else:
            self._done(Task.DASHBOARD)

    def _raise(self, issue: FirstIssue, **placeholders: str) -> None:
        fixable = issue is not FirstIssue.NO_DASHBOARD
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _id(issue, self._entry.entry_id),
            data={"entry_id": self._entry.entry_id},
            is_fixable=fixable,
            learn_more_url=None if fixable else DASHBOARDS,
            severity=ir.IssueSeverity.WARNING,
            translation_key=issue,
            translation_placeholders=placeholders or None,
        )

    def _take_back(self, *issues: FirstIssue) -> None:
        for issue in issues:
            ir.async_delete_issue(self._hass, DOMAIN, _id(issue, self._entry.entry_id))

    def _done(self, task: Task) -> None:
        self._left -= {task}
        self._take_back(*_ISSUES[task])
        # No background task: a reload shall wait for it.
        self._entry.async_create_task(
            self._hass, self._file.async_save(self._left), f"{DOMAIN} list"
        )

    def _end(self) -> None:
        """Leave the issues over a reload: one that is ignored shall stay so."""
        self._left = frozenset()
        if self._entry.disabled_by is not None:
            self._take_back(*FirstIssue)


def _id(issue: FirstIssue, entry_id: str) -> str:
    return f"{issue}_{entry_id}"


def _begun(entry_id: str) -> str:
    return f"{DOMAIN}_{entry_id}_begun"


def _is_up(snapshot: Snapshot) -> bool:
    started_s = snapshot.started_s
    return started_s is not None and snapshot.clock_s - started_s >= PATIENCE_S


def _is_fresh(reading: Reading | None, snapshot: Snapshot, hold_s: float) -> bool:
    return (
        reading is not None
        and reading.value is not None
        and snapshot.clock_s - reading.measured_s <= hold_s
    )


def _flows(snapshot: Snapshot, pv_w: Reading) -> Flows:
    battery_w = snapshot.battery_w
    return Flows(
        clock_s=snapshot.clock_s,
        grid_w=snapshot.grid_w.value or 0.0,
        pv_w=pv_w.value or 0.0,
        battery_w=(battery_w.value or 0.0) if battery_w else 0.0,
    )
