"""An upper bound for several workers, by mixed-integer programming.

Everything that a home must do is kept as an inequality that no policy can break:
powers add up, limits hold, minimum times are kept, a start costs. What a home *would*
do by itself is left free: the battery may wait with surplus that the real one would
take, the backup heater may wait with heat that the real one would make, a level may be
mixed. So the bound is never too low, and may be too high.

The trace is cut into days, each a program of its own, at the hour when least runs.
At a cut, stored energy, heat and running workers are not carried over but sold by the
one day and bought by the next at the same price. Whatever the price, the sum of the
days is a bound (Lagrange); with the right price it is as low as the whole. Prices come
from one linear program over the whole trace in steps of an hour.
"""

from dataclasses import replace

import numpy as np

from .day import Day, Price
from .engine import left_over, new_home, replay
from .plain import Off
from .program import Solved
from .span import Span, span_of
from .stage import Stage
from .switching import switching
from .world import World, world_of

CUT_HOUR = 3
"""Local hour at which the trace is cut: the sun is down, and little is drawn."""

COARSE_S = 3600
"""Steps of the program that finds the prices at the cuts."""


def milp_bound(stage: Stage) -> float:
    """Return what no policy can exceed, against `off`, in currency.

    Raises:
        RuntimeError: if HiGHS proves no bound.
    """
    world = world_of(stage)
    whole = span_of(stage, world)
    rules = [switching(stage, worker) for worker in stage.scenario.spec.workers]
    cuts = _cuts(stage)
    prices = [
        Price(),
        *_prices_at(stage, world, whole, cuts[1:-1]),
        _price_at_the_end(stage),
    ]
    total = _left_over(stage, stored_wh=0.0, kelvin=0.0)
    for place in range(len(cuts) - 1):
        begin, end = cuts[place], cuts[place + 1]
        day = Day(stage, world, whole.cut(begin, end))
        day.trade(prices[place], prices[place + 1])
        if begin == 0:
            _begin(stage, day)
        for key, rule in enumerate(rules):
            day.switch(key, rule, begin, last=end == cuts[-1])
        for due in stage.jobs:
            if begin <= due.first < end:
                day.reward_job(due, begin)
        total += day.program.solve().bound
    return max(0.0, total - replay(stage, Off()).total)


def _cuts(stage: Stage) -> list[int]:
    """Return where days begin, and the end: nowhere within a job."""
    size, locals_ = len(stage.locals), stage.locals
    hours = {
        index
        for index in range(1, size)
        if locals_[index].hour == CUT_HOUR != locals_[index - 1].hour
    }
    deadlines = {due.end for due in stage.jobs}
    return [
        0,
        *(
            cut
            for cut in sorted(hours | deadlines)
            if 0 < cut < size
            and not any(due.first < cut < due.end for due in stage.jobs)
        ),
        size,
    ]


def _begin(stage: Stage, day: Day) -> None:
    home = new_home(stage.scenario.spec)
    bodies = [*home.tanks.values(), *home.rooms.values()]
    day.begin(home.stored_wh, bodies[0].temperature_c if bodies else 0.0)


def _prices_at(stage: Stage, world: World, whole: Span, cuts: list[int]) -> list[Price]:
    """Return what stored energy and heat are worth at each cut, by hourly means."""
    count = max(1, COARSE_S // stage.step_s)
    coarse = Day(stage, world, whole.coarse(count))
    coarse.modulate()
    coarse.trade(Price(), _price_at_the_end(stage))
    _begin(stage, coarse)
    solved = coarse.program.solve(mixed=True)
    # The row before a cut says how what is stored there has come about.
    return [
        Price(
            _worth(solved, coarse.stored_rows, cut // count - 1),
            _worth(solved, coarse.kelvin_rows, cut // count - 1),
        )
        for cut in cuts
    ]


def _worth(solved: Solved, rows: np.ndarray | None, place: int) -> float:
    return 0.0 if rows is None else float(solved.row_values[rows[max(place, 0)]])


def _price_at_the_end(stage: Stage) -> Price:
    nothing = _left_over(stage, stored_wh=0.0, kelvin=0.0)
    return Price(
        _left_over(stage, stored_wh=1.0, kelvin=0.0) - nothing,
        _left_over(stage, stored_wh=0.0, kelvin=1.0) - nothing,
    )


def _left_over(stage: Stage, *, stored_wh: float, kelvin: float) -> float:
    home = new_home(stage.scenario.spec)
    tanks = {
        key: replace(tank, temperature_c=kelvin) for key, tank in home.tanks.items()
    }
    return left_over(stage, replace(home, stored_wh=stored_wh, tanks=tanks))
