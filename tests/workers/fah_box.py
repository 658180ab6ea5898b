"""A machine that folds: the Folding@home client in memory, with a core that computes.

The client is a fake, since no real one could be had; the core of its default group is a
job that the kernel knows. As with the real one, a core ends at a pause and begins again,
dies with its client, and a client that starts again does as it was told before.
"""

import asyncio
from pathlib import Path
from typing import override

from aiohttp import web

from tests.integration.fah_client import (
    FoldingInMemory,
    folding_group,
    folding_site,
    work_unit,
)

from .jobs import COUNTER


class FoldingBox(FoldingInMemory):
    """A client whose default group has a core, and more groups that have none."""

    def __init__(self, folder: Path, more: int) -> None:
        super().__init__()
        self.shown = folder / "count"
        self.core: asyncio.subprocess.Process | None = None
        self._runner: web.AppRunner | None = None
        for number in range(more):
            name = f"group {number}"
            self.tree["groups"][name] = folding_group()
            self.tree["units"].append(work_unit(name))

    async def start(self) -> None:
        """Start the client, on the port that it had before."""
        self._runner = await folding_site(self)
        self.settle()

    async def kill(self) -> None:
        """End the client at once, and its core with it."""
        await self.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.end_core(0)
        self.tree["units"][0].pop("start_time", None)

    @override
    async def begin_core(self, number: int) -> None:
        if number == 0:
            self.core = await asyncio.create_subprocess_exec("sh", COUNTER, self.shown)

    @override
    async def end_core(self, number: int) -> None:
        core = self.core
        if number == 0 and core is not None:
            core.kill()
            await core.wait()
            self.core = None
