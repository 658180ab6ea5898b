"""The loop between house and Home Assistant: what the job draws, the meters show.

Several times a second the machine is asked what its worker really does; the house lives
on for that long with that load, and its meters report to Home Assistant, changed or
not. May talk to Home Assistant and the machine; must never read what the integration
thinks.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
import time
from typing import Any, Protocol

import aiohttp

from . import home
from .client import CallError, Client
from .machine import Machine

type Attributes = dict[str, Any]

_POWER: Attributes = {
    "device_class": "power",
    "state_class": "measurement",
    "unit_of_measurement": "W",
}
_TEMPERATURE: Attributes = {
    "device_class": "temperature",
    "state_class": "measurement",
    "unit_of_measurement": "°C",
}
_PRICE: Attributes = {"state_class": "measurement", "unit_of_measurement": "EUR/kWh"}

SENSORS: Mapping[str, tuple[str, Attributes]] = {
    home.GRID: ("Grid", {**_POWER, "icon": "mdi:transmission-tower"}),
    home.PV: ("Solar", {**_POWER, "icon": "mdi:solar-power"}),
    home.LOAD: ("Household", {**_POWER, "icon": "mdi:home-lightning-bolt"}),
    home.BATTERY: ("Battery", {**_POWER, "icon": "mdi:home-battery"}),
    home.SOC: (
        "Battery level",
        {
            "device_class": "battery",
            "state_class": "measurement",
            "unit_of_measurement": "%",
        },
    ),
    home.TANK: ("Tank", _TEMPERATURE),
    home.ROOM: ("Study", _TEMPERATURE),
    home.OUTDOOR: ("Outdoors", _TEMPERATURE),
    home.COOLING: ("Upstairs", {"hvac_modes": ["off", "cool"]}),
    home.IMPORT_PRICE: ("Import price", {**_PRICE, "icon": "mdi:cash-minus"}),
    home.EXPORT_PRICE: ("Export price", {**_PRICE, "icon": "mdi:cash-plus"}),
    home.TIME: ("Time in the house", {"icon": "mdi:clock-outline"}),
}
"""What the house reports: names and attributes, by entity id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What the house did for a while, and what its meters show at the end of it.

    `seconds` have passed in the house. `surplus_w` is what the sun left over before
    the worker; `from_sun_wh`, `from_battery_wh` and `from_grid_wh` are where the
    worker's energy truly came from.
    """

    seconds: float
    readings: Mapping[str, str | float]
    surplus_w: float
    from_sun_wh: float = 0.0
    from_battery_wh: float = 0.0
    from_grid_wh: float = 0.0


class House(Protocol):
    """Something that meters hang on."""

    def live(self, seconds: float, worker_w: float) -> Moment:
        """Live on for `seconds`, with the worker drawing `worker_w`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was seen in one round: the house, the machine's word, the kernel's word."""

    real_s: float
    moment: Moment
    status: dict[str, Any] | None
    cpu_s: float


@dataclass(slots=True)
class Feed:
    """Runs the house. `silent` and `replaced` make meters fail, for tests.

    Sensors in `silent` report nothing at all; those in `replaced` report that instead
    of what they measure.
    """

    client: Client
    machine: Machine
    house: House
    speed: float = 1.0
    every_s: float = 0.25
    on_sample: Callable[[Sample], None] = lambda sample: None
    silent: set[str] = field(default_factory=set)
    replaced: dict[str, str] = field(default_factory=dict)
    failures: int = 0
    """Rounds in which Home Assistant was not there to listen."""
    status: dict[str, Any] | None = None
    """What the machine said last; None while it does not answer."""

    async def run(self) -> None:
        """Go on until cancelled."""
        last_s = time.monotonic()
        while True:
            self.status = await self.machine.status()
            now_s = time.monotonic()
            moment = self.house.live(
                max(0.01, now_s - last_s) * self.speed,
                self.machine.power_w(self.status),
            )
            sample = Sample(
                real_s=now_s - last_s,
                moment=moment,
                status=self.status,
                cpu_s=self.machine.cpu_s(),
            )
            last_s = now_s
            self.on_sample(sample)
            await self._report(moment)
            await asyncio.sleep(max(0.0, now_s + self.every_s - time.monotonic()))

    async def _report(self, moment: Moment) -> None:
        try:
            await asyncio.gather(
                *(
                    self.client.set_state(
                        entity_id,
                        self.replaced.get(entity_id, value),
                        {"friendly_name": SENSORS[entity_id][0]}
                        | SENSORS[entity_id][1],
                    )
                    for entity_id, value in moment.readings.items()
                    if entity_id not in self.silent
                )
            )
        except aiohttp.ClientError, CallError, TimeoutError:
            self.failures += 1


class FeedRunner:
    """A feed that runs beside what is in the `async with`."""

    def __init__(self, feed: Feed) -> None:
        """Take the feed."""
        self._feed = feed
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Feed:
        """Start it, and wait until it has reported once."""
        reported = asyncio.Event()
        told = self._feed.on_sample

        def on_sample(sample: Sample) -> None:
            reported.set()
            told(sample)

        self._feed.on_sample = on_sample
        self._task = asyncio.create_task(self._feed.run())
        waiting = asyncio.create_task(reported.wait())
        await asyncio.wait(
            [self._task, waiting], timeout=10, return_when=asyncio.FIRST_COMPLETED
        )
        waiting.cancel()
        return self._feed

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
