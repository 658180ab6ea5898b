"""`python -m benchmarks.simulation`: what it costs to replay a home's own past, in seconds.

The last days of an imagined home, with what the action `simulate` may know of switching.
Time is that of one core.
"""

import argparse
from dataclasses import replace
import sys
import time
from zoneinfo import ZoneInfo

from custom_components.solar_compute.core.replay_report import Asked, report
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    BatterySpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)
from custom_components.solar_compute.core.times import DAY_S
from custom_components.solar_compute.core.tried import LearnedAs

from .learning import STEP_S, imagined_past, workers

(WORKER,) = workers(1)
SECOND = WorkerSpec(
    key="renderer",
    name="renderer",
    levels_w=(300.0,),
    value_per_kwh=0.12,
    start_cost=0.02,
)
PLAIN = SiteSpec(import_per_kwh=0.30, export_per_kwh=0.08, workers=(WORKER, SECOND))
STORING = replace(
    PLAIN,
    battery=BatterySpec(capacity_wh=8000, charge_w=4000, discharge_w=4000),
    tanks=(
        TankSpec(
            key="tank",
            name="tank",
            volume_l=200,
            backup=BackupSpec(kind=BackupKind.GAS),
        ),
    ),
    workers=(replace(WORKER, sink="tank"), SECOND),
)


def main(arguments: list[str] | None = None) -> int:
    """Print what each way costs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation")
    parser.add_argument("--days", type=int, default=7, help="days to replay (7)")
    parser.add_argument("--kept", type=int, default=17, help="days in all (17)")
    options = parser.parse_args(arguments)
    kept = imagined_past(options.kept)
    first = len(kept) - options.days * int(DAY_S) // STEP_S
    past = kept.cut(first, len(kept))
    for name, spec in (("two workers", PLAIN), ("and battery, tank", STORING)):
        for way in LearnedAs:
            asked = Asked(spec=spec, zone=ZoneInfo("UTC"), learned_as=way)
            began_s = time.process_time()
            report(past, asked, kept=kept)
            seconds = time.process_time() - began_s
            print(f"{name}, {way.value}: {seconds:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
