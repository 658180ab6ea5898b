"""Tools for language models: ask about workers, and run or pause them where allowed.

What an assistant may know and do follows from what its user exposes to it: *Reason* of
a worker lets it ask, *Run for a while* and *Pause for a while* let it do that. Thin over
`spoken` and our actions.
"""

from typing import Any, override

from homeassistant.components.llm import LLMTools
from homeassistant.const import ATTR_DEVICE_ID, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
import probatio

from .const import DOMAIN
from .services import ATTR_DURATION, SERVICE_PAUSE, SERVICE_RUN
from .spoken import (
    REASON,
    async_reason_texts,
    async_refusal_text,
    named_workers,
    report,
)
from .targets import Target

ATTR_WORKER = "worker"
ATTR_MINUTES = "minutes"
LONGEST_MIN = 24 * 60


class AskTool(Tool):
    """Tell why workers run or not, when they start next, and what they brought."""

    name = f"{DOMAIN}__ask"
    title = "Ask about compute workers"
    description = (
        "Get why compute workers (such as crunchers, miners, renders) run or are "
        "paused, when they are planned to start next, and what they drew, cost and "
        "brought today, in kWh and in the currency of the home."
    )
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )
    integration = DOMAIN

    def __init__(self, targets: dict[str, Target]) -> None:
        """Offer the workers that may be asked about, by name; none named: all."""
        self._targets = targets
        self.parameters = probatio.Schema(
            {probatio.Optional(ATTR_WORKER): probatio.In(list(targets))}
        )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Return what is known of them."""
        asked = self.parameters(tool_input.tool_args).get(ATTR_WORKER)
        names = self._targets if asked is None else [asked]
        language = llm_context.language or hass.config.language
        reasons = await async_reason_texts(hass, language)
        return ToolResult(
            data={
                "currency": hass.config.currency,
                "workers": [
                    report(name, self._targets[name].facts, reasons) for name in names
                ],
            }
        )


class SwitchTool(Tool):
    """Run or pause a worker for a while, by the action of that name."""

    annotations = ToolAnnotations(
        read_only=False, destructive=False, idempotent=True, open_world=False
    )
    integration = DOMAIN

    def __init__(self, action: str, targets: dict[str, Target]) -> None:
        """Offer the workers that may be told so, by name."""
        self._action, self._targets = action, targets
        self.name = f"{DOMAIN}__{action}"
        self.title = f"{action.capitalize()} a compute worker"
        self.description = (
            f"{action.capitalize()} a compute worker for some time, whatever it is "
            "worth; then it is automatic again. Without minutes, for as long as its "
            "user has set. Guards still hold: the answer says what was decided, and why."
        )
        self.parameters = probatio.Schema(
            {
                probatio.Required(ATTR_WORKER): probatio.In(list(targets)),
                probatio.Optional(ATTR_MINUTES): probatio.All(
                    probatio.Coerce(int), probatio.Range(min=1, max=LONGEST_MIN)
                ),
            }
        )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Call the action; what it refuses is told."""
        asked = self.parameters(tool_input.tool_args)
        target = self._targets[asked[ATTR_WORKER]]
        data: dict[str, Any] = {ATTR_DEVICE_ID: target.device_id}
        if (minutes := asked.get(ATTR_MINUTES)) is not None:
            data[ATTR_DURATION] = {ATTR_MINUTES: minutes}
        language = llm_context.language or hass.config.language
        try:
            answer = await hass.services.async_call(
                DOMAIN,
                self._action,
                data,
                blocking=True,
                context=llm_context.context,
                return_response=True,
            )
        except HomeAssistantError as refusal:
            error = await async_refusal_text(hass, language, refusal)
            return ToolResult(data={"error": error}, error=True)
        decided: Any = (answer or {}).get(target.device_id, {})
        reasons = await async_reason_texts(hass, language)
        code = decided.get(REASON)
        return ToolResult(
            data={
                "success": True,
                "runs_now": bool(decided.get("level")),
                REASON: reasons.get(code, code),
            }
        )


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools for what is exposed to an assistant; None: nothing is."""
    if api_id != LLM_API_ASSIST:
        return None

    def by_name(key: str, platform: Platform) -> dict[str, Target]:
        return named_workers(hass, llm_context.assistant, key, platform)

    known = by_name(REASON, Platform.SENSOR)
    tools: list[Tool] = [AskTool(known)] if known else []
    tools += [
        SwitchTool(action, allowed)
        for action in (SERVICE_RUN, SERVICE_PAUSE)
        if (allowed := by_name(action, Platform.BUTTON))
    ]
    return LLMTools(tools=tools) if tools else None
