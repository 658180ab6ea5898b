"""The words and tables of the report, from what was replayed."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
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
    # A scenario of one season has fewer days than the home.
    by_days = sorted(results, key=lambda result: result["days"])
    seen = {result["home"]: result for result in results}
    seen |= {result["home"]: result for result in by_days}
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
    """Return the table of mean shares: a row for every scenario, and their mean.

    A policy that was not replayed in all homes of a row is no match for the others.
    """
    names = compared(results)
    means: list[dict[str, float]] = []
    rows: list[list[str]] = []
    for scenario, group in by_scenario(results).items():
        found = {
            name: [
                value for result in group if (value := share(result, name)) is not None
            ]
            for name in names
        }
        most = max(map(len, found.values()), default=0)
        if not most:
            continue
        of_all = {
            name: fmean(values) for name, values in found.items() if len(values) == most
        }
        means.append(of_all)
        rows.append(
            [
                f"`{scenario}`",
                *(_share_cell(name, found[name], most, of_all) for name in names),
            ]
        )
    if not rows:
        return "No scenario has a bound here."
    everywhere = {
        name: fmean(row[name] for row in means)
        for name in names
        if all(name in row for row in means)
    }
    if len(rows) > 1:
        rows.append(
            [
                "mean of all",
                *(
                    _emphasised(name, everywhere) if name in everywhere else ""
                    for name in names
                ),
            ]
        )
    return table(["scenario", *map(policy_name, names)], rows)


def _share_cell(
    name: str, found: Sequence[float], most: int, means: Mapping[str, float]
) -> str:
    if not found:
        return ""
    if name not in means:
        return f"{percent(fmean(found))} ({len(found)} of {most} homes)"
    text = _emphasised(name, means)
    if most > 1:
        text += f" ({percent(min(found))[:-2]}…{percent(max(found))[:-2]})"
    return text


def _emphasised(name: str, means: Mapping[str, float]) -> str:
    """Return a mean as a share; bold if it is the best of those that do not foresee."""
    best = max(round(mean, 2) for key, mean in means.items() if key != FORESEEING)
    text = percent(means[name])
    return (
        f"**{text}**" if round(means[name], 2) == best and name != FORESEEING else text
    )


def coarse(results: Sequence[Result]) -> str:
    """Show the homes whose meter reports seldom: the shares, apart from the others."""
    if not results:
        return ""
    steps = sorted({result["step_s"] // 60 for result in results})
    minutes = listed(f"{step}" for step in steps)
    return (
        f"### A meter that reports every {minutes} minutes only\n\n"
        "Nobody sees what happens in between, so this counts in no mean above:"
        f" {listed(dict.fromkeys(result['home'] for result in results))}.\n\n"
        f"{shares(results)}"
    )


def left_out(results: Sequence[Result]) -> str:
    """Say which homes a scenario is nothing for, and why."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for result in results:
        key = (result["scenario"], result["left_out"])
        reasons.setdefault(key, []).append(result["home"])
    return " ".join(
        f"`{scenario}` leaves out {listed(homes)}: {reason}."
        for (scenario, reason), homes in reasons.items()
    )


def emhass(results: Sequence[Result]) -> str:
    """Say where EMHASS took part, and where it could not."""
    asked = [result for result in results if "emhass" in result["policies"]]
    if not asked:
        return ""
    able = [result for result in results if result["with_emhass"]]
    unable = dict.fromkeys(
        f"`{result['scenario']}`" for result in results if not result["with_emhass"]
    )
    told = f"EMHASS was asked in {len(asked)} of the {len(able)} cases that can be put to it."
    if unable:
        told += (
            " It knows nothing of heat that one load makes instead of another, nor of"
            f" work that is worth something once it is done: {listed(unable)}."
        )
    return told


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
                *(
                    money(figures["value"])
                    if (figures := result["policies"].get(name))
                    else ""
                    for name in names
                ),
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


def by_scenario(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Return the results by scenario, in their order."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result["scenario"], []).append(result)
    return groups


def listed(items: Iterable[str]) -> str:
    """Return things as they are listed in a sentence; nothing of nothing."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last
