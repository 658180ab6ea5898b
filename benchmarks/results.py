"""Replays many homes in many scenarios, some at a time, and keeps what is finished.

Every policy and the bound are kept for themselves, so that after a change of decision
code only what decides by it is replayed. Off, always on and fixed delays hang on the
simulation alone, and are quick: what they earn stands for it. The bound, and EMHASS,
hang on their own code and on that: where the simulated home answers as it did, they
are what they were.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
import sys
from typing import Any
from zoneinfo import ZoneInfo

from .bound import CODE, Bound, bound, kind_of
from .emhass_rival import FORECASTS, SERVER, Emhass
from .engine import prepare, replay
from .folds import Fold, folded
from .kept import CACHE, code_of, digest, is_kept, kept
from .outcome import Outcome, comparison, outcome
from .policies import POLICIES
from .replay import policy, rivals
from .scenario import load_scenario
from .seasons import in_season
from .sinks import sinks_of
from .stage import Stage
from .traces import read_trace

PROCESSES = 2

PLAIN = ("off", "always_on", "delay_1_3", "delay_5_5", "delay_15_7")
"""The policies that stand for the simulation."""

KEPT_ONLY = "kept"
"""Instead of a Python that has EMHASS: take what is kept of it, and ask it nothing."""


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

    `emhass` is a Python that has EMHASS, to compare with, or `KEPT_ONLY`; None: without
    it. `fold`: which days count, and all others are there to learn from.
    """

    home: Home
    scenario: Path
    learn_days: float = 0.0
    emhass: str | None = None
    fold: Fold | None = None
    policies: tuple[str, ...] = tuple(POLICIES)


def results(
    tasks: Sequence[Task], *, cache: Path | None = CACHE, processes: int = PROCESSES
) -> Iterator[dict[str, Any]]:
    """Yield what came of every task, in their order; progress goes to stderr.

    Where the scenario is none for the home: the reason, as `left_out`.

    Raises:
        TraceError, ScenarioError, EmhassError: as those who are asked do.
    """
    with ProcessPoolExecutor(processes) as pool:
        waiting = [(task, pool.submit(result_of, task, cache)) for task in tasks]
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


def result_of(task: Task, cache: Path | None) -> dict[str, Any]:
    """Return what came of one task.

    Raises:
        TraceError, ScenarioError, EmhassError: as those who are asked do.
    """
    trace = read_trace(task.home.path)
    scenario = load_scenario(task.scenario, trace.step_s)
    named = {"home": task.home.name, "scenario": task.scenario.stem}
    if not all(map(trace.measured, scenario.columns)):
        return named | {"left_out": "no prices in the trace"}
    cut = in_season(trace, scenario.season, task.home.zone)
    if cut is None:
        return named | {"left_out": f"no {scenario.season} in the trace"}
    trace, learn_days = cut, task.learn_days
    if task.fold is not None:
        trace, learn_days = folded(trace, task.fold)
    stage = prepare(trace, scenario, ZoneInfo(task.home.zone), learn_days)
    desk = Desk(task, stage, cache)
    plain = desk.plain()
    best = desk.best(plain)
    outcomes = {
        name: plain[name] if name in plain else desk.deciding(name)
        for name in task.policies
    }
    if task.emhass is not None and can_express(stage):
        outcomes |= desk.emhass(task.emhass, plain)
    return {
        **comparison(trace, stage, best, outcomes),
        **named,
        "step_s": trace.step_s,
        "with_emhass": can_express(stage),
    }


def can_express(stage: Stage) -> bool:
    """Tell whether EMHASS can be told all of a scenario.

    It knows nothing of heat that one load makes instead of another, nor of work that
    has a worth of its own once it is done.
    """
    return not stage.jobs and not sinks_of(stage.scenario.spec)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one task is done, piece by piece, and every piece is kept."""

    task: Task
    stage: Stage
    cache: Path | None

    def _key(self, name: str, *parts: object) -> str:
        task, home = self.task, self.task.home
        days = (task.learn_days,) if task.fold is None else (task.fold,)
        key = digest(home.path, home.zone, task.scenario, *days, *parts)
        return f"{name}-{task.scenario.stem}-{home.name}-{key}"

    def _replayed(self, name: str) -> dict[str, Any]:
        return dict(outcome(replay(self.stage, policy(name, self.stage))))

    def plain(self) -> dict[str, Outcome]:
        """Return what comes of the policies that hang on the simulation alone."""
        code = code_of("benchmarks.plain", "benchmarks.last_minute")
        return {
            name: kept(self.cache, self._key(name, code), partial(self._replayed, name))
            for name in PLAIN
        }

    def deciding(self, name: str) -> Outcome:
        """Return what comes of a policy that hangs on production code."""
        module = type(POLICIES[name]()).__module__
        key = self._key(name, code_of(module, "benchmarks.last_minute"))
        return kept(self.cache, key, partial(self._replayed, name))

    def best(self, plain: Mapping[str, Outcome]) -> Bound:
        """Return the bound; `plain` stands for the simulation."""
        kind = kind_of(self.stage.that_counts())
        code = _own_code(CODE[kind])
        key = self._key("bound", kind, code, _rounded(plain))
        return Bound(**kept(self.cache, key, lambda: asdict(bound(self.stage))))

    def emhass(self, python: str, plain: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """Return what comes of EMHASS; `plain` stands for the simulation."""
        code = _own_code("benchmarks.emhass_rival")
        keys = {
            name: self._key(name, code | {SERVER}, _rounded(plain))
            for name in FORECASTS
        }
        if python == KEPT_ONLY:
            keys = {name: key for name, key in keys.items() if is_kept(self.cache, key)}
        return {
            name: kept(self.cache, key, self._asked(python, name))
            for name, key in keys.items()
        }

    def _asked(self, python: str, name: str) -> Callable[[], dict[str, Any]]:
        def made() -> dict[str, Any]:
            with closing(Emhass(python)) as emhass:
                return dict(
                    outcome(replay(self.stage, rivals(emhass, self.stage)[name]))
                )

        return made


def _own_code(module: str) -> frozenset[Path]:
    """Return the bench's own code for a result that `PLAIN` stands for otherwise."""
    bench = Path(__file__).parent
    return frozenset(
        path
        for path in code_of(module) - code_of("benchmarks.plain")
        if path.is_relative_to(bench)
    )


def _rounded(outcomes: Mapping[str, Outcome]) -> str:
    """Return what the policies earned that stand for the simulation.

    Rounded, since sums in another order are the same simulation.
    """
    return " ".join(
        f"{name} {outcomes[name]['total']:.6f} {outcomes[name]['run_s']:.0f}"
        for name in PLAIN
    )
