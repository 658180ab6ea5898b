"""What looks back and ahead beside the loop, and what decisions hear of it.

Each part is asked before every decision for what it knows of the hours to come, and
shown every decision after. Nothing that goes wrong in one may stop the loop: then
decisions do without it. It never decides.
"""

from collections.abc import Iterable
import logging
from typing import Protocol, runtime_checkable

from homeassistant.core import callback

from .core.ahead import NOTHING_AHEAD, Ahead
from .core.learned import Learned
from .core.model import Decision, Snapshot

_LOGGER = logging.getLogger(__name__)


class Part(Protocol):
    """Something that knows of the past or the hours to come."""

    async def async_start(self) -> None:
        """Begin, after the first decision was made."""

    async def async_close(self) -> None:
        """End, and keep what must not be lost."""

    def ahead(self, snapshot: Snapshot, ahead: Ahead) -> Ahead:
        """Return `ahead` with what this part knows at that instant."""

    def follow(self, snapshot: Snapshot, decision: Decision) -> None:
        """Hear of a decision and what it was made of."""


@runtime_checkable
class Forgetful(Protocol):
    """A part that keeps what it learned of the home, and forgets it when asked to."""

    async def async_forget(self) -> None:
        """Forget it, also on disk."""


@runtime_checkable
class Learns(Protocol):
    """A part that learns from the past."""

    learned: Learned


class Foresight:
    """All parts of one site, in the order in which they may overrule each other."""

    def __init__(self, parts: Iterable[Part] = ()) -> None:
        """Take the parts; none has begun yet."""
        self._parts = tuple(parts)
        self._learns = next((p for p in self._parts if isinstance(p, Learns)), None)
        self._failed: set[int] = set()

    def part[PartT](self, kind: type[PartT]) -> PartT | None:
        """Return the part of that kind, None where there is none."""
        return next((part for part in self._parts if isinstance(part, kind)), None)

    @property
    def learned(self) -> Learned:
        """What the past has taught; nothing, where nobody learns."""
        return Learned() if self._learns is None else self._learns.learned

    async def async_forget(self) -> None:
        """Have every part forget what it knows of the home."""
        for part in self._parts:
            if isinstance(part, Forgetful):
                await part.async_forget()

    async def async_start(self) -> None:
        """Have every part begin."""
        for part in self._parts:
            try:
                await part.async_start()
            except Exception:
                if self._is_news(part):
                    _LOGGER.exception("Decisions go on without %s", _name(part))

    async def async_close(self) -> None:
        """Have every part end; what fails there keeps none of the others from it."""
        for part in self._parts:
            try:
                await part.async_close()
            except Exception:
                _LOGGER.exception("%s did not end as it should", _name(part))

    @callback
    def ahead(self, snapshot: Snapshot) -> Ahead:
        """Return what is known of the hours to come."""
        known = NOTHING_AHEAD
        for part in self._parts:
            try:
                known = part.ahead(snapshot, known)
            except Exception:
                if self._is_news(part):
                    _LOGGER.exception("Decisions go on without %s", _name(part))
        return known

    @callback
    def follow(self, snapshot: Snapshot, decision: Decision) -> None:
        """Let every part hear of a decision."""
        for part in self._parts:
            try:
                part.follow(snapshot, decision)
            except Exception:
                if self._is_news(part):
                    _LOGGER.exception("Decisions go on without %s", _name(part))

    def _is_news(self, part: Part) -> bool:
        """Tell once of every part that it fails, or the log would fill with it."""
        known = id(part) in self._failed
        self._failed.add(id(part))
        return not known


def _name(part: Part) -> str:
    return type(part).__name__
