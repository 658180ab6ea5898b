"""What is never switched: storage nodes, databases, backups.

They are harmed by standing still: a storage node loses its reputation, a backup its
locks. So this kind has no back-end. May read what was stored; must never offer anything
that switches.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .. import const as c
from .base import Feature
from .kind import WorkerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AlwaysOn:
    """Something that is always on; `power` is the sensor of what it draws."""

    kind: ClassVar[str] = "always_on"
    lease_s: ClassVar[None] = None

    power: str | None = None


def _parse(data: Mapping[str, Any]) -> AlwaysOn:
    return AlwaysOn(power=data.get(c.CONF_POWER))


def _entities(config: AlwaysOn) -> Iterable[str]:
    return () if config.power is None else (config.power,)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two would count the same power twice."""
    power = one.get(c.CONF_POWER)
    return power is not None and power == other.get(c.CONF_POWER)


KIND = WorkerKind(
    key=AlwaysOn.kind,
    model="Always on",
    features=frozenset({Feature.POWER}),
    keys=(c.CONF_POWER, c.CONF_LEVELS_W),
    parse=_parse,
    create=None,
    same=_same,
    entity_keys=frozenset({c.CONF_POWER}),
    entities=_entities,
)
