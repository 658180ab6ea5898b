"""What is known of the hours to come, beside what the meters show now.

Made elsewhere: from forecasts and known prices, by the planner, and by what was
learned of the house. A decision works without any of it; then the learned mean day
serves. It is part of what a decision is made of, so that it can be replayed.
Standard library only; nothing here computes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .knowledge import Knowledge
from .plan import PlannedJob
from .storage import StoredValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """Prices and expectations for what comes; None: not known, use what was learned.

    `hours_w` is the expected balance of the 24 hours from now on (the first is the
    hour that `local` lies in), in W, with every worker paused. `hours_per_kwh` is the
    known or expected price of import in the same hours. `stored` is what a stored kWh
    of the battery is worth by the plan. `jobs` is what the plan says of each, by key.
    `knowledge` is what the past of the house taught of when to switch.
    """

    hours_w: tuple[float, ...] | None = None
    hours_per_kwh: tuple[float, ...] | None = None
    stored: StoredValue | None = None
    jobs: Mapping[str, PlannedJob] = field(default_factory=dict)
    knowledge: Knowledge | None = None


NOTHING_AHEAD = Ahead()
