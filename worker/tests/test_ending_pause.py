"""Where a job is to end, by a pause or with the service, it may save before."""

import asyncio
from pathlib import Path
import time

from .conftest import OpenHouse
from .saver import BY_SIGNAL, is_up, marks, saver
from .support import gone, rests, works


async def test_a_pause_can_end_the_job_after_it_has_saved_and_start_it_afresh(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    home = await house(
        pause_method, command=saver(), worker=f'{BY_SIGNAL}\non_pause = "end"'
    )
    await home.set_level(1)
    await is_up(tmp_path)
    pids = home.pids()
    await home.set_level(0)
    await home.reaches(state="paused", cause="commanded", detail=None)
    assert gone(pids)
    assert (marks(tmp_path, "saved"), marks(tmp_path, "ended")) == (1, 1)

    assert (await home.set_level(1))["state"] == "running"
    await is_up(tmp_path, times=2)
    await asyncio.to_thread(works, home.pids())


async def test_a_job_that_is_just_ending_is_started_again_when_raised(
    house: OpenHouse, pause_method: str
) -> None:
    script = "trap 'sleep 1; exit' TERM; while :; do sleep 0.05; done"
    home = await house(
        pause_method, command=["sh", "-c", script], worker='on_pause = "end"'
    )
    await home.set_level(1)
    await asyncio.sleep(0.3)
    old = home.pids()
    closing = asyncio.create_task(home.set_level(0))
    await asyncio.sleep(0.2)
    await home.set_level(1)
    await closing
    await home.reaches(state="running", cause="commanded")
    assert gone(old[:1])


async def test_an_urgent_pause_gives_a_job_that_is_ending_no_more_time(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(
        pause_method,
        command=["sh", "-c", "trap '' TERM; while :; do :; done"],
        worker='on_pause = "end"',
        server="stop_grace_s = 600",
    )
    await home.set_level(1)
    await asyncio.sleep(0.3)
    pids = home.pids()
    assert (await home.set_level(0))["state"] == "draining"
    # To repeat it changes nothing.
    assert (await home.put(level=0))[1]["state"] == "draining"
    await asyncio.to_thread(works, pids)
    await home.put(level=0, urgent=True)
    await home.reaches(state="paused")
    assert gone(pids)


async def test_an_urgent_pause_holds_still_even_a_job_that_a_pause_would_end(
    house: OpenHouse, tmp_path: Path
) -> None:
    home = await house(command=saver(), worker='on_pause = "end"')
    await home.set_level(1)
    await is_up(tmp_path)
    pids = home.pids()
    await home.put(level=0, urgent=True)
    await home.reaches(state="paused")
    assert home.pids() == pids
    await asyncio.to_thread(rests, pids)


async def test_when_the_service_ends_a_running_job_saves_and_a_paused_one_is_thawed(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    home = await house(pause_method, command=saver(), worker=BY_SIGNAL)
    await home.set_level(1)
    await is_up(tmp_path)
    pids = home.pids()
    await home.service.close()
    assert gone(pids)
    assert (marks(tmp_path, "saved"), marks(tmp_path, "ended")) == (1, 1)


async def test_the_time_of_grace_covers_saving_as_well(
    house: OpenHouse, tmp_path: Path
) -> None:
    hook = 'checkpoint = {signal = "SIGUSR1", deadline_s = 600}'
    home = await house(command=saver(60), worker=hook, server="stop_grace_s = 1\n")
    await home.set_level(1)
    await is_up(tmp_path)
    started = time.monotonic()
    await home.service.close()
    assert time.monotonic() - started < 8
    assert home.pids() == []
