"""The demo's home: what it has, and how that is told to the integration's dialogs.

One specification serves both sides: the house behaves by it, and the dialogs are
answered from it.
"""

import asyncio
from dataclasses import dataclass
import time

from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    BatterySpec,
    RoomSpec,
    SiteSpec,
    SpaceSpec,
    TankSpec,
    WorkerSpec,
)

from . import pace
from .client import Client
from .dialogs import ENTRY, OPTIONS, SUBENTRY, Dialog, DialogError
from .machine import Machine

DOMAIN = "solar_compute"
READY_S = 30.0
USUAL_RECOVERY = 0.9
SILENT = ("unknown", "unavailable")

GRID = "sensor.house_grid_power"
PV = "sensor.house_solar_power"
LOAD = "sensor.house_load_power"
BATTERY = "sensor.house_battery_power"
SOC = "sensor.house_battery_level"
TANK = "sensor.house_tank_temperature"
ROOM = "sensor.house_study_temperature"
OUTDOOR = "sensor.house_outdoor_temperature"
COOLING = "climate.house_upstairs"
IMPORT_PRICE = "sensor.house_import_price"
EXPORT_PRICE = "sensor.house_export_price"
TIME = "sensor.house_time"

HOME = SiteSpec(
    import_per_kwh=0.30,
    export_per_kwh=0.08,
    battery=BatterySpec(capacity_wh=5000, charge_w=2500, discharge_w=2500),
    tanks=(
        TankSpec(
            key="tank",
            name="Hot water",
            volume_l=300,
            loss_w_per_k=1.6,
            backup=BackupSpec(kind=BackupKind.GAS, price_per_kwh=0.10, power_w=12_000),
        ),
    ),
    workers=(
        WorkerSpec(
            key="worker",
            name="Prime search",
            levels_w=(400, 800),
            value_per_kwh=0.10,
            sink="tank",
        ),
    ),
)
"""A family home: 5 kWh of battery, 300 L of hot water with a gas boiler, and a compute
heater of two levels in the cellar. Its results are worth 10 ct per kWh to somebody."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The ids of what was set up in Home Assistant."""

    entry_id: str
    sink_id: str | None
    worker_id: str | None


def site_answers(spec: SiteSpec, speed: float) -> dict[str, object]:
    """Return answers to the dialog that sets up the site."""
    answers: dict[str, object] = {
        "grid_power": [GRID],
        "pv_power": [PV],
        "has_battery": spec.battery is not None,
        "import_price": spec.import_per_kwh,
        "import_price_entity": IMPORT_PRICE,
        "export_price": spec.export_per_kwh,
        "export_price_entity": EXPORT_PRICE,
    }
    if spec.import_limit_w is not None:
        answers["import_limit_w"] = spec.import_limit_w
    if spec.battery is not None:
        answers |= {
            "battery_power": [BATTERY],
            "battery_soc": SOC,
            "battery_capacity_kwh": spec.battery.capacity_wh / 1000 / speed,
            "battery_charge_w": spec.battery.charge_w,
            "battery_discharge_w": spec.battery.discharge_w,
        }
    return answers


def tank_answers(tank: TankSpec, speed: float) -> dict[str, object]:
    """Return answers to the dialog for a tank with a boiler."""
    return {
        "name": tank.name,
        "temperature": [TANK],
        "volume_l": tank.volume_l / speed,
        "target_c": tank.target_c,
        "maximum_c": tank.maximum_c,
        "backup": tank.backup.kind.value,
        "energy_class": "own",
        "loss_w_per_k": tank.loss_w_per_k,
        "draw_kwh_per_day": tank.draw_wh_per_day / 1000,
        **boiler_answers(tank.backup),
    }


def room_answers(room: RoomSpec, speed: float) -> dict[str, object]:
    """Return answers to the dialog for a room with a boiler."""
    return {
        "name": room.name,
        "temperature": [ROOM],
        "target_c": room.target_c,
        "maximum_c": room.maximum_c,
        "backup": room.backup.kind.value,
        "building": "own",
        "loss_w_per_k": room.loss_w_per_k,
        "capacity_wh_per_k": room.capacity_wh_per_k / speed,
        "outdoor": OUTDOOR,
        "hysteresis_k": room.backup.hysteresis_k,
        **boiler_answers(room.backup),
    }


