"""The purse: what switching a worker may lose against leaving it off.

It holds two start costs. Once they are lost (a run that loses is weighed as it goes, so
the last start and its minimum run may come on top), the worker stays off, and its rule
goes on in thought only: what it would have done is followed from then on. When that has
earned as much as was lost, and twice as much after the next time, it may play again,
with half as much to lose. So losses become ever rarer, from the first day on. What was
earned fills it. A rule that was learned, and is proven on all of the past, need not wait
for its purse: every night its losses are weighed against that past. What a job pays for
is no part of it. Pure functions; standard library only.
"""

from dataclasses import dataclass, replace
from math import inf

HELD_COSTS = 2.0
"""Start costs that may be lost: one bad start may be bad luck, the third is not."""

FULL_COSTS = 20.0
"""A purse holds no more than this: a good summer must not pay for a bad winter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What came of a worker's switching so far, in currency.

    `lived` is what it brought, less its starts; `floor` where it has to stop (None:
    not known yet), `trips` how often it had to since it last was ahead. While
    `closed`, `thought` is what its rule would have brought since, `thought_on` whether
    it would be running, and `thought_s` since when.
    """

    lived: float = 0.0
    floor: float | None = None
    trips: int = 0
    closed: bool = False
    thought: float = 0.0
    thought_on: bool = False
    thought_s: float | None = None


def earn(purse: Purse, worth: float, seconds: float, start_cost: float) -> Purse:
    """Return the purse after `seconds` of running at `worth` (currency per hour).

    It is weighed while running loses, not before a start had its time to be repaid.
    """
    purse = replace(purse, lived=purse.lived + worth * seconds / 3600)
    return purse if worth > 0 else _weighed(purse, start_cost)


def pay(purse: Purse, start_cost: float) -> Purse:
    """Return the purse after a start."""
    return replace(purse, lived=purse.lived - start_cost)


def settle(purse: Purse, start_cost: float) -> Purse:
    """Return the purse of a worker that pauses: its starts have had their time.

    Where a guard ended its runs while they earned, they were not weighed before.
    """
    floor = -HELD_COSTS * start_cost if purse.floor is None else purse.floor
    return purse if purse.lived >= floor else _weighed(purse, start_cost)


def think(
    purse: Purse,
    *,
    worth: float,
    seconds: float,
    clock_s: float,
    start_cost: float,
    wants: bool,
    gives_up: bool,
    min_run_s: float,
    min_pause_s: float,
) -> Purse:
    """Return a closed purse after its rule went on in thought for `seconds`.

    `wants` and `gives_up` are what the rule says now, paused and running.
    """
    if not purse.closed:
        return purse
    thought = purse.thought + (worth * seconds / 3600 if purse.thought_on else 0.0)
    purse = replace(purse, thought=thought)
    lasted_s = inf if purse.thought_s is None else clock_s - purse.thought_s
    if purse.thought_on and gives_up and lasted_s >= min_run_s:
        purse = replace(purse, thought_on=False, thought_s=clock_s)
    elif not purse.thought_on and wants and lasted_s >= min_pause_s:
        purse = replace(
            purse,
            thought_on=True,
            thought_s=clock_s,
            thought=purse.thought - start_cost,
        )
    if purse.thought >= HELD_COSTS * start_cost * 2.0 ** min(purse.trips - 1, 16):
        return replace(purse, closed=False)
    return purse


def _weighed(purse: Purse, start_cost: float) -> Purse:
    """Close the purse where its floor is reached; forget the past where it is ahead."""
    held = HELD_COSTS * start_cost
    purse = replace(purse, lived=min(purse.lived, FULL_COSTS * start_cost))
    if purse.lived > 0 or purse.floor is None:
        purse = replace(purse, floor=-held, trips=0, closed=False)
    assert purse.floor is not None
    if purse.closed or held <= 0 or purse.lived >= purse.floor:
        return purse
    trips = purse.trips + 1
    return replace(
        purse,
        closed=True,
        trips=trips,
        floor=purse.lived - held / 2.0 ** min(trips, 16),
        thought=0.0,
        thought_on=False,
        thought_s=None,
    )
