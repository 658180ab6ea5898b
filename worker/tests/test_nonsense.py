"""Nonsense, thrown at a server that runs in a thread of its own: nothing comes of it."""

import asyncio
from collections.abc import Iterator
from http.client import HTTPConnection
import json
import socket
import threading
from typing import Any

from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from solar_compute_worker.api import create_app
from solar_compute_worker.service import Service

from .support import SLEEP, job_pids, one_worker

DESIRED = "/v1/workers/cruncher/desired"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """Serve a worker that nothing here may start; give its port and its mark."""
    config = one_worker(tmp_path_factory.mktemp("target"), command=SLEEP)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_serve(Service(config, None)))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    assert server.port is not None
    yield server.port, config.mark
    asyncio.run_coroutine_threadsafe(server.close(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _serve(service: Service) -> TestServer:
    server = TestServer(create_app(service))
    await server.start_server()
    return server


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
good = {"level": 1, "lease_s": 60, "generation": 1, "controller": "home"}
# One value that is wrong for its key makes all of a command wrong.
spoilt = st.one_of(
    st.tuples(
        st.sampled_from(["level", "generation"]),
        anything.filter(lambda value: type(value) is not int),
    ),
    st.tuples(
        st.just("level"), st.integers().filter(lambda level: level not in (0, 1))
    ),
    st.tuples(st.just("generation"), st.integers(max_value=-1)),
    st.tuples(st.just("lease_s"), st.floats(max_value=0) | st.floats(min_value=600.01)),
    st.tuples(st.just("take_over"), anything.filter(lambda v: not isinstance(v, bool))),
    st.tuples(st.text(min_size=1).filter(lambda key: key not in good), anything),
).map(lambda pair: json.dumps({**good, pair[0]: pair[1]}).encode())
bodies = st.one_of(
    st.binary(max_size=5000), anything.map(json.dumps).map(str.encode), spoilt
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=bodies)
def test_no_nonsense_is_ever_obeyed(target: tuple[int, str], body: bytes) -> None:
    port, _ = target
    connection = HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("PUT", DESIRED, body)
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        assert 400 <= response.status < 500
        assert answer["error"] in ("bad_request", "too_large")
        assert answer["message"]
        connection.request("GET", "/v1/workers/cruncher")
        status = json.loads(connection.getresponse().read())
        assert (status["state"], status["cause"]) == ("paused", "never_started")
    finally:
        connection.close()


def test_after_all_that_nothing_runs(target: tuple[int, str]) -> None:
    assert job_pids(target[1]) == []


def test_what_is_not_even_http_does_no_harm(target: tuple[int, str]) -> None:
    port, _ = target
    for rubbish in (b"\0\xff\r\n\r\n", b"GET\r\n\r\n", b"PUT / HTTP/9.9\r\nA\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
            connection.sendall(rubbish)
            assert b" 400 " in connection.recv(4096)
