"""Workers against real processes: they run, are throttled, pause and end for real."""

import asyncio
import json
import os
from pathlib import Path
import signal
import sys
import time

import pytest

from .conftest import OpenHouse
from .support import FAMILY, SPIN, cpu_growth, family, groups, rests, works

pytestmark = pytest.mark.usefixtures("pause_method")


async def test_a_worker_runs_rests_and_goes_on_where_it_was(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=SPIN)
    fresh = await home.status()
    assert (fresh["state"], fresh["cause"]) == ("paused", "never_started")
    assert home.pids() == []

    running = await home.set_level(1)
    assert running["state"] == "running"
    assert (running["level"], running["power_w"]) == (1, 100)
    assert running["power_source"] == "declared"
    assert running["pause_method"] == pause_method
    pids = await home.pids_become(1)
    await asyncio.to_thread(works, pids)

    paused = await home.set_level(0)
    assert (paused["state"], paused["cause"]) == ("paused", "commanded")
    assert (paused["level"], paused["power_w"]) == (0, 0)
    await asyncio.to_thread(rests, pids)

    assert (await home.set_level(1))["state"] == "running"
    assert home.pids() == pids
    await asyncio.to_thread(works, pids)


async def test_a_lease_that_is_not_renewed_pauses_the_job(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=SPIN)
    started = time.monotonic()
    await home.set_level(1, lease_s=0.5)
    pids = await home.pids_become(1)
    await home.reaches(state="paused", cause="lease_expired", lease_remaining_s=0)
    assert time.monotonic() - started >= 0.5
    await asyncio.to_thread(rests, pids)


async def test_a_lease_that_is_renewed_keeps_the_job_running(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=SPIN)
    await home.set_level(1, lease_s=1)
    for _ in range(8):
        await asyncio.sleep(0.25)
        status, answer = await home.put(level=1, lease_s=1, generation=1)
        assert (status, answer["state"]) == (200, "running")


async def test_a_share_of_the_cpu_is_what_the_job_gets(
    house: OpenHouse, pause_method: str
) -> None:
    levels = "[{watts = 30, cpu_share = 0.25}, {watts = 90}]"
    home = await house(pause_method, command=SPIN, levels=levels, worker="cpus = 1")
    await home.set_level(1)
    pids = await home.pids_become(1)
    # The machine may be busy, so what counts is what another job gets at the same time.
    most = 0.4 * 150
    other = await asyncio.create_subprocess_exec(*SPIN)
    measured = []
    try:
        for _ in range(4):
            job, reference = await asyncio.to_thread(
                cpu_growth, [*pids, other.pid], seconds=1.5
            )
            measured.append((job, reference))
            if 0.1 * reference < job < min(0.6 * reference, most):
                break
        else:
            # It may be so busy that nobody gets more than the share anyway.
            assert all(
                0.1 * reference < job < most and reference < most
                for job, reference in measured
            ), f"CPU time of the job and of another one: {measured}"
    finally:
        other.kill()
        await other.wait()
    await home.set_level(2)
    await asyncio.to_thread(works, pids)


async def test_levels_can_be_numbers_of_copies(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    levels = "[{watts = 50, slots = 1}, {watts = 90, slots = 2}]"
    script = "echo $SOLAR_COMPUTE_SLOT >> seen; while :; do :; done"
    home = await house(pause_method, command=["sh", "-c", script], levels=levels)
    await home.set_level(1)
    first = await home.pids_become(1)
    await home.set_level(2)
    both = await home.pids_become(2)
    await asyncio.to_thread(works, both)
    assert (tmp_path / "seen").read_text().split() == ["1", "2"]
    second = [pid for pid in both if pid not in first]

    # The second copy keeps what it has worked out.
    await home.set_level(1)
    await asyncio.to_thread(works, first)
    await asyncio.to_thread(rests, second)
    assert (await home.status())["state"] == "running"


async def test_children_that_left_the_group_are_paused_by_a_control_group_only(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=FAMILY)
    await home.set_level(1)
    pids = await asyncio.to_thread(family, home.pids)
    assert (await home.set_level(0))["state"] == "paused"
    growth = await asyncio.to_thread(cpu_growth, pids, seconds=0.5)
    if pause_method == "cgroup":
        assert growth == [0, 0, 0]
    else:
        assert sorted(ticks > 0 for ticks in growth) == [False, True, True]


async def test_a_job_that_somebody_else_continues_is_paused_again(
    house: OpenHouse, pause_method: str
) -> None:
    home = await house(pause_method, command=SPIN)
    await home.set_level(1)
    (pid,) = await home.pids_become(1)
    await home.set_level(0)

    os.kill(pid, signal.SIGCONT)
    for group in groups(home.mark):
        (group / "cgroup.freeze").write_text("0")
    await asyncio.sleep(0.6)
    await asyncio.to_thread(rests, [pid])


async def test_a_job_can_tell_how_far_it_is(
    house: OpenHouse, pause_method: str
) -> None:
    script = (
        "import json, os, time; open(os.environ['SOLAR_COMPUTE_STATUS_FILE'], 'w').write"
        "(json.dumps({'progress': 0.5, 'checkpoint_at': time.time() - 60}));"
        " time.sleep(1000)"
    )
    home = await house(pause_method, command=[sys.executable, "-c", script])
    assert (await home.status())["progress"] is None
    await home.set_level(1)
    told = await home.reaches(progress=0.5)
    # It went on from a checkpoint of a minute ago: only this run could be lost.
    assert 0 <= told["checkpoint_age_s"] < 20


async def test_a_checkpoint_does_not_age_while_the_job_is_paused(
    house: OpenHouse, pause_method: str
) -> None:
    script = (
        "import json, os, time; open(os.environ['SOLAR_COMPUTE_STATUS_FILE'], 'w').write"
        "(json.dumps({'checkpoint_at': time.time()})); time.sleep(1000)"
    )
    home = await house(pause_method, command=[sys.executable, "-c", script])
    await home.set_level(1)
    async with asyncio.timeout(20):
        while not (await home.status())["checkpoint_age_s"]:
            await asyncio.sleep(0.1)
    paused_at = (await home.set_level(0))["checkpoint_age_s"]
    await asyncio.sleep(1.5)
    assert (await home.status())["checkpoint_age_s"] - paused_at < 0.3
    await home.set_level(1)
    await asyncio.sleep(1)
    assert (await home.status())["checkpoint_age_s"] - paused_at > 0.9


async def test_a_job_knows_which_worker_it_is_and_inherits_no_pipes(
    house: OpenHouse, pause_method: str, tmp_path: Path
) -> None:
    script = (
        "import json, os, signal, sys; json.dump({"
        "'worker': os.environ['SOLAR_COMPUTE_WORKER'],"
        "'input': sys.stdin.read(),"
        "'term': signal.getsignal(signal.SIGTERM) == signal.SIG_DFL,"
        "'files': len(os.listdir('/proc/self/fd'))}, open('told', 'w'))"
    )
    home = await house(pause_method, command=[sys.executable, "-c", script])
    await home.set_level(1)
    await home.reaches(cause="job_ended")
    told = json.loads((tmp_path / "told").read_text())
    # Three standard files, and the folder that it counts.
    assert told == {"worker": "cruncher", "input": "", "term": True, "files": 4}
