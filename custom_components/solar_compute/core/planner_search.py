"""The search for a plan: the workers' turns, until none improves the whole.

What a turn finds is taken only if the simulator agrees, so that the search may end at any
time. It may import numpy, by the programs.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import inf

from .planner_limits import permitted
from .planner_problem import Found, Problem, all_paused, all_running, scored
from .planner_turn import planned

BETTER = 1e-9
"""Less than this is no improvement."""

PROGRAMS = 80
"""So many programs are solved at most, one for each case of each turn, once a first
search has come to its end: two seconds of a small computer."""


def searched(
    problem: Problem, begin: Iterable[Found], out_of_time: Callable[[], bool]
) -> Found:
    """Return the best that is found from the best beginning, and from others then.

    Where workers compete, going round them ends where no single one can do better, which
    need not be the best. So the search begins again from all running, and with each of
    them paused until all others had their turn.
    """
    effort = _Effort(out_of_time)
    best = _descended(problem, max(begin, key=lambda found: found.score), 0, effort)
    count = len(problem.world.runners)
    if count < 2 or not best.complete:
        return best
    effort.limit = PROGRAMS
    running = all_running(problem.world)
    if permitted(problem.world, running):
        best = _better(best, _descended(problem, scored(problem, running), 0, effort))
    paused = all_paused(problem.world)
    failed = number = 0
    while failed < count and not effort.is_over():
        levels = (*best.levels[:number], paused[number], *best.levels[number + 1 :])
        number = (number + 1) % count
        ruined = scored(problem, levels, best.prices)
        found = _better(best, _descended(problem, ruined, number, effort))
        failed = failed + 1 if found is best else 0
        best = found
    return best


class _Effort:
    """What has been spent on a search, and whether there may be more."""

    def __init__(self, out_of_time: Callable[[], bool]) -> None:
        """Begin without a limit but time."""
        self.limit: float = inf
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


def _descended(problem: Problem, best: Found, first: int, effort: _Effort) -> Found:
    """Go round the workers, from the `first` one on, until none can do better."""
    count, idle, turn = len(problem.world.runners), 0, 0
    while idle < count:
        number = (first + turn) % count
        turned = None
        if not effort.is_over():
            turned = planned(problem, best, number, effort.is_over)
            effort.spend(len(problem.world.cases))
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
