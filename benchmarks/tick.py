"""What one decision costs: `python -m benchmarks.tick [--workers N ...] [--json]`.

A home with a battery, a tank and N workers of three levels, half of them running:
the mean CPU time of `decide` over a few calls or a few hundred, whatever else the
machine has to do meanwhile.
"""

import argparse
from datetime import UTC, datetime
import json
from time import process_time

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Reading,
    Snapshot,
    TankInput,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    BatterySpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)


def home(workers: int) -> tuple[SiteSpec, Snapshot]:
    """Return a home with that many workers, and its inputs at one instant."""
    spec = SiteSpec(
        import_per_kwh=0.30,
        export_per_kwh=0.08,
        battery=BatterySpec(capacity_wh=8000, charge_w=4000, discharge_w=4000),
        tanks=(
            TankSpec(
                key="tank",
                name="Tank",
                volume_l=200,
                backup=BackupSpec(kind=BackupKind.GAS),
            ),
        ),
        workers=tuple(
            WorkerSpec(
                key=f"w{number}",
                name=f"Worker {number}",
                levels_w=(100, 200, 300),
                value_per_kwh=0.1 + number % 7 / 100,
                priority=number,
                sink="tank" if number % 2 else None,
            )
            for number in range(workers)
        ),
    )
    snapshot = Snapshot(
        clock_s=1000.0,
        local=datetime(2026, 6, 1, 12, tzinfo=UTC),
        grid_w=Reading(-2500.0, 999.0),
        battery_w=Reading(-1500.0, 999.0),
        soc=Reading(60.0, 990.0),
        workers=tuple(
            WorkerInput(
                key=worker.key,
                state=WorkerState.RUNNING if number % 2 else WorkerState.PAUSED,
                level=2 if number % 2 else 0,
            )
            for number, worker in enumerate(spec.workers)
        ),
        tanks=(TankInput(key="tank", temperature_c=Reading(48.0, 900.0)),),
    )
    return spec, snapshot


def measure(workers: int, calls: int) -> float:
    """Return the mean CPU time of one decision in milliseconds."""
    spec, snapshot = home(workers)
    _, memory = decide(spec, snapshot, Memory())
    started = process_time()
    for _ in range(calls):
        decide(spec, snapshot, memory)
    return (process_time() - started) / calls * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    rows = {
        count: round(measure(count, max(5, 2000 // count)), 3)
        for count in options.workers
    }
    if options.json:
        print(json.dumps({"ms_per_decision": rows}))
        return
    for count, milliseconds in rows.items():
        print(f"{count:5d} workers  {milliseconds:9.3f} ms per decision")


if __name__ == "__main__":
    main()
