"""The back-end for anything that Home Assistant already switches.

A switch, a pair of scripts or buttons, a choice, a number or a heater turns the worker
on and off (`entity_control`, `entity_plug`, `entity_heater`); a number may set its power
level first, a power sensor may measure it, and a confirmation may be the only thing that
is believed about whether it runs. There is no lease: if Home Assistant dies, the worker
goes on as it is.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import override

from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from .. import const as c, units
from ..core.model import WorkerState
from .base import (
    MEASURED,
    Backend,
    Capabilities,
    Feature,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)
from .entity_config import SHOWS_WITHIN_S, ControlConfig, EntityBackend, entities, parse
from .entity_confirm import Asked
from .entity_control import (
    Control,
    Dial,
    DialControl,
    Pair,
    PairControl,
    Selection,
    SelectionControl,
    Shown,
    of_level,
)
from .entity_heater import Heater, HeaterControl
from .entity_plug import Plug, PlugControl
from .kind import WorkerKind, same_by

ANSWER_WITHIN_S = 10.0
"""How long to wait for what a command makes entities do."""


class EntityWorker(Backend):
    """A worker behind entities of Home Assistant."""

    def __init__(self, hass: HomeAssistant, config: EntityBackend) -> None:
        """Use the entities that were configured."""
        self._hass = hass
        self._config = config
        self._control = _control(hass, config.control)
        confirmation = config.confirmation
        within_s = SHOWS_WITHIN_S if confirmation is None else confirmation.within_s
        self._asked = Asked(within_s)

    @property
    @override
    def capabilities(self) -> Capabilities:
        """It can hold no lease."""
        config = self._config
        found = {
            Feature.LEVELS: config.levels > 1,
            Feature.SET_POINT: config.limits_power,
            Feature.POWER: config.power is not None,
            Feature.QUEUE: isinstance(config.control, Heater),
        }
        features = frozenset(feature for feature, has_it in found.items() if has_it)
        return Capabilities(features=features)

    @override
    async def async_status(self) -> WorkerStatus:
        """Read the entities."""
        shown = await self._control.async_shown()
        if self._config.dial is not None and shown.level:
            shown = replace(shown, level=self._config.dial.level(self._hass))
        shown = self._judged(shown)
        power_w, power_age_s = self._power()
        return WorkerStatus(
            state=shown.state or WorkerState.UNKNOWN,
            level=shown.level,
            power_w=power_w,
            power_source=None if power_w is None else MEASURED,
            power_age_s=power_age_s,
            has_work=shown.has_work,
            detail=shown.detail,
        )

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Set the level's number first, so that it never starts at another level."""
        dial = self._config.dial
        if dial is not None:
            of_level(dial.values, level)
        needs_start = self._needs(level)
        async with self._asking(level):
            if dial is not None:
                await dial.async_set(self._hass, level)
            if needs_start:
                await self._control.async_start(level)
        return await self.async_status()

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Have it stand still."""
        needs_pause = urgent or self._needs(0)
        async with self._asking(0):
            if needs_pause:
                await self._control.async_pause(urgent=urgent)
        return await self.async_status()

    @override
    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Look again whenever one of the entities changes."""

        @callback
        def on_change(_event: Event[EventStateChangedData]) -> None:
            changed()

        names = entities(self._config)
        return async_track_state_change_event(self._hass, names, on_change)

    @override
    async def async_close(self) -> None:
        """Let go of what was about to be switched off."""
        self._control.close()

    def _judged(self, shown: Shown) -> Shown:
        """Believe the confirmation where there is one, and wait for what is late."""
        confirmation = self._config.confirmation
        if confirmation is not None:
            runs = confirmation.runs(self._hass)
            return self._asked.confirmed(shown, runs=runs, now_s=self._now_s)
        if isinstance(self._config.control, Heater):
            return self._asked.late(shown, self._now_s)
        return shown

    @asynccontextmanager
    async def _asking(self, level: int) -> AsyncIterator[None]:
        """Note what is asked, unless it is refused: then nothing is to be expected."""
        self._asked.begin(level, self._now_s)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                yield
        except WorkerRefused:
            self._asked.forget()
            raise
        except TimeoutError as err:
            raise WorkerUnreachable("no answer in time") from err

    def _needs(self, level: int) -> bool:
        """Tell whether a command must be given, or was given and may still show.

        A switch bears being told twice. A script or button may not: it is told once
        for as long as it may take to show, and not to start what runs.
        """
        confirmation, now_s = self._config.confirmation, self._now_s
        if confirmation is None or not isinstance(self._config.control, Pair):
            return True
        if self._asked.is_waiting_for(level, now_s):
            return False
        ends = self._asked.is_waiting_for(0, now_s)
        return level == 0 or ends or not confirmation.runs(self._hass)

    @property
    def _now_s(self) -> float:
        return self._hass.loop.time()

    def _power(self) -> tuple[float | None, float]:
        """Return the measured power in W, and how many seconds ago it was measured."""
        if self._config.power is None:
            return None, 0.0
        state = self._hass.states.get(self._config.power)
        return units.power_w(state), _age_s(state)


def _age_s(state: State | None) -> float:
    if state is None:
        return 0.0
    return max(0.0, dt_util.utcnow().timestamp() - state.last_reported_timestamp)


def _control(hass: HomeAssistant, config: ControlConfig) -> Control:
    match config:
        case Plug():
            return PlugControl(hass, config)
        case Pair():
            return PairControl(hass, config)
        case Selection():
            return SelectionControl(hass, config)
        case Dial():
            return DialControl(hass, config)
        case Heater():
            return HeaterControl(hass, config)


def _create(
    hass: HomeAssistant, config: EntityBackend, _controller: str
) -> EntityWorker:
    return EntityWorker(hass, config)


KIND = WorkerKind(
    key=EntityBackend.kind,
    model="Switched load",
    features=frozenset(
        {Feature.LEVELS, Feature.SET_POINT, Feature.POWER, Feature.QUEUE}
    ),
    keys=(
        c.CONF_SWITCH,
        c.CONF_LEVELS_W,
        c.CONF_NUMBER,
        c.CONF_NUMBER_VALUES,
        c.CONF_POWER,
        c.CONF_CONFIRM,
        c.CONF_CONFIRM_ABOVE_W,
        c.CONF_CONFIRM_WITHIN_S,
        c.CONF_PAUSE_BY,
        c.CONF_PAUSED_OPTION,
        c.CONF_LEVEL_OPTIONS,
        c.CONF_PAUSED_VALUE,
        c.CONF_WANTED_C,
        c.CONF_WANTED_MODE,
        c.CONF_CUTS_POWER,
        c.CONF_PAUSE_FIRST,
        c.CONF_CUT_DELAY_S,
        c.CONF_ACKNOWLEDGE_CUT,
        c.CONF_ACKNOWLEDGE_NO_LEASE,
    ),
    parse=parse,
    create=_create,
    same=same_by(c.CONF_SWITCH),
    entity_keys=frozenset(
        {
            c.CONF_SWITCH,
            c.CONF_NUMBER,
            c.CONF_POWER,
            c.CONF_CONFIRM,
            c.CONF_PAUSE_BY,
            c.CONF_PAUSE_FIRST,
        }
    ),
    entities=entities,
)
