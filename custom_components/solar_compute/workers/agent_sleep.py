"""A worker whose machine may sleep: tells sleep from loss, and wakes it to run.

Wraps the back-end for the companion service, which announces sleep while it is paused
(docs/worker-service.md). Only what was announced, and is silent altogether, is asleep;
one that was woken and stays silent is lost. Remembers over restarts of Home Assistant
what was announced, since nobody else can say it then.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..core.model import WorkerState
from .base import (
    Backend,
    Capabilities,
    SleepNotice,
    WorkerError,
    WorkerSilent,
    WorkerStatus,
    WorkerUnreachable,
)
from .wake import async_wake, is_mac

ASLEEP = "asleep"
WAKING = "waking"
FALLING_S = 30.0
"""How long a machine may still answer after it has said that it sleeps now."""
DEFAULT_WAKE_S = 120.0

DATA_ANNOUNCED: HassKey[Announced] = HassKey(f"{DOMAIN}_asleep")


class Announced:
    """Which workers announced their sleep, in a file of their own."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        self._store = Store[dict[str, Any]](hass, 1, f"{DOMAIN}.asleep")
        self._known: dict[str, Any] | None = None

    async def async_get(self, key: str) -> Sleep | None:
        """Return what a worker announced, None if it did not, or nothing can be read."""
        return _sleep((await self._async_all()).get(key))

    async def async_put(self, key: str, sleep: Sleep | None) -> None:
        """Remember what a worker announced, or that it is awake."""
        known = await self._async_all()
        entry = sleep and {"macs": list(sleep.macs), "has_work": sleep.has_work}
        if known.get(key) == entry:
            return
        known.pop(key, None)
        if entry:
            known[key] = entry
        if known:
            await self._store.async_save(known)
        else:
            await self._store.async_remove()

    async def _async_all(self) -> dict[str, Any]:
        if self._known is None:
            found = await self._store.async_load()
            self._known = found if isinstance(found, dict) else {}
        return self._known


@callback
def announced(hass: HomeAssistant) -> Announced:
    """Return the one memory of all workers."""
    return hass.data.setdefault(DATA_ANNOUNCED, Announced(hass))


async def async_forget(hass: HomeAssistant, keys: Iterable[str]) -> None:
    """Forget what was announced by workers that are no more."""
    for key in keys:
        await announced(hass).async_put(key, None)


@dataclass(frozen=True, slots=True)
class Sleep:
    """What was announced: what wakes it, whether it had work, and from when it sleeps."""

    macs: tuple[str, ...]
    has_work: bool
    from_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Waking:
    """Since when it is being woken, and for which level."""

    since_s: float
    level: int


