"""A home as it would be if its workers had done what was decided.

In shadow mode decisions are made and accounted, and nobody is told of them. The
workers of the snapshot then are imagined ones, at the levels that were decided last,
and the meters show what they would show if those drew their power: less export, then
less charging, then more discharging, then import, as a self-consuming battery has it.
The balance stays what it is. What the imagined workers would do to the battery's
charge, to tanks and rooms, or to sun that is held back, is not imagined.

Pure functions; standard library only.
"""

from collections.abc import Mapping
from dataclasses import replace

from .ledger import Ledger, account
from .managed import managed_workers
from .memory import Memory, WorkerMemory
from .model import Decision, Reading, Snapshot, WorkerInput, WorkerState
from .reading import GuardInput
from .spec import BatterySpec, SiteSpec
from .work import unseen

FORCED_W = 50.0
"""A battery that charges while the home imports more than this is being forced to."""


def as_if(spec: SiteSpec, snapshot: Snapshot, memory: Memory) -> Snapshot:
    """Return the snapshot with imagined workers, marked as such."""
    workers = tuple(
        _imagined(worker, memory.workers.get(worker.key)) for worker in snapshot.workers
    )
    imagined = replace(
        snapshot,
        shadow=True,
        workers=workers,
        # A heat meter hears nothing of imagined heat.
        tanks=tuple(replace(tank, heat_w=None) for tank in snapshot.tanks),
        rooms=tuple(replace(room, heat_w=None) for room in snapshot.rooms),
    )
    drawn_w = {
        worker.spec.key: worker.low_w
        for worker in managed_workers(spec, imagined, memory.workers)
    }
    grid_w, battery_w = _shifted(spec, snapshot, sum(drawn_w.values()))
    return replace(
        imagined,
        grid_w=grid_w,
        battery_w=battery_w,
        guards=tuple(_metered(spec, guard, drawn_w) for guard in snapshot.guards),
    )


def account_both(
    real: Ledger,
    imagined: Ledger,
    *,
    spec: SiteSpec,
    snapshot: Snapshot,
    decision: Decision,
    dt_s: float,
) -> tuple[Ledger, Ledger]:
    """Return the ledgers of what was done, and of what was only decided.

    `account` says how. What is always on is real at all times.
    """
    if not snapshot.shadow:
        return account(real, spec, snapshot, decision, dt_s), imagined
    unswitched, workers = replace(decision, workers=()), replace(decision, always_on=())
    return (
        account(real, spec, snapshot, unswitched, dt_s),
        account(imagined, spec, snapshot, workers, dt_s),
    )


def paused_anew(spec: SiteSpec, memory: Memory, clock_s: float) -> Memory:
    """Return the memory with every worker just paused, by us.

    What begins to be commanded, or to be imagined, begins with nothing running. What
    it lived through counts on: starts of the day, runs cut short, what was lost.
    """
    return replace(
        memory,
        workers={
            worker.key: replace(
                memory.workers.get(worker.key, WorkerMemory()),
                level=0,
                previous_level=0,
                since_s=clock_s,
                changed_s=clock_s,
                judged_s=None,
                means=(),
                probing=False,
                reason=None,
            )
            for worker in spec.workers
        },
        powers=unseen(memory.powers),
    )


def _imagined(worker: WorkerInput, memory: WorkerMemory | None) -> WorkerInput:
    """Return the worker at the level that was decided; one that is lost stays lost."""
    if worker.state is WorkerState.LOST:
        return replace(worker, held_by_other=False)
    level = 0 if memory is None else memory.level
    return replace(
        worker,
        state=WorkerState.RUNNING if level else WorkerState.PAUSED,
        level=level,
        power_w=None,
        held_by_other=False,
        checkpoint_age_s=None,
    )


def _shifted(
    spec: SiteSpec, snapshot: Snapshot, drawn_w: float
) -> tuple[Reading, Reading | None]:
    """Return what grid and battery would show with so much more drawn."""
    grid, battery = snapshot.grid_w, snapshot.battery_w
    if grid.value is None:
        return grid, battery
    exported_w = min(drawn_w, max(0.0, -grid.value))
    left_w = drawn_w - exported_w
    given_w = 0.0
    if spec.battery is not None and battery is not None and battery.value is not None:
        given_w = min(left_w, _gives_w(spec.battery, snapshot, battery.value))
        battery = replace(battery, value=battery.value + given_w)
    return replace(grid, value=grid.value + drawn_w - given_w), battery


def _gives_w(battery: BatterySpec, snapshot: Snapshot, power_w: float) -> float:
    """Return by how much a battery would charge less, or discharge more."""
    grid_w = snapshot.grid_w.value or 0.0
    if power_w < -FORCED_W and grid_w > FORCED_W:
        return 0.0
    soc = None if snapshot.soc is None else snapshot.soc.value
    if soc is None or soc <= battery.reserve_soc:
        return max(0.0, -power_w)
    return max(0.0, battery.discharge_w - power_w)


def _metered(
    spec: SiteSpec, guard: GuardInput, drawn_w: Mapping[str, float]
) -> GuardInput:
    """Return what a circuit's meter would show; other guards watch what is."""
    circuit = next(
        (item for item in spec.guards.circuits if item.key == guard.key), None
    )
    reading = guard.readings.get("power_w")
    if circuit is None or reading is None or reading.value is None:
        return guard
    added_w = sum(
        power_w
        for key, power_w in drawn_w.items()
        if not circuit.workers or key in circuit.workers
    )
    shown = replace(reading, value=reading.value + added_w)
    return replace(guard, readings={**guard.readings, "power_w": shown})
