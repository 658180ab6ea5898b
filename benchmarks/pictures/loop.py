"""A home through some hours, decided by the real core, minute by minute."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custom_components.solar_compute.core.closed_loop import (
    Order,
    Standing,
    lived,
    paused,
)
from custom_components.solar_compute.core.crew import worker_input
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import Decision
from custom_components.solar_compute.core.simulate import Conditions, House, snapshot
from custom_components.solar_compute.core.spec import SiteSpec


@dataclass(frozen=True, slots=True)
class Look:
    """One step: what was decided at its start, and the home then."""

    decision: Decision
    house: House


def looks(
    spec: SiteSpec,
    house: House,
    conditions: Iterable[Conditions],
    step_s: int,
    memory: Memory,
) -> list[Look]:
    """Return every step, with the meters as they were in the one before."""
    world = tuple(conditions)
    found: list[Look] = []

    def orders(index: int, standing: Standing) -> Mapping[str, Order]:
        nonlocal memory
        clock_s = standing.house.clock_s
        seen = snapshot(
            spec,
            standing.house,
            standing.flows,
            local=world[index].local,
            workers=[
                worker_input(worker, standing.hands[worker.key], clock_s)
                for worker in spec.workers
            ],
            conditions=world[index - 1] if index else None,
        )
        decision, memory = decide(spec, seen, memory)
        found.append(Look(decision, standing.house))
        return {item.key: Order(item.level) for item in decision.workers}

    for _ in lived(spec, paused(spec, house), world, step_s, orders):
        pass
    return found
