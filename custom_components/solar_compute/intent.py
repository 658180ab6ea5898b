"""Intents for Assist: why a worker is as it is, when it runs next, what today brought.

Answers are slots for the sentences of each language (`custom_sentences`). As with
language models, an assistant knows and commands what its user has exposed to it. Thin
over `spoken` and our actions.
"""

from typing import Any, override

from homeassistant.const import ATTR_DEVICE_ID, ATTR_NAME, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent
from homeassistant.util import dt as dt_util
import probatio

from .activity import runs
from .const import DOMAIN
from .core.ledger import Period, WorkerAccount
from .sensors_worker import reason_of
from .services import SERVICE_PAUSE, SERVICE_RUN
from .spoken import (
    REASON,
    async_reason_texts,
    async_refusal_text,
    exposed_workers,
    named_workers,
)
from .targets import Target

ATTR_WORKER = "worker"
PLATFORMS = {DOMAIN}
ONE_WORKER = {probatio.Required(ATTR_WORKER): intent.non_empty_string}


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register what Assist may be asked."""
    for handler in (
        WhyIntent(),
        NextStartIntent(),
        TodayIntent(),
        SwitchIntent("SolarComputeRun", SERVICE_RUN),
        SwitchIntent("SolarComputePause", SERVICE_PAUSE),
    ):
        intent.async_register(hass, handler)


class _WorkerIntent(intent.IntentHandler):
    """Something about one worker, which is named."""

    platforms = PLATFORMS
    slot_schema = ONE_WORKER
    _exposed_by: tuple[str, Platform] = (REASON, Platform.SENSOR)

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Answer with the worker's name and whatever there is to say of it."""
        heard = self.async_validate_slots(intent_obj.slots)[ATTR_WORKER]["value"]
        name, target = self._target(intent_obj, heard)
        response = intent_obj.create_response()
        try:
            told = await self._async_tell(intent_obj, target)
        except HomeAssistantError as refusal:
            response.async_set_error(
                intent.IntentResponseErrorCode.FAILED_TO_HANDLE,
                await async_refusal_text(intent_obj.hass, intent_obj.language, refusal),
            )
            return response
        response.async_set_speech_slots({ATTR_NAME: name, **told})
        return response

    def _target(self, intent_obj: intent.Intent, heard: str) -> tuple[str, Target]:
        """Return who is meant, and its name.

        Raises MatchFailedError for anybody else: then the sentence was perhaps about
        something else, and other agents may answer it.
        """
        assistant = intent_obj.assistant or ""
        workers = named_workers(intent_obj.hass, assistant, *self._exposed_by)
        for name, target in workers.items():
            if name.casefold() == heard.strip().casefold():
                return name, target
        raise intent.MatchFailedError(
            intent.MatchTargetsResult(
                is_match=False, no_match_reason=intent.MatchFailedReason.NAME
            ),
            intent.MatchTargetsConstraints(name=heard),
        )

    async def _async_tell(
        self, intent_obj: intent.Intent, target: Target
    ) -> dict[str, Any]:
        """Return the slots of the answer."""
        raise NotImplementedError


class WhyIntent(_WorkerIntent):
    """Why is it running, or paused?"""

    intent_type = "SolarComputeWhy"
    description = "Tells why a compute worker runs or is paused"

    @override
    async def _async_tell(
        self, intent_obj: intent.Intent, target: Target
    ) -> dict[str, Any]:
        """Return the reason in words."""
        texts = await async_reason_texts(intent_obj.hass, intent_obj.language)
        code = reason_of(target.facts) or ""
        return {REASON: texts.get(code, code)}


class NextStartIntent(_WorkerIntent):
    """When does it run next, by the plan?"""

    intent_type = "SolarComputeNextStart"
    description = "Tells when a compute worker is planned to start next"

    @override
    async def _async_tell(
        self, intent_obj: intent.Intent, target: Target
    ) -> dict[str, Any]:
        """Return whether it is due, and if not the time of day and in how many days.

        The time is empty where none is planned.
        """
        worker, key = target.facts, target.worker.key
        plan, now_s = worker.site.plan, worker.site.now_s
        if plan.is_due(key, now_s) and not runs(worker):
            return {"due": True, "time": "", "days": 0}
        start_s = plan.next_start_s(key, now_s)
        if start_s is None:
            return {"due": False, "time": "", "days": 0}
        start = dt_util.as_local(dt_util.utc_from_timestamp(start_s))
        days = (start.date() - worker.site.data.snapshot.local.date()).days
        return {"due": False, "time": f"{start:%H:%M}", "days": days}


class TodayIntent(intent.IntentHandler):
    """What did the sun bring today, with all workers that are exposed?"""

    intent_type = "SolarComputeToday"
    description = "Tells what compute workers drew, cost and brought today"
    platforms = PLATFORMS

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Answer with energy, how much of it was sun, and what was gained."""
        hass, assistant = intent_obj.hass, intent_obj.assistant or ""
        accounts = [
            target.facts.account(Period.TODAY)
            for target in exposed_workers(hass, assistant, REASON, Platform.SENSOR)
        ]
        response = intent_obj.create_response()
        response.async_set_speech_slots(
            _day(accounts) | {"currency": hass.config.currency}
        )
        return response


class SwitchIntent(_WorkerIntent):
    """Run it, or pause it, for as long as its user has set."""

    def __init__(self, intent_type: str, action: str) -> None:
        """Call that action."""
        self.intent_type = intent_type
        self.description = f"{action.capitalize()} a compute worker for a while"
        self._action = action
        self._exposed_by = action, Platform.BUTTON

    @override
    async def _async_tell(
        self, intent_obj: intent.Intent, target: Target
    ) -> dict[str, Any]:
        """Do it. Raises HomeAssistantError for what is refused."""
        await intent_obj.hass.services.async_call(
            DOMAIN,
            self._action,
            {ATTR_DEVICE_ID: target.device_id},
            blocking=True,
            context=intent_obj.context,
        )
        return {}


def _day(accounts: list[WorkerAccount]) -> dict[str, Any]:
    energy_wh = sum(account.energy_wh for account in accounts)
    solar_wh = sum(account.solar_wh for account in accounts)
    return {
        "energy_kwh": round(energy_wh / 1000, 1),
        "sun_percent": round(100 * solar_wh / energy_wh) if energy_wh else 0,
        "gained": round(sum(item.value - item.cost for item in accounts), 2),
    }
