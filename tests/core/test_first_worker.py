"""The tutorial's first worker does what the tutorial says, with ordinary settings."""

from pathlib import Path
import re
import tomllib

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import ReasonCode
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .houses import EXPORT, look, paused, sunny_house
from .loop import Loop

PAGE = (Path(__file__).parents[2] / "docs" / "first-worker.md").read_text("utf-8")


def home_of_the_tutorial() -> SiteSpec:
    """Return the sunny house with the worker of the page, valued as the page says."""
    (code,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (more,) = re.findall(r"enter ([\d.]+) more than what exporting brings", PAGE)
    ((name, worker),) = tomllib.loads(code)["workers"].items()
    levels_w = tuple(float(level["watts"]) for level in worker["levels"])
    return sunny_house(
        WorkerSpec(
            key="cruncher",
            name=name,
            levels_w=levels_w,
            value_per_kwh=EXPORT + float(more),
        )
    )


def test_it_starts_in_the_sun() -> None:
    decision, _ = decide(home_of_the_tutorial(), look(-1000, paused()), Memory())

    assert decision.workers[0].level == 1
    assert decision.workers[0].reason.code is ReasonCode.WORTH_IT


def test_it_is_paused_in_the_evening() -> None:
    decision, _ = decide(home_of_the_tutorial(), look(300, paused()), Memory())

    assert decision.workers[0].level == 0
    assert decision.workers[0].reason.code is ReasonCode.NOT_WORTH_IT


def test_it_waits_no_longer_than_the_page_says_once_the_sun_is_out() -> None:
    loop = Loop(home_of_the_tutorial(), lambda at_s: -300.0 if at_s < 3600 else 1000.0)
    loop.run(3600)

    assert "up to twenty minutes" in PAGE
    assert 600 < loop.run_until(1, "cruncher") <= 1200
