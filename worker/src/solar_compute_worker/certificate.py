"""The certificate that the service makes for itself, and its fingerprint.

May run the `openssl` program, which nearly every machine has: a library to make one
certificate with would weigh more than all of the rest. Whoever talks to the service
knows it by the fingerprint, so that nobody has to vouch for it.
"""

import hashlib
from pathlib import Path
import re
import socket
import ssl
import subprocess
import tempfile

from .state_folder import StateError, StateFolder

FILE = "certificate.pem"
"""Key and certificate in one file, so that they are replaced together."""

_DAYS = 3650
_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_PATIENCE_S = 30


def ensure_certificate(folder: StateFolder) -> None:
    """Make a certificate if there is none. Raises StateError."""
    with folder.locked():
        if not (folder.path / FILE).exists():
            folder.write_text(FILE, _made())


def renew_certificate(folder: StateFolder) -> None:
    """Make a new certificate with a new key. Raises StateError."""
    with folder.locked():
        folder.write_text(FILE, _made())


def fingerprint(folder: StateFolder) -> str | None:
    """Return the certificate's SHA-256 in hexadecimal, None if there is none yet.

    Raises StateError for a file that has no certificate in it.
    """
    path = folder.path / FILE
    try:
        found = _PEM.search(path.read_text(encoding="ascii"))
        der = None if found is None else ssl.PEM_cert_to_DER_cert(found[0])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise folder.damaged(FILE) from error
    if der is None:
        raise folder.damaged(FILE)
    return hashlib.sha256(der).hexdigest()


def shown(digest: str) -> str:
    """Return a fingerprint as people compare it: in capitals, pair by pair."""
    return ":".join(re.findall("..", digest.upper()))


def tls_context(folder: StateFolder) -> ssl.SSLContext:
    """Return how to serve with the certificate. Raises StateError."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # An empty password, or a locked key would ask for one on a terminal.
        context.load_cert_chain(folder.path / FILE, password="")
    except (OSError, ValueError) as error:
        raise StateError(
            f"{folder.path / FILE} cannot be used: {error}. Mend it, or delete it to"
            " have a new one made; whoever uses the service then has to pair anew."
        ) from error
    return context


def _made() -> str:
    """Return a new key and a certificate for it."""
    host = socket.gethostname()
    names = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"]
    if _HOST.fullmatch(host) and host != "localhost":
        names.insert(0, f"DNS:{host}")
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        try:
            subprocess.run(
                [
                    *("openssl", "req", "-x509", "-newkey", "ec", "-nodes"),
                    *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-sha256"),
                    *("-days", str(_DAYS), "-subj", "/CN=Solar Compute Worker"),
                    *("-addext", f"subjectAltName={','.join(names)}"),
                    *("-keyout", str(key), "-out", str(certificate)),
                ],
                check=True,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_PATIENCE_S,
                umask=0o77,
            )
            return key.read_text() + certificate.read_text()
        except FileNotFoundError as error:
            raise StateError(
                "To make a certificate takes the program openssl: install it, put key"
                f" and certificate into {FILE} yourself, or set tls = false."
            ) from error
        except (OSError, subprocess.SubprocessError) as error:
            told = getattr(error, "stderr", None) or str(error).encode()
            last = told.decode(errors="replace").strip().splitlines()[-1:]
            raise StateError(
                f"openssl made no certificate: {' '.join(last)}"
            ) from error
