"""What all slots share. Standard library only; values, nothing that does anything."""

from dataclasses import dataclass

from .cgroup import CgroupTree


@dataclass(frozen=True, slots=True)
class Host:
    """What all slots share: the mark of their processes, and the group tree, if any."""

    mark: str
    tree: CgroupTree | None
    grace_s: float = 10.0
    """How long a job may take to end by itself."""

    @property
    def pause_method(self) -> str:
        """Return how jobs are paused: "cgroup" or "signal"."""
        return "signal" if self.tree is None else "cgroup"
