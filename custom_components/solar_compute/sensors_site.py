"""The sensors of the home: what it has, and what all workers together cost and brought.

A table of rows; a new sensor is a new row.
"""

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfPower, UnitOfTime

from .attributes import site_attributes
from .attributes_learned import knowledge_attributes
from .configured import Configuration
from .core.model import SiteState
from .facts import SiteFacts
from .sensor_descriptions import (
    PRICE_UNIT,
    SolarComputeSensorDescription,
    carbon,
    energy,
    money,
    share,
)


def _has_sinks(configuration: Configuration) -> bool:
    return bool(configuration.tanks or configuration.rooms)


def _has_unwanted(configuration: Configuration) -> bool:
    """Tell whether heat can be unwanted: some of it may land in cooled space."""
    cooled = any(load.spec.cooled_share > 0 for load in configuration.loads)
    return bool(configuration.spaces) or cooled


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
    money(
        "shadow_gain",
        lambda site, period: site.imagined(period).value - site.imagined(period).cost,
    ),
    SolarComputeSensorDescription(
        key="knowledge",
        translation_key="knowledge",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfTime.DAYS,
        suggested_display_precision=1,
        digits=1,
        value_fn=lambda site: site.learned.days,
        attributes_fn=knowledge_attributes,
    ),
    share("solar_share", lambda site, period: site.account(period).solar_share),
    carbon("co2_average", lambda site, period: site.account(period).co2_average_g),
    carbon("co2_marginal", lambda site, period: site.account(period).co2_marginal_g),
    share(
        "reuse_factor",
        lambda site, period: site.account(period).reuse_factor,
        has_fn=_has_sinks,
    ),
    energy(
        "useful_heat",
        lambda site, period: site.account(period).useful_heat_wh,
        has_fn=_has_sinks,
    ),
    energy(
        "unwanted_heat",
        lambda site, period: site.account(period).unwanted_heat_wh,
        has_fn=lambda home: _has_sinks(home) or _has_unwanted(home),
    ),
    energy(
        "lost_heat",
        lambda site, period: site.account(period).lost_heat_wh,
        has_fn=_has_sinks,
    ),
    energy(
        "displaced_energy",
        lambda site, period: site.account(period).displaced_wh,
        has_fn=_has_sinks,
    ),
    money(
        "heat_savings",
        lambda site, period: site.account(period).saved,
        has_fn=_has_sinks,
    ),
)
