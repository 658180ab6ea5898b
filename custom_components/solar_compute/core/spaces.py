"""Heat that nobody wants: which spaces are being cooled now, and what that costs.

Pure functions; standard library only; it must never price heat that a sink takes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .heat import POSITIVE, SpaceSpec
from .heat_state import SpaceState
from .model import Snapshot
from .spec import SiteSpec, WorkerSpec


@dataclass(frozen=True, slots=True)
class Cooling:
    """What happens to a worker's heat that no sink takes.

    `share` of it has to be taken out again, at `cop` kWh per kWh of electricity.
    """

    share: float
    cop: float

    @property
    def input_per_kwh(self) -> float:
        """Electricity for cooling per kWh of such heat."""
        return self.share / max(self.cop, POSITIVE)


NO_COOLING = Cooling(0.0, 1.0)


def space_states(spec: SiteSpec, snapshot: Snapshot) -> tuple[SpaceState, ...]:
    """Return whether each cooled space is being cooled now.

    Its own entity decides where one is followed; one that says nothing counts as
    cooling, the cautious guess. Else the months of its season do.
    """
    return tuple(
        SpaceState(key=space.key, cooling=_is_cooling(space, snapshot))
        for space in spec.spaces
    )


def _is_cooling(space: SpaceSpec, snapshot: Snapshot) -> bool:
    if not space.followed:
        return space.season.contains(snapshot.local.month)
    observed = next((item for item in snapshot.spaces if item.key == space.key), None)
    return observed is None or observed.cooling is not False


def own_cooling(worker: WorkerSpec) -> Cooling:
    """Return the cooling of a worker that stands in no configured space."""
    return Cooling(worker.cooled_share, worker.cooling_cop)


def cooling_of(
    spec: SiteSpec, worker: WorkerSpec, states: Iterable[SpaceState]
) -> Cooling:
    """Return what a worker's unused heat costs to take out again now.

    Nothing while its space is not being cooled. A space that is gone from the
    settings counts as none.
    """
    space = None if worker.space is None else spec.space(worker.space)
    if space is None:
        return own_cooling(worker)
    if any(state.key == space.key and state.cooling for state in states):
        return Cooling(space.cooled_share, space.cooling_cop)
    return NO_COOLING
