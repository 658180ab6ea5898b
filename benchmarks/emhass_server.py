"""EMHASS behind a pipe: a question in a line of JSON, its plan in another.

Run by a Python of its own (`benchmarks/emhass_rival.py` starts it), since EMHASS does
not go with the bench's. So it may import nothing of this project, and must keep to the
Python that EMHASS runs on: 3.11 to 3.13.

The question: `step_s`, `balance_w` and prices of every step, the `loads` (least and
most power, value per kWh, cost of a start, minimum times in s, whether it runs now and
for how long), the `battery` with its charge now, or null. The answer: `powers_w` of
every load in every step, or the `error`.
"""

import json
import logging
import os
from pathlib import Path
import sys
from typing import Any

import emhass
from emhass.optimization import Optimization
import numpy as np
import pandas as pd

FOLDER = Path(emhass.__file__).parent
PV, LOAD, BOUGHT, SOLD = "pv", "load", "bought", "sold"

logger = logging.getLogger("emhass")
logger.setLevel(logging.ERROR)


def settings(question: dict[str, Any]) -> dict[str, Any]:
    """Return EMHASS's settings for a question, all in one mapping."""
    hours = question["step_s"] / 3600
    loads, size = question["loads"], len(question["loads"])
    mean = max(1e-3, float(np.mean(np.abs(question["import_per_kwh"]))))
    chosen: dict[str, Any] = json.loads(
        (FOLDER / "data/config_defaults.json").read_text()
    )
    chosen |= {
        "optimization_time_step": pd.Timedelta(seconds=question["step_s"]),
        "time_zone": "UTC",
        "sensor_power_photovoltaics": PV,
        "sensor_power_load_no_var_loads": LOAD,
        "delta_forecast_daily": pd.Timedelta(
            seconds=question["step_s"] * len(question["balance_w"])
        ),
        "set_use_pv": True,
        "num_threads": 1,
        "maximum_power_from_grid": 100_000,
        "maximum_power_to_grid": 100_000,
        "number_of_deferrable_loads": size,
        "nominal_power_of_deferrable_loads": [load["most_w"] for load in loads],
        "minimum_power_of_deferrable_loads": [load["least_w"] for load in loads],
        # A plain load must run for the hours that it is given. One that heats may run
        # for as long as it likes: so each heats something that nobody wants warm, and
        # is paid its value by its own price.
        "operating_hours_of_each_deferrable_load": [0] * size,
        "def_load_config": [
            {"thermal_config": {"heating_rate": 0.0, "cooling_constant": 0.0}}
            for _ in loads
        ],
        "cost_forecast_per_deferrable_load": [
            [price - load["value_per_kwh"] for price in question["import_per_kwh"]]
            for load in loads
        ],
        "treat_deferrable_load_as_semi_cont": [
            load["least_w"] == load["most_w"] for load in loads
        ],
        "set_deferrable_load_single_constant": [False] * size,
        # A penalty is counted as so many steps at full power of import.
        "set_deferrable_startup_penalty": [
            load["start_cost"] / (load["most_w"] / 1000 * hours * mean)
            for load in loads
        ],
        "set_deferrable_max_startups": [0] * size,
        "def_minimum_on_time": [steps(load["min_run_s"], question) for load in loads],
        "def_minimum_off_time": [
            steps(load["min_pause_s"], question) for load in loads
        ],
        "def_current_state": [load["running"] for load in loads],
        "start_timesteps_of_each_deferrable_load": [0] * size,
        "end_timesteps_of_each_deferrable_load": [0] * size,
        "deferrable_load_max_cost": [0.0] * size,
        "is_electric_load": [True] * size,
    }
    if question["export_limit_w"] is not None:
        chosen["maximum_power_to_grid"] = question["export_limit_w"]
        chosen["compute_curtailment"] = True
    battery = question["battery"]
    if battery:
        chosen |= {
            "set_use_battery": True,
            # As near as it comes to a battery that only serves its own home.
            "set_nocharge_from_grid": True,
            "set_nodischarge_to_grid": True,
            "battery_charge_power_max": battery["charge_w"],
            "battery_discharge_power_max": battery["discharge_w"],
            "battery_charge_efficiency": battery["one_way"],
            "battery_discharge_efficiency": battery["one_way"],
            "battery_nominal_energy_capacity": battery["capacity_wh"],
            "battery_minimum_state_of_charge": battery["reserve"],
            "battery_maximum_state_of_charge": 1.0,
            "battery_target_state_of_charge": battery["reserve"],
            "weight_battery_discharge": battery["wear_per_kwh"],
        }
    return chosen


def steps(seconds: float, question: dict[str, Any]) -> int:
    """Return a time in whole steps."""
    return int(-(-seconds // question["step_s"]))


made: dict[str, Any] = {}
"""The optimisation of each kind of home: EMHASS solves one again faster than anew."""


def optimization_for(question: dict[str, Any]) -> Any:
    """Return the optimisation that fits a question, with what is so now."""
    chosen, size = settings(question), len(question["balance_w"])
    battery = question["battery"] or {}
    kind = json.dumps(
        [
            size,
            question["step_s"],
            question["export_limit_w"],
            [battery[key] for key in sorted(battery) if key != "soc"],
            [
                [load[key] for key in sorted(load) if key != "running"]
                for load in question["loads"]
            ],
        ]
    )
    if kind not in made:
        made[kind] = Optimization(
            chosen,
            chosen,
            chosen,
            BOUGHT,
            SOLD,
            "profit",
            {},
            logger,
            num_timesteps=size,
        )
    for key in ("cost_forecast_per_deferrable_load", "def_current_state"):
        made[kind].optim_conf[key] = chosen[key]
    return made[kind]


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Return the plan for a question."""
    optimization, size = optimization_for(question), len(question["balance_w"])
    balance_w = np.array(question["balance_w"])
    bought, sold = (
        np.array(question[name]) for name in ("import_per_kwh", "export_per_kwh")
    )
    index = pd.date_range(
        "2026-01-01", periods=size, freq=f"{question['step_s']}s", tz="UTC"
    )
    data = pd.DataFrame({BOUGHT: bought, SOLD: sold}, index=index)
    battery = question["battery"]
    plan = optimization.perform_optimization(
        data,
        np.maximum(balance_w, 0.0),
        np.maximum(-balance_w, 0.0),
        bought,
        sold,
        soc_init=battery["soc"] if battery else None,
        soc_final=battery["soc"] if battery else None,
    )
    if optimization.optim_status not in ("Optimal", "optimal"):
        return {"error": f"EMHASS: {optimization.optim_status}"}
    return {
        "powers_w": [
            [float(power) for power in plan[f"P_deferrable{key}"]]
            for key in range(len(question["loads"]))
        ]
    }


def main() -> None:
    """Answer questions until there are no more."""
    # What EMHASS and its solvers print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            said = answer(json.loads(line))
        except Exception as error:  # noqa: BLE001 - whatever it is, the bench tells it
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), file=answers, flush=True)


if __name__ == "__main__":
    main()
