"""Reminds of heating a tank through against legionella, and may ask for it.

A repair issue while the whole of a tank has not been at 60 °C for too long, and once a
day a request to the user's own boost entity, if there is one. It must never promise that
this happens, and never have a worker do it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
import logging
from typing import Any

from homeassistant.components.button.const import SERVICE_PRESS
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_ON,
    STATE_ON,
    STATE_UNAVAILABLE,
    Platform,
)
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.exceptions import HomeAssistantError

from .clock import Clock
from .configured_heat import TankConfig
from .const import DOMAIN
from .core.hygiene import HygieneState, HygieneWatch, hygiene_state
from .core.model import Decision
from .core.times import DAY_S
from .heat_issues import (
    HeatIssue,
    clear_heat_issue,
    clear_heat_issues,
    raise_heat_issue,
)

_LOGGER = logging.getLogger(__name__)

ANSWER_WITHIN_S = 10.0
BUTTONS = (Platform.BUTTON, "input_button")


class Hygiene:
    """The tanks of one site that have a reminder."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        tanks: tuple[TankConfig, ...],
        *,
        watched: Mapping[str, HygieneWatch],
        clock: Clock,
        save: Callable[[], Awaitable[None]],
    ) -> None:
        """Go on from what was stored; `save` writes `watched` to disk."""
        self._hass = hass
        self._entry = entry
        self._tanks = {tank.key: tank for tank in tanks if tank.boost is not None}
        self._clock = clock
        self._save = save
        now_s = clock.now_s()
        self.watched = {
            key: watched.get(key, HygieneWatch(since_s=now_s)) for key in self._tanks
        }
        self.due: dict[str, bool] = {}
        """Tanks with a reminder, and whether they are due to be heated through."""
        self._told_days: dict[str, int | None] = {}
        clear_heat_issues(
            hass, HeatIssue.TANK_NOT_HOT, entry.entry_id, keep=self._tanks
        )

    @callback
    def follow(self, decision: Decision) -> None:
        """Remind, ask, or take the reminder back, after each decision."""
        clock_s = self._clock.now_s()
        for key, tank in self._tanks.items():
            sink = decision.sink(key)
            if tank.boost is None or sink is None:
                continue
            now = hygiene_state(
                self.watched[key],
                hot_ago_s=sink.hot_ago_s,
                after_h=tank.boost.after_h,
                clock_s=clock_s,
            )
            self.due[key] = now.due
            self._remind(tank, now)
            entity = tank.boost.entity
            if now.ask and entity is not None and _can_be_asked(self._hass, entity):
                self.watched[key] = replace(self.watched[key], asked_s=clock_s)
                self._entry.async_create_background_task(
                    self._hass, self._ask(entity), f"{DOMAIN} boost"
                )

    def _remind(self, tank: TankConfig, now: HygieneState) -> None:
        days = int(now.cold_s // DAY_S) if now.due else None
        if tank.key in self._told_days and days == self._told_days[tank.key]:
            return
        self._told_days[tank.key] = days
        if days is None:
            clear_heat_issue(self._hass, HeatIssue.TANK_NOT_HOT, tank.key)
            return
        raise_heat_issue(
            self._hass,
            HeatIssue.TANK_NOT_HOT,
            tank.key,
            self._entry.entry_id,
            {"tank": tank.name, "days": str(days)},
        )

    async def _ask(self, entity_id: str) -> None:
        """Ask once; that it was asked is saved first, so that it is once indeed."""
        domain = split_entity_id(entity_id)[0]
        action = SERVICE_PRESS if domain in BUTTONS else SERVICE_TURN_ON
        try:
            await self._save()
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._hass.services.async_call(
                    domain, action, {ATTR_ENTITY_ID: entity_id}, blocking=True
                )
        except (HomeAssistantError, OSError, ValueError, TimeoutError) as err:
            _LOGGER.warning("%s could not be asked for a boost: %s", entity_id, err)


def _can_be_asked(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether an entity is there, and not at it already."""
    state = hass.states.get(entity_id)
    return state is not None and state.state not in (STATE_ON, STATE_UNAVAILABLE)
