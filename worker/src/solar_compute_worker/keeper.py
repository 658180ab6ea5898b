"""Runs a warden for as long as something must be undone when the service is gone.

May import asyncio and this package's plumbing. It must never run anything but the
warden.
"""

import asyncio
from collections.abc import Mapping
import os
import sys

from . import warden

GREETING_S = 1.0
"""How often a warden hears that the service is alive."""


class Keeper:
    """One warden. None runs until it is needed."""

    def __init__(
        self, command: tuple[str, ...], environment: Mapping[str, str]
    ) -> None:
        """Take what the warden shall do, and what it finds in its environment."""
        self._command = command
        self._environment = environment
        self._warden: asyncio.subprocess.Process | None = None
        self._greeting: asyncio.Task[None] | None = None

    @property
    def at_work(self) -> bool:
        """Return whether a warden is there."""
        return self._warden is not None and self._warden.returncode is None

    async def ensure(self) -> None:
        """Make sure that a warden is there. Raises OSError if none can be."""
        if self.at_work:
            return
        if self._greeting is not None:
            self._greeting.cancel()
        self._warden = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", warden.__file__, *self._command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **self._environment},
        )
        self._greeting = asyncio.create_task(_greet(self._warden))

    async def dismiss(self, patience_s: float, *, settled: bool = True) -> None:
        """Have the warden do its work now, and wait so long for it to be done.

        `settled`: nothing that it shall undo is under way.
        """
        if self._greeting is not None:
            self._greeting.cancel()
        if self._warden is not None and self._warden.stdin is not None:
            if settled:
                self._warden.stdin.write(warden.FAREWELL)
            self._warden.stdin.close()
            waiting = asyncio.create_task(self._warden.wait())
            await asyncio.wait([waiting], timeout=patience_s)
            waiting.cancel()


async def _greet(process: asyncio.subprocess.Process) -> None:
    while process.stdin is not None and not process.stdin.is_closing():
        process.stdin.write(b".")
        await asyncio.sleep(GREETING_S)
