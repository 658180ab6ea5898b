"""The most that any policy could have earned with perfect foresight.

Exact for one worker where nothing is stored; by a lattice of what is stored, for one
worker with a battery or a sink of heat; for several workers, or jobs with a deadline,
as the bound that HiGHS proves. The same start costs and minimum times as the policies.
"""

from dataclasses import dataclass
from math import inf

from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .bound_milp import milp_bound
from .bound_soc import foresee
from .program import available
from .sinks import sinks_of
from .stage import Stage
from .switching import switching


@dataclass(frozen=True, slots=True)
class Bound:
    """What no policy can exceed, in currency, and of what kind it is.

    `exact`: the best policy earns just that. `soc_dp`: it earns that at most, as far
    as a grid can tell, and `reached` at least. `milp_bound`: that at most, and maybe
    less. `none`: there is no bound, for the `reason` given.
    """

    value: float | None
    kind: str
    reached: float | None = None
    reason: str | None = None

    @property
    def error(self) -> float | None:
        """How much less the best policy may earn; None: nobody can tell."""
        if self.value is None or self.reached is None:
            return None
        return self.value - self.reached


def bound(stage: Stage) -> Bound:
    """Return the bound over a stage, from the interval that counts first."""
    stage = stage.that_counts()
    spec = stage.scenario.spec
    if reason := _out_of_reach(spec):
        return Bound(None, "none", reason=reason)
    if len(spec.workers) == 1 and not stage.jobs:
        if spec.battery is None and not sinks_of(spec):
            value = _best_total(stage, spec.workers[0])
            return Bound(value, "exact", reached=value)
        seen = foresee(stage)
        return Bound(seen.value, "soc_dp", reached=seen.reached)
    if not available():
        return Bound(
            None,
            "none",
            reason="highspy is not installed (benchmarks/requirements.txt)",
        )
    return Bound(milp_bound(stage), "milp_bound")


def _out_of_reach(spec: SiteSpec) -> str | None:
    """Tell what of the home no bound is made for."""
    if len(sinks_of(spec)) > 1:
        return "more than one tank or room"
    if spec.spaces or any(worker.cooled_share for worker in spec.workers):
        return "cooled space"
    return None


def rewards(stage: Stage, worker: WorkerSpec) -> list[float]:
    """Return what running over each interval at its best level earns.

    Unknown intervals earn nothing. Changing between running levels is free, so
    the best level of each interval is part of the best plan.
    """
    spec, hours = stage.scenario.spec, stage.step_s / 3600
    result: list[float] = []
    for conditions, bought, sold in zip(
        stage.conditions, stage.imports, stage.exports, strict=True
    ):
        if conditions is None:
            result.append(0.0)
            continue
        paused = _cost_per_h(spec, conditions.balance_w, bought, sold)
        result.append(
            hours
            * max(
                power_w / 1000 * worker.value_per_kwh
                + paused
                - _cost_per_h(spec, conditions.balance_w - power_w, bought, sold)
                for power_w in worker.levels_w
            )
        )
    return result


def _cost_per_h(spec: SiteSpec, rest_w: float, bought: float, sold: float) -> float:
    """Cost of what is left over or missing; beyond the export limit it is lost."""
    if rest_w < 0:
        return -rest_w / 1000 * bought
    limit_w = inf if spec.export_limit_w is None else spec.export_limit_w
    return -min(rest_w, limit_w) / 1000 * sold


def _best_total(stage: Stage, worker: WorkerSpec) -> float:
    earned = rewards(stage, worker)
    rules = switching(stage, worker)
    run_steps, pause_steps = rules.run_steps, rules.pause_steps
    # running[j]: the best from here on, having run for j intervals (the last
    # entry: for long enough); paused[j] likewise.
    running = [0.0] * (run_steps + 1)
    paused = [0.0] * (pause_steps + 1)
    for index in range(len(earned) - 1, -1, -1):
        stop = paused[1]
        start = earned[index] + running[1] - worker.start_cost
        now_running = [-inf] * (run_steps + 1)
        for lasted in range(1, run_steps + 1):
            go_on = earned[index] + running[min(lasted + 1, run_steps)]
            now_running[lasted] = (
                max(go_on, stop) if rules.may_stop(index, lasted) else go_on
            )
        now_paused = [-inf] * (pause_steps + 1)
        for lasted in range(1, pause_steps + 1):
            wait = paused[min(lasted + 1, pause_steps)]
            now_paused[lasted] = max(wait, start) if lasted == pause_steps else wait
        running, paused = now_running, now_paused
    return paused[pause_steps]
