"""The sensors of the plan: what decisions go by, when workers start, what it will bring.

Two tables of rows, of the home and of a worker. All of them say what was planned, not
what is being done; figures change when there is another plan.
"""

from datetime import UTC, datetime

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory, UnitOfEnergy

from .attributes import plan_attributes
from .configured import WorkerConfig
from .facts import SiteFacts, WorkerFacts
from .plan_view import PlanStatus
from .sensor_descriptions import SolarComputeSensorDescription


def _time(unix_s: float | None) -> datetime | None:
    return None if unix_s is None else datetime.fromtimestamp(unix_s, UTC)


def _made(site: SiteFacts) -> datetime | None:
    plan = site.plan.plan
    return None if plan is None else _time(plan.made_s // 1)


def _is_switched(config: WorkerConfig) -> bool:
    return config.switched


SITE_PLAN_SENSORS: tuple[SolarComputeSensorDescription[SiteFacts], ...] = (
    SolarComputeSensorDescription(
        key="plan_status",
        translation_key="plan_status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in PlanStatus],
        value_fn=lambda site: site.plan.status.value,
        attributes_fn=plan_attributes,
    ),
    SolarComputeSensorDescription(
        key="planned_value",
        translation_key="planned_value",
        device_class=SensorDeviceClass.MONETARY,
        native_unit_of_measurement="{currency}",
        suggested_display_precision=2,
        digits=3,
        value_fn=lambda site: site.plan.value(),
    ),
    SolarComputeSensorDescription(
        key="planned_energy",
        translation_key="planned_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        digits=0,
        value_fn=lambda site: site.plan.energy_wh(),
    ),
    SolarComputeSensorDescription(
        key="plan_made",
        translation_key="plan_made",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_made,
    ),
)

WORKER_PLAN_SENSORS: tuple[SolarComputeSensorDescription[WorkerFacts], ...] = (
    SolarComputeSensorDescription(
        key="next_start",
        translation_key="next_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        has_fn=_is_switched,
        value_fn=lambda worker: _time(
            worker.site.plan.next_start_s(worker.config.key, worker.site.now_s)
        ),
    ),
    SolarComputeSensorDescription(
        key="planned_energy",
        translation_key="planned_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        digits=0,
        has_fn=_is_switched,
        value_fn=lambda worker: worker.site.plan.energy_wh(worker.config.key),
    ),
)
