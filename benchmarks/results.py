"""Replays many homes in many scenarios, some at a time, and keeps what is finished.

What was replayed before with the same home, scenario and code is read from `.cache`.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import cache as cache_calls
from hashlib import sha256
import json
from os import getpid
from pathlib import Path
import subprocess
import sys
from typing import Any
from zoneinfo import ZoneInfo

from .bound import Bound, bound
from .emhass_rival import Emhass
from .engine import prepare
from .program import available
from .replay import report
from .scenario import load_scenario
from .traces import read_trace

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache/benchmarks"
PROCESSES = 2
LIST_MODULES = """
import sys, {module}
print(*sorted(m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None)),
      sep="\\n")
"""


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
    """One home in one scenario, with days at its start to learn from.

    `emhass` is a Python that has EMHASS, to compare with; None: without it.
    """

    home: Home
    scenario: Path
    learn_days: float = 0.0
    emhass: str | None = None


def results(
    tasks: Sequence[Task], *, cache: Path | None = CACHE, processes: int = PROCESSES
) -> Iterator[dict[str, Any] | None]:
    """Yield what came of every task, in their order; progress goes to stderr.

    None where the scenario needs a column that the home does not have.

    Raises:
        TraceError, ScenarioError, EmhassError: as those who are asked do.
    """
    with ProcessPoolExecutor(processes) as pool:
        waiting = [(task, pool.submit(_result, task, cache)) for task in tasks]
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


def _result(task: Task, cache: Path | None) -> dict[str, Any] | None:
    trace = read_trace(task.home.path)
    scenario = load_scenario(task.scenario, trace.step_s)
    if not all(map(trace.measured, scenario.columns)):
        return None
    stage = prepare(trace, scenario, ZoneInfo(task.home.zone), task.learn_days)

    def best() -> dict[str, Any]:
        return asdict(bound(stage))

    def replayed() -> dict[str, Any]:
        # A bound may take longer than all policies, and changes less often.
        known = Bound(**kept(cache, _key(task, "benchmarks.bound"), best))
        with _emhass(task.emhass) as emhass:
            result = report(trace, stage, emhass, known)
        return {**result, "step_s": trace.step_s}

    return kept(cache, _key(task, "benchmarks.replay"), replayed)


@contextmanager
def _emhass(python: str | None) -> Iterator[Emhass | None]:
    if python is None:
        yield None
        return
    with closing(Emhass(python)) as emhass:
        yield emhass


def kept(
    cache: Path | None, key: str, make: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return what was made before under that key, else make it and keep it."""
    if cache is None:
        return make()
    path = cache / f"{key}.json"
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    made = make()
    cache.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: another process may look for it just now.
    partly = path.with_suffix(f".{getpid()}")
    partly.write_text(json.dumps(made), encoding="utf-8")
    partly.replace(path)
    return made


@cache_calls
def code_digest(module: str) -> str:
    """Return what changes whenever code of this project changes that a module loads."""
    listed = subprocess.run(
        [sys.executable, "-c", LIST_MODULES.format(module=module)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    digest = sha256()
    for name in listed.stdout.split("\n"):
        path = Path(name)
        if path.is_relative_to(ROOT / "benchmarks") or path.is_relative_to(
            ROOT / "custom_components"
        ):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _key(task: Task, module: str) -> str:
    """Return what a result of that module hangs on, as the name of a file."""
    home = task.home
    # Without HiGHS there is no bound for several workers.
    parts = (code_digest(module), available(), home.zone, home.path.name)
    with_emhass = task.emhass is not None and module == "benchmarks.replay"
    digest = sha256(f"{parts} {task.learn_days} {with_emhass}".encode())
    digest.update(home.path.read_bytes())
    digest.update(task.scenario.read_bytes())
    return f"{module}-{digest.hexdigest()[:32]}"
