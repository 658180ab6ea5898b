"""Scenarios: the tariff, battery, tank and workers that a trace is replayed with.

YAML files, validated with the path of the key that is wrong and what is allowed
there. See `benchmarks/README.md` for all keys.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    BatterySpec,
    DailyWindow,
    PolicySpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)

from .section import ScenarioError, Section
from .traces import Trace

TANK = "tank"


@dataclass(frozen=True, slots=True)
class Price:
    """A price per kWh: `add`, plus a column of the trace if there is one."""

    add: float
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything but the home's own sun and loads."""

    name: str
    import_price: Price
    export_price: Price
    spec: SiteSpec
    draw_wh_per_day: float


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
    bought, sold = _prices(top.section("prices"))
    tank_section = top.optional_section("tank")
    tank = _tank(tank_section) if tank_section else None
    battery = top.optional_section("battery")
    workers = tuple(
        _worker(section, has_tank=tank is not None)
        for section in top.sections("workers")
    )
    names = [worker.key for worker in workers]
    if len(set(names)) != len(names):
        raise ScenarioError("workers: every name must be given once only")
    export_limit_w = top.optional_number("export_limit_w", low=0)
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
            tanks=(tank,) if tank else (),
            workers=workers,
        ),
        draw_wh_per_day=tank.draw_wh_per_day if tank else 0.0,
    )


def _prices(section: Section) -> tuple[Price, Price]:
    if section.has("column"):
        bought = _column_price(section)
        return bought, Price(0.0, bought.column)
    prices = _price(section, "import"), _price(section, "export")
    section.done()
    return prices


def _price(section: Section, key: str) -> Price:
    if section.is_mapping(key):
        return _column_price(section.section(key))
    return Price(section.number(key))


def _column_price(section: Section) -> Price:
    price = Price(section.number("add", 0.0), section.text("column"))
    section.done()
    return price


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


def _tank(section: Section) -> TankSpec:
    target_c = section.number("target_c", 55.0, low=0, high=100)
    backup = section.section("backup") if section.has("backup") else None
    tank = TankSpec(
        key=TANK,
        name=TANK,
        volume_l=section.number("volume_l", above=0),
        target_c=target_c,
        maximum_c=section.number("maximum_c", 60.0, low=target_c, high=100),
        ambient_c=section.number("ambient_c", 18.0, low=-20, high=target_c),
        loss_w_per_k=section.number("loss_w_per_k", 1.4, low=0),
        draw_wh_per_day=1000 * section.number("draw_kwh_per_day", 5.845, low=0),
        backup=_backup(backup) if backup else BackupSpec(),
    )
    section.done()
    return tank


def _backup(section: Section) -> BackupSpec:
    default = BackupSpec()
    kind = BackupKind(section.choice("kind", [item.value for item in BackupKind]))
    schedule = section.choice(
        "schedule", [item.value for item in BackupSchedule], default.schedule.value
    )
    backup = BackupSpec(
        kind=kind,
        schedule=BackupSchedule(schedule),
        price_per_kwh=section.number("price", default.price_per_kwh),
        efficiency=section.number("efficiency", default.efficiency, above=0),
        source_c=section.number("source_c", default.source_c),
        comfort_per_kwh=section.number("comfort", default.comfort_per_kwh, low=0),
        power_w=section.number("power_w", default.power_w, above=0),
        hysteresis_k=section.number("hysteresis_k", default.hysteresis_k, above=0),
        windows=tuple(
            DailyWindow(start_min=start, end_min=end)
            for start, end in section.windows("windows")
        ),
    )
    section.done()
    return backup


def _worker(section: Section, *, has_tank: bool) -> WorkerSpec:
    name = section.text("name")
    sink = section.choice("sink", ["none", TANK] if has_tank else ["none"], "none")
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


def prices_over(price: Price, trace: Trace) -> list[float]:
    """Return the price of every interval; a gap keeps the last known price.

    Raises:
        ScenarioError: if the trace has no prices in that column.
    """
    column = price.column
    if column is None:
        return [price.add] * len(trace.intervals)
    measured = [interval.get(column) for interval in trace.intervals]
    known = next((value for value in measured if value is not None), None)
    if known is None:
        raise ScenarioError(f"prices: the trace has no values in column {column}")
    result: list[float] = []
    for value in measured:
        known = known if value is None else value
        result.append(known + price.add)
    return result
