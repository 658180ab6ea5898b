"""Asks backup heaters to wait while compute heat is coming, and gives back what it took.

Only where the user allowed it, and only by lowering a set-point to the user's floor, or
by turning off a switch whose device turns itself on again. What was there is saved
before anything is changed, and restored when no compute heat comes any more, on unload,
or at the next start. Whether to wait is decided in `core.wait`; a device that somebody
else changes meanwhile is left alone, and so is one that heats a tank through.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import replace
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from .clock import Clock
from .configured_heat import TankConfig, WaitRequest
from .const import DOMAIN
from .core.model import Decision
from .core.wait import SAME, Asked, Step, lowered, may_wait, next_step
from .heat_issues import HeatIssue, raise_heat_issue
from .set_points import (
    SetPoint,
    SetPointError,
    async_write_set_point,
    is_switch,
    read_set_point,
)

_LOGGER = logging.getLogger(__name__)

RETRY_S = 60.0
TRIES = 3
"""How often a device is asked to wait before it is left alone."""
USUAL_DROP_K = 10.0
"""How far below its target a tank may fall where nobody gave a floor or a minimum."""
BOOST_K = 3.0
"""A set-point this much above the tank's target is a boost, against legionella say."""
OFF = 0.0

type Attempt = Callable[[str], Coroutine[Any, Any, None]]


class BackupWait:
    """The backups of one site, and what they were set to before they were asked."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        tanks: tuple[TankConfig, ...],
        *,
        asked: Mapping[str, Asked],
        clock: Clock,
        save: Callable[[], Awaitable[None]],
    ) -> None:
        """Take over what was stored; `save` writes `asked` to disk."""
        self.asked = dict(asked)
        self._hass = hass
        self._entry = entry
        self._tanks = {tank.key: tank for tank in tanks if tank.wait is not None}
        self._clock = clock
        self._save = save
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._tried: dict[str, tuple[Step, float]] = {}
        self._tries: dict[str, int] = {}
        self._left_alone: set[str] = set()
        """Tanks whose backup is not asked again while this compute heat lasts."""
        self._of_old = set(asked)
        """Tanks whose backup was asked before the start: it is restored first."""
        self._closed = False

    @callback
    def follow(self, decision: Decision | None, due: Collection[str] = ()) -> None:
        """Ask, restore or do nothing, after each decision (None: there is none).

        `due` are tanks that should be heated through: their backups never wait.
        """
        if self._closed:
            return
        for key in {*self._tanks, *self.asked}:
            if key not in self._busy:
                self._follow(key, None if key in due else decision)

    async def async_restore(self) -> None:
        """Give everything back for good, as far as the devices take it."""
        self._closed = True
        if self._busy:
            await asyncio.wait(self._busy.values())
        for key in tuple(self.asked):
            await self._restore(key)

    def _follow(self, key: str, decision: Decision | None) -> None:
        asked = self.asked.get(key)
        heat_comes = self._heat_comes(key, decision)
        if not heat_comes:
            self._left_alone.discard(key)
            self._tries.pop(key, None)
        wanted = heat_comes and key not in self._left_alone | self._of_old
        if asked is None:
            if wanted:
                self._begin(key)
            return
        now = read_set_point(self._hass, _entity_id(self._hass, asked))
        current = None if now is None else now.value
        step = next_step(asked, current, wanted=wanted)
        if step is Step.CONFIRM and current is not None:
            asked = replace(asked, lowered=current, confirmed=True)
            self.asked[key] = asked
            step = next_step(asked, current, wanted=wanted)
        if step is Step.FORGET:
            self._forget(key)
            self._left_alone.add(key)
        elif step is Step.ASK and self._tries.get(key, 0) >= TRIES:
            _LOGGER.warning("%s does not take a lower set-point", asked.entity)
            self._left_alone.add(key)
        elif step is Step.ASK:
            self._attempt(key, step, self._ask)
        elif step is Step.RESTORE:
            self._attempt(key, step, self._restore)

    def _heat_comes(self, key: str, decision: Decision | None) -> bool:
        """Tell whether this tank's backup may wait for compute heat now."""
        tank = self._tanks.get(key)
        if tank is None or tank.wait is None or decision is None:
            return False
        asked = self.asked.get(key)
        if asked is not None and _entity_id(self._hass, asked) != tank.wait.entity:
            return False
        sink = decision.sink(key)
        return may_wait(sink, _floor_c(tank, tank.wait), waiting=asked is not None)

    def _begin(self, key: str) -> None:
        """Note what is there and what to ask for, and then ask for it."""
        wait = self._tanks[key].wait
        now = None if wait is None else read_set_point(self._hass, wait.entity)
        if wait is None or now is None or not now.active:
            return
        usual_c = self._tanks[key].spec.target_c
        target = OFF if is_switch(wait.entity) else _lower(now, wait.floor_c, usual_c)
        if target is None:
            return
        registered = er.async_get(self._hass).async_get(wait.entity)
        self.asked[key] = Asked(
            entity=wait.entity if registered is None else registered.id,
            original=now.value,
            lowered=target,
        )
        self._attempt(key, Step.ASK, self._ask)

    def _attempt(self, key: str, step: Step, attempt: Attempt) -> None:
        """Talk to the device, unless the same was tried a moment ago."""
        now_s = self._clock.now_s()
        tried, tried_s = self._tried.get(key, (None, 0.0))
        if tried is step and now_s - tried_s < RETRY_S:
            return
        self._tried[key] = step, now_s
        task = self._entry.async_create_background_task(
            self._hass, attempt(key), f"{DOMAIN} backup {step}"
        )
        self._busy[key] = task
        task.add_done_callback(lambda _: self._busy.pop(key, None))

    async def _ask(self, key: str) -> None:
        asked = self.asked[key]
        self._tries[key] = self._tries.get(key, 0) + 1
        try:
            await self._save()
        except (HomeAssistantError, OSError, ValueError, TypeError) as err:
            _LOGGER.warning("%s is not asked to wait: %s", asked.entity, err)
            self._forget(key)
            self._left_alone.add(key)
            return
        entity_id = _entity_id(self._hass, asked)
        now = read_set_point(self._hass, entity_id)
        if self._closed or now is None or abs(now.value - asked.original) > SAME:
            return
        try:
            await async_write_set_point(self._hass, entity_id, asked.lowered)
        except SetPointError as err:
            _LOGGER.warning("%s cannot be asked to wait: %s", entity_id, err)

    async def _restore(self, key: str) -> None:
        if await async_give_back(self._hass, self.asked[key]):
            self._forget(key)

    def _forget(self, key: str) -> None:
        del self.asked[key]
        self._tried.pop(key, None)
        self._of_old.discard(key)


