"""Slices of supply against what a worker brings, as *Why?* shows them."""

from datetime import timedelta

from benchmarks.svg import Scale, label, rule
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import Decision
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .canvas import KINDS, LEFT, RIGHT, Frame, box, cents, sheet
from .homes import BATTERY, BRIGHT, DULL, EXPORT, IMPORT, JUNE, lived_through, look

BRINGS = 0.15
SPEC = SiteSpec(
    import_per_kwh=IMPORT,
    export_per_kwh=EXPORT,
    battery=BATTERY,
    workers=(
        WorkerSpec(
            key="cruncher",
            name="Cruncher",
            levels_w=(500.0, 1000.0, 2500.0),
            value_per_kwh=BRINGS,
        ),
    ),
)
SHOWN_W, SHOWN_PRICE = 6000.0, 0.31
PANEL = 160.0
TEN = JUNE + timedelta(hours=10)

WEEKS = {
    "After a dull week: the battery will not be full": DULL,
    "After a bright week: the battery will be full anyway": BRIGHT,
}


def at_ten(memory: Memory) -> Decision:
    """Return the decision: 3 kW left over, 2 kW into the battery, 1 kW into the grid."""
    snapshot = look(SPEC, TEN, grid_w=-1000.0, battery_w=-2000.0, soc=60.0)
    decision, _ = decide(SPEC, snapshot, memory)
    return decision


def draw() -> str:
    """Return the same sun and the same battery in two weeks, one above the other."""
    body: list[str] = []
    top = 50.0
    for title, days_w in WEEKS.items():
        body += _panel(title, at_ten(lived_through(*days_w)), top)
        top += PANEL + 70
    return sheet(
        "Ten in the morning, 3 kW left over: what would power cost?", top - 16, body
    )


def _panel(title: str, decision: Decision, top: float) -> list[str]:
    frame = Frame(
        Scale(0.0, SHOWN_W, LEFT, RIGHT),
        Scale(0.0, SHOWN_PRICE, top + 20 + PANEL, top + 20),
    )
    (worker,) = decision.workers
    body = [label(16, top + 8, title, "head")]
    words: list[str] = []
    at_w = 0.0
    for tranche in decision.tranches:
        end_w = SHOWN_W if tranche.width_w is None else at_w + tranche.width_w
        price = tranche.price_per_kwh
        body.append(frame.block(at_w, end_w, 0.0, price, f"block {tranche.kind.value}"))
        if worker.power_w > at_w:
            taken_w = min(end_w, worker.power_w)
            body.append(frame.block(at_w, taken_w, price, BRINGS, "gain"))
        middle, y = frame.across.at((at_w + end_w) / 2), frame.up.at(price)
        words += [
            label(middle, y + 16, cents(price), "inside head", "middle"),
            label(middle, frame.bottom - 7, KINDS[tranche.kind], "inside", "middle"),
        ]
        at_w = end_w
    x, y = LEFT, frame.up.at(BRINGS)
    body += [
        rule(x, frame.bottom, RIGHT, frame.bottom, "zero"),
        rule(x, y, RIGHT, y, "brings"),
        box(x, y, frame.across.at(worker.power_w) - x, frame.bottom - y, "own"),
        *words,
        label(x - 8, y - 2, "brings", "small", "end"),
        label(x - 8, y + 12, cents(BRINGS), "head", "end"),
    ]
    if worker.judged:
        gain = f"runs at {worker.power_w:.0f} W, gains {cents(worker.judged.total)} an hour"
        body.append(label(RIGHT, top + 8, gain, "", "end"))
    return body + frame.columns(
        (1000.0 * kilowatts, f"{kilowatts} kW") for kilowatts in range(6)
    )
