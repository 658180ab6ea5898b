"""The purse: what switching a worker may lose against leaving it off.

It holds two start costs. Once they are lost (a run that loses is weighed as it goes, so
the last start and its minimum run may come on top), the worker stays off, and its rule
goes on in thought only: what it would have done is followed from then on. When that has
earned as much as was lost, and twice as much after the next time, it may play again,
with half as much to lose. So losses become ever rarer, from the first day on. What was
earned fills it. A rule that was learned, and is proven on all of the past, need not wait
for its purse: every night its losses are weighed against that past.

Nothing shuts a worker out for ever: what its rule must earn in thought has a limit, bad
weeks in thought count for no more than that, and what was lost before is forgotten
with the season.

No day may lose more than its own bound, with any rule and however much was earned
before: what comes late is the learner's to weigh, and it does so at night. What a job
pays for is no part of any of this. Pure functions; standard library only.
"""

from dataclasses import dataclass, replace
from math import inf

HELD_COSTS = 2.0
"""Start costs that may be lost: one bad start may be bad luck, the third is not."""

FULL_COSTS = 20.0
"""A purse holds no more than this: a good summer must not pay for a bad winter."""

MAXIMUM_TRIPS = 4
"""More trips than these make nothing harder: to have earned sixteen start costs in
thought is a week of sun, where a start is worth its cost."""

FORGOTTEN_S = 30 * 86400.0
"""Time off after which one trip is forgotten: by then it is another season's sun."""

DAY_COSTS = FULL_COSTS / 2
"""Start costs that a day may lose: half of what a full purse holds. With six or less, a
bad morning kept a measured home out of the sunny day that followed."""

PROVEN_DAY_COSTS = FULL_COSTS
"""The same with a rule that has proven itself: its days are known to make good for each
other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What came of a worker's switching so far, in currency.

    `lived` is what it brought, less its starts; `floor` where it has to stop (None:
    not known yet), `trips` how often it had to since it last was ahead. While
    `closed`, `thought` is what its rule would have brought since, `thought_on` whether
    it would be running, and `thought_s` since when; `off_s` is for how long it thought
    since its last trip, or since one was forgotten. `today` is what this `day` brought.
    """

    lived: float = 0.0
    floor: float | None = None
    trips: int = 0
    closed: bool = False
    thought: float = 0.0
    thought_on: bool = False
    thought_s: float | None = None
    off_s: float = 0.0
    day: str = ""
    today: float = 0.0


def on_day(purse: Purse, day: str) -> Purse:
    """Return the purse on that local day: a new one begins with nothing lost."""
    return purse if purse.day == day else replace(purse, day=day, today=0.0)


def is_spent(
    purse: Purse, start_cost: float, *, proven: bool, unseen: bool = False
) -> bool:
    """Tell whether the worker has to stay off for now.

    `proven`: its rule is one that earned on all of the past. `unseen`: an export limit
    may hold back sun that no meter shows. There a start is how it is found, and what it
    seems to cost is no loss of that day.
    """
    costs = PROVEN_DAY_COSTS if proven else DAY_COSTS
    bounded = start_cost > 0 and not unseen
    too_much_today = bounded and purse.today <= -costs * start_cost
    return too_much_today or (purse.closed and not proven)


def earn(purse: Purse, worth: float, seconds: float, start_cost: float) -> Purse:
    """Return the purse after `seconds` of running at `worth` (currency per hour).

    It is weighed while running loses, not before a start had its time to be repaid.
    """
    brought = worth * seconds / 3600
    purse = replace(purse, lived=purse.lived + brought, today=purse.today + brought)
    return purse if worth > 0 else _weighed(purse, start_cost)


def pay(purse: Purse, start_cost: float) -> Purse:
    """Return the purse after a start."""
    return replace(
        purse, lived=purse.lived - start_cost, today=purse.today - start_cost
    )


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
    purse = _forgetting(purse, seconds)
    wanted = _wanted(purse, start_cost)
    thought = purse.thought + (worth * seconds / 3600 if purse.thought_on else 0.0)
    purse = replace(purse, thought=max(thought, -wanted))
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
    return replace(purse, closed=False) if purse.thought >= wanted else purse


def _forgetting(purse: Purse, seconds: float) -> Purse:
    """Return the purse after so much more time off: old trips are forgotten."""
    off_s = purse.off_s + seconds
    if off_s < FORGOTTEN_S:
        return replace(purse, off_s=off_s)
    return replace(purse, off_s=0.0, trips=max(1, purse.trips - 1))


def _wanted(purse: Purse, start_cost: float) -> float:
    """Return what the rule has to earn in thought before it may play again."""
    return HELD_COSTS * start_cost * 2.0 ** min(purse.trips - 1, MAXIMUM_TRIPS - 1)


def _weighed(purse: Purse, start_cost: float) -> Purse:
    """Close the purse where its floor is reached; forget the past where it is ahead."""
    held = HELD_COSTS * start_cost
    purse = replace(purse, lived=min(purse.lived, FULL_COSTS * start_cost))
    if purse.lived > 0 or purse.floor is None:
        purse = replace(purse, floor=-held, trips=0, closed=False)
    assert purse.floor is not None
    if purse.closed or held <= 0 or purse.lived >= purse.floor:
        return purse
    trips = min(purse.trips + 1, MAXIMUM_TRIPS)
    return replace(
        purse,
        closed=True,
        trips=trips,
        floor=purse.lived - held / 2.0 ** min(trips, MAXIMUM_TRIPS),
        off_s=0.0,
        thought=0.0,
        thought_on=False,
        thought_s=None,
    )
