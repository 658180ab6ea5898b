"""Small charts as SVG text, readable on light and on dark pages.

Only what the report needs: rows of dots on one scale, and lines over a common axis.
Colours follow the reader's colour scheme; no scripts, no fonts of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .svg import WIDTH, Scale, label, number, picture, round_numbers, rule

MARGIN_RIGHT = 24


@dataclass(frozen=True, slots=True)
class Dots:
    """One row: its name, and its values by the name of their series (shares)."""

    name: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a panel; `area`: filled down to nought, `steps`: no slopes."""

    name: str
    css: str
    values: Sequence[tuple[float, float | None]]
    area: bool = False
    steps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Lines on one vertical scale."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    height: int = 110


def dot_chart(
    title: str,
    groups: Mapping[str, Sequence[Dots]],
    *,
    main: str,
    marked: Mapping[str, str] | None = None,
    low: float = -0.5,
    high: float = 1.0,
) -> str:
    """Return rows of dots in groups, as shares; `main` is the series that stands out.

    `marked` has the style of series that have a colour of their own, all others are
    grey. What lies below `low` is drawn as an arrow at the edge.
    """
    left, row_h, top = 190, 17, 68
    scale = Scale(low, high, left, WIDTH - MARGIN_RIGHT)
    there = {name for rows in groups.values() for row in rows for name in row.values}
    styles = {name: css for name, css in (marked or {}).items() if name in there}
    body = _legend({main: "main", **styles, "others": "other"}, left, 38)
    y = float(top)
    for group, rows in groups.items():
        y += 8
        body.append(label(8, y + 10, group, "head"))
        y += row_h
        for row in rows:
            body += _dots(row, y + row_h / 2, scale, main, styles)
            y += row_h
    lines = [
        rule(x := scale.at(tick), top, x, y, "zero" if tick == 0 else "grid")
        + label(x, top - 6, _percent(tick), "small", "middle")
        for tick in round_numbers(low, high, 6)
    ]
    return picture(title, y + 10, [*lines, *body])


def _legend(styles: Mapping[str, str], x: float, y: float) -> list[str]:
    shapes: list[str] = []
    for name, css in styles.items():
        radius = 5 if css == "main" else 3
        shapes.append(f'<circle class="{css}" cx="{x:.0f}" cy="{y}" r="{radius}"/>')
        shapes.append(label(x + 10, y + 4, name, "small"))
        x += 34 + 6.0 * len(name)
    return shapes


def _dots(
    row: Dots, y: float, scale: Scale, main: str, styles: Mapping[str, str]
) -> list[str]:
    shapes = [label(24, y + 4, row.name, "small")]

    def layer(item: tuple[str, float]) -> tuple[bool, bool]:
        # What stands out is drawn last, over the others.
        return (item[0] == main, item[0] in styles)

    for name, value in sorted(row.values.items(), key=layer):
        css = "main" if name == main else styles.get(name, "other")
        radius = 5 if name == main else 3
        note = f"<title>{escape(name)}: {_percent(value)}</title>"
        if value < scale.low:
            x = scale.at(scale.low)
            points = (
                f"{x - 7:.0f},{y:.1f} {x + 1:.0f},{y - 4:.1f} {x + 1:.0f},{y + 4:.1f}"
            )
            shapes.append(f'<polygon class="{css}" points="{points}">{note}</polygon>')
        else:
            x = scale.at(min(value, scale.high))
            shapes.append(
                f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}">'
                f"{note}</circle>"
            )
    return shapes


def line_chart(
    title: str, panels: Iterable[Panel], ticks: Sequence[tuple[float, str]]
) -> str:
    """Return panels one under another; `ticks` name places on their common axis."""
    left, top = 64, 46
    scale = Scale(ticks[0][0], ticks[-1][0], left, WIDTH - MARGIN_RIGHT)
    body: list[str] = []
    y = float(top)
    for panel in panels:
        body += _panel(panel, y, scale, ticks)
        y += panel.height + 42
    body += [label(scale.at(at), y - 6, name, "small", "middle") for at, name in ticks]
    return picture(title, y + 4, body)


def _panel(
    panel: Panel, y: float, across: Scale, ticks: Sequence[tuple[float, str]]
) -> list[str]:
    known = [
        value for line in panel.lines for _, value in line.values if value is not None
    ]
    low, high = min(0.0, *known, 0.0), max(0.0, *known, 0.0)
    if high <= low:
        high = low + 1.0
    up = Scale(low, high, y + panel.height + 20, y + 20)
    shapes = [label(8, y + 10, f"{panel.title} ({panel.unit})", "head")]
    x = 330.0
    for line in panel.lines:
        shapes.append(
            f'<rect class="{line.css}" x="{x}" y="{y + 3}" width="9" height="9"/>'
        )
        shapes.append(label(x + 14, y + 11, line.name, "small"))
        x += 34 + 6.5 * len(line.name)
    shapes += [
        rule(
            across.first,
            at := up.at(tick),
            across.last,
            at,
            "zero" if tick == 0 else "grid",
        )
        + label(across.first - 6, at + 4, number(tick), "small", "end")
        for tick in round_numbers(low, high, 4)
    ]
    shapes += [
        rule(at := across.at(place), y + 20, at, y + panel.height + 20, "grid")
        for place, _ in ticks
    ]
    return shapes + [
        shape for line in panel.lines for shape in _drawn(line, across, up)
    ]


def _drawn(line: Line, across: Scale, up: Scale) -> list[str]:
    shapes: list[str] = []
    for stretch in _stretches(line.values):
        points: list[tuple[float, float]] = []
        for place, value in stretch:
            x, y = across.at(place), up.at(value)
            if line.steps and points:
                points.append((x, points[-1][1]))
            points.append((x, y))
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        if line.area:
            zero = f"{up.at(0.0):.1f}"
            edges = f"{points[0][0]:.1f},{zero} {text} {points[-1][0]:.1f},{zero}"
            shapes.append(f'<polygon class="area {line.css}" points="{edges}"/>')
        shapes.append(
            f'<polyline class="line {line.css}" style="fill: none" points="{text}"/>'
        )
    return shapes


def _stretches(
    values: Iterable[tuple[float, float | None]],
) -> list[list[tuple[float, float]]]:
    """Return the values in pieces without gaps."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for place, value in values:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((place, value))
    return [piece for piece in pieces if piece]


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("-", "−").replace("%", " %")
