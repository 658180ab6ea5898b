"""One run of the demo, from start to end: what is started here is ended here."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
import time
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import aiohttp

from custom_components.solar_compute.core.spec import SiteSpec

from . import dashboard, home
from .client import CallError
from .companion import Companion
from .feed import Feed, FeedRunner, House
from .home_assistant import TIME_ZONE, HomeAssistant
from .machine import Machine
from .processes import Program
from .record import Record
from .season import Season
from .story import States, Story
from .summary import figures, summary

FAST = 120.0
"""From this speed on the house reports four times a second, else twice."""

PASSING = ("settling", "unknown", "unavailable")
"""Reasons that are no news."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The house's time, the worker's power and its reason, as they are shown."""

    clock: str
    power_w: str
    reason: str

    @property
    def news(self) -> tuple[str, str]:
        """Return what makes a new line when it changes."""
        return self.power_w, self.reason


def _today() -> date:
    """Return the day that Home Assistant has."""
    return datetime.now(ZoneInfo(TIME_ZONE)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to show. `port` None: any that is free. `spec` is that of the `house`.

    `machine` makes what computes, in a folder, with levels that draw so many W.
    """

    folder: Path
    house: House
    label: str
    speed: float
    port: int | None = None
    has_pv: bool = True
    spec: SiteSpec = home.HOME
    season: Season | None = None
    machine: Callable[[Path, tuple[float, ...]], Machine] = Companion


class Show:
    """Home Assistant, the machine that computes and the house, as an `async with`."""

    def __init__(self, plan: Plan) -> None:
        """Prepare all of it; nothing is started. Raises ProcessError."""
        self.plan = plan
        self.record = Record()
        self.story = Story()
        self.home_assistant = HomeAssistant(
            plan.folder / "homeassistant", name="Solar Compute demo", port=plan.port
        )
        worker = plan.spec.workers[0]
        self.machine = plan.machine(plan.folder / "worker", worker.levels_w)
        self.worker: dict[str, str] = {}
        self.sink: dict[str, str] = {}
        self._day = _today()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start everything, set the integration up, and make the dashboard."""
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything, in the opposite order."""
        await self._stack.aclose()

    async def _start(self) -> None:
        speed = self.plan.speed
        self._stack.push_async_callback(self.machine.stop)
        self._stack.push_async_callback(self.home_assistant.close)
        await asyncio.gather(self.machine.start(), self.home_assistant.start())
        client = self.home_assistant.client
        feed = Feed(
            client=client,
            machine=self.machine,
            house=self.plan.house,
            speed=speed,
            every_s=0.25 if speed >= FAST else 0.5,
            on_sample=self.record.add,
        )
        await self._stack.enter_async_context(FeedRunner(feed))
        installed = await home.install(
            client, self.machine, self.plan.spec, speed, has_pv=self.plan.has_pv
        )
        self.worker = await home.entity_ids(
            client, installed.worker_id, awaits="reason"
        )
        self.sink = await home.entity_ids(
            client, installed.sink_id, awaits="heat_delivered"
        )
        site = await home.entity_ids(client, installed.entry_id)
        await dashboard.save(
            client,
            site=site,
            worker=self.worker,
            sink=self.sink,
            spec=self.plan.spec,
            label=self.plan.label,
            speed=speed,
        )

    @property
    def programs(self) -> tuple[Program, ...]:
        """Return what must not end by itself."""
        return self.home_assistant.program, self.machine.program

    async def watch(self, *, seconds: float | None, quiet: bool) -> None:
        """Let it run, and print a line for each change. Raises ProcessError."""
        ends_s = None if seconds is None else time.monotonic() + seconds
        texts = {} if quiet else await self._texts()
        last: Seen | None = None
        looked_s = time.monotonic()
        while ends_s is None or time.monotonic() < ends_s:
            for program in self.programs:
                program.check()
            states = await self._states()
            now_s = time.monotonic()
            if states:
                house_s = (now_s - looked_s) * self.plan.speed
                self.story.add(states, house_s, self.worker, self.sink)
            looked_s = now_s
            now = None if quiet else self._seen(states)
            if now is not None and (last is None or now.news != last.news):
                last = now
                words = texts.get(f"reason.state.{now.reason}", now.reason)
                print(f"{now.clock:>10}  {now.power_w:>5} W  {words}", flush=True)
            await asyncio.sleep(0.25)

    async def summarise(self) -> dict[str, Any]:
        """Return what came of it."""
        client = self.home_assistant.client
        counted = figures(
            await client.states(), self.worker, self.sink, self.plan.speed
        )
        return summary(
            counted,
            self.record,
            label=self.plan.label,
            speed=self.plan.speed,
            machine=self.machine.name,
            obeys_s=self.machine.obeys_s,
            primes=self.machine.saved(),
            errors=await self._errors(),
            same_day=self._day == _today(),
            season=self.plan.season,
            why=self.story.told(),
        )

    async def _states(self) -> dict[str, dict[str, Any]]:
        """Return all states; none while Home Assistant is not there."""
        try:
            return await self.home_assistant.client.states()
        except aiohttp.ClientError, CallError:
            return {}

    def _seen(self, states: States) -> Seen | None:
        """Return what the dashboard shows now; None while that is no news."""
        if not states:
            return None
        names = (home.TIME, self.worker["power"], self.worker["reason"])
        seen = Seen(*(states[name]["state"] for name in names))
        return None if seen.reason in PASSING else seen

    async def _texts(self) -> dict[str, str]:
        answer = await self.home_assistant.client.call(
            "frontend/get_translations",
            language="en",
            category="entity",
            integration=[home.DOMAIN],
        )
        prefix = f"component.{home.DOMAIN}.entity.sensor."
        return {
            key.removeprefix(prefix): text for key, text in answer["resources"].items()
        }

    async def _errors(self) -> list[str]:
        """Return what the integration and the machine complained about."""
        logged = await self.home_assistant.client.call("system_log/list")
        ours = [
            f"{entry['level']} {entry['name']}: {entry['message'][0]}"
            for entry in logged
            if home.DOMAIN in entry["name"] or home.DOMAIN in entry["exception"]
        ]
        return ours + self.machine.complaints()
