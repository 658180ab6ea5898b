"""What a `[workers.NAME]` table says of a partition of Slurm's, checked.

It looks whether Slurm's programs are there; it must never run one.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
import re
import shutil

from .spec import LevelSpec, SlurmSpec
from .table import Table

_PARTITION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_PROGRAMS = ("scontrol", "squeue", "sinfo", "sdiag")


def slurm_spec(
    worker: Table, where: str, base: Path, problems: list[str]
) -> SlurmSpec | None:
    """Return the partition that a worker's table names; None if it names none."""
    data = worker.table("slurm")
    if data is None:
        return None
    table = Table(f"{where} slurm", data, problems)
    name, config = table.text("partition"), table.text("config")
    table.close()
    if not _PARTITION.fullmatch(name or ""):
        table.problem("partition", "must be the name of a partition")
    file = None if config is None else base / config
    if file is not None and not file.is_file():
        table.problem("config", f"is {file}, which is not a file")
    if missing := [one for one in _PROGRAMS if shutil.which(one) is None]:
        table.problem("partition", f"needs {', '.join(missing)}, missing here")
    return SlurmSpec(name or "", file)


def shared_out(
    worker: Table, levels: Sequence[LevelSpec]
) -> tuple[float, list[LevelSpec]]:
    """Return the cores of the highest level, and the levels as shares of them."""
    cores = [level.cores for level in levels]
    if any(low >= high for low, high in pairwise([0, *cores])):
        worker.problem("levels", "must each have cores, more than the level before")
        return 1.0, list(levels)
    if any(level.cpu_share != 1 for level in levels):
        worker.problem("levels", "must use either cpu_share or cores, not both")
    most = float(max(cores, default=1))
    return most, [replace(level, cpu_share=level.cores / most) for level in levels]
