"""A home to look at: its meters stand still, its forecast and its prices do not.

A tank, a battery and one worker of the companion service, at the pace of a real home.
What two days left behind is written into the recorder's database, because no interface
takes states of the past. Tests look at it when they run, pictures are taken of it at an
hour of their own.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
import json
from math import exp, pi, sin
from pathlib import Path
import sqlite3
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.solar_compute.core.accounts import SinkAccount, WorkerAccount
from custom_components.solar_compute.core.codec import to_json
from custom_components.solar_compute.core.memory import HourMean, MeanDay
from custom_components.solar_compute.core.spec import SiteSpec

from . import home
from .clockwork import Clock
from .companion import Companion
from .dialogs import OPTIONS, Dialog
from .feed import SENSORS
from .home_assistant import TIME_ZONE, HomeAssistant
from .waiting import until

SUN_FORECAST = "sensor.solcast_forecast_today"
PRICES_AHEAD = "sensor.prices_ahead"
ZONE = ZoneInfo(TIME_ZONE)
NEEDS_W = 380.0
HOUR = timedelta(hours=1)
STEP = timedelta(minutes=10)
PAST = timedelta(days=8)
"""Enough to have learned what the home needs itself."""

_SPEC = home.HOME
SPEC: SiteSpec = replace(
    _SPEC,
    workers=(replace(_SPEC.workers[0], name="Cellar server", value_per_kwh=0.06),),
)


TODAY = WorkerAccount(
    solar_wh=5350,
    battery_wh=180,
    cost=0.45,
    value=1.03,
    useful_heat_wh=4900,
    reused_heat_wh=4800,
    displaced_wh=5900,
    saved=0.59,
    run_s=25_000,
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
        await asyncio.gather(self.companion.start(), self.home_assistant.start())
        await self._foresee()
        await self._report()
        await self._remember(
            {
                "grid": home.GRID,
                "sun": home.PV,
                "battery": home.BATTERY,
                "charge": home.SOC,
                "tank": home.TANK,
                "price": home.IMPORT_PRICE,
            }
        )
        self._reporting = asyncio.create_task(self._go_on())
        client = self.home_assistant.client
        self.installed = await home.install(client, self.companion, SPEC, 1)
        options = {
            "sun_forecast": SUN_FORECAST,
            "import_series": PRICES_AHEAD,
            "grace_s": 1,
        }
        await Dialog(options).go(client, OPTIONS, self.installed.entry_id)
        await self._know_the_home()
        owners = {
            "home": (self.installed.entry_id, "plan_status"),
            "worker": (self.installed.worker_id, "reason"),
            "tank": (self.installed.sink_id, "heat_value"),
        }
        for name, (owner, awaits) in owners.items():
            self.entities[name] = await home.entity_ids(client, owner, awaits=awaits)
        await self._count_the_week()
        await until("a plan and a worker that runs", self._planned, 60)
        await self._remember(
            {
                "balance": self.entities["home"]["balance"],
                "power": self.entities["worker"]["power"],
                "state": self.entities["worker"]["state"],
                "running": self.entities["worker"]["running"],
                "reason": self.entities["worker"]["reason"],
            }
        )

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

    async def _know_the_home(self) -> None:
        """Have it know what the home needs itself, and what today has brought.

        As if it had watched for a week. What is stored is written while nobody uses it.
        """
        client, entry_id = self.home_assistant.client, self.installed.entry_id
        disable = "config_entries/disable"
        await client.call(disable, entry_id=entry_id, disabled_by="user")
        stored = self.home_assistant.folder / ".storage" / f"{home.DOMAIN}.{entry_id}"
        content = json.loads(stored.read_text())
        content["data"]["rest"] = to_json(MeanDay(hours=(HourMean(-NEEDS_W, 7),) * 24))
        books = content["data"]["ledger"]
        books["workers"] = {self.installed.worker_id: to_json(TODAY)}
        books["sinks"] = {
            self.installed.sink_id: to_json(
                SinkAccount(heat_wh=TODAY.useful_heat_wh, saved=TODAY.saved)
            )
        }
        stored.write_text(json.dumps(content))
        await client.call(disable, entry_id=entry_id, disabled_by=None)

    async def _count_the_week(self) -> None:
        """Have statistics of the energy of seven days, by where it came from."""
        unit = {"unit_of_measurement": "kWh", "unit_class": "energy"}
        end = self.now().replace(minute=0, second=0, microsecond=0)
        hours = [end - HOUR * index for index in range(7 * 24, 0, -1)]
        for key, share in (("energy_solar", 0.9), ("energy_grid", 0.1)):
            total, stats = 0.0, []
            for hour in hours:
                total += share * min(0.8, max(0.0, sun_w(hour) - NEEDS_W) / 1000)
                row = {"start": hour.isoformat(), "state": total, "sum": total}
                stats.append(row)
            metadata = {
                "statistic_id": self.entities["worker"][key],
                "source": "recorder",
                "name": None,
                "has_sum": True,
                "mean_type": 0,
                **unit,
            }
            await self.home_assistant.client.call(
                "recorder/import_statistics", metadata=metadata, stats=stats
            )

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

    async def _foresee(self) -> None:
        """Say what the sun and the prices of two days will be."""
        midnight = self.now().replace(hour=0, minute=0, second=0, microsecond=0)
        hours = [midnight + HOUR * index for index in range(72)]
        sun: list[dict[str, Any]] = [
            {
                "period_start": hour.isoformat(),
                "pv_estimate": round(sun_w(hour + HOUR / 2) / 1000, 3),
                "pv_estimate10": round(0.6 * sun_w(hour + HOUR / 2) / 1000, 3),
            }
            for hour in hours
        ]
        rows = [{"start": hour.isoformat(), "price": price(hour)} for hour in hours]
        client = self.home_assistant.client
        unit = {"unit_of_measurement": "EUR/kWh"}
        await client.set_state(SUN_FORECAST, 20, {"detailedForecast": sun})
        await client.set_state(PRICES_AHEAD, price(midnight), {"data": rows, **unit})

    async def _remember(self, names: Mapping[str, str]) -> None:
        """Write days of the past into the recorder, once it knows the entities.

        `names` says which entity is meant by each name of `_past`.
        """

        async def written() -> bool:
            database = self.home_assistant.folder / "home-assistant_v2.db"
            with sqlite3.connect(database, timeout=20) as connection:
                known = {
                    entity_id: (metadata_id, attributes_id)
                    for entity_id, metadata_id, attributes_id in connection.execute(
                        "SELECT meta.entity_id, meta.metadata_id, max(attributes_id)"
                        " FROM states JOIN states_meta AS meta USING (metadata_id)"
                        " GROUP BY meta.metadata_id"
                    )
                }
                if not known.keys() >= set(names.values()):
                    return False
                connection.executemany(
                    "INSERT INTO states"
                    " (metadata_id, attributes_id, state, last_updated_ts)"
                    " VALUES (?, ?, ?, ?)",
                    [
                        (*known[names[name]], state, moment_s)
                        for moment_s, told in _past(self.now())
                        for name, state in told.items()
                        if name in names
                    ],
                )
            return True

        await until("the recorder", written)


def _past(now: datetime) -> Iterator[tuple[float, dict[str, str]]]:
    """Yield what the days were like: a worker ran at noon, and just now clouds went by."""
    end, clouds = now - timedelta(minutes=3), now - timedelta(minutes=30)
    begin = end - PAST
    moment, tank_c, was_running = begin, 48.0, False
    while moment < end:
        balance_w = sun_w(moment) - NEEDS_W - 900 * (moment.hour in (12, 19))
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
