"""Which rule may play: a champion stays until another has beaten it beyond doubt.

All rules are replayed on the same days, so what counts is by how much they differ day by
day: weather that is good or bad for all of them says nothing. The more a rule was free to
learn, and the more is given up for it, the further it has to be ahead. Every night
replays all rules anew, on the days since as well: one that does worse than a simpler one
there loses its place. Knows no rule of switching; may import numpy.
"""

from collections.abc import Mapping

import numpy as np

from .knowledge import Rule
from .learn_past import Numbers

DOUBT: Mapping[Rule, float] = {
    Rule.BARE: 0.0,
    Rule.NOWCAST: 0.5,
    Rule.LEARNED: 1.5,
    Rule.OFF: 2.0,
}
"""By how many standard errors of the daily differences a rule has to be ahead.

The nowcast has two numbers to fit, and what it says of a day is of the days before it, so
it is doubted little. Trees have hundreds. To stay off gives up all that could be earned.
"""


def proven(days: Mapping[Rule, Numbers], champion: Rule) -> Rule:
    """Return the rule that may play after what all of them earned, day by day.

    `champion` played until now; where there is nothing to compare it by, the rule of
    thumb takes its place. `off` is a rule like the others, and earns nothing.
    """
    if champion not in days:
        champion = Rule.BARE
    # Each step earns more than the one before, so this ends.
    while beat := [rule for rule in days if _beats(days, rule, champion)]:
        champion = max(beat, key=lambda rule: float(days[rule].sum()))
    return champion


def _beats(days: Mapping[Rule, Numbers], challenger: Rule, champion: Rule) -> bool:
    """Tell whether a rule is ahead of another by more than chance explains.

    The error supposes that nobody is ahead, so that few days never seem sure.
    """
    difference = days[challenger] - days[champion]
    error = float(np.sqrt((difference**2).sum()))
    return float(difference.sum()) > DOUBT[challenger] * error + 1e-9
