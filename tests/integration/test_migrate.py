"""An entry of another release loads, or is refused with a clear word."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute import configuration, migrate

from . import houses
from .houses import SITE

OLD_SITE = {k: v for k, v in SITE.items() if k not in ("grid_inverted", "has_battery")}


async def test_an_older_entry_states_what_it_only_implied(hass: HomeAssistant) -> None:
    entry = houses.entry(data=OLD_SITE, minor_version=0)
    entry.add_to_hass(hass)
    assert await migrate.async_migrate_entry(hass, entry)
    assert entry.minor_version == migrate.MINOR_VERSION
    assert entry.data == SITE
    assert configuration.parse(entry).inputs.soc == "sensor.battery_soc"


async def test_an_older_entry_without_a_battery_has_none_afterwards(
    hass: HomeAssistant,
) -> None:
    data = {key: v for key, v in OLD_SITE.items() if not key.startswith("battery")}
    entry = houses.entry(data=data, minor_version=0)
    entry.add_to_hass(hass)
    assert await migrate.async_migrate_entry(hass, entry)
    assert configuration.parse(entry).inputs.battery is None


async def test_an_older_entry_keeps_what_it_said(hass: HomeAssistant) -> None:
    data = {**OLD_SITE, "grid_inverted": True}
    entry = houses.entry(data=data, minor_version=0)
    entry.add_to_hass(hass)
    assert await migrate.async_migrate_entry(hass, entry)
    assert entry.data["grid_inverted"] is True


async def test_an_entry_of_a_newer_minor_release_loads_as_it_is(
    hass: HomeAssistant,
) -> None:
    data = {**SITE, "key_of_tomorrow": 1}
    entry = houses.entry(data=data, minor_version=99)
    entry.add_to_hass(hass)
    assert await migrate.async_migrate_entry(hass, entry)
    assert entry.minor_version == 99
    assert entry.data == data
    assert configuration.parse(entry).spec.import_per_kwh == 0.287


async def test_an_entry_of_a_newer_major_release_is_refused_and_left_untouched(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    entry = houses.entry(version=2)
    entry.add_to_hass(hass)
    assert not await migrate.async_migrate_entry(hass, entry)
    assert "newer release of Solar Compute" in caplog.text
    assert entry.version == 2
    assert entry.data == SITE
