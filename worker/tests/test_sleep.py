"""Sleep after a long pause: announced, never while somebody works, told what wakes it."""

import asyncio
from collections.abc import Callable
import errno
import json
import os
from pathlib import Path
import tempfile

import pytest

from solar_compute_worker import clock, config_sleep, presence, sleeper
from solar_compute_worker.config import ConfigError

from .conftest import OpenHouse
from .support import SPIN, one_worker, until

SLEEP = """stop_grace_s = 2
[sleep]
after_s = 1
notice_s = 3
command = ["suspend"]
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put programs on PATH that suspend nothing and know of nobody."""
    folder = tmp_path / "bin"
    folder.mkdir()
    write(folder, "suspend", f"touch {tmp_path}/suspended")
    write(folder, "who", "")
    write(folder, "systemd-inhibit", "")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr(config_sleep, "LEAST_AFTER_S", 0)
    monkeypatch.setattr(config_sleep, "LEAST_NOTICE_S", 0)
    return folder


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten what takes long."""
    monkeypatch.setattr(sleeper, "FALLING_S", 5)
    monkeypatch.setattr(sleeper, "ASK_AGAIN_S", 0.5)


def write(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


async def eventually(condition: Callable[[], object], what: str) -> None:
    await asyncio.to_thread(until, condition, what, 30)


@pytest.mark.usefixtures("soon", "programs")
async def test_the_machine_says_that_it_will_sleep_and_then_does(
    house: OpenHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = await house(command=SPIN, server=SLEEP)
    await home.set_level(1)
    awake = await home.status()
    assert awake["sleep"]["in_s"] is None
    await asyncio.sleep(2)
    assert not (tmp_path / "suspended").exists()

    await home.set_level(0)
    falling = await home.reaches(state="paused", cause="falling_asleep")
    assert 0 <= falling["sleep"]["in_s"] <= 3
    assert falling["sleep"]["wakes_by"] == presence.mac_addresses()
    await eventually((tmp_path / "suspended").exists, "the machine is suspended")
    # It takes a moment to be asleep; nothing may begin in that time.
    body = {"level": 1, "lease_s": 60, "generation": 9}
    status, refused = await home.put(**body)
    assert (status, refused["error"]) == (503, "falling_asleep")

    # Hours later somebody wakes it.
    slept_s = clock.asleep_s() + 7200
    monkeypatch.setattr(clock, "asleep_s", lambda: slept_s)
    await home.reaches(state="paused", cause="commanded")
    assert (await home.put(**body))[0] == 200
    await home.reaches(state="running")


@pytest.mark.usefixtures("soon", "programs")
async def test_a_command_before_it_sleeps_keeps_it_awake(
    house: OpenHouse, tmp_path: Path
) -> None:
    home = await house(command=SPIN, server=SLEEP)
    await home.reaches(cause="falling_asleep")
    running = await home.set_level(1)
    assert (running["state"], running["cause"]) == ("running", "commanded")
    await home.reaches(sleep={**running["sleep"], "in_s": None})
    await asyncio.sleep(4)
    assert not (tmp_path / "suspended").exists()


@pytest.mark.parametrize(
    ("program", "says", "reason"),
    [
        ("who", "anna tty2 2026-01-01 10:00", "anna is logged in"),
        (
            "systemd-inhibit",
            "Backup 0 root 99 backup sleep:shutdown nightly block",
            "Backup asks for no sleep",
        ),
    ],
)
@pytest.mark.usefixtures("soon")
async def test_who_uses_the_machine_keeps_it_awake(
    house: OpenHouse, programs: Path, program: str, says: str, reason: str
) -> None:
    write(programs, program, f"echo '{says}'")
    home = await house(command=SPIN, server=SLEEP)
    macs = presence.mac_addresses()
    told = {"in_s": None, "wakes_by": macs, "kept_awake": reason}
    await home.reaches(cause="never_started", sleep=told)
    # When they have gone, it may sleep.
    write(programs, program, "")
    await home.reaches(cause="falling_asleep")


@pytest.mark.usefixtures("soon")
async def test_a_machine_that_cannot_be_suspended_says_why_and_works_on(
    house: OpenHouse, programs: Path
) -> None:
    write(programs, "suspend", "exit 1")
    home = await house(command=SPIN, server=SLEEP)
    await home.reaches(cause="falling_asleep")
    macs = presence.mac_addresses()
    told = {"in_s": None, "wakes_by": macs, "kept_awake": "exit status 1"}
    await home.reaches(cause="never_started", sleep=told)
    assert (await home.set_level(1))["state"] == "running"


async def test_without_being_asked_to_the_machine_never_sleeps(
    house: OpenHouse,
) -> None:
    home = await house(command=SPIN)
    assert (await home.status())["sleep"] is None


def test_only_real_network_cards_wake_the_machine(tmp_path: Path) -> None:
    for name, kind, address, real in (
        ("eth0", "1", "aa:bb:cc:00:00:01", True),
        ("lo", "772", "00:00:00:00:00:00", False),
        ("docker0", "1", "aa:bb:cc:00:00:02", False),
        ("wlan0", "1", "aa:bb:cc:00:00:03", True),
    ):
        card = tmp_path / name
        card.mkdir()
        (card / "type").write_text(f"{kind}\n")
        (card / "address").write_text(f"{address}\n")
        if real:
            (card / "device").mkdir()
    assert presence.mac_addresses(tmp_path) == [
        "aa:bb:cc:00:00:01",
        "aa:bb:cc:00:00:03",
    ]


def test_logins_may_be_left_aside_but_not_inhibitors(programs: Path) -> None:
    write(programs, "who", "echo anna tty2")
    assert presence.kept_awake(despite_logins=True) is None
    write(
        programs, "systemd-inhibit", "echo 'Lid 0 root 1 x handle-lid-switch y block'"
    )
    assert presence.kept_awake(despite_logins=True) is None
    write(programs, "systemd-inhibit", "echo 'Backup 0 root 1 x sleep y block'")
    assert presence.kept_awake(despite_logins=True) == "Backup asks for no sleep"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"command": ["no-such-program"]}, "which is not a program here"),
        ({"after_s": 5}, "must be from 60"),
        ({"notice_s": 1}, "must be from 10"),
        ({"despite_logins": "no"}, "must be true or false"),
    ],
)
def test_a_mistake_is_told(
    tmp_path: Path, table: dict[str, object], sentence: str
) -> None:
    keys = {"after_s": 600, "command": ["sh"], **table}
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in keys.items())
    with pytest.raises(ConfigError, match=sentence):
        one_worker(tmp_path, command=SPIN, server=f"[sleep]\n{lines}")


@pytest.mark.usefixtures("soon", "programs")
async def test_a_full_disk_keeps_the_machine_awake_and_the_service_running(
    house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    home = await house(command=SPIN, server=SLEEP)
    await home.reaches(cause="falling_asleep")
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    told = "No space left on device"

    async def awake() -> bool:
        return told in str((await home.status())["sleep"]["kept_awake"])

    async with asyncio.timeout(20):
        while not await awake():
            await asyncio.sleep(0.1)
    monkeypatch.undo()
    await home.set_level(1)
    await home.reaches(state="running")
