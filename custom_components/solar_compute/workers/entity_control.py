"""Ways in which entities of Home Assistant turn a worker on and off.

Each way is what was configured, as a frozen value, and a `Control` that reads and
switches the entities. May call Home Assistant's actions; must never decide, and never
take silence for a pause.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isclose
from typing import Any, Protocol, override
from weakref import WeakValueDictionary

from homeassistant.components.number.const import ATTR_VALUE, SERVICE_SET_VALUE
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_OPTION,
    SERVICE_SELECT_OPTION,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from .. import units
from ..const import DOMAIN
from ..core.model import WorkerState
from .base import WorkerRefused, WorkerUnreachable

SERVICE_PRESS = "press"

SWITCHES = ("switch", "input_boolean")
SCRIPTS = ("script",)
BUTTONS = ("button", "input_button")
SELECTS = ("select", "input_select")
NUMBERS = ("number", "input_number")

LAST_WORD_S = 5.0
"""How long a command waits for the one before it, which may hang."""

_UNDER_WAY: HassKey[WeakValueDictionary[str, asyncio.Task[Any]]] = HassKey(
    f"{DOMAIN}.actions"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the entities of a worker show.

    `state` None: they have no state that tells. `level` None: none of its own.
    `has_work` False: running it would do nothing now.
    """

    state: WorkerState | None
    level: int | None = None
    has_work: bool = True
    detail: str = ""


PAUSED = Shown(state=WorkerState.PAUSED, level=0)


class Control(Protocol):
    """What turns a worker on and off. Calls never overlap, and may be cancelled.

    Raises nothing but `WorkerError`.
    """

    async def async_shown(self) -> Shown:
        """Read the entities."""

    async def async_start(self, level: int) -> None:
        """Have it run at a level."""

    async def async_pause(self, *, urgent: bool) -> None:
        """Have it stand still; `urgent`: whatever that costs."""

    def close(self) -> None:
        """Let go of what is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two scripts or buttons: one starts, one pauses. They have no state."""

    start: str
    pause: str

    @property
    def entities(self) -> tuple[str, ...]:
        """Return the entities that it is made of."""
        return self.start, self.pause


