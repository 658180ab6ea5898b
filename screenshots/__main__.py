"""The command line: `python -m screenshots --help`."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
import sys
import tempfile
import time

from demo.client import CallError
from demo.dialogs import DialogError
from demo.processes import ProcessError
from demo.shown import ShownHome

from . import SCREENS, automation, card, dashboard, day, dialogs, energy, film, plan
from .visit import home_at_noon

AT_HOME: Mapping[str, Callable[[ShownHome, Path], Awaitable[None]]] = {
    "dashboard": dashboard.take,
    "card": card.take,
    "day": day.take,
    "plan": plan.take,
    "automation": automation.take,
    "energy": energy.take,
}
"""Groups that look at the same home, one after another."""


def main() -> None:
    """Take pictures and exit: 0 if all were taken, 1 if not, 2 for a wrong command."""
    parser = argparse.ArgumentParser(
        prog="scripts/screenshots",
        description="Makes the pictures of README and docs, and writes them into"
        " docs/images: a real browser looks at the demo's home in a real Home Assistant,"
        " always on the same day in June. Needs `scripts/setup --system`.",
        epilog="\n".join(f"{name}: {', '.join(SCREENS[name])}" for name in SCREENS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "groups",
        nargs="*",
        metavar="GROUP",
        choices=[*SCREENS, []],
        help=f"only these: {', '.join(SCREENS)}",
    )
    wanted = parser.parse_args().groups or list(SCREENS)
    try:
        asyncio.run(_take(wanted))
    except (ProcessError, DialogError, CallError, AssertionError) as error:
        sys.exit(f"screenshots: {error}")


async def _take(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="solar-compute-pictures-") as name:
        folder = Path(name)
        if at_home := [group for group in AT_HOME if group in wanted]:
            async with home_at_noon(folder) as shown:
                for group in at_home:
                    await _told(group, AT_HOME[group](shown, folder))
        if "film" in wanted:
            await _told("film", film.take(folder))
    for group in dialogs.TESTS:
        if group in wanted:
            await _told(group, dialogs.take(group))


async def _told(group: str, taking: Awaitable[None]) -> None:
    began_s = time.monotonic()
    await taking
    print(f"{group}: {time.monotonic() - began_s:.0f} s", flush=True)


if __name__ == "__main__":
    main()
