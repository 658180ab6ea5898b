"""Why a worker does what it does, in sentences, in the language of the home.

Puts words to what the core says in codes; all of them are in the translations. It must
never decide what is worth saying.
"""

from collections.abc import Iterator, Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .core.remarks import Remark, looks_ahead, remarks
from .facts import WorkerFacts
from .plan_view import PlanStatus

_REASONS = f"component.{DOMAIN}.entity.sensor.reason.state"
_REMARKS = f"component.{DOMAIN}.selector.remark.options"

SHADOW = "shadow"


@callback
def explanation(hass: HomeAssistant, worker: WorkerFacts) -> str | None:
    """Return the last decision on a worker in sentences; None before there was one.

    Its reason, and what bears on it: how long such sun lasts, which rule decided, and
    whether it had to do without a plan. Also None while another language is loading.
    """
    if (decision := worker.decision) is None:
        return None
    language = hass.config.language
    reasons = async_get_cached_translations(hass, language, "entity", DOMAIN)
    texts = async_get_cached_translations(hass, language, "selector", DOMAIN)
    reason = reasons.get(f"{_REASONS}.{decision.reason.code.value}")
    said = [(texts.get(f"{_REMARKS}.{key}"), data) for key, data in _said(worker)]
    if reason is None:
        return None
    sentences = (text.format(**data) for text, data in said if text is not None)
    return " ".join((f"{reason}.", *sentences))


def _said(worker: WorkerFacts) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the key of each remark with its numbers as people read them."""
    site, spec, decision = worker.site, worker.config.spec, worker.decision
    if decision is None:
        return
    if site.data.snapshot.shadow and worker.config.switched:
        yield SHADOW, {}
    valued = site.valued(spec)
    for remark in remarks(site.spec, valued, decision, site.learned.knowledge):
        yield remark.code.value, _numbers(remark)
    if site.plan.status is not PlanStatus.PLANNED and looks_ahead(spec, decision):
        yield f"plan_{site.plan.status.value}", {}


def _numbers(remark: Remark) -> dict[str, str]:
    """Return hours to the half, and all else as whole numbers."""
    return {
        name: f"{round(value * 2) / 2:g}" if name == "hours" else f"{value:.0f}"
        for name, value in remark.data.items()
    }
