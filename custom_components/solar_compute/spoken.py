"""What people ask an assistant: why a worker is as it is, when it runs next, what it brought.

Finds the workers that an assistant may know of, and puts what is known of them into plain
data. Must never decide or command anything.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .core.ledger import Period
from .facts import WorkerFacts
from .rounding import rounded
from .sensors_worker import reason_of
from .targets import Target, all_workers

REASON = "reason"


def exposed_workers(
    hass: HomeAssistant, assistant: str, key: str, platform: Platform
) -> Iterator[Target]:
    """Yield the workers of which an assistant may see the entity with that key."""
    registry = er.async_get(hass)
    for target in _workers(hass):
        entity_id = registry.async_get_entity_id(
            platform, DOMAIN, f"{target.worker.key}_{key}"
        )
        if entity_id and async_should_expose(hass, assistant, entity_id):
            yield target


def named_workers(
    hass: HomeAssistant, assistant: str, key: str, platform: Platform
) -> dict[str, Target]:
    """Return the same by what they are called.

    Where names are alike, the name of the home goes before them. What cannot be told
    apart even so is left out: the wrong worker must never be commanded.
    """
    names = _names(_workers(hass))
    return {
        names[target.worker.key]: target
        for target in exposed_workers(hass, assistant, key, platform)
        if target.worker.key in names
    }


def _workers(hass: HomeAssistant) -> Iterator[Target]:
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        yield from all_workers(hass, entry.runtime_data)


def _names(targets: Iterable[Target]) -> dict[str, str]:
    """Return names that are said of one worker only, by its key."""
    plain, full = dict[str, str](), dict[str, str]()
    for target in targets:
        key, name = target.worker.key, target.worker.name.strip()
        plain[key] = name
        full[key] = f"{target.coordinator.config_entry.title.strip()} {name}"
    alike = Counter(map(str.casefold, plain.values()))
    names = {
        key: name if alike[name.casefold()] == 1 else full[key]
        for key, name in plain.items()
    }
    alike = Counter(map(str.casefold, names.values()))
    return {key: name for key, name in names.items() if alike[name.casefold()] == 1}


async def async_reason_texts(hass: HomeAssistant, language: str) -> dict[str, str]:
    """Return what every reason reads like in a language, by its code."""
    texts = await async_get_translations(hass, language, "entity", {DOMAIN})
    prefix = f"component.{DOMAIN}.entity.sensor.{REASON}.state."
    return {
        key.removeprefix(prefix): text
        for key, text in texts.items()
        if key.startswith(prefix)
    }


async def async_refusal_text(
    hass: HomeAssistant, language: str, refusal: HomeAssistantError
) -> str:
    """Return why something was refused, in a language that somebody speaks."""
    texts = await async_get_translations(hass, language, "exceptions", {DOMAIN})
    key = f"component.{DOMAIN}.exceptions.{refusal.translation_key}.message"
    if refusal.translation_domain != DOMAIN or key not in texts:
        return str(refusal)
    return texts[key].format(**(refusal.translation_placeholders or {}))


def report(name: str, worker: WorkerFacts, reasons: dict[str, str]) -> dict[str, Any]:
    """Return what an assistant tells of a worker; `reasons` are texts by code."""
    today, site = worker.account(Period.TODAY), worker.site
    code = reason_of(worker)
    start_s = site.plan.next_start_s(worker.config.key, site.now_s)
    start = None if start_s is None else dt_util.utc_from_timestamp(start_s)
    return {
        "worker": name,
        "state": None if worker.view is None else worker.view.state.value,
        "reason": None if code is None else reasons.get(code, code),
        "worth_per_hour": None
        if worker.judged is None
        else rounded(worker.judged.total, 3),
        "next_planned_start": None
        if start is None
        else dt_util.as_local(start).isoformat(timespec="minutes"),
        "surplus_of_home_w": rounded(site.data.decision.surplus_w, 0),
        "today": {
            "energy_kwh": rounded(today.energy_wh / 1000, 3),
            "energy_from_sun_kwh": rounded(today.solar_wh / 1000, 3),
            "run_hours": rounded(today.run_s / 3600, 2),
            "cost": rounded(today.cost, 2),
            "value": rounded(today.value, 2),
            "gained": rounded(today.value - today.cost, 2),
        },
    }
