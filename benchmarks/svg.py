"""What all pictures are drawn with: SVG text, readable on light and on dark pages.

Colours follow the reader's colour scheme; no scripts, no fonts of their own. Nothing
here knows what is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH = 760
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.small { font-size: 11px; fill: #57606a; }
.head { font-weight: 600; }
.grid { stroke: #d0d7de; stroke-width: 1; }
.zero { stroke: #57606a; stroke-width: 1; }
.main { fill: #0969da; stroke: #0969da; }
.other { fill: #8c959f; stroke: #8c959f; }
.sun { fill: #bf8700; stroke: #bf8700; }
.good { fill: #1a7f37; stroke: #1a7f37; }
.told { fill: #ffffff; stroke: #bf8700; stroke-width: 1.5; }
.line { fill: none; stroke-width: 1.6; }
.area { fill-opacity: 0.25; stroke: none; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .small { fill: #9198a1; }
  .grid { stroke: #3d444d; }
  .zero { stroke: #9198a1; }
  .main { fill: #4493f8; stroke: #4493f8; }
  .other { fill: #7d8590; stroke: #7d8590; }
  .sun { fill: #d29922; stroke: #d29922; }
  .good { fill: #3fb950; stroke: #3fb950; }
  .told { fill: #0d1117; stroke: #d29922; }
}
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places on the page."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Return the place of a value; beyond the ends, it goes on in a line."""
        share = (value - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)


def round_numbers(low: float, high: float, about: int) -> list[float]:
    """Return round numbers from low to high, nought among them where it lies there."""
    rough = (high - low) / about
    power = 10.0 ** floor(log10(rough))
    step = next(
        factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough
    )
    first = ceil(low / step - 1e-9)
    last = floor(high / step + 1e-9)
    return [round(index * step, 9) + 0.0 for index in range(first, last + 1)]


def number(value: float) -> str:
    """Return a number as short as it goes."""
    return f"{value:g}".replace("-", "−")


def label(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> str:
    """Return words that begin, lie in the middle or end at a place."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def rule(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """Return a straight line."""
    return (
        f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
    )


def picture(title: str, height: float, body: Sequence[str]) -> str:
    """Return a picture with its title in the upper left corner."""
    return document(title, height, [label(8, 18, title, "head"), *body])


def document(
    title: str, height: float, body: Sequence[str], *, style: str = STYLE
) -> str:
    """Return the whole file; the title is for those who do not see it."""
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}"'
                f' width="{WIDTH}" role="img" aria-label="{escape(title)}">'
            ),
            f"<style>{style}</style>",
            *body,
            "</svg>",
            "",
        ]
    )
