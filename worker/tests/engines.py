"""Real container engines for the tests: each in a scratch folder, on a local socket."""

from collections.abc import Iterator
from contextlib import contextmanager
import http.client
import json
import os
from pathlib import Path
import shutil
import socket
import subprocess
import tempfile
from typing import Any

import pytest

from .support import until

BUSY = ["/bin/sh", "-c", "while :; do :; done"]
_PROGRAMS = {
    "docker": ("dockerd", "containerd", "runc", "iptables"),
    "podman": ("podman", "runc"),
}
_CAP_SYS_ADMIN = 21
_PACKAGES = "docker.io podman runc iptables busybox-static"


class Engine:
    """A running engine, asked without the code under test."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.socket = folder / "engine.sock"
        self.image = ""

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("localhost", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(60)
        connection.sock.connect(str(self.socket))
        try:
            # Bytes are a file, anything else is JSON.
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            kind = (
                "application/x-tar" if isinstance(body, bytes) else "application/json"
            )
            connection.request(
                method, path, data if body else None, {"Content-Type": kind}
            )
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text

    def create(
        self,
        name: str,
        command: list[str],
        labels: dict[str, str],
        **more: Any,
    ) -> None:
        """Make a container, which does not run yet."""
        status, answer = self.ask(
            "POST",
            f"/containers/create?name={name}",
            {
                "Image": self.image,
                "Cmd": command,
                "Labels": labels,
                "HostConfig": {"NetworkMode": "none"},
                **more,
            },
        )
        assert status == 201, answer

    def start(self, name: str) -> None:
        status, answer = self.ask("POST", f"/containers/{name}/start")
        assert status == 204, answer

    def remove(self, name: str) -> None:
        self.ask("DELETE", f"/containers/{name}?force=true")

    def state(self, name: str) -> dict[str, Any]:
        status, answer = self.ask("GET", f"/containers/{name}/json")
        assert status == 200, answer
        state: dict[str, Any] = answer["State"]
        return state

    def pid(self, name: str) -> int:
        """Return the container's first process."""
        return int(self.state(name)["Pid"])


def _require(kind: str) -> None:
    missing = [name for name in _PROGRAMS[kind] if shutil.which(name) is None]
    if shutil.which("busybox") is None:
        missing.append("busybox")
    if missing:
        sentence = f"needs {' '.join(missing)} (Debian packages: {_PACKAGES})"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    if not _may_mount():
        pytest.skip("needs to be root, with the right to mount, to run an engine")


def _may_mount() -> bool:
    status = Path("/proc/self/status").read_text()
    (mask,) = (line.split()[1] for line in status.splitlines() if "CapEff" in line)
    return os.getuid() == 0 and bool(int(mask, 16) & 1 << _CAP_SYS_ADMIN)


def _image(folder: Path) -> bytes:
    root = folder / "root"
    (root / "bin").mkdir(parents=True)
    shutil.copy(shutil.which("busybox") or "", root / "bin" / "busybox")
    for name in ("sh", "sleep"):
        (root / "bin" / name).symlink_to("busybox")
    return subprocess.run(
        ["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE, check=True
    ).stdout


def _dockerd(engine: Engine) -> tuple[list[str], dict[str, str]]:
    folder = engine.folder
    return [
        *("dockerd", "-H", f"unix://{engine.socket}"),
        *("--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
        *("--pidfile", f"{folder}/pid", "--iptables=false", "--ip6tables=false"),
        *("--bridge=none", "--storage-driver=vfs"),
    ], {}


def _podman(engine: Engine) -> tuple[list[str], dict[str, str]]:
    folder = engine.folder
    # The other runtime, crun, refuses mixed control groups; limits that a container
    # may not raise would keep it from starting.
    (folder / "containers.conf").write_text(
        "[containers]\n"
        'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n'
        'log_driver = "k8s-file"\n'
        "[engine]\n"
        'runtime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
        f'tmp_dir = "{folder}/tmp"\n'
    )
    (folder / "storage.conf").write_text(
        f'[storage]\ndriver = "vfs"\n'
        f'graphroot = "{folder}/graph"\nrunroot = "{folder}/run"\n'
    )
    return ["podman", "system", "service", "--time=0", f"unix://{engine.socket}"], {
        "CONTAINERS_CONF": f"{folder}/containers.conf",
        "CONTAINERS_STORAGE_CONF": f"{folder}/storage.conf",
    }


@contextmanager
def running_engine(kind: str) -> Iterator[Engine]:
    """Run an engine that has an image with a shell, and end it afterwards."""
    _require(kind)
    # The path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="sc-engine-"))
    engine = Engine(kind, folder)
    command, environment = (_dockerd if kind == "docker" else _podman)(engine)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    try:
        until(lambda: _answers(engine), f"{kind} should answer", 60)
        importing = "/images/create?fromSrc=-&repo=busy&tag=1"
        status, answer = engine.ask("POST", importing, _image(folder))
        assert status == 200, answer
        engine.image = engine.ask("GET", "/images/json")[1][0]["Id"]
        yield engine
    finally:
        _remove_all(engine)
        process.terminate()
        process.wait(60)
        subprocess.run(["umount", f"{folder}/data"], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(engine: Engine) -> bool:
    try:
        return engine.ask("GET", "/containers/json")[0] == 200
    except OSError:
        return False


def _remove_all(engine: Engine) -> None:
    if _answers(engine):
        for one in engine.ask("GET", "/containers/json?all=true")[1]:
            engine.remove(one["Id"])
