"""The way to a Docker or Podman engine: its socket, or TCP with client certificates.

Never plain TCP, since whoever reaches an engine is root on its machine. It must open no
connection by itself.
"""

import asyncio
from pathlib import Path
import re
import ssl

import aiohttp
from yarl import URL

from .base import WorkerAuthFailed, WorkerUnreachable

TLS_PORT = 2376
MAX_DETAIL = 200

_REFUSED_CERTIFICATE = re.compile("ALERT_.*(CERTIFICATE|CA|ACCESS_DENIED)")


def cleaned(address: str) -> str | None:
    """Return an address as it is stored (unix://… or tcp://…), None if it is none.

    Plain HTTP is none.
    """
    text = address.strip()
    if text.startswith("/"):
        return f"unix://{text}"
    try:
        url = URL(text if "://" in text else f"tcp://{text}")
        port = url.explicit_port or TLS_PORT
    except ValueError:
        return None
    if url.scheme == "unix" and not url.host and url.path.startswith("/"):
        return f"unix://{url.path}"
    if url.scheme in ("tcp", "https") and url.host and url.path in ("", "/"):
        return str(URL.build(scheme="tcp", host=url.host, port=port))
    return None


async def async_way(
    address: str, certificates: str | None
) -> tuple[aiohttp.BaseConnector, str]:
    """Return how to get there, and the address that aiodocker is to ask."""
    url = URL(address)
    if url.scheme == "unix":
        return aiohttp.UnixConnector(path=url.path), "http://docker"
    if url.scheme != "tcp" or certificates is None:
        raise WorkerUnreachable("it must be a socket, or TCP with certificates")
    context = await asyncio.to_thread(_tls, Path(certificates))
    return aiohttp.TCPConnector(ssl=context), str(url.with_scheme("https"))


def is_about_permission(error: BaseException | None) -> bool:
    """Tell whether a connection failed for want of permission, or of a certificate."""
    while error is not None:
        if isinstance(error, (PermissionError, ssl.SSLCertVerificationError)):
            return True
        if isinstance(error, ssl.SSLError) and _REFUSED_CERTIFICATE.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _tls(folder: Path) -> ssl.SSLContext:
    """Return our certificate, and the authority that the engine's must come from."""
    try:
        context = ssl.create_default_context(cafile=folder / "ca.pem")
        # A key with a password would have it asked for on a terminal.
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem", password="")
    except (OSError, ValueError) as err:
        raise WorkerAuthFailed(
            f"The certificates in {folder} cannot be used: {err}"[:MAX_DETAIL]
        ) from err
    # Docker's own instructions make certificates that lack what this asks for.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
