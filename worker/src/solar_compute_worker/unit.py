"""A service unit of systemd on this machine, through the program `systemctl`.

Standard library only. It must never touch a unit that the configuration does not name,
nor change one for longer than until the next boot.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
import sys

from . import hold
from .daemon import Activity, OutsideError, Sight
from .spec import UnitSpec, WorkerSpec

ANSWER_S = 10.0
"""How long systemctl may take for anything but ending a unit."""

_PROPERTIES = (
    *("LoadState", "ActiveState", "SubState", "Result", "MainPID", "Job"),
    *("FreezerState", "CanFreeze"),
)


class Unit:
    """One unit. Where systemd cannot freeze it, to hold it still is to stop it."""

    def __init__(self, spec: UnitSpec, worker: WorkerSpec) -> None:
        """Take which unit, and for which worker; nothing is asked."""
        self._name = spec.name
        self._options = ("--user",) if spec.user else ()
        self._cpus = worker.cpus
        self._limit = 1.0
        self._throttles = any(level.cpu_share < 1 for level in worker.levels)
        self._freezes = False
        self._held = False
        self.hold_command = (
            *(sys.executable, "-I", "-S", str(Path(hold.__file__))),
            *("unit", spec.name, *self._options),
        )

    async def look(self) -> Sight:
        """Return what the unit does; one that was stopped to hold it is frozen."""
        shown = await self._systemctl("show", f"--property={','.join(_PROPERTIES)}")
        found = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        if found.get("LoadState") != "loaded":
            state = found.get("LoadState") or "unknown"
            return Sight(Activity.GONE, f"unit {self._name} is {state}")
        # systemd freezes only what is active, so not a unit that runs once.
        self._freezes = (
            found.get("CanFreeze") == "yes" and found.get("ActiveState") != "activating"
        )
        sight = _sight(found)
        if sight.activity is Activity.RUNNING:
            self._held = False
        if sight.activity is Activity.ENDED and self._held:
            return Sight(Activity.FROZEN)
        return sight

    async def start(self) -> None:
        """Start the unit."""
        self._held = False
        await self._systemctl("start", "--no-block")

    async def freeze(self) -> None:
        """Freeze the unit, or stop it where systemd knows no other way."""
        if self._freezes:
            await self._systemctl("freeze")
        else:
            self._held = True
            await self._systemctl("stop")

    async def thaw(self) -> None:
        """Let the unit go on, or start it again."""
        if self._held:
            await self.start()
        else:
            await self._systemctl("thaw")

    async def end(self, grace_s: float) -> None:
        """Stop the unit, and kill it when that takes longer than so many seconds."""
        self._held = False
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await self._systemctl("stop", patience_s=grace_s + ANSWER_S)
                return
        await self._systemctl("kill", "--signal=SIGKILL")

    async def throttle(self, share: float) -> None:
        """Limit the unit's CPU time until the next boot, if any level does."""
        if not self._throttles or share == self._limit:
            return
        quota = "" if share == 1 else f"{share * self._cpus:.0%}"
        await self._systemctl("set-property", "--runtime", after=(f"CPUQuota={quota}",))
        self._limit = share

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    async def _systemctl(
        self,
        *arguments: str,
        after: tuple[str, ...] = (),
        patience_s: float = ANSWER_S,
    ) -> str:
        process = await asyncio.create_subprocess_exec(
            *("systemctl", *self._options, *arguments, self._name, *after),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(patience_s):
                out, errors = await process.communicate()
        except TimeoutError as error:
            raise OutsideError("systemctl does not answer") from error
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode:
            said = errors.decode(errors="replace").strip().partition("\n")[0]
            raise OutsideError(f"systemctl {arguments[0]}: {said}"[:200])
        return out.decode(errors="replace")


def _sight(found: dict[str, str]) -> Sight:
    told = found.get("MainPID", "")
    pid = int(told) if told.isdecimal() and told != "0" else None
    active, freezer = found.get("ActiveState"), found.get("FreezerState", "")
    if freezer.startswith("frozen"):
        return Sight(Activity.FROZEN, pid=pid)
    if freezer.startswith(("freezing", "thawing")):
        return Sight(Activity.CHANGING)
    # A unit that runs once is "activating" for as long as it works.
    if active in ("active", "reloading") or (active == "activating" and pid):
        if found.get("SubState") == "exited":
            return Sight(Activity.ENDED)
        return Sight(Activity.RUNNING, pid=pid)
    if active not in ("inactive", "failed") or found.get("Job") not in (None, "", "0"):
        return Sight(Activity.CHANGING)
    result = found.get("Result", "success")
    return Sight(Activity.ENDED, "" if active == "inactive" else f"result {result}")
