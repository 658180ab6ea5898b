"""Replays many homes in many scenarios, some at a time, and keeps what is finished.

What was replayed before with the same home, scenario and code is read from `.cache`.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
import json
from pathlib import Path
import sys
from typing import Any
from zoneinfo import ZoneInfo

from .engine import prepare
from .replay import report
from .scenario import load_scenario
from .traces import read_trace

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache/benchmarks"
PROCESSES = 2
CODE = (ROOT / "benchmarks", ROOT / "custom_components/solar_compute/core")
PRESENTED_BY = frozenset(
    {"chart.py", "compare.py", "day_life.py", "report.py", "report_text.py"}
)
"""Code that shows what was replayed, and changes nothing of it."""


@dataclass(frozen=True, slots=True)
class Home:
    """A trace, and the local time of the home."""

    path: Path
    zone: str = "UTC"

    @property
    def name(self) -> str:
        """Its name in tables: that of the file, without what says that it is one."""
        return (
            self.path.name.removesuffix(".gz").removesuffix(".csv").removeprefix("dev_")
        )


@dataclass(frozen=True, slots=True)
class Task:
    """One home in one scenario, with days at its start to learn from."""

    home: Home
    scenario: Path
    learn_days: float = 0.0


def results(
    tasks: Sequence[Task], *, cache: Path | None = CACHE, processes: int = PROCESSES
) -> Iterator[dict[str, Any] | None]:
    """Yield what came of every task, in their order; progress goes to stderr.

    None where the scenario needs a column that the home does not have.

    Raises:
        TraceError, ScenarioError: as the readers do.
    """
    code = code_digest()
    with ProcessPoolExecutor(processes) as pool:
        waiting = [(task, pool.submit(_result, task, code, cache)) for task in tasks]
        try:
            for number, (task, future) in enumerate(waiting, start=1):
                result = future.result()
                print(
                    f"{number} of {len(tasks)}: {task.scenario.stem}, {task.home.name}",
                    file=sys.stderr,
                    flush=True,
                )
                yield result
        finally:
            pool.shutdown(cancel_futures=True)


def _result(task: Task, code: str, cache: Path | None) -> dict[str, Any] | None:
    kept = None
    if cache is not None:
        kept = cache / f"{_digest(task, code)}.json"
        if kept.exists():
            found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
            return found
    trace = read_trace(task.home.path)
    scenario = load_scenario(task.scenario, trace.step_s)
    if not all(map(trace.measured, scenario.columns)):
        return None
    stage = prepare(trace, scenario, ZoneInfo(task.home.zone), task.learn_days)
    result = report(trace, stage)
    result["step_s"] = trace.step_s
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: the next run may come while this one is writing.
        partly = kept.with_suffix(f".{task.scenario.stem}.{task.home.name}")
        partly.write_text(json.dumps(result), encoding="utf-8")
        partly.replace(kept)
    return result


def code_digest() -> str:
    """Return what changes whenever the code that is replayed does."""
    digest = sha256()
    for path in sorted(path for folder in CODE for path in folder.rglob("*.py")):
        if path.name not in PRESENTED_BY:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _digest(task: Task, code: str) -> str:
    home = task.home
    digest = sha256(f"{code} {home.zone} {home.path.name} {task.learn_days}".encode())
    digest.update(home.path.read_bytes())
    digest.update(task.scenario.read_bytes())
    return digest.hexdigest()
