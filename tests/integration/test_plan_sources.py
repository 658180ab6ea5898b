"""What the sources of a plan say: when it is news, how old it is, and when one is silent."""

import asyncio
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.answers import WITHIN_S
from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.forecasts import STALE_S
from custom_components.solar_compute.plan_keeper import LOOK_AFTER_S, PlanKeeper
from custom_components.solar_compute.plan_view import PlanStatus

from . import providers
from .common import home as house, meter, move_in, pass_time, switched
from .planning import MINER, know_the_home, plan, planning_home, sunny_days, told
from .providers import HOUR, midnight, steps


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to("2026-06-15 03:00:00+00:00")
    await providers.live_in(hass)


async def test_new_prices_make_a_new_plan(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    def shown(days: int) -> dict[str, Any]:
        rows = [
            {"start": moment, "end": moment + HOUR, "value": 0.2 + moment.hour / 100}
            for moment in steps(midnight(), midnight(days))
        ]
        return {"unit_of_measurement": "EUR/kWh", "raw_today": rows}

    know_the_home(hass_storage)
    await sunny_days(hass)
    hass.states.async_set("sensor.price", "0.25", shown(1))
    coordinator = await planning_home(
        hass, data={"import_price_entity": "sensor.price"}
    )
    known = coordinator.foresight.ahead(coordinator.data.snapshot)
    assert known.hours_per_kwh is not None
    assert known.hours_per_kwh[:3] == pytest.approx((0.25, 0.26, 0.27))
    await pass_time(hass, freezer, LOOK_AFTER_S + 10, step=62)
    hass.states.async_set("sensor.price", "0.25", shown(2))
    await pass_time(hass, freezer, 2)
    await plan(hass)
    made = coordinator.plans.view.plan
    assert made is not None
    assert made.expected.import_per_kwh[-1] is not None
    assert made.made_s == pytest.approx(freezer().timestamp(), abs=63)


async def test_a_price_list_that_is_only_written_anew_makes_no_new_plan(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    def shown(minute: int) -> dict[str, Any]:
        rows = [
            {"start": moment, "end": moment + HOUR, "value": 0.2 + moment.hour / 100}
            for moment in steps(midnight(), midnight(1))
        ]
        return {"unit_of_measurement": "EUR/kWh", "raw_today": rows, "asked": minute}

    know_the_home(hass_storage)
    await sunny_days(hass)
    hass.states.async_set("sensor.price", "0.25", shown(0))
    coordinator = await planning_home(
        hass, data={"import_price_entity": "sensor.price"}
    )
    first = coordinator.plans.view.plan
    for minute in range(1, 14):
        await pass_time(hass, freezer, 60, step=60)
        hass.states.async_set("sensor.price", "0.25", shown(minute))
        await plan(hass)
    assert coordinator.plans.view.plan is first


async def test_a_price_entity_that_is_silent_for_a_while_takes_no_prices_away(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    rows = [
        {"start": moment, "end": moment + HOUR, "value": 0.2 + moment.hour / 100}
        for moment in steps(midnight(), midnight(1))
    ]
    know_the_home(hass_storage)
    await sunny_days(hass)
    shown = {"unit_of_measurement": "EUR/kWh", "raw_today": rows}
    hass.states.async_set("sensor.price", "0.25", shown)
    coordinator = await planning_home(
        hass, data={"import_price_entity": "sensor.price"}
    )
    hass.states.async_set("sensor.price", "unavailable")
    await pass_time(hass, freezer, 16 * 60, step=60)
    await plan(hass)
    made = coordinator.plans.view.plan
    assert made is not None
    assert made.expected.sources["import"] == "forecast"


async def test_a_provider_that_never_answers_is_planned_without(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    async def never(_hass: HomeAssistant, _entry_id: str) -> None:
        await asyncio.Event().wait()

    know_the_home(hass_storage)
    provider = await sunny_days(hass)
    provider.side_effect = never
    entry = house(switched("miner", MINER))
    await move_in(hass, entry, grid_w=400)
    await pass_time(hass, freezer, WITHIN_S + 2, step=1)
    await plan(hass)
    keeper: PlanKeeper = entry.runtime_data.plans
    without = keeper.view
    assert without.status is PlanStatus.NO_FORECAST
    assert without.plan is not None

    provider.side_effect = None
    await pass_time(hass, freezer, 62, step=31)
    keeper.request()
    await plan(hass)
    assert keeper.view.status is PlanStatus.PLANNED


async def test_a_forecast_that_nobody_updates_is_planned_without(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    coordinator = await planning_home(hass)
    freezer.tick(timedelta(seconds=STALE_S + 60))
    meter(hass, 400)
    await pass_time(hass, freezer, 16 * 60, step=240)
    await plan(hass)
    assert coordinator.plans.view.status is PlanStatus.FORECAST_OUTDATED
    assert coordinator.foresight.ahead(coordinator.data.snapshot).stored is None


async def test_a_forecast_that_nobody_updates_is_not_fresh_after_a_restart(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    before = await planning_home(hass)
    freezer.tick(timedelta(seconds=STALE_S - 600))
    assert await hass.config_entries.async_reload(before.config_entry.entry_id)
    meter(hass, 400)
    await pass_time(hass, freezer, 2)
    await plan(hass)
    after: SolarComputeCoordinator = before.config_entry.runtime_data
    assert after.plans.view.sun_age_s == pytest.approx(STALE_S - 600, abs=60)
    freezer.tick(900)
    meter(hass, 400)
    await pass_time(hass, freezer, 16 * 60, step=240)
    await plan(hass)
    assert after.plans.view.status is PlanStatus.FORECAST_OUTDATED
    assert (await told(hass, "miner"))["status"] == "forecast_outdated"
