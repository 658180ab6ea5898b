"""Units of systemd: frozen, stopped, started, and never left running.

No test may start an init system: `fake_systemctl.py` behaves as systemctl is documented
to, and runs the unit's command as a real process.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
import json
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest

from solar_compute_worker import hold, service

from .conftest import OpenHouse, Spawn
from .support import (
    FULL,
    SPIN,
    answers,
    call,
    gone,
    rests,
    spawn_service,
    until,
    works,
    write_config,
)

WORKER = 'unit = "crunch.service"\n'
RUN = {"level": 1, "lease_s": 600, "generation": 1}


class Systemd:
    """What the fake knows of its unit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def set(self, **values: Any) -> None:
        new = self.folder / "unit.set"
        new.write_text(json.dumps({**self.unit(), **values}))
        new.rename(self.folder / "unit.json")

    def unit(self) -> dict[str, Any]:
        try:
            unit: dict[str, Any] = json.loads((self.folder / "unit.json").read_text())
        except FileNotFoundError:
            return {"loaded": True, "freezes": True, "command": SPIN}
        return unit

    @property
    def pid(self) -> int:
        return int(self.unit().get("pid", 0))

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    """Put a systemctl on PATH that knows a unit which does not run."""
    programs, state = tmp_path / "bin", tmp_path / "systemd"
    programs.mkdir()
    state.mkdir()
    program = programs / "systemctl"
    fake = Path(__file__).with_name("fake_systemctl.py")
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -S {fake} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_SYSTEMCTL", str(state))
    found = Systemd(state)
    found.set()
    yield found
    if found.pid:
        with suppress(ProcessLookupError):
            os.kill(found.pid, signal.SIGKILL)


@pytest.fixture
def home_with(systemd: Systemd, house: OpenHouse) -> OpenHouse:
    """Open a house whose worker is the unit; it is closed before systemd is gone."""
    return partial(house, command=None)


async def soon(condition: Callable[[], Any], what: str) -> None:
    await asyncio.to_thread(until, condition, what)


