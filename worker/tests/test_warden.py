"""The warden: what it does when the service ends, and when it dies."""

from collections.abc import Iterator
from pathlib import Path
import subprocess
import sys

import pytest

from solar_compute_worker import warden

from .support import until


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return a file whose lines are what the job was made to do, in turn."""
    return tmp_path / "state"


@pytest.fixture
def process(state: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a warden that pauses the job."""
    pause = ("sh", "-c", f"echo paused >> {state}")
    with subprocess.Popen(
        [sys.executable, "-I", "-S", warden.__file__, *pause], stdin=subprocess.PIPE
    ) as started:
        yield started
        started.kill()


def lines(state: Path) -> list[str]:
    return state.read_text().split() if state.exists() else []


def die(process: subprocess.Popen[bytes], last_words: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(last_words)
    process.stdin.close()


def test_what_was_under_way_when_the_service_died_is_undone_as_well(
    process: subprocess.Popen[bytes], state: Path
) -> None:
    die(process, b"..")
    until(lambda: lines(state) == ["paused"], "the job is paused")
    with state.open("a") as late:
        late.write("running\n")
    until(lambda: process.poll() == 0, "the warden ends")
    assert lines(state) == ["paused", "running", "paused"]


def test_a_service_that_ends_in_order_is_not_kept_waiting(
    process: subprocess.Popen[bytes], state: Path
) -> None:
    die(process, b".." + warden.FAREWELL)
    until(lambda: process.poll() == 0, "the warden ends")
    assert lines(state) == ["paused"]
