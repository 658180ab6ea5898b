"""The most that any policy could have earned with perfect foresight.

Exact for one or a few workers where nothing is stored; by a lattice of what is stored,
for one worker with a battery or a sink of heat; for all others, and for jobs with a
deadline, as the bound that HiGHS proves. The same start costs and minimum times as the
policies.
"""

from dataclasses import dataclass

from custom_components.solar_compute.core.spec import SiteSpec

from .bound_exact import best_total, rewards, within_reach
from .bound_milp import milp_bound
from .bound_soc import foresee
from .program import available
from .sinks import sinks_of
from .stage import Stage

__all__ = ["CODE", "Bound", "bound", "kind_of", "rewards"]

NO_SOLVER = "highspy is not installed (benchmarks/requirements.txt)"

CODE = {
    "exact": "benchmarks.bound_exact",
    "soc_dp": "benchmarks.bound_soc",
    "milp_bound": "benchmarks.bound_milp",
    "none": "benchmarks.bound",
}
"""The module that makes a bound, by its kind."""


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
    match kind_of(stage):
        case "exact":
            value = best_total(stage)
            return Bound(value, "exact", reached=value)
        case "soc_dp":
            seen = foresee(stage)
            return Bound(seen.value, "soc_dp", reached=seen.reached)
        case "milp_bound":
            return Bound(milp_bound(stage), "milp_bound")
    reason = _out_of_reach(stage.scenario.spec) or NO_SOLVER
    return Bound(None, "none", reason=reason)


def kind_of(stage: Stage) -> str:
    """Return of what kind the bound over a stage is."""
    spec = stage.scenario.spec
    if _out_of_reach(spec):
        return "none"
    stores = spec.battery is not None or bool(sinks_of(spec))
    if not stage.jobs and not stores and within_reach(stage):
        return "exact"
    if not stage.jobs and len(spec.workers) == 1:
        return "soc_dp"
    return "milp_bound" if available() else "none"


def _out_of_reach(spec: SiteSpec) -> str | None:
    """Tell what of the home no bound is made for."""
    if len(sinks_of(spec)) > 1:
        return "more than one tank or room"
    if spec.spaces or any(worker.cooled_share for worker in spec.workers):
        return "cooled space"
    return None
