"""The figures of the questions and answers are what the core computes and the bench measured."""

from pathlib import Path
import re

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import ReasonCode

from .houses import look, sunny_house
from .test_worth import WORKED

DOCS = Path(__file__).parents[2] / "docs"
FAQ = (DOCS / "faq.md").read_text("utf-8")
BENCHMARKS = (DOCS / "benchmarks.md").read_text("utf-8")
WORTHS = [round(worth, 3) for worth, _ in WORKED.values()]


def test_every_gain_in_the_table_is_a_worked_case() -> None:
    rows = re.findall(r"^\| .+ \| .+ \| ([+−][\d.]+) \|$", FAQ, re.MULTILINE)
    gains = [float(row.replace("−", "-")) for row in rows]

    assert len(gains) == 10
    for gain in gains:
        assert any(abs(worth - gain) <= 0.0501 for worth in WORTHS), gain
    assert gains == sorted(gains, reverse=True)


def test_what_a_used_computer_would_earn_follows_from_that_table() -> None:
    section = FAQ.split("## Should I buy a computer for it?")[1].split("\n## ")[0]
    kwh = 0.5 * 5 * 150
    gas, rod = re.findall(r"at ([\d.]+) ct", section)

    assert f"{kwh:.0f} kWh" in section
    assert f"that is {kwh * float(gas) / 100:.0f} in a year" in section
    assert f"at {rod} ct, {kwh * float(rod) / 100:.0f}." in section


def test_what_a_year_earned_is_what_was_measured() -> None:
    quoted = re.findall(r"([\d.]+) \(`(\w+)`\)", FAQ)

    assert len(quoted) == 3
    for figure, scenario in quoted:
        row = rf"\| `{scenario}` \| fr_emhass_30min \| [^|]+ \| {figure} \|"
        assert re.search(row, BENCHMARKS), (figure, scenario)


@pytest.mark.parametrize(("surplus_w", "missing_w"), [(300, 41), (341, 0)])
def test_half_a_kilowatt_starts_at_the_surplus_that_the_page_says(
    surplus_w: float, missing_w: float
) -> None:
    decision, _ = decide(sunny_house(), look(-surplus_w), Memory())
    (worker,) = decision.workers

    assert worker.hint is not None and worker.hint.surplus_w is not None
    assert worker.hint.surplus_w == pytest.approx(missing_w, abs=0.5)
    assert worker.reason.code in {ReasonCode.NOT_WORTH_IT, ReasonCode.WAITING_TO_START}
    assert "From 341 W on" in FAQ and "41 W." in FAQ
