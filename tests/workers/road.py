"""The road between a back-end and its daemon, with everything that can go wrong on it.

A small proxy on loopback, or on a unix socket. It carries bytes and knows no protocol,
so that it serves for every daemon. Standard library only.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from pathlib import Path

SLOW_S = 0.1
"""How long each piece of an answer is held up on a slow road."""

CHUNK = 65_536


class Fault(Enum):
    """What goes wrong on the way."""

    CUT = auto()
    """Every connection ends at once."""
    SILENCE = auto()
    """Requests arrive, answers do not."""
    SLOWNESS = auto()
    """Answers come late and in pieces, but they come."""
    HALF = auto()
    """The connection ends in the middle of an answer."""
    NONSENSE = auto()
    """Something else answers, with bytes that mean nothing."""
    WEB_PAGE = auto()
    """Something else answers, as a captive portal does."""
    FLOOD = auto()
    """Something else answers, and never stops."""


NONSENSE = b"\x00\xff\xfe{]<\x03\r\n\r\n\x03\n"
WEB_PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
    b'["welcome"]'
)


class Road:
    """The way to one daemon; `address` is where a back-end has to go instead."""

    def __init__(self, target: int | Path) -> None:
        """Lead to a port of 127.0.0.1, or to a unix socket."""
        self.address: int | Path = target
        self._target = target
        self._fault: Fault | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        """The port to go to. Raises TypeError where the daemon has a unix socket."""
        if not isinstance(self.address, int):
            raise TypeError("this road leads to a unix socket")
        return self.address

    def break_down(self, fault: Fault) -> None:
        """Have it go wrong from now on; what is connected is broken off by a cut only."""
        self._fault = fault
        if fault is Fault.CUT:
            self._cut()

    def mend(self) -> None:
        """Have all go right from now on, on new connections."""
        if self._fault is not None:
            self._fault = None
            self._cut()

    async def serve(self) -> asyncio.Server:
        """Open the road."""
        if isinstance(self._target, int):
            server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
            self.address = server.sockets[0].getsockname()[1]
        else:
            self.address = self._target.with_suffix(".road")
            self.address.unlink(missing_ok=True)
            server = await asyncio.start_unix_server(self._carry, self.address)
        return server

    def close(self) -> None:
        """Break off all that is still connected."""
        self._cut()

    def _cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _carry(
        self, near: asyncio.StreamReader, answer: asyncio.StreamWriter
    ) -> None:
        """Carry one connection until either side hangs up."""
        self._open.add(answer)
        try:
            if self._fault is Fault.CUT:
                return
            far, request = await self._reach()
            self._open.add(request)
            try:
                ways = {
                    asyncio.create_task(self._requests(near, request, answer)),
                    asyncio.create_task(self._answers(far, answer)),
                }
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.wait(ways)
            finally:
                self._open.discard(request)
                request.transport.abort()
        except OSError:
            # The daemon is not there.
            return
        finally:
            self._open.discard(answer)
            answer.transport.abort()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, int):
            return await asyncio.open_connection("127.0.0.1", self._target)
        return await asyncio.open_unix_connection(self._target)

    async def _requests(
        self,
        near: asyncio.StreamReader,
        request: asyncio.StreamWriter,
        answer: asyncio.StreamWriter,
    ) -> None:
        with suppress(OSError):
            while piece := await near.read(CHUNK):
                match self._fault:
                    case Fault.NONSENSE:
                        answer.write(NONSENSE)
                    case Fault.WEB_PAGE:
                        answer.write(WEB_PAGE)
                    case Fault.FLOOD:
                        while True:
                            answer.write(b"x" * CHUNK)
                            await answer.drain()
                    case _:
                        request.write(piece)
                        await request.drain()

    async def _answers(
        self, far: asyncio.StreamReader, answer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while piece := await far.read(CHUNK):
                half = len(piece) // 2
                match self._fault:
                    case Fault.SILENCE:
                        continue
                    case Fault.HALF:
                        answer.write(piece[:half])
                        await answer.drain()
                        return
                    case Fault.SLOWNESS:
                        await asyncio.sleep(SLOW_S)
                        answer.write(piece[:half])
                        await asyncio.sleep(SLOW_S)
                        piece = piece[half:]
                answer.write(piece)
                await answer.drain()


@asynccontextmanager
async def road_to(target: int | Path) -> AsyncIterator[Road]:
    """Open a road to a port of 127.0.0.1, or to a unix socket."""
    road = Road(target)
    server = await road.serve()
    try:
        yield road
    finally:
        server.close()
        road.close()
