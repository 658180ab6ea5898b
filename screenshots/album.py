"""The folder of the pictures: what is kept in it is small and looks as it was seen."""

from pathlib import Path

from PIL import Image

from . import IMAGES

COLOURS = 256
ROUNDS = 4
"""How often the colours are moved to where most of what they stand for is."""
LARGEST_B = 150_000
"""A page with five pictures should come up at once, also in the country."""


def keep(taken: Path) -> Path:
    """Put a picture into docs/images, in no more colours than a palette has.

    Raises:
        AssertionError: if it is too large for a page.
    """
    kept = IMAGES / taken.name
    with Image.open(taken) as picture:
        # Dots that mimic a colour in between would blur letters, and cost most bytes.
        # What is small has its own colour too, if that is unlike all others.
        flat = picture.convert("RGB").quantize(
            COLOURS,
            method=Image.Quantize.MAXCOVERAGE,
            kmeans=ROUNDS,
            dither=Image.Dither.NONE,
        )
        flat.save(kept, optimize=True)
    size_b = kept.stat().st_size
    assert size_b <= LARGEST_B, f"{kept.name} has {size_b} bytes"
    return kept
