"""Every meter is understood, whatever unit it speaks, and nonsense is never 0."""

from math import isclose, isfinite

from homeassistant.core import State
from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute import units


def state(value: object, unit: str | None = None) -> State:
    """Return a sensor's state in a unit."""
    attributes = {} if unit is None else {"unit_of_measurement": unit}
    return State("sensor.any", str(value), attributes)


@pytest.mark.parametrize(
    ("value", "unit", "watts"),
    [
        ("1200", "W", 1200),
        ("-1.2", "kW", -1200),
        ("0.0012", "MW", 1200),
        ("1200000", "mW", 1200),
        ("1000", "BTU/h", 293.07107),
    ],
)
def test_power_in_any_unit_becomes_watts(value: str, unit: str, watts: float) -> None:
    assert units.power_w(state(value, unit)) == pytest.approx(watts)


@pytest.mark.parametrize(
    ("value", "unit", "celsius"),
    [("55", "°C", 55), ("131", "°F", 55), ("328.15", "K", 55)],
)
def test_temperature_in_any_unit_becomes_celsius(
    value: str, unit: str, celsius: float
) -> None:
    assert units.temperature_c(state(value, unit)) == pytest.approx(celsius)


@pytest.mark.parametrize(
    ("value", "unit", "currency", "per_kwh"),
    [
        ("0.287", "EUR/kWh", "EUR", 0.287),
        ("0.287", "€/kWh", "EUR", 0.287),
        ("28.7", "ct/kWh", "EUR", 0.287),
        ("28.7", "Cent/kWh", "EUR", 0.287),
        ("28.7", "c€/kWh", "EUR", 0.287),
        ("78", "EUR/MWh", "EUR", 0.078),
        ("78000", "€/GWh", "EUR", 0.078),
        ("0.000287", "EUR/Wh", "EUR", 0.287),
        ("0.287", "eur / kwh", "EUR", 0.287),
        ("31", "p/kWh", "GBP", 0.31),
        ("0.31", "£/kWh", "GBP", 0.31),
        ("120", "öre/kWh", "SEK", 1.2),
        ("120", "øre/kWh", "NOK", 1.2),
        ("14.5", "¢/kWh", "USD", 0.145),
        ("36.2", "Ft/kWh", "HUF", 36.2),
        ("36.2", "HUF/kWh", "HUF", 36.2),
        ("-12", "EUR/MWh", "EUR", -0.012),
        ("0.287", None, "EUR", 0.287),
    ],
)
def test_a_price_in_any_spelling_becomes_currency_per_kwh(
    value: str, unit: str | None, currency: str, per_kwh: float
) -> None:
    assert units.price_per_kwh(state(value, unit), currency) == pytest.approx(per_kwh)


@pytest.mark.parametrize(
    "unit", ["SEK/kWh", "W", "EUR", "EUR/m³", "EUR/kWh/month", "/kWh", "$/kWh"]
)
def test_a_price_in_another_currency_or_of_another_thing_is_unknown(unit: str) -> None:
    assert units.price_per_kwh(state("0.3", unit), "EUR") is None


@pytest.mark.parametrize(
    "text", ["unknown", "unavailable", "", "nan", "inf", "-inf", "1,5", "on"]
)
def test_a_meter_that_says_nothing_usable_is_unknown_and_not_zero(text: str) -> None:
    assert units.power_w(state(text, "W")) is None
    assert units.temperature_c(state(text, "°C")) is None
    assert units.percent(state(text, "%")) is None
    assert units.price_per_kwh(state(text, "EUR/kWh"), "EUR") is None


@pytest.mark.parametrize("unit", [None, "kWh", "VA", "w", "A"])
def test_what_is_not_a_power_is_unknown(unit: str | None) -> None:
    assert units.power_w(state("5", unit)) is None


def test_a_sensor_that_does_not_exist_is_unknown() -> None:
    assert units.power_w(None) is None
    assert units.temperature_c(None) is None
    assert units.percent(None) is None
    assert units.price_per_kwh(None, "EUR") is None


def test_a_state_of_charge_must_be_in_per_cent() -> None:
    assert units.percent(state("62", "%")) == 62
    assert units.percent(state("0.62")) is None
    assert units.percent(state("5000", "Wh")) is None


@given(st.text(max_size=20), st.one_of(st.none(), st.text(max_size=12)))
def test_no_state_whatever_makes_a_reading_that_is_no_finite_number(
    text: str, unit: str | None
) -> None:
    given_state = state(text, unit)
    readings = (
        units.power_w(given_state),
        units.temperature_c(given_state),
        units.percent(given_state),
        units.price_per_kwh(given_state, "EUR"),
    )
    assert all(reading is None or isfinite(reading) for reading in readings)


@given(
    st.floats(min_value=-1e6, max_value=1e6),
    st.sampled_from(units.price_units("EUR")),
)
def test_every_price_that_the_picker_offers_converts_back(
    per_kwh: float, unit: str
) -> None:
    factor = units.price_factor(unit, "EUR")
    assert factor is not None
    price = units.price_per_kwh(state(repr(per_kwh / factor), unit), "EUR")
    assert price is not None
    assert isclose(price, per_kwh, rel_tol=1e-9, abs_tol=1e-12)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_power_that_converts_beyond_any_number_is_unknown(value: float) -> None:
    watts = units.power_w(state(repr(value), "TW"))
    assert watts is None or isfinite(watts)


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP", "SEK", "XXX"])
def test_the_picker_offers_the_code_of_every_currency(currency: str) -> None:
    assert f"{currency}/kWh" in units.price_units(currency)
    assert f"{currency}/MWh" in units.price_units(currency)


@pytest.mark.parametrize(
    ("value", "unit", "amperes"),
    [("16", "A", 16), ("2500", "mA", 2.5), ("3", "W", None)],
)
def test_a_current_in_any_unit_becomes_amperes(
    value: str, unit: str, amperes: float | None
) -> None:
    assert units.current_a(state(value, unit)) == amperes


@pytest.mark.parametrize(
    ("value", "unit", "litres"),
    [("2", "L/min", 2), ("0.12", "m³/h", 2), ("2", "L", None), ("nan", "L/min", None)],
)
def test_a_flow_in_any_unit_becomes_litres_a_minute(
    value: str, unit: str, litres: float | None
) -> None:
    flow = units.flow_l_per_min(state(value, unit))

    assert flow == (litres if litres is None else pytest.approx(litres))


@pytest.mark.parametrize(
    ("value", "unit", "grams"),
    [
        ("242", "gCO2eq/kWh", 242),
        ("242", "g/kWh", 242),
        ("0.242", "kg CO₂/kWh", 242),
        ("242", "kgCO2e/MWh", 242),
        ("0.242", "t/MWh", 242),
        ("242", "%", None),
        ("242", None, None),
        ("unknown", "g/kWh", None),
    ],
)
def test_co2_of_electricity_in_any_unit_becomes_grams_per_kwh(
    value: str, unit: str | None, grams: float | None
) -> None:
    co2 = units.co2_g_per_kwh(state(value, unit))

    assert co2 == (grams if grams is None else pytest.approx(grams))


@pytest.mark.parametrize(
    ("value", "celsius"),
    [(68, 20), (68.0, 20), (None, None), ("68", None), (True, None)],
)
def test_a_set_point_is_in_the_unit_of_the_home(
    value: object, celsius: float | None
) -> None:
    converted = units.in_c(value, "°F")

    assert converted == (celsius if celsius is None else pytest.approx(celsius))
