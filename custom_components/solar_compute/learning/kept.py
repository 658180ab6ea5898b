"""The file in which is kept what was learned: versioned, small, one for every site."""

from typing import Any

from ..core.codec import from_json, to_json
from ..core.learned import VERSION, Learned
from ..versioned import Form


def _read(data: dict[str, Any]) -> Learned:
    learned: Learned = from_json(Learned, data)
    if learned.version != VERSION:
        raise ValueError(f"version {learned.version}")
    return learned


LEARNED = Form(
    name="learned",
    nothing=Learned,
    read=_read,
    written=to_json,
    anew="The home is learned anew",
)
