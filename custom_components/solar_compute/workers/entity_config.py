"""Which entities of Home Assistant a worker is behind, read from stored data.

What switches it is told by the domain of its entity. May import what is configured of
each way; must never read a state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from homeassistant.core import split_entity_id

from .. import const as c
from .entity_confirm import Confirmation
from .entity_control import BUTTONS, NUMBERS, SCRIPTS, SELECTS, Dial, Pair, Selection
from .entity_heater import HEATERS, Heater
from .entity_plug import Plug

type ControlConfig = Plug | Pair | Selection | Dial | Heater

SHOWS_WITHIN_S = 120.0
"""How long a heater or a confirmation may take to show what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityBackend:
    """A worker that Home Assistant switches; it holds no lease.

    `dial` sets its level where what switches it has none; `limits_power`: the values of
    its levels are what it draws, in W.
    """

    kind: ClassVar[str] = "entity"
    lease_s: ClassVar[None] = None

    control: ControlConfig
    dial: Dial | None = None
    power: str | None = None
    confirmation: Confirmation | None = None
    levels: int = 1
    limits_power: bool = False


def parse(data: Mapping[str, Any]) -> EntityBackend:
    """Return what the stored data of a worker configure."""
    levels_w = tuple(data[c.CONF_LEVELS_W])
    control = _parsed_control(data)
    values = tuple(data.get(c.CONF_NUMBER_VALUES) or ())
    number = data.get(c.CONF_NUMBER)
    confirm, above_w = data.get(c.CONF_CONFIRM), data.get(c.CONF_CONFIRM_ABOVE_W)
    return EntityBackend(
        control=control,
        dial=Dial(entity=number, values=values) if number else None,
        # What confirms by its power measures it, too.
        power=data.get(c.CONF_POWER) or (None if above_w is None else confirm),
        confirmation=Confirmation(
            entity=confirm,
            above_w=above_w,
            within_s=data.get(c.CONF_CONFIRM_WITHIN_S, SHOWS_WITHIN_S),
        )
        if confirm
        else None,
        levels=len(levels_w),
        limits_power=bool(values) and values == levels_w,
    )


def _parsed_control(data: Mapping[str, Any]) -> ControlConfig:
    entity_id = data[c.CONF_SWITCH]
    domain = split_entity_id(entity_id)[0]
    if domain in (*SCRIPTS, *BUTTONS):
        return Pair(start=entity_id, pause=data[c.CONF_PAUSE_BY])
    if domain in SELECTS:
        return Selection(
            entity=entity_id,
            paused=data[c.CONF_PAUSED_OPTION],
            options=tuple(data[c.CONF_LEVEL_OPTIONS]),
        )
    if domain in NUMBERS:
        return Dial(
            entity=entity_id,
            values=tuple(data[c.CONF_NUMBER_VALUES]),
            paused=data[c.CONF_PAUSED_VALUE],
        )
    if domain in HEATERS:
        return Heater(
            entity=entity_id,
            temperature_c=data[c.CONF_WANTED_C],
            mode=data.get(c.CONF_WANTED_MODE),
        )
    return Plug(
        entity=entity_id,
        pause_first=data.get(c.CONF_PAUSE_FIRST),
        cut_delay_s=data.get(c.CONF_CUT_DELAY_S, 0.0),
    )


def entities(config: EntityBackend) -> list[str]:
    """Return all entities that a worker is switched, measured and confirmed by."""
    others = (
        None if config.dial is None else config.dial.entity,
        config.power,
        None if config.confirmation is None else config.confirmation.entity,
    )
    return [*config.control.entities, *(name for name in others if name)]
