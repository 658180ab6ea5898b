"""The sensors of a tank or room: its heat, what that is worth, and what was learned.

A table of rows; a new sensor is a new row.
"""

from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    EntityCategory,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTime,
    UnitOfVolume,
)

from .configured_heat import SinkConfig, TankConfig
from .core.heat_flow import litres_at_40_c
from .core.ledger import Period
from .core.spec import BackupKind, TankUse
from .facts import SinkFacts
from .rounding import rounded
from .sensor_descriptions import (
    PRICE_UNIT,
    SolarComputeSensorDescription,
    energy,
    money,
    total,
)


def _is_tank(config: SinkConfig) -> bool:
    return isinstance(config, TankConfig)


def _is_hot_water(config: SinkConfig) -> bool:
    return isinstance(config, TankConfig) and config.spec.use is TankUse.HOT_WATER


def _is_exported(config: SinkConfig) -> bool:
    return isinstance(config, TankConfig) and config.spec.use is TankUse.EXPORTED


def _has_backup(config: SinkConfig) -> bool:
    return config.spec.backup.kind is not BackupKind.NONE


def _litres(sink: SinkFacts, period: Period) -> float | None:
    if not isinstance(sink.config, TankConfig):
        return None
    heat_wh = sink.account(period).useful_heat_wh
    return litres_at_40_c(heat_wh, sink.config.spec.cold_c)


def _time_constant_h(sink: SinkFacts) -> float | None:
    if (state := sink.state) is None or state.loss_w_per_k <= 0:
        return None
    return state.capacity_wh_per_k / state.loss_w_per_k


def _since_hot_h(sink: SinkFacts) -> float | None:
    if sink.state is None or sink.state.hot_ago_s is None:
        return None
    return sink.state.hot_ago_s / 3600


def _price_attributes(sink: SinkFacts) -> dict[str, Any]:
    """Return why heat is worth that, and which electricity it counts on."""
    if (price := sink.price) is None:
        return {}
    return {"cause": price.cause.value, "supply": price.supply.value}


def _power_attributes(sink: SinkFacts) -> dict[str, Any]:
    """Return whether the heat is measured, else it is an estimate."""
    return {} if sink.state is None else {"measured": sink.state.heat_measured}


def _hot_attributes(sink: SinkFacts) -> dict[str, Any]:
    """Return the coldest and the warmest sensor of the tank now, in °C."""
    if (state := sink.state) is None:
        return {}
    return {
        "coldest_c": rounded(state.coldest_c, 1),
        "warmest_c": rounded(state.warmest_c, 1),
    }


def _learned_attributes(sink: SinkFacts) -> dict[str, Any]:
    """Return on how many days of data a learned figure rests; 0: on settings alone."""
    return (
        {}
        if sink.state is None
        else {"learned_days": rounded(sink.state.learned_days, 1)}
    )


def _learned(
    key: str, unit: str, **settings: Any
) -> SolarComputeSensorDescription[SinkFacts]:
    return SolarComputeSensorDescription(
        key=key,
        translation_key=key,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=unit,
        attributes_fn=_learned_attributes,
        **settings,
    )


SINK_SENSORS: tuple[SolarComputeSensorDescription[SinkFacts], ...] = (
    SolarComputeSensorDescription(
        key="energy_to_target",
        translation_key="energy_to_target",
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        digits=-1,
        value_fn=lambda sink: None if sink.state is None else sink.state.missing_wh,
    ),
    SolarComputeSensorDescription(
        key="heat_power",
        translation_key="heat_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        digits=0,
        value_fn=lambda sink: None if sink.state is None else sink.state.heat_w,
        attributes_fn=_power_attributes,
    ),
    energy("heat_delivered", lambda sink, period: sink.account(period).heat_wh),
    energy(
        "useful_heat",
        lambda sink, period: sink.account(period).useful_heat_wh,
        has_fn=lambda config: not _is_exported(config),
    ),
    energy(
        "exported_heat",
        lambda sink, period: sink.account(period).useful_heat_wh,
        has_fn=_is_exported,
    ),
    total(
        "hot_water",
        _litres,
        device_class=SensorDeviceClass.VOLUME,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfVolume.LITERS,
        suggested_display_precision=0,
        digits=0,
        period_digits=0,
        has_fn=_is_hot_water,
    ),
    energy(
        "displaced_energy",
        lambda sink, period: sink.account(period).displaced_wh,
        has_fn=_has_backup,
    ),
    money(
        "heat_savings",
        lambda sink, period: sink.account(period).saved,
        has_fn=_has_backup,
    ),
    SolarComputeSensorDescription(
        key="heat_value",
        translation_key="heat_value",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PRICE_UNIT,
        suggested_display_precision=3,
        digits=4,
        value_fn=lambda sink: None if sink.price is None else sink.price.per_kwh,
        attributes_fn=_price_attributes,
    ),
    SolarComputeSensorDescription(
        key="backup_heat_price",
        translation_key="backup_heat_price",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PRICE_UNIT,
        suggested_display_precision=3,
        digits=4,
        has_fn=_has_backup,
        value_fn=lambda sink: None if sink.price is None else sink.price.backup_per_kwh,
    ),
    SolarComputeSensorDescription(
        key="since_hot",
        translation_key="since_hot",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=0,
        digits=0,
        has_fn=_is_hot_water,
        value_fn=_since_hot_h,
        attributes_fn=_hot_attributes,
    ),
    _learned(
        "daily_use",
        "kWh/d",
        suggested_display_precision=1,
        digits=1,
        has_fn=_is_tank,
        value_fn=lambda sink: (
            None
            if sink.state is None or sink.state.use_wh_per_day is None
            else sink.state.use_wh_per_day / 1000
        ),
    ),
    _learned(
        "heat_loss",
        "W/K",
        suggested_display_precision=1,
        digits=1,
        value_fn=lambda sink: None if sink.state is None else sink.state.loss_w_per_k,
    ),
    _learned(
        "time_constant",
        UnitOfTime.HOURS,
        device_class=SensorDeviceClass.DURATION,
        suggested_display_precision=0,
        digits=0,
        value_fn=_time_constant_h,
    ),
)
