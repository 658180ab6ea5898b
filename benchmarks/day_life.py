"""A day in the life of a home: the sun, what was decided, and what it was worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory, WorkerMemory

from .chart import Line, Panel, line_chart
from .engine import Moment, Order, Policy, replay
from .replay import policy
from .stage import Stage


@dataclass(slots=True)
class Watched:
    """A policy, and what its best level was worth whenever it was asked."""

    policy: Policy
    worths: list[tuple[float | None, ...]] = field(default_factory=list)

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Let the policy decide, and look at the worths beside it."""
        workers = {
            key: WorkerMemory(level=hand.level, previous_level=hand.level)
            for key, hand in moment.hands.items()
        }
        decision, _ = decide(
            moment.spec, moment.snapshot(), Memory(workers=workers), moment.ahead()
        )
        self.worths.append(
            tuple(
                max((worth.total for worth in item.worths), default=None)
                for item in decision.workers
            )
        )
        return self.policy.orders(moment)


def busiest_day(stage: Stage, levels: tuple[tuple[int, ...], ...]) -> range:
    """Return the intervals of the local day with most switching, of the best known ones."""
    days: dict[object, list[int]] = {}
    for index in range(stage.scored_from, len(levels)):
        days.setdefault(stage.locals[index].date(), []).append(index)

    def busy(indices: list[int]) -> tuple[int, int]:
        known = sum(stage.conditions[index] is not None for index in indices)
        changes = sum(levels[a] != levels[b] for a, b in pairwise(indices))
        return (known, changes)

    best = max(days.values(), key=busy)
    return range(best[0], best[-1] + 1)


def day_in_the_life(stage: Stage) -> str:
    """Return a chart of the busiest day, as the production code spent it."""
    watched = Watched(policy("solar_compute", stage))
    run = replay(stage, watched)
    day = busiest_day(stage, run.levels)
    spec = stage.scenario.spec

    def hour(index: int) -> float:
        return (index - day[0]) * stage.step_s / 3600

    def over(values: list[float | None]) -> list[tuple[float, float | None]]:
        return [(hour(index), value) for index, value in zip(day, values, strict=True)]

    conditions = [stage.conditions[index] for index in day]
    balance = over([None if item is None else item.balance_w for item in conditions])
    sun = over([None if item is None else item.pv_w for item in conditions])
    power = [
        Line(
            name=worker.name,
            css=css,
            values=over([worker.power_w(run.levels[index][number]) for index in day]),
            steps=True,
            area=True,
        )
        for number, (worker, css) in enumerate(
            zip(spec.workers, ("main", "good"), strict=False)
        )
    ]
    worth = [
        Line(
            name=line.name,
            css=line.css,
            values=over([watched.worths[index][number] for index in day]),
        )
        for number, line in enumerate(power)
    ]
    lines = [
        Line(name="left over without workers", css="sun", values=balance, area=True)
    ]
    if any(value is not None for _, value in sun):
        lines.append(Line(name="sun", css="good", values=sun))
    ticks = [(float(at), f"{at}:00") for at in range(0, 25, 3)]
    return line_chart(
        "A day in the life",
        [
            Panel(title="What the home had", unit="W", lines=tuple(lines)),
            Panel(
                title="What the workers drew", unit="W", lines=tuple(power), height=70
            ),
            Panel(title="Worth of the best level", unit="per h", lines=tuple(worth)),
        ],
        ticks,
    )
