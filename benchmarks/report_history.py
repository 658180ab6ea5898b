"""What more history brings: a table of its own, since no home here has a year of minutes.

A measured home is cut into parts, and each is judged by what all its other days taught.
Of an imagined home, the first half is there to learn from.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from .folds import Fold
from .report_charts import GROUPS
from .report_text import OURS, Result, by_scenario, is_fine, percent, share, table
from .results import Home, Task, results

SCENARIOS = GROUPS["power"][1]
HEAD = """\
## With more days to learn from

No home here has a year of minutes. So every home is cut into {count} parts, and each is \
judged by what all other days of the same home taught, later ones, too; they are moved \
before it by whole days. That is more history than it had in life, and less than a year.\
{imagined} Solar Compute only, in % of the bound over all parts; in brackets with nothing \
but the days before.
"""
IMAGINED = """ \
The imagined home has a year to learn from and a year that counts; it was invented (by \
`benchmarks.generate`), and is kinder than real ones."""


def history(
    known: Sequence[Result],
    homes: Sequence[Home],
    imagined: Sequence[Home],
    scenarios: Sequence[Path],
    *,
    folds: int,
    cache: Path | None,
    processes: int,
) -> str:
    """Return the section, nothing where it is not asked for.

    `known` is what came of the same homes with nothing but the days before.
    """
    paths = [path for path in scenarios if path.stem in SCENARIOS]
    parts = {home: [Fold(index, folds) for index in range(folds)] for home in homes}
    parts |= {home: [Fold(1, 2)] for home in imagined}
    if folds < 2:
        parts = {home: parts[home] for home in imagined}
    if not parts or not paths:
        return ""
    tasks = [
        Task(home, path, fold=fold, policies=(OURS, "off"))
        for path in paths
        for home, chosen in parts.items()
        for fold in chosen
    ]
    rows = list(_summed(list(results(tasks, cache=cache, processes=processes))))
    before = {
        (result["home"], result["scenario"]): value
        for result in known
        if (value := share(result, OURS)) is not None
    }
    head = HEAD.format(count=folds, imagined=IMAGINED if imagined else "")
    return f"{head}\n{_table(rows, before)}"


def _summed(found: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """Yield one result for every home and scenario: the sum over its parts."""
    for group in by_scenario(found).values():
        for home in dict.fromkeys(result["home"] for result in group):
            parts = [result for result in group if result["home"] == home]
            best = sum(part["bound"]["value"] for part in parts)
            if best > 0:
                earned = sum(part["policies"][OURS]["value"] for part in parts)
                yield {
                    "home": home,
                    "scenario": parts[0]["scenario"],
                    "step_s": parts[0]["step_s"],
                    "days": fmean(part["learn_days"] for part in parts),
                    "share": earned / best,
                }


def _table(rows: Sequence[Result], before: dict[tuple[str, str], float]) -> str:
    scenarios = list(by_scenario(rows))
    homes = {row["home"]: row for row in rows}
    cells = []
    for home, one in homes.items():
        shares = {row["scenario"]: row["share"] for row in rows if row["home"] == home}
        line = [home, f"{one['days']:.0f}"]
        for scenario in scenarios:
            text = percent(shares[scenario]) if scenario in shares else ""
            if text and (home, scenario) in before:
                text += f" ({percent(before[home, scenario])[:-2]})"
            line.append(text)
        cells.append(line)
    measured = [
        row for row in rows if is_fine(row) and (row["home"], row["scenario"]) in before
    ]
    if measured:
        mean = ["mean of the homes of 15 minutes or less", ""]
        for scenario in scenarios:
            group = [row for row in measured if row["scenario"] == scenario]
            mean.append(
                f"{percent(fmean(row['share'] for row in group))}"
                f" ({percent(fmean(before[row['home'], scenario] for row in group))[:-2]})"
                if group
                else ""
            )
        cells.append(mean)
    return table(
        ["home", "days of other history", *(f"`{name}`" for name in scenarios)], cells
    )
