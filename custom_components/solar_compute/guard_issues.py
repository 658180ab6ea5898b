"""The repair issues of guards that wait to be re-armed.

May write to the issue registry; must never re-arm anything by itself.
"""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .coordinator import SolarComputeCoordinator

GUARD_LATCHED = "guard_latched"


@callback
def report_latched_guards(
    hass: HomeAssistant, coordinator: SolarComputeCoordinator
) -> CALLBACK_TYPE:
    """Show an issue for every guard while it waits; returns what ends all of it."""
    shown: set[str] = set()

    @callback
    def follow() -> None:
        latched = _latched(coordinator)
        for guard in coordinator.configuration.guards:
            if guard.key in latched - shown:
                _raise(hass, coordinator, guard.key, guard.name)
        for key in shown - latched:
            ir.async_delete_issue(hass, DOMAIN, _id(key))
        shown.clear()
        shown.update(latched)

    end_listening = coordinator.async_add_listener(follow)
    follow()

    @callback
    def end() -> None:
        end_listening()
        for key in shown:
            ir.async_delete_issue(hass, DOMAIN, _id(key))

    return end


def _latched(coordinator: SolarComputeCoordinator) -> set[str]:
    guards = coordinator.data.decision.guards if coordinator.data else ()
    return {guard.key for guard in guards if guard.latched}


def _raise(
    hass: HomeAssistant, coordinator: SolarComputeCoordinator, key: str, name: str
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        _id(key),
        data={"entry_id": coordinator.config_entry.entry_id, "guard": key},
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=GUARD_LATCHED,
        translation_placeholders={"guard": name},
    )


def _id(key: str) -> str:
    return f"{GUARD_LATCHED}_{key}"
