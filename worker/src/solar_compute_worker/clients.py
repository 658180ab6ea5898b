"""Who may use the service: a token for each client, of which only a hash is kept.

Standard library and the state folder. Whoever changes something holds the folder's lock.
A file that makes no sense lets nobody in and is never written over.

A client exchanges its token without a moment at which losing an answer or a crash would
lock it out: the new token is valid beside the old one, and only once it is used does the
old one have a while left.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
import hashlib
import hmac
import secrets
from typing import Any

from .state_folder import StateFolder

FILE = "clients.json"
GRACE_S = 600.0
"""How long an old token is still good once the new one is in use."""

MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class Client:
    """One client. Tokens are SHA-256 in hexadecimal, times seconds since 1970."""

    id: str
    name: str
    since: float
    token: str
    token_since: float
    next: str = ""
    """A new token that has not been used yet."""
    previous: str = ""
    """The token before, good for `GRACE_S` after `token_since`."""

    def knows(self, digest: str, now: float) -> bool:
        """Return whether a token is this client's, and good."""
        good = [self.token, self.next]
        if 0 <= now - self.token_since < GRACE_S:
            good.append(self.previous)
        return any(bool(one) and hmac.compare_digest(one, digest) for one in good)


class Clients:
    """The clients in a state folder, read again whenever the file has changed."""

    def __init__(self, folder: StateFolder) -> None:
        """Take the folder; nothing is read yet."""
        self._folder = folder
        # Replaced as one: several threads read it.
        self._read: tuple[object, tuple[Client, ...]] = (None, ())

    def all(self) -> tuple[Client, ...]:
        """Return all clients. Raises StateError."""
        stamp = self._folder.stamp(FILE)
        known_stamp, known = self._read
        if stamp is None or stamp != known_stamp:
            known = self._parsed(self._folder.read_json(FILE))
            self._read = (stamp, known)
        return known

    def find(self, token: str, now: float) -> Client | None:
        """Return whose token it is, None if nobody's. Raises StateError."""
        digest = hashed(token)
        found = None
        for client in self.all():
            if client.knows(digest, now):
                found = client
        return found

    def add(self, name: str, now: float) -> tuple[Client, str]:
        """Add a client; return it and its token, which is nowhere else. Raises StateError."""
        token = secrets.token_urlsafe(32)
        known = self.all()
        taken = {client.id for client in known}
        name = "".join(one for one in name if one.isprintable()).strip()[:MAX_NAME]
        while (key := secrets.token_hex(3)) in taken:
            pass
        client = Client(key, name or "unnamed", now, hashed(token), now)
        self._write([*known, client])
        return client, token

    def remove(self, key: str) -> Client | None:
        """Let a client in no more; return it, None if there is none. Raises StateError."""
        known = self.all()
        gone = next((client for client in known if client.id == key), None)
        if gone is not None:
            self._write(client for client in known if client is not gone)
        return gone

    def exchange(self, key: str) -> str | None:
        """Return a new token for a client, None if there is none. Raises StateError."""
        token = secrets.token_urlsafe(32)
        changed = self._change(key, lambda client: replace(client, next=hashed(token)))
        return token if changed else None

    def settle(self, key: str, token: str, now: float) -> None:
        """Note that a client has used a token: if it is the new one, the old one goes."""
        digest = hashed(token)
        self._change(
            key,
            lambda client: (
                replace(
                    client,
                    token=client.next,
                    token_since=now,
                    previous=client.token,
                    next="",
                )
                if client.next == digest
                else client
            ),
        )

    def _change(self, key: str, change: Callable[[Client], Client]) -> bool:
        before = self.all()
        after = [change(one) if one.id == key else one for one in before]
        if after == list(before):
            return False
        self._write(after)
        return True

    def _write(self, clients: Iterable[Client]) -> None:
        self._folder.write_json(FILE, [asdict(client) for client in clients])

    def _parsed(self, data: Any) -> tuple[Client, ...]:
        if data is None:
            return ()
        if not isinstance(data, list):
            raise self._folder.damaged(FILE)
        try:
            clients = tuple(Client(**row) for row in data)
        except TypeError as error:
            raise self._folder.damaged(FILE) from error
        for client in clients:
            if not all(
                isinstance(value, float | int if field.endswith("since") else str)
                for field, value in asdict(client).items()
            ):
                raise self._folder.damaged(FILE)
        return clients


def hashed(token: str) -> str:
    """Return what is kept of a token. It is too long to be guessed from that."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
