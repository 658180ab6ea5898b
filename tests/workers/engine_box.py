"""A machine with a container engine in a scratch folder, and containers that count.

What Docker and Podman have in common: both listen on a unix socket and speak Docker's
API. The image is made from the busybox of this machine, so nothing is downloaded. It
speaks to the engine by itself, and without aiodocker, so that nothing is taken on trust.
"""

from http.client import HTTPConnection
import io
import json
from pathlib import Path
import shutil
import socket
import subprocess
import tarfile
import time
from typing import Any, override

import pytest

from custom_components.solar_compute.workers.docker import DockerBackend, DockerWorker
from custom_components.solar_compute.workers.docker_state import LABEL
from tests.requires import require

from .jobs import COUNTER, count_in, cpu_s

OURS = {LABEL: "true"}
COUNTING = ("sh", "-c", "trap 'exit 0' TERM; . /job/counter.sh", "sh", "/job/count")
"""The job of most containers, which ends when it is asked to."""


class EngineBox:
    """An engine that can be started, ended and killed like any process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.socket = folder / "engine.sock"
        self._image = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._ids: dict[str, str] = {}

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def command(self) -> list[str]:
        """Return the command that starts the engine."""
        raise NotImplementedError

    def environment(self) -> dict[str, str] | None:
        """Return the environment of that command, None for that of the tests."""
        return None

    def start(self) -> None:
        """Start the engine and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        end_s = time.monotonic() + 60
        while True:
            try:
                self.call("GET", "version")
            except OSError:
                if not self.runs or time.monotonic() > end_s:
                    self.kill()
                    pytest.fail(f"the engine does not start: {self._last_words()}")
                time.sleep(0.05)
            else:
                break
        if not self._image:
            self._image = self._import_image()

    def kill(self) -> None:
        """End the engine at once, as its own crash would; its containers stay."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Remove every container, end the engine, and leave nothing of it behind."""
        if not self.runs:
            self.start()
        assert self._process is not None
        for container in self.call("GET", "containers/json?all=true"):
            self.remove(container["Id"])
        self._process.terminate()
        self._process.wait(60)
        # An engine that was killed leaves its mounts to whoever comes next.
        for place in _mounts_below(self.folder):
            subprocess.run(["umount", place], check=True)
        # Its helpers may outlive it for a moment.
        end_s = time.monotonic() + 10
        while self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=time.monotonic() < end_s)

    def create(
        self,
        name: str,
        *,
        labels: dict[str, str] = OURS,
        command: tuple[str, ...] = COUNTING,
        start: bool = True,
        **host: Any,
    ) -> None:
        """Make a container, in the place of any other of that name."""
        self.remove(name)
        job = self.folder / "jobs" / name
        shutil.rmtree(job, ignore_errors=True)
        job.mkdir(parents=True)
        shutil.copy(COUNTER, job)
        description = {
            "Image": self._image,
            "Cmd": list(command),
            "Labels": labels,
            "HostConfig": {"NetworkMode": "none", "Binds": [f"{job}:/job"], **host},
        }
        made = self.call("POST", f"containers/create?name={name}", description)
        self._ids[name] = made["Id"]
        if start:
            self.call("POST", f"containers/{name}/start")

    def remove(self, name: str) -> None:
        """Remove a container, if there is one of that name."""
        self.call("DELETE", f"containers/{name}?force=true&v=true", refused=True)

    def state(self, name: str) -> dict[str, Any]:
        """Return the state of a container in the engine's own words."""
        found: dict[str, Any] = self.call("GET", f"containers/{name}/json")["State"]
        return found

    def worker(self, name: str = "cruncher", **settings: Any) -> DockerWorker:
        """Return a back-end for one of the containers."""
        known = {"address": f"unix://{self.socket}", "container": name}
        return DockerWorker(DockerBackend(**{**known, **settings}), library_is_there)

    def used_s(self, name: str = "cruncher") -> float:
        """Return the CPU time of all that has run in a container since it started."""
        return cpu_s(_processes_of(self._ids[name]))

    def count(self, name: str = "cruncher") -> int:
        """Return how far the job in a container is."""
        return count_in(self.folder / "jobs" / name / "count")

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        refused: bool = False,
    ) -> Any:
        """Return what the engine answers; `refused`: it may say no."""
        connection = _SocketConnection(self.socket)
        try:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            kind = (
                "application/x-tar" if isinstance(body, bytes) else "application/json"
            )
            headers = {"Content-Type": kind}
            connection.request(method, f"/v1.41/{path}", raw if body else None, headers)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        assert refused or response.status < 300, f"{method} {path}: {answer!r}"
        return json.loads(answer) if answer.strip() else None

    def _import_image(self) -> str:
        """Have an image made of busybox alone; return its id."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            tar.add(Path(require("busybox")).resolve(), "bin/busybox")
            for name in ("sh", "sleep"):
                link = tarfile.TarInfo(f"bin/{name}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
        answer = self.call("POST", "images/create?fromSrc=-", packed.getvalue())
        return str(answer["status"])

    def _last_words(self) -> str:
        return (self.folder / "log").read_text()[-2000:]


async def library_is_there() -> None:
    """Stand for the installation of aiodocker, which the tests come with."""


class _SocketConnection(HTTPConnection):
    """HTTP through a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("engine", timeout=60)
        self._path = path

    @override
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _mounts_below(folder: Path) -> list[str]:
    """Return what is mounted in a folder, the last first."""
    table = Path("/proc/self/mounts").read_text().splitlines()
    places = [line.split()[1] for line in table]
    return [place for place in reversed(places) if folder in Path(place).parents]


def _processes_of(container: str) -> list[int]:
    """Return the processes in a container, as the kernel groups them."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                groups = (process / "cgroup").read_text()
            except OSError:
                continue
            if container in groups:
                found.append(int(process.name))
    return found
