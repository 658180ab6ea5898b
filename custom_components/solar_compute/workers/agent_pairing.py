"""Pairing with a companion service, by a code that a person carries (docs/pairing.md).

The code is never sent: both sides prove that they know it together with the certificate
that they see, so that nobody in between can take part. Raises nothing but a
`WorkerError`.
"""

import hashlib
import hmac
import secrets

from homeassistant.core import HomeAssistant

from .agent_client import AgentClient, token_of
from .base import WorkerNotTrusted

_ROUNDS = 200_000
_ALIKE = str.maketrans("OIL", "011", " -")
"""What a person may write for what is in a code, and what does not count."""


async def async_pair(
    hass: HomeAssistant, client: AgentClient, code: str, fingerprint: str
) -> str:
    """Return a token for a code.

    `fingerprint` is that of the certificate that we see, empty where there is none.
    Raises `PairingRefused`, and `WorkerNotTrusted` for whoever does not know the code.
    """
    nonce = secrets.token_hex(32)
    key = await hass.async_add_executor_job(_derived, code, nonce, fingerprint)
    answer = await client.async_pair(
        {
            "name": hass.config.location_name,
            "nonce": nonce,
            "fingerprint": fingerprint,
            "proof": _proof(key, "client"),
        }
    )
    proof = str(answer.get("proof")).encode()
    if not hmac.compare_digest(proof, _proof(key, "service").encode()):
        raise WorkerNotTrusted("it does not know the code")
    return token_of(answer)


def _derived(code: str, nonce: str, fingerprint: str) -> bytes:
    plain = code.upper().translate(_ALIKE)
    salt = f"solar-compute-pairing-1\n{nonce}\n{fingerprint}"
    return hashlib.pbkdf2_hmac("sha256", plain.encode(), salt.encode(), _ROUNDS)


def _proof(key: bytes, side: str) -> str:
    return hmac.new(key, side.encode(), hashlib.sha256).hexdigest()
