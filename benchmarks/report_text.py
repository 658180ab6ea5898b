"""The words and tables of the report, from what was replayed."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

FINE_S = 900
"""Homes measured this often or more often are what the means are about."""

NAMES = {
    "solar_compute": "Solar Compute",
    "bare_rule": "bare rule",
    "always_on": "always on",
    "cusum": "CUSUM",
    "emhass": "EMHASS",
    "emhass_perfect": "EMHASS, perfect forecast",
}
OURS = "solar_compute"
FORESEEING = "emhass_perfect"
"""A policy that is told the future is no rival in what is not foreseen."""

NOT_COMPARED = frozenset({"off", "always_on"})

NOTABLE = 0.03
"""A rival that is ahead by more than this share of the bound is named."""

NOTABLE_LOSS = 0.05
"""A loss of more than this, in currency, is named: 5 ct are within tolerance."""

MOST_NAMED = 6

type Result = Mapping[str, Any]


def policy_name(key: str) -> str:
    """Return a policy as people would call it."""
    if key.startswith("delay_"):
        _, start, stop = key.split("_")
        return f"delays {start}/{stop} min"
    return NAMES.get(key, key.replace("_", " "))


def compared(results: Iterable[Result]) -> list[str]:
    """Return the policies that are worth a column, in the order of the bench."""
    names: dict[str, None] = {}
    for result in results:
        names.update(dict.fromkeys(result["policies"]))
    return [name for name in names if name not in NOT_COMPARED]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def percent(share: float) -> str:
    """Return a share as people write it."""
    return f"{share:.0%}".replace("-", "−").replace("%", " %")


def money(value: float) -> str:
    """Return an amount in currency."""
    return f"{value:.2f}".replace("-", "−")


def is_fine(result: Result) -> bool:
    """Tell whether its home was measured often enough to count in the means."""
    return bool(result["step_s"] <= FINE_S)


def share(result: Result, policy: str) -> float | None:
    """Return a policy's share of the bound; None without a bound."""
    figures = result["policies"].get(policy)
    found: float | None = figures["share_of_bound"] if figures else None
    return found


def learned(days: float) -> str:
    """Say what the policies could learn from before anything counted."""
    if not days:
        return "On its first day, a home knows nothing of itself."
    return (
        f"The first {days:g} days of every home are there to learn from, and count for"
        " nothing."
    )


def homes(results: Sequence[Result]) -> str:
    """Return the table of homes."""
    seen = {result["home"]: result for result in results}
    return table(
        ["home", "days", "one reading per", "without a reading"],
        [
            [
                name,
                f"{result['days'] + result.get('learn_days', 0):.0f}",
                f"{result['step_s'] / 60:g} min",
                percent(result["unknown_share"]),
            ]
            for name, result in seen.items()
        ],
    )


def shares(results: Sequence[Result]) -> str:
    """Return the table of mean shares: a row for every scenario."""
    names = compared(results)
    rows: list[list[str]] = []
    for scenario, group in by_scenario(results).items():
        found = {
            name: [
                value for result in group if (value := share(result, name)) is not None
            ]
            for name in names
        }
        means = {name: fmean(values) for name, values in found.items() if values}
        if not means:
            continue
        best = max(round(mean, 2) for name, mean in means.items() if name != FORESEEING)
        cells = []
        for name in names:
            if name not in means:
                cells.append("")
                continue
            text = percent(means[name])
            if round(means[name], 2) == best and name != FORESEEING:
                text = f"**{text}**"
            values = found[name]
            if len(values) > 1:
                text += f" ({percent(min(values))[:-2]}…{percent(max(values))[:-2]})"
            cells.append(text)
        rows.append([f"`{scenario}`", *cells])
    if not rows:
        return "No scenario has a bound here."
    return table(["scenario", *map(policy_name, names)], rows)


def values(results: Sequence[Result]) -> str:
    """Return the table of all values in currency."""
    names = compared(results)
    return table(
        ["scenario", "home", "bound", *map(policy_name, names)],
        [
            [
                f"`{result['scenario']}`",
                result["home"],
                ""
                if (best := result["bound"]["value"]) is None
                else f"{money(best)} ({result['bound']['kind']})",
                *(money(result["policies"][name]["value"]) for name in names),
            ]
            for result in results
        ],
    )


def kinds(results: Sequence[Result]) -> str:
    """Say what the kinds of bounds mean that are in the table."""
    meanings = {
        "exact": "`exact`: the best policy earns just that.",
        "soc_dp": "`soc_dp`: as far as a grid of what is stored can tell.",
        "milp_bound": "`milp_bound`: no policy earns more; the best one maybe less.",
    }
    seen = {result["bound"]["kind"] for result in results}
    told = [text for kind, text in meanings.items() if kind in seen]
    return "Bounds: " + " ".join(told) if told else ""


def coarse(results: Sequence[Result]) -> str:
    """Say how it is where the meter reports seldom."""
    if not results:
        return ""
    names = compared(results)
    medians = {
        name: median(found)
        for name in names
        if (
            found := [
                value
                for result in results
                if (value := share(result, name)) is not None
            ]
        )
    }
    steps = sorted({result["step_s"] // 60 for result in results})
    told = ", ".join(
        f"{policy_name(name)} {percent(mean)}" for name, mean in medians.items()
    )
    return (
        f"With a meter that reports every {_listed(f'{step}' for step in steps)} minutes"
        f" only, nobody sees what happens in between. Medians over all scenarios: {told}."
    )


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


def by_scenario(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Return the results by scenario, in their order."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result["scenario"], []).append(result)
    return groups


def _listed(items: Iterable[str]) -> str:
    *first, last = items
    return f"{', '.join(first)} or {last}" if first else last
