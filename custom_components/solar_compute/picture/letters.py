"""Letters of lines, for figures and units: as many as currencies and axes need.

A letter is lines over a grid of five columns and seven rows, each point two digits.
What has no letter here is left out.
"""

from .canvas import Canvas, Colour

ROWS, COLUMNS = 6, 4
STRAIGHT = {
    "0": "10 30 41 45 36 16 05 01 10",
    "1": "02 20 26/06 46",
    "2": "01 10 30 41 42 06 46",
    "3": "01 10 30 41 42 33 13/33 44 45 36 16 05",
    "4": "36 30 04 44",
    "5": "40 00 03 33 44 45 36 06",
    "6": "30 10 01 05 16 36 45 44 33 03",
    "7": "00 40 16",
    "8": "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33",
    "9": "43 13 02 01 10 30 41 45 36 16",
    "A": "06 20 46/14 34",
    "B": "00 30 41 42 33 03 06 36 45 44 33/03 00",
    "C": "41 30 10 01 05 16 36 45",
    "D": "00 20 42 44 26 06 00",
    "E": "40 00 06 46/03 33",
    "F": "40 00 06/03 33",
    "G": "41 30 10 01 05 16 36 45 43 23",
    "H": "00 06/40 46/03 43",
    "I": "10 30/20 26/16 36",
    "J": "40 45 36 16 05",
    "K": "00 06/40 03 46",
    "L": "00 06 46",
    "M": "06 00 23 40 46",
    "N": "06 00 46 40",
    "O": "10 30 41 45 36 16 05 01 10",
    "P": "06 00 30 41 42 33 03",
    "Q": "10 30 41 45 36 16 05 01 10/24 46",
    "R": "06 00 30 41 42 33 03/23 46",
    "S": "41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40/20 26",
    "U": "00 05 16 36 45 40",
    "V": "00 26 40",
    "W": "00 16 22 36 40",
    "X": "00 46/40 06",
    "Y": "00 23 40/23 26",
    "Z": "00 40 06 46",
    "h": "00 06/03 12 32 43 46",
    "k": "00 06/32 04/14 36",
    "%": "40 06/00 10 11 01 00/35 45 46 36 35",
    "°": "10 20 21 11 10",
    "+": "21 25/03 43",
    "-": "03 43",
    ".": "26",
}
LETTERS = {
    letter: [
        [(int(point[0]), int(point[1])) for point in line.split()]
        for line in lines.split("/")
    ]
    for letter, lines in STRAIGHT.items()
}
NARROW = {".": (1.5, 0.0), "I": (1.0, 3.0), "°": (0.0, 3.0)}
"""Where a narrow letter begins in its grid, and how many columns it takes."""
GAP = 2.0
"""Columns between two letters."""


def width_of(text: str, size: float) -> float:
    """Return how wide a text is, in pixels; `size` is how high its letters are."""
    unit = size / ROWS
    columns = [_columns(letter) for letter in text]
    return unit * (sum(columns) + GAP * max(0, len(columns) - 1))


def write(
    canvas: Canvas,
    text: str,
    corner: tuple[float, float],
    size: float,
    colour: Colour,
    *,
    bold: float = 1.0,
) -> float:
    """Write a text from its upper left corner on; return where it ends.

    `bold` is in parts of the usual line.
    """
    (left, top), unit = corner, size / ROWS
    for letter in text:
        begins = NARROW.get(letter, (0.0, 0.0))[0]
        canvas.strokes(
            [
                [(left + (x - begins) * unit, top + y * unit) for x, y in line]
                for line in LETTERS.get(letter, [])
            ],
            max(1.4, bold * size / 7),
            colour,
        )
        left += unit * (_columns(letter) + GAP)
    return left - unit * GAP


def _columns(letter: str) -> float:
    return NARROW.get(letter, (0.0, float(COLUMNS)))[1]
