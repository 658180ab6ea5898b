"""EMHASS as a rival: plans the day with its optimiser, and does as it planned.

EMHASS (MIT) is a program of its own, with a Python of its own: it is asked over a pipe
(`emhass_server.py`). It plans 24 hours in steps of half an hour, its own default, and
anew in every one of them. Its forecast is either naive, as one of its own methods is
(what was a day ago will be again, and the first step half of what is now), or perfect,
which no home has. A load of EMHASS that is "only if worth it" is one that is paid its
value, by a price of its own: import less value.
"""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
import subprocess
from typing import Any

import numpy as np

from custom_components.solar_compute.core.crew import may_switch
from custom_components.solar_compute.core.replay_value import heat_per_kwh
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    SiteSpec,
    WorkerSpec,
)
from custom_components.solar_compute.core.times import DAY_S

from .engine import Moment, Order
from .stage import Stage
from .world import Floats

STEP_S = 1800

NOW_SHARE = 0.5
"""How much of what is now is in the first step (alpha and beta: EMHASS's defaults)."""

FORECASTS: Mapping[str, bool] = {"emhass": False, "emhass_perfect": True}
"""Both ways in which it takes part, and whether it is told the truth."""

SERVER = Path(__file__).with_name("emhass_server.py")


class EmhassError(RuntimeError):
    """EMHASS cannot be asked, or has no plan; the message is its own."""


class Emhass:
    """EMHASS in its own Python, ready to be asked; close it afterwards."""

    def __init__(self, python: str) -> None:
        """Start it.

        Raises:
            EmhassError: if there is no such Python.
        """
        try:
            self._process = subprocess.Popen(
                [python, str(SERVER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        except OSError as error:
            raise EmhassError(f"{python}: cannot be run: {error}") from error

    def plan(self, question: Mapping[str, Any]) -> list[list[float]]:
        """Return the power of every load in every step, in W.

        Raises:
            EmhassError: if it has no plan.
        """
        pipes = self._process
        assert pipes.stdin is not None and pipes.stdout is not None
        try:
            pipes.stdin.write(json.dumps(question) + "\n")
            pipes.stdin.flush()
        except BrokenPipeError:
            pass  # What it says, or does not, is told below.
        line = pipes.stdout.readline()
        if not line:
            raise EmhassError("that Python has no EMHASS that runs")
        said = json.loads(line)
        if "error" in said:
            raise EmhassError(said["error"])
        powers_w: list[list[float]] = said["powers_w"]
        return powers_w

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class EmhassPlan:
    """Does as EMHASS planned; keeps minimum times, and pauses where guards would."""

    def __init__(self, emhass: Emhass, stage: Stage, *, perfect: bool) -> None:
        """Begin without a plan."""
        self._emhass, self._stage, self._perfect = emhass, stage, perfect
        self._balance_w = _without_gaps(stage)
        self._plan: list[list[float]] = []
        self._planned_s = -float(STEP_S)

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Plan again if it is time, and do what the plan says for now."""
        if moment.flows is None:
            return {
                worker.key: Order(0, excused=True) for worker in moment.spec.workers
            }
        if moment.clock_s - self._planned_s >= STEP_S:
            self._plan = self._emhass.plan(self._question(moment))
            self._planned_s = moment.clock_s
        return {
            worker.key: self._order(moment, worker, powers_w[0])
            for worker, powers_w in zip(moment.spec.workers, self._plan, strict=True)
        }

    def _order(self, moment: Moment, worker: WorkerSpec, planned_w: float) -> Order:
        hand = moment.hands[worker.key]
        sink = moment.spec.sink(worker.sink)
        heat = {**moment.house.tanks, **moment.house.rooms}
        if sink is not None and heat[sink.key].temperature_c >= sink.maximum_c:
            return Order(0, excused=True)
        level = sum(power_w <= planned_w + 1 for power_w in worker.levels_w)
        if bool(level) == bool(hand.level) or may_switch(worker, hand, moment.clock_s):
            return Order(level)
        return Order(max(1, level) if hand.level else 0)

    def _question(self, moment: Moment) -> dict[str, Any]:
        battery, stage = moment.spec.battery, self._stage
        index = round(moment.clock_s / moment.step_s)
        return {
            "step_s": STEP_S,
            "balance_w": self._expected_w(index, moment.step_s),
            "import_per_kwh": _steps(stage.imports, index, moment.step_s),
            "export_per_kwh": _steps(stage.exports, index, moment.step_s),
            "export_limit_w": moment.spec.export_limit_w,
            "loads": [
                {
                    "least_w": worker.levels_w[0],
                    "most_w": worker.levels_w[-1],
                    "value_per_kwh": worker.value_per_kwh
                    + _heat_value(moment.spec, stage, worker),
                    "start_cost": worker.start_cost,
                    "min_run_s": worker.min_run_s,
                    "min_pause_s": worker.min_pause_s,
                    "running": moment.hands[worker.key].level > 0,
                }
                for worker in moment.spec.workers
            ],
            "battery": battery
            and {
                "charge_w": battery.charge_w,
                "discharge_w": battery.discharge_w,
                "one_way": battery.one_way,
                "capacity_wh": battery.capacity_wh,
                "reserve": battery.reserve_soc / 100,
                "wear_per_kwh": battery.wear_per_kwh,
                "soc": moment.house.stored_wh / battery.capacity_wh,
            },
        }

    def _expected_w(self, index: int, step_s: int) -> list[float]:
        """Return the balance that EMHASS is told of, with no worker drawing."""
        if self._perfect:
            return _steps(self._balance_w, index, step_s)
        a_day = int(DAY_S) // step_s
        seen = self._balance_w[max(0, index - a_day) : index]
        if len(seen) < a_day:
            # On the first day nothing is known of the hours before the trace.
            seen = np.concatenate((np.zeros(a_day - len(seen)), seen))
        expected_w = _steps(seen, 0, step_s)
        now_w = float(seen[-1])
        expected_w[0] += NOW_SHARE * (now_w - expected_w[0])
        return expected_w


def _without_gaps(stage: Stage) -> Floats:
    """Return the balance of every interval; what is unknown is as it was before."""
    known, balance_w = 0.0, []
    for conditions in stage.conditions:
        known = known if conditions is None else conditions.balance_w
        balance_w.append(known)
    return np.array(balance_w)


def _steps(values: Sequence[float] | Floats, first: int, step_s: int) -> list[float]:
    """Return means over EMHASS's steps for a day; beyond the end the last value stays."""
    places = (np.arange(0, int(DAY_S), STEP_S) // step_s) + first
    count = max(1, STEP_S // step_s)
    spread = places[:, None] + np.arange(count)
    means = np.asarray(values)[np.minimum(spread, len(values) - 1)].mean(axis=1)
    return [float(mean) for mean in means]


def _heat_value(spec: SiteSpec, stage: Stage, worker: WorkerSpec) -> float:
    """Return what a kWh of a worker's heat saves, as if its sink always took it.

    EMHASS knows nothing of heat that one load makes instead of another.
    """
    sink = spec.sink(worker.sink)
    if sink is None:
        return 0.0
    if sink.backup.kind is BackupKind.NONE:
        return worker.recovery * sink.backup.comfort_per_kwh
    diverter = sink.backup.schedule is BackupSchedule.DIVERTER
    prices = stage.exports if diverter else stage.imports
    return worker.recovery * heat_per_kwh(sink, float(np.mean(prices)))
