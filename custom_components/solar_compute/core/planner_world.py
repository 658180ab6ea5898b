"""The home as the planner sees it: every figure that a step needs, step by step.

Settings, expectations and the present are brought together once (`planner_input`), so
that the simulator and the programs do sums only. Standard library only; nothing here
computes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .heat import HeatSupply
from .spec import BatterySpec
from .times import HOUR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When the steps are, and how long. `locals` is the local time of each start."""

    starts_s: tuple[float, ...]
    hours: tuple[float, ...]
    locals: tuple[datetime, ...]

    @property
    def end_s(self) -> float:
        """When the last step ends (Unix)."""
        return self.starts_s[-1] + self.hours[-1] * HOUR_S

    def days(self) -> tuple[int, ...]:
        """Return the local day of every step, as a number."""
        return tuple(local.toordinal() for local in self.locals)

    def minutes(self) -> Iterator[tuple[float, float]]:
        """Yield in which minutes of the local day each step begins and ends."""
        for local, hours in zip(self.locals, self.hours, strict=True):
            minute = local.hour * 60 + local.minute + local.second / 60
            yield minute, minute + hours * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A tank or room, with its backup heater, over the steps of the plan.

    `decay` is what is left of a difference to the surroundings after a step,
    `gain_k_per_w` how much warmer a watt over the step makes it. The backup holds at
    least `floor_c` (−inf: it may not run) with at most `backup_w` of heat, each kWh of
    which takes `electric_per_heat` of electricity and costs `fuel_per_heat`. A diverter
    heats to `floor_c`, with surplus only. `ready_c` is what the water must be at the
    end of a step, else `shortage_per_kwh` is paid once for what is missing; below
    `minimum_c` it is paid per hour. `comfort_per_kwh` is what the workers' heat brings
    up to the target. Heat that its owner does not permit costs `unpermitted_per_kwh`.
    """

    key: str
    start_c: float
    cold_c: float
    maximum_c: float
    minimum_c: float
    capacity_wh_per_k: float
    ambient_c: Sequence[float]
    draw_w: Sequence[float]
    target_c: Sequence[float]
    floor_c: Sequence[float]
    ready_c: Sequence[float]
    decay: Sequence[float]
    gain_k_per_w: Sequence[float]
    electric_per_heat: Sequence[float]
    fuel_per_heat: float
    backup_w: Sequence[float]
    diverter: bool
    comfort_per_kwh: float
    shortage_per_kwh: float
    unpermitted_per_kwh: float
    supply: HeatSupply
    left_per_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLimit:
    """What a day leaves to a worker; infinite where that is not limited."""

    energy_wh: float
    run_h: float
    starts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """A worker over the steps of the plan.

    `powers_w` begin with 0 for being paused; `drawn_w` are the same with what its
    heat costs in air conditioning. `results` is what an hour at each level brings.
    `caps` is the highest permitted level of every step, `floors` the lowest: what a
    person has run does. `lock` is how many steps a
    run that begins with a step must last, `rest` the same for a pause; `locked` and
    `resting` is what is left of these now. `days` has what each local day leaves to it,
    where that is limited.
    """

    key: str
    sink: int | None
    recovery: float
    powers_w: tuple[float, ...]
    drawn_w: Sequence[tuple[float, ...]]
    results: tuple[float, ...]
    caps: Sequence[int]
    floors: Sequence[int]
    lock: Sequence[int]
    rest: Sequence[int]
    level: int
    locked: int
    resting: int
    start_cost: float
    days: Mapping[int, DayLimit]

    @property
    def is_free(self) -> bool:
        """Whether there is anything to choose."""
        return tuple(self.floors) != tuple(self.caps)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All of it.

    `cases` are (weight, balance of every step), `circuits` (limit in W, the workers that
    share it). `money` is 1 where a kWh of import costs less than 1, else what it costs:
    so much larger are all sums in that currency.
    """

    times: Times
    hours: tuple[float, ...]
    cases: tuple[tuple[float, tuple[float, ...]], ...]
    bought: tuple[float, ...]
    sold: tuple[float, ...]
    export_limit_w: float
    import_limit_w: float
    battery: BatterySpec | None
    stored_wh: float
    sinks: tuple[Sink, ...]
    runners: tuple[Runner, ...]
    circuits: tuple[tuple[float, frozenset[str]], ...]
    money: float = 1.0

    def __len__(self) -> int:
        """Return how many steps there are."""
        return len(self.hours)
