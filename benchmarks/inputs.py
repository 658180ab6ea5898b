"""The arguments that say what to replay: a trace file, or a recorder's database."""

import argparse
from pathlib import Path
import sys
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .recorder import Meters, read_recorder
from .traces import Trace, TraceError, read_trace

INVERTIBLE = ("grid", "grid_return", "pv", "battery", "battery_charge", "without")


def zone(name: str) -> ZoneInfo:
    """Return a time zone, for argparse.

    Raises:
        argparse.ArgumentTypeError: if there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{name!r} is no time zone") from error


def add_home_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the trace, or the database and its entities."""
    parser.add_argument(
        "trace", type=Path, nargs="?", help="CSV or CSV.gz on a regular UTC grid"
    )
    recorder = parser.add_argument_group(
        "instead of a trace, a home's own past",
        "entities of power (W, kW) or of energy (Wh, kWh)",
    )
    recorder.add_argument(
        "--recorder", type=Path, help="database, such as home-assistant_v2.db"
    )
    for option, text in (
        ("--grid", "power from (+) and to (−) the grid, or import alone"),
        ("--grid-return", "export, where --grid is import alone"),
        ("--pv", "what the sun makes"),
        ("--battery", "discharge (+) and charge (−), or discharge alone"),
        ("--battery-charge", "charge, where --battery is discharge alone"),
        ("--soc", "charge of the battery in %%"),
        ("--price", "price of import per kWh: the column price_eur_kwh"),
        ("--export-price", "price of export per kWh: the column export_eur_kwh"),
        ("--outdoor", "temperature outside: the column outdoor_c"),
    ):
        recorder.add_argument(option, metavar="ENTITY", help=text)
    recorder.add_argument(
        "--without",
        metavar="ENTITY",
        nargs="+",
        default=[],
        help="loads to take out of the home, such as workers that ran already",
    )
    recorder.add_argument(
        "--invert",
        choices=INVERTIBLE,
        nargs="+",
        default=[],
        help="what counts the other way round",
    )
    recorder.add_argument("--days", type=float, help="the last so many days (all)")
    recorder.add_argument(
        "--step-s",
        type=int,
        help="seconds per interval (300; 3600 where all is hourly)",
    )


def read_home(options: argparse.Namespace, program: str) -> Trace:
    """Return the trace that the arguments name; notes about it go to stderr.

    Raises:
        TraceError: if it cannot be read, or the arguments name none or two.
    """
    if (options.trace is None) == (options.recorder is None):
        raise TraceError("give either a trace or --recorder with --grid")
    if options.trace is not None:
        return read_trace(options.trace)
    if options.grid is None:
        raise TraceError("--recorder: needs --grid")
    recorded = read_recorder(
        options.recorder,
        Meters(
            grid=options.grid,
            grid_return=options.grid_return,
            pv=options.pv,
            battery=options.battery,
            battery_charge=options.battery_charge,
            soc=options.soc,
            price=options.price,
            export_price=options.export_price,
            outdoor=options.outdoor,
            without=tuple(options.without),
            inverted=frozenset(options.invert),
        ),
        step_s=options.step_s,
        days=options.days,
    )
    for note in recorded.notes:
        print(f"{program}: {note}", file=sys.stderr)
    return recorded.trace
