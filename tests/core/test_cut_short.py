"""Guards that come and go do not make a worker start again and again."""

from typing import Any

import pytest

from custom_components.solar_compute.core.model import ReasonCode

from .guarded import cap, guards, saying
from .houses import cruncher, sunny_house
from .loop import Loop, steady, why


def loop_with(cap_w: Any, **worker: Any) -> Loop:
    """Return an hour of full sun under a cap that changes with the time."""
    spec = sunny_house(cruncher(**worker), guards=guards(cap()))
    return Loop(
        spec,
        balance_w=steady(3000.0),
        dt_s=10.0,
        site=lambda at_s: {"guards": (saying("cap", at_s=at_s, cap_w=cap_w(at_s)),)},
    )


def every_other_minute(at_s: float) -> float:
    return 0.0 if at_s // 60 % 2 else 4200.0


def starts(loop: Loop) -> int:
    return sum(level > 0 for _, level in loop.switches())


def test_a_cap_that_toggles_every_minute_costs_few_starts() -> None:
    loop = loop_with(every_other_minute)
    loop.run(4 * 3600)
    assert 2 <= starts(loop) <= 6
    assert ReasonCode.MINIMUM_PAUSE in {why(seen) for _, _, seen in loop.seen}


def test_after_one_run_that_was_cut_short_it_waits_for_a_minimum_run() -> None:
    loop = loop_with(lambda at_s: 0.0 if 120 <= at_s < 180 else 4200.0)
    loop.run(3600)
    (first_s, _), (stopped_s, _), (again_s, level) = loop.switches()
    assert first_s < stopped_s == pytest.approx(120)
    assert again_s - stopped_s == pytest.approx(900, abs=20)
    assert level == 1


def test_a_run_that_was_long_enough_is_followed_by_the_minimum_pause() -> None:
    loop = loop_with(lambda at_s: 0.0 if 1200 <= at_s < 1260 else 4200.0)
    loop.run(3600)
    _, (stopped_s, _), (again_s, _) = loop.switches()
    assert again_s - stopped_s == pytest.approx(300, abs=20)


def test_a_worker_that_ran_out_of_work_starts_as_soon_as_there_is_some() -> None:
    loop = loop_with(lambda _: 4200.0)
    loop.inputs = lambda at_s: {"cruncher": {"has_work": not 120 <= at_s < 180}}
    loop.run(3600)
    _, (stopped_s, _), (again_s, _) = loop.switches()
    assert again_s - stopped_s == pytest.approx(300, abs=20)
