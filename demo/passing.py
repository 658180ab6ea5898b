"""A home whose day passes in minutes, and whose clocks all know it.

The demo for people makes a home's times shorter and leaves the clock alone; here Home
Assistant's own clock goes faster, so that forecasts, prices, the plan and the counters of
today are those of the day that is seen. Sun, loads, tank and battery are the demo's
simulated house, and its meters feel what the real job draws.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from custom_components.solar_compute.core.accounts import WorkerAccount
from custom_components.solar_compute.core.house import mean_power
from custom_components.solar_compute.core.spec import SiteSpec

from . import home, memories, pace
from .clockwork import Clock
from .companion import Companion
from .dialogs import OPTIONS, Dialog
from .feed import Feed, FeedRunner, Moment
from .home_assistant import HomeAssistant
from .house import LivingHouse, SimulatedDays, import_price
from .shown import ZONE

SPEC: SiteSpec = replace(
    home.HOME,
    workers=(replace(home.HOME.workers[0], name="Cellar server", value_per_kwh=0.02),),
)
"""Its results are worth little, so that sun and a cold tank have to come together."""
SEED = 19
"""A sunny day, with clouds at noon and again in the afternoon."""
OTHER_SEEDS = range(100, 110)
"""Days that the forecast knows: it does not know this one."""
PAST = timedelta(days=2)
STEP = timedelta(minutes=5)
NAMES: Mapping[str, str] = {
    "grid": home.GRID,
    "sun": home.PV,
    "battery": home.BATTERY,
    "charge": home.SOC,
    "tank": home.TANK,
    "price": home.IMPORT_PRICE,
}


@dataclass(slots=True)
class PassingDay:
    """Home Assistant with the home set up in it, and the house."""

    clock: Clock
    house: LivingHouse
    home_assistant: HomeAssistant
    companion: Companion
    installed: home.Installed = home.Installed("", None, None)
    entities: dict[str, dict[str, str]] = field(default_factory=dict)
    _feeding: FeedRunner | None = None

    @classmethod
    def build(cls, folder: Path, begins: datetime, speed: float) -> PassingDay:
        """Prepare all of it; nothing is started, but from now on time passes."""
        clock = Clock(begins, speed)
        local = begins.replace(tzinfo=None) - PAST
        return cls(
            clock,
            LivingHouse(SPEC, SimulatedDays(SEED, first=begins.date()), local, 40.0),
            HomeAssistant(folder / "homeassistant", clock=clock),
            Companion(folder / "worker", SPEC.workers[0].levels_w),
        )

    async def start(self) -> None:
        """Start everything, and set the home up."""
        server = self.home_assistant
        await asyncio.gather(self.companion.start(), server.start())
        past = list(self._past())
        await memories.foresee(
            server, self.clock.now(), _sun_ahead, lambda hour: import_price(SPEC, hour)
        )
        feed = Feed(server.client, self.companion, self.house, self.clock.speed)
        self._feeding = FeedRunner(feed)
        await self._feeding.__aenter__()
        await memories.remember(server, NAMES, past)
        self.installed = await home.install(server.client, self.companion, SPEC, 1)
        await Dialog(self._options()).go(
            server.client, OPTIONS, self.installed.entry_id
        )
        needs_w = _needs_w(self.clock.begins)
        await memories.know_the_home(server, self.installed, needs_w, WorkerAccount())
        owners = {
            "home": (self.installed.entry_id, "plan_status"),
            "worker": (self.installed.worker_id, "reason"),
        }
        for name, (owner, awaits) in owners.items():
            self.entities[name] = await home.entity_ids(
                server.client, owner, awaits=awaits
            )
        told = {"balance": self.entities["home"]["balance"]}
        await memories.remember(server, told, past)

    async def close(self) -> None:
        """End everything."""
        if self._feeding is not None:
            await self._feeding.__aexit__()
        await self.home_assistant.close()
        await self.companion.stop()

    def _options(self) -> dict[str, object]:
        """Answer the options: what real programs take does not go faster with the day."""
        times = {
            name: max(seconds, pace.FLOORS.get(name, 0.0) * self.clock.speed)
            for name, seconds in pace.OPTIONS_S.items()
        }
        return {
            **times,
            "sun_forecast": memories.SUN_FORECAST,
            "import_series": memories.PRICES_AHEAD,
        }

    def _past(self) -> Iterator[tuple[float, dict[str, str]]]:
        """Live the days before, without a worker, and yield what the meters showed."""
        now = self.clock.now().replace(tzinfo=None)
        while self.house.local < now:
            moment = self.house.live(STEP.total_seconds(), 0)
            yield self.house.local.replace(tzinfo=ZONE).timestamp(), _told(moment)


def _told(moment: Moment) -> dict[str, str]:
    told = {name: f"{moment.readings[meter]}" for name, meter in NAMES.items()}
    return told | {"balance": f"{moment.surplus_w:.0f}"}


def _sun_ahead(hour: datetime) -> tuple[float, float]:
    """Return the mean of an hour as other days had it, and of their darker ones."""
    model = SimulatedDays().model
    local = hour.replace(tzinfo=None)
    others = sorted(
        mean_power(model, seed, local, step_s=3600, every_s=900).pv_w
        for seed in OTHER_SEEDS
    )
    return sum(others) / len(others), others[1]


def _needs_w(begins: datetime) -> float:
    model = SimulatedDays().model
    midnight = begins.replace(hour=0, minute=0, tzinfo=None)
    return mean_power(model, SEED, midnight, step_s=86_400, every_s=300).load_w
