"""What was decided while the sun had something to give, and why: the page, added up.

Reads what anybody can read in Home Assistant's states; must never look into the
integration.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import home

type States = Mapping[str, Mapping[str, Any]]

PARTS = ("compute", "heat", "cooling", "supply", "total")
ENOUGH_W = 400.0
"""From this surplus on, the sun alone could run the worker's first level."""


@dataclass(slots=True)
class Story:
    """Sums over what the states showed while the sun sufficed, in seconds."""

    sunny_s: float = 0.0
    reasons_s: defaultdict[str, float] = field(
        default_factory=lambda: defaultdict(float)
    )
    causes_s: defaultdict[str, float] = field(
        default_factory=lambda: defaultdict(float)
    )
    parts_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    judged_s: float = 0.0
    priced_s: float = 0.0
    price_s: float = 0.0

    def add(
        self,
        states: States,
        seconds: float,
        worker: Mapping[str, str],
        sink: Mapping[str, str],
    ) -> None:
        """Take what the states show as true for `seconds` of the house's time."""
        surplus_w = _number(states, home.PV) - _number(states, home.LOAD)
        if surplus_w < ENOUGH_W:
            return
        self.sunny_s += seconds
        reason = states[worker["reason"]]
        self.reasons_s[reason["state"]] += seconds
        worth = reason["attributes"].get("worth")
        if worth is not None:
            # Levels differ in power, so that their worths are compared per kWh.
            for part in PARTS:
                self.parts_s[part] += worth[part] / worth["power_w"] * 1000 * seconds
            self.judged_s += seconds
        value = states[sink["heat_value"]]
        if (per_kwh := _number(states, sink["heat_value"], None)) is not None:
            self.price_s += per_kwh * seconds
            self.priced_s += seconds
            self.causes_s[value["attributes"].get("cause", "")] += seconds

    def told(self) -> dict[str, Any]:
        """Return it as JSON has it: hours of the house's time, prices per kWh."""
        return {
            "sunny_h": round(self.sunny_s / 3600, 2),
            "reasons_h": _hours(self.reasons_s),
            "heat_causes_h": _hours(self.causes_s),
            "heat_per_kwh": _mean(self.price_s, self.priced_s),
            "worth_per_kwh": {
                part: _mean(total, self.judged_s)
                for part, total in self.parts_s.items()
            },
        }


def most_of(hours: Mapping[str, float]) -> str:
    """Return what was true for longest; empty if nothing was."""
    return max(hours, key=lambda name: hours[name], default="")


def _number(states: States, entity_id: str, missing: Any = 0.0) -> Any:
    try:
        return float(states[entity_id]["state"])
    except KeyError, ValueError:
        return missing


def _hours(seconds: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value / 3600, 2) for name, value in sorted(seconds.items())}


def _mean(total: float, seconds: float) -> float | None:
    return round(total / seconds, 4) if seconds else None
