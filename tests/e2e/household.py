"""A household for end-to-end tests: everything is real but the weather.

The time constants are those of a day that passes 300 times faster, so that nothing has
to be waited for long; the sun shines as the test says.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
import time
from typing import Any

from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec
from demo import home
from demo.companion import Companion
from demo.feed import Feed, Moment, Sample
from demo.home_assistant import HomeAssistant
from demo.waiting import until

__all__ = ["until"]

SPEED = 300.0
LEVELS_W = (400.0, 800.0)
IDLE_CPU = 0.02
"""CPU seconds per second below which a job stands still."""
BUSY_CPU = 0.06
"""And above which it runs: on a busy machine it gets little of a CPU."""

SPEC = SiteSpec(
    import_per_kwh=0.30,
    export_per_kwh=0.08,
    workers=(
        WorkerSpec(
            key="worker", name="Cruncher", levels_w=LEVELS_W, value_per_kwh=0.15
        ),
    ),
)


@dataclass(slots=True)
class SunnyHouse:
    """A house whose sun and loads are set by hand. Its meters feel the worker."""

    pv_w: float = 0.0
    load_w: float = 0.0

    def live(self, seconds: float, worker_w: float) -> Moment:
        """Live on for `seconds`, with the worker drawing `worker_w`."""
        surplus_w = self.pv_w - self.load_w
        sun_w = min(worker_w, max(0.0, surplus_w))
        return Moment(
            seconds=seconds,
            readings={
                home.GRID: worker_w - surplus_w,
                home.PV: self.pv_w,
                home.IMPORT_PRICE: SPEC.import_per_kwh,
                home.EXPORT_PRICE: SPEC.export_per_kwh,
            },
            surplus_w=surplus_w,
            from_sun_wh=sun_w * seconds / 3600,
            from_grid_wh=(worker_w - sun_w) * seconds / 3600,
        )


@dataclass(slots=True)
class Household:
    """What a test acts on and looks at."""

    house: SunnyHouse
    companion: Companion
    home_assistant: HomeAssistant
    feed: Feed
    installed: home.Installed
    entities: dict[str, str]
    samples: list[Sample] = field(default_factory=list)

    @classmethod
    def build(cls, folder: Path) -> Household:
        """Prepare a household; nothing is started."""
        home_assistant = HomeAssistant(folder / "homeassistant", log_level="debug")
        companion = Companion(folder / "worker", LEVELS_W)
        house = SunnyHouse()
        feed = Feed(None, companion, house)  # type: ignore[arg-type]
        nobody = home.Installed("", None, None)
        household = cls(house, companion, home_assistant, feed, nobody, {})
        feed.on_sample = household.samples.append
        return household

    async def start(self) -> None:
        """Start Home Assistant and the companion service."""
        await asyncio.gather(self.companion.start(), self.home_assistant.start())
        self.feed.client = self.home_assistant.client

    async def install(self, *, lease_s: float) -> None:
        """Set the integration up, and wait until its worker is known."""
        client = self.home_assistant.client
        self.installed = await home.install(
            client, self.companion, SPEC, SPEED, lease_s=lease_s
        )
        self.entities = await home.entity_ids(
            client, self.installed.worker_id, awaits="reason"
        )
        await self.shows(state="paused")

    async def close(self) -> None:
        """End everything."""
        await self.home_assistant.close()
        await self.companion.program.stop()

    async def state(self, key: str) -> dict[str, Any]:
        """Return a worker's entity by its key; unavailable while it is not there."""
        states = await self.home_assistant.client.states()
        missing = {"state": "unavailable", "attributes": {}}
        return states.get(self.entities[key], missing)

    async def shows(self, *, within_s: float = 20.0, **expected: str) -> None:
        """Wait until the worker's entities show these states, by their keys."""
        seen: dict[str, Any] = {}

        async def all_shown() -> bool:
            states = await self.home_assistant.client.states()
            for key in expected:
                state = states.get(self.entities[key])
                seen[key] = state and state["state"]
            return seen == expected

        try:
            await until(f"{expected}", all_shown, within_s)
        except AssertionError as error:
            raise AssertionError(f"{error}, but {seen}") from None

    async def device_id(self, owner: str | None = None) -> str:
        """Return the id of the worker's device, or of another owner's (its entry's id)."""
        devices = await self.home_assistant.client.call("config/device_registry/list")
        wanted = [home.DOMAIN, owner or self.installed.worker_id]
        return str(next(d["id"] for d in devices if wanted in d["identifiers"]))

    async def issues(self) -> set[str]:
        """Return the translation keys of our repair issues."""
        answer = await self.home_assistant.client.call("repairs/list_issues")
        return {
            issue["translation_key"]
            for issue in answer["issues"]
            if issue["domain"] == home.DOMAIN and not issue["ignored"]
        }

    async def cpu_rate(self, seconds: float = 1.0) -> float:
        """Return the CPU seconds that the job uses per second, measured now."""
        begun_s, used_s = time.monotonic(), self.companion.cpu_s()
        await asyncio.sleep(seconds)
        return (self.companion.cpu_s() - used_s) / (time.monotonic() - begun_s)

    async def job_runs(self) -> bool:
        """Tell whether the job really uses CPU time."""
        return await self.cpu_rate(1.5) > BUSY_CPU

    async def job_stands_still(self) -> bool:
        """Tell whether the job really uses none."""
        return await self.cpu_rate() < IDLE_CPU
