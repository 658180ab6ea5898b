"""The sensors as tables: one row says what a sensor shows and how.

`{currency}` in a unit stands for the home's currency. Energies are kept in Wh
and shown in kWh. Rounding is coarse on purpose: every change of a state is a row
in the recorder.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfPower, UnitOfTime

from .attributes import reason_attributes, site_attributes
from .configuration import AgentBackend, WorkerConfig
from .core.model import ReasonCode, SiteState, WorkerState
from .core.thermal import energy_to_target_wh
from .entity import SiteFacts, TankFacts, WorkerFacts

PRICE_UNIT = "{currency}/kWh"


@dataclass(frozen=True, kw_only=True)
class SolarComputeSensorDescription[FactsT](SensorEntityDescription):
    """Describe a sensor that renders facts of type `FactsT`."""

    value_fn: Callable[[FactsT], float | str | None]
    """The value, None where it is unknown."""
    attributes_fn: Callable[[FactsT], dict[str, Any]] | None = None
    digits: int | None = None
    """Decimal digits that the state keeps."""


@dataclass(frozen=True, kw_only=True)
class WorkerSensorDescription(SolarComputeSensorDescription[WorkerFacts]):
    """Describe a sensor of a worker."""

    has_fn: Callable[[WorkerConfig], bool] = lambda _: True
    """Whether this worker can have it at all."""


SITE_SENSORS: tuple[SolarComputeSensorDescription[SiteFacts], ...] = (
    SolarComputeSensorDescription(
        key="state",
        translation_key="site_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in SiteState],
        value_fn=lambda site: site.data.decision.state.value,
        attributes_fn=site_attributes,
    ),
    SolarComputeSensorDescription(
        key="surplus",
        translation_key="surplus",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        digits=0,
        value_fn=lambda site: site.data.decision.surplus_w,
    ),
    SolarComputeSensorDescription(
        key="balance",
        translation_key="balance",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        digits=0,
        value_fn=lambda site: site.data.decision.balance_w,
    ),
    SolarComputeSensorDescription(
        key="next_price",
        translation_key="next_price",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PRICE_UNIT,
        suggested_display_precision=3,
        digits=4,
        value_fn=lambda site: site.data.decision.next_per_kwh,
    ),
)


def _power_w(worker: WorkerFacts) -> float | None:
    """Return what the worker states, else the nominal power of its level."""
    view = worker.view
    if view is None or view.power_w is not None or view.level is None:
        return None if view is None else view.power_w
    return worker.config.spec.power_w(view.level)


def _energy(
    key: str, value_fn: Callable[[WorkerFacts], float]
) -> WorkerSensorDescription:
    return WorkerSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        digits=0,
        value_fn=value_fn,
    )


def _money(
    key: str, value_fn: Callable[[WorkerFacts], float]
) -> WorkerSensorDescription:
    return WorkerSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement="{currency}",
        suggested_display_precision=2,
        digits=3,
        value_fn=value_fn,
    )


WORKER_SENSORS: tuple[WorkerSensorDescription, ...] = (
    WorkerSensorDescription(
        key="state",
        translation_key="worker_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in WorkerState],
        value_fn=lambda worker: (
            None if worker.view is None else worker.view.state.value
        ),
    ),
    WorkerSensorDescription(
        key="reason",
        translation_key="reason",
        device_class=SensorDeviceClass.ENUM,
        options=[code.value for code in ReasonCode],
        value_fn=lambda worker: (
            None if worker.decision is None else worker.decision.reason.code.value
        ),
        attributes_fn=reason_attributes,
    ),
    WorkerSensorDescription(
        key="power",
        translation_key="worker_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        digits=0,
        value_fn=_power_w,
    ),
    WorkerSensorDescription(
        key="level",
        translation_key="level",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda worker: None if worker.view is None else worker.view.level,
    ),
    WorkerSensorDescription(
        key="worth",
        translation_key="worth",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement="{currency}/h",
        suggested_display_precision=3,
        digits=3,
        value_fn=lambda worker: None if worker.judged is None else worker.judged.total,
    ),
    _energy("energy", lambda worker: worker.account.energy_wh),
    _energy("energy_solar", lambda worker: worker.account.solar_wh),
    _energy("energy_battery", lambda worker: worker.account.battery_wh),
    _energy("energy_grid", lambda worker: worker.account.grid_wh),
    _money("cost", lambda worker: worker.account.cost),
    _money("value", lambda worker: worker.account.value),
    WorkerSensorDescription(
        key="run_time_today",
        translation_key="run_time_today",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=2,
        digits=0,
        value_fn=lambda worker: worker.account.run_today_s,
    ),
    WorkerSensorDescription(
        key="starts_today",
        translation_key="starts_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda worker: worker.account.starts_today,
    ),
    WorkerSensorDescription(
        key="lease_remaining",
        translation_key="lease_remaining",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        digits=0,
        has_fn=lambda config: isinstance(config.backend, AgentBackend),
        value_fn=lambda worker: (
            None if worker.view is None else worker.view.lease_remaining_s
        ),
    ),
)


def _energy_to_target_wh(tank: TankFacts) -> float | None:
    if tank.temperature_c is None:
        return None
    return energy_to_target_wh(tank.config.spec, tank.temperature_c)


TANK_SENSORS: tuple[SolarComputeSensorDescription[TankFacts], ...] = (
    SolarComputeSensorDescription(
        key="energy_to_target",
        translation_key="energy_to_target",
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        digits=-1,
        value_fn=_energy_to_target_wh,
    ),
    SolarComputeSensorDescription(
        key="heat_delivered",
        translation_key="heat_delivered",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        digits=0,
        value_fn=lambda tank: tank.account.heat_wh,
    ),
    SolarComputeSensorDescription(
        key="heat_value",
        translation_key="heat_value",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PRICE_UNIT,
        suggested_display_precision=3,
        digits=4,
        value_fn=lambda tank: None if tank.price is None else tank.price.per_kwh,
    ),
)
