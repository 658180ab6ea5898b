"""Which parts look back and ahead for a site.

They need numpy, which is imported here, beside the event loop and before any of them:
a home where that fails is controlled all the same, by what its meters show now.
"""

from importlib import import_module
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .configured import Configuration
from .foresight import Part
from .plan_keeper import PlanKeeper
from .versioned import KeptFile

_LOGGER = logging.getLogger(__name__)


async def async_parts(
    hass: HomeAssistant,
    entry: ConfigEntry,
    configuration: Configuration,
    plans: PlanKeeper,
) -> tuple[Part, ...]:
    """Return the parts of a site; none of them has begun."""
    if not await async_has_numpy(hass):
        return (plans,)
    await hass.async_add_import_executor_job(
        import_module, f"{__package__}.learning.learner"
    )
    from .learning.learner import Learner
    from .past.keeper import PastKeeper

    past = PastKeeper(hass, entry, configuration)
    learner = Learner(hass, entry, configuration, past=past, plans=plans)
    return plans, past, learner


async def async_forget_past(hass: HomeAssistant, entry_id: str) -> None:
    """Delete what was kept and learned of an entry that goes for good."""
    if await async_has_numpy(hass):
        from .learning.kept import LEARNED
        from .past.kept import PAST

        await KeptFile(hass, entry_id, PAST).async_remove()
        await KeptFile(hass, entry_id, LEARNED).async_remove()


async def async_has_numpy(hass: HomeAssistant) -> bool:
    """Import numpy beside the event loop; tell whether it is there."""
    try:
        await hass.async_add_import_executor_job(import_module, "numpy")
    except ImportError as err:
        _LOGGER.warning("Nothing is learned or planned without numpy: %s", err)
        return False
    return True
