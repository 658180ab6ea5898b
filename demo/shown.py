"""A home to look at: its meters stand still, its forecast and its prices do not.

A tank, a battery and one worker of the companion service, at the pace of a real home.
What two days left behind is written into the recorder's database, because no interface
takes states of the past. Tests look at it when they run, pictures are taken of it at an
hour of their own.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from math import exp, pi, sin
from pathlib import Path
from zoneinfo import ZoneInfo

from custom_components.solar_compute.core.accounts import WorkerAccount
from custom_components.solar_compute.core.spec import SiteSpec

from . import home, memories
from .clockwork import Clock
from .companion import Companion
from .dialogs import OPTIONS, Dialog
from .feed import SENSORS
from .home_assistant import TIME_ZONE, HomeAssistant
from .waiting import until

ZONE = ZoneInfo(TIME_ZONE)
NEEDS_W = 380.0
FRIDGE_W = 120.0
"""Runs a third of the time: a meter that stands still for an hour says nothing."""
ON_THE_PLUG_W = 45.0
"""What hangs on the worker's plug beside it: a switch and a disk."""
METERS_KWH = {
    "import": "sensor.grid_import",
    "export": "sensor.grid_export",
    "panels": "sensor.solar_panels",
    "plug": "sensor.rack_plug",
}
ENERGIES = ("energy", "energy_solar", "energy_grid")
KWH = {
    "device_class": "energy",
    "state_class": "total_increasing",
    "unit_of_measurement": "kWh",
}
STEP = timedelta(minutes=10)
PAST = timedelta(days=8)
"""Enough to have learned what the home needs itself."""

_SPEC = home.HOME
SPEC: SiteSpec = replace(
    _SPEC,
    workers=(replace(_SPEC.workers[0], name="Cellar server", value_per_kwh=0.06),),
)


TODAY = WorkerAccount(
    solar_wh=4130,
    battery_wh=140,
    cost=0.35,
    value=0.80,
    useful_heat_wh=3790,
    reused_heat_wh=3710,
    displaced_wh=4560,
    saved=0.46,
    run_s=19_200,
    starts=1,
)
"""What has been counted since midnight."""


def sun_w(moment: datetime) -> float:
    """Return what the panels give at a time of day; the day before was cloudy."""
    hour = moment.hour + moment.minute / 60
    bright = 0.55 if moment.day % 2 else 1.0
    clouds = 1 - 0.3 * bright * (0.5 + 0.5 * sin(hour * 9 + moment.day))
    day = sin((hour - 7) / 13 * pi) if 7 < hour < 20 else 0.0
    return 4200 * day * (clouds if bright < 1 else 0.97)


def _sun_ahead(hour: datetime) -> tuple[float, float]:
    expected_w = sun_w(hour + memories.HOUR / 2)
    return expected_w, 0.6 * expected_w


def price(moment: datetime) -> float:
    """Return the price of the hour: dear in the morning and in the evening."""
    hour = moment.hour
    morning, evening = exp(-(((hour - 8) / 2) ** 2)), exp(-(((hour - 19) / 2) ** 2))
    return round(0.22 + 0.09 * morning + 0.14 * evening, 3)


