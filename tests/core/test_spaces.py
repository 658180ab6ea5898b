"""Cooled spaces: where heat is unwanted, and when."""

from datetime import datetime
from typing import Any

import pytest

from custom_components.solar_compute.core.model import (
    Snapshot,
    SpaceInput,
    Tranche,
    TrancheKind,
)
from custom_components.solar_compute.core.spaces import (
    Cooling,
    cooling_of,
    space_states,
)
from custom_components.solar_compute.core.spec import MonthSpan, SiteSpec, SpaceSpec
from custom_components.solar_compute.core.worth import level_worth

from .houses import NOON, cruncher, look, sunny_house

OFFICE = SpaceSpec(key="office", name="Office", cooled_share=0.8, cooling_cop=4.0)
IN_OFFICE = cruncher(space="office", cooled_share=1.0, cooling_cop=2.0)


def cooling(
    space: SpaceSpec, said: bool | None = None, *, local: datetime = NOON
) -> bool:
    house = sunny_house(IN_OFFICE, spaces=(space,))
    seen = look(0.0, local=local, spaces=(SpaceInput(key="office", cooling=said),))
    return space_states(house, seen)[0].cooling


def test_a_space_is_cooled_in_the_months_of_its_season() -> None:
    assert cooling(OFFICE)
    assert not cooling(OFFICE, local=NOON.replace(month=1))
    south = SpaceSpec(key="office", name="Office", season=MonthSpan(first=11, last=3))
    assert cooling(south, local=NOON.replace(month=1)) and not cooling(south)


@pytest.mark.parametrize(
    ("said", "cools"), [(True, True), (False, False), (None, True)]
)
def test_a_space_follows_its_air_conditioning_and_fears_the_worst(
    said: bool | None, cools: bool
) -> None:
    followed = SpaceSpec(key="office", name="Office", followed=True)
    for month in (1, 6):
        assert cooling(followed, said, local=NOON.replace(month=month)) is cools


def house_in(month: int) -> tuple[SiteSpec, Snapshot]:
    house = sunny_house(IN_OFFICE, spaces=(OFFICE,))
    return house, look(0.0, local=NOON.replace(month=month))


def test_heat_in_a_space_costs_while_that_is_cooled_and_nothing_else() -> None:
    house, june = house_in(6)
    assert cooling_of(house, IN_OFFICE, space_states(house, june)) == Cooling(0.8, 4.0)
    house, january = house_in(1)
    states = space_states(house, january)
    assert cooling_of(house, IN_OFFICE, states).input_per_kwh == 0


def test_a_worker_in_no_space_that_is_known_keeps_its_own_figures() -> None:
    house, june = house_in(6)
    states = space_states(house, june)
    for key in (None, "gone"):
        worker = cruncher(space=key, cooled_share=0.5, cooling_cop=2.0)
        assert cooling_of(house, worker, states) == Cooling(0.5, 2.0)


@pytest.mark.parametrize(("month", "expected"), [(6, 0.1 * 0.8 / 4), (1, 0.0)])
def test_the_same_sun_costs_air_conditioning_in_summer_only(
    month: int, expected: float
) -> None:
    house, seen = house_in(month)
    settings: dict[str, Any] = {
        "value_per_kwh": 0.0,
        "tranches": (Tranche(TrancheKind.EXPORT, None, 0.1),),
        "base_w": 0.0,
        "heat": None,
    }
    cooled = cooling_of(house, IN_OFFICE, space_states(house, seen))
    worth = level_worth(IN_OFFICE, 1, 1000, cooling=cooled, **settings)
    assert worth.cooling == pytest.approx(expected)
