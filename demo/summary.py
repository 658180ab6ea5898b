"""What came of a run: the integration's own figures, held against what really happened.

The integration counted in real time; its figures are scaled back to the house's. It
must never call a run good that was not: a worker that ran without sun, a job that used
CPU time while it was paused, or counters that disagree with the house.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .record import Record
from .season import Season
from .story import most_of

MINIMUM_RUN_S = 600.0
SUN_SHARE = 0.75
LEFT_ALONE_SHARE = 0.05
"""In summer a worker may have begun before it was known how warm it is."""
DARK_PAUSED_SHARE = 0.7
"""After sunset a worker may run on for its minimum run time, and ride out a dip."""
CPU_WHILE_RUNNING = 0.06
"""CPU seconds per second of running. The job would take half a CPU or a whole one; on a
busy machine it gets less."""
CPU_WHILE_PAUSED = 0.03
"""The same while paused: what was used between a sample and the pause it shows."""
AGREEMENT = 0.15
"""How far the integration's energy may be from the house's: both look several times a
second, and at different moments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The integration's counters, read from its entities and scaled to the house."""

    starts: int
    run_s: float
    solar_wh: float
    battery_wh: float
    grid_wh: float
    energy_wh: float
    heat_wh: float


def figures(
    states: Mapping[str, Mapping[str, Any]],
    worker: Mapping[str, str],
    sink: Mapping[str, str],
    speed: float,
) -> Figures:
    """Return the counters from all states; `worker` and `sink` name the entities."""

    def total(entity_id: str) -> float:
        state = states[entity_id]
        unit = state["attributes"].get("unit_of_measurement")
        factor = {"kWh": 1000.0, "h": 3600.0, "min": 60.0}.get(unit, 1.0)
        return float(state["state"]) * factor

    return Figures(
        starts=round(total(worker["starts_today"])),
        run_s=total(worker["run_time_today"]) * speed,
        solar_wh=total(worker["energy_solar"]) * speed,
        battery_wh=total(worker["energy_battery"]) * speed,
        grid_wh=total(worker["energy_grid"]) * speed,
        energy_wh=total(worker["energy"]) * speed,
        heat_wh=total(sink["heat_delivered"]) * speed,
    )


def checks(
    counted: Figures,
    record: Record,
    speed: float,
    *,
    same_day: bool = True,
    season: Season | None = None,
    obeys_s: float = 0.0,
) -> dict[str, bool]:
    """Return what a good run has, each with whether this one has it.

    The integration counts the starts of today: unless it was the `same_day` all along,
    it may have begun anew. In a `season` whose heat is worth nothing, a good run is one
    that left the sun alone; one of a few hours need not have seen the night. `obeys_s`
    is for how long a job may compute on after each pause.
    """
    rounding_wh = 2 * speed
    ran_on_surplus = (
        record.run_s >= MINIMUM_RUN_S
        and record.sun_wh >= SUN_SHARE * record.worker_wh
        and record.cpu_s >= CPU_WHILE_RUNNING * record.run_real_s
    )
    idle = (
        record.cpu_paused_s
        <= CPU_WHILE_PAUSED * record.paused_real_s + obeys_s * record.pauses
    )
    left_alone = record.run_s <= LEFT_ALONE_SHARE * record.house_s
    dark_paused = record.dark_paused_s >= DARK_PAUSED_SHARE * record.dark_s
    seen_dark = record.dark_s > 0
    if season is not None and record.dark_s <= MINIMUM_RUN_S:
        seen_dark = dark_paused = True
    worked = (
        {"ran_on_surplus": ran_on_surplus}
        if season is None or season.runs
        else {"left_the_sun_alone": left_alone}
    )
    return {
        **worked,
        "paused_without_surplus": seen_dark and dark_paused and idle,
        "counters_agree_with_house": abs(counted.energy_wh - record.worker_wh)
        <= AGREEMENT * record.worker_wh + rounding_wh,
        "starts_agree_with_machine": counted.starts == record.starts or not same_day,
        "no_lease_expired": record.lease_expiries == 0,
    }


