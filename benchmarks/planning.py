"""What a plan costs, how good it is, and what goes by forecasts.

    python -m benchmarks.planning cost [--workers N ...]      time, memory, the loop beside
    python -m benchmarks.planning quality [--workers N ...]   against a far longer search
    python -m benchmarks.planning rolling TRACE --scenario FILE.yaml

A home with a battery, a tank and N workers of two levels, for two days. `rolling` goes
through a trace with the loop closed: once as one plan of all of it would have it, then
planned anew every hour with perfect and with learned forecasts, and as production code
does with and without a plan. What the first loses to the second is the horizon's, what
the third loses to the second the forecast's.
"""

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
import gc
from pathlib import Path
from random import Random
import sys
from threading import Thread
from time import perf_counter, sleep, thread_time
import tracemalloc

from custom_components.solar_compute.core.draws import DRAW_SHARES
from custom_components.solar_compute.core.house import HouseModel, mean_power
from custom_components.solar_compute.core.plan import (
    Expected,
    Plan,
    PlanStart,
    WorkerStart,
)
from custom_components.solar_compute.core.planner import make_plan
from custom_components.solar_compute.core.planner_grid import plan_grid
from custom_components.solar_compute.core.planner_input import world_of
from custom_components.solar_compute.core.planner_problem import (
    Problem,
    all_paused,
    bonus_of,
    scored,
)
from custom_components.solar_compute.core.planner_search import searched
from custom_components.solar_compute.core.planner_simulate import charge_left
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .engine import Policy, prepare, replay
from .plain import Off
from .planned import Clairvoyant, Planned, mean_of_days, true_balance
from .policies import SolarCompute
from .scenario import load_scenario
from .tick import home
from .traces import read_trace

NOW = datetime(2026, 5, 10, 7, 12, tzinfo=UTC)
WATCH_S = 0.001
BREATH_S = 0.0005


def workers(count: int) -> tuple[WorkerSpec, ...]:
    """Return workers of two levels, of which every other one heats the tank."""
    return tuple(
        WorkerSpec(
            key=f"w{number}",
            name=f"Worker {number}",
            levels_w=(200.0 + 20 * number, 400.0 + 40 * number),
            value_per_kwh=(0.12, 0.05, 0.20, 0.09, 0.15)[number % 5],
            priority=number,
            sink="tank" if number % 2 else None,
        )
        for number in range(count)
    )


def case(count: int, seed: int = 1) -> tuple[SiteSpec, Expected, PlanStart]:
    """Return a home, what it expects of two days of imagined weather, and its present."""
    spec = home(0)[0]
    spec = SiteSpec(
        import_per_kwh=spec.import_per_kwh,
        export_per_kwh=spec.export_per_kwh,
        battery=spec.battery,
        tanks=spec.tanks,
        workers=workers(count),
    )
    grid = plan_grid(NOW.timestamp())
    model = HouseModel()
    moments = [datetime.fromtimestamp(start_s, UTC) for start_s in grid.starts_s]
    powers = [
        mean_power(model, seed, moment, int(length_s), 60)
        for moment, length_s in zip(moments, grid.lengths_s, strict=True)
    ]
    expected = Expected(
        grid=grid,
        balance_w=tuple(power.pv_w - power.load_w for power in powers),
        balance_low_w=tuple(0.5 * power.pv_w - power.load_w for power in powers),
        import_per_kwh=tuple(
            0.30 if 6 <= moment.hour < 22 else 0.20 for moment in moments
        ),
        export_per_kwh=(0.08,) * len(moments),
        draws_w={"tank": tuple(5845 * DRAW_SHARES[moment.hour] for moment in moments)},
    )
    start = PlanStart(
        made_s=NOW.timestamp(),
        local=NOW,
        stored_wh=2500.0,
        temperatures_c={"tank": 51.0},
        workers={worker.key: WorkerStart() for worker in spec.workers},
    )
    return spec, expected, start


def cpu_s(count: int) -> tuple[float, Plan]:
    """Return the CPU time of a plan in seconds, and the plan."""
    inputs = case(count)
    started = thread_time()
    plan = make_plan(*inputs)
    return thread_time() - started, plan


def peak_mb(count: int) -> float:
    """Return how much memory a plan takes at most, in MB."""
    inputs = case(count)
    make_plan(*inputs)
    gc.collect()
    tracemalloc.start()
    make_plan(*inputs)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def lateness_ms(work: Callable[[], object]) -> tuple[float, float]:
    """Return how late a thread wakes beside some work: 99 of 100 times, and at most.

    It stands for the event loop; what works may keep the interpreter from it.
    """
    thread = Thread(target=work)
    late: list[float] = []
    thread.start()
    while thread.is_alive():
        asked = perf_counter()
        sleep(WATCH_S)
        late.append((perf_counter() - asked - WATCH_S) * 1000)
    late.sort()
    return late[int(0.99 * (len(late) - 1))], late[-1]


def breathing() -> bool:
    """Time is never up, and whoever else waits gets the interpreter: as in a home."""
    sleep(BREATH_S)
    return False