class PairControl(Control):
    """Starts by one script or button, and pauses by another."""

    def __init__(self, hass: HomeAssistant, config: Pair) -> None:
        """Use the entities that were configured."""
        self._hass = hass
        self._config = config

    @override
    async def async_shown(self) -> Shown:
        """Say nothing: only a confirmation can tell."""
        return Shown(state=None, level=1)

    @override
    async def async_start(self, level: int) -> None:
        """Press or run the one that starts."""
        await async_let_end(self._hass, self._config.pause)
        await async_trigger(self._hass, self._config.start)

    @override
    async def async_pause(self, *, urgent: bool) -> None:
        """Press or run the one that pauses."""
        await async_let_end(self._hass, self._config.start)
        await async_trigger(self._hass, self._config.pause)

    @override
    def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A choice with an option for every level, and one for paused."""

    entity: str
    paused: str
    options: tuple[str, ...]

    @property
    def entities(self) -> tuple[str, ...]:
        """Return the entities that it is made of."""
        return (self.entity,)


class SelectionControl(Control):
    """Chooses an option."""

    def __init__(self, hass: HomeAssistant, config: Selection) -> None:
        """Use the entity that was configured."""
        self._hass = hass
        self._config = config

    @override
    async def async_shown(self) -> Shown:
        """Read the option: one that means no level may compute at any."""
        option = said(self._hass, self._config.entity).state
        if option == self._config.paused:
            return PAUSED
        level = None
        if option in self._config.options:
            level = self._config.options.index(option) + 1
        return Shown(state=WorkerState.RUNNING, level=level)

    @override
    async def async_start(self, level: int) -> None:
        """Choose the level's option."""
        await self._choose(of_level(self._config.options, level))

    @override
    async def async_pause(self, *, urgent: bool) -> None:
        """Choose the option for paused."""
        await self._choose(self._config.paused)

    @override
    def close(self) -> None:
        """Nothing is held."""

    async def _choose(self, option: str) -> None:
        data = {ATTR_OPTION: option}
        await async_act(self._hass, self._config.entity, SERVICE_SELECT_OPTION, data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """A number with a value for every level; None for paused: it only sets the level."""

    entity: str
    values: tuple[float, ...]
    paused: float | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """Return the entities that it is made of."""
        return (self.entity,)

    def level(self, hass: HomeAssistant) -> int | None:
        """Return the level whose value is set, None where it is none of them."""
        value = units.number(hass.states.get(self.entity))
        return None if value is None else self.level_of(value)

    def level_of(self, value: float) -> int | None:
        """Return the level that a value is, or comes close to."""
        nearest = min(self.values, key=lambda known: abs(known - value))
        if abs(nearest - value) > self._step / 4:
            return None
        return self.values.index(nearest) + 1

    def is_paused(self, value: float) -> bool:
        """Tell whether a value stands for paused: close to it, it may compute."""
        return self.paused is not None and isclose(value, self.paused, abs_tol=1e-6)

    async def async_set(self, hass: HomeAssistant, level: int) -> None:
        """Set the value of a level, 0 for paused."""
        value = of_level(self.values, level) if level else self.paused
        await async_act(hass, self.entity, SERVICE_SET_VALUE, {ATTR_VALUE: value})

    @property
    def _step(self) -> float:
        known = [*self.values] if self.paused is None else [self.paused, *self.values]
        gaps = (abs(high - low) for low, high in pairwise(sorted(known)))
        return min((gap for gap in gaps if gap), default=abs(known[0]))


class DialControl(Control):
    """Sets a number, of which one value means paused."""

    def __init__(self, hass: HomeAssistant, config: Dial) -> None:
        """Use the entity that was configured."""
        self._hass = hass
        self._config = config

    @override
    async def async_shown(self) -> Shown:
        """Read the number: a value between the levels computes at none of them."""
        state = said(self._hass, self._config.entity)
        value = units.number(state)
        if value is None:
            raise WorkerUnreachable(f"{state.entity_id} is {state.state}")
        if self._config.is_paused(value):
            return PAUSED
        return Shown(state=WorkerState.RUNNING, level=self._config.level_of(value))

    @override
    async def async_start(self, level: int) -> None:
        """Set the level's value."""
        await self._config.async_set(self._hass, level)

    @override
    async def async_pause(self, *, urgent: bool) -> None:
        """Set the value for paused."""
        await self._config.async_set(self._hass, 0)

    @override
    def close(self) -> None:
        """Nothing is held."""


def said(hass: HomeAssistant, entity_id: str) -> State:
    """Return a state that says something. Raises WorkerUnreachable."""
    state = hass.states.get(entity_id)
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        shown = "missing" if state is None else state.state
        raise WorkerUnreachable(f"{entity_id} is {shown}")
    return state


def is_on(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether a switch is on. Raises WorkerUnreachable."""
    state = said(hass, entity_id)
    if state.state not in (STATE_ON, STATE_OFF):
        raise WorkerUnreachable(f"{entity_id} is {state.state}")
    return state.state == STATE_ON


def of_level[ValueT](values: Sequence[ValueT], level: int) -> ValueT:
    """Return what belongs to a level, from 1 on. Raises WorkerRefused."""
    if not 1 <= level <= len(values):
        raise WorkerRefused(f"level {level} has no value to set")
    return values[level - 1]


async def async_switch(hass: HomeAssistant, entity_id: str, *, on: bool) -> None:
    """Turn a switch on or off. Raises WorkerError."""
    await async_act(hass, entity_id, SERVICE_TURN_ON if on else SERVICE_TURN_OFF)


async def async_trigger(hass: HomeAssistant, entity_id: str) -> None:
    """Press a button, or start a script without waiting for its end."""
    is_button = split_entity_id(entity_id)[0] in BUTTONS
    await async_act(hass, entity_id, SERVICE_PRESS if is_button else SERVICE_TURN_ON)


async def async_act(
    hass: HomeAssistant,
    entity_id: str,
    service: str,
    data: dict[str, Any] | None = None,
) -> None:
    """Have an entity do something. Raises WorkerError.

    Home Assistant skips an entity that is unavailable without a word. Whoever stops
    waiting does not break the action off: half of it done would be worse. So it is
    waited for before the next one.
    """
    await async_let_end(hass, entity_id)
    state = hass.states.get(entity_id)
    if state is not None and state.state == STATE_UNAVAILABLE:
        raise WorkerUnreachable(f"{entity_id} is unavailable")
    domain = split_entity_id(entity_id)[0]
    called = f"{domain}.{service}"
    call = hass.services.async_call(
        domain, service, {ATTR_ENTITY_ID: entity_id, **(data or {})}, blocking=True
    )
    task = hass.async_create_background_task(call, f"{DOMAIN} {called}")
    task.add_done_callback(_hear)
    hass.data.setdefault(_UNDER_WAY, WeakValueDictionary())[entity_id] = task
    try:
        await asyncio.shield(task)
    except HomeAssistantError as err:
        raise WorkerRefused(f"{called}: {err}") from err
    except Exception as err:
        # Another integration's code, which may raise anything half way.
        raise WorkerUnreachable(f"{called}: {err!r}") from err


async def async_let_end(hass: HomeAssistant, entity_id: str) -> None:
    """Wait a while for what an entity was told before, lest it have the last word."""
    under_way = hass.data.get(_UNDER_WAY)
    if under_way is not None and (before := under_way.get(entity_id)) is not None:
        await asyncio.wait({before}, timeout=LAST_WORD_S)


def _hear(task: asyncio.Task[Any]) -> None:
    """Take what became of an action, also where nobody waits for it any more."""
    if not task.cancelled():
        task.exception()
