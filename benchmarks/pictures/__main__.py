"""Draw the pictures of how decisions are made anew."""

import argparse
from pathlib import Path

from . import PICTURES

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "decisions"


def main() -> None:
    """Write every picture."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pictures", description=__doc__
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        (arguments.folder / f"{name}.svg").write_text(draw(), "utf-8")


if __name__ == "__main__":
    main()
