"""What a real recorder has been told, as a test wants it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.db_schema import Statistics, StatisticsShortTerm
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
WATTS = {"unit_of_measurement": "W"}


async def say(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_id: str,
    states: Mapping[int, str] | Mapping[float, str],
    attributes: Mapping[str, Any] = WATTS,
) -> None:
    """Let an entity say something at these minutes after noon, and go back to noon."""
    for minute, state in sorted(states.items()):
        freezer.move_to(NOON + timedelta(minutes=minute))
        hass.states.async_set(entity_id, state, dict(attributes))
        await hass.async_block_till_done()
    await async_wait_recording_done(hass)


async def compile_statistics(
    hass: HomeAssistant,
    recorder: Recorder,
    entity_id: str,
    means: Mapping[datetime, float],
    *,
    hourly: bool = False,
    unit: str = "W",
    unit_class: str | None = "power",
) -> None:
    """Let the recorder have statistics of an entity, by the start of their interval."""
    recorder.async_import_statistics(
        StatisticMetaData(
            mean_type=StatisticMeanType.ARITHMETIC,
            has_sum=False,
            name=None,
            source="recorder",
            statistic_id=entity_id,
            unit_class=unit_class,
            unit_of_measurement=unit,
        ),
        [StatisticData(start=start, mean=mean) for start, mean in means.items()],
        Statistics if hourly else StatisticsShortTerm,
    )
    await async_wait_recording_done(hass)


def every(minutes: int, start: datetime, *values: float) -> dict[datetime, float]:
    """Return one value after the other, so many minutes apart."""
    return {
        start + timedelta(minutes=minutes * index): value
        for index, value in enumerate(values)
    }
