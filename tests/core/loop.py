"""A house that answers: what is decided now shows on its meters a tick later.

Deliberately small and independent of `core.simulate`: a balance, perhaps a battery
that buffers it, an export limit that hides the rest, and workers that obey.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from custom_components.solar_compute.core.ahead import NOTHING_AHEAD, Ahead
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Decision,
    Reading,
    ReasonCode,
    Snapshot,
    TankInput,
    WorkerDecision,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import SiteSpec

from .houses import CLOCK_S, NOON


@dataclass(slots=True)
class Loop:
    """A house through time. `balance_w(at_s)` is what it has left for workers.

    `metered` tells that workers have power sensors; `draws_w` what one really draws
    instead of its nominal power; `inputs` what a worker's input has besides its state.
    `lag_s` is how long a worker takes to do as it is told.
    """

    spec: SiteSpec
    balance_w: Callable[[float], float]
    memory: Memory = field(default_factory=Memory)
    dt_s: float = 10.0
    at_s: float = 0.0
    stored_wh: float = 0.0
    tank_c: float | None = None
    metered: bool = False
    lag_s: float = 0.0
    draws_w: Mapping[str, float] = field(default_factory=dict)
    inputs: Callable[[float], Mapping[str, Mapping[str, Any]]] = lambda _: {}
    site: Callable[[float], Mapping[str, Any]] = lambda _: {}
    ahead: Ahead = NOTHING_AHEAD
    local: Callable[[float], datetime] = lambda at_s: NOON + timedelta(seconds=at_s)
    levels: dict[str, int] = field(default_factory=dict)
    due: dict[str, tuple[float, int]] = field(default_factory=dict)
    seen: list[tuple[float, Snapshot, Decision]] = field(default_factory=list)

    def tick(self) -> Decision:
        """Show the meters, decide, obey."""
        snapshot = self.look()
        decision, self.memory = decide(self.spec, snapshot, self.memory, self.ahead)
        self.seen.append((self.at_s, snapshot, decision))
        for worker in decision.workers:
            wanted = self.due.get(worker.key)
            if wanted is None or wanted[1] != worker.level:
                self.due[worker.key] = (self.at_s + self.lag_s, worker.level)
        self.at_s += self.dt_s
        for key, (due_s, level) in self.due.items():
            if due_s < self.at_s:
                self.levels[key] = level
        return decision

    def run(self, seconds: float) -> list[Decision]:
        """Tick for a while."""
        ends_s = self.at_s + seconds
        decisions = []
        while self.at_s < ends_s:
            decisions.append(self.tick())
        return decisions

    def run_until(self, level: int, key: str = "", *, within_s: float = 7200) -> float:
        """Tick until the worker is decided to be at `level`; return how long it took."""
        began_s = self.at_s
        while self.at_s - began_s <= within_s:
            decision = self.tick()
            if one(decision, key).level == level:
                return self.seen[-1][0] - began_s
        raise AssertionError(f"not at level {level} within {within_s} s: {decision}")

    def drawn_w(self, key: str) -> float:
        """Return what a worker really draws."""
        level = self.levels.get(key, 0)
        worker = self.spec.worker(key)
        assert worker is not None
        return self.draws_w.get(key, worker.power_w(level)) if level else 0.0

    def look(self) -> Snapshot:
        """Read all meters."""
        clock_s = CLOCK_S + self.at_s
        rest_w = self.balance_w(self.at_s) - sum(
            self.drawn_w(worker.key) for worker in self.spec.workers
        )
        battery_w = self._buffer(rest_w)
        grid_w = -(rest_w + battery_w)
        if self.spec.export_limit_w is not None:
            grid_w = max(grid_w, -self.spec.export_limit_w)
        settings: dict[str, Any] = {
            "clock_s": clock_s,
            "local": self.local(self.at_s),
            "grid_w": Reading(grid_w, clock_s),
            "workers": tuple(self._inputs(clock_s)),
        }
        if self.spec.battery is not None:
            soc = 100 * self.stored_wh / self.spec.battery.capacity_wh
            settings["battery_w"] = Reading(battery_w, clock_s)
            settings["soc"] = Reading(soc, clock_s)
        if self.tank_c is not None:
            tank = TankInput(key="tank", temperature_c=Reading(self.tank_c, clock_s))
            settings["tanks"] = (tank,)
        return Snapshot(**(settings | dict(self.site(self.at_s))))

    def _inputs(self, clock_s: float) -> Iterator[WorkerInput]:
        extra = self.inputs(self.at_s)
        for worker in self.spec.workers:
            level = self.levels.get(worker.key, 0)
            observed = WorkerInput(
                key=worker.key,
                state=WorkerState.RUNNING if level else WorkerState.PAUSED,
                level=level,
                power_w=Reading(self.drawn_w(worker.key), clock_s)
                if self.metered
                else None,
            )
            yield replace(observed, **extra.get(worker.key, {}))

    def _buffer(self, rest_w: float) -> float:
        """Let the battery take or give what it can, for one tick; + is discharge."""
        battery = self.spec.battery
        if battery is None:
            return 0.0
        hours = self.dt_s / 3600
        if rest_w >= 0:
            room_w = (battery.capacity_wh - self.stored_wh) / hours / battery.one_way
            power_w = min(rest_w, battery.charge_w, room_w)
            self.stored_wh += power_w * battery.one_way * hours
            return -power_w
        usable_w = (
            max(0.0, self.stored_wh - battery.reserve_wh) / hours * battery.one_way
        )
        power_w = min(-rest_w, battery.discharge_w, usable_w)
        self.stored_wh -= power_w / battery.one_way * hours
        return power_w

    def levels_of(self, key: str = "") -> list[int]:
        """Return every level that was decided for a worker so far."""
        return [one(decision, key).level for _, _, decision in self.seen]

    def switches(self, key: str = "") -> list[tuple[float, int]]:
        """Return when which level was decided anew."""
        found: list[tuple[float, int]] = []
        last = 0
        for at_s, _, decision in self.seen:
            level = one(decision, key).level
            if level != last:
                found.append((at_s, level))
            last = level
        return found


def one(decision: Decision, key: str = "") -> WorkerDecision:
    """Return the decision on one worker; without a key, on the only one."""
    if not key:
        assert len(decision.workers) == 1
        return decision.workers[0]
    worker = decision.worker(key)
    assert worker is not None
    return worker


def why(decision: Decision, key: str = "") -> ReasonCode:
    """Return why a worker is at its level."""
    return one(decision, key).reason.code


def steady(balance_w: float) -> Callable[[float], float]:
    """Return a balance that never changes."""
    return lambda _: balance_w


def at_times(first_w: float, *changes: tuple[float, float]) -> Callable[[float], float]:
    """Return a balance that is `first_w` until the first of (at_s, balance_w)."""

    def balance_w(at_s: float) -> float:
        power_w = first_w
        for from_s, changed_w in changes:
            if at_s >= from_s:
                power_w = changed_w
        return power_w

    return balance_w
