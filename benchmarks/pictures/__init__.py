"""Pictures of how decisions are made: drawn by code, of what the real core decides.

`python -m benchmarks.pictures` draws all of them anew, for `docs/decisions.md`. Each is
a function without arguments that returns SVG: no clock, no chance, no input, so a test
can tell whether what is committed is what the core says today.
"""

from collections.abc import Callable, Mapping

from . import day, heat, stored, supply, switching

PICTURES: Mapping[str, Callable[[], str]] = {
    "supply": supply.draw,
    "stored": stored.draw,
    "heat": heat.draw,
    "switching": switching.draw,
    "day": day.draw,
}
"""All of them, by the name of their file."""
