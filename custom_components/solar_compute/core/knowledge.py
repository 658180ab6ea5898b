"""What was learned of a house, as decisions hear of it.

Values that are stored and recorded as JSON: `learn` makes them at night, `advice`
reads them. Standard library only; nothing here computes more than a look-up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .nowcast import Nowcast
from .trail import FEATURES
from .trees import Forest

VERSION = 2
"""Raised when what was learned before can no longer be read as it was meant."""


class Rule(StrEnum):
    """What decides when to switch a worker."""

    BARE = "bare"
    """The rule of thumb: nothing better has proven itself."""
    NOWCAST = "nowcast"
    """The rule of thumb, with how the sun's day usually goes on from here."""
    LEARNED = "learned"
    """The same, corrected by moments of the past that were like this one."""
    OFF = "off"
    """No rule earned anything on the past of this home, so none may play."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long sun lasts once it is there at some hour, and how often that was seen."""

    minutes: float = 0.0
    moments: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerKnowledge:
    """When to switch one worker, and what speaks for it.

    `nowcast` is how its day usually goes on; `start` and `stop` correct what is
    expected by it of a start and of a stop, in currency. `rule` is what has proven itself
    on the house's own past: there, on days that had not taught it, it earned `gain`, and
    the rule of thumb `bare_gain` (both in currency). `lasts` has 24 entries, by hour of
    the sun's day.

    Raises:
        ValueError: if a tree asks for what no moment has.
    """

    nowcast: Nowcast = field(default_factory=Nowcast)
    start: Forest = field(default_factory=Forest)
    stop: Forest = field(default_factory=Forest)
    rule: Rule = Rule.BARE
    gain: float = 0.0
    bare_gain: float = 0.0
    lasts: tuple[Lasting, ...] = ()
    taught_by: str = ""
    """The settings under which this was learned; under others it says nothing."""

    def __post_init__(self) -> None:
        """Refuse what could not be asked: decisions must not fail over it."""
        trees = (*self.start.trees, *self.stop.trees)
        if any(feature >= FEATURES for tree in trees for feature in tree.features):
            raise ValueError("a tree asks for what no moment has")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the past of a home taught.

    `noon_h` is the hour (UTC) at which the surplus of this home has its middle, `days`
    how many days taught it, `until_s` the Unix time at which the past ended.
    """

    version: int = VERSION
    days: float = 0.0
    until_s: float = 0.0
    noon_h: float = 12.0
    workers: Mapping[str, WorkerKnowledge] = field(default_factory=dict)


NOTHING_KNOWN = Knowledge()
