"""Starts a guardian, and runs a short command under one.

May import asyncio and this package's plumbing. It must never start anything that is not
guarded: what it starts ends with the service.
"""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
import json
import os
from pathlib import Path
import signal
import sys
import tempfile
from typing import BinaryIO

from . import guardian

GREETING_S = 1.0
"""How often a guardian hears that the service is alive while a command runs."""


async def start_guardian(
    command: tuple[str, ...],
    directory: Path,
    group: Path | None,
    folder: str,
    environment: Mapping[str, str],
    *,
    log: Path | None = None,
) -> asyncio.subprocess.Process:
    """Start a guardian that runs `command`, and clears `folder` away at the end.

    What the command prints is added to `log`, or to this service's own. Raises OSError.
    """
    with ExitStack() as stack:
        output = None if log is None else stack.enter_context(log.open("ab"))
        return await _start(
            [*(str(directory), str(group or ""), folder), *command], environment, output
        )


async def _start(
    arguments: list[str], environment: Mapping[str, str], output: BinaryIO | None
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-S",
        guardian.__file__,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=output,
        start_new_session=True,
        env={**os.environ, **environment},
    )


async def run_guarded(
    command: tuple[str, ...],
    directory: Path,
    mark: str,
    environment: Mapping[str, str],
) -> str:
    """Run a command to its end; return "" for exit status 0, else what went wrong.

    If this is cancelled, the command and all that it started are killed. `mark` begins
    the name of its scratch folder.
    """
    folder = tempfile.mkdtemp(prefix=f"{mark}-")
    try:
        process = await start_guardian(command, directory, None, folder, environment)
    except OSError as error:
        guardian.clear_folder(folder)
        return str(error)
    greeting = asyncio.create_task(_greet(process))
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            event = json.loads(line)
            if "started" not in event:
                return str(event.get("failed") or describe(event["exited"]))
        return "its guardian was lost"
    finally:
        greeting.cancel()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


def describe(code: int) -> str:
    """Return how a process ended as a phrase, "" for exit status 0."""
    if code >= 0:
        return f"exit status {code}" if code else ""
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


async def _greet(process: asyncio.subprocess.Process) -> None:
    while process.stdin is not None and not process.stdin.is_closing():
        process.stdin.write(b".")
        await asyncio.sleep(GREETING_S)
