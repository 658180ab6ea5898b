"""A visit to a Folding@home client, over its WebSocket.

On opening the client tells all there is, then every change; it answers no command. So
each visit begins with what is so now, and a command is seen to be obeyed by the changes
that follow. The line is not kept in between: the client answers a ping only after 5 s,
so that one could not tell whether what it said last still holds. Raises nothing but a
`WorkerError`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
import json
from typing import Any

import aiohttp
from yarl import URL

from .base import WorkerAuthFailed, WorkerUnreachable
from .folding_sight import Tree, change, senseless

PATH = "/api/websocket"
TIMEOUT_S = 10.0
CLOSING_S = 0.5

_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_OVER = frozenset(
    {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED}
)


class FoldingClient:
    """One client, during a visit. `tree` is what it has told so far."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Speak over an open socket; nothing has been heard yet."""
        self.tree: Tree = {}
        self._socket = socket

    async def async_greet(self) -> None:
        """Hear all there is, which is the first that a client says."""
        said = await self._async_hear()
        if not isinstance(said, dict):
            raise senseless("it does not begin with what there is")
        self.tree = said

    async def async_tell(self, message: dict[str, str]) -> None:
        """Tell the client something, to which it never answers."""
        await self._socket.send_json(message)

    async def async_until(
        self, condition: Callable[[Tree], bool], wait_s: float
    ) -> bool:
        """Listen until something is so; return whether it was within `wait_s`."""
        try:
            async with asyncio.timeout(wait_s):
                while not condition(self.tree):
                    self._take(await self._async_hear())
        except TimeoutError:
            return False
        return True

    def _take(self, said: Any) -> None:
        if isinstance(said, list) and len(said) > 1:
            change(self.tree, said)
        elif not isinstance(said, str):
            raise senseless("neither a change nor a word")

    async def _async_hear(self) -> Any:
        message = await self._socket.receive()
        if message.type in _OVER:
            raise WorkerUnreachable("it hung up")
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise senseless("no text")
        try:
            return json.loads(message.data)
        except (ValueError, RecursionError) as err:
            raise senseless("no JSON") from err


@asynccontextmanager
async def visit(
    session: aiohttp.ClientSession, host: str, port: int
) -> AsyncIterator[FoldingClient]:
    """Visit a client and hear what there is; hangs up at the end, whatever happens."""
    url = URL.build(scheme="ws", host=host, port=port, path=PATH)
    closing = aiohttp.ClientWSTimeout(ws_close=CLOSING_S)
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            session.ws_connect(url, timeout=closing) as socket,
        ):
            client = FoldingClient(socket)
            await client.async_greet()
            yield client
    except aiohttp.WSServerHandshakeError as err:
        kind = WorkerAuthFailed if err.status in _DENIED else WorkerUnreachable
        raise kind(f"the client refuses the connection ({err.status})") from err
    except TimeoutError as err:
        raise WorkerUnreachable("no answer in time") from err
    except (aiohttp.ClientError, OSError, ValueError) as err:
        raise WorkerUnreachable(str(err) or type(err).__name__) from err
