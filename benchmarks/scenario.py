"""Scenarios: the tariff, battery, sinks, workers and jobs of a replay.

YAML files, validated with the path of the key that is wrong and what is allowed
there. See `benchmarks/README.md` for all keys.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from custom_components.solar_compute.core.spec import (
    BatterySpec,
    PolicySpec,
    RoomSpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)

from .deadlines import JobSpec, parse_job
from .seasons import Season
from .section import ScenarioError, Section
from .sinks import Weather, parse_room, parse_tank, parse_weather
from .tariff import Price, parse_prices

TANK = "tank"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything but the home's own sun and loads."""

    name: str
    import_price: Price
    export_price: Price
    spec: SiteSpec
    jobs: tuple[JobSpec, ...] = ()
    weather: Weather = Weather()
    season: Season = Season.ANY

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a trace that it needs."""
        prices = (self.import_price.column, self.export_price.column)
        return tuple(
            column for column in (*prices, self.weather.column) if column is not None
        )


def load_scenario(path: Path, step_s: int) -> Scenario:
    """Read a scenario for a trace of that step.

    A reading of a trace is a mean over its interval and must be believed until
    the next one is there: where intervals are long, power readings are held for
    one and a half of them instead of the live 300 s.

    Raises:
        ScenarioError: if it cannot be read or a key is wrong.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioError(f"{path}: cannot be read: {error}") from error
    return parse_scenario(path.stem, data, step_s)


def parse_scenario(name: str, data: Any, step_s: int) -> Scenario:
    """Return the scenario that the parsed YAML `data` describes.

    Raises:
        ScenarioError: as `load_scenario`.
    """
    top = Section("", data)
    bought, sold = parse_prices(top.section("prices"))
    tanks, rooms = _tanks(top), _rooms(top)
    battery = top.optional_section("battery")
    sinks = [tank.key for tank in tanks] + [room.key for room in rooms]
    _refuse_twice("tanks and rooms", sinks)
    workers = tuple(_worker(section, sinks) for section in top.sections("workers"))
    names = [worker.key for worker in workers]
    _refuse_twice("workers", names)
    jobs = tuple(parse_job(section, names) for section in top.sections("jobs", []))
    outdoor = top.optional_section("outdoor")
    export_limit_w = top.optional_number("export_limit_w", low=0)
    season = Season(top.choice("season", [*Season], Season.ANY))
    top.done()
    return Scenario(
        name=name,
        import_price=bought,
        export_price=sold,
        spec=SiteSpec(
            import_per_kwh=bought.add,
            export_per_kwh=sold.add,
            battery=_battery(battery) if battery else None,
            export_limit_w=export_limit_w,
            policy=PolicySpec(
                power_hold_s=max(PolicySpec().power_hold_s, 1.5 * step_s)
            ),
            tanks=tanks,
            rooms=rooms,
            workers=workers,
        ),
        jobs=jobs,
        weather=parse_weather(outdoor) if outdoor else Weather(),
        season=season,
    )


def _refuse_twice(where: str, names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise ScenarioError(f"{where}: every name must be given once only")


def _tanks(top: Section) -> tuple[TankSpec, ...]:
    """Return `tank`, named so, and the `tanks` that bring names of their own."""
    one = top.optional_section("tank")
    return (
        *([parse_tank(one, TANK)] if one else []),
        *(
            parse_tank(section, section.text("name"))
            for section in top.sections("tanks", [])
        ),
    )


def _rooms(top: Section) -> tuple[RoomSpec, ...]:
    return tuple(
        parse_room(section, section.text("name"))
        for section in top.sections("rooms", [])
    )


def _battery(section: Section) -> BatterySpec:
    battery = BatterySpec(
        capacity_wh=section.number("capacity_wh", above=0),
        charge_w=section.number("charge_w", low=0),
        discharge_w=section.number("discharge_w", low=0),
        round_trip=section.number("round_trip", 0.9, above=0, high=1),
        reserve_soc=section.number("reserve_soc", 10.0, low=0, high=100),
        wear_per_kwh=section.number("wear_per_kwh", 0.05, low=0),
    )
    section.done()
    return battery


def _worker(section: Section, sinks: list[str]) -> WorkerSpec:
    name = section.text("name")
    sink = section.choice("sink", ["none", *sinks], "none")
    worker = WorkerSpec(
        key=name,
        name=name,
        levels_w=section.rising("levels_w"),
        value_per_kwh=section.number("value_per_kwh", 0.0),
        start_cost=section.number("start_cost", 0.005, low=0),
        min_run_s=section.number("min_run_s", 900.0, low=0),
        min_pause_s=section.number("min_pause_s", 300.0, low=0),
        priority=int(section.number("priority", 10)),
        sink=None if sink == "none" else sink,
        recovery=section.number("recovery", 0.9, low=0, high=1),
    )
    section.done()
    return worker
