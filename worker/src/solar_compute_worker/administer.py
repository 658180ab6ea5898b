"""What a person does at the machine: show, pair, list, revoke, renew.

Works on the state folder alone, whether or not the service runs; it sees every change at
once, but for a new certificate. Each function returns what to print. Raises StateError.
"""

from datetime import datetime
import time

from .certificate import fingerprint, renew_certificate, shown
from .clients import Clients
from .pairing import LIFE_S, TRIES, new_code
from .spec import Config
from .state_folder import StateError, StateFolder


def show(config: Config) -> str:
    """Return how the service is reached and by what it is known."""
    folder = StateFolder(config.server.state_folder)
    scheme = "https" if config.server.tls else "http"
    lines = [
        f"Listens on {scheme}://{config.server.shown_host}:{config.server.port}",
        f"State folder {folder.path}",
        f"Id {folder.identity() or 'none yet: chosen at the first start'}",
    ]
    if config.server.tls:
        lines.append(_certificate(folder))
    count = len(Clients(folder).all())
    lines.append(f"Paired clients: {count}" if count else "No paired clients")
    return "\n".join(lines)


def pair(config: Config) -> str:
    """Return a new code, and what to do with it."""
    folder = StateFolder(config.server.state_folder)
    code = new_code(folder, time.time())
    lines = [
        f"Code {code}",
        f"Type it into Home Assistant within {LIFE_S / 60:.0f} minutes.",
        f"It is good for one pairing, and ends after {TRIES} wrong answers.",
    ]
    if config.server.tls:
        lines.append(_certificate(folder))
    return "\n".join(lines)


def clients(config: Config) -> str:
    """Return all clients that are let in."""
    known = Clients(StateFolder(config.server.state_folder)).all()
    lines = [
        f"{client.id}  {_day(client.since)}  {_day(client.token_since)}  {client.name}"
        for client in known
    ]
    if lines:
        lines.insert(0, "id      paired      token from  name")
    else:
        lines.append("There are no paired clients.")
    if config.server.token is not None:
        lines.append("The token in the configuration is good as well.")
    return "\n".join(lines)


def add(config: Config, name: str) -> str:
    """Return a token for a client that cannot pair."""
    folder = StateFolder(config.server.state_folder)
    with folder.locked():
        client, token = Clients(folder).add(name, time.time())
    return f"{client.name} is {client.id}. Its token, which is shown only now:\n{token}"


def revoke(config: Config, key: str) -> str:
    """Let a client in no more, and return that."""
    folder = StateFolder(config.server.state_folder)
    with folder.locked():
        gone = Clients(folder).remove(key)
    if gone is None:
        raise StateError(
            f"There is no client {key!r}: see solar-compute-worker clients."
        )
    return f"{gone.name} ({gone.id}) is not let in any more."


def renew(config: Config) -> str:
    """Make a new certificate, and return its fingerprint."""
    folder = StateFolder(config.server.state_folder)
    renew_certificate(folder)
    return (
        f"{_certificate(folder)}\nRestart the service to use it. Home Assistant then"
        " asks whether the new fingerprint is right."
    )


def _certificate(folder: StateFolder) -> str:
    found = fingerprint(folder)
    text = "none yet: made at the first start" if found is None else shown(found)
    return f"SHA-256 fingerprint {text}"


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().date().isoformat()
