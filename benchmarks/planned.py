"""A home that goes by a plan, replayed: what the plan says, and what it would foresee.

The policies plan anew every hour from what a home would know then. `foreseen` is the
balance that is expected: the true one, or the mean of the same time on the days before.
"""

from collections.abc import Callable, Mapping, Sequence

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.plan import (
    Expected,
    Grid,
    Plan,
    PlanStart,
    WorkerStart,
)
from custom_components.solar_compute.core.planner import make_plan
from custom_components.solar_compute.core.planner_grid import ahead_of, plan_grid

from .engine import Moment, Order, Stage

EVERY_S = 3600
DAYS_BACK = 7

type Foreseen = Callable[[Stage, int, int], float]
"""Returns the balance that is expected at an index, at the time of another one."""


def true_balance(stage: Stage, index: int, now: int) -> float:
    """Return what will be: perfect foresight."""
    del now
    conditions = stage.conditions[min(index, len(stage.conditions) - 1)]
    return 0.0 if conditions is None else conditions.balance_w


def mean_of_days(stage: Stage, index: int, now: int) -> float:
    """Return the mean of the same time of day on up to seven days before now."""
    day = round(86400 / stage.step_s)
    back = index - (index - now + day) // day * day
    seen = [
        conditions.balance_w
        for at in range(back, max(-1, back - DAYS_BACK * day), -day)
        if 0 <= at < now and (conditions := stage.conditions[at]) is not None
    ]
    return sum(seen) / len(seen) if seen else 0.0


def expected_of(stage: Stage, grid: Grid, now: int, foreseen: Foreseen) -> Expected:
    """Return what is expected for a grid, with prices that are known."""
    begin_s = stage.locals[0].timestamp()

    def means(value: Callable[[int], float]) -> tuple[float, ...]:
        result = []
        for start_s, length_s in zip(grid.starts_s, grid.lengths_s, strict=True):
            first = int((start_s - begin_s) // stage.step_s)
            last = int((start_s + length_s - begin_s - 1) // stage.step_s)
            result.append(
                sum(value(at) for at in range(first, last + 1)) / (last + 1 - first)
            )
        return tuple(result)

    def known(values: Sequence[float]) -> tuple[float, ...]:
        return means(lambda at: values[min(max(at, 0), len(values) - 1)])

    return Expected(
        grid=grid,
        balance_w=means(lambda at: foreseen(stage, max(at, 0), now)),
        import_per_kwh=known(stage.imports),
        export_per_kwh=known(stage.exports),
    )


def start_of(moment: Moment) -> PlanStart:
    """Return the home as a plan finds it."""
    now_s = moment.local.timestamp()
    spec = moment.spec
    workers = {}
    for key, hand in moment.hands.items():
        since_s = (
            None if hand.since_s is None else now_s - moment.clock_s + hand.since_s
        )
        workers[key] = WorkerStart(level=hand.level, since_s=since_s)
    return PlanStart(
        made_s=now_s,
        local=moment.local,
        stored_wh=None if spec.battery is None else moment.house.stored_wh,
        temperatures_c={
            key: state.temperature_c
            for key, state in {**moment.house.tanks, **moment.house.rooms}.items()
        },
        workers=workers,
    )


class Planned:
    """Go by a plan that is made anew every hour.

    `by_prices`: decide as production code does, which hears of the plan what a stored
    kWh is worth and what is expected; else do what the plan says, as no home would.
    """

    def __init__(
        self, stage: Stage, foreseen: Foreseen, *, by_prices: bool, fine_s: int = 300
    ) -> None:
        """Begin without a plan."""
        self._stage, self._foreseen, self._by_prices = stage, foreseen, by_prices
        self._near_s = max(fine_s, stage.step_s)
        self._plan: Plan | None = None
        self._made_s = -float(EVERY_S)
        self._memory = Memory()

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Plan where it is time to, and act."""
        now_s = moment.local.timestamp()
        if now_s >= self._made_s + EVERY_S or self._plan is None:
            self._plan, self._made_s = self._planned(moment), now_s
        if self._by_prices:
            ahead = ahead_of(self._plan, now_s)
            decision, self._memory = decide(
                moment.spec, moment.snapshot(), self._memory, ahead
            )
            return {item.key: Order(item.level, True) for item in decision.workers}
        grid = self._plan.expected.grid
        step = sum(start_s <= now_s for start_s in grid.starts_s) - 1
        return {key: Order(levels[step]) for key, levels in self._plan.levels.items()}

    def _planned(self, moment: Moment) -> Plan:
        now_s = moment.local.timestamp()
        begin_s = self._stage.locals[0].timestamp()
        grid = plan_grid(
            now_s, near_step_s=self._near_s, far_step_s=max(900, self._near_s)
        )
        expected = expected_of(
            self._stage,
            grid,
            int((now_s - begin_s) // self._stage.step_s),
            self._foreseen,
        )
        return make_plan(moment.spec, expected, start_of(moment), previous=self._plan)


class Clairvoyant:
    """Do what one plan of the whole trace says, made with perfect foresight."""

    def __init__(self, stage: Stage) -> None:
        """Begin without a plan."""
        self._stage = stage
        self._plan: Plan | None = None

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Plan once, and act."""
        begin_s = self._stage.locals[0].timestamp()
        if self._plan is None:
            steps = len(self._stage.conditions)
            grid = Grid(
                starts_s=tuple(
                    begin_s + step * self._stage.step_s for step in range(steps)
                ),
                lengths_s=(float(self._stage.step_s),) * steps,
            )
            expected = expected_of(self._stage, grid, 0, true_balance)
            self._plan = make_plan(moment.spec, expected, start_of(moment))
        step = int((moment.local.timestamp() - begin_s) // self._stage.step_s)
        return {key: Order(levels[step]) for key, levels in self._plan.levels.items()}
