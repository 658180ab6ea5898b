"""When a worker may be started and paused, as bounds must take it.

The same minimum times as every policy keeps, with the same exceptions: a guard, or
a failed probe for hidden sun, may end a run early. Where an exception hangs on what a
policy believes, it is taken wide, so that a bound holds for every policy.
"""

from dataclasses import dataclass
from math import ceil

from custom_components.solar_compute.core.spec import WorkerSpec

from .stage import Stage


@dataclass(frozen=True, slots=True)
class Switching:
    """Minimum times in intervals; where runs may end early, interval by interval."""

    run_steps: int
    pause_steps: int
    probe_steps: int
    broken_off: list[bool]
    probed: list[bool]

    def may_stop(self, index: int, lasted: int) -> bool:
        """Tell whether a run of `lasted` intervals may end at the start of this one."""
        began = index - lasted
        return (
            lasted >= self.run_steps
            or self.broken_off[index]
            or (lasted >= self.probe_steps and began >= 0 and self.probed[began])
        )


def switching(stage: Stage, worker: WorkerSpec) -> Switching:
    """Return how a worker may be switched on a stage."""
    return Switching(
        run_steps=max(1, ceil(worker.min_run_s / stage.step_s)),
        pause_steps=max(1, ceil(worker.min_pause_s / stage.step_s)),
        probe_steps=max(1, ceil(worker.settle_s / stage.step_s)),
        broken_off=may_break_off(stage),
        probed=may_have_probed(stage),
    )


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
        True,
        *(
            item is not None and item.balance_w >= near_w
            for item in stage.conditions[:-1]
        ),
    ]
