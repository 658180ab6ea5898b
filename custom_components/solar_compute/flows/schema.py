"""Building blocks of forms: selectors with units, sections, suggested values.

Entity fields are filtered by device class *or* unit, because template sensors often
have a unit only. May import Home Assistant's selectors; must never judge a value
(that is `checks`) and never read states.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import PERCENTAGE
from homeassistant.data_entry_flow import FlowHandler, section
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util.unit_conversion import VolumeFlowRateConverter
import probatio

from .. import units

type Fields = dict[probatio.Marker, Any]

_ON_OFF_DOMAINS = (
    "alarm_control_panel",
    "binary_sensor",
    "calendar",
    "cover",
    "device_tracker",
    "group",
    "input_boolean",
    "lock",
    "person",
    "schedule",
    "switch",
    "timer",
)
"""What `units.is_on` understands and a guard may want to watch."""


def required(key: str, default: Any = probatio.UNDEFINED) -> probatio.Marker:
    """Return the marker of a field that must be filled in."""
    return probatio.Required(key, default=default)


def needed(key: str) -> probatio.Marker:
    """Return the marker of a number that must be filled in and has no usual value.

    The frontend fills a required number with its minimum, which would pass for an
    answer; so it is optional to the frontend, and `checks.left_out` asks for it.
    """
    return probatio.Optional(key)


def optional(key: str) -> probatio.Marker:
    """Return the marker of a field that may stay empty."""
    return probatio.Optional(key)


def folded(fields: Fields, *, opened: bool = False) -> section:
    """Return fields as a section that is closed at first, unless it is `opened`."""
    return section(probatio.Schema(fields), {"collapsed": not opened})


def number(minimum: float, maximum: float, unit: str | None = None) -> NumberSelector:
    """Return a box for a number with a fraction, in `unit`."""
    config = NumberSelectorConfig(
        min=minimum, max=maximum, step="any", mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def seconds(minimum: float = 0.0, maximum: float = 30 * 86_400) -> NumberSelector:
    """Return a box for a time, at most thirty days unless said otherwise, in s."""
    return number(minimum, maximum, "s")


def percent(minimum: float = 0.0) -> NumberSelector:
    """Return a box for a share in per cent."""
    return number(minimum, 100, PERCENTAGE)


def price(currency: str) -> NumberSelector:
    """Return a box for a price of energy, in currency per kWh."""
    return number(-1_000_000, 1_000_000, f"{currency}/kWh")


def whole(minimum: int, maximum: int) -> probatio.All[Any]:
    """Return a box for a whole number."""
    return probatio.All(
        NumberSelector(
            NumberSelectorConfig(
                min=minimum, max=maximum, step=1, mode=NumberSelectorMode.BOX
            )
        ),
        probatio.Coerce(int),
    )


def choice(
    options: list[str] | list[SelectOptionDict],
    translation_key: str | None = None,
    *,
    as_list: bool = False,
) -> SelectSelector:
    """Return a choice of one, as a drop-down or as a list of radio buttons."""
    config = SelectSelectorConfig(
        options=options,
        mode=SelectSelectorMode.LIST if as_list else SelectSelectorMode.DROPDOWN,
    )
    if translation_key is not None:
        config["translation_key"] = translation_key
    return SelectSelector(config)


def power_entity(*, multiple: bool = False) -> EntitySelector:
    """Return a choice of power sensors, in any unit of power."""
    return _sensor("power", units.power_units(), multiple=multiple)


def temperature_entity(*, multiple: bool = False) -> EntitySelector:
    """Return a choice of one temperature sensor in any unit, or of several in order."""
    return _sensor("temperature", units.temperature_units(), multiple=multiple)


def flow_entity() -> EntitySelector:
    """Return a choice of one sensor of a flow of water, in any unit."""
    flows = sorted(str(unit) for unit in VolumeFlowRateConverter.VALID_UNITS)
    return _sensor("volume_flow_rate", flows)


def humidity_entity() -> EntitySelector:
    """Return a choice of one sensor of relative humidity."""
    return _sensor("humidity", [PERCENTAGE])


def power_or_current_entity() -> EntitySelector:
    """Return a choice of one sensor of power or of electric current, in any unit."""
    powers, currents = units.power_units(), units.current_units()
    return _entities(
        {"domain": "sensor", "device_class": ["power", "current"]},
        {"domain": "sensor", "unit_of_measurement": [*powers, *currents]},
    )


def cap_entity() -> EntitySelector:
    """Return a choice of one entity that says a power, which may be a setting."""
    domains = ["sensor", "number", "input_number"]
    return _entities(
        {"domain": domains, "device_class": "power"},
        {"domain": domains, "unit_of_measurement": units.power_units()},
    )


def on_off_entity() -> EntitySelector:
    """Return a choice of one entity that is on or off."""
    return domain_entity(*_ON_OFF_DOMAINS)


def percent_entity() -> EntitySelector:
    """Return a choice of one sensor in per cent."""
    return _sensor("battery", [PERCENTAGE])


def price_entity(currency: str) -> EntitySelector:
    """Return a choice of one entity that has a price of energy."""
    return _entities(
        {
            "domain": ["sensor", "input_number", "number"],
            "unit_of_measurement": units.price_units(currency),
        }
    )


def co2_entity() -> EntitySelector:
    """Return a choice of one entity that has the CO₂ of electricity."""
    return _entities(
        {
            "domain": ["sensor", "input_number", "number"],
            "unit_of_measurement": units.co2_units(),
        }
    )


def domain_entity(*domains: str, multiple: bool = False) -> EntitySelector:
    """Return a choice of entities of these domains, which are enforced."""
    return EntitySelector(EntitySelectorConfig(domain=list(domains), multiple=multiple))


def _sensor(
    device_class: str, sensor_units: list[str], *, multiple: bool = False
) -> EntitySelector:
    return _entities(
        {"domain": "sensor", "device_class": device_class},
        {"domain": "sensor", "unit_of_measurement": sensor_units},
        multiple=multiple,
    )


def _entities(
    *filters: EntityWithDeviceFilterSelectorConfig, multiple: bool = False
) -> EntitySelector:
    config = EntitySelectorConfig(filter=list(filters), multiple=multiple)
    if multiple:
        config["reorder"] = True
    return EntitySelector(config)


def filled(
    flow: FlowHandler[Any, Any, Any], schema: probatio.Schema, values: Mapping[str, Any]
) -> probatio.Schema:
    """Return the schema with `values` (flat) suggested, in its sections too."""
    known = {key: value for key, value in values.items() if value is not None}
    inside = {str(key): known for key in schema.schema if is_section(schema, key)}
    return flow.add_suggested_values_to_schema(schema, {**known, **inside})


def flat(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered without its sections, empty lists left out."""
    values: dict[str, Any] = {}
    for key, value in user_input.items():
        if isinstance(value, dict):
            values.update(flat(value))
        elif value != []:
            values[key] = value
    return values


def placed(errors: Mapping[str, str], schema: probatio.Schema) -> dict[str, str]:
    """Return errors where a form can show them: on the section of their field."""
    sections = {
        str(field): str(key)
        for key, part in schema.schema.items()
        if is_section(schema, key)
        for field in part.schema.schema
    }
    return {sections.get(field, field): error for field, error in errors.items()}


def is_section(schema: probatio.Schema, key: Any) -> bool:
    """Tell whether a key of the schema opens a section."""
    return isinstance(schema.schema[key], section)