@dataclass(slots=True)
class ShownHome:
    """Home Assistant with the home set up in it, and its meters."""

    home_assistant: HomeAssistant
    companion: Companion
    meters: dict[str, float]
    sun_w: float
    now: Callable[[], datetime]
    installed: home.Installed = home.Installed("", None, None)
    entities: dict[str, dict[str, str]] = field(default_factory=dict)
    _reporting: asyncio.Task[None] | None = None

    @classmethod
    def build(
        cls, folder: Path, *, port: int | None = None, clock: Clock | None = None
    ) -> ShownHome:
        """Prepare all of it; nothing is started. `clock` None: it is as late as it is."""
        now = partial(datetime.now, ZONE) if clock is None else clock.now
        return cls(
            HomeAssistant(folder / "homeassistant", port=port, clock=clock),
            Companion(folder / "worker", SPEC.workers[0].levels_w),
            {
                home.BATTERY: 0,
                home.SOC: 100,
                home.TANK: float(list(_past(now()))[-2][1]["tank"]),
                home.IMPORT_PRICE: price(now()),
                home.EXPORT_PRICE: 0.08,
            },
            # It shall run whenever somebody looks.
            max(2200.0, sun_w(now())),
            now,
        )

    async def start(self) -> None:
        """Start everything, set the home up, and wait until it has decided and planned."""
        server = self.home_assistant
        await asyncio.gather(self.companion.start(), server.start())
        await memories.foresee(server, self.now(), _sun_ahead, price)
        await self._report()
        meters = {
            "grid": home.GRID,
            "sun": home.PV,
            "battery": home.BATTERY,
            "charge": home.SOC,
            "tank": home.TANK,
            "price": home.IMPORT_PRICE,
        }
        await memories.remember(server, meters, _past(self.now()))
        self._reporting = asyncio.create_task(self._go_on())
        client = server.client
        self.installed = await home.install(client, self.companion, SPEC, 1)
        options = {
            "sun_forecast": memories.SUN_FORECAST,
            "import_series": memories.PRICES_AHEAD,
            "grace_s": 1,
        }
        await Dialog(options).go(client, OPTIONS, self.installed.entry_id)
        owners = {
            "home": (self.installed.entry_id, "plan_status"),
            "worker": (self.installed.worker_id, "reason"),
            "tank": (self.installed.sink_id, "heat_value"),
        }
        for name, (owner, awaits) in owners.items():
            self.entities[name] = await home.entity_ids(client, owner, awaits=awaits)
        await self._remember_the_worker()
        await memories.know_the_home(server, self.installed, NEEDS_W, TODAY)
        await self._count_the_week()
        await until("a plan and a worker that runs", self._planned, 60)

    async def settled(self) -> None:
        """Wait until the surplus is what it would be without the worker."""
        surplus = self.entities["home"]["surplus"]

        async def whole() -> bool:
            states = await self.home_assistant.client.states()
            shows = states.get(surplus, {"state": "unknown"})["state"]
            with suppress(ValueError):
                return abs(float(shows) - self.sun_w + NEEDS_W) < 1
            return False

        await until("the worker's power to show on the meter", whole, 120)

    async def close(self) -> None:
        """End everything."""
        if self._reporting is not None:
            self._reporting.cancel()
            with suppress(asyncio.CancelledError):
                await self._reporting
        await self.home_assistant.close()
        await self.companion.stop()

    async def device_id(self, owner: str | None) -> str:
        """Return the id of the device of an entry or a subentry."""
        devices = await self.home_assistant.client.call("config/device_registry/list")
        wanted = [home.DOMAIN, owner]
        return str(next(d["id"] for d in devices if wanted in d["identifiers"]))

    async def _remember_the_worker(self) -> None:
        """Have the worker of the past in the recorder, before anybody looks back."""
        worker = self.entities["worker"]
        told = {key: worker[key] for key in ("power", "state", "running", "reason")}
        told["balance"] = self.entities["home"]["balance"]
        await memories.remember(self.home_assistant, told, _past(self.now()))

    async def _count_the_week(self) -> None:
        """Have statistics of the energy of the past, by where it came from."""
        worker = self.entities["worker"]
        counted = {**METERS_KWH, **{key: worker[key] for key in ENERGIES}}
        hours = _counted(self.now())
        client = self.home_assistant.client
        for name, entity_id in counted.items():
            if name in METERS_KWH:
                total = sum(kwh for _, kwh in hours[name])
                label = entity_id.partition(".")[2].replace("_", " ").capitalize()
                about = {"friendly_name": label, **KWH}
                await client.set_state(entity_id, round(total, 2), about)
            await memories.count(client, entity_id, hours[name])

    async def _planned(self) -> bool:
        states = await self.home_assistant.client.states()
        plan = states[self.entities["home"]["plan_status"]]["state"]
        worker = states[self.entities["worker"]["state"]]["state"]
        return (plan, worker) == ("planned", "running")

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(5)
            with suppress(OSError):
                await self._report()

    async def _report(self) -> None:
        """Let the meters say what they see, with the worker's power among it."""
        worker_w = self.companion.power_w(await self.companion.status())
        balance_w = self.sun_w - NEEDS_W
        self.meters |= {home.PV: self.sun_w, home.GRID: worker_w - balance_w}
        for entity_id, value in self.meters.items():
            name, attributes = SENSORS[entity_id]
            await self.home_assistant.client.set_state(
                entity_id, value, {"friendly_name": name, **attributes}
            )


def _counted(now: datetime) -> dict[str, list[tuple[datetime, float]]]:
    """Return the kWh of each whole hour of the past, by what counts them."""
    sums: dict[datetime, dict[str, float]] = {}
    for moment_s, told in _past(now):
        moment = datetime.fromtimestamp(moment_s, ZONE)
        hour = sums.setdefault(
            moment.replace(minute=0, second=0, microsecond=0), defaultdict(float)
        )
        grid_w, balance_w = float(told["grid"]), float(told["balance"])
        worker_w = grid_w + balance_w
        bought_w = min(worker_w, max(0.0, grid_w))
        for name, watts in {
            "import": max(0.0, grid_w),
            "export": max(0.0, -grid_w),
            "panels": float(told["sun"]),
            "plug": worker_w + ON_THE_PLUG_W,
            "energy": worker_w,
            "energy_solar": worker_w - bought_w,
            "energy_grid": bought_w,
        }.items():
            hour[name] += watts * (STEP / memories.HOUR) / 1000
    whole = [hour for hour in sums if hour + memories.HOUR <= now]
    return {
        name: [(hour, sums[hour][name]) for hour in whole] for name in sums[whole[0]]
    }


def _past(now: datetime) -> Iterator[tuple[float, dict[str, str]]]:
    """Yield what the days were like: a worker ran at noon, and just now clouds went by."""
    end, clouds = now - timedelta(minutes=3), now - timedelta(minutes=30)
    begin = end - PAST
    moment, tank_c, was_running = begin, 48.0, False
    while moment < end:
        needs_w = NEEDS_W - FRIDGE_W / 3 + FRIDGE_W * (moment.minute % 30 < 10)
        balance_w = sun_w(moment) - needs_w - 900 * (moment.hour in (12, 19))
        warm_c = 55 if was_running else 52
        running = balance_w > 900 and tank_c < warm_c and moment < clouds
        tank_c += 0.13 if running else -0.03
        if moment.hour in (7, 20) and moment.minute < 10:
            tank_c -= 2.5
        told = {
            "grid": f"{(800 if running else 0) - balance_w:.0f}",
            "sun": f"{sun_w(moment):.0f}",
            "battery": "0",
            "charge": "100",
            "balance": f"{balance_w:.0f}",
            "tank": f"{tank_c:.1f}",
            "price": f"{price(moment)}",
        }
        if running is not was_running or moment == begin:
            told["running"] = "on" if running else "off"
            told["state"] = "running" if running else "paused"
            told["reason"] = "worth_it" if running else "not_worth_it"
            told["power"] = "800" if running else "0"
            was_running = running
        yield moment.timestamp(), told
        moment += STEP
