"""The pictures of how decisions are made show what the core decides today."""

from itertools import pairwise
from pathlib import Path
import re
from xml.etree import ElementTree as ET

import pytest

from benchmarks.pictures import PICTURES, day, heat, homes, stored, supply, switching
from benchmarks.pictures.__main__ import FOLDER, main
from custom_components.solar_compute.core.model import ReasonCode

ROOT = Path(__file__).parents[2]
PAGES = [*(ROOT / "docs").glob("*.md")]
COMMAND = "python -m benchmarks.pictures"


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_committed_is_what_the_core_says_today(name: str) -> None:
    """The command of the page draws it anew."""
    committed = (FOLDER / f"{name}.svg").read_text("utf-8")

    assert committed == PICTURES[name]()


def test_there_are_no_other_pictures_in_the_folder() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_page_shows_it_with_words_for_those_who_do_not_see_it(name: str) -> None:
    shown = re.compile(rf"!\[([^]]+)\]\(images/decisions/{name}\.svg\)")
    alternatives = [
        text for page in PAGES for text in shown.findall(page.read_text("utf-8"))
    ]
    assert alternatives
    assert all(len(text) > 60 for text in alternatives)


def test_the_figures_below_a_picture_are_those_in_it() -> None:
    text = (ROOT / "docs" / "decisions.md").read_text("utf-8")
    below = re.findall(r"!\[.+\]\(images/decisions/(\w+)\.svg\)\n\n(.+)\n", text)
    assert {name for name, _ in below} == set(PICTURES)
    for name, paragraph in below:
        drawn = (FOLDER / f"{name}.svg").read_text("utf-8")
        for figure in re.findall(r"[\d.]+ (?:ct|min|W|kW|°C)\b", paragraph):
            assert figure in drawn, (name, figure)


def test_the_page_names_the_command_that_draws_them() -> None:
    assert COMMAND in (ROOT / "docs" / "decisions.md").read_text("utf-8")


def test_the_command_writes_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "benchmarks.pictures.__main__.PICTURES", {"one": lambda: "<svg/>"}
    )
    monkeypatch.setattr("sys.argv", ["pictures", "--folder", str(tmp_path / "new")])

    main()

    assert (tmp_path / "new" / "one.svg").read_text("utf-8") == "<svg/>"


@pytest.mark.parametrize("name", PICTURES)
def test_it_can_be_read_on_light_and_dark_pages(name: str) -> None:
    text = (FOLDER / f"{name}.svg").read_text("utf-8")
    root = ET.fromstring(text)  # noqa: S314

    assert root.get("aria-label")
    assert 'class="sheet"' in text
    assert "prefers-color-scheme: dark" in text


def test_the_same_sun_costs_more_where_the_battery_needs_it() -> None:
    needed = supply.at_ten(homes.lived_through(*homes.DULL)).workers[0]
    spare = supply.at_ten(homes.lived_through(*homes.BRIGHT)).workers[0]

    assert 0 < needed.power_w < spare.power_w


def test_a_kwh_from_the_battery_is_the_cheaper_the_fuller_it_is() -> None:
    memory = homes.lived_through(*homes.MIXED)
    prices = [stored.charge_per_kwh(memory, soc) for soc in stored.FILLS]

    assert all(later <= before for before, later in pairwise(prices))
    assert prices[0] > prices[-1] > homes.EXPORT


def test_heat_is_worth_least_where_the_heater_would_have_run_on_the_sun() -> None:
    worths = {name: price.per_kwh for name, price in heat.prices().items()}

    assert sorted(worths, key=lambda name: worths[name])[:2] == [
        "heat pump, 13 to 15 h",
        "heating rod, solar diverter",
    ]


def test_the_worker_sits_out_the_kettle_and_not_the_cloud() -> None:
    levels = [decision.workers[0].level for decision in switching.morning()]

    def during(span: tuple[int, int]) -> set[int]:
        per_minute = 60 // switching.STEP_S
        return set(levels[span[0] * per_minute : span[1] * per_minute])

    assert during(switching.KETTLE) == {1}
    assert during(switching.CLOUD) == {1, 0}
    assert levels[-1] == 1


def test_the_day_has_a_colour_for_each_of_its_reasons() -> None:
    codes = {look.decision.workers[0].reason.code for look in day.lived_day()[1:]}

    assert codes == set(day.WHY)
    assert ReasonCode.SINK_FULL in codes