class SleepyWorker(Backend):
    """A worker that is woken when it shall run."""

    def __init__(
        self,
        worker: Backend,
        memory: Announced,
        key: str,
        *,
        wake_s: float = DEFAULT_WAKE_S,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take the worker, and how long it may take from a wake-up to an answer."""
        self._worker = worker
        self._memory = memory
        self._key = key
        self._wake_s = wake_s
        self._clock = clock
        self._sleep: Sleep | None = None
        self._asked_memory = False
        self._waking: Waking | None = None
        self._may_run_until_s = -inf

    @property
    @override
    def capabilities(self) -> Capabilities:
        """Those of the worker."""
        return self._worker.capabilities

    @override
    async def async_status(self) -> WorkerStatus:
        """Ask the worker; if it sleeps, say so, and go on waking it if it shall run."""
        try:
            status = await self._worker.async_status()
        except WorkerSilent as err:
            if self._waking is not None:
                return await self._wake(await self._asleep(err), self._waking.level)
            return await self._resting(err)
        except WorkerError:
            await self._doubt()
            raise
        await self._note(status)
        if self._waking is None:
            return status
        if status.state is not WorkerState.PAUSED:
            self._waking = None
            return status
        # Awake, and not yet told what to do: the next command is due at once.
        return replace(status, state=WorkerState.STARTING, level=None, asleep=True)

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Take or renew a lease on a level; wake the machine first if it sleeps."""
        try:
            status = await self._worker.async_set_level(
                level, generation, take_over=take_over
            )
        except WorkerSilent as err:
            if err.sent:
                lease_s = self.capabilities.lease_s or 0.0
                self._may_run_until_s = self._clock() + lease_s
            return await self._wake(await self._asleep(err), level)
        self._waking = None
        await self._note(status)
        return status

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Give the lease back; a machine that sleeps, or is only waking, has none."""
        self._waking = None
        try:
            status = await self._worker.async_pause(generation, urgent=urgent)
        except WorkerSilent as err:
            return await self._resting(err)
        await self._note(status)
        return status

    @override
    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Watch the worker."""
        return self._worker.watch(changed)

    @override
    async def async_close(self) -> None:
        """Let go of the worker; that it sleeps is remembered."""
        await self._worker.async_close()

    async def _asleep(self, silence: WorkerSilent) -> Sleep:
        """Return the sleep that explains a silence; raises it if none does."""
        if not self._asked_memory:
            self._asked_memory = True
            self._sleep = await self._memory.async_get(self._key)
        if self._sleep is None or self._clock() < self._sleep.from_s:
            raise silence
        return self._sleep

    async def _resting(self, silence: WorkerSilent) -> WorkerStatus:
        """Say that it sleeps; raises the silence while it may have been told to run.

        It may have heard that in its last waking moment, and stayed awake.
        """
        sleep = await self._asleep(silence)
        if self._clock() < self._may_run_until_s:
            raise silence
        return WorkerStatus(
            state=WorkerState.PAUSED,
            level=0,
            power_w=0.0,
            has_work=sleep.has_work,
            asleep=True,
            cause=ASLEEP,
        )

    async def _wake(self, sleep: Sleep, level: int) -> WorkerStatus:
        now_s = self._clock()
        if self._waking is None:
            self._waking = Waking(now_s, level)
        self._waking = replace(self._waking, level=level)
        if now_s - self._waking.since_s > self._wake_s:
            self._waking = None
            await self._forget()
            raise WorkerUnreachable(
                f"it was woken, and did not answer within {self._wake_s:.0f} s"
            )
        try:
            await async_wake(sleep.macs)
        except OSError as err:
            # Nobody has told it yet, so that its silence proves nothing.
            self._waking = None
            raise WorkerUnreachable(f"it sleeps and cannot be woken: {err}") from err
        return WorkerStatus(
            state=WorkerState.STARTING, level=level, asleep=True, cause=WAKING
        )

    async def _note(self, status: WorkerStatus) -> None:
        """Take what the worker says of its sleep."""
        self._asked_memory = True
        self._may_run_until_s = -inf
        notice = status.sleep
        if notice is None or status.state is not WorkerState.PAUSED:
            await self._forget()
            return
        from_s = self._clock() + notice.in_s
        self._sleep = Sleep(notice.macs, status.has_work, from_s)
        await self._memory.async_put(self._key, self._sleep)

    async def _doubt(self) -> None:
        """Believe in no sleep of a machine that still answers somehow."""
        sleep = self._sleep
        if sleep is not None and self._clock() > sleep.from_s + FALLING_S:
            await self._forget()

    async def _forget(self) -> None:
        self._sleep = None
        await self._memory.async_put(self._key, None)


def sleep_notice(answer: Mapping[str, Any]) -> SleepNotice | None:
    """Return what a service's answer says of its sleep, None if it is not about to."""
    sleep = answer.get("sleep")
    if answer.get("cause") != "falling_asleep" or not isinstance(sleep, dict):
        return None
    in_s, macs = sleep.get("in_s"), sleep.get("wakes_by")
    if isinstance(in_s, bool) or not isinstance(in_s, int | float):
        return None
    if not isinstance(macs, list) or not all(map(is_mac, macs)):
        return None
    return SleepNotice(in_s=max(0.0, float(in_s)), macs=tuple(macs))


def _sleep(entry: object) -> Sleep | None:
    macs = entry.get("macs") if isinstance(entry, dict) else None
    if not isinstance(macs, list) or not all(map(is_mac, macs)):
        return None
    assert isinstance(entry, dict)
    return Sleep(tuple(macs), entry.get("has_work") is not False)
