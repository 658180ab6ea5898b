"""Guards that say things, and a house that obeys them, for the tests of the core."""

from dataclasses import replace
from typing import Any

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import (
    CircuitGuard,
    ClimateGuard,
    ConditionGuard,
    ConditionUse,
    GuardSpec,
    GuardSpecs,
    PowerCapGuard,
)
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    Decision,
    GuardInput,
    GuardState,
    Reading,
    WorkerInput,
)
from custom_components.solar_compute.core.spec import SiteSpec

from .houses import CLOCK_S, cruncher, look, paused, running, sunny_house
from .loop import one


def saying(
    key: str,
    *,
    at_s: float = 0.0,
    age_s: float = 0.0,
    rearmed_s: float | None = None,
    **values: float | None,
) -> GuardInput:
    """Return what a guard's entities say, `at_s` after noon and `age_s` old."""
    measured_s = CLOCK_S + at_s - age_s
    return GuardInput(
        key=key,
        readings={name: Reading(value, measured_s) for name, value in values.items()},
        rearmed_s=None if rearmed_s is None else CLOCK_S + rearmed_s,
    )


def guards(*specs: GuardSpec) -> GuardSpecs:
    """Return the specs of a site's guards, each put among its kind."""
    kinds = {
        "ConditionGuard": "conditions",
        "ClimateGuard": "climates",
        "QuietGuard": "quiet",
        "MaximumGuard": "maxima",
        "CircuitGuard": "circuits",
        "PowerCapGuard": "caps",
        "BatteryGuard": "batteries",
    }
    found: dict[str, Any] = {}
    for spec in specs:
        kind = kinds[type(spec).__name__]
        found[kind] = (*found.get(kind, ()), spec)
    return GuardSpecs(**found)


def door(**changes: Any) -> ConditionGuard:
    """Return a door of the rack that must be shut (off), and latches."""
    settings: dict[str, Any] = {
        "key": "door",
        "name": "Rack door",
        "use": ConditionUse.TAMPER,
        "must_be_on": False,
        "latching": True,
    }
    return ConditionGuard(**(settings | changes))


def smoke(**changes: Any) -> ConditionGuard:
    """Return a smoke detector that must be off, for safety."""
    settings: dict[str, Any] = {
        "key": "smoke",
        "name": "Smoke",
        "use": ConditionUse.ALARM,
        "must_be_on": False,
        "safety": True,
    }
    return ConditionGuard(**(settings | changes))


def cellar(**changes: Any) -> ClimateGuard:
    """Return the air of a cellar: no warmer than 27 °C."""
    settings: dict[str, Any] = {"key": "cellar", "name": "Cellar", "maximum_c": 27.0}
    return ClimateGuard(**(settings | changes))


def state_of(decision: Decision, key: str) -> GuardState:
    """Return the state of a guard, which must have one."""
    state = decision.guard(key)
    assert state is not None
    return state


class House:
    """A sunny house with guards, asked again and again; its cruncher does as told."""

    def __init__(self, *specs: GuardSpec, **worker: Any) -> None:
        # Runs of ten minutes are long enough here: what is cut short waits longer.
        settings = {"min_run_s": 600.0} | worker
        self.spec = sunny_house(cruncher(**settings), guards=guards(*specs))
        self.memory = Memory()
        self.at_s = 0.0
        self.level = 0

    def ask(
        self, *inputs: GuardInput, after_s: float = 600, **changes: Any
    ) -> Decision:
        """Return what is decided a while later, in full sun."""
        self.at_s += after_s
        worker = running() if self.level else paused()
        snapshot = look(
            500.0 * self.level - 3000.0, worker, at_s=self.at_s, guards=inputs
        )
        clock_s = snapshot.clock_s
        fresh = tuple(
            replace(
                item,
                readings={
                    name: replace(reading, measured_s=clock_s)
                    for name, reading in item.readings.items()
                },
            )
            for item in inputs
        )
        snapshot = replace(snapshot, guards=fresh, **changes)
        decision, self.memory = decide(self.spec, snapshot, self.memory)
        self.level = one(decision).level
        return decision


def circuit(key: str = "cellar", **changes: Any) -> CircuitGuard:
    """Return a metered circuit of 2 kW, of which 80 % may be used."""
    settings_: dict[str, Any] = {"key": key, "name": key, "limit_w": 2000.0}
    return CircuitGuard(**(settings_ | changes))


def cap(**changes: Any) -> PowerCapGuard:
    """Return a cap that the grid operator sets."""
    return PowerCapGuard(**({"key": "cap", "name": "Cap"} | changes))


def settled(*workers: WorkerInput, at_s: float = 0.0) -> Memory:
    """Return a memory of workers that have been at their levels for an hour."""
    then_s = CLOCK_S + at_s - 3600
    return Memory(
        clock_s=CLOCK_S + at_s - 10,
        workers={
            worker.key: WorkerMemory(
                level=worker.level or 0, since_s=then_s, changed_s=then_s
            )
            for worker in workers
        },
    )


def decided(
    spec: SiteSpec, *workers: WorkerInput, says: tuple[GuardInput, ...], **changes: Any
) -> Decision:
    """Return what is decided in full sun of workers that have long been as they are."""
    grid_w = changes.pop("grid_w", -9000.0)
    snapshot = look(grid_w, *workers, guards=says, **changes)
    return decide(spec, snapshot, settled(*workers))[0]
