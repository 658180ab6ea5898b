"""Reads Home Assistant states in the units that the core computes in.

Everything that the integration measures passes through here, once: W, °C, A, L/min, %,
g of CO₂ and currency per kWh, on or off. A state that is missing, unknown, unavailable,
not a number, infinite or in a unit that does not convert is None, never 0.

May import Home Assistant's converters; must never read the state machine itself.
"""

from collections.abc import Iterable
from math import isfinite
from typing import Final

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import State
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    ElectricCurrentConverter,
    PowerConverter,
    TemperatureConverter,
    VolumeFlowRateConverter,
)

_ENERGY_UNITS: Final = {"Wh": 1000.0, "kWh": 1.0, "MWh": 0.001, "GWh": 0.000_001}
_KWH_FACTORS: Final = {unit.lower(): value for unit, value in _ENERGY_UNITS.items()}

_SYMBOLS: Final[dict[str, tuple[str, ...]]] = {
    "AUD": ("$", "A$"),
    "BRL": ("R$",),
    "CAD": ("$", "C$"),
    "CHF": ("Fr", "Fr.", "SFr"),
    "CNY": ("¥", "元"),
    "CZK": ("Kč",),
    "DKK": ("kr", "kr."),
    "EUR": ("€",),
    "GBP": ("£",),
    "HUF": ("Ft",),
    "ILS": ("₪",),
    "INR": ("₹",),
    "ISK": ("kr",),
    "JPY": ("¥", "円"),
    "KRW": ("₩",),
    "NOK": ("kr", "kr."),
    "NZD": ("$", "NZ$"),
    "PLN": ("zł",),
    "RON": ("lei",),
    "SEK": ("kr", "kr."),
    "TRY": ("₺",),
    "UAH": ("₴",),
    "USD": ("$", "US$"),
    "ZAR": ("R",),
}
_CENTS: Final = ("ct", "c", "cent", "cents", "Cent", "¢")
_OWN_CENTS: Final[dict[str, tuple[str, ...]]] = {
    "CHF": ("Rp", "Rp.", "Rappen"),
    "CZK": ("hal",),
    "DKK": ("øre",),
    "EUR": ("c€", "€c", "snt"),
    "GBP": ("p", "pence"),
    "ILS": ("ag", "agorot"),
    "INR": ("paise",),
    "NOK": ("øre",),
    "PLN": ("gr",),
    "RON": ("bani",),
    "SEK": ("öre",),
    "UAH": ("коп",),
}

_GRAMS: Final = {"g": 1.0, "kg": 1000.0, "t": 1_000_000.0}
_CO2_NAMES: Final = ("", "CO2", "CO₂", "CO2e", "CO₂e", "CO2eq", "CO₂eq", "CO2-eq")

_ON: Final = frozenset({"on", "open", "opening", "closing", "home", "active", "true"})
_ON_TOO: Final = frozenset({"unlocked", "unlocking", "locking", "above_horizon"})
_OFF: Final = frozenset({"off", "closed", "not_home", "idle", "paused", "false"})
_OFF_TOO: Final = frozenset({"locked", "below_horizon", "disarmed", "standby"})
_AT_HOME_OR_NOT: Final = frozenset({"person", "device_tracker"})
_ANY_MODE_IS_ON: Final = frozenset(
    {"alarm_control_panel", "climate", "humidifier", "media_player", "water_heater"}
)


def power_w(state: State | None) -> float | None:
    """Return a power in W, None where the state gives none."""
    return _converted(state, PowerConverter, "W")


def temperature_c(state: State | None) -> float | None:
    """Return a temperature in °C, None where the state gives none."""
    return _converted(state, TemperatureConverter, "°C")


def percent(state: State | None) -> float | None:
    """Return a share in %, None where the state gives none."""
    return number(state) if is_percent(unit_of(state)) else None


