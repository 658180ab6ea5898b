"""The sensor that keeps what the last replay of the home's own past said.

It renders a report that the action made; it survives a restart.
"""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.helpers.restore_state import RestoredExtraData, RestoreEntity

from .entity import SiteEntity

LAST_REPLAY = SensorEntityDescription(
    key="last_replay",
    translation_key="last_replay",
    device_class=SensorDeviceClass.MONETARY,
    suggested_display_precision=2,
)


REPLAY_ATTRIBUTES = frozenset(
    {
        "assumptions",
        "coarse_days",
        "days",
        "end",
        "fixed_delays",
        "known_days",
        "learned",
        "rule_of_thumb",
        "start",
        "tried",
        "useful_heat_kwh",
        "workers",
    }
)


class LastReplaySensor(SiteEntity, SensorEntity, RestoreEntity):
    """What the settings would have brought, with all figures as attributes."""

    _unrecorded_attributes = REPLAY_ATTRIBUTES

    @property
    @override
    def available(self) -> bool:
        """It stands whether or not decisions can be made now."""
        return True

    @property
    @override
    def native_value(self) -> float | None:
        """Return the gain against leaving every worker paused."""
        report = self.coordinator.replays.last
        return None if report is None else report.get("gain")

    @property
    @override
    def native_unit_of_measurement(self) -> str:
        """Return the currency that it was reckoned in."""
        report = self.coordinator.replays.last or {}
        return str(report.get("currency", self.coordinator.hass.config.currency))

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return the rest of the report."""
        report = self.coordinator.replays.last or {}
        return {key: value for key, value in report.items() if key in REPLAY_ATTRIBUTES}

    @property
    @override
    def extra_restore_state_data(self) -> RestoredExtraData | None:
        """Return what a restart must not lose."""
        report = self.coordinator.replays.last
        return None if report is None else RestoredExtraData(report)

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from the last report, and hear of the next."""
        await super().async_added_to_hass()
        replays = self.coordinator.replays
        before = await self.async_get_last_extra_data()
        if replays.last is None and before is not None:
            replays.last = before.as_dict()
        replays.listeners.append(self.async_write_ha_state)
        self.async_on_remove(
            lambda: replays.listeners.remove(self.async_write_ha_state)
        )

    @override
    def _handle_coordinator_update(self) -> None:
        """Nothing of it changes with a decision."""
