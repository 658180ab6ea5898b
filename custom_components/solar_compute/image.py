"""The day of a home as a picture, for notifications and dashboards.

Thin: `picture` draws it, in a thread, when somebody asks for it and the last one is no
longer of now. Needs numpy, as all that looks back.
"""

from datetime import datetime, timedelta
from importlib import import_module
from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from . import SolarComputeConfigEntry
from .coordinator import SolarComputeCoordinator
from .core.ledger import Period
from .entity import SiteEntity
from .foresight_parts import async_has_numpy

PARALLEL_UPDATES = 0

DAY = ImageEntityDescription(key="day", translation_key="day")
EVERY = timedelta(minutes=10)
"""A newer picture is offered no sooner, unless somebody asks for an update."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the picture of the home, where it can be drawn."""
    if not await async_has_numpy(hass):
        return
    await hass.async_add_import_executor_job(
        import_module, f"{__package__}.picture.today"
    )
    async_add_entities([DayImage(hass, entry.runtime_data)])


class DayImage(SiteEntity, ImageEntity):
    """The day so far, and what is planned of it."""

    _attr_content_type = "image/png"

    def __init__(
        self, hass: HomeAssistant, coordinator: SolarComputeCoordinator
    ) -> None:
        """Nothing is drawn before somebody wants to see it."""
        SiteEntity.__init__(self, coordinator, DAY)
        ImageEntity.__init__(self, hass)
        self._drawn: tuple[datetime | None, bytes] | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Offer a first picture as soon as anything is decided."""
        await super().async_added_to_hass()
        self._offer()

    @override
    async def async_update(self) -> None:
        """Offer a new picture, since somebody asked for it."""
        await super().async_update()
        self._offer()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Offer a newer picture now and then."""
        offered = self._attr_image_last_updated
        if offered is None or dt_util.utcnow() - offered >= EVERY:
            self._offer()
        self.async_write_ha_state()

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture that is offered; it is drawn once."""
        from .past.keeper import PastKeeper
        from .picture.day import draw
        from .picture.today import Known, day_of

        if not self.available:
            return None
        offered = self._attr_image_last_updated
        if self._drawn is None or self._drawn[0] != offered:
            home, site = self.coordinator, self.facts
            keeper = home.foresight.part(PastKeeper)
            tanks, workers = home.configuration.tanks, home.configuration.workers
            ledger = site.data.ledger
            known = Known(
                local=dt_util.now(),
                history=None if keeper is None else keeper.history(),
                view=home.plans.view,
                sun_w=home.plans.sun_w,
                workers=[worker.key for worker in workers],
                accounts=[ledger.worker(each.key, Period.TODAY) for each in workers],
                tank=tanks[0].key if tanks else None,
                currency=self.hass.config.currency,
                fahrenheit=self.hass.config.units.temperature_unit
                == UnitOfTemperature.FAHRENHEIT,
            )
            drawn = await self.hass.async_add_executor_job(lambda: draw(day_of(known)))
            self._drawn = offered, drawn
        return self._drawn[1]

    def _offer(self) -> None:
        if self.available:
            self._attr_image_last_updated = dt_util.utcnow()
