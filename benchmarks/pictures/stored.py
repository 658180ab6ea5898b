"""What a kWh costs that the battery does not get, by how full it is."""

from datetime import timedelta

from benchmarks.svg import Scale, label, rule
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import TrancheKind
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .canvas import LEFT, RIGHT, Frame, cents, sheet
from .homes import (
    BATTERY,
    BRIGHT,
    DULL,
    EXPORT,
    IMPORT,
    JUNE,
    MIXED,
    lived_through,
    look,
)

SPEC = SiteSpec(
    import_per_kwh=IMPORT,
    export_per_kwh=EXPORT,
    battery=BATTERY,
    workers=(WorkerSpec(key="cruncher", name="Cruncher", levels_w=(500.0,)),),
)
TWO = JUNE + timedelta(hours=14)
WEEKS = {
    "after a dull week": ("other", DULL),
    "after a mixed week": ("battery_charge", MIXED),
    "after a bright week": ("export", BRIGHT),
}
FILLS = range(10, 97, 2)
"""States of charge in %. Beyond, the battery takes less than it is offered here."""

NAMED_AT = 66.0
"""The state of charge at whose price the name of a line is written."""


def charge_per_kwh(memory: Memory, soc: float) -> float:
    """Return what a kWh costs that would charge the battery, at two in the afternoon."""
    snapshot = look(SPEC, TWO, grid_w=0.0, battery_w=-1500.0, soc=soc)
    decision, _ = decide(SPEC, snapshot, memory)
    return next(
        tranche.price_per_kwh
        for tranche in decision.tranches
        if tranche.kind is TrancheKind.BATTERY_CHARGE
    )


def draw() -> str:
    """Return one line for each week behind, over the state of charge."""
    frame = Frame(Scale(10.0, 100.0, LEFT, RIGHT), Scale(0.0, 0.32, 260.0, 56.0))
    body = frame.rows((0.0,))
    for price, words in ((IMPORT, "import"), (EXPORT, "export")):
        y = frame.up.at(price)
        body += [
            rule(LEFT, y, RIGHT, y, "limit"),
            label(LEFT - 8, y - 2, words, "small", "end"),
            label(LEFT - 8, y + 12, cents(price), "head", "end"),
        ]
    for name, (css, days_w) in WEEKS.items():
        memory = lived_through(*days_w)
        values = [(float(soc), charge_per_kwh(memory, soc)) for soc in FILLS]
        body += [
            frame.curve(values, f"strong {css}", steps=True),
            label(RIGHT - 32, frame.up.at(dict(values)[NAMED_AT]) - 8, name, "", "end"),
        ]
    body += frame.columns((float(soc), f"{soc} %") for soc in (10, 25, 50, 75, 100))
    body.append(
        label(RIGHT, 298, "state of charge at two in the afternoon", "small", "end")
    )
    return sheet("What a kWh costs that the battery does not get", 312, body)
