"""What a worker counts belongs into the Energy dashboard, and into a year's statistics."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import DeviceConsumption, async_get_manager
from homeassistant.components.energy.validate import async_validate
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.statistics import (
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.components.sensor import SensorEntityDescription, SensorStateClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from custom_components.solar_compute.sensors_plan import (
    SITE_PLAN_SENSORS,
    WORKER_PLAN_SENSORS,
)
from custom_components.solar_compute.sensors_sink import SINK_SENSORS
from custom_components.solar_compute.sensors_site import SITE_SENSORS
from custom_components.solar_compute.sensors_worker import WORKER_SENSORS

from .common import meter, pass_time
from .faces_common import CRUNCHER, boiler, cruncher, home, set_up
from .recorded_past import NOON
from .sun import sunny
from .translations import DOMAIN


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Have a recorder before there is a Home Assistant."""


FIVE_MINUTES = timedelta(minutes=5)
ALL: dict[str, tuple[SensorEntityDescription, ...]] = {
    "home": (*SITE_SENSORS, *SITE_PLAN_SENSORS),
    "worker": (*WORKER_SENSORS, *WORKER_PLAN_SENSORS),
    "sink": SINK_SENSORS,
}
SUMS = {
    "home": {
        *("shadow_gain", "co2_average", "co2_marginal", "useful_heat", "unwanted_heat"),
        *("lost_heat", "displaced_energy", "heat_savings"),
    },
    "worker": {
        *("energy", "energy_solar", "energy_battery", "energy_grid", "cost", "value"),
        *("useful_heat", "unsaved_work", "run_time_today", "starts_today"),
    },
    "sink": {
        *("heat_delivered", "useful_heat", "exported_heat", "hot_water"),
        *("displaced_energy", "heat_savings"),
    },
}
"""What adds up over a year; the figures of today too, as the recorder adds up the days."""
MEANS = {
    "home": {
        *("surplus", "balance", "next_price", "knowledge", "solar_share"),
        "reuse_factor",
    },
    "worker": {"power", "level", "worth", "jobs"},
    "sink": {
        *("energy_to_target", "heat_power", "heat_value", "backup_heat_price"),
        *("since_hot", "daily_use", "heat_loss", "time_constant"),
    },
}
"""What has a mean, a least and a most of each hour."""
NO_YEAR = {
    "home": {"state", "plan_status", "planned_value", "planned_energy", "plan_made"},
    "worker": {
        *("state", "reason", "next_deadline", "lease_remaining"),
        *("next_start", "planned_energy"),
    },
    "sink": set[str](),
}
"""Words, moments, and what was only planned: nobody adds these up."""


def _with(kind: str, *classes: SensorStateClass | None) -> set[str]:
    return {row.key for row in ALL[kind] if row.state_class in classes}


def test_all_that_is_worth_a_years_look_has_long_term_statistics() -> None:
    for kind in ALL:
        sums = _with(kind, SensorStateClass.TOTAL, SensorStateClass.TOTAL_INCREASING)
        assert sums == SUMS[kind]
        assert _with(kind, SensorStateClass.MEASUREMENT) == MEANS[kind]
        assert _with(kind, None) == NO_YEAR[kind]


def _entity(hass: HomeAssistant, owner: str, key: str) -> str:
    entity_id = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{owner}_{key}"
    )
    assert entity_id is not None
    return entity_id


async def test_the_energy_dashboard_finds_nothing_wrong_with_a_worker_behind_a_plug(
    hass: HomeAssistant,
) -> None:
    await async_setup_component(hass, "energy", {})
    await set_up(hass, home(cruncher(), boiler()))
    plug = "sensor.plug_energy"
    hass.states.async_set(
        plug,
        "12.5",
        {
            "device_class": "energy",
            "state_class": "total_increasing",
            "unit_of_measurement": "kWh",
        },
    )
    keys = ("energy", "energy_solar", "energy_battery", "energy_grid")
    energy, *sources = (_entity(hass, CRUNCHER, key) for key in keys)
    await _compiled(hass, _five_minutes())
    manager = await async_get_manager(hass)
    await manager.async_update(
        {
            "energy_sources": [],
            "device_consumption": [
                {"stat_consumption": plug},
                {
                    "stat_consumption": energy,
                    "stat_rate": _entity(hass, CRUNCHER, "power"),
                    "included_in_stat": plug,
                },
                *[DeviceConsumption(stat_consumption=source) for source in sources],
            ],
        }
    )

    found = (await async_validate(hass)).as_dict()

    assert len(found["device_consumption"]) == 5
    assert not any(found["device_consumption"])


async def test_every_sum_is_one_for_the_recorder_too(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await _compiled(hass, _five_minutes())

    known: list[dict[str, Any]] = await get_instance(hass).async_add_executor_job(
        list_statistic_ids, hass
    )

    has_sum = {one["statistic_id"]: one["has_sum"] for one in known}
    for key in SUMS["worker"] - {"unsaved_work"}:
        assert has_sum[_entity(hass, CRUNCHER, key)], key
    for key in MEANS["worker"]:
        assert not has_sum[_entity(hass, CRUNCHER, key)], key


async def test_a_restart_is_no_drop_of_a_sum(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    await sunny(hass)
    await pass_time(hass, freezer, 60)
    energy = _entity(hass, "miner", "energy")
    await _compiled(hass, NOON)
    (entry,) = hass.config_entries.async_entries(DOMAIN)

    await hass.config_entries.async_unload(entry.entry_id)
    freezer.move_to(NOON + FIVE_MINUTES)
    meter(hass, -2000)
    await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(hass, freezer, 60)
    await _compiled(hass, NOON + FIVE_MINUTES)

    rows: Any = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        *(hass, NOON, None, {energy}, "5minute", None, {"state", "sum"}),
    )
    first, second = rows[energy]
    assert second["sum"] - first["sum"] == second["state"] - first["state"] > 0


async def _compiled(hass: HomeAssistant, start: datetime) -> None:
    """Let the recorder make statistics of five minutes."""
    await async_wait_recording_done(hass)
    do_adhoc_statistics(hass, start=start)
    await async_wait_recording_done(hass)


def _five_minutes() -> datetime:
    """Return the start of the five minutes that have begun."""
    now = datetime.now(UTC)
    return now - timedelta(
        minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond
    )
