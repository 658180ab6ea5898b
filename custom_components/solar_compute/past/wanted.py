"""Which entities tell of which part of a home's past.

May import the configuration and Home Assistant's converters; must never read a state.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from homeassistant.const import UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import PowerConverter, TemperatureConverter

from ..configured import Configuration, PowerSource
from ..const import DOMAIN
from ..core import history as columns
from ..units import is_percent, is_power, is_temperature, price_factor


class Quantity(StrEnum):
    """What an entity measures."""

    POWER = "power"
    TEMPERATURE = "temperature"
    PERCENT = "percent"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A column, and the entities that it is the sum of, each with its factor."""

    column: str
    quantity: Quantity
    parts: tuple[tuple[str, float], ...]


def wanted(
    configuration: Configuration, worker_powers: Mapping[str, str]
) -> tuple[Wanted, ...]:
    """Return all columns that the configured entities tell of.

    `worker_powers` are the entities of the workers' power by the workers' keys.
    """
    inputs = configuration.inputs
    sources = (
        (columns.GRID_W, inputs.grid),
        (columns.BATTERY_W, inputs.battery),
        (columns.PV_W, inputs.pv),
    )
    single = (
        (columns.SOC, Quantity.PERCENT, inputs.soc),
        (columns.IMPORT_PER_KWH, Quantity.PRICE, inputs.import_price),
        (columns.EXPORT_PER_KWH, Quantity.PRICE, inputs.export_price),
        (columns.OUTDOOR_C, Quantity.TEMPERATURE, outdoor_entity(configuration)),
    )
    return (
        *(_power(name, source) for name, source in sources if source is not None),
        *(
            Wanted(column=name, quantity=quantity, parts=((entity_id, 1.0),))
            for name, quantity, entity_id in single
            if entity_id is not None
        ),
        *(
            _mean(columns.tank_column(tank.key), tank.temperatures)
            for tank in configuration.tanks
        ),
        *(
            _mean(columns.room_column(room.key), room.temperatures)
            for room in configuration.rooms
        ),
        *(
            _power(columns.worker_column(key), PowerSource(plus=(entity_id,)))
            for key, entity_id in worker_powers.items()
        ),
    )


def outdoor_entity(configuration: Configuration) -> str | None:
    """Return the first sensor of the air outside that a room has."""
    return next((room.outdoor for room in configuration.rooms if room.outdoor), None)


def worker_powers(hass: HomeAssistant, configuration: Configuration) -> dict[str, str]:
    """Return our own sensors of the workers' power, by the workers' keys."""
    registry = er.async_get(hass)
    found = {
        worker.key: registry.async_get_entity_id(
            "sensor", DOMAIN, f"{worker.key}_power"
        )
        for worker in configuration.workers
    }
    return {key: entity_id for key, entity_id in found.items() if entity_id}


def converter(
    quantity: Quantity, unit: str | None, currency: str
) -> Callable[[float], float] | None:
    """Return what turns a value in that unit into the core's; None: it cannot be."""
    if quantity is Quantity.POWER and is_power(unit):
        return PowerConverter.converter_factory(unit, UnitOfPower.WATT)
    if quantity is Quantity.TEMPERATURE and is_temperature(unit):
        return TemperatureConverter.converter_factory(unit, UnitOfTemperature.CELSIUS)
    if quantity is Quantity.PERCENT and is_percent(unit):
        return float
    if quantity is Quantity.PRICE:
        factor = price_factor(unit, currency)
        return None if factor is None else lambda price: price * factor
    return None


def _power(column: str, source: PowerSource) -> Wanted:
    return Wanted(
        column=column,
        quantity=Quantity.POWER,
        parts=(
            *((entity_id, 1.0) for entity_id in source.plus),
            *((entity_id, -1.0) for entity_id in source.minus),
        ),
    )


def _mean(column: str, entity_ids: Iterable[str]) -> Wanted:
    names = tuple(entity_ids)
    return Wanted(
        column=column,
        quantity=Quantity.TEMPERATURE,
        parts=tuple((name, 1 / len(names)) for name in names),
    )
