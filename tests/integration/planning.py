"""A home that plans: it knows its mean day, and somebody forecasts its sun.

And a plan that no planner made, for what only shows one.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.core.codec import to_json
from custom_components.solar_compute.core.foreseen import Source
from custom_components.solar_compute.core.memory import HourMean, MeanDay, Memory
from custom_components.solar_compute.core.plan import (
    Expected,
    Grid,
    Plan,
    PlannedJob,
    PlannedWindow,
)
from custom_components.solar_compute.core.storage import FirstLimit, StoredValue
from custom_components.solar_compute.plan_view import PlanStatus, PlanView

from . import providers
from .common import home, move_in, settle, switched
from .faces_common import device_of
from .providers import midnight
from .stored import store
from .translations import DOMAIN

MINER = "input_boolean.miner"
NIGHT_W, NEEDS_W = -400.0, 400.0
HOUR = 3600.0


def know_the_home(hass_storage: dict[str, Any], **hours_w: float) -> None:
    """Have the home know itself for a week: dark mean days, and 400 W of needs."""
    dark = MeanDay(hours=(HourMean(NIGHT_W, 7),) * 24)
    store(
        hass_storage,
        {
            "clock": {"clock_s": 1e6, "wall_s": 1e9},
            "memory": to_json(Memory(mean_day=dark)),
            "rest": to_json(MeanDay(hours=(HourMean(-NEEDS_W, 7),) * 24)),
        },
    )


async def plan(hass: HomeAssistant) -> None:
    """Let the plan be made that is due."""
    for _ in range(3):
        await settle(hass)
        while any(_is_planning(task) for task in hass._background_tasks):
            # Time stands still for the loop, but not for the executor.
            await asyncio.sleep(0)


def _is_planning(task: asyncio.Future[Any]) -> bool:
    return isinstance(task, asyncio.Task) and any(
        doing in repr(task.get_coro()) for doing in ("_async_plan", "_async_look")
    )


async def planning_home(
    hass: HomeAssistant,
    *,
    data: Mapping[str, Any] | None = None,
    grid_w: float = 400,
    **options: Any,
) -> SolarComputeCoordinator:
    """Set up a home with a miner behind a plug, past its first plan."""
    entry: MockConfigEntry = home(
        switched("miner", MINER, min_run_s=900.0), data=data, **options
    )
    await move_in(hass, entry, grid_w=grid_w)
    await plan(hass)
    coordinator: SolarComputeCoordinator = entry.runtime_data
    return coordinator


async def sunny_days(hass: HomeAssistant, peak_wh: float = 3000.0) -> Any:
    """Have somebody forecast two sunny days."""
    return await providers.forecast_by(
        hass, {"wh_hours": providers.sun_rows(days=3, peak_wh=peak_wh)}
    )


async def told(hass: HomeAssistant, key: str) -> dict[str, Any]:
    """Return what the action says of the plan of a worker."""
    answer: Any = await hass.services.async_call(
        DOMAIN,
        "get_plan",
        {"device_id": device_of(hass, key)},
        blocking=True,
        return_response=True,
    )
    [only] = answer.values()
    return dict(only)


def window(worker: str, start_h: float, end_h: float, level: int = 1) -> PlannedWindow:
    """Return a run of 500 W per level that brings 4 ct an hour, by the local hour."""
    hours, begin_s = end_h - start_h, midnight().timestamp()
    return PlannedWindow(
        worker=worker,
        start_s=begin_s + start_h * HOUR,
        end_s=begin_s + end_h * HOUR,
        level=level,
        energy_wh=500.0 * level * hours,
        value=0.04 * hours,
        jobs=("render",) if worker == "heater" else (),
    )


WINDOWS = (
    ("miner", 10.0, 12.0, 1),
    ("miner", 12.0, 13.0, 2),
    ("heater", 11.0, 12.0, 1),
    ("miner", 34.0, 36.0, 1),
)
"""Today from ten to one, at another level from noon on; tomorrow from ten to twelve."""


def planned() -> PlanView:
    """Return a plan of `WINDOWS`, made at eight o'clock; it holds for a day."""
    now_s = midnight().timestamp() + 8 * HOUR
    grid = Grid(starts_s=(now_s, now_s + HOUR), lengths_s=(HOUR, 47 * HOUR))
    plan = Plan(
        made_s=now_s,
        valid_until_s=now_s + 24 * HOUR,
        expected=Expected(
            grid=grid,
            balance_w=(-400.0, 2600.4),
            balance_low_w=(-500.0, 900.0),
            import_per_kwh=(0.3, 0.28),
            export_per_kwh=(0.08, 0.08),
            sources={"balance": Source.FORECAST.value},
        ),
        levels={"miner": (0, 1), "heater": (0, 1)},
        windows=tuple(window(*item) for item in reversed(WINDOWS)),
        value=0.2612,
        soc_wh=(4000.0, 5000.0),
        stored=StoredValue(charge=0.08, discharge=0.14, first=FirstLimit.FULL),
        jobs=(PlannedJob(key="render", price_per_kwh=0.11, feasible=True),),
    )
    return PlanView(status=PlanStatus.PLANNED, plan=plan, sun_age_s=600.0)
