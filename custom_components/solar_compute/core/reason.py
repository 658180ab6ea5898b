"""Why a worker is at its level: codes with numbers; text is made at the edge.

Standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReasonCode(StrEnum):
    """Why a worker is at its level. `Reason.data` carries the numbers."""

    WORTH_IT = "worth_it"
    HEAT_DEMAND = "heat_demand"
    """Its heat alone is worth the power that it takes from battery or grid
    (`data["source"]`), because of `data["cause"]`, a `HeatCause`."""
    JOB_DEADLINE = "job_deadline"
    """A job (`data["job"]`) needs this hour to be ready in time."""
    RIDING_OUT = "riding_out"
    """Worth is negative, but stopping would cost more than the dip so far."""
    MINIMUM_RUN = "minimum_run"
    SETTLING = "settling"
    """Its level was changed a moment ago and has not shown on the meter yet."""
    PROBING = "probing"
    """It tests whether the inverter holds back sun that no meter can see."""
    MODE_ON = "mode_on"
    OVERRIDE_RUN = "override_run"
    NOT_WORTH_IT = "not_worth_it"
    JOB_WAITING = "job_waiting"
    """Its job has time to spare, and cheaper hours are to come."""
    JOB_NOT_WORTH_IT = "job_not_worth_it"
    """Its job cannot be done in time for its value, or below its maximum price."""
    WAITING_TO_START = "waiting_to_start"
    """Worth is positive, but not for long enough yet to repay a start."""
    WAITING_FOR_OTHER = "waiting_for_other"
    """Another worker's start has to show on the meter first."""
    LOST_LATELY = "lost_lately"
    """Its last runs cost more than they brought: its rule must first do better, in
    thought."""
    MINIMUM_PAUSE = "minimum_pause"
    MAXIMUM_STARTS = "maximum_starts"
    NO_WORK = "no_work"
    MODE_OFF = "mode_off"
    OVERRIDE_PAUSE = "override_pause"
    AUTOMATION_OFF = "automation_off"
    STARTING_UP = "starting_up"
    WORKER_LOST = "worker_lost"
    HELD_BY_OTHER = "held_by_other"
    """Another controller has it run: it is not ours to command or to count."""
    OWN_LIMIT = "own_limit"
    """A limit that the worker keeps by itself holds it: heat, disk, run time."""

    ALWAYS_ON = "always_on"
    """It is never switched."""

    # Guards. `data["guard"]` is the key of the configured guard, where it has one.
    INPUT_MISSING = "input_missing"
    """An input is unknown, too old or impossible (`data["input"]`)."""
    IMPORT_LIMIT = "import_limit"
    """More would exceed what the home may draw."""
    CIRCUIT_LIMIT = "circuit_limit"
    POWER_CAP = "power_cap"
    """The grid operator, or another authority, allows no more now."""
    BATTERY_GUARD = "battery_guard"
    """More would discharge the home battery further than workers may."""
    QUIET_HOURS = "quiet_hours"
    SINK_FULL = "sink_full"
    """The sink that it heats is at its maximum."""
    TOO_WARM = "too_warm"
    TOO_COLD = "too_cold"
    TOO_HUMID = "too_humid"
    """The air around it is, or water would condense on what is cold there."""
    TAMPER = "tamper"
    ALARM = "alarm"
    NOT_ISOLATED = "not_isolated"
    NO_INTERNET = "no_internet"
    METERED_TRANSFER = "metered_transfer"
    AWAY = "away"
    CONDITION = "condition"
    """An entity that must be on or off is not."""
    DAILY_ENERGY = "daily_energy"
    DAILY_COST = "daily_cost"
    DAILY_RUN_TIME = "daily_run_time"
    GUARD_LATCHED = "guard_latched"
    """A guard that tripped is all right again, but waits to be re-armed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and the numbers that belong to it; text is made at the edge."""

    code: ReasonCode
    data: Mapping[str, float | str | None] = field(default_factory=dict)
