"""A machine with a real dockerd, on a unix socket and, by TLS, on a port of loopback."""

from pathlib import Path
import socket
import subprocess
from typing import Any, override

from custom_components.solar_compute.workers.docker import DockerWorker

from .engine_box import EngineBox

VALID = ("-days", "2", "-sha256")


class DockerBox(EngineBox):
    """The daemon needs no network of its own, and keeps to its folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        self.certificates = folder / "certificates"
        make_certificates(self.certificates)

    @override
    def command(self) -> list[str]:
        own = self.certificates
        return [
            *("dockerd", "--host", f"unix://{self.socket}"),
            *("--host", f"tcp://127.0.0.1:{self.port}", "--tlsverify"),
            *("--tlscacert", str(own / "ca.pem")),
            *("--tlscert", str(own / "server-cert.pem")),
            *("--tlskey", str(own / "server-key.pem")),
            *("--data-root", str(self.folder / "data")),
            *("--exec-root", str(self.folder / "exec")),
            *("--pidfile", str(self.folder / "pid")),
            *("--storage-driver=vfs", "--bridge=none"),
            *("--iptables=false", "--ip6tables=false"),
        ]

    def worker_by_tls(self, name: str = "cruncher", **settings: Any) -> DockerWorker:
        """Return a back-end that goes by TCP."""
        known = {
            "address": f"tcp://127.0.0.1:{self.port}",
            "certificates": str(self.certificates),
        }
        return self.worker(name, **{**known, **settings})

    @override
    def kill(self) -> None:
        super().kill()
        # Its containerd dies with it. Where nobody buries that at once, the next daemon
        # takes it for alive and waits for it.
        for trace in self.folder.glob("exec/containerd/containerd.pid"):
            trace.unlink()


def make_certificates(folder: Path) -> None:
    """Make an authority, and certificates of a daemon and a client, as Docker's docs do.

    The client's are `ca.pem`, `cert.pem` and `key.pem`.
    """
    folder.mkdir(parents=True)

    def openssl(*arguments: str) -> None:
        subprocess.run(
            ["openssl", *arguments], cwd=folder, check=True, capture_output=True
        )

    def signed(name: str, subject: str, extensions: str) -> None:
        (folder / "extensions").write_text(extensions)
        openssl("genrsa", "-out", f"{name}key.pem", "2048")
        request = ("-key", f"{name}key.pem", "-subj", f"/CN={subject}")
        openssl("req", "-new", *request, "-out", "request")
        openssl(
            *(
                "x509",
                "-req",
                "-in",
                "request",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca-key.pem",
            ),
            *("-CAcreateserial", "-extfile", "extensions", *VALID),
            *("-out", f"{name}cert.pem"),
        )

    openssl("genrsa", "-out", "ca-key.pem", "2048")
    authority = ("-key", "ca-key.pem", "-subj", "/CN=authority")
    openssl("req", "-new", "-x509", *authority, *VALID, "-out", "ca.pem")
    signed(
        "server-",
        "daemon",
        "subjectAltName = IP:127.0.0.1\nextendedKeyUsage = serverAuth\n",
    )
    signed("", "client", "extendedKeyUsage = clientAuth\n")
