"""Solar Compute: runs local compute when the sun, or the heat it makes, pays for it.

A reader's path: `core` (the maths), `coordinator` (the loop), `worker_flow` (how a worker
is made to obey). This module ties them to the life of a config entry. It must never let
an entry go, for good, with a worker still running.
"""

from dataclasses import replace

from homeassistant.config_entries import ConfigEntry, UpdateListenerType
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .clock import Clock
from .configuration import parse
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .dashboard import async_hide, async_show
from .dashboard_view import async_setup_view
from .first_run import async_forget as async_forget_first_run, async_go_on
from .foresight import Foresight
from .foresight_parts import async_forget_past, async_parts
from .guard_issues import report_latched_guards
from .heat_care import async_end_care
from .migrate import async_migrate_entry
from .problems import async_report_problems
from .replays import async_setup_replays
from .runtime import DATA_RUNTIMES, Runtime, controller, runtime_of
from .services import async_setup_services
from .site_issues import SiteIssue, clear_issue
from .store import SiteStore, Stored
from .workers.agent_sleep import async_forget

__all__ = ["async_migrate_entry"]

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.CLIMATE,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]
CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

type SolarComputeConfigEntry = ConfigEntry[SolarComputeCoordinator]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what can be asked and done, whether or not an entry is loaded."""
    async_setup_services(hass)
    async_setup_replays(hass)
    async_setup_view(hass)
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: SolarComputeConfigEntry
) -> bool:
    """Take up the workers where they are, decide, and show it."""
    # First of all, so that no change during the set-up is missed.
    entry.async_on_unload(entry.add_update_listener(_reloader()))
    configuration = parse(entry)
    async_report_problems(hass, entry, configuration)
    store = SiteStore(hass, entry.entry_id)
    stored = await store.async_load(Stored(shadow=configuration.only_watch))
    runtimes = hass.data.setdefault(DATA_RUNTIMES, {})
    runtime = runtimes.get(entry.entry_id)
    if runtime is None:
        runtime = Runtime(hass, entry, Clock(stored.clock))
        runtimes[entry.entry_id] = runtime
    try:
        await runtime.async_adopt(
            configuration,
            stored.generations,
            hands_off=stored.shadow,
            owed=stored.owed,
        )
        dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(DOMAIN, entry.entry_id)},
            name=entry.title,
            manufacturer="Solar Compute",
            entry_type=dr.DeviceEntryType.SERVICE,
        )
        coordinator = SolarComputeCoordinator(
            hass, entry, configuration, runtime=runtime, store=store, stored=stored
        )
        coordinator.foresight = Foresight(
            await async_parts(hass, entry, configuration, coordinator.plans)
        )
        entry.runtime_data = coordinator
        await coordinator.async_start()
        entry.async_on_unload(report_latched_guards(hass, coordinator))
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    except BaseException:
        # Nobody will decide, and a switch that is on would stay so.
        runtime.orphan()
        raise
    await async_show(hass)
    await async_go_on(hass, entry, entry.runtime_data)
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: SolarComputeConfigEntry
) -> bool:
    """Stop deciding. Workers go on if the entry comes back at once, as on a reload."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    coordinator = entry.runtime_data
    await coordinator.async_shutdown()
    runtime = hass.data[DATA_RUNTIMES][entry.entry_id]
    runtime.orphan()
    if entry.disabled_by is not None:
        await runtime.async_end()
    await coordinator.async_save()
    return True


async def async_remove_entry(
    hass: HomeAssistant, entry: SolarComputeConfigEntry
) -> None:
    """Pause all workers, and forget what was stored."""
    if (runtime := runtime_of(hass, entry.entry_id)) is not None:
        await runtime.async_end()
    await async_forget(hass, (controller(entry, key) for key in entry.subentries))
    store = SiteStore(hass, entry.entry_id)
    await async_end_care(hass, entry.entry_id, (await store.async_load()).care)
    await store.async_remove()
    await async_forget_past(hass, entry.entry_id)
    await async_forget_first_run(hass, entry.entry_id)
    clear_issue(hass, SiteIssue.SETTINGS_LOST)
    async_report_problems(hass, entry, replace(parse(entry), problems=()))
    if not hass.config_entries.async_entries(DOMAIN):
        await async_hide(hass)


def _reloader() -> UpdateListenerType:
    """Return what reloads an entry, once for all that changes until it is set up anew.

    A service that moves changes all of its workers, one after the other.
    """
    scheduled = False

    async def reload(hass: HomeAssistant, entry: ConfigEntry) -> None:
        nonlocal scheduled
        if not scheduled:
            scheduled = True
            hass.config_entries.async_schedule_reload(entry.entry_id)

    return reload
