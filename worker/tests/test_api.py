"""The HTTP API: what it answers, whom it refuses, and that nonsense does nothing."""

import asyncio
import socket

import pytest

from solar_compute_worker import answers

from .conftest import OpenHouse
from .support import SLEEP

TOKEN = "correct-horse-battery"
DESIRED = "/v1/workers/cruncher/desired"
WORKER_KEYS = {
    "name",
    "state",
    "cause",
    "detail",
    "level",
    "levels_w",
    "power_w",
    "power_source",
    "machine_w",
    "idle_w",
    "has_work",
    "jobs",
    "lease_remaining_s",
    "generation",
    "controller",
    "pause_method",
    "progress",
    "checkpoint_age_s",
    "sleep",
}


async def test_health_states_the_version_of_the_api(house: OpenHouse) -> None:
    home = await house(command=SLEEP)
    health = await (await home.client.get("/v1/health")).json()
    assert health.keys() == {"api", "version", "name", "id", "uptime_s"}
    assert health["api"] == 1
    assert health["name"] == socket.gethostname()
    assert 0 <= health["uptime_s"] < 60


async def test_all_answers_about_a_worker_have_the_documented_keys(
    house: OpenHouse,
) -> None:
    home = await house(command=SLEEP, levels="[{watts = 60}, {watts = 120}]")
    (listed,) = await (await home.client.get("/v1/workers")).json()
    assert listed.keys() == WORKER_KEYS
    assert (listed["name"], listed["levels_w"]) == ("cruncher", [60, 120])
    assert await home.status() == listed
    commanded = await home.set_level(2)
    assert commanded.keys() == WORKER_KEYS
    assert commanded["power_w"] == 120


async def test_an_urgent_pause_is_obeyed_and_noted(
    house: OpenHouse, caplog: pytest.LogCaptureFixture
) -> None:
    home = await house(command=SLEEP)
    await home.set_level(1)

    with caplog.at_level("INFO"):
        status, answer = await home.put(level=0, urgent=True)

    assert (status, answer["level"]) == (200, 0)
    assert "the pause is urgent" in caplog.text


async def test_a_command_can_be_repeated_without_harm(house: OpenHouse) -> None:
    home = await house(command=SLEEP)
    answers = [
        await home.put(level=1, lease_s=60, generation=3, controller="home")
        for _ in range(5)
    ]
    assert [status for status, _ in answers] == [200] * 5
    assert len(await home.pids_become(1)) == 1
    pauses = [await home.put(level=0, generation=4) for _ in range(5)]
    assert {answer["state"] for _, answer in pauses} == {"paused"}


async def test_commands_that_arrive_together_start_one_job(house: OpenHouse) -> None:
    home = await house(command=SLEEP)
    together = [home.put(level=1, lease_s=60, generation=1) for _ in range(10)]
    assert {status for status, _ in await asyncio.gather(*together)} == {200}
    assert len(await home.pids_become(1)) == 1


async def test_an_outdated_generation_is_told_the_current_one(
    house: OpenHouse,
) -> None:
    home = await house(command=SLEEP)
    await home.put(level=1, lease_s=60, generation=7, controller="home")
    status, answer = await home.put(
        level=1, lease_s=60, generation=6, controller="home"
    )
    assert status == 409
    assert answer == {
        "error": "generation_outdated",
        "message": "Generation 6 is older than the current 7.",
        "generation": 7,
        "controller": "home",
    }
    assert (await home.status())["level"] == 1


async def test_a_second_controller_is_refused_until_it_takes_over(
    house: OpenHouse,
) -> None:
    home = await house(command=SLEEP)
    await home.put(level=1, lease_s=60, generation=7, controller="home")
    wish = {"level": 1, "lease_s": 60, "generation": 8, "controller": "cabin"}
    status, answer = await home.put(**wish)
    assert (status, answer["error"]) == (409, "held_by_other")
    assert (answer["generation"], answer["controller"]) == (7, "home")
    assert "'home'" in answer["message"]
    status, answer = await home.put(**wish, take_over=True)
    assert (status, answer["controller"]) == (200, "cabin")


