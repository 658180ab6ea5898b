"""A small client for the GUI RPC of BOINC: requests and replies over TCP, near to XML.

Every visit is a connection of its own, so nothing can be left half read, and one that
is given up cannot be heard any more. Replies are searched for the tags that are
wanted and never parsed as XML: the client does not always write valid XML, and what
answers instead of it can have no entities expanded. Standard library only; it must
never wait longer than `TIMEOUT_S`, keep more than `MAX_REPLY_BYTES`, nor raise
anything but a `WorkerError`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum
from hashlib import md5
from html import unescape
from math import isfinite
import re

from .answers import senseless
from .base import WorkerAuthFailed, WorkerError, WorkerRefused, WorkerUnreachable

TIMEOUT_S = 10.0
"""For a whole visit: connecting, the password, and all that is asked."""

MAX_REPLY_BYTES = 4 * 1024 * 1024
"""Some 3 000 tasks; the largest farms queue a tenth of that."""

MAX_DETAIL = 200

_END = b"\x03"
_OPENING, _CLOSING = "<boinc_gui_rpc_reply>", "</boinc_gui_rpc_reply>"


class RunMode(IntEnum):
    """When BOINC computes, by its own numbers. `AUTO`: as its preferences say."""

    ALWAYS = 1
    AUTO = 2
    NEVER = 3


class BoincClient:
    """One connection to a client that has accepted the password."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Speak over an open connection; `visit` makes one."""
        self._reader = reader
        self._writer = writer

    async def async_authorize(self, password: str) -> None:
        """Show that we know the password, without sending it.

        The client's protocol wants MD5. Raises `WorkerAuthFailed`.
        """
        nonce = text_of(await self.async_call("<auth1/>"), "nonce")
        if nonce is None:
            raise senseless("it sends nothing to prove the password with")
        proof = md5((nonce + password).encode(), usedforsecurity=False).hexdigest()
        answer = await self.async_call(
            f"<auth2><nonce_hash>{proof}</nonce_hash></auth2>"
        )
        if not flag(answer, "authorized"):
            raise senseless("it neither accepts nor refuses the password")

    async def async_set_mode(
        self, device: str, mode: RunMode, duration_s: float = 0.0
    ) -> None:
        """Set the mode of "run" (all computing) or "gpu", for good if without duration.

        When the duration is over, the client returns to the permanent mode by itself.
        """
        name = mode.name.lower()
        await self.async_call(
            f"<set_{device}_mode><{name}/><duration>{duration_s:.3f}</duration>"
            f"</set_{device}_mode>"
        )

    async def async_call(self, request: str) -> str:
        """Return what is inside the reply to one request.

        Raises `WorkerAuthFailed`, `WorkerRefused` where the client reports an error,
        and `WorkerUnreachable` for a reply that is none.
        """
        framed = f"<boinc_gui_rpc_request>\n{request}\n</boinc_gui_rpc_request>\n"
        self._writer.write(framed.encode() + _END)
        await self._writer.drain()
        raw = (await self._reader.readuntil(_END)).removesuffix(_END)
        reply = raw.decode("utf-8", "replace").strip()
        if not (reply.startswith(_OPENING) and reply.endswith(_CLOSING)):
            raise senseless("it does not speak the protocol of BOINC")
        inside = reply.removeprefix(_OPENING).removesuffix(_CLOSING).strip()
        if flag(inside[:MAX_DETAIL], "unauthorized"):
            raise WorkerAuthFailed("The BOINC client refuses the password.")
        if inside.startswith("<error>"):
            error = text_of(inside, "error") or "an error without words"
            raise WorkerRefused(f"BOINC: {error}"[:MAX_DETAIL])
        return inside


@asynccontextmanager
async def visit(host: str, port: int, password: str) -> AsyncIterator[BoincClient]:
    """Connect, show the password, and hang up at the end, whatever happens.

    Raises `WorkerUnreachable` for whatever goes wrong on the way, and
    `WorkerAuthFailed`.
    """
    try:
        async with asyncio.timeout(TIMEOUT_S):
            reader, writer = await asyncio.open_connection(
                host, port, limit=MAX_REPLY_BYTES
            )
            try:
                client = BoincClient(reader, writer)
                await client.async_authorize(password)
                yield client
            finally:
                # What is still on its way must not be carried out later.
                writer.transport.abort()
    except WorkerError:
        raise
    except TimeoutError as err:
        raise WorkerUnreachable("no answer in time") from err
    except asyncio.LimitOverrunError as err:
        raise senseless("it is too long") from err
    except asyncio.IncompleteReadError as err:
        raise WorkerUnreachable(
            "it hung up; it may not allow this machine to control it"
        ) from err
    except (OSError, ValueError) as err:
        raise WorkerUnreachable(f"{err}"[:MAX_DETAIL]) from err


def blocks(text: str, tag: str) -> list[str]:
    """Return what is inside every `tag`, in one pass."""
    opening, closing = f"<{tag}>", f"</{tag}>"
    found: list[str] = []
    end = 0
    while (start := text.find(opening, end)) >= 0:
        start += len(opening)
        if (end := text.find(closing, start)) < 0:
            break
        found.append(text[start:end])
    return found


def text_of(text: str, tag: str) -> str | None:
    """Return the text of the first `tag` that holds nothing but text."""
    found = re.search(rf"<{tag}>([^<]*)</{tag}>", text)
    return None if found is None else unescape(found[1].strip())


def flag(text: str, tag: str) -> bool:
    """Tell whether a tag says yes: by being there, or with a number that is not 0."""
    if re.search(rf"<{tag}\s*/>", text):
        return True
    return text_of(text, tag) not in (None, "", "0")


def number(text: str, tag: str) -> float | None:
    """Return a finite number, None where there is no such tag.

    Raises `WorkerUnreachable` for anything else in its place.
    """
    if (found := text_of(text, tag)) is None:
        return None
    try:
        value = float(found)
    except ValueError as err:
        raise senseless(f"{tag} is not a number") from err
    if not isfinite(value):
        raise senseless(f"{tag} is not a number")
    return value
