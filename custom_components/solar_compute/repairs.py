"""Repairs that one click can begin.

Take a worker over, give a token, re-arm a guard, go on with what a new home lacks.
"""

from typing import Any, override

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    FlowType,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN, LET_IN, SUBENTRY_WORKER
from .coordinator import SolarComputeCoordinator
from .first_run import FirstIssue
from .guard_issues import GUARD_LATCHED
from .rearm import async_rearm
from .runtime import runtime_of
from .worker_issues import IssueKind

NOT_LOADED = "not_loaded"


class _WorkerRepairFlow(ConfirmRepairFlow):
    """A repair of one worker."""

    def __init__(self, entry_id: str, worker: str) -> None:
        """Remember which worker it is about."""
        self._entry_id = entry_id
        self._worker = worker


class TakeOverFlow(_WorkerRepairFlow):
    """Take a worker's lease from another controller."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Once confirmed, have the next command take over."""
        if user_input is not None:
            runtime = runtime_of(self.hass, self._entry_id)
            if runtime is None or self._worker not in runtime.flows:
                return self.async_abort(reason=NOT_LOADED)
            runtime.flows[self._worker].take_over()
        return await super().async_step_confirm(user_input)


class NewAccessFlow(_WorkerRepairFlow):
    """Lead to the worker's own settings, or straight to what no longer lets us in."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Once confirmed, go on there."""
        if user_input is None:
            return await super().async_step_confirm()
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or self._worker not in entry.subentries:
            return self.async_abort(reason=NOT_LOADED)
        flow = await self.hass.config_entries.subentries.async_init(
            (self._entry_id, SUBENTRY_WORKER),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": self._worker},
            data=LET_IN if self.issue_id.startswith(IssueKind.AUTH_FAILED) else None,
        )
        return self.async_create_entry(
            data={}, next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"])
        )


class FirstRunFlow(ConfirmRepairFlow):
    """Lead to the first worker, or to the meters and prices of the home."""

    def __init__(self, entry_id: str) -> None:
        """Remember which home it is about."""
        self._entry_id = entry_id

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Once confirmed, go on there."""
        if user_input is None:
            return await super().async_step_confirm()
        entries = self.hass.config_entries
        if entries.async_get_entry(self._entry_id) is None:
            return self.async_abort(reason=NOT_LOADED)
        if self.issue_id.startswith(FirstIssue.NO_WORKER):
            subentry = await entries.subentries.async_init(
                (self._entry_id, SUBENTRY_WORKER), context={"source": SOURCE_USER}
            )
            next_flow = (FlowType.CONFIG_SUBENTRIES_FLOW, subentry["flow_id"])
        else:
            site = await entries.flow.async_init(
                DOMAIN,
                context={"source": SOURCE_RECONFIGURE, "entry_id": self._entry_id},
            )
            next_flow = (FlowType.CONFIG_FLOW, site["flow_id"])
        return self.async_create_entry(data={}, next_flow=next_flow)


class RearmFlow(ConfirmRepairFlow):
    """Re-arm a guard that has tripped."""

    def __init__(self, entry_id: str, guard: str) -> None:
        """Remember which guard it is about."""
        self._entry_id = entry_id
        self._guard = guard

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Once confirmed, re-arm it, unless what tripped it holds again."""
        if user_input is None:
            return await super().async_step_confirm()
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason=NOT_LOADED)
        coordinator: SolarComputeCoordinator = entry.runtime_data
        for guard in coordinator.configuration.guards:
            if guard.key == self._guard:
                try:
                    await async_rearm(coordinator, guard)
                except ServiceValidationError:
                    return self.async_abort(reason="still_tripped")
                return await super().async_step_confirm(user_input)
        return self.async_abort(reason=NOT_LOADED)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    if data is not None and issue_id.startswith(IssueKind.HELD_BY_OTHER):
        return TakeOverFlow(data["entry_id"], data["worker"])
    if data is not None and issue_id.startswith(
        (IssueKind.AUTH_FAILED, IssueKind.NOT_TRUSTED)
    ):
        return NewAccessFlow(data["entry_id"], data["worker"])
    if data is not None and issue_id.startswith(GUARD_LATCHED):
        return RearmFlow(data["entry_id"], data["guard"])
    if data is not None and issue_id.startswith(tuple(FirstIssue)):
        return FirstRunFlow(data["entry_id"])
    return ConfirmRepairFlow()
