"""The most that any policy could have earned: perfect foresight, exactly.

Dynamic programming over (interval × time since the last switch × running or
paused) with the same start cost and minimum times as the policies. Exact for one
worker without battery and tank, where nothing but the switching couples one
interval with the next; else there is no bound yet.
"""

from dataclasses import dataclass
from math import ceil, inf

from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .engine import Stage


@dataclass(frozen=True, slots=True)
class Bound:
    """The bound in currency, and of what kind it is: `exact` or `none`."""

    value: float | None
    kind: str


def bound(stage: Stage) -> Bound:
    """Return the bound over a stage."""
    spec = stage.scenario.spec
    if len(spec.workers) != 1 or spec.battery is not None or spec.tanks:
        return Bound(None, "none")
    return Bound(_best_total(stage, spec.workers[0]), "exact")


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


def may_break_off(stage: Stage) -> list[bool]:
    """Tell for the start of each interval whether a guard may end a run there.

    The meter said nothing in the interval before.
    """
    return [False, *(item is None for item in stage.conditions[:-1])]


def may_have_probed(stage: Stage) -> list[bool]:
    """Tell for each interval whether a run that starts there may be a probe.

    A probe for hidden sun may be given up once it has shown on the meter. It
    may be made where the paused home's grid sits near its export limit; taken
    wide here, so that the bound holds for every policy.
    """
    limit_w = stage.scenario.spec.export_limit_w
    if limit_w is None:
        return [False] * len(stage.conditions)
    near_w = limit_w - max(50.0, 0.03 * limit_w)
    return [
        False,
        *(
            item is not None and item.balance_w >= near_w
            for item in stage.conditions[:-1]
        ),
    ]


def _best_total(stage: Stage, worker: WorkerSpec) -> float:
    earned = rewards(stage, worker)
    broken_off, probed = may_break_off(stage), may_have_probed(stage)
    run_steps = max(1, ceil(worker.min_run_s / stage.step_s))
    pause_steps = max(1, ceil(worker.min_pause_s / stage.step_s))
    probe_steps = max(1, ceil(worker.settle_s / stage.step_s))
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
            began = index - lasted
            may_stop = (
                lasted == run_steps
                or broken_off[index]
                or (lasted >= probe_steps and began >= 0 and probed[began])
            )
            now_running[lasted] = max(go_on, stop) if may_stop else go_on
        now_paused = [-inf] * (pause_steps + 1)
        for lasted in range(1, pause_steps + 1):
            wait = paused[min(lasted + 1, pause_steps)]
            now_paused[lasted] = max(wait, start) if lasted == pause_steps else wait
        running, paused = now_running, now_paused
    return paused[pause_steps]
