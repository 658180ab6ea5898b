"""A BOINC client's limit of its CPU time, which is what its levels are made of.

Writes two of its owner's preferences and none of the others.
"""

import re

from .answers import senseless
from .base import WorkerRefused
from .boinc_rpc import BoincClient, number

LIMIT_TAGS = ("cpu_usage_limit", "niu_cpu_usage_limit")
"""Preferences in per cent; newer clients have a second one for a computer at rest."""


async def async_limit(client: BoincClient, percent: float) -> None:
    """Have it compute for this share of the time; all else of its owner's stays."""
    try:
        prefs = await client.async_call("<get_global_prefs_override/>")
    except WorkerRefused:
        # It has none so far.
        prefs = "<global_preferences>\n</global_preferences>"
    for tag in LIMIT_TAGS:
        prefs = re.sub(rf"\s*<{tag}>[^<]*</{tag}>", "", prefs)
    head, end, _ = prefs.rpartition("</global_preferences>")
    if not end:
        raise senseless("its preferences are none")
    limits = "".join(f"   <{tag}>{percent:f}</{tag}>\n" for tag in LIMIT_TAGS)
    await client.async_call(
        "<set_global_prefs_override>\n"
        f"{head.rstrip()}\n{limits}{end}\n"
        "</set_global_prefs_override>"
    )
    await client.async_call("<read_global_prefs_override/>")


def level_of(prefs: str, limits: tuple[float, ...]) -> int | None:
    """Return the level whose CPU limit is in force, None where it is none of them."""
    if not limits:
        return 1
    found = [value for tag in LIMIT_TAGS if (value := number(prefs, tag))]
    for level, limit in enumerate(limits, start=1):
        if found and all(abs(value - limit) < 0.5 for value in found):
            return level
    return None
