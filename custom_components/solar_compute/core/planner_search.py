"""The search for a plan: the workers' turns, until none improves the whole.

What a turn finds is taken only if the simulator agrees, so that the search may end at any
time. It may import numpy, by the programs.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import permutations
from math import inf

from .planner_limits import permitted
from .planner_problem import Found, Problem, all_paused, all_running, scored
from .planner_turn import planned

BETTER = 1e-9
"""Less than this is no improvement."""

PROGRAMS = 110
"""Once a first search has come to its end, others begin until so many programs were
solved, one for each case of each turn: less than two seconds of a small computer."""

FINE = 2
"""How much finer the grids are in the end."""

FINE_PROGRAMS = 30
"""So many programs may be solved on the finer grids, which take twice as long."""


def searched(
    problem: Problem, begin: Iterable[Found], out_of_time: Callable[[], bool]
) -> Found:
    """Return the best that is found from the best beginning, and from others then.

    Who makes most of a kWh has the first turn: what is scarce then goes to the right
    one at once. Where workers compete, going round them ends where no single one can do
    better, which need not be the best. So the search begins again with two of them
    paused until all others had their turn, and from all running. The last turns are on
    finer grids.
    """
    order = _by_merit(problem)
    effort = _Effort(out_of_time)
    begins = max(begin, key=lambda found: found.score)
    best = _descended(problem, begins, order, effort)
    if not best.complete:
        return best
    effort.limit = PROGRAMS
    best = _begun_again(problem, best, order, effort)
    running = all_running(problem.world)
    if not effort.is_over() and permitted(problem.world, running):
        found = _descended(problem, scored(problem, running), order[::-1], effort)
        if found.score > best.score + BETTER:
            best = _begun_again(problem, replace(found, complete=True), order, effort)
    effort = _Effort(out_of_time, FINE_PROGRAMS)
    fine = replace(problem, fine=problem.fine * FINE)
    return _better(best, _descended(fine, best, order, effort))


def _begun_again(
    problem: Problem, best: Found, order: Sequence[int], effort: _Effort
) -> Found:
    """Return the best that is found with some workers paused at first, pair by pair."""
    paused = all_paused(problem.world)
    places = range(len(order))
    # Neighbours first: they compete most. Both of a pair are the last once.
    pairs = [
        (order[one], order[other])
        for one, other in sorted(
            permutations(places, 2), key=lambda pair: abs(pair[0] - pair[1])
        )
    ]
    failed = turn = 0
    while failed < len(pairs) and not effort.is_over():
        pair = pairs[turn % len(pairs)]
        levels = tuple(
            paused[number] if number in pair else chosen
            for number, chosen in enumerate(best.levels)
        )
        others = [number for number in order if number not in pair]
        ruined = scored(problem, levels, best.prices)
        found = _descended(problem, ruined, [*others, *pair], effort)
        turn, failed = turn + 1, failed + 1
        if (better := _better(best, found)) is not best:
            best, failed = better, 0
    return best


def _by_merit(problem: Problem) -> Sequence[int]:
    """Return the workers in order of what they make of a kWh: results, heat and jobs."""
    world = problem.world

    def merit(number: int) -> float:
        runner, jobs = world.runners[number], problem.jobs[number]
        heat = 0.0
        if runner.sink is not None:
            heat = runner.recovery * world.sinks[runner.sink].left_per_kwh
        results = max(
            (
                result * 1000 / power_w
                for result, power_w in zip(runner.results, runner.powers_w, strict=True)
                if power_w > 0
            ),
            default=0.0,
        )
        asked = max((item.most * item.units_per_kwh for item in jobs), default=0.0)
        return max(results, asked) + heat

    # Of like ones the first by priority: sorting keeps their order.
    return sorted(range(len(world.runners)), key=merit, reverse=True)


class _Effort:
    """The programs that a search has solved, and whether there may be more."""

    def __init__(self, out_of_time: Callable[[], bool], limit: float = inf) -> None:
        """Begin with a limit of programs, or of time only."""
        self.limit = limit
        self._out_of_time = out_of_time
        self._spent = 0

    def is_over(self) -> bool:
        """Tell whether the search has to end."""
        return self._spent >= self.limit or self._out_of_time()

    def spend(self, programs: int) -> None:
        """Count programs that were solved."""
        self._spent += programs


def _better(best: Found, found: Found) -> Found:
    """Return the better one; the search for the first one came to its end."""
    if found.score > best.score + BETTER:
        return replace(found, complete=True)
    return best


def _descended(
    problem: Problem, best: Found, order: Sequence[int], effort: _Effort
) -> Found:
    """Go round the workers in that order until none can do better."""
    idle = turn = 0
    while idle < len(order):
        number = order[turn % len(order)]
        turned = None
        if not effort.is_over():
            turned = planned(problem, best, number, effort)
        if turned is None:
            return replace(best, complete=False)
        turn, idle = turn + 1, idle + 1
        levels = (*best.levels[:number], turned[0], *best.levels[number + 1 :])
        prices = (*best.prices[:number], turned[1], *best.prices[number + 1 :])
        if turned[0] == tuple(best.levels[number]):
            best = replace(best, prices=prices)
            continue
        found = scored(problem, levels, prices)
        if found.score > best.score + BETTER:
            best, idle = found, 1
    return best
