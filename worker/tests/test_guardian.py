"""The guardian alone: it is run as a program, the test plays the service."""

from collections.abc import Callable, Iterator
from contextlib import suppress
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

import pytest

from solar_compute_worker import guardian, leftovers
from solar_compute_worker.cgroup import CgroupTree, find_tree

from .support import (
    FAMILY,
    PATIENCE_S,
    SPIN,
    cpu_growth,
    family,
    gone,
    rests,
    until,
    works,
)

Guard = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def mark(tmp_path: Path) -> str:
    return f"solar-compute-test-{tmp_path.name}-{os.getpid()}"


@pytest.fixture
def tree(pause_method: str, mark: str) -> CgroupTree | None:
    return find_tree(mark) if pause_method == "cgroup" else None


@pytest.fixture
def guard(tmp_path: Path, mark: str, tree: CgroupTree | None) -> Iterator[Guard]:
    """Start a guardian for a command; whatever happens, nothing of it stays."""
    started: list[subprocess.Popen[str]] = []

    def start(command: list[str], silence_s: float = 60) -> subprocess.Popen[str]:
        group = str(tree.create("job")) if tree else ""
        status = tmp_path / "status"
        status.mkdir()
        (status / "status.json").write_text("{}")
        code = (
            f"import sys; sys.path.insert(0, {str(Path(guardian.__file__).parent)!r});"
            f"import guardian; guardian.SILENCE_S = {silence_s};"
            "guardian.guard(sys.argv[4:], *sys.argv[1:4])"
        )
        started.append(
            subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", "-c", code),
                    *(str(tmp_path), group, str(status), *command),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, leftovers.VARIABLE: mark},
            )
        )
        return started[-1]

    yield start
    for process in started:
        assert process.stdin and process.stdout
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)
    leftovers.kill_marked(mark)
    if tree:
        tree.clear()


def event(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


@pytest.mark.usefixtures("pause_method")
class TestWithEitherMethod:
    def test_when_the_pipe_closes_the_whole_family_ends(
        self, guard: Guard, tmp_path: Path, tree: CgroupTree | None
    ) -> None:
        process = guard(FAMILY)
        pids = family(lambda: guardian.descendants(process.pid))
        assert process.stdin
        process.stdin.close()
        assert process.wait(15) == 0
        assert gone(pids)
        assert not (tmp_path / "status").exists()
        assert tree is None or not list(tree.folder.glob(f"{tree.mark}-*"))

    def test_a_job_that_is_held_still_ends_as_well(
        self, guard: Guard, tree: CgroupTree | None
    ) -> None:
        process = guard(FAMILY)
        pids = family(lambda: guardian.descendants(process.pid))
        if tree:
            (tree.folder / f"{tree.mark}-job" / "cgroup.freeze").write_text("1")
        else:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
        rests(pids)
        assert process.stdin
        process.stdin.close()
        assert process.wait(15) == 0
        assert gone(pids)

    def test_a_service_that_hangs_gets_its_job_stopped(self, guard: Guard) -> None:
        process = guard(SPIN, silence_s=0.5)
        pid = event(process)["started"]
        works([pid])
        until(lambda: _still(pid), "a stop after silence")
        assert process.poll() is None

    def test_signals_meant_for_the_service_do_not_end_it(self, guard: Guard) -> None:
        process = guard(SPIN)
        pid = event(process)["started"]
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            os.kill(process.pid, number)
        works([pid])
        assert process.poll() is None

    def test_it_tells_how_the_job_ended_and_waits_for_its_children(
        self, guard: Guard
    ) -> None:
        process = guard(["sh", "-c", "setsid sleep 0.7 & sleep 0.1; exit 4"])
        pid = event(process)["started"]
        (child,) = until(
            lambda: [
                other for other in guardian.descendants(process.pid) if other != pid
            ][:1],
            "the child",
        )
        assert event(process) == {"exited": 4}
        assert process.wait(15) == 0
        assert gone([child])

    def test_it_reaps_children_whose_parents_are_gone(self, guard: Guard) -> None:
        process = guard(["sh", "-c", "(sleep 0.1 &) ; (sleep 0.1 &) ; exec sleep 1000"])
        event(process)
        until(
            lambda: (
                len(guardian.descendants(process.pid)) == 1
                and len(_children(process.pid)) == 1
            ),
            "only the job itself",
        )

    def test_it_tells_when_the_job_cannot_be_started(self, guard: Guard) -> None:
        process = guard(["./no-such-program"])
        assert "No such file" in event(process)["failed"]
        assert process.wait(15) == 0


def _still(pid: int) -> bool:
    return cpu_growth([pid], 0.1) == [0]


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found
