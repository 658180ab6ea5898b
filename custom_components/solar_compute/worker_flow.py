"""Makes one worker do what was decided, and knows what it really does.

Command → confirm by status → retry with back-off → repair issue. One task per worker
talks to its back-end, so no two commands are ever under way at once; the newest wish
wins, and a lower one cuts short what is being raised. A wish must be repeated: one that
nobody repeats is given up and the worker paused, and only a repeated wish renews a lease.

A flow belongs to a worker, not to a loaded entry: it lives on while the entry is
reloaded. It must never decide what a worker should do.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
import logging

from homeassistant.core import HomeAssistant, callback

from .clock import Clock
from .configured import WorkerConfig
from .flow_state import FlowState
from .flow_view import FlowTiming, WorkerView
from .worker_issues import IssueKind, WorkerIssues
from .workers.base import (
    Backend,
    BackendConfig,
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerHeldByOther,
    WorkerMismatch,
    WorkerNotTrusted,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)

_LOGGER = logging.getLogger(__name__)

REQUEST_TIMEOUT_S = 20.0
"""Longer than any back-end's own: a back-end that hangs must not stop the flow."""

ENDING_TRIES = 3
"""How often a worker that we let go of is told to pause; once if it was silent before."""


class WorkerFlow:
    """The conversation with one worker."""

    def __init__(
        self,
        hass: HomeAssistant,
        config: WorkerConfig,
        backend: Backend,
        *,
        entry_id: str,
        clock: Clock,
        timing: FlowTiming,
        generation: int = 0,
    ) -> None:
        """Prepare; nothing is said to the worker before `start`."""
        self.config = config
        self._hass = hass
        self._backend = backend
        self._clock = clock
        self._issues = WorkerIssues(hass, config, entry_id)
        self._state = FlowState(
            timing=timing,
            capabilities=backend.capabilities,
            generation=generation,
        )
        self._wake = asyncio.Event()
        self._first_answer = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._step: asyncio.Task[None] | None = None
        self._listener: Callable[[], None] | None = None
        self._unwatch: Callable[[], None] | None = None

    @property
    def view(self) -> WorkerView:
        """What is known of the worker now."""
        return self._state.view(self._clock.now_s())

    @property
    def generation(self) -> int:
        """The number of the last command; the next start goes on from it."""
        return self._state.generation

    @property
    def offered_w(self) -> tuple[float, ...] | None:
        """The powers of its levels as the worker itself last stated them, in W."""
        return None if self._state.status is None else self._state.status.levels_w

    @callback
    def start(self) -> None:
        """Begin to watch the worker."""
        if self._state.lease_s is None:
            self._issues.raise_issue(IssueKind.NO_LEASE)
        self._unwatch = self._backend.watch(self._wake.set)
        self._task = self._hass.async_create_background_task(
            self._run(), f"solar_compute worker {self.config.name}"
        )

    @callback
    def listen(self, listener: Callable[[], None] | None) -> None:
        """Have `listener` called whenever what is known of the worker changes."""
        self._listener = listener

    @callback
    def adjust(self, config: WorkerConfig, timing: FlowTiming) -> None:
        """Go on under a changed configuration of the same back-end."""
        self.config = config
        self._issues.adjust(config)
        self._state.timing = timing

    @callback
    def exchange(self, config: BackendConfig, backend: Backend) -> None:
        """Go on with the same worker, whose entities were renamed."""
        if self._unwatch is not None:
            self._unwatch()
        self.config = replace(self.config, backend=config)
        former, self._backend = self._backend, backend
        # What it has still to do would meet whoever has the old names by now.
        self._hass.async_create_task(former.async_close())
        self._unwatch = backend.watch(self._wake.set)

    @callback
    def want(self, level: int, *, urgent: bool = False) -> None:
        """Take the newest wish, or the same one again, which keeps it alive.

        `urgent` is about a pause: it must not wait for a checkpoint.
        """
        hurries = urgent and not self._state.urgent
        if not self._state.want(level, self._clock.now_s(), urgent=urgent):
            return
        under_way = self._state.under_way
        asking = under_way is None and self._state.status is not None
        late = under_way is not None and (level < under_way or hurries)
        if self._step is not None and (asking or late):
            self._step.cancel()
        self._wake.set()

    @property
    def is_ours(self) -> bool:
        """Tell whether it runs, or may still run, because we wished it to."""
        return self._state.is_ours

    @callback
    def let_go(self, *, owed: bool = False) -> None:
        """Command nothing any more, once what runs by our wish is paused.

        `owed`: it was to be paused before a restart.
        """
        if owed or self._state.is_ours:
            self.want(0)
        else:
            self._state.let_go()

    @callback
    def take_over(self) -> None:
        """Take the lease from another controller with the next command."""
        self._state.take_over = True
        self._state.retry_now()
        self._wake.set()

    async def wait_for_answer(self) -> None:
        """Return once the worker has said what it does, or could not be asked."""
        await self._first_answer.wait()

    async def end(self, *, pause: bool) -> None:
        """Stop talking to the worker, having paused it if so wished."""
        for task in (self._task, self._step):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        if self._unwatch is not None:
            self._unwatch()
        if pause and not self._state.hands_off and not self._state.is_paused:
            await self._pause_for_good()
        await self._backend.async_close()
        self._issues.clear()

    async def _pause_for_good(self) -> None:
        for _ in range(1 if self._state.failures else ENDING_TRIES):
            self._state.want(0, self._clock.now_s())
            await self._perform(0)
            if self._state.is_paused:
                return
        _LOGGER.warning(
            "Worker %s did not confirm its pause: %s",
            self.config.name,
            self._state.detail or "it still reports to be running",
        )

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            await self._take_step()
            self._publish()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._state.rest_s(self._clock.now_s())):
                    await self._wake.wait()

    async def _take_step(self) -> None:
        """Command or ask, in a task of its own, so that it can be cut short."""
        self._state.expire(self._clock.now_s())
        command = self._state.due(self._clock.now_s())
        self._step = self._hass.async_create_background_task(
            self._perform(command), f"solar_compute step {self.config.name}"
        )
        try:
            await asyncio.wait({self._step})
        finally:
            self._step.cancel()
            self._step = None

    async def _perform(self, command: int | None) -> None:
        """Do one thing: set a level, pause (0), or ask (None); never raises."""
        state = self._state
        state.begin(command, self._clock.now_s())
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                status = await self._call(command)
        except WorkerError as err:
            self._take_error(command, err)
        except TimeoutError:
            self._take_error(command, WorkerUnreachable("no answer in time"))
        except Exception as err:
            _LOGGER.exception("Unexpected error of worker %s", self.config.name)
            self._take_error(command, WorkerUnreachable(repr(err)))
        else:
            state.answered(command, status, self._clock.now_s())
            self._issues.clear(
                IssueKind.UNREACHABLE,
                IssueKind.AUTH_FAILED,
                IssueKind.NOT_TRUSTED,
                IssueKind.API_MISMATCH,
            )
        finally:
            state.under_way = None
        self._first_answer.set()
        self._judge()

    async def _call(self, command: int | None) -> WorkerStatus:
        if command is None:
            return await self._backend.async_status()
        if command == 0:
            return await self._backend.async_pause(
                self._state.generation, urgent=self._state.urgent
            )
        return await self._backend.async_set_level(
            command, self._state.generation, take_over=self._state.take_over
        )

    def _take_error(self, command: int | None, error: WorkerError) -> None:
        """Tell a no, which leaves all as it was, from a silence, which may not."""
        state, now_s = self._state, self._clock.now_s()
        if command is not None and isinstance(error, WorkerBehind):
            state.behind(error.generation, now_s)
        elif command is not None and isinstance(error, WorkerRefused):
            held = isinstance(error, WorkerHeldByOther)
            state.refused(str(error), now_s, held=held)
        else:
            state.failed(str(error), now_s)
            self._complain(error)

    def _complain(self, error: WorkerError) -> None:
        if isinstance(error, WorkerAuthFailed):
            self._issues.raise_issue(IssueKind.AUTH_FAILED, str(error))
        elif isinstance(error, WorkerNotTrusted):
            self._issues.raise_issue(IssueKind.NOT_TRUSTED, str(error))
        elif isinstance(error, WorkerMismatch):
            self._issues.raise_issue(IssueKind.API_MISMATCH, str(error))
        elif self._state.failures >= self._state.timing.issue_after_tries:
            self._issues.raise_issue(IssueKind.UNREACHABLE, str(error))

    def _judge(self) -> None:
        """Raise or take back the issues about obedience."""
        state = self._state
        if state.held or (state.status is not None and state.status.held_by_other):
            self._issues.raise_issue(IssueKind.HELD_BY_OTHER, state.detail)
        else:
            self._issues.clear(IssueKind.HELD_BY_OTHER)
        if state.obeying:
            self._issues.clear(IssueKind.NOT_OBEYING)
        elif not state.held and not state.failures:
            self._issues.raise_issue(IssueKind.NOT_OBEYING, self.view.detail)

    def _publish(self) -> None:
        if self._listener is not None and self._state.is_news(self._clock.now_s()):
            self._listener()
