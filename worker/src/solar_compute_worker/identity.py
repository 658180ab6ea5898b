"""What a service is known by: its id, its certificate, and its announcement.

May use the state folder, in which both are made at the first start.
"""

from dataclasses import dataclass
import ssl

from .announce import is_wanted
from .certificate import ensure_certificate, fingerprint, tls_context
from .spec import Config
from .state_folder import StateFolder


@dataclass(frozen=True, slots=True)
class Identity:
    """What one run of the service shows of itself."""

    id: str = ""
    fingerprint: str | None = None
    """SHA-256 of the certificate in hexadecimal, None without TLS."""
    tls: ssl.SSLContext | None = None


NO_IDENTITY = Identity()


def establish(config: Config) -> Identity:
    """Return the identity of a configuration's service, having made what is missing.

    Raises StateError. Only a service that has a use for it gets a state folder.
    """
    server = config.server
    if not (server.tls or is_wanted(config)):
        return NO_IDENTITY
    folder = StateFolder(server.state_folder)
    own_id = folder.ensure_identity()
    if not server.tls:
        return Identity(own_id)
    ensure_certificate(folder)
    return Identity(own_id, fingerprint(folder), tls_context(folder))
