"""Connections that nobody let in: they take nothing that a pause needs."""

from collections.abc import Iterator
from contextlib import ExitStack
import resource
import socket

import pytest

from .conftest import Spawn
from .support import SPIN, answers, call, job_pids, rests, until, works

FILES = 128


@pytest.fixture
def crowd() -> Iterator[ExitStack]:
    """Return what closes connections at the end."""
    with ExitStack() as connections:
        yield connections


def test_a_crowd_that_only_connects_cannot_keep_a_job_running(
    program: Spawn, pause_method: str, crowd: ExitStack
) -> None:
    method = f'pause_method = "{pause_method}"\n'
    process, config = program(command=SPIN, server=method)
    until(lambda: answers(config), "the service should answer")
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (FILES, FILES))
    run = {"level": 1, "lease_s": 5, "generation": 1}
    assert call(config, "workers/cruncher/desired", run)["state"] == "running"
    pids = job_pids(config.mark)
    works(pids)
    for _ in range(2 * FILES):
        address = ("127.0.0.1", config.server.port)
        crowd.enter_context(socket.create_connection(address, timeout=5))
    until(lambda: _rest(pids), "the lease ends")
    crowd.close()
    until(lambda: answers(config), "others are let in again")
    assert call(config, "workers/cruncher")["cause"] == "lease_expired"


def _rest(pids: list[int]) -> bool:
    try:
        rests(pids)
    except AssertionError:
        return False
    return True
