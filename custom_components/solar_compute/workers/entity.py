"""The back-end for anything that Home Assistant already switches.

A `switch` or `input_boolean` turns the worker on and off; a `number` or
`input_number` may set its power level first, and a power `sensor` may measure it.
There is no lease: if Home Assistant dies, the worker goes on as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, override

from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
    split_entity_id,
)
from homeassistant.exceptions import HomeAssistantError
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
from .kind import WorkerKind, same_by


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityBackend:
    """A worker that Home Assistant switches; it holds no lease.

    `number_values` has what to write into `number` for each level, in order; it
    is empty without a number.
    """

    kind: ClassVar[str] = "entity"
    lease_s: ClassVar[None] = None

    switch: str
    number: str | None = None
    power: str | None = None
    number_values: tuple[float, ...] = ()


class EntityWorker(Backend):
    """A worker behind a switch of Home Assistant."""

    def __init__(self, hass: HomeAssistant, config: EntityBackend) -> None:
        """Use the entities that were configured."""
        self._hass = hass
        self._config = config

    @property
    @override
    def capabilities(self) -> Capabilities:
        """It can hold no lease."""
        features = set()
        if len(self._config.number_values) > 1:
            features.add(Feature.LEVELS)
        if self._config.power is not None:
            features.add(Feature.POWER)
        return Capabilities(features=frozenset(features))

    @override
    async def async_status(self) -> WorkerStatus:
        """Read the entities."""
        switch = self._hass.states.get(self._config.switch)
        if switch is None or switch.state not in (STATE_ON, STATE_OFF):
            shown = "missing" if switch is None else switch.state
            raise WorkerUnreachable(f"{self._config.switch} is {shown}")
        running = switch.state == STATE_ON
        power_w, power_age_s = self._power()
        return WorkerStatus(
            state=WorkerState.RUNNING if running else WorkerState.PAUSED,
            level=self._level() if running else 0,
            power_w=power_w,
            power_source=None if power_w is None else MEASURED,
            power_age_s=power_age_s,
        )

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Set the level's number first, so that it never starts at another level."""
        if self._config.number is not None:
            value = self._value_of(level)
            await self._call(self._config.number, "set_value", value=value)
        await self._call(self._config.switch, SERVICE_TURN_ON)
        return await self.async_status()

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Turn the switch off."""
        await self._call(self._config.switch, SERVICE_TURN_OFF)
        return await self.async_status()

    @override
    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Look again whenever one of the entities changes."""

        @callback
        def on_change(_event: Event[EventStateChangedData]) -> None:
            changed()

        names = _entities(self._config)
        return async_track_state_change_event(self._hass, names, on_change)

    @override
    async def async_close(self) -> None:
        """Nothing is held."""

    def _level(self) -> int | None:
        """Return the level whose number is set, None where it is none of them."""
        if self._config.number is None:
            return 1
        value = units.number(self._hass.states.get(self._config.number))
        if value is None:
            return None
        values = self._config.number_values
        step = min(
            (abs(high - low) for low, high in pairwise(values)),
            default=abs(values[0]),
        )
        nearest = min(range(len(values)), key=lambda index: abs(values[index] - value))
        return nearest + 1 if abs(values[nearest] - value) <= step / 4 else None

    def _value_of(self, level: int) -> float:
        try:
            return self._config.number_values[level - 1]
        except IndexError as err:
            raise WorkerRefused(f"level {level} has no value to set") from err

    def _power(self) -> tuple[float | None, float]:
        """Return the measured power in W, and how many seconds ago it was measured."""
        if self._config.power is None:
            return None, 0.0
        state = self._hass.states.get(self._config.power)
        return units.power_w(state), _age_s(state)

    async def _call(self, entity_id: str, service: str, **data: float) -> None:
        domain = split_entity_id(entity_id)[0]
        try:
            await self._hass.services.async_call(
                domain, service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
            )
        except (HomeAssistantError, TimeoutError) as err:
            raise WorkerRefused(f"{domain}.{service}: {err}") from err


def _age_s(state: State | None) -> float:
    if state is None:
        return 0.0
    return max(0.0, dt_util.utcnow().timestamp() - state.last_reported_timestamp)


def _parse(data: Mapping[str, Any]) -> EntityBackend:
    return EntityBackend(
        switch=data[c.CONF_SWITCH],
        number=data.get(c.CONF_NUMBER),
        power=data.get(c.CONF_POWER),
        number_values=tuple(data.get(c.CONF_NUMBER_VALUES) or ()),
    )


def _create(
    hass: HomeAssistant, config: EntityBackend, _controller: str
) -> EntityWorker:
    return EntityWorker(hass, config)


def _entities(config: EntityBackend) -> list[str]:
    return [name for name in (config.switch, config.number, config.power) if name]


KIND = WorkerKind(
    key=EntityBackend.kind,
    model="Switched load",
    features=frozenset({Feature.LEVELS, Feature.POWER}),
    keys=(
        c.CONF_SWITCH,
        c.CONF_LEVELS_W,
        c.CONF_NUMBER,
        c.CONF_NUMBER_VALUES,
        c.CONF_POWER,
        c.CONF_ACKNOWLEDGE_NO_LEASE,
    ),
    parse=_parse,
    create=_create,
    same=same_by(c.CONF_SWITCH),
    entity_keys=frozenset({c.CONF_SWITCH, c.CONF_NUMBER, c.CONF_POWER}),
    entities=_entities,
)