def boiler_answers(boiler: BackupSpec) -> dict[str, object]:
    """Return answers to the page about the boiler that heats a tank or room otherwise."""
    return {
        "backup_price": boiler.price_per_kwh,
        "backup_efficiency_percent": boiler.efficiency * 100,
    }


def space_answers(space: SpaceSpec) -> dict[str, object]:
    """Return answers to the dialog for a cooled space."""
    return {
        "name": space.name,
        "cooled_percent": space.cooled_share * 100,
        "cooling_cop": space.cooling_cop,
        "climate": COOLING,
    }


def worker_answers(
    worker: WorkerSpec, machine: Machine, speed: float
) -> dict[str, object]:
    """Return answers to the dialog for a worker on a machine."""
    times = {
        **pace.WORKER_S,
        **machine.times_s,
        "min_run_s": worker.min_run_s,
        "min_pause_s": worker.min_pause_s,
    }
    return {
        **machine.answers(),
        "name": worker.name,
        "value_per_kwh": worker.value_per_kwh,
        "start_cost": worker.start_cost / speed,
        **{
            name: pace.faster(name, value, speed, machine.floors_s)
            for name, value in times.items()
        },
    }


async def install(
    client: Client,
    machine: Machine,
    spec: SiteSpec,
    speed: float,
    *,
    has_pv: bool = True,
    lease_s: float | None = None,
) -> Installed:
    """Set the integration up through its own dialogs.

    `lease_s` instead of the lease that belongs to the speed. Raises DialogError.
    """
    answers = site_answers(spec, speed)
    if not has_pv:
        del answers["pv_power"]
    entry = await Dialog(answers).go(client, ENTRY, DOMAIN)
    entry_id = entry["result"]["entry_id"]
    options = Dialog(pace.options(speed))
    await options.go(client, OPTIONS, entry_id)
    untouched = options.untouched_seconds
    heat = [
        *((tank.key, "tank", tank_answers(tank, speed)) for tank in spec.tanks),
        *((room.key, "room", room_answers(room, speed)) for room in spec.rooms),
        *((space.key, "space", space_answers(space)) for space in spec.spaces),
    ]
    ids: dict[str | None, str] = {}
    for key, kind, answers in heat:
        await Dialog(answers, (kind,)).go(client, SUBENTRY, [entry_id, "heat_sink"])
        ids[key] = await newest_subentry(client, entry_id, "heat_sink")
    sink_id = worker_id = None
    for worker in spec.workers:
        answers = worker_answers(worker, machine, speed)
        if worker.sink is not None:
            answers["sink"] = sink_id = ids[worker.sink]
        if worker.space is not None:
            answers["space"] = ids[worker.space]
        if worker.recovery != USUAL_RECOVERY:
            answers["recovery_percent"] = worker.recovery * 100
        if lease_s is not None:
            answers["lease_s"] = lease_s
        dialog = Dialog(answers, (machine.choice,))
        await dialog.go(client, SUBENTRY, [entry_id, "worker"])
        untouched |= dialog.untouched_seconds
        worker_id = await newest_subentry(client, entry_id, "worker")
    if untouched:
        raise DialogError(f"Nobody has scaled {', '.join(sorted(untouched))}.")
    return Installed(entry_id, sink_id, worker_id)


async def newest_subentry(client: Client, entry_id: str, kind: str) -> str:
    """Return the id of the subentry of a type that was added last."""
    subentries = await client.call("config_entries/subentries/list", entry_id=entry_id)
    return str([s for s in subentries if s["subentry_type"] == kind][-1]["subentry_id"])


async def entity_ids(
    client: Client, owner: str | None, *, awaits: str = ""
) -> dict[str, str]:
    """Return the entities of a site, worker or tank by their keys.

    Waits until the entity `awaits` says something: adding to a site reloads it.
    Raises DialogError if it never does.
    """
    deadline_s = time.monotonic() + READY_S
    while time.monotonic() < deadline_s:
        found = await _registered(client, f"{owner}_")
        if not awaits:
            return found
        if awaits in found:
            state = (await client.states()).get(found[awaits])
            if state is not None and state["state"] not in SILENT:
                return found
        await asyncio.sleep(0.1)
    raise DialogError(f"Nothing was ever heard of {owner}.")


async def _registered(client: Client, prefix: str) -> dict[str, str]:
    return {
        entity["unique_id"].removeprefix(prefix): entity["entity_id"]
        for entity in await client.call("config/entity_registry/list")
        if entity["platform"] == DOMAIN and entity["unique_id"].startswith(prefix)
    }
