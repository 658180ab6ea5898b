"""The file in which a home's past is kept: versioned, bounded, one for every site."""

from dataclasses import dataclass
from typing import Any

from ..core.codec import from_json, to_json
from ..core.gather import Gathering
from ..core.history import History
from ..core.history_codec import decode, encode
from ..versioned import Form

STEP_S = 300
"""How long each interval lasts. They begin at whole multiples of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A past, and the interval that was open when it was written.

    `forgotten_s` is when a person had it forgotten (Unix time): nothing from before is
    asked of the recorder again.
    """

    history: History | None = None
    gathering: Gathering | None = None
    forgotten_s: float = 0.0


def _read(data: dict[str, Any]) -> Kept:
    history, gathering = data["history"], data["gathering"]
    kept = Kept(
        history=None if history is None else decode(history),
        gathering=None if gathering is None else from_json(Gathering, gathering),
        forgotten_s=float(data.get("forgotten_s", 0.0)),
    )
    _check(kept)
    return kept


def _check(kept: Kept) -> None:
    """Refuse what would not fit what comes: it would fail at every decision."""
    history, gathering = kept.history, kept.gathering
    if history is not None and (history.step_s, history.start_s % STEP_S) != (
        STEP_S,
        0,
    ):
        raise ValueError("a past on another grid")
    if gathering is not None:
        same = gathering.sums.keys() == gathering.seconds.keys()
        if not same or gathering.start_s % STEP_S != 0:
            raise ValueError("an interval that does not fit")


def _written(kept: Kept) -> dict[str, Any]:
    return {
        "history": None if kept.history is None else encode(kept.history),
        "gathering": to_json(kept.gathering),
        "forgotten_s": kept.forgotten_s,
    }


PAST = Form(
    name="past",
    nothing=Kept,
    read=_read,
    written=_written,
    anew="The past of the home is gathered anew",
)