async def test_a_unit_runs_is_frozen_and_goes_on_where_it_was(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    home = await home_with(worker=WORKER)
    await home.reaches(state="paused", cause="never_started", detail=None)
    await home.set_level(1)
    running = await home.reaches(state="running", level=1)
    assert running["pause_method"] == "unit"
    pid = systemd.pid
    await asyncio.to_thread(works, [pid])
    await home.set_level(0)
    await home.reaches(state="paused", power_w=0)
    await asyncio.to_thread(rests, [pid])
    await home.set_level(1)
    await home.reaches(state="running")
    assert systemd.pid == pid
    await asyncio.to_thread(works, [pid])


async def test_a_unit_that_was_running_is_held_until_somebody_takes_a_lease(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    call_systemctl("start", "crunch.service")
    home = await home_with(worker=WORKER)
    await home.reaches(state="paused", cause="never_started")
    await asyncio.to_thread(rests, [systemd.pid])
    await home.set_level(1, lease_s=4)
    await home.reaches(state="running")
    await home.reaches(state="paused", cause="lease_expired")
    await asyncio.to_thread(rests, [systemd.pid])


async def test_an_older_systemd_stops_the_unit_and_starts_it_again(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    systemd.set(freezes=False)
    home = await home_with(worker=WORKER)
    await home.set_level(1, lease_s=4)
    await home.reaches(state="running")
    first = systemd.pid
    await home.reaches(state="paused", cause="lease_expired")
    assert gone([first])
    # The same generation revives the lease, as it thaws what is frozen.
    await home.put(level=1, lease_s=60, generation=1)
    await home.reaches(state="running")
    assert systemd.pid not in (0, first)
    assert not any(line.startswith("freeze") for line in systemd.calls())


async def test_a_unit_that_runs_once_is_stopped_since_systemd_freezes_none(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    systemd.set(once=True)
    home = await home_with(worker=WORKER)
    await home.set_level(1)
    await home.reaches(state="running")
    first = systemd.pid
    await home.set_level(0)
    await home.reaches(state="paused", cause="commanded")
    assert gone([first])
    await home.set_level(1)
    await home.reaches(state="running")
    assert systemd.pid not in (0, first)


async def test_where_wanted_a_pause_stops_the_unit(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    home = await home_with(worker=f'{WORKER}on_pause = "end"')
    await home.set_level(1)
    await home.reaches(state="running")
    first = systemd.pid
    await home.set_level(0)
    await home.reaches(state="paused", cause="commanded")
    await soon(lambda: gone([first]), "the unit is stopped")
    await home.set_level(1)
    await home.reaches(state="running")
    assert systemd.pid != first


async def test_a_unit_that_does_not_end_is_killed(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    systemd.set(command=["sh", "-c", "trap '' TERM; while :; do :; done"])
    server = "stop_grace_s = 1"
    home = await home_with(worker=f'{WORKER}on_pause = "end"', server=server)
    await home.set_level(1)
    await home.reaches(state="running")
    first = systemd.pid
    await asyncio.to_thread(works, [first])
    await home.set_level(0)
    await home.reaches(state="paused")
    assert gone([first])


async def test_a_unit_is_throttled_until_the_next_boot_only(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    levels = "[{watts = 30, cpu_share = 0.25}, {watts = 90}]"
    home = await home_with(worker=f"{WORKER}cpus = 2", levels=levels)
    await home.set_level(1)
    await home.reaches(state="running", power_w=30)
    assert systemd.unit()["quota"] == "CPUQuota=50%"
    await home.set_level(2)
    await soon(lambda: systemd.unit()["quota"] == "CPUQuota=", "the limit is lifted")
    quotas = [line for line in systemd.calls() if line.startswith("set-property")]
    assert len(quotas) == 2
    assert all("--runtime" in line for line in quotas)


async def test_a_unit_of_the_user_is_asked_of_the_users_manager(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    systemd.set(user=True)
    home = await home_with(worker=f"{WORKER}user = true")
    await home.set_level(1)
    await home.reaches(state="running")
    assert all(line.startswith("--user ") for line in systemd.calls())


async def test_a_unit_that_ends_gives_its_lease_up(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    systemd.set(command=["sleep", "2"])
    home = await home_with(worker=WORKER)
    await home.set_level(1)
    await home.reaches(state="running")
    ended = await home.reaches(state="paused", cause="job_ended")
    assert not ended["has_work"]


async def test_a_missing_unit_and_missing_rights_are_told(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    systemd.set(loaded=False)
    home = await home_with(worker=WORKER)
    await home.reaches(state="paused", detail="unit crunch.service is not-found")
    systemd.set(loaded=True, denied=True)
    await home.reaches(state="paused", detail=None)
    await home.set_level(1)
    told = "systemctl start: Failed to start unit: Access denied"
    assert (await home.reaches(detail=told))["power_w"] == 0


async def test_a_unit_that_may_not_be_paused_is_never_called_paused(
    home_with: OpenHouse, systemd: Systemd
) -> None:
    call_systemctl("start", "crunch.service")
    systemd.set(denied=True)
    home = await home_with(worker=WORKER)
    told = "systemctl freeze: Failed to freeze unit: Access denied"
    assert (await home.reaches(detail=told))["state"] == "draining"


async def test_a_unit_that_takes_long_to_start_is_not_said_to_draw_nothing_then(
    home_with: OpenHouse,
    systemd: Systemd,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sensor = tmp_path / "hwmon" / "hwmon0" / "power1_input"
    sensor.parent.mkdir(parents=True)
    (sensor.parent / "name").write_text("ina")
    sensor.write_text("40000000")
    monkeypatch.setattr(service, "LOOK_S", 0.1)
    systemd.set(slow=True)
    server = (
        'stop_grace_s = 2\n[power]\nsource = "hwmon"\nhwmon = "hwmon"\nidle_w = 40\n'
    )
    home = await home_with(worker=WORKER, server=server)
    await home.set_level(1)
    monkeypatch.setattr(service, "LOOK_S", 60)
    sensor.write_text("41000000")
    await home.reaches(state="starting", power_w=0, machine_w=41)
    # What was measured last, and is for a while, is of a unit that did not run yet.
    systemd.set(slow=False)
    begun = await home.reaches(state="running")
    assert (begun["power_w"], begun["power_source"]) == (100, "declared")


@pytest.mark.parametrize(
    ("freezes", "once"), [(True, False), (False, False), (True, True)]
)
def test_a_service_that_is_killed_leaves_no_unit_running(
    program: Spawn, systemd: Systemd, freezes: bool, once: bool
) -> None:
    systemd.set(freezes=freezes, once=once)
    process, config = program(command=None, worker=WORKER)
    until(lambda: answers(config), "the service should answer")
    call(config, "workers/cruncher/desired", RUN)
    until(lambda: systemd.pid, "the unit runs")
    pid = systemd.pid
    works([pid])
    process.send_signal(signal.SIGKILL)
    if freezes and not once:
        until(lambda: systemd.unit().get("frozen"), "the unit is frozen")
        rests([pid])
    else:
        until(lambda: gone([pid]), "the unit is stopped")


def test_a_unit_that_could_not_be_paused_when_the_service_ended_is_paused_later(
    program: Spawn, systemd: Systemd
) -> None:
    call_systemctl("start", "crunch.service")
    systemd.set(denied=True)
    process, config = program(command=None, worker=WORKER)
    until(lambda: answers(config), "the service should answer")
    until(
        lambda: "denied" in str(call(config, "workers/cruncher")["detail"]),
        "the unit cannot be paused",
    )
    process.send_signal(signal.SIGTERM)
    until(lambda: process.poll() == 0, "the service ends", 30)
    works([systemd.pid])
    systemd.set(denied=False)
    until(lambda: systemd.unit().get("frozen"), "the unit is frozen", 45)
    rests([systemd.pid])


def test_the_command_line_pauses_a_unit_while_an_engine_does_not_answer(
    systemd: Systemd, tmp_path: Path
) -> None:
    call_systemctl("start", "crunch.service")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "silent.sock"))
        silent.listen()
        engine = f'container = "other"\nsocket = "{tmp_path}/silent.sock"\n'
        unit = f"[workers.unit]\n{WORKER}levels = {FULL}\n"
        path = write_config(tmp_path, command=None, worker=engine + unit)
        process = spawn_service(path, "hold")
        # The engine is waited for ten seconds.
        until(lambda: systemd.unit().get("frozen"), "the unit is frozen", 9)
        assert process.wait(30) == 1


def test_a_start_that_is_still_queued_is_called_off(systemd: Systemd) -> None:
    systemd.set(queued=True)
    assert hold.main("unit", "crunch.service") == ""
    assert not systemd.unit()["queued"]


def call_systemctl(*arguments: str) -> None:
    subprocess.run(["systemctl", *arguments], check=True)
