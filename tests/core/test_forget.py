"""What a person has had forgotten keeps no worker from starting, and nothing else is lost."""

from dataclasses import replace

from custom_components.solar_compute.core.learned import forgotten
from custom_components.solar_compute.core.memory import LevelPower, Memory, PowerMean
from custom_components.solar_compute.core.model import ReasonCode
from custom_components.solar_compute.core.purse import Purse

from .houses import cruncher, sunny_house
from .loop import Loop, why


def rested() -> Loop:
    """Return a home in the sun whose cruncher rests after losses."""
    loop = Loop(sunny_house(cruncher(start_cost=0.02)), lambda _: 2000.0, dt_s=60.0)
    loop.run(600)
    worker = loop.memory.workers["cruncher"]
    purse = Purse(lived=-0.05, floor=-0.04, trips=3, closed=True)
    lost = replace(worker, level=0, since_s=None, starts=4, purse=purse)
    loop.memory = replace(loop.memory, workers={"cruncher": lost})
    loop.levels, loop.due = {}, {}
    return loop


def test_a_worker_that_rests_after_losses_starts_again_once_they_are_forgotten() -> (
    None
):
    loop = rested()
    loop.run(1800)
    assert why(loop.tick()) is ReasonCode.LOST_LATELY

    loop.memory = forgotten(loop.memory)

    assert loop.run_until(1) < 1800


def test_what_its_levels_draw_is_forgotten_and_its_starts_of_the_day_are_not() -> None:
    loop = rested()
    seen = PowerMean(
        nominal_w=(500.0,),
        levels=(LevelPower(mean_w=900.0, variance=1.0, seconds=9e3),),
    )
    memory: Memory = forgotten(replace(loop.memory, powers={"cruncher": seen}))
    assert memory.powers == {}
    assert memory.workers["cruncher"].starts == 4
    assert memory.workers["cruncher"].purse == Purse()
