"""What a row of the sensors' tables can say, and the kinds of rows that recur.

`{currency}` in a unit stands for the home's currency. Energies are kept in Wh
and shown in kWh. Rounding is coarse on purpose: every change of a state is a row
in the recorder. The tables are in `sensors_site`, `sensors_worker`, `sensors_sink`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, UnitOfEnergy, UnitOfMass
from homeassistant.core import HomeAssistant

from .core.ledger import Period

PRICE_UNIT = "{currency}/kWh"


@dataclass(frozen=True, kw_only=True)
class SolarComputeSensorDescription[FactsT](SensorEntityDescription):
    """Describe a sensor that renders facts of type `FactsT`."""

    value_fn: Callable[[FactsT], float | str | datetime | None]
    """The value, None where it is unknown."""
    attributes_fn: Callable[[FactsT], dict[str, Any]] | None = None
    explanation_fn: Callable[[HomeAssistant, FactsT], str | None] | None = None
    """The value in sentences, for an attribute of that name."""
    digits: int | None = None
    """Decimal digits that the state keeps."""
    period_fn: Callable[[FactsT, Period], float | None] | None = None
    """The value of a period, for the attributes of today and this month."""
    period_scale: float = 1.0
    """What such a value is divided by, to be in the unit that people see."""
    period_digits: int = 3
    """Decimal digits of it."""
    has_fn: Callable[[Any], bool] = lambda _: True
    """Whether what is configured can have it at all."""


def energy[FactsT](
    key: str, value_fn: Callable[[FactsT, Period], float], **changes: Any
) -> SolarComputeSensorDescription[FactsT]:
    """Describe a counter of energy in Wh, shown in kWh."""
    return total(
        key,
        value_fn,
        period_scale=1000.0,
        **{
            "device_class": SensorDeviceClass.ENERGY,
            "state_class": SensorStateClass.TOTAL_INCREASING,
            "native_unit_of_measurement": UnitOfEnergy.WATT_HOUR,
            "suggested_unit_of_measurement": UnitOfEnergy.KILO_WATT_HOUR,
            "suggested_display_precision": 2,
            "digits": 0,
            **changes,
        },
    )


def money[FactsT](
    key: str, value_fn: Callable[[FactsT, Period], float], **changes: Any
) -> SolarComputeSensorDescription[FactsT]:
    """Describe a sum of money, which may also fall."""
    return total(
        key,
        value_fn,
        **{
            "device_class": SensorDeviceClass.MONETARY,
            "state_class": SensorStateClass.TOTAL,
            "native_unit_of_measurement": "{currency}",
            "suggested_display_precision": 2,
            "digits": 3,
            **changes,
        },
    )


def carbon[FactsT](
    key: str, value_fn: Callable[[FactsT, Period], float]
) -> SolarComputeSensorDescription[FactsT]:
    """Describe a mass of CO₂ in g, shown in kg, which may also fall."""
    return total(
        key,
        value_fn,
        period_scale=1000.0,
        device_class=SensorDeviceClass.WEIGHT,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfMass.GRAMS,
        suggested_unit_of_measurement=UnitOfMass.KILOGRAMS,
        suggested_display_precision=2,
        digits=0,
    )


def share[FactsT](
    key: str, share_fn: Callable[[FactsT, Period], float | None], **changes: Any
) -> SolarComputeSensorDescription[FactsT]:
    """Describe a share in per cent; unknown while there is nothing to share."""

    def percent(facts: FactsT, period: Period) -> float | None:
        part = share_fn(facts, period)
        return None if part is None else 100 * part

    return total(
        key,
        percent,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        digits=1,
        period_digits=1,
        **changes,
    )


def total[FactsT](
    key: str, value_fn: Callable[[FactsT, Period], float | None], **settings: Any
) -> SolarComputeSensorDescription[FactsT]:
    """Describe a figure since the beginning, with those of today and this month."""
    return SolarComputeSensorDescription(
        key=key,
        translation_key=key,
        value_fn=lambda facts: value_fn(facts, Period.TOTAL),
        period_fn=value_fn,
        **settings,
    )
