"""Everybody who says something of the hours to come, asked for a plan.

Asks the forecasts of sun and weather and the lists of prices, each at most so long as
`answers` permits. It must never plan, nor decide whether there should be another plan.
"""

import asyncio

from homeassistant.core import HomeAssistant

from .answers import in_time
from .configured import Configuration
from .core.foreseen import Forecasts
from .core.series import NOTHING
from .core.tidings import Heard
from .forecasts import SunWatch, async_outdoor_c, sun_source
from .tariffs import PriceWatch


class PlanSources:
    """The sources of one site, and what they said last."""

    def __init__(
        self, hass: HomeAssistant, configuration: Configuration, heard: Heard | None
    ) -> None:
        """Ask nobody yet; `heard` is what was stored of the forecast of the sun."""
        spec, inputs, ahead = (
            configuration.spec,
            configuration.inputs,
            configuration.ahead,
        )
        self.said = Forecasts()
        self._hass = hass
        self._ahead = ahead
        self._sun = SunWatch(
            sun_source(hass, ahead.sun_forecast, spec.maximum_w), heard
        )
        self._imports = PriceWatch(
            hass,
            inputs.import_price if ahead.published_prices else None,
            ahead.import_series,
            spec.import_per_kwh,
        )
        self._exports = PriceWatch(
            hass,
            inputs.export_price if ahead.published_prices else None,
            ahead.export_series,
            spec.export_per_kwh,
        )

    @property
    def entities(self) -> frozenset[str]:
        """Return the entities whose attributes may be news."""
        return frozenset(
            {*self._imports.entities, *self._exports.entities, *self._ahead.entities}
        )

    @property
    def heard(self) -> Heard | None:
        """What the forecast of the sun said last, and since when; to be stored."""
        return self._sun.heard

    @property
    def fees_per_kwh(self) -> float:
        """Return what is added to published prices of import."""
        return self._imports.fees_per_kwh

    def sun_age_s(self, clock_s: float) -> float | None:
        """Return for how long the forecast of the sun says the same; None: there is none."""
        return self._sun.age_s(clock_s)

    def is_sun_outdated(self, clock_s: float) -> bool:
        """Tell whether the forecast of the sun has not changed for too long."""
        return self._sun.is_outdated(clock_s)

    async def async_ask(self, now_s: float, clock_s: float) -> Forecasts:
        """Ask all of them, and return what they say.

        `now_s` is Unix time, `clock_s` the time on the clock that ages are measured by.
        """
        sun, imports, exports, outdoor_c = await asyncio.gather(
            in_time(self._sun.async_read(now_s, clock_s), None),
            in_time(self._imports.async_read(now_s, clock_s), NOTHING),
            in_time(self._exports.async_read(now_s, clock_s), NOTHING),
            in_time(async_outdoor_c(self._hass, self._ahead.weather), NOTHING),
        )
        self.said = Forecasts(
            pv_w=NOTHING if sun is None else sun.mean_w,
            pv_low_w=NOTHING if sun is None else sun.low_w,
            import_per_kwh=imports,
            export_per_kwh=exports,
            outdoor_c=outdoor_c,
        )
        return self.said
