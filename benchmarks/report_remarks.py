"""What the page says that does not show off: found in what was replayed."""

from collections.abc import Sequence

from .report_text import (
    FORESEEING,
    OURS,
    Result,
    compared,
    is_fine,
    money,
    percent,
    policy_name,
    share,
)

NOTABLE = 0.03
"""A rival that is ahead by more than this share of the bound is named."""

NOTABLE_LOSS = 0.05
"""A loss of more than this, in currency, is named: 5 ct are within tolerance."""

MOST_NAMED = 6


def remarks(results: Sequence[Result]) -> str:
    """Say where others are better, what was lost and missed: a list, from the data."""
    fine = [result for result in results if is_fine(result)]
    found = [
        *_behind(fine),
        *_losses(results),
        *_missed(results),
        *_never(fine),
        *_violations(results),
    ]
    return "\n".join(f"- {text}" for text in found)


def _behind(results: Sequence[Result]) -> list[str]:
    gaps: list[tuple[float, str]] = []
    for result in results:
        mine = share(result, OURS)
        rivals = {
            name: value
            for name in compared([result])
            if name not in (OURS, FORESEEING)
            and (value := share(result, name)) is not None
        }
        if mine is None or not rivals:
            continue
        best = max(rivals, key=lambda name: rivals[name])
        if rivals[best] > mine + NOTABLE:
            told = (
                f"{result['home']}, `{result['scenario']}`: {policy_name(best)}"
                f" {percent(rivals[best])}, Solar Compute {percent(mine)}"
            )
            gaps.append((rivals[best] - mine, told))
    gaps.sort(reverse=True)
    if not gaps:
        return ["No other rule is clearly ahead in any home and scenario of this page."]
    named = "; ".join(text for _, text in gaps[:MOST_NAMED])
    more = len(gaps) - MOST_NAMED
    return [
        f"In {len(gaps)} of {len(results)} cases another rule is ahead by more than"
        f" {percent(NOTABLE)} of the bound: {named}"
        + (f"; and {more} more, see the table." if more > 0 else ".")
    ]


def _losses(results: Sequence[Result]) -> list[str]:
    return [
        f"{result['home']} loses {money(-value)} in {result['days']:.0f} days of"
        f" `{result['scenario']}`: there, doing nothing is better."
        for result in results
        if (value := result["policies"][OURS]["value"]) < -NOTABLE_LOSS
    ]


def _missed(results: Sequence[Result]) -> list[str]:
    return [
        f"{result['home']} misses {jobs['missed']} of {jobs['met'] + jobs['missed']}"
        f" deadlines in `{result['scenario']}`."
        for result in results
        if (jobs := result["policies"][OURS].get("jobs")) and jobs["missed"]
    ]


def _never(results: Sequence[Result]) -> list[str]:
    idle = [
        f"{result['home']}, `{result['scenario']}`"
        for result in results
        if not result["policies"][OURS]["starts"]
        and (result["bound"]["value"] or 0) > 0
    ]
    if not idle:
        return []
    told = (
        "It never starts where it does not believe that a start pays, though with"
        f" foresight some would have: {'; '.join(idle)}."
    )
    return [told]


def _violations(results: Sequence[Result]) -> list[str]:
    broken = [
        f"{policy_name(name)} in {result['home']}, `{result['scenario']}`"
        for result in results
        for name, figures in result["policies"].items()
        if figures["violations"]
    ]
    if broken:
        return [f"Minimum times were broken by {'; '.join(broken)}."]
    return ["No policy broke a minimum time."]
