"""A Folding@home client in memory, and liars in its place. No real one could be had.

It speaks as the client's published source and a recorded session of version 8.4.5 say:
all there is on opening, then each change as a path with its value, and "ping" when
there is nothing else. A command never has an answer of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
import json
import time
from typing import Any

from aiohttp import WSMsgType, web

PROJECT = {"project": 19227, "ws": "ds01.example.edu", "cpus": 8}


def folding_group(**config: Any) -> dict[str, Any]:
    """Return a paused group, as the client makes it."""
    usual = {
        "on_idle": False,
        "on_battery": True,
        "paused": True,
        "finish": False,
        "cpus": 8,
        "gpus": {},
    }
    return {"config": {**usual, **config}, "wait": "2026-01-01T00:00:00Z"}


def work_unit(group: str = "", **facts: Any) -> dict[str, Any]:
    """Return a unit that has begun, and rests."""
    return {
        "group": group,
        "number": 1,
        "cpus": 8,
        "gpus": [],
        "state": "RUN",
        "paused": False,
        "pause_reason": "Paused",
        "wu_progress": 0.25,
        "eta": "14h 24m",
        "ppd": 226_900,
        "assignment": PROJECT,
        **facts,
    }


class FoldingInMemory:
    """A client with one unit in its default group, which obeys unless it is to lie.

    Its core takes `ending_s` to end. Two commands in one `second_s` count as one, as
    with the real client. `greeting` replaces the first message: text, bytes, or None
    for hanging up at once; `silent` says nothing, `deaf` does nothing, and `denied` is
    the HTTP status by which it refuses everybody. `answer` is what it says first after
    a command. `told` is all that it was told.
    """

    def __init__(self) -> None:
        self.port = 0
        self.tree: dict[str, Any] = {
            "info": {"version": "8.4.9", "cpus": 8, "on_battery": False},
            "groups": {"": folding_group()},
            "units": [work_unit()],
        }
        self.ending_s = 0.0
        self.second_s = 0.001
        self.greeting: str | bytes | None = ""
        self.silent = False
        self.deaf = False
        self.denied: int | None = None
        self.answer: list[str] = []
        self.told: list[str] = []
        self._lines: set[web.WebSocketResponse] = set()
        self._last = -1
        self._later: set[asyncio.Task[None]] = set()
        self._settling = asyncio.Lock()

    @property
    def lines(self) -> int:
        """How many connections are open."""
        return len(self._lines)

    def config(self, group: str = "") -> dict[str, Any]:
        """Return the settings of a group."""
        config: dict[str, Any] = self.tree["groups"][group]["config"]
        return config

    async def say(self, *path: Any) -> None:
        """Change something, and tell everybody who listens."""
        branch: Any = self.tree
        for key in path[:-2]:
            branch = branch[key]
        if path[-1] is None:
            del branch[path[-2]]
        elif isinstance(branch, list) and path[-2] == len(branch):
            branch.append(path[-1])
        else:
            branch[path[-2]] = path[-1]
        await self.utter(json.dumps(path))

    async def utter(self, text: str) -> None:
        """Say anything to everybody who listens."""
        for line in tuple(self._lines):
            # Whoever hangs up just now hears no more.
            with suppress(ConnectionError):
                await line.send_str(text)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Speak with one caller until either hangs up."""
        if self.denied is not None:
            return web.Response(status=self.denied)
        line = web.WebSocketResponse()
        await line.prepare(request)
        if self.greeting is None:
            return line
        self._lines.add(line)
        try:
            if isinstance(self.greeting, bytes):
                await line.send_bytes(self.greeting)
            elif not self.silent:
                await line.send_str(self.greeting or json.dumps(self.tree))
            async for message in line:
                if message.type is WSMsgType.TEXT:
                    await self._obey(json.loads(message.data))
        finally:
            self._lines.discard(line)
        return line

    async def _obey(self, command: dict[str, Any]) -> None:
        self.told.append(f"{command['state']} {command['group']}".strip())
        for text in self.answer:
            await self.utter(text)
        second = int(time.monotonic() / self.second_s)
        if self.deaf or second == self._last:
            return
        self._last = second
        name = command["group"]
        groups = self.tree["groups"]
        if name not in groups:
            await self.say("groups", name, folding_group())
        if command["state"] == "finish":
            await self.say("groups", name, "config", "finish", True)
            return
        paused = command["state"] == "pause"
        await self.say("groups", name, "config", "paused", paused)
        await self.say("groups", name, "config", "finish", False)
        self.settle()

    def settle(self) -> None:
        """Have the cores run that are to run, and no others, one after the other."""
        task = asyncio.create_task(self._settle())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def begin_core(self, number: int) -> None:
        """Begin the core of a unit; here there is none."""

    async def end_core(self, number: int) -> None:
        """End the core of a unit."""
        await asyncio.sleep(self.ending_s)

    async def _settle(self) -> None:
        async with self._settling:
            for index, unit in enumerate(self.tree["units"]):
                group = unit["group"] if unit["group"] in self.tree["groups"] else ""
                runs = not self.config(group)["paused"]
                if runs and "pause_reason" in unit:
                    await self.say("units", index, "pause_reason", None)
                if runs and unit["state"] == "RUN" and "start_time" not in unit:
                    await self.begin_core(index)
                    await self.say("units", index, "start_time", "2026-01-01T00:00:00Z")
                elif not runs:
                    await self.say("units", index, "pause_reason", "Paused")
                    if "start_time" in unit:
                        await self.end_core(index)
                        await self.say("units", index, "start_time", None)

    async def finish(self) -> None:
        """Finish the first unit of a group that was told to finish."""
        await self.say("units", 0, "start_time", None)
        await self.say("units", 0, "state", "UPLOAD")
        await self.say("units", 0, None)
        await self.say("groups", "", "config", "paused", True)
        await self.say("groups", "", "config", "finish", False)

    async def close(self) -> None:
        """End what it still has to do."""
        for task in tuple(self._later):
            task.cancel()
        for line in tuple(self._lines):
            await line.close()


async def folding_site(client: FoldingInMemory) -> web.AppRunner:
    """Serve a client on its port, or on a free one if it has none yet."""
    application = web.Application()
    application.router.add_get("/api/websocket", client.serve)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", client.port).start()
    client.port = runner.addresses[0][1]
    return runner


@asynccontextmanager
async def folding_client() -> AsyncIterator[FoldingInMemory]:
    """Serve a client on a port of its own."""
    client = FoldingInMemory()
    runner = await folding_site(client)
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


async def happens(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not what():
            await asyncio.sleep(0.01)
