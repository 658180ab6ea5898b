"""Which copies a worker has, by what it runs.

May import this package. It is the one place that knows all kinds of jobs.
"""

from collections.abc import Callable, Sequence
from functools import partial

from .container import Container
from .daemon import Handle
from .host import Host
from .job import JobCopy
from .outside import OutsideCopy
from .partition import PartitionCopy, hold_command as slurm_hold_command
from .slot import Slot
from .spec import WorkerSpec
from .unit import Unit


def job_copies(
    spec: WorkerSpec, host: Host, on_end: Callable[[int], None]
) -> Sequence[JobCopy]:
    """Return a worker's copies; `on_end` is called with the number of one that ended."""
    if spec.slurm is not None:
        return [PartitionCopy(spec, spec.slurm)]
    if handle := _handle(spec):
        return [OutsideCopy(spec, handle, host, partial(on_end, 1))]
    return [
        Slot(spec, index, host, partial(on_end, index))
        for index in range(1, spec.slots + 1)
    ]


def are_idle(copies: Sequence[JobCopy]) -> bool:
    """Return whether copies, if let run, would have nothing to do, as far as is known."""
    return any(isinstance(copy, PartitionCopy) and copy.idle for copy in copies)


def pause_method(spec: WorkerSpec, host: Host) -> str:
    """Return how a worker is paused: the host's way, or by which daemon."""
    if spec.slurm is not None:
        return "slurm"
    if spec.container is not None:
        return "container"
    return "unit" if spec.unit is not None else host.pause_method


def hold_command(spec: WorkerSpec) -> tuple[str, ...]:
    """Return the program that pauses a job which outlives the service, or none."""
    if spec.slurm is not None:
        return slurm_hold_command(spec.slurm)
    handle = _handle(spec)
    return handle.hold_command if handle else ()


def _handle(spec: WorkerSpec) -> Handle | None:
    if spec.container is not None:
        return Container(spec.container, spec)
    return None if spec.unit is None else Unit(spec.unit, spec)
