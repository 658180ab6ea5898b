"""Every picture in the docs is shown, and made by a program that can make it anew."""

from pathlib import Path
import re

from screenshots import IMAGES, SCREENS

from .test_docs import PAGES, links

SHOWN = (".png", ".svg", ".webp")
DRAWN = {"heat-air.svg", "heat-radiator.svg", "heat-water.svg"}
"""Drawings of how to plumb a computer: nothing that a program could have seen."""
BENCHES = ("benchmarks", "decisions")
"""Folders that the benchmarks and the pictures of decisions fill."""
TAKEN = {name for names in SCREENS.values() for name in names}


def _shown() -> set[Path]:
    return {
        (page.parent / target).resolve()
        for page in PAGES
        for target in links(page)
        if Path(target).suffix in SHOWN
    }


def test_every_picture_is_shown_on_a_page() -> None:
    pictures = {path for path in IMAGES.rglob("*") if path.suffix in SHOWN}

    assert pictures - _shown() == set()


def test_every_picture_of_a_screen_is_taken_by_the_script() -> None:
    others = {path.name for path in IMAGES.iterdir() if path.is_file()} - DRAWN

    assert others == TAKEN
    for path in IMAGES.rglob("*/*"):
        assert path.parent.name in BENCHES


def test_no_picture_keeps_a_page_waiting() -> None:
    for path in IMAGES.rglob("*.png"):
        assert path.stat().st_size <= 150_000, path.name
    for path in IMAGES.rglob("*.webp"):
        assert path.stat().st_size <= 1_500_000, path.name


def test_the_film_has_a_still_for_who_wants_no_motion() -> None:
    (page,) = (page for page in PAGES if "one-day.webp" in page.read_text())

    (picture,) = re.findall(
        r"<picture>.*?one-day\.webp.*?</picture>", page.read_text(), re.DOTALL
    )[:1]
    assert (
        '(prefers-reduced-motion: reduce)" srcset="docs/images/one-day.png"' in picture
    )
