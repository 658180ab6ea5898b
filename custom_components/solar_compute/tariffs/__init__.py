"""What electricity will cost: one small module per source of prices.

`PriceWatch` finds the prices behind the price entity that a person has configured, and
brings them to what that entity says: its state is what is paid, with all fees; a series
may lack some.

    unit    as the entity states it; a series that differs from the state by a whole power
            of ten only is in that other unit (ct, per MWh), as most of the last looks say:
            a state that lags behind a price near nought may look like any unit
    fees    added: what the state says more than the series now (the median of the last
            looks, since a state may lag behind for a moment)
"""

from collections import deque
from math import isclose
from statistics import median, mode

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .. import units
from ..core.series import NOTHING, Series
from . import attributes, energyzero, nordpool, octopus, tibber
from .base import Candidates, Reader

__all__ = ["PriceWatch", "has_prices"]

READERS: dict[str, Reader] = {
    "energyzero": energyzero.async_read,
    "nordpool": nordpool.async_read,
    "octopus_energy": octopus.async_read,
    "tibber": tibber.async_read,
}
"""By the integration that the price entity belongs to; all others by attributes."""

ASK_AGAIN_S = 3600.0
"""How often an integration is asked, which may ask a server; published prices stay."""

LOOKS = 5
"""Over so many comparisons with the price entity unit and fees are found."""

FACTORS = (1.0, 1e-2, 1e-3, 1e-5, 1e-7)
SAME_UNIT = 0.02
"""A series in another unit differs from the state by no more than this share."""

DEAREST = 8.0
"""A series whose usual price is so many times what is paid is in an unknown unit."""


def has_prices(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether an entity has a list of prices, or belongs to who can be asked."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.platform in READERS:
        return True
    return bool(attributes.read(hass.states.get(entity_id)).spans)


class PriceWatch:
    """The prices of the coming hours behind one price entity."""

    def __init__(
        self,
        hass: HomeAssistant,
        price_entity: str | None,
        series_entity: str | None,
        usual_per_kwh: float,
    ) -> None:
        """Watch the series behind `series_entity`, None: behind the price entity itself.

        `usual_per_kwh` is the configured price, which the series is measured by. Without a
        price entity the price never changes, and nothing is known of any series.
        """
        self._hass = hass
        self._price_entity = price_entity
        self._series_entity = series_entity or price_entity
        self._usual_per_kwh = usual_per_kwh
        self._published = NOTHING
        self._asked: Candidates = {}
        self._asked_s: float | None = None
        self._fees: deque[float] = deque(maxlen=LOOKS)
        self._factors: deque[float] = deque(maxlen=LOOKS)

    @property
    def entities(self) -> tuple[str, ...]:
        """Return the entities whose changes are news."""
        both = {self._price_entity, self._series_entity}
        return tuple(sorted(entity for entity in both if entity))

    @property
    def fees_per_kwh(self) -> float:
        """Return what is added to the series, per kWh."""
        return median(self._fees) if self._fees else 0.0

    async def async_read(self, now_s: float, clock_s: float) -> Series:
        """Return the prices per kWh that are known, fees included.

        `now_s` is Unix time, `clock_s` the time on the clock that ages are measured by.
        """
        if self._price_entity is None or self._series_entity is None:
            return NOTHING
        currency = self._hass.config.currency
        paid = units.price_per_kwh(self._hass.states.get(self._price_entity), currency)
        shown = attributes.read(state := self._hass.states.get(self._series_entity))
        if shown.spans:
            unit = units.price_factor(units.unit_of(state), currency)
            found = shown.mapped(1.0 if unit is None else unit)
        else:
            found = _likeliest(await self._async_ask(now_s, clock_s), now_s, paid)
        if found.spans:
            self._published = found
        elif self._published.at(now_s) is not None:
            # Its entity is silent for a while; what was published holds all the same.
            found = self._published
        return self._as_paid(found, now_s, paid)

    async def _async_ask(self, now_s: float, clock_s: float) -> Candidates:
        """Ask the integration, but not again and again for what is known."""
        known = any(one.at(now_s) is not None for one in self._asked.values())
        recent = self._asked_s is not None and clock_s - self._asked_s < ASK_AGAIN_S
        if known and recent:
            return self._asked
        entry = er.async_get(self._hass).async_get(self._series_entity or "")
        reader = READERS.get(entry.platform) if entry else None
        if entry is None or reader is None:
            return {}
        answer = await reader(self._hass, entry)
        self._asked_s = clock_s
        if any(one.spans for one in answer.values()):
            self._asked = answer
        return self._asked

    def _as_paid(self, found: Series, now_s: float, paid: float | None) -> Series:
        now = found.at(now_s)
        if paid is not None and now is not None:
            if now:
                self._factors.append(_factor(now, paid))
            factor = mode(self._factors) if self._factors else 1.0
            found, now = found.mapped(factor), now * factor
            self._fees.append(paid - now)
        if not found.spans or not self._is_believable(found, paid):
            self._fees.clear()
            return NOTHING
        return found.mapped(offset=self.fees_per_kwh)

    def _is_believable(self, found: Series, paid: float | None) -> bool:
        """Tell whether a series can be in the home's currency per kWh at all."""
        known = max(abs(self._usual_per_kwh), abs(paid or 0.0))
        usual = median(abs(span.value) for span in found.spans)
        return known <= 0 or usual <= known * DEAREST


def _likeliest(candidates: Candidates, now_s: float, paid: float | None) -> Series:
    """Return the only series, or of several the one that is nearest to what is paid."""
    known = [one for one in candidates.values() if one.spans]
    if len(known) <= 1 or paid is None:
        return known[0] if len(known) == 1 else NOTHING
    return min(known, key=lambda one: abs((one.at(now_s) or 0.0) - paid))


def _factor(now: float, paid: float) -> float:
    """Return the power of ten that turns the series into the unit of what is paid."""
    return next(
        (one for one in FACTORS if isclose(now * one, paid, rel_tol=SAME_UNIT)), 1.0
    )