async def test_anybody_can_pause_with_a_bare_level_0(house: OpenHouse) -> None:
    home = await house(command=SLEEP)
    await home.put(level=1, lease_s=60, generation=7, controller="home")
    status, answer = await home.put(level=0)
    assert (status, answer["state"], answer["generation"]) == (200, "paused", 7)
    status, answer = await home.put(
        level=1, lease_s=60, generation=7, controller="home"
    )
    assert (status, answer["error"]) == (409, "generation_reused")


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/v2/workers", 404, "not_found"),
        ("GET", "/v1/workers/other", 404, "unknown_worker"),
        ("GET", "/v1/workers/..%2f..%2fetc%0a", 404, "unknown_worker"),
        ("PUT", "/v1/workers/other/desired", 404, "unknown_worker"),
        ("POST", DESIRED, 405, "method_not_allowed"),
        ("DELETE", "/v1/workers/cruncher", 405, "method_not_allowed"),
        ("OPTIONS", DESIRED, 405, "method_not_allowed"),
    ],
)
async def test_what_is_not_there_is_told_in_json(
    house: OpenHouse, method: str, path: str, status: int, error: str
) -> None:
    home = await house(command=SLEEP)
    async with home.client.request(method, path) as response:
        answer = await response.json()
        assert (response.status, answer["error"]) == (status, error)
        assert answer["message"].endswith(".")
        assert ("Allow" in response.headers) == (status == 405)


async def test_a_body_that_is_too_large_is_refused(house: OpenHouse) -> None:
    home = await house(command=SLEEP)
    async with home.client.put(DESIRED, data=b" " * 5000) as response:
        assert response.status == 413
        assert (await response.json())["error"] == "too_large"


async def test_a_body_that_never_comes_is_not_waited_for(
    house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "READ_TIMEOUT_S", 0.1)
    home = await house(command=SLEEP)
    reader, writer = await asyncio.open_connection(home.client.host, home.client.port)
    writer.write(f"PUT {DESIRED} HTTP/1.1\r\nHost: localhost\r\n".encode())
    writer.write(b"Content-Length: 10\r\n\r\n{")
    assert b"408" in await reader.readline()
    writer.close()


async def test_with_a_token_nobody_gets_anything_without_it(house: OpenHouse) -> None:
    home = await house(command=SLEEP, server=f'token = "{TOKEN}"')
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": "Bearer ü"},
    ):
        for method, path in (("GET", "/v1/health"), ("PUT", DESIRED), ("GET", "/x")):
            async with home.client.request(method, path, headers=headers) as response:
                assert response.status == 401
                assert response.headers["WWW-Authenticate"] == "Bearer"
                assert (await response.json())["error"] == "unauthorized"
    right = {"Authorization": f"Bearer {TOKEN}", "Host": "box.lan:8377"}
    async with home.client.get("/v1/health", headers=right) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8377", "10.0.0.1", "", "[::2]"]
)
async def test_without_a_token_other_names_of_this_machine_are_refused(
    house: OpenHouse, host: str
) -> None:
    home = await house(command=SLEEP)
    async with home.client.get("/v1/workers", headers={"Host": host}) as response:
        assert response.status in (400, 403)
        if host:
            assert (await response.json())["error"] == "unknown_host"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1:8377", "[::1]:8377", "[::1]"]
)
async def test_loopback_names_are_fine(house: OpenHouse, host: str) -> None:
    home = await house(command=SLEEP)
    async with home.client.get("/v1/workers", headers={"Host": host}) as response:
        assert response.status == 200


async def test_web_pages_are_refused_even_with_the_token(house: OpenHouse) -> None:
    home = await house(command=SLEEP, server=f'token = "{TOKEN}"')
    headers = {"Authorization": f"Bearer {TOKEN}", "Origin": "http://localhost"}
    async with home.client.put(
        DESIRED, headers=headers, json={"level": 1, "lease_s": 9, "generation": 1}
    ) as response:
        assert response.status == 403
        assert (await response.json())["error"] == "cross_origin"
    assert home.pids() == []
