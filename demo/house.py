"""The house: simulated days, or a measured one, and meters that feel the worker.

The physics (battery, tank, what flows where) is the integration's own house model,
which its tests and benchmarks use too; here it gets a sun, loads and prices, and is
made to live. May import that model; must never read a clock, so that a day passes as
fast as it is told to.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from custom_components.solar_compute.core.house import (
    HouseModel,
    HousePower,
    house_power,
    mean_power,
)
from custom_components.solar_compute.core.simulate import (
    Conditions,
    Flows,
    new_house,
    step,
)
from custom_components.solar_compute.core.spec import SiteSpec

from . import home
from .feed import Moment
from .season import Season

UNAVAILABLE = "unavailable"
SMOOTH_S = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What the world does to the house, in W.

    `balance_w` is sun minus loads. None: nobody measured it. `draw_w` is heat of hot
    water drawn.
    """

    balance_w: float | None
    pv_w: float | None
    draw_w: float


class Day(Protocol):
    """Where sun and loads come from."""

    @property
    def label(self) -> str:
        """Say what it is, for people."""

    @property
    def first(self) -> date:
        """Return the first day."""

    @property
    def has_pv(self) -> bool:
        """Tell whether the sun has a meter of its own."""

    def at(self, local: datetime, seconds: float) -> Weather:
        """Return the means over the `seconds` from a local time on."""


@dataclass(frozen=True, slots=True)
class SimulatedDays:
    """Days of the house model, one like no other, the same for the same seed."""

    seed: int = 0
    first: date = date(2026, 6, 15)
    model: HouseModel = HouseModel()
    has_pv: bool = True

    @property
    def label(self) -> str:
        """Say that nothing of it was measured."""
        return f"simulated, seed {self.seed}"

    def at(self, local: datetime, seconds: float) -> Weather:
        """Return the means over the `seconds` from a local time on."""
        power = self._power(local, round(seconds))
        return Weather(
            balance_w=power.pv_w - power.load_w, pv_w=power.pv_w, draw_w=power.draw_w
        )

    def _power(self, local: datetime, seconds: int) -> HousePower:
        if seconds <= SMOOTH_S:
            return house_power(self.model, self.seed, local)
        return mean_power(
            self.model, self.seed, local, step_s=seconds, every_s=SMOOTH_S
        )


def import_price(spec: SiteSpec, local: datetime) -> float:
    """Return a tariff of three zones: cheap at night, dear in the evening."""
    if local.hour >= 22 or local.hour < 6:
        return round(spec.import_per_kwh - 0.05, 3)
    if 17 <= local.hour < 21:
        return round(spec.import_per_kwh + 0.06, 3)
    return spec.import_per_kwh


class LivingHouse:
    """A house that lives on as told, and what its meters show."""

    def __init__(
        self,
        spec: SiteSpec,
        day: Day,
        local: datetime,
        soc: float,
        season: Season | None = None,
    ) -> None:
        """Begin at a local time, with the battery at `soc` %, in a `season` if any."""
        self.local = local
        self._spec = spec
        self._day = day
        self._season = season
        room_c = 20.0 if season is None else season.room_c
        self._house = new_house(spec, soc=soc, tank_c=51.0, room_c=room_c)
        self._balance_w = 0.0

    def live(self, seconds: float, worker_w: float) -> Moment:
        """Live on for `seconds`, with the worker drawing `worker_w`."""
        weather = self._day.at(self.local, seconds)
        if weather.balance_w is not None:
            self._balance_w = weather.balance_w
        price = import_price(self._spec, self.local)
        worker = self._spec.workers[0]
        self._house, flows = step(
            self._spec,
            self._house,
            Conditions(
                balance_w=self._balance_w,
                local=self.local,
                pv_w=weather.pv_w,
                draw_w={tank.key: weather.draw_w for tank in self._spec.tanks},
                outdoor_c=self._outdoor_c,
                cooling={space.key: self._cooled for space in self._spec.spaces},
                import_per_kwh=price,
            ),
            {worker.key: worker_w},
            seconds,
        )
        self.local += timedelta(seconds=seconds)
        sources = flows.workers[worker.key]
        return Moment(
            seconds=seconds,
            readings=self._readings(weather, flows, price),
            surplus_w=self._balance_w,
            from_sun_wh=sources.solar_wh,
            from_battery_wh=sources.battery_wh,
            from_grid_wh=sources.grid_wh,
        )

    def _readings(
        self, weather: Weather, flows: Flows, price: float
    ) -> dict[str, str | float]:
        readings: dict[str, str | float] = {
            home.GRID: UNAVAILABLE
            if weather.balance_w is None
            else round(flows.grid_w),
            home.IMPORT_PRICE: price,
            home.EXPORT_PRICE: self._spec.export_per_kwh,
            home.TIME: f"{self.local:%a %H:%M}",
        }
        if weather.pv_w is not None and flows.pv_w is not None:
            readings[home.PV] = round(flows.pv_w)
            readings[home.LOAD] = round(
                weather.pv_w - self._balance_w + flows.cooling_w
            )
        if self._spec.battery is not None:
            share = self._house.stored_wh / self._spec.battery.capacity_wh
            readings[home.BATTERY] = round(flows.battery_w)
            readings[home.SOC] = round(100 * share, 1)
        for tank in self._spec.tanks:
            state = self._house.tanks[tank.key]
            readings[home.TANK] = round(state.temperature_c, 1)
        for room in self._spec.rooms:
            state = self._house.rooms[room.key]
            readings[home.ROOM] = round(state.temperature_c, 2)
        if (outdoor_c := self._outdoor_c) is not None:
            readings[home.OUTDOOR] = round(outdoor_c, 1)
        if self._spec.spaces:
            readings[home.COOLING] = "cool" if self._cooled else "off"
        return readings

    @property
    def _outdoor_c(self) -> float | None:
        return None if self._season is None else self._season.outdoor_c(self.local)

    @property
    def _cooled(self) -> bool:
        return self._season is not None and self._season.cooled
