"""Where this service may make control groups (version 2), and what they can do.

It uses its own group's folder only, as systemd delegates it with `Delegate=yes` (or as
root has it), and only folders that carry its own mark. Nothing else in the tree is ever
written, except that the service moves itself into a group of its own where that is what
it takes to limit CPU time: the kernel allows no processes beside limited groups.
"""

from contextlib import suppress
from dataclasses import dataclass
import os
from pathlib import Path

from .guardian import kill_group

PERIOD_US = 100_000
"""The period of a CPU quota: the kernel's own default."""


@dataclass(frozen=True, slots=True)
class CgroupTree:
    """The folder in which groups can be made, and the mark that their names begin with.

    `quota` says whether CPU time can be limited in them.
    """

    folder: Path
    mark: str
    quota: bool

    def create(self, name: str) -> Path:
        """Return the folder of a new, empty group. Raises OSError."""
        group = self.folder / f"{self.mark}-{name}"
        group.mkdir(exist_ok=True)
        return group

    def throttle(self, group: Path, share: float, cpus: float) -> float:
        """Limit a group to this share of so many CPUs' time; 1 lifts the limit.

        Returns the share that is left to be given in another way: 1 if the limit holds.
        """
        if not self.quota:
            return share
        quota = "max" if share == 1 else f"{max(1000, round(share * cpus * PERIOD_US))}"
        try:
            (group / "cpu.max").write_text(f"{quota} {PERIOD_US}")
        except OSError:
            return share
        return 1.0

    def clear(self) -> None:
        """Kill what an earlier run left in groups of this mark, and remove them."""
        for group in self.folder.glob(f"{self.mark}-*"):
            if group != self.service:
                kill_group(str(group))

    @property
    def service(self) -> Path:
        """Return the folder of the group that the service itself may move to."""
        return self.folder / f"{self.mark}-service"


def find_tree(
    mark: str,
    mounts: Path = Path("/proc/mounts"),
    own: Path = Path("/proc/self/cgroup"),
) -> CgroupTree | None:
    """Return the tree to use, or None where this process may not make groups."""
    mount = next(
        (
            Path(fields[1].encode().decode("unicode_escape"))
            for line in mounts.read_text().splitlines()
            if (fields := line.split())[2] == "cgroup2"
        ),
        None,
    )
    path = next(
        (line[3:] for line in own.read_text().splitlines() if line.startswith("0::")),
        None,
    )
    if mount is None or path is None or ".." in path:
        return None
    # A service that restarts in place may find itself in its earlier group.
    folder = mount / path.lstrip("/")
    if folder.name == f"{mark}-service":
        folder = folder.parent
    tree = CgroupTree(folder, mark, quota=False)
    service = tree.service
    try:
        # To try it on ourselves shows what permissions do not: whether a process may
        # be moved.
        service.mkdir(exist_ok=True)
        freezable = (service / "cgroup.freeze").exists()
        _join(service)
        if freezable and _enable_cpu(folder):
            return CgroupTree(folder, mark, quota=True)
        _join(folder)
        service.rmdir()
    except OSError:
        with suppress(OSError):
            service.rmdir()
        return None
    return tree if freezable else None


def _join(group: Path) -> None:
    (group / "cgroup.procs").write_text(str(os.getpid()))


def _enable_cpu(folder: Path) -> bool:
    if "cpu" in (folder / "cgroup.subtree_control").read_text().split():
        return True
    try:
        (folder / "cgroup.subtree_control").write_text("+cpu")
    except OSError:
        return False
    return True
