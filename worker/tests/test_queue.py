"""A queue: a folder of jobs, each run once, retried, put aside, and with its log."""

import asyncio
import os
from pathlib import Path
import time
from typing import Any

import pytest

from solar_compute_worker.job_queue import JobQueue
from solar_compute_worker.spec import QueueSpec

from .conftest import House, OpenHouse
from .support import gone, rests, works

RUN = ["sh", "-c", '. "$0"']


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def queue(more: str = "") -> str:
    return f'queue = {{folder = "inbox"{more}}}'


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def counts(home: House, **expected: int) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            status = await home.status()
            if expected.items() <= status["jobs"].items():
                return status
            await asyncio.sleep(0.05)


async def test_jobs_are_run_one_after_the_other_until_none_is_left(
    house: OpenHouse, pause_method: str, inbox: Path, tmp_path: Path
) -> None:
    for name in ("b.sh", "a.sh", "c.sh"):
        (inbox / name).write_text(f"echo {name} >> order; echo it is {name}\n")
    home = await house(pause_method, command=RUN, worker=queue())
    assert (await home.status())["has_work"]
    assert (await home.status())["state"] == "paused"
    await home.set_level(1)
    empty = await counts(home, waiting=0, working=0, done=3, failed=0)
    assert (empty["has_work"], empty["cause"]) == (False, "queue_empty")
    await home.reaches(state="paused", level=1, power_w=0)
    assert (tmp_path / "order").read_text().split() == ["a.sh", "b.sh", "c.sh"]
    assert (inbox / "logs" / "a.sh.1.log").read_text() == "it is a.sh\n"

    # What comes while the lease is held is begun without a new command.
    (inbox / "d.sh").write_text("exec sleep 1000\n")
    running = await home.reaches(state="running", cause="commanded", has_work=True)
    assert running["jobs"]["working"] == 1


async def test_as_many_jobs_run_as_the_level_allows(
    house: OpenHouse, pause_method: str, inbox: Path
) -> None:
    for index in range(4):
        (inbox / f"{index}.sh").write_text("while :; do :; done\n")
    levels = "[{watts = 50, slots = 1}, {watts = 90, slots = 3}]"
    home = await house(pause_method, command=RUN, levels=levels, worker=queue())
    await home.set_level(1)
    first = await home.pids_become(1)
    await home.set_level(2)
    three = await home.pids_become(3)
    await asyncio.to_thread(works, three)
    assert (await home.status())["power_w"] == 90

    await home.set_level(1)
    await asyncio.to_thread(rests, [pid for pid in three if pid not in first])
    # One that has begun goes on before a new one begins.
    os.kill(first[0], 9)
    await counts(home, working=2)
    await asyncio.sleep(0.5)
    left = home.pids()
    assert set(left) < set(three)


async def test_a_lease_that_ends_holds_the_jobs_where_they_are(
    house: OpenHouse, pause_method: str, inbox: Path
) -> None:
    (inbox / "a.sh").write_text("while :; do :; done\n")
    (inbox / "b.sh").write_text("while :; do :; done\n")
    home = await house(pause_method, command=RUN, worker=queue())
    await home.set_level(1, lease_s=1)
    pids = await home.pids_become(1)
    await home.reaches(state="paused", cause="lease_expired", has_work=True)
    await asyncio.to_thread(rests, pids)
    await home.set_level(1)
    await asyncio.to_thread(works, pids)


async def test_a_job_that_fails_is_tried_again_and_then_put_aside(
    house: OpenHouse, inbox: Path, tmp_path: Path
) -> None:
    (inbox / "bad.sh").write_text("echo no; exit 3\n")
    (inbox / "good.sh").write_text("echo yes >> good\n")
    home = await house(command=RUN, worker=queue(", retries = 2, retry_after_s = 0.5"))
    await home.set_level(1)
    # Others do not wait for it.
    await counts(home, done=1)
    status = await counts(home, failed=1, waiting=0)
    assert status["detail"] == "bad.sh: exit status 3"
    assert (tmp_path / "good").read_text() == "yes\n"
    assert names(inbox / "failed") == ["bad.sh"]
    assert names(inbox / "logs") == [
        *(f"bad.sh.{attempt}.log" for attempt in (1, 2, 3)),
        "good.sh.1.log",
    ]
    assert not (await home.status())["has_work"]


async def test_a_job_that_the_service_ended_is_begun_anew_by_the_next(
    house: OpenHouse, inbox: Path
) -> None:
    (inbox / "long.sh").write_text("exec sleep 1000\n")
    home = await house(command=RUN, worker=queue())
    await home.set_level(1)
    pids = await home.pids_become(1)
    await home.service.close()
    assert gone(pids)
    assert (inbox / "long.sh").exists()
    assert names(inbox / "working") == []


async def test_a_program_can_fill_the_queue_when_it_is_empty(
    house: OpenHouse, inbox: Path, tmp_path: Path
) -> None:
    (tmp_path / "fill.sh").write_text(
        'test -e filled && exit 0; touch filled; echo "echo hi >> hello"'
        ' > "$SOLAR_COMPUTE_QUEUE/new.tmp"; sleep 0.3;'
        ' mv "$SOLAR_COMPUTE_QUEUE/new.tmp" "$SOLAR_COMPUTE_QUEUE/new.sh"\n'
    )
    home = await house(
        command=RUN, worker=queue(', source = ["sh", "fill.sh"], poll_s = 1')
    )
    # Also while paused, so that it is known whether there is work.
    await home.reaches(has_work=True, state="paused")
    await home.set_level(1)
    await counts(home, done=1)
    assert (tmp_path / "hello").read_text() == "hi\n"


def test_a_job_that_took_the_machine_down_is_not_tried_for_ever(inbox: Path) -> None:
    spec = QueueSpec(inbox, retries=1)
    (inbox / "deadly").write_text("x")
    for _ in range(2):
        assert JobQueue(spec).take(0) is not None
    # Whoever begins anew finds it in work, as a crash has left it.
    last = JobQueue(spec)
    assert last.take(0) is None
    assert last.counts() == {"waiting": 0, "working": 0, "done": 0, "failed": 1}


def test_only_whole_files_are_jobs(inbox: Path) -> None:
    for name in ("a.part", "b.tmp", ".hidden", "c~"):
        (inbox / name).write_text("x")
    (inbox / "folder").mkdir()
    (inbox / "link").symlink_to("/etc/passwd")
    found = JobQueue(QueueSpec(inbox))
    assert found.take(0) is None
    assert not found.has_work(0)


def test_a_job_never_replaces_an_earlier_one_of_its_name(inbox: Path) -> None:
    found = JobQueue(QueueSpec(inbox))
    for text in ("one", "two"):
        (inbox / "job.txt").write_text(text)
        job = found.take(time.monotonic())
        assert job is not None
        found.finish(job, "", dismissed=False, now=0)
    assert names(inbox / "done") == ["job.1.txt", "job.txt"]


def test_nonsense_in_the_notes_of_a_queue_is_no_harm(inbox: Path) -> None:
    (inbox / ".attempts.json").write_text('{"a": "many"')
    (inbox / "a").write_text("x")
    assert JobQueue(QueueSpec(inbox)).take(0) is not None
