"""A machine with Podman, which speaks Docker's API on a unix socket."""

import os
from pathlib import Path
from typing import override

from .engine_box import EngineBox

CONTAINERS = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{folder}/tmp"
static_dir = "{folder}/static"
volume_path = "{folder}/volumes"
"""
"""Limits that need no capability of their own, and a runtime that takes any cgroups."""

STORAGE = """
[storage]
driver = "vfs"
graphroot = "{folder}/root"
runroot = "{folder}/run"
"""


class PodmanBox(EngineBox):
    """There is no daemon: the service only answers, and containers live without it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "containers.conf").write_text(CONTAINERS.format(folder=folder))
        (folder / "storage.conf").write_text(STORAGE.format(folder=folder))

    @override
    def command(self) -> list[str]:
        service = f"unix://{self.socket}"
        return ["podman", "system", "service", "--time=0", service]

    @override
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
        }
