"""The best of all ways to run a small home, found by trying them all."""

from collections.abc import Mapping, Sequence
from itertools import product

from benchmarks.engine import Moment, Order, Stage, replay
from benchmarks.plain import Off


class Scripted:
    """Does what its script says for all workers.

    A silent meter, and a sink at its maximum, excuse a pause, as for all.
    """

    def __init__(self, levels: Sequence[Sequence[int]]) -> None:
        self._levels = levels
        self._index = 0

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        levels, spec = self._levels[self._index], moment.spec
        silent = self._index > 0 and moment.flows is None
        self._index += 1
        sinks = {**moment.house.tanks, **moment.house.rooms}
        orders: dict[str, Order] = {}
        for worker, level in zip(spec.workers, levels, strict=True):
            sink = spec.sink(worker.sink)
            full = sink and sinks[sink.key].temperature_c >= sink.maximum_c
            orders[worker.key] = Order(
                level, excused=not level and bool(silent or full)
            )
        return orders


def best_by_trial(stage: Stage) -> float:
    """Try every sequence of levels; the best that breaks no minimum time."""
    levels = [range(len(worker.levels_w) + 1) for worker in stage.scenario.spec.workers]
    scripts = product(product(*levels), repeat=len(stage.conditions))
    runs = [replay(stage, Scripted(script)) for script in scripts]
    off = replay(stage, Off())
    return max(run.total - off.total for run in runs if not run.violations)
