"""Before a pause the job may save its work: asked in three ways, waited for, never longer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import time
from typing import Any

from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer
import pytest

from .conftest import OpenHouse
from .saver import BY_SIGNAL, is_up, marks, saver
from .support import rests, until, works

Application = tuple[BaseTestServer, list[Any], list[int]]


async def test_a_pause_waits_until_the_job_has_saved_its_work(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    home = await house(pause_method, command=saver(1.5), worker=BY_SIGNAL)
    await home.set_level(1)
    await is_up(tmp_path)
    draining = await home.set_level(0)
    assert (draining["state"], draining["cause"]) == ("draining", "commanded")
    assert draining["power_w"] == 100
    assert marks(tmp_path, "saved") == 0
    await home.reaches(state="paused", cause="commanded", detail=None, power_w=0)
    assert marks(tmp_path, "saved") == 1
    await asyncio.to_thread(rests, home.pids())

    await home.set_level(1)
    await asyncio.to_thread(works, home.pids())
    assert marks(tmp_path, "up") == 1


async def test_a_job_that_does_not_answer_is_paused_at_the_deadline_and_it_is_told(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    hook = 'checkpoint = {signal = "SIGUSR1", deadline_s = 0.7}'
    home = await house(pause_method, command=saver(60), worker=hook)
    await home.set_level(1)
    await is_up(tmp_path)
    started = time.monotonic()
    await home.set_level(0)
    told = await home.reaches(state="paused")
    assert time.monotonic() - started >= 0.6
    assert told["detail"] == "no checkpoint within 0.7 s"
    await asyncio.to_thread(rests, home.pids())


async def test_repeating_the_pause_neither_asks_again_nor_waits_longer(
    house: OpenHouse, tmp_path: Path
) -> None:
    hook = 'checkpoint = {signal = "SIGUSR1", deadline_s = 2}'
    home = await house(command=saver(60), worker=hook)
    await home.set_level(1)
    await is_up(tmp_path)
    started = time.monotonic()
    while (await home.put(level=0))[1]["state"] != "paused":
        assert time.monotonic() - started < 10
    assert marks(tmp_path, "asked") == 1


async def test_an_urgent_pause_waits_for_nothing_even_if_a_wait_has_begun(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    hook = 'checkpoint = {signal = "SIGUSR1", deadline_s = 600}'
    home = await house(pause_method, command=saver(60), worker=hook)
    await home.set_level(1)
    await is_up(tmp_path)
    assert (await home.set_level(0))["state"] == "draining"
    _, paused = await home.put(level=0, urgent=True)
    assert paused["state"] == "paused"
    await asyncio.to_thread(rests, home.pids())


async def test_a_new_level_ends_the_wait_and_the_job_goes_on(
    house: OpenHouse, tmp_path: Path
) -> None:
    home = await house(command=saver(1.5), worker=BY_SIGNAL)
    await home.set_level(1)
    await is_up(tmp_path)
    assert (await home.set_level(0))["state"] == "draining"
    assert (await home.set_level(1))["state"] == "running"
    await asyncio.to_thread(until, (tmp_path / "saved").exists, "it saved all the same")
    await asyncio.sleep(0.5)
    await asyncio.to_thread(works, home.pids())


async def test_before_a_lease_ends_the_job_saves_so_that_the_pause_comes_in_time(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    home = await house(pause_method, command=saver(0.3), worker=BY_SIGNAL)
    await home.set_level(1)
    await is_up(tmp_path)
    _, answer = await home.put(level=1, lease_s=4, generation=home.generation)
    ends = time.monotonic() + answer["lease_remaining_s"]
    await asyncio.to_thread(until, (tmp_path / "saved").exists, "it saves early")
    assert time.monotonic() < ends
    assert (await home.status())["state"] == "running"
    await home.reaches(state="paused", cause="lease_expired")
    assert marks(tmp_path, "saved") == 1
    await asyncio.to_thread(rests, home.pids())


async def test_a_lease_that_ends_is_not_outlasted_by_a_job_that_is_slow_to_save(
    house: OpenHouse, tmp_path: Path
) -> None:
    hook = 'checkpoint = {signal = "SIGUSR1", deadline_s = 600}'
    home = await house(command=saver(60), worker=hook)
    await home.set_level(1, lease_s=2)
    await home.reaches(state="paused", cause="lease_expired")
    await asyncio.to_thread(rests, home.pids())


async def test_a_command_can_have_the_job_save_its_work(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    (tmp_path / "save.sh").write_text(
        "sleep 0.3; echo $SOLAR_COMPUTE_WORKER $SOLAR_COMPUTE_SLOT $SOLAR_COMPUTE_PID"
        ' > told; test -e "${SOLAR_COMPUTE_STATUS_FILE%/*}"'
    )
    hook = 'checkpoint = {command = ["sh", "save.sh"]}'
    home = await house(pause_method, command=saver(), worker=hook)
    await home.set_level(1)
    await is_up(tmp_path)
    (pid,) = home.pids()
    await home.set_level(0)
    await home.reaches(state="paused", detail=None)
    assert (tmp_path / "told").read_text().split() == ["cruncher", "1", str(pid)]


@pytest.mark.parametrize(
    ("command", "detail"),
    [
        ('["sh", "-c", "exit 3"]', "no checkpoint: exit status 3"),
        ('["sh", "-c", "sleep 1000 & sleep 1000"]', "no checkpoint within 0.7 s"),
    ],
)
async def test_a_command_that_fails_is_told_and_does_not_stay(
    house: OpenHouse, tmp_path: Path, command: str, detail: str
) -> None:
    hook = f"checkpoint = {{command = {command}, deadline_s = 0.7}}"
    home = await house(command=saver(), worker=hook)
    await home.set_level(1)
    await is_up(tmp_path)
    await home.set_level(0)
    await home.reaches(state="paused", detail=detail)
    await home.pids_become(1)


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    """Serve as the job does; note what it was asked, and take what it will answer."""
    asked: list[Any] = []
    answers: list[int] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(await request.json())
        await asyncio.sleep(0.2)
        return web.Response(status=answers.pop(0))

    app = web.Application()
    app.add_routes([web.post("/save", answer)])
    async with TestServer(app) as server:
        yield server, asked, answers


async def test_a_call_can_have_the_job_save_its_work(
    house: OpenHouse,
    tmp_path: Path,
    application: Application,
) -> None:
    server, asked, answers = application
    hook = f'checkpoint = {{url = "{server.make_url("/save")}", deadline_s = 5}}'
    home = await house(command=saver(), worker=hook)
    for answer, detail in (
        (204, None),
        (500, "no checkpoint: the job answered with status 500"),
    ):
        answers.append(answer)
        await home.set_level(1)
        await is_up(tmp_path)
        await home.set_level(0)
        await home.reaches(state="paused", detail=detail)
    assert asked == [{"worker": "cruncher", "slot": 1}] * 2

    await server.close()
    await home.set_level(1)
    await home.set_level(0)
    told = await home.reaches(state="paused")
    assert told["detail"].startswith("no checkpoint: Cannot connect")


async def test_a_lower_level_lets_the_copies_that_it_pauses_save_first(
    house: OpenHouse, tmp_path: Path
) -> None:
    levels = "[{watts = 50, slots = 1}, {watts = 90, slots = 2}]"
    home = await house(command=saver(), levels=levels, worker=BY_SIGNAL)
    await home.set_level(2)
    await is_up(tmp_path, times=2)
    assert (await home.set_level(1))["state"] == "running"
    await asyncio.to_thread(until, (tmp_path / "saved").exists, "the second copy saves")
    await asyncio.sleep(0.5)
    assert marks(tmp_path, "asked") == 1


async def test_a_job_that_ends_while_it_is_waited_for_has_ended(
    house: OpenHouse,
) -> None:
    hook = 'checkpoint = {signal = "SIGUSR1", deadline_s = 600}'
    home = await house(command=["sleep", "1000"], worker=hook)
    await home.set_level(1)
    # Nobody has told `sleep` what to do with the signal: it ends.
    await home.set_level(0)
    told = await home.reaches(state="paused", cause="job_failed")
    assert told["detail"] == "ended by SIGUSR1"
