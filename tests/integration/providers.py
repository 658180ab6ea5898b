"""Integrations that know of the hours to come, with payloads as the real ones give them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import AsyncMock, Mock

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import async_get_manager
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
    mock_platform,
)

HOUR = timedelta(hours=1)


async def live_at(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hour: int
) -> None:
    """Live in Berlin on a day in June, at that hour of UTC."""
    freezer.move_to(datetime(2026, 6, 15, hour, tzinfo=UTC))
    await live_in(hass)


async def live_in(hass: HomeAssistant, zone: str = "Europe/Berlin") -> None:
    """Let the home pay in euro and have the clocks of a place."""
    await hass.config.async_set_time_zone(zone)
    hass.config.currency = "EUR"


def midnight(days: int = 0) -> datetime:
    """Return when a local day begins, today by default."""
    today = dt_util.now().date() + timedelta(days=days)
    return dt_util.start_of_local_day(today)


def steps(
    start: datetime, end: datetime, length: timedelta = HOUR
) -> Iterable[datetime]:
    """Yield the starts of all steps of a time, in local time, over changes of clocks."""
    moment = dt_util.as_utc(start)
    while moment < end:
        yield dt_util.as_local(moment)
        moment += length


def bell_wh(moment: datetime, peak_wh: float = 3000.0) -> float:
    """Return what a sunny hour of the day brings: most at noon, nothing at night."""
    return max(0.0, peak_wh * (1 - ((moment.hour - 12.5) / 7) ** 2))


def sun_rows(days: int = 2, peak_wh: float = 3000.0) -> dict[str, float]:
    """Return what the energy platform of a provider says: the night is left out."""
    return {
        moment.isoformat(): round(bell_wh(moment, peak_wh))
        for moment in steps(midnight(), midnight(days))
        if bell_wh(moment)
    }


async def forecast_by(
    hass: HomeAssistant, answer: Any, domain: str = "sunny_forecast"
) -> AsyncMock:
    """Set up a provider that the Energy dashboard's panels name.

    Returns what it is asked with.
    """
    provider = AsyncMock(side_effect=None, return_value=answer)
    mock_integration(hass, MockModule(domain))
    platform = Mock(
        spec=["async_get_solar_forecast"], async_get_solar_forecast=provider
    )
    mock_platform(hass, f"{domain}.energy", platform)
    entry = MockConfigEntry(
        domain=domain, entry_id=f"the_{domain}", state=ConfigEntryState.LOADED
    )
    entry.add_to_hass(hass)
    hass.config.components.add(domain)
    await panels_name(hass, entry.entry_id)
    return provider


async def panels_name(hass: HomeAssistant, *entry_ids: str) -> None:
    """Have an Energy dashboard, whose panels name these forecasts."""
    hass.config.components.add("energy")
    manager = await async_get_manager(hass)
    manager.data = {
        "energy_sources": [
            {
                "type": "solar",
                "stat_energy_from": "sensor.panels_energy",
                "config_entry_solar_forecast": list(entry_ids),
            }
        ],
        "device_consumption": [],
        "device_consumption_water": [],
    }


def registered(
    hass: HomeAssistant,
    platform: str,
    unique_id: str,
    object_id: str,
    domain: str = "sensor",
) -> str:
    """Return an entity of an integration, in the registry and on its one device."""
    entry = hass.config_entries.async_get_entry(f"the_{platform}")
    if entry is None:
        entry = MockConfigEntry(domain=platform, entry_id=f"the_{platform}")
        entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(platform, "meter")}
    )
    return (
        er.async_get(hass)
        .async_get_or_create(
            domain,
            platform,
            unique_id,
            suggested_object_id=object_id,
            config_entry=entry,
            device_id=device.id,
        )
        .entity_id
    )


def answer_by(
    hass: HomeAssistant,
    domain: str,
    action: str,
    respond: Callable[[Mapping[str, Any]], ServiceResponse],
) -> list[Mapping[str, Any]]:
    """Register an action that only responds; returns all that it is asked."""
    asked: list[Mapping[str, Any]] = []

    async def handle(call: ServiceCall) -> ServiceResponse:
        asked.append(call.data)
        return respond(call.data)

    hass.services.async_register(
        domain, action, handle, supports_response=SupportsResponse.ONLY
    )
    return asked


def solcast_rows(day: int, **changes: Any) -> list[dict[str, Any]]:
    """Return a day as Solcast's sensors show it: kW per half hour, nights included."""
    rows = []
    for moment in steps(midnight(day), midnight(day + 1), HOUR / 2):
        mean_kw = bell_wh(moment) / 1000
        rows.append(
            {
                "period_start": moment.isoformat(),
                "pv_estimate": round(mean_kw, 4),
                "pv_estimate10": round(mean_kw * 0.4, 4),
                "pv_estimate90": round(mean_kw * 1.2, 4),
                **changes,
            }
        )
    return rows


def solcast(hass: HomeAssistant, **changes: Any) -> str:
    """Show today's and tomorrow's forecast by Solcast; returns today's sensor."""
    names = []
    for day, name in enumerate(("today", "tomorrow")):
        names.append(
            registered(
                hass, "solcast_solar", f"total_kwh_forecast_{name}", f"solcast_{name}"
            )
        )
        hass.states.async_set(
            names[-1],
            "21.3",
            {
                "unit_of_measurement": "kWh",
                "estimate": 21.3,
                "dayname": "Monday",
                "dataCorrect": True,
                "detailedForecast": solcast_rows(day, **changes),
            },
        )
    return names[0]
