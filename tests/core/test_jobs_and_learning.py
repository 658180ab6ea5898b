"""What was learned of sun, and what was lost by switching, is not about jobs."""

from dataclasses import replace

import pytest

from custom_components.solar_compute.core.advice import settings_of
from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.job import JobState
from custom_components.solar_compute.core.knowledge import (
    Knowledge,
    Rule,
    WorkerKnowledge,
)
from custom_components.solar_compute.core.memory import WorkerMemory
from custom_components.solar_compute.core.observed import observed_values
from custom_components.solar_compute.core.purse import Purse
from custom_components.solar_compute.core.trail import SURPLUS_S, WORTH_S, Trail

from .houses import CLOCK_S, EXPORT, cruncher, sunny_house
from .job_house import HOUR_S, JobHouse, backup, dark, dark_of, knowing, sun_of

WORTHLESS = cruncher(value_per_kwh=0.0)
"""Half a kilowatt that runs for nothing but its jobs: two kWh take four hours."""

LONG_DARK = Trail(
    worth=(-0.1,) * len(WORTH_S),
    surplus=(-0.5,) * len(SURPLUS_S),
    spread=(-0.5, 0.25),
    seen_s=CLOCK_S - 60,
    known_s=7200,
)
"""What a worker has seen that looked at a house without sun for hours."""


def known(rule: Rule) -> Ahead:
    known = WorkerKnowledge(
        rule=rule, taught_by=settings_of(sunny_house(WORTHLESS), WORTHLESS)
    )
    return Ahead(knowledge=Knowledge(workers={"cruncher": known}))


def shining(memory: WorkerMemory, ahead: Ahead) -> JobHouse:
    """Let the sun shine for two hours on a house with a job for tomorrow."""
    house = JobHouse(
        spec=sunny_house(WORTHLESS),
        jobs=(backup(ready_in_h=30),),
        balance_w=lambda _: 1500.0,
        memory=replace(knowing(sun_of), workers={"cruncher": memory}),
    )
    house.loop.ahead = ahead
    house.run(2)
    return house


def test_a_worker_that_no_rule_may_run_takes_the_sun_for_its_job() -> None:
    house = shining(WorkerMemory(trail=LONG_DARK), known(Rule.OFF))
    assert house.ran_s > HOUR_S


def test_so_does_one_that_has_lost_too_much_by_switching() -> None:
    lost = WorkerMemory(purse=Purse(lived=-1.0, floor=-0.1, trips=3, closed=True))
    assert shining(lost, Ahead()).ran_s > HOUR_S


def test_the_runs_of_jobs_are_no_loss_of_the_switching_rule() -> None:
    house = shining(WorkerMemory(), Ahead())
    assert house.ran_s > HOUR_S
    purse = house.loop.memory.workers["cruncher"].purse
    assert (purse.lived, purse.today, purse.closed) == (0.0, 0.0, False)


@pytest.mark.parametrize("ahead", [Ahead(), known(Rule.BARE)])
def test_a_job_that_is_done_leaves_no_wish_to_go_on(ahead: Ahead) -> None:
    house = JobHouse(
        spec=sunny_house(WORTHLESS),
        jobs=(backup(ready_in_h=4.02),),
        balance_w=dark,
        memory=replace(
            knowing(dark_of),
            workers={"cruncher": WorkerMemory(trail=LONG_DARK)},
        ),
    )
    house.loop.ahead = ahead
    house.run(6)
    assert house.job().state is JobState.DONE
    assert house.ran_s < 4 * HOUR_S + 300


def test_what_a_deadline_adds_is_not_kept_as_what_sun_was_worth() -> None:
    house = shining(WorkerMemory(), Ahead())
    _, snapshot, decision = house.loop.seen[-1]
    assert decision.workers[0].worths[0].job > 0
    kept = observed_values(snapshot, decision, house.spec.policy)
    assert kept["worth:cruncher"] == pytest.approx(-0.5 * EXPORT)