def summary(
    counted: Figures,
    record: Record,
    *,
    label: str,
    speed: float,
    primes: Mapping[str, int],
    errors: list[str],
    same_day: bool = True,
    season: Season | None = None,
    why: Mapping[str, Any] | None = None,
    machine: str = "",
    obeys_s: float = 0.0,
) -> dict[str, Any]:
    """Return the summary of a run, as JSON has it."""
    passed = checks(
        counted, record, speed, same_day=same_day, season=season, obeys_s=obeys_s
    )
    passed["no_errors"] = not errors
    return {
        "house": label,
        "machine": machine,
        "season": None if season is None else season.name,
        "speed": speed,
        "seconds": round(record.real_s, 1),
        "house_hours": round(record.house_s / 3600, 2),
        "starts": counted.starts,
        "run_h": round(counted.run_s / 3600, 2),
        "wh": {
            "solar": round(counted.solar_wh),
            "battery": round(counted.battery_wh),
            "grid": round(counted.grid_wh),
        },
        "heat_wh": round(counted.heat_wh),
        "lease_expiries": record.lease_expiries,
        "why": dict(why or {}),
        "errors": errors,
        "really": {
            "starts": record.starts,
            "throttles": record.throttles,
            "run_h": round(record.run_s / 3600, 2),
            "wh": {
                "solar": round(record.sun_wh),
                "battery": round(record.battery_wh),
                "grid": round(record.grid_wh),
            },
            "hours_without_surplus": round(record.dark_s / 3600, 2),
            "of_these_paused": round(record.dark_paused_s / 3600, 2),
            "cpu_s_running": round(record.cpu_s, 2),
            "cpu_s_paused": round(record.cpu_paused_s, 2),
            "real_s_running": round(record.run_real_s, 1),
            "real_s_paused": round(record.paused_real_s, 1),
            "primes_found": primes.get("found", 0),
            "checkpoints": primes.get("saves", 0),
        },
        "checks": passed,
        "passed": all(passed.values()),
    }


def in_words(told: Mapping[str, Any]) -> str:
    """Return a summary for people."""
    really, wh = told["really"], told["wh"]
    text = f"""\
In {told["house_hours"]:.1f} h of the house's time the worker ran for {told["run_h"]:.1f} h,\
 in {told["starts"]} runs.
It drew {wh["solar"]} Wh from the sun, {wh["battery"]} Wh from the battery and\
 {wh["grid"]} Wh from the grid, and gave {told["heat_wh"]} Wh of heat.
Its job found {really["primes_found"]} primes in {really["cpu_s_running"]:.1f} s of CPU\
 time, and used {really["cpu_s_paused"]:.1f} s while it was paused."""
    lines = [text]
    if told["lease_expiries"]:
        lines.append(f"Its lease ran out {told['lease_expiries']} times.")
    lines.extend(_why(told["why"]))
    return "\n".join([*lines, *told["errors"]])


def _why(why: Mapping[str, Any]) -> list[str]:
    """Return what decided while the sun sufficed, per kWh; nothing if it never did."""
    worth = why.get("worth_per_kwh", {})
    if worth.get("total") is None:
        return []
    per_kwh = ", ".join(
        f"{name} {worth[part] * 100:.1f}"
        for part, name in (
            ("compute", "results"),
            ("heat", "heat"),
            ("cooling", "cooling"),
            ("supply", "electricity"),
            ("total", "together"),
        )
    )
    decided, cause = most_of(why["reasons_h"]), most_of(why["heat_causes_h"])
    return [
        f"While the sun sufficed ({why['sunny_h']} h), in ct per kWh: {per_kwh}.",
        f"Mostly: {decided}; its heat: {cause}.",
    ]