async def async_give_back(hass: HomeAssistant, asked: Asked) -> bool:
    """Set a backup to what it was before; return whether that is settled.

    It is settled, too, where somebody else has changed it meanwhile.
    """
    entity_id = _entity_id(hass, asked)
    now = read_set_point(hass, entity_id)
    if now is None:
        return False
    if next_step(asked, now.value, wanted=False) is Step.FORGET:
        return True
    try:
        await async_write_set_point(hass, entity_id, asked.original)
    except SetPointError as err:
        _LOGGER.warning("%s does not take its set-point back: %s", entity_id, err)
        return False
    after = read_set_point(hass, entity_id)
    return after is not None and abs(after.value - asked.lowered) > SAME


async def async_give_all_back(
    hass: HomeAssistant, entry_id: str, asked: Mapping[str, Asked]
) -> None:
    """Give back what is left when the entry goes for good, or tell the user."""
    for key, one in asked.items():
        if await async_give_back(hass, one):
            continue
        entity_id = _entity_id(hass, one)
        original = "on" if is_switch(entity_id) else f"{one.original:g}"
        raise_heat_issue(
            hass,
            HeatIssue.BACKUP_NOT_RESTORED,
            key,
            entry_id,
            {"entity": entity_id, "original": original},
        )


def _entity_id(hass: HomeAssistant, asked: Asked) -> str:
    registry = er.async_get(hass)
    return er.async_resolve_entity_id(registry, asked.entity) or asked.entity


def _floor_c(tank: TankConfig, wait: WaitRequest) -> float:
    """Return how cold the tank may become; a switch needs no floor of its own."""
    if wait.floor_c is not None:
        return wait.floor_c
    if tank.spec.minimum_c is not None:
        return tank.spec.minimum_c
    return tank.spec.target_c - USUAL_DROP_K


def _lower(now: SetPoint, floor_c: float | None, usual_c: float) -> float | None:
    """Return what to ask for; None where there is nothing to ask.

    A set-point well above the usual one heats the tank through, and is not touched.
    """
    if floor_c is None or now.value > now.from_c(usual_c + BOOST_K):
        return None
    return lowered(now.value, now.from_c(floor_c), minimum=now.minimum, step=now.step)
