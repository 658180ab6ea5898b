"""The sheet that the pictures are drawn on: colours, a panel with its axes, curves.

Every picture has a background of its own, so that it can be read wherever it is shown.
Nothing here decides or knows a home.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.svg import STYLE, WIDTH, Scale, document, label, number, rule
from custom_components.solar_compute.core.model import TrancheKind

LEFT, RIGHT = 64.0, WIDTH - 24.0
"""Where the axes begin and end."""

COLOURS = {
    "curtailed": ("#2da44e", "#3fb950"),
    "export": ("#d4a017", "#d29922"),
    "yielding": ("#e16f24", "#f0883e"),
    "battery_charge": ("#bf4b8a", "#db61a2"),
    "battery_discharge": ("#1b8a8f", "#39c5cf"),
    "import": ("#4c8dd6", "#58a6ff"),
    "warm": ("#d1442f", "#ff7b72"),
    "quiet": ("#c4ccd4", "#484f58"),
}
"""The colours of light pages and of dark ones, by what they stand for."""

KINDS = {
    TrancheKind.CURTAILED: "held back",
    TrancheKind.EXPORT: "would be exported",
    TrancheKind.YIELDING: "a diverter gives way",
    TrancheKind.BATTERY_CHARGE: "would charge the battery",
    TrancheKind.BATTERY_DISCHARGE: "from the battery",
    TrancheKind.IMPORT: "from the grid",
}
"""What the slices of supply are called."""


def _rules(dark: bool) -> str:
    return "\n".join(
        f".{name} {{ fill: {pair[dark]}; stroke: {pair[dark]}; }}"
        for name, pair in COLOURS.items()
    )


SHEET = f"""{STYLE}
.sheet {{ fill: #ffffff; stroke: #d0d7de; }}
{_rules(False)}
.block {{ stroke: none; fill-opacity: 0.5; }}
.chip {{ stroke: none; }}
.own {{ fill: none; stroke: #24292f; stroke-width: 2; }}
.gain {{ fill: #1a7f37; fill-opacity: 0.28; stroke: none; }}
.brings {{ stroke: #24292f; stroke-width: 1.6; stroke-dasharray: 6 4; }}
.limit {{ stroke: #57606a; stroke-width: 1; stroke-dasharray: 2 3; }}
.shade {{ fill: #d29922; fill-opacity: 0.14; stroke: none; }}
text.inside {{ font-size: 11px; }}
.strong {{ stroke-width: 3; }}
@media (prefers-color-scheme: dark) {{
.sheet {{ fill: #0d1117; stroke: #30363d; }}
{_rules(True)}
.own {{ stroke: #e6edf3; }}
.gain {{ fill: #3fb950; }}
.brings {{ stroke: #e6edf3; }}
.limit {{ stroke: #9198a1; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Frame:
    """A panel: what lies across and upwards, and where."""

    across: Scale
    up: Scale

    @property
    def bottom(self) -> float:
        """Where nought or the lowest value is drawn."""
        return self.up.first

    def rows(self, places: Iterable[float], unit: str = "") -> list[str]:
        """Return level lines with their values; nought stands out."""
        return [
            rule(
                LEFT, y := self.up.at(place), RIGHT, y, "zero" if not place else "grid"
            )
            + label(LEFT - 8, y + 4, f"{number(place)}{unit}", "small", "end")
            for place in places
        ]

    def columns(self, places: Iterable[tuple[float, str]]) -> list[str]:
        """Return names below the panel."""
        return [
            label(self.across.at(place), self.bottom + 18, name, "small", "middle")
            for place, name in places
        ]

    def block(self, begin: float, end: float, low: float, high: float, css: str) -> str:
        """Return a filled box between values."""
        x, y = self.across.at(begin), self.up.at(high)
        return box(x, y, self.across.at(end) - x, self.up.at(low) - y, css)

    def curve(
        self,
        values: Sequence[tuple[float, float]],
        css: str,
        *,
        area: bool = False,
        steps: bool = False,
    ) -> str:
        """Return a line through values; `area`: filled to nought, `steps`: no slopes."""
        places: list[tuple[float, float]] = []
        for across, up in values:
            x, y = self.across.at(across), self.up.at(up)
            if steps and places:
                places.append((x, places[-1][1]))
            places.append((x, y))
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        shape = f'<polyline class="line {css}" style="fill: none" points="{points}"/>'
        if not area:
            return shape
        zero = f"{self.up.at(0.0):.1f}"
        edges = f"{places[0][0]:.1f},{zero} {points} {places[-1][0]:.1f},{zero}"
        return f'<polygon class="area {css}" points="{edges}"/>{shape}'


def box(x: float, y: float, width: float, height: float, css: str) -> str:
    """Return a filled box."""
    return (
        f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/>'
    )


def sheet(title: str, height: float, body: Sequence[str]) -> str:
    """Return a whole picture."""
    paper = (
        f'<rect class="sheet" x="0.5" y="0.5" width="{WIDTH - 1}" '
        f'height="{height - 1:.0f}" rx="8"/>'
    )
    return document(
        title, height, [paper, label(16, 26, title, "head"), *body], style=SHEET
    )


def cents(per_kwh: float) -> str:
    """Return a price per kWh, or a gain per hour, in hundredths of the currency."""
    return f"{number(round(per_kwh * 100, 1))} ct"
