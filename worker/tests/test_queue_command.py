"""A command that yields jobs: one line is one job, run, retried and put aside."""

import asyncio
import json
from pathlib import Path

import pytest

from .conftest import OpenHouse
from .support import works
from .test_queue import counts, names

RUN = ["sh", "-c", 'echo "$0" >> order']

# Hands out what is in a file, some lines at a time, and then says that none is left.
YIELD = """
echo asked >> asked
[ -s todo ] || exit 3
head -n {count} todo
tail -n +$(({count} + 1)) todo > rest
mv rest todo
"""


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def yields(count: int, more: str = "") -> str:
    command = json.dumps(["sh", "-c", YIELD.format(count=count)])
    return f'queue = {{folder = "inbox", poll_s = 1, lines = {command}{more}}}'


async def test_each_line_is_run_until_none_is_left(
    house: OpenHouse, inbox: Path, tmp_path: Path
) -> None:
    (tmp_path / "todo").write_text("first one\nsecond $(touch no)\n\nthird\n")
    home = await house(command=RUN, worker=yields(3))
    await home.reaches(state="paused", has_work=True)
    await home.set_level(1)
    empty = await counts(home, waiting=0, working=0, done=3, failed=0)
    assert (empty["has_work"], empty["cause"]) == (False, "queue_empty")
    order = (tmp_path / "order").read_text().splitlines()
    # A line is an argument as it is, and no shell has seen it.
    assert order == ["first one", "second $(touch no)", "third"]
    assert len(names(inbox / "logs")) == 3

    # It is asked again for what comes later.
    (tmp_path / "todo").write_text("later\n")
    await counts(home, done=4)


async def test_a_command_that_yields_one_by_one_fills_all_slots(
    house: OpenHouse, inbox: Path, tmp_path: Path
) -> None:
    (tmp_path / "todo").write_text("a\nb\nc\nd\ne\n")
    levels = "[{watts = 50, slots = 1}, {watts = 90, slots = 3}]"
    spin = ["sh", "-c", "while :; do :; done"]
    home = await house(command=spin, levels=levels, worker=yields(1))
    await home.set_level(2)
    await counts(home, working=3, waiting=1)
    pids = await home.pids_become(3)
    await asyncio.to_thread(works, pids)
    # No more is taken from it than what is next.
    assert (tmp_path / "todo").read_text() == "e\n"


async def test_a_line_that_fails_is_tried_again_and_then_put_aside(
    house: OpenHouse, inbox: Path, tmp_path: Path
) -> None:
    (tmp_path / "todo").write_text("bad\ngood\n")
    run = ["sh", "-c", 'echo "$0" >> order; [ "$0" = good ]']
    more = ", retries = 1, retry_after_s = 0.5"
    home = await house(command=run, worker=yields(2, more))
    await home.set_level(1)
    status = await counts(home, done=1, failed=1, waiting=0)
    assert status["detail"].endswith("exit status 1")
    assert sorted((tmp_path / "order").read_text().split()) == ["bad", "bad", "good"]
    (failed,) = (inbox / "failed").iterdir()
    assert failed.read_text() == "bad"


async def test_lines_of_a_command_that_fails_are_not_taken(
    house: OpenHouse, inbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    command = json.dumps(["sh", "-c", "echo half; exit 1"])
    worker = f'queue = {{folder = "inbox", lines = {command}}}'
    home = await house(command=RUN, worker=worker)
    async with asyncio.timeout(15):
        while "its source: exit status 1" not in caplog.text:
            await asyncio.sleep(0.05)
    assert (await home.status())["jobs"]["waiting"] == 0
    assert not (await home.status())["has_work"]


async def test_lines_beyond_what_may_be_printed_are_not_cut_but_refused(
    house: OpenHouse, inbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    command = json.dumps(["sh", "-c", "yes a-job-of-many | head -n 100000"])
    home = await house(
        command=RUN, worker=f'queue = {{folder = "inbox", lines = {command}}}'
    )
    async with asyncio.timeout(15):
        while "its source: printed more than 1 MiB" not in caplog.text:
            await asyncio.sleep(0.05)
    assert (await home.status())["jobs"]["waiting"] == 0


async def test_the_service_answers_while_very_many_lines_become_jobs(
    house: OpenHouse, inbox: Path
) -> None:
    command = json.dumps(["sh", "-c", "[ -e asked ] || seq 20000; touch asked"])
    home = await house(
        command=RUN, worker=f'queue = {{folder = "inbox", lines = {command}}}'
    )
    waiting: set[int] = set()
    async with asyncio.timeout(60):
        while 20_000 not in waiting:
            waiting.add((await home.status())["jobs"]["waiting"])
            await asyncio.sleep(0.02)
    # It was seen in the middle of it.
    assert len(waiting - {0, 20_000}) > 0
