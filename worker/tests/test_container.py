"""Containers of real engines: paused, throttled, stopped, and never left running."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
import signal
from typing import Any

import pytest

from solar_compute_worker import leftovers

from .conftest import House, OpenHouse, Spawn
from .engines import BUSY, Engine, running_engine
from .support import (
    answers,
    call,
    cpu_growth,
    gone,
    rests,
    spawn_service,
    until,
    works,
    write_config,
)

NAME = "crunch"
RUN = {"level": 1, "lease_s": 600, "generation": 1}


@pytest.fixture(scope="module", params=("docker", "podman"))
def running(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn, started once."""
    with running_engine(request.param) as engine:
        yield engine


@pytest.fixture
def engine(running: Engine) -> Iterator[Engine]:
    """Return an engine without containers."""
    yield running
    running.remove(NAME)


def container(engine: Engine, more: str = "") -> dict[str, Any]:
    """Return a configuration whose worker is the container."""
    worker = f'container = "{NAME}"\nsocket = "{engine.socket}"\n{more}'
    return {"command": None, "worker": worker}


def nano_cpus(engine: Engine) -> int:
    _, answer = engine.ask("GET", f"/containers/{NAME}/json")
    return int(answer["HostConfig"]["NanoCpus"])


async def paused(home: House, engine: Engine) -> int:
    """Wait until the worker says that it is paused; return its resting process."""
    await home.reaches(state="paused", level=0, power_w=0)
    state = await asyncio.to_thread(engine.state, NAME)
    assert state["Paused"]
    await asyncio.to_thread(rests, [state["Pid"]])
    return int(state["Pid"])


async def test_a_container_runs_rests_and_goes_on_where_it_was(
    house: OpenHouse, engine: Engine
) -> None:
    engine.create(NAME, BUSY, {"solar-compute": "cruncher"})
    home = await house(**container(engine))
    await home.reaches(state="paused", cause="never_started", detail=None)
    assert not engine.state(NAME)["Running"]

    await home.set_level(1)
    running = await home.reaches(state="running", level=1, power_w=100)
    assert running["pause_method"] == "container"
    pid = engine.pid(NAME)
    await asyncio.to_thread(works, [pid])

    await home.set_level(0)
    assert await paused(home, engine) == pid
    await home.set_level(1)
    await home.reaches(state="running")
    assert engine.pid(NAME) == pid
    await asyncio.to_thread(works, [pid])


async def test_a_lease_that_is_not_renewed_pauses_the_container(
    house: OpenHouse, engine: Engine
) -> None:
    engine.create(NAME, BUSY, {"solar-compute": "true"})
    home = await house(**container(engine))
    await home.set_level(1, lease_s=4)
    await home.reaches(state="running")
    await home.reaches(state="paused", cause="lease_expired")
    pid = await paused(home, engine)
    # The same generation revives the lease, and the container goes on.
    await home.put(level=1, lease_s=60, generation=1)
    await home.reaches(state="running")
    await asyncio.to_thread(works, [pid])


async def test_a_container_that_somebody_lets_run_is_paused_again(
    house: OpenHouse, engine: Engine
) -> None:
    engine.create(NAME, BUSY, {"solar-compute": "true"})
    engine.start(NAME)
    home = await house(**container(engine))
    await paused(home, engine)
    engine.ask("POST", f"/containers/{NAME}/unpause")
    await asyncio.to_thread(
        until, lambda: engine.state(NAME)["Paused"], "it is paused again"
    )
    await paused(home, engine)


@pytest.mark.parametrize("labels", [{}, {"solar-compute": "another"}])
async def test_a_container_that_did_not_opt_in_is_left_alone(
    house: OpenHouse, engine: Engine, labels: dict[str, str]
) -> None:
    engine.create(NAME, BUSY, labels)
    engine.start(NAME)
    home = await house(**container(engine))
    await home.set_level(1)
    refused = await home.reaches(state="paused", cause="job_failed")
    assert "label solar-compute=cruncher" in refused["detail"]
    state = engine.state(NAME)
    assert state["Running"] and not state["Paused"]


async def test_a_container_that_is_not_there_is_told(
    house: OpenHouse, engine: Engine
) -> None:
    home = await house(**container(engine))
    await home.reaches(state="paused", detail=f"there is no container {NAME}")
    await home.set_level(1)
    await home.reaches(state="paused", cause="job_failed", lease_remaining_s=0)
    # Once it is there, a new wish starts it.
    engine.create(NAME, BUSY, {"solar-compute": "true"})
    await home.set_level(1)
    await home.reaches(state="running")


async def test_a_container_that_ends_gives_its_lease_up(
    house: OpenHouse, engine: Engine
) -> None:
    code = "sleep 2; exit 3"
    engine.create(NAME, ["/bin/sh", "-c", code], {"solar-compute": "true"})
    home = await house(**container(engine))
    await home.set_level(1)
    await home.reaches(state="running")
    await home.reaches(state="paused", cause="job_failed", detail="exit status 3")
    await home.put(level=1, lease_s=60, generation=1)
    await asyncio.sleep(1.5)
    assert not engine.state(NAME)["Running"]


