"""How a client and the service come to trust each other, by a code that a person carries.

The command line shows a code; the person types it into the client. It never travels:
both sides derive a key from it and from the fingerprint of the certificate that *they*
see, and show each other that they have the same. Somebody in between, with a certificate
of his own, thus gains nothing, and the client knows that the certificate is the right
one. The derivation is slow and salted by the client, so that the code cannot be found
from what travels within its life. Standard library and the state folder only.
"""

from dataclasses import dataclass
import hashlib
import hmac
import re
import secrets
from typing import Any

from .clients import Client, Clients
from .state_folder import StateError, StateFolder

FILE = "pairing.json"
LIFE_S = 600.0
"""How long a code is good."""
TRIES = 5
"""How many wrong answers end a code."""

ROUNDS = 200_000
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_HEX_32 = re.compile(r"[0-9a-f]{64}")
_KEYS = {"name", "nonce", "fingerprint", "proof"}


class PairingError(Exception):
    """No pairing: a code for programs, and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends. All but the name are in hexadecimal."""

    name: str
    nonce: str
    fingerprint: str
    """Of the certificate that it sees; empty if it sees none."""
    proof: str


@dataclass(frozen=True, slots=True)
class Paired:
    """What a client that knew the code gets."""

    client: Client
    token: str
    proof: str
    """Shows that we know the code as well."""


def parse_request(data: Any) -> Request | None:
    """Return a request from JSON, None if it is none."""
    if not isinstance(data, dict) or set(data) != _KEYS:
        return None
    if not all(isinstance(value, str) for value in data.values()):
        return None
    request = Request(**data)
    if not (_HEX_32.fullmatch(request.nonce) and _HEX_32.fullmatch(request.proof)):
        return None
    good = not request.fingerprint or _HEX_32.fullmatch(request.fingerprint)
    return request if good else None


def new_code(folder: StateFolder, now: float) -> str:
    """Return a code to be typed into a client; the one before is good no more.

    Raises StateError.
    """
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    folder.ensure_identity()
    with folder.locked():
        Clients(folder).all()
        folder.write_json(FILE, {"code": code, "since": now, "tries": TRIES})
    return f"{code[:4]}-{code[4:]}"


def redeem(
    folder: StateFolder, request: Request, own_fingerprint: str | None, now: float
) -> Paired:
    """Add the client that knows the code, which is used up by that.

    Raises PairingError and StateError. Takes a good part of a second.
    """
    if folder.stamp(FILE) is None:
        raise _no_code()
    with folder.locked():
        code = _take_try(folder, now)
        key = derived(code, request.nonce, request.fingerprint)
        if not hmac.compare_digest(_proof(key, "client"), request.proof):
            raise PairingError("wrong_code", "That is not the code.")
        folder.remove(FILE)
        if own_fingerprint is not None and request.fingerprint != own_fingerprint:
            raise PairingError(
                "other_certificate",
                "The client sees a certificate that is not ours: somebody is in between.",
            )
        client, token = Clients(folder).add(request.name, now)
    return Paired(client, token, _proof(key, "service"))


def derived(code: str, nonce: str, fingerprint: str) -> bytes:
    """Return the key that both sides derive."""
    salt = f"solar-compute-pairing-1\n{nonce}\n{fingerprint}"
    return hashlib.pbkdf2_hmac("sha256", code.encode(), salt.encode(), ROUNDS)


def _proof(key: bytes, side: str) -> str:
    return hmac.new(key, side.encode(), hashlib.sha256).hexdigest()


def _take_try(folder: StateFolder, now: float) -> str:
    """Return the code, for one try more. Raises PairingError if there is none."""
    try:
        kept = folder.read_json(FILE) or {}
        code, since, tries = str(kept["code"]), float(kept["since"]), int(kept["tries"])
    except (StateError, AttributeError, KeyError, TypeError, ValueError):
        code, since, tries = "", now, 0
    # A clock that was set back makes no code younger.
    if tries < 1 or not 0 <= now - since < LIFE_S:
        folder.remove(FILE)
        raise _no_code()
    # Before it is looked at: neither a crash nor many at once give more tries.
    folder.write_json(FILE, {"code": code, "since": since, "tries": tries - 1})
    return code


def _no_code() -> PairingError:
    return PairingError(
        "no_code",
        "No code is good now: have a new one shown with solar-compute-worker pair.",
    )
