"""What a person asks for comes before worth."""

from dataclasses import replace

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Mode,
    Override,
    ReasonCode,
    SiteState,
)

from .houses import CLOCK_S, cruncher, look, paused, running, stepper, sunny_house
from .loop import Loop, one, steady, why


def test_mode_off_pauses_at_once_even_in_full_sun() -> None:
    loop = Loop(sunny_house(), steady(3000))
    loop.run(300)
    assert loop.levels["cruncher"] == 1
    loop.inputs = lambda _: {"cruncher": {"mode": Mode.OFF}}
    decision = loop.tick()
    assert (one(decision).level, why(decision)) == (0, ReasonCode.MODE_OFF)


def test_mode_on_runs_at_the_highest_level_without_any_sun() -> None:
    decision, _ = decide(
        sunny_house(stepper()), look(2000, paused("stepper", mode=Mode.ON)), Memory()
    )
    assert (one(decision).level, why(decision)) == (3, ReasonCode.MODE_ON)


def test_mode_on_needs_no_minimum_pause_and_no_start_left_today() -> None:
    spec = sunny_house(cruncher(max_starts_per_day=1, min_pause_s=3600))
    loop = Loop(spec, steady(3000))
    loop.run(300)
    loop.inputs = lambda _: {"cruncher": {"mode": Mode.OFF}}
    loop.run(120)
    loop.inputs = lambda _: {"cruncher": {"mode": Mode.ON}}
    assert why(loop.tick()) is ReasonCode.MODE_ON


@pytest.mark.parametrize(("level", "expected"), [(None, 3), (1, 1), (2, 2), (9, 3)])
def test_an_override_runs_at_the_level_that_was_asked_for(
    level: int | None, expected: int
) -> None:
    override = Override(run=True, until_s=CLOCK_S + 60, level=level)
    decision, _ = decide(
        sunny_house(stepper()),
        look(2000, paused("stepper", override=override)),
        Memory(),
    )
    assert one(decision).level == expected
    assert one(decision).reason.data == {"remaining_s": 60}


def test_an_override_ends_by_itself_and_worth_decides_again() -> None:
    override = Override(run=True, until_s=CLOCK_S + 1800)
    loop = Loop(
        sunny_house(cruncher(min_run_s=0)),
        steady(-500),
        inputs=lambda _: {"cruncher": {"override": override}},
    )
    loop.run(1790)
    assert set(loop.levels_of()) == {1}
    loop.run(1200)
    assert loop.levels_of()[-1] == 0


def test_an_override_to_pause_holds_back_what_would_run() -> None:
    override = Override(run=False, until_s=CLOCK_S + 60)
    decision, _ = decide(
        sunny_house(), look(-3000, running(override=override)), Memory()
    )
    assert (one(decision).level, why(decision)) == (0, ReasonCode.OVERRIDE_PAUSE)


def test_an_override_comes_before_the_mode() -> None:
    override = Override(run=True, until_s=CLOCK_S + 60)
    observed = paused(override=override, mode=Mode.OFF)
    decision, _ = decide(sunny_house(), look(0, observed), Memory())
    assert why(decision) is ReasonCode.OVERRIDE_RUN


def test_automation_off_pauses_all_but_what_a_person_has_run_for_a_while() -> None:
    override = Override(run=True, until_s=CLOCK_S + 60)
    spec = sunny_house(
        cruncher(), cruncher(key="asked"), cruncher(key="on", max_starts_per_day=0)
    )
    snapshot = replace(
        look(
            -5000,
            running(),
            running("asked", override=override),
            running("on", mode=Mode.ON),
        ),
        automation=False,
    )
    decision, _ = decide(spec, snapshot, Memory())
    assert why(decision, "cruncher") is ReasonCode.AUTOMATION_OFF
    assert [worker.level for worker in decision.workers] == [0, 1, 0]


def test_automation_off_shows_as_the_state_of_the_site() -> None:
    snapshot = replace(look(-5000), automation=False)
    decision, _ = decide(sunny_house(), snapshot, Memory())
    assert decision.state is SiteState.AUTOMATION_OFF


def test_what_a_person_runs_is_first_on_the_supply_curve() -> None:
    """The other one, of higher priority, sees that the sun is taken."""
    spec = sunny_house(
        cruncher(key="first", priority=1), cruncher(key="asked", priority=2)
    )
    loop = Loop(spec, steady(600), inputs=lambda _: {"asked": {"mode": Mode.ON}})
    loop.run(1800)
    assert set(loop.levels_of("asked")) == {1}
    assert set(loop.levels_of("first")) == {0}
    assert one(loop.seen[-1][2], "first").base_w == 500


def test_a_person_may_pause_and_start_as_often_as_they_like() -> None:
    loop = Loop(sunny_house(cruncher(min_run_s=9e3, min_pause_s=9e3)), steady(-500))
    for wanted in (1, 0, 1, 0):
        mode = Mode.ON if wanted else Mode.OFF
        loop.inputs = lambda _, mode=mode: {"cruncher": {"mode": mode}}  # type: ignore[misc]
        assert one(loop.tick()).level == wanted