async def test_where_wanted_a_pause_ends_the_container_gently(
    house: OpenHouse, engine: Engine
) -> None:
    code = "trap 'exit 7' TERM; while :; do :; done"
    engine.create(NAME, ["/bin/sh", "-c", code], {"solar-compute": "true"})
    home = await house(**container(engine, 'on_pause = "end"'))
    await home.set_level(1)
    await home.reaches(state="running")
    first = engine.pid(NAME)
    await asyncio.to_thread(works, [first])
    await home.set_level(0)
    await home.reaches(state="paused", cause="commanded")
    assert (engine.state(NAME)["Running"], engine.state(NAME)["ExitCode"]) == (False, 7)
    assert gone([first])
    await home.set_level(1)
    await home.reaches(state="running")
    assert engine.pid(NAME) != first


async def test_an_urgent_pause_holds_the_container_instead_of_ending_it(
    house: OpenHouse, engine: Engine
) -> None:
    engine.create(NAME, BUSY, {"solar-compute": "true"})
    home = await house(**container(engine, 'on_pause = "end"'))
    await home.set_level(1)
    await home.reaches(state="running")
    pid = engine.pid(NAME)
    await home.put(level=0, urgent=True)
    assert await paused(home, engine) == pid


async def test_docker_throttles_a_container_and_podman_says_that_it_cannot(
    house: OpenHouse, engine: Engine
) -> None:
    engine.create(NAME, BUSY, {"solar-compute": "true"})
    levels = "[{watts = 30, cpu_share = 0.25}, {watts = 90}]"
    home = await house(**container(engine, "cpus = 1"), levels=levels)
    await home.set_level(1)
    if engine.kind == "podman":
        sentence = "this engine (Podman?) cannot limit CPU time: no cpu_share"
        await home.reaches(state="starting", detail=sentence, power_w=0)
        assert not engine.state(NAME)["Running"]
        return
    await home.reaches(state="running", power_w=30)
    pid = engine.pid(NAME)
    # A quarter of 100 ticks a second, whatever else the machine does.
    (grown,) = await asyncio.to_thread(cpu_growth, [pid], 4)
    assert 20 < grown < 140
    await home.set_level(2)
    await home.reaches(state="running", power_w=90)
    await asyncio.to_thread(until, lambda: nano_cpus(engine) == 1e9, "it has all again")
    # A new limit is there before the container goes on.
    await home.set_level(0)
    await paused(home, engine)
    await home.set_level(1)
    await home.reaches(state="running", power_w=30)
    assert nano_cpus(engine) == 0.25e9


async def test_work_is_saved_before_a_pause(
    house: OpenHouse, engine: Engine, tmp_path: Path
) -> None:
    engine.create(NAME, BUSY, {"solar-compute": "true"})
    hook = f'["sh", "-c", "echo $SOLAR_COMPUTE_PID > {tmp_path}/saved"]'
    home = await house(**container(engine, f"checkpoint = {{command = {hook}}}"))
    await home.set_level(1)
    await home.reaches(state="running")
    await home.set_level(0)
    pid = await paused(home, engine)
    assert (tmp_path / "saved").read_text() == f"{pid}\n"


async def test_an_engine_that_does_not_answer_leaves_the_state_open(
    house: OpenHouse, tmp_path: Path
) -> None:
    worker = f'container = "{NAME}"\nsocket = "{tmp_path}/none.sock"'
    home = await house(command=None, worker=worker)
    told = await home.reaches(state="draining", level=0)
    assert told["cause"] == "never_started"
    await asyncio.sleep(1)
    assert "does not answer" in (await home.status())["detail"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_service_that_is_gone_leaves_no_container_running(
    program: Spawn, engine: Engine, number: signal.Signals
) -> None:
    engine.create(NAME, BUSY, {"solar-compute": "true"})
    process, config = program(**container(engine))
    until(lambda: answers(config), "the service should answer")
    call(config, "workers/cruncher/desired", RUN)
    until(lambda: engine.state(NAME)["Running"], "the container runs")
    pid = engine.pid(NAME)
    works([pid])
    process.send_signal(number)
    until(lambda: engine.state(NAME)["Paused"], "the container is paused")
    rests([pid])
    process.wait(20)
    until(partial(no_wardens, config.mark), "the warden ends by itself")


def test_a_service_that_hangs_has_its_container_paused(
    program: Spawn, engine: Engine
) -> None:
    engine.create(NAME, BUSY, {"solar-compute": "true"})
    process, config = program(**container(engine))
    until(lambda: answers(config), "the service should answer")
    call(config, "workers/cruncher/desired", RUN)
    until(lambda: engine.state(NAME)["Running"], "the container runs")
    process.send_signal(signal.SIGSTOP)
    until(lambda: engine.state(NAME)["Paused"], "the container is paused", 30)


def test_the_command_line_pauses_what_a_crash_left_running(
    engine: Engine, tmp_path: Path
) -> None:
    path = write_config(tmp_path, **container(engine))
    engine.create(NAME, BUSY, {"solar-compute": "true"})
    engine.start(NAME)
    assert spawn_service(path, "hold").wait(30) == 0
    state = engine.state(NAME)
    assert state["Paused"]
    # Once more is harmless, and so is a container that is not there.
    assert spawn_service(path, "hold").wait(30) == 0
    engine.remove(NAME)
    assert spawn_service(path, "hold").wait(30) == 0


def test_the_command_line_says_when_it_cannot_know(tmp_path: Path) -> None:
    worker = f'container = "{NAME}"\nsocket = "{tmp_path}/none.sock"'
    path = write_config(tmp_path, command=None, worker=worker)
    assert spawn_service(path, "hold").wait(30) == 1


def no_wardens(mark: str) -> bool:
    return not leftovers._marked(mark)
