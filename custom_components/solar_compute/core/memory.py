"""What a decision must remember of the ones before.

Frozen values only, made anew at every tick and written to disk by the store, so
that a restart goes on where it was. Standard library only; nothing here
computes. All `_s` are on the snapshot's `clock_s`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .purse import Purse
from .reason import ReasonCode
from .trail import Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerMemory:
    """What the switching rule remembers of one worker.

    `since_s` is when it was last started or paused by us (None: not by us, so
    no minimum time binds); `changed_s` when its level last changed. `means` are
    averaged worths: the best level's first, then one per running level.
    `probe_not_before_s` is when it may try again for hidden sun. `guarded`: a
    guard paused it, so that even a person's wish waits out the minimum pause.
    `cut_short`: how many of its last runs guards ended before the minimum run was over.
    `reason` is why its level was last changed. `jobs` are those that were open
    when it was last judged. `trail` is what the last hours looked like to it, `purse`
    what its switching brought so far.
    """

    level: int = 0
    previous_level: int = 0
    since_s: float | None = None
    changed_s: float | None = None
    judged_s: float | None = None
    means: tuple[float, ...] = ()
    starts: int = 0
    starts_day: str = ""
    probing: bool = False
    probe_not_before_s: float = 0.0
    guarded: bool = False
    cut_short: int = 0
    reason: ReasonCode | None = None
    jobs: tuple[str, ...] = ()
    trail: Trail = Trail()
    purse: Purse = Purse()


@dataclass(frozen=True, slots=True)
class HourMean:
    """Mean balance of one hour of the day over the last days, in W.

    `lately_w` is what it was on each of the last days, the newest last.
    """

    mean_w: float = 0.0
    days: int = 0
    lately_w: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanDay:
    """The learned mean day: 24 local hours, and the hour being collected."""

    hours: tuple[HourMean, ...] = (HourMean(),) * 24
    hour: int | None = None
    sum_ws: float = 0.0
    seconds: float = 0.0
    last_s: float | None = None
    last_w: float | None = None


@dataclass(frozen=True, slots=True)
class FlatWatch:
    """A value that ought to move: where it stood still, and what it got since.

    `apart_k`: how far it was from the mean of its tank's sensors then.
    """

    value: float
    received_wh: float = 0.0
    apart_k: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawMean:
    """Learned hot-water use: mean heat drawn per local hour, and the open hour.

    `hours_wh` has 24 entries, `days` on how many days each rests. Of the hour
    being collected: for how long and from what temperature on, what workers put
    in less the losses, the most that had been drawn at any time in it, and
    whether something else has heated meanwhile.
    """

    hours_wh: tuple[float, ...] = ()
    days: tuple[int, ...] = ()
    hour: int | None = None
    seconds: float = 0.0
    began_c: float = 0.0
    gain_wh: float = 0.0
    most_wh: float = 0.0
    heated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMean:
    """Learned thermal behaviour of a room (`room_model`), and the open interval.

    `estimate` and `covariance` (row by row) are those of a recursive least-squares
    fit; empty: nothing learned. `intervals` counts what has taught. Of the interval
    being collected: for how long and from what temperature on (None: none is
    open), heat from workers, kelvin-hours above outdoors.
    """

    estimate: tuple[float, ...] = ()
    covariance: tuple[float, ...] = ()
    intervals: int = 0
    seconds: float = 0.0
    began_c: float | None = None
    heat_wh: float = 0.0
    lift_kh: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPower:
    """What a level of a worker was seen to draw: mean in W, variance, for how long."""

    mean_w: float = 0.0
    variance: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """Units of work that a worker has finished, and what energy and time that took."""

    units: float = 0.0
    energy_wh: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkMean:
    """What was learned of the work that comes of a worker's energy (`work`).

    `every` is at any level, `levels` at each alone. `counted` is how many units it had
    finished when it was last looked at (None: it did not say). Since its last unit it
    has drawn `open_wh` at each level, in `open_s`; empty: nobody saw that unit end.
    """

    every: WorkDone = WorkDone()
    levels: tuple[WorkDone, ...] = ()
    counted: float | None = None
    open_wh: tuple[float, ...] = ()
    open_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerMean:
    """What was learned of a worker's power (`power`), and of what comes of it (`work`).

    `levels` has one entry for each of `nominal_w`, the levels as they were set then.
    `react_s` is how long after a change its power begins to move, `settle_s` when it
    has arrived (with its variance), on `changes` changes. `watched_s` is when the change
    was made that was followed last, `reacted_s` when the one being followed began to
    show.
    """

    nominal_w: tuple[float, ...] = ()
    levels: tuple[LevelPower, ...] = ()
    react_s: float = 0.0
    settle_s: float = 0.0
    settle_variance: float = 0.0
    changes: int = 0
    watched_s: float | None = None
    reacted_s: float | None = None
    work: WorkMean = WorkMean()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardMemory:
    """What is remembered of one guard: tripped since when, and what it found.

    `latched`: it stays tripped until it is re-armed after `bad_s`, which is when
    its input was last wrong or unknown.
    """

    tripped: bool = False
    latched: bool = False
    since_s: float | None = None
    bad_s: float | None = None
    reason: ReasonCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Everything that a decision needs from the ones before."""

    clock_s: float | None = None
    workers: Mapping[str, WorkerMemory] = field(default_factory=dict)
    mean_day: MeanDay = field(default_factory=MeanDay)
    import_day: MeanDay = field(default_factory=MeanDay)
    """The same of the price of import, per kWh, where an entity gives one."""
    flat: Mapping[str, FlatWatch] = field(default_factory=dict)
    draws: Mapping[str, DrawMean] = field(default_factory=dict)
    rooms: Mapping[str, RoomMean] = field(default_factory=dict)
    hot_s: Mapping[str, float] = field(default_factory=dict)
    """When the whole of each tank was last at 60 °C or more."""
    guards: Mapping[str, GuardMemory] = field(default_factory=dict)
    powers: Mapping[str, PowerMean] = field(default_factory=dict)
    """What each worker's levels really draw."""