def in_c(value: object, unit: str) -> float | None:
    """Return a temperature that is an attribute in °C, None where it is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    converted = TemperatureConverter.convert(value, unit, "°C")
    return converted if isfinite(converted) else None


def current_a(state: State | None) -> float | None:
    """Return a current in A, None where the state gives none."""
    return _converted(state, ElectricCurrentConverter, "A")


def flow_l_per_min(state: State | None) -> float | None:
    """Return a flow of water in L/min, None where the state gives none."""
    return _converted(state, VolumeFlowRateConverter, "L/min")


def co2_g_per_kwh(state: State | None) -> float | None:
    """Return the CO₂ of electricity in g/kWh, None where the state gives none."""
    value, factor = number(state), co2_factor(unit_of(state))
    return None if value is None or factor is None else value * factor


def is_on(state: State | None) -> bool | None:
    """Tell whether anything that can be on or off is on; None where it does not say.

    A person is on at home only, a lock while it is not locked (as for a binary sensor),
    a thermostat in every mode but off, and a number unless it is 0. A word that stands
    for neither is None: «disconnected» must not count as on.
    """
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return None
    if state.domain in _AT_HOME_OR_NOT:
        return state.state == "home"
    word = state.state.casefold()
    if word in _OFF or word in _OFF_TOO:
        return False
    if word in _ON or word in _ON_TOO or state.domain in _ANY_MODE_IS_ON:
        return True
    value = number(state)
    return None if value is None else value != 0


def on_or_off(state: State | None) -> float | None:
    """Return 1 for on and 0 for off, None where the state is neither."""
    on = is_on(state)
    return None if on is None else float(on)


def price_per_kwh(state: State | None, currency: str) -> float | None:
    """Return a price in `currency` per kWh, None where the state gives none."""
    value = number(state)
    factor = price_factor(unit_of(state), currency)
    return None if value is None or factor is None else value * factor


def number(state: State | None) -> float | None:
    """Return the state as a finite number, None where it is none."""
    if state is None:
        return None
    try:
        value = float(state.state)
    except ValueError:
        return None
    return value if isfinite(value) else None


def unit_of(state: State | None) -> str | None:
    """Return the unit that the state claims, None where it claims none."""
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) if state else None
    return unit if isinstance(unit, str) else None


def is_power(unit: str | None) -> bool:
    """Tell whether a unit measures power."""
    return unit in PowerConverter.VALID_UNITS


def is_current(unit: str | None) -> bool:
    """Tell whether a unit measures electric current."""
    return unit in ElectricCurrentConverter.VALID_UNITS


def is_temperature(unit: str | None) -> bool:
    """Tell whether a unit measures temperature."""
    return unit in TemperatureConverter.VALID_UNITS


def is_percent(unit: str | None) -> bool:
    """Tell whether a unit is per cent."""
    return unit == PERCENTAGE


def price_factor(unit: str | None, currency: str) -> float | None:
    """Return what a price in `unit` is multiplied by to be `currency` per kWh.

    Understands the currency's code, symbol and hundredths ("EUR/MWh", "€/kWh",
    "ct/kWh"). No unit at all means currency per kWh, as it does in Home
    Assistant's energy dashboard. None: another currency, or not a price.
    """
    if unit is None or not unit.strip():
        return 1.0
    money, separator, energy = unit.partition("/")
    per_kwh = _KWH_FACTORS.get(energy.strip().lower())
    share = _money_factors(currency).get(money.strip().casefold())
    if not separator or per_kwh is None or share is None:
        return None
    return share * per_kwh


def co2_factor(unit: str | None) -> float | None:
    """Return what CO₂ in `unit` is multiplied by to be g/kWh.

    Understands "gCO2eq/kWh", "kg/MWh" and the like. None: not CO₂ of energy.
    """
    mass, separator, energy = (unit or "").partition("/")
    grams = _GRAMS.get(mass.strip().lower().partition("co")[0].strip())
    per_kwh = _KWH_FACTORS.get(energy.strip().lower())
    if not separator or grams is None or per_kwh is None:
        return None
    return grams * per_kwh


def co2_units() -> list[str]:
    """Return the usual spellings of CO₂ of electricity, sorted."""
    names = [f"{mass}{name}" for mass in _GRAMS for name in _CO2_NAMES]
    return _sorted(f"{name}/{energy}" for name in names for energy in _ENERGY_UNITS)


def power_units() -> list[str]:
    """Return all units of power that are understood, sorted."""
    return _sorted(PowerConverter.VALID_UNITS)


def current_units() -> list[str]:
    """Return all units of electric current that are understood, sorted."""
    return _sorted(ElectricCurrentConverter.VALID_UNITS)


def temperature_units() -> list[str]:
    """Return all units of temperature that are understood, sorted."""
    return _sorted(TemperatureConverter.VALID_UNITS)


def price_units(currency: str) -> list[str]:
    """Return the usual spellings of a price of energy in `currency`, sorted."""
    names = {currency, *_whole(currency), *_hundredths(currency)}
    return _sorted(f"{name}/{energy}" for name in names for energy in _ENERGY_UNITS)


def _converted(
    state: State | None,
    converter: type[BaseUnitConverter],
    unit: str,
) -> float | None:
    value, given = number(state), unit_of(state)
    if value is None or given not in converter.VALID_UNITS:
        return None
    converted = converter.convert(value, given, unit)
    return converted if isfinite(converted) else None


def _money_factors(currency: str) -> dict[str, float]:
    """Return the names of the currency and of its hundredths, case folded."""
    factors = {name.casefold(): 0.01 for name in _hundredths(currency)}
    for name in (currency, *_whole(currency)):
        factors[name.casefold()] = 1.0
    return factors


def _whole(currency: str) -> tuple[str, ...]:
    return _SYMBOLS.get(currency, ())


def _hundredths(currency: str) -> tuple[str, ...]:
    return (*_CENTS, *_OWN_CENTS.get(currency, ()))


def _sorted(units: Iterable[str | None]) -> list[str]:
    return sorted(str(unit) for unit in units if unit is not None)
