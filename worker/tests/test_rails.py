"""Guard rails that hold without Home Assistant: heat, disks, and runs without a rest."""

import asyncio
import os
from pathlib import Path
import sys

import pytest

from solar_compute_worker import service
from solar_compute_worker.hwmon import powers_w, temperatures_c
from solar_compute_worker.rails import MachineRails, RunLimit
from solar_compute_worker.spec import GuardSpec
from solar_compute_worker.status import Cause

from .conftest import OpenHouse
from .support import SPIN, gone, rests, until, works

CPU = {"name": "coretemp", "temp1_input": "65000", "temp2_input": "71500"}
DISK = {"name": "nvme", "temp1_input": "41850"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LOOK_S", 0.05)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make the hardware monitors of a machine with a warm CPU and a cool disk."""
    for index, chip in enumerate((CPU, DISK)):
        folder = tmp_path / "hwmon" / f"hwmon{index}"
        folder.mkdir(parents=True)
        for name, text in chip.items():
            (folder / name).write_text(f"{text}\n")
    return tmp_path / "hwmon"


def rails(machine: Path, **limits: object) -> MachineRails:
    spec = GuardSpec(hwmon=machine, **limits)  # type: ignore[arg-type]
    return MachineRails(spec, [machine])


def heat(machine: Path, millidegrees: object) -> None:
    (machine / "hwmon0" / "temp1_input").write_text(f"{millidegrees}\n")


def test_the_hottest_sensor_counts_and_it_is_named(machine: Path) -> None:
    look = rails(machine, max_temperature_c=71)
    trip = look.look()
    assert trip is not None
    assert (trip.cause, trip.urgent) == (Cause.TOO_HOT, True)
    assert trip.detail == "coretemp temp2 is at 72 °C, the ceiling is 71 °C"
    assert rails(machine, max_temperature_c=72).look() is None


def test_only_the_named_chips_count_and_each_of_them_must_tell(machine: Path) -> None:
    assert rails(machine, max_temperature_c=50, sensors=("nvme",)).look() is None
    trip = rails(machine, max_temperature_c=90, sensors=("nvme", "k10temp")).look()
    assert trip is not None
    assert trip.cause is Cause.TEMPERATURE_UNKNOWN
    assert trip.detail == "no temperature from k10temp"


def test_a_ceiling_without_any_sensor_holds(tmp_path: Path) -> None:
    trip = rails(tmp_path / "nothing", max_temperature_c=90).look()
    assert trip is not None
    assert trip.cause is Cause.TEMPERATURE_UNKNOWN


@pytest.mark.parametrize("text", ["", "warm", "999999", "-273000", "0x40"])
def test_a_sensor_that_tells_nonsense_tells_nothing(machine: Path, text: str) -> None:
    heat(machine, text)
    assert [reading.name for reading in temperatures_c(machine, ["coretemp"])] == [
        "coretemp temp2"
    ]


def test_a_sensor_that_says_it_is_broken_is_not_believed(machine: Path) -> None:
    (machine / "hwmon0" / "temp2_fault").write_text("1\n")
    assert rails(machine, max_temperature_c=70).look() is None


def test_it_must_cool_down_well_below_the_ceiling(machine: Path) -> None:
    look = rails(machine, max_temperature_c=75)
    for millidegrees, held in (
        (75_000, False),
        (75_100, True),
        (74_000, True),
        (70_100, True),
        (69_900, True),
        (60_000, True),
    ):
        heat(machine, millidegrees)
        trip = look.look()
        assert (trip is not None) == held, millidegrees
    (machine / "hwmon0" / "temp2_input").write_text("69000")
    assert look.look() is None


def test_power_is_read_where_a_chip_measures_it(machine: Path) -> None:
    (machine / "hwmon0" / "power1_input").write_text("65000000")
    (machine / "hwmon0" / "power1_average").write_text("61500000")
    (reading,) = powers_w(machine)
    assert (reading.name, reading.value) == ("coretemp power1", 61.5)


def test_a_disk_that_fills_up_holds_until_there_is_room_again(tmp_path: Path) -> None:
    free_mib = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize / 2**20
    look = rails(tmp_path, min_free_mib=free_mib * 2)
    trip = look.look()
    assert trip is not None
    assert trip.cause is Cause.DISK_FULL
    assert "MiB are free at" in trip.detail
    assert rails(tmp_path, min_free_mib=free_mib / 2).look() is None


def test_a_disk_that_is_gone_holds(tmp_path: Path) -> None:
    look = MachineRails(GuardSpec(min_free_mib=1), [tmp_path / "gone"])
    trip = look.look()
    assert trip is not None
    assert trip.cause is Cause.DISK_FULL


def test_a_worker_that_ran_for_long_rests_for_as_long_as_it_is_to() -> None:
    limit = RunLimit(max_run_s=100, rest_s=30)
    assert limit.count(True, 99) is None
    # A short pause is no rest.
    assert limit.count(False, 29) is None
    trip = limit.count(True, 1)
    assert trip is not None
    assert (trip.cause, trip.urgent) == (Cause.RUN_LIMIT, False)
    assert limit.count(False, 29) == trip
    assert limit.count(False, 1) is None
    assert limit.count(True, 99) is None


def test_without_a_limit_a_worker_may_run_for_ever() -> None:
    assert RunLimit(None, 600).count(True, 1e9) is None


async def test_a_machine_that_gets_too_hot_pauses_its_jobs_until_it_has_cooled(
    house: OpenHouse, pause_method: str, machine: Path
) -> None:
    home = await house(
        pause_method,
        command=SPIN,
        # Heat leaves no time for a checkpoint.
        worker='checkpoint = {command = ["sleep", "600"], deadline_s = 600}',
        server='stop_grace_s = 2\n[guards]\nmax_temperature_c = 90\nhwmon = "hwmon"',
    )
    await home.set_level(1)
    pids = await home.pids_become(1)
    heat(machine, 95_000)
    held = await home.reaches(state="paused", cause="too_hot", level=0, power_w=0)
    assert held["detail"] == "coretemp temp1 is at 95 °C, the ceiling is 90 °C"
    assert held["lease_remaining_s"] > 0
    await asyncio.to_thread(rests, pids)

    renewed, answer = await home.put(level=1, lease_s=60, generation=home.generation)
    assert (renewed, answer["cause"], answer["state"]) == (200, "too_hot", "paused")
    assert (await home.set_level(1))["state"] == "paused"
    heat(machine, 84_000)
    await home.reaches(state="running", cause="commanded", detail=None)
    await asyncio.to_thread(works, pids)


async def test_nothing_is_started_on_a_machine_that_is_too_hot(
    house: OpenHouse, machine: Path
) -> None:
    heat(machine, 95_000)
    home = await house(
        command=SPIN,
        server='stop_grace_s = 2\n[guards]\nmax_temperature_c = 90\nhwmon = "hwmon"',
    )
    assert (await home.set_level(1))["cause"] == "too_hot"
    assert home.pids() == []
    heat(machine, 50_000)
    (machine / "hwmon0" / "temp2_input").write_text("50000")
    await home.reaches(state="running")
    await asyncio.to_thread(works, await home.pids_become(1))


async def test_a_held_worker_still_loses_its_lease(
    house: OpenHouse, machine: Path
) -> None:
    home = await house(
        command=SPIN,
        server='stop_grace_s = 2\n[guards]\nmax_temperature_c = 90\nhwmon = "hwmon"',
    )
    await home.set_level(1, lease_s=1.5)
    pids = await home.pids_become(1)
    heat(machine, 95_000)
    await home.reaches(cause="too_hot")
    await asyncio.sleep(1.6)
    heat(machine, 50_000)
    (machine / "hwmon0" / "temp2_input").write_text("50000")
    await home.reaches(state="paused", cause="lease_expired", level=0)
    await asyncio.to_thread(rests, pids)


async def test_sensors_that_hang_hold_the_workers(
    house: OpenHouse, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOOK_LATE_S", 0.3)
    home = await house(
        command=SPIN,
        server='stop_grace_s = 2\n[guards]\nmax_temperature_c = 90\nhwmon = "hwmon"',
    )
    await home.set_level(1)
    pids = await home.pids_become(1)
    sensor = machine / "hwmon0" / "temp1_input"
    sensor.unlink()
    # Whoever opens it waits until somebody writes.
    os.mkfifo(sensor)
    try:
        held = await home.reaches(state="paused", cause="temperature_unknown")
        assert held["detail"] == "the machine's sensors do not answer"
        await asyncio.to_thread(rests, pids)
    finally:
        sensor.rename(machine / "pipe")
        heat(machine, 50_000)
        writer = os.open(machine / "pipe", os.O_WRONLY)
        os.write(writer, b"50000")
        os.close(writer)
    await home.reaches(state="running")


async def test_a_worker_that_ran_for_long_saves_rests_and_goes_on(
    house: OpenHouse, tmp_path: Path
) -> None:
    home = await house(
        command=SPIN,
        worker="max_run_s = 1\nrest_s = 1\n"
        'checkpoint = {command = ["sh", "-c", "echo x >> saved"]}',
    )
    await home.set_level(1)
    pids = await home.pids_become(1)
    resting = await home.reaches(state="paused", cause="run_limit")
    assert resting["detail"] == "it ran for 1 s on end and rests for 1 s"
    assert (tmp_path / "saved").read_text() == "x\n"
    await asyncio.to_thread(rests, pids)
    await home.reaches(state="running", cause="commanded")
    await asyncio.to_thread(works, pids)


async def test_a_job_that_its_rest_ended_is_started_again_after_it(
    house: OpenHouse, tmp_path: Path
) -> None:
    home = await house(
        command=[sys.executable, "-c", "open('up', 'a').write('x')\nwhile True: pass"],
        worker='max_run_s = 1\nrest_s = 1\non_pause = "end"',
    )
    await home.set_level(1)
    pids = await home.pids_become(1)
    await home.reaches(state="paused", cause="run_limit")
    assert gone(pids)
    await home.reaches(state="running", cause="commanded")
    await asyncio.to_thread(
        until, lambda: (tmp_path / "up").read_text() == "xx", "a second start"
    )