def _idle() -> None:
    sleep(3.0)


def _counting() -> None:
    """Do for a while what plain Python does."""
    end = perf_counter() + 3.0
    while perf_counter() < end:
        pass


def cost(counts: Sequence[int]) -> None:
    """Measure and print what plans cost.

    How late a thread wakes says as much of the machine as of a plan: so also beside
    nothing at all, and beside a loop in plain Python.
    """
    cpu_s(1)
    print("late in ms, 99 of 100 times and at most:")
    for name, work in (("nothing", _idle), ("plain Python", _counting)):
        usual_ms, most_ms = lateness_ms(work)
        print(f"  beside {name:14}{usual_ms:8.2f}{most_ms:8.2f}")
    print("workers   CPU s   peak MB    late 99 %     most    value   complete")
    for count in counts:
        seconds, plan = cpu_s(count)
        inputs = case(count)
        usual_ms, most_ms = lateness_ms(
            partial(make_plan, *inputs, out_of_time=breathing)
        )
        print(
            f"{count:7d}{seconds:8.2f}{peak_mb(count):10.1f}{usual_ms:13.2f}"
            f"{most_ms:9.2f}{plan.value:9.3f}   {plan.complete}"
        )


def best_known(count: int, seed: int, starts: int) -> tuple[float, float, float]:
    """Return the scores of pausing all, of the plan, and of a far longer search.

    That divides the grids twice as finely, and begins with many random plans.
    """
    spec, expected, start = case(count, seed)
    world = world_of(spec, expected, start)
    jobs = ((),) * len(world.runners)
    bonus = bonus_of(world, None)
    problem = Problem(world=world, left=charge_left(world), bonus=bonus, jobs=jobs)
    finer = Problem(world=world, left=problem.left, bonus=bonus, jobs=jobs, fine=2)
    paused = scored(problem, all_paused(world))
    plan = searched(problem, [paused], lambda: False)
    random = Random(seed)
    begins = [plan, paused]
    begins += [
        scored(
            problem,
            tuple(
                _random_days(random, len(world), len(runner.powers_w))
                for runner in world.runners
            ),
        )
        for _ in range(starts)
    ]
    best = max(searched(finer, [begin], lambda: False).score for begin in begins)
    return paused.score, plan.score, max(best, plan.score)


def _random_days(random: Random, steps: int, levels: int) -> tuple[int, ...]:
    chosen: list[int] = []
    while len(chosen) < steps:
        chosen += [random.randrange(levels)] * random.randrange(4, 40)
    return tuple(chosen[:steps])


def quality(counts: Sequence[int], starts: int, seeds: Sequence[int]) -> None:
    """Measure and print how much of the best known value plans find."""
    print("workers   weather    plan    best known   share")
    for count in counts:
        for seed in seeds:
            paused, plan, best = best_known(count, seed, starts)
            share = (plan - paused) / max(best - paused, 1e-9)
            print(
                f"{count:7d}{seed:10d}{plan - paused:8.4f}{best - paused:14.4f}"
                f"{share:8.2%}"
            )


def rolling(path: Path, scenario: Path) -> None:
    """Replay a trace by plans, and print what each way of planning is worth."""
    trace = read_trace(path)
    stage = prepare(trace, load_scenario(scenario, trace.step_s), UTC)
    ways: dict[str, Callable[[], Policy]] = {
        "one plan of all, perfect foresight": lambda: Clairvoyant(stage),
        "planned hourly, perfect foresight": lambda: Planned(
            stage, true_balance, by_prices=False
        ),
        "planned hourly, mean of past days": lambda: Planned(
            stage, mean_of_days, by_prices=False
        ),
        "decided, plan with perfect foresight": lambda: Planned(
            stage, true_balance, by_prices=True
        ),
        "decided, plan with mean of past days": lambda: Planned(
            stage, mean_of_days, by_prices=True
        ),
        "decided without a plan": SolarCompute,
    }
    off = replay(stage, Off()).total
    print(f"{trace.name}, {stage.scenario.name}: value in currency, starts, run h")
    for name, make in ways.items():
        run = replay(stage, make())
        print(
            f"{name:38}{run.total - off:9.3f}{run.starts:7d}{run.run_s / 3600:8.1f}",
            flush=True,
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("cost", "quality"):
        command = commands.add_parser(name)
        command.add_argument("--workers", type=int, nargs="+", default=[1, 2, 5, 10])
        if name == "quality":
            command.add_argument("--starts", type=int, default=4)
            command.add_argument("--weather", type=int, nargs="+", default=[1, 2, 3])
    command = commands.add_parser("rolling")
    command.add_argument("trace", type=Path)
    command.add_argument("--scenario", type=Path, required=True)
    options = parser.parse_args(arguments)
    if options.command == "cost":
        cost(options.workers)
    elif options.command == "quality":
        quality(options.workers, options.starts, options.weather)
    else:
        rolling(options.trace, options.scenario)
    return 0


if __name__ == "__main__":
    sys.exit(main())
