"""The command line of the demo: `python -m demo --help`."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
import json
from pathlib import Path
import signal
import sys
import tempfile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from . import boinc
from .boinc import Boinc
from .client import CallError
from .companion import Companion
from .dialogs import DialogError
from .home import HOME
from .house import Day, LivingHouse, SimulatedDays
from .processes import ProcessError, free_port
from .season import COMPUTING_HOME, SEASONS, SUN_OF
from .show import Plan, Show
from .summary import in_words
from .trace import TraceError, read_day

SPEED = 60.0
SEED = 17
INTERRUPTED = 130
SEASON_SOC = 95.0
"""A day of a season shows heat, and does not begin with hours of charging."""
HEADLESS_FROM = time(4, 30)
"""Before sunrise: a run of twenty hours then sees the whole day."""
SHOWN_FROM = time(9, 0)
"""A person should not have to wait for the sun."""


def main() -> None:
    """Run the demo and exit: 0 if all was well, 1 if not, 2 for a wrong command."""
    parser = _parser()
    options = parser.parse_args()
    if (options.trace is None) != (options.day is None):
        parser.error("--trace and --day need each other")
    if options.headless and options.seconds is None:
        parser.error("--headless needs --seconds")
    try:
        day = _day(options)
    except TraceError as error:
        sys.exit(f"demo: {error}")
    try:
        sys.exit(asyncio.run(_run(options, day)))
    except KeyboardInterrupt, asyncio.CancelledError:
        sys.exit(INTERRUPTED)
    except (ProcessError, DialogError, CallError) as error:
        sys.exit(f"demo: {error}")


async def _run(options: argparse.Namespace, day: Day) -> int:
    _end_on_signal(asyncio.current_task())
    begins = options.begins or (HEADLESS_FROM if options.headless else SHOWN_FROM)
    preferred = None if options.headless else 8123
    season = None if options.season is None else SEASONS[options.season]
    boinc_runs = options.worker == "boinc"
    spec, soc = (HOME, 30.0) if season is None else (COMPUTING_HOME, SEASON_SOC)
    if boinc_runs:
        spec = boinc.fitted(spec)
    local = datetime.combine(day.first, begins)
    with _folder(options.folder) as folder:
        plan = Plan(
            folder=Path(folder),
            house=LivingHouse(spec, day, local, soc, season),
            spec=spec,
            season=season,
            label=day.label if season is None else f"{day.label}, {season.name}",
            speed=options.speed,
            port=options.port or free_port(preferred),
            has_pv=day.has_pv,
            machine=Boinc if boinc_runs else Companion,
        )
        show = Show(plan)
        _say(options, f"Starting Home Assistant and {show.machine.name}…")
        async with show:
            _say(options, _welcome(show))
            interrupted = False
            try:
                await show.watch(seconds=options.seconds, quiet=options.json)
            except asyncio.CancelledError:
                interrupted = True
            told = await show.summarise()
    print(json.dumps(told, indent=2) if options.json else f"\n{in_words(told)}")
    if interrupted:
        return 0 if options.seconds is None else INTERRUPTED
    missed = [name for name, good in told["checks"].items() if not good]
    if missed:
        print(f"demo: not as it should be: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


@contextmanager
def _folder(given: Path | None) -> Iterator[str]:
    """Give a folder to work in: one that is kept, or one that is gone afterwards."""
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield str(given.absolute())
        return
    with tempfile.TemporaryDirectory(prefix="solar-compute-demo-") as folder:
        yield folder


def _end_on_signal(task: asyncio.Task[int] | None) -> None:
    """Let the first signal end the run in good order; more of them change nothing."""
    loop = asyncio.get_running_loop()
    signalled = False

    def end() -> None:
        nonlocal signalled
        if task is not None and not signalled:
            signalled = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)


def _say(options: argparse.Namespace, text: str) -> None:
    print(text, file=sys.stderr if options.json else sys.stdout, flush=True)


def _welcome(show: Show) -> str:
    server = show.home_assistant
    return f"""
  Home Assistant   {server.url}
  user             {server.user}
  password         {server.password}

The house is {show.plan.label}; its time passes {show.plan.speed:g} times faster.
Ctrl-C ends everything.
"""


def _day(options: argparse.Namespace) -> Day:
    if options.trace is None and options.season is not None:
        return SimulatedDays(options.seed, first=SUN_OF)
    if options.trace is None:
        return SimulatedDays(options.seed)
    return read_day(options.trace, options.day, options.zone)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Shows Solar Compute at work: a real Home Assistant, a real"
        " companion service or BOINC client with a real job, and a house whose meters"
        " feel what the job draws. All of it listens on this machine only, and is gone"
        " afterwards.",
    )
    parser.add_argument(
        "--worker",
        choices=("companion", "boinc"),
        default="companion",
        help="what runs the job: the companion service (the default), or a BOINC client"
        " with a task of a project on this machine; that needs `scripts/setup --system`",
    )
    parser.add_argument(
        "--speed",
        type=_positive,
        default=SPEED,
        metavar="N",
        help=f"how many times faster the house's time passes (default {SPEED:g})",
    )
    parser.add_argument(
        "--seed", type=int, default=SEED, help="another number, another weather"
    )
    parser.add_argument(
        "--season",
        choices=sorted(SEASONS),
        help="show a house whose compute heater is a radiator, on a day in winter or in"
        " summer: the sun is the same, what is decided is not",
    )
    parser.add_argument(
        "--trace",
        type=Path,
        metavar="FILE",
        help="replay a measured day instead: a CSV file, plain or gzipped, with the"
        " columns ts, grid_w and optionally battery_w and pv_w; needs --day",
    )
    parser.add_argument(
        "--day", type=date.fromisoformat, metavar="DATE", help="which day of the file"
    )
    parser.add_argument(
        "--zone",
        type=_zone,
        default=ZoneInfo("UTC"),
        help="the time zone of that day (default UTC)",
    )
    parser.add_argument(
        "--begins",
        type=time.fromisoformat,
        metavar="HH:MM",
        help=f"the house's time at the start (default {SHOWN_FROM:%H:%M},"
        f" headless {HEADLESS_FROM:%H:%M})",
    )
    parser.add_argument(
        "--port",
        type=int,
        help="Home Assistant's port (default 8123, or any free one)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        help="keep configuration, logs and checkpoint in this folder",
    )
    parser.add_argument(
        "--headless", action="store_true", help="run without a person; needs --seconds"
    )
    parser.add_argument(
        "--seconds",
        type=_positive,
        metavar="S",
        help="end by itself after so many seconds, with a summary; the exit code then"
        " says whether the worker ran on surplus and paused without",
    )
    parser.add_argument(
        "--json", action="store_true", help="print nothing but the summary, as JSON"
    )
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text} is no time zone") from error


if __name__ == "__main__":
    main()
