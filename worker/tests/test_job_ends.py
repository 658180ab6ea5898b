"""How jobs come to their end: by themselves, with the service, with their guardian."""

import asyncio
import os
from pathlib import Path
import signal
import sys
import time

import pytest

from solar_compute_worker import clock, guardian
from solar_compute_worker.lease import Command

from .conftest import OpenHouse
from .support import FAMILY, PATIENCE_S, SLEEP, SPIN, family, gone, guardian_pids, until

pytestmark = pytest.mark.usefixtures("pause_method")


async def test_a_job_that_is_done_gives_its_lease_up(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=["sh", "-c", "sleep 0.1"])
    await home.set_level(1)
    ended = await home.reaches(state="paused", cause="job_ended")
    assert ended["detail"] is None
    assert (ended["level"], ended["lease_remaining_s"]) == (0, 0)
    assert guardian_pids(home.mark) == []
    # To pause what has ended changes nothing, so that everybody can see why it rests.
    assert (await home.set_level(0))["cause"] == "job_ended"


async def test_a_job_that_failed_says_how_and_is_not_started_in_a_loop(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    home = await house(pause_method, command=["sh", "-c", "echo >> runs; exit 3"])
    await home.set_level(1)
    failed = await home.reaches(state="paused", cause="job_failed")
    assert failed["detail"] == "exit status 3"

    status, renewed = await home.put(level=1, lease_s=60, generation=1)
    assert (status, renewed["state"], renewed["cause"]) == (200, "paused", "job_failed")
    await asyncio.sleep(0.5)
    assert len((tmp_path / "runs").read_text()) == 1

    await home.set_level(1)
    await home.reaches(state="paused", generation=2)
    until(lambda: len((tmp_path / "runs").read_text()) == 2, "the second run")


@pytest.mark.parametrize(
    ("number", "detail"),
    [(signal.SIGKILL, "ended by SIGKILL"), (40, "ended by signal 40")],
)
async def test_a_job_that_was_killed_says_so(
    house: OpenHouse, pause_method: str, number: int, detail: str
) -> None:
    home = await house(pause_method, command=SLEEP)
    await home.set_level(1)
    (pid,) = await home.pids_become(1)
    os.kill(pid, number)
    failed = await home.reaches(state="paused", cause="job_failed")
    assert failed["detail"] == detail


async def test_a_job_that_dies_while_paused_starts_afresh_when_raised(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=SLEEP)
    await home.set_level(1)
    (pid,) = await home.pids_become(1)
    await home.set_level(0)
    os.kill(pid, signal.SIGKILL)
    await home.reaches(state="paused", cause="job_failed")
    assert (await home.set_level(1))["state"] == "running"
    assert await home.pids_become(1) != [pid]


async def test_what_a_job_leaves_behind_when_it_exits_is_ended(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(
        pause_method, command=["sh", "-c", "setsid sleep 1000 & sleep 1000 & sleep 0.3"]
    )
    await home.set_level(1)
    pids = await home.pids_become(4)
    await home.reaches(state="paused", cause="job_ended")
    assert gone(pids)


async def test_a_program_that_went_missing_is_told(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    program = tmp_path / "job"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    home = await house(pause_method, command=["./job"])
    program.unlink()
    await home.set_level(1)
    failed = await home.reaches(state="paused", cause="job_failed")
    assert "No such file" in failed["detail"]


async def test_closing_lets_a_paused_job_end_by_itself(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    script = (
        "trap 'echo saved > saved; exit' TERM; echo > up; while :; do sleep 0.1; done"
    )
    home = await house(pause_method, command=["sh", "-c", script])
    await home.set_level(1)
    await asyncio.to_thread(until, (tmp_path / "up").exists, "the trap is set")
    await home.set_level(0)
    pids = home.pids()
    closing = asyncio.create_task(home.service.close())
    await asyncio.sleep(0)
    closed = await home.reaches(state="paused", cause="shutdown")
    assert closed["level"] == 0
    await closing
    assert (tmp_path / "saved").read_text() == "saved\n"
    assert gone(pids)


async def test_closing_asks_children_that_left_the_group_as_well(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=FAMILY, server="stop_grace_s = 60")
    await home.set_level(1)
    pids = await asyncio.to_thread(family, home.pids)
    await home.set_level(0)
    await asyncio.wait_for(home.service.close(), PATIENCE_S)
    assert gone(pids)


async def test_closing_kills_what_will_not_end_after_the_time_of_grace(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(
        pause_method, command=["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]
    )
    await home.set_level(1)
    await asyncio.sleep(0.3)
    pids = home.pids()
    started = time.monotonic()
    closing = asyncio.create_task(home.service.close())
    await asyncio.sleep(0.1)
    assert (await home.status())["state"] == "draining"
    status, answer = await home.put(level=1, lease_s=60, generation=9)
    assert (status, answer["error"]) == (503, "shutting_down")
    status, _ = await home.put(level=0)
    assert status == 200
    await closing
    assert time.monotonic() - started >= 1.9
    assert gone(pids)


async def test_a_job_that_is_only_starting_when_the_service_closes_is_ended(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=SPIN)
    cruncher = home.service.workers["cruncher"]
    cruncher.command(Command(level=1, lease_s=60, generation=1), clock.now())
    assert cruncher.state == "starting"
    await asyncio.sleep(0)
    async with asyncio.timeout(guardian.KILL_S):
        await home.service.close()
    assert cruncher.state == "paused"
    assert home.pids() == guardian_pids(home.mark) == []


async def test_a_guardian_that_hangs_does_not_keep_the_service_from_ending(
    house: OpenHouse, pause_method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guardian, "KILL_S", 0.5)
    home = await house(pause_method, command=SLEEP, server="stop_grace_s = 0")
    await home.set_level(1)
    pids = await home.pids_become(1)
    (hanging,) = guardian_pids(home.mark)
    os.kill(hanging, signal.SIGSTOP)
    await home.service.close()
    assert gone([hanging, *pids])


async def test_nothing_of_a_job_survives_its_guardian(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=FAMILY)
    await home.set_level(1)
    pids = await asyncio.to_thread(family, home.pids)
    await home.set_level(0)
    (lost,) = guardian_pids(home.mark)
    os.kill(lost, signal.SIGKILL)
    failed = await home.reaches(state="paused", cause="job_failed")
    assert failed["detail"] == "its guardian was lost"
    assert gone(pids)
    assert (await home.set_level(1))["state"] == "running"


async def test_a_guardian_that_cannot_be_started_is_told(
    house: OpenHouse, pause_method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = await house(pause_method, command=SPIN)
    monkeypatch.setattr(sys, "executable", "/no/python")
    await home.set_level(1)
    failed = await home.reaches(state="paused", cause="job_failed")
    assert "/no/python" in failed["detail"]
