"""The pictures that README and docs show, taken of the demo, so that they never lie.

A real Home Assistant with the demo's home, seen by a real browser. `python -m screenshots
--help` tells what there is; SCREENS names each picture and the group that takes it.
Nothing is painted into a picture, and none is put together from two.

May import the demo; must never import Home Assistant, which it only looks at.
"""

from collections.abc import Mapping
from pathlib import Path

IMAGES = Path(__file__).parents[1] / "docs" / "images"

SCREENS: Mapping[str, tuple[str, ...]] = {
    "dashboard": (
        "screen-add-dashboard.png",
        "screen-light.png",
        "screen-dark.png",
        "screen-why.png",
        "screen-what-if.png",
        "screen-german.png",
    ),
    "card": ("card.png", "screen-phone.png"),
    "day": ("day.png",),
    "plan": ("plan-calendar.png",),
    "automation": ("automation-trigger.png",),
    "energy": ("energy-device.png", "energy-devices.png", "energy-settings.png"),
    "first-run": ("first-run-checklist.png",),
    "dialogs": (
        "worker-always-on.png",
        "worker-boinc.png",
        "worker-docker-container.png",
        "worker-entities.png",
        "worker-folding-group.png",
        "worker-service-pairing.png",
        "worker-slurm-partition.png",
    ),
    "film": ("one-day.webp", "one-day.png"),
}
"""What each group takes, by the group's name."""
