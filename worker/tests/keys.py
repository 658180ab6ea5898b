"""A client of a service with TLS and pairing, written after the manual alone."""

from contextlib import redirect_stderr, redirect_stdout
import hashlib
import hmac
from io import StringIO
import json
import os
import secrets
import shutil
import ssl
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from solar_compute_worker import cli
from solar_compute_worker.spec import Config

from .support import until

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None and os.environ.get("CI") != "true",
    reason="needs openssl (Debian package: openssl)",
)
"""A certificate takes this program. Where `CI=true` the test runs, and fails."""

PAIRED = "tls = true\nrequire_token = true"
"""A service on loopback as if it were on a network."""


class Visitor:
    """Talks to a service whose certificate it has looked at."""

    def __init__(self, config: Config) -> None:
        self.port = config.server.port
        self.scheme = "https" if config.server.tls else "http"
        self.token: str | None = None

    def seen(self) -> str:
        """Return the SHA-256 of the certificate that the service shows, "" for none."""
        if self.scheme == "http":
            return ""
        pem = ssl.get_server_certificate(("127.0.0.1", self.port), timeout=15)
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()

    def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = None
    ) -> tuple[int, Any]:
        """Return status and answer."""
        token = token or self.token
        request = Request(
            f"{self.scheme}://127.0.0.1:{self.port}/v1/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {token}"} if token else {},
            method=method,
        )
        context = ssl._create_unverified_context()
        try:
            with urlopen(request, timeout=30, context=context) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            return error.code, json.load(error)

    def answers(self) -> bool:
        """Return whether anything answers."""
        try:
            return bool(self.call("GET", "health")[0])
        except OSError:
            return False

    def arrive(self) -> None:
        """Wait until the service answers."""
        until(self.answers, "the service should answer")

    def pair(
        self, code: str, *, name: str = "Home", fingerprint: str | None = None
    ) -> tuple[int, Any]:
        """Ask to pair with a code; return status and answer. Checks the answer's proof."""
        fingerprint = self.seen() if fingerprint is None else fingerprint
        nonce = secrets.token_hex(32)
        key = hashlib.pbkdf2_hmac(
            "sha256",
            code.replace("-", "").encode(),
            f"solar-compute-pairing-1\n{nonce}\n{fingerprint}".encode(),
            200_000,
        )
        status, answer = self.call(
            "POST",
            "pair",
            {
                "name": name,
                "nonce": nonce,
                "fingerprint": fingerprint,
                "proof": _proof(key, b"client"),
            },
        )
        if status == 200:
            assert answer["proof"] == _proof(key, b"service")
        return status, answer

    def lets_in(self, token: str | None) -> bool:
        """Return whether the service takes a token."""
        return self.call("GET", "workers", token=token)[0] == 200


def tell(config: Config, *command: str, status: int = 0) -> str:
    """Run a command line; return what it prints, or complains about."""
    out, errors = StringIO(), StringIO()
    with (
        redirect_stdout(out),
        redirect_stderr(errors),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main([command[0], "--config", str(config.path), *command[1:]])
    assert ended.value.code == status, errors.getvalue()
    return (out if status == 0 else errors).getvalue()


def code_of(config: Config) -> str:
    """Return a new code for pairing."""
    return tell(config, "pair").split()[1]


def _proof(key: bytes, side: bytes) -> str:
    return hmac.new(key, side, hashlib.sha256).hexdigest()
