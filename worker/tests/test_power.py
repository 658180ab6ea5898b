"""What workers draw: measured where the machine can, above what it draws idle."""

import asyncio
from pathlib import Path

import pytest

from solar_compute_worker import power, service
from solar_compute_worker.power import Draw, HwmonMeter, Idle, RaplMeter, find_meter
from solar_compute_worker.spec import PowerSpec

from .conftest import OpenHouse
from .support import PATIENCE_S, SLEEP

RANGE_UJ = 262_143_328_850


def zone(root: Path, folder: str, name: str, energy_uj: int = 0) -> Path:
    path = root / folder
    path.mkdir(parents=True)
    (path / "name").write_text(f"{name}\n")
    (path / "max_energy_range_uj").write_text(f"{RANGE_UJ}\n")
    (path / "energy_uj").write_text(f"{energy_uj}\n")
    return path


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make the power zones of a CPU with cores, graphics and memory."""
    root = tmp_path / "powercap"
    zone(root, "intel-rapl:0", "package-0", RANGE_UJ - 10_000_000)
    zone(root, "intel-rapl:0:0", "core", 5)
    zone(root, "intel-rapl:0:1", "dram")
    return root


def test_packages_and_memory_are_summed_and_what_lies_within_is_not(
    machine: Path,
) -> None:
    meter = RaplMeter(machine)
    assert meter.look(100) is None
    # The counter of the package runs over on the way.
    (machine / "intel-rapl:0" / "energy_uj").write_text("70000000")
    (machine / "intel-rapl:0:0" / "energy_uj").write_text("60000000")
    (machine / "intel-rapl:0:1" / "energy_uj").write_text("4000000")
    draw = meter.look(102)
    assert draw is not None
    assert (round(draw.watts, 3), draw.since, draw.until) == (42, 100, 102)


def test_the_whole_board_is_taken_where_it_is_measured(machine: Path) -> None:
    board = zone(machine, "intel-rapl:1", "psys")
    meter = RaplMeter(machine)
    meter.look(0)
    (board / "energy_uj").write_text("90000000")
    draw = meter.look(1)
    assert draw is not None
    assert round(draw.watts, 3) == 90


def test_a_counter_that_cannot_be_read_makes_no_number(machine: Path) -> None:
    meter = RaplMeter(machine)
    meter.look(0)
    (machine / "intel-rapl:0:1" / "energy_uj").unlink()
    assert meter.look(1) is None
    assert meter.look(2) is None


def test_a_meter_is_found_only_where_it_works(machine: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert find_meter(PowerSpec(powercap=nowhere)) is None
    assert find_meter(PowerSpec("declared", powercap=machine)) is None
    assert find_meter(PowerSpec("none", powercap=machine)) is None
    found = find_meter(PowerSpec(powercap=machine))
    assert found is not None
    assert found.source == "rapl"
    found = find_meter(PowerSpec("hwmon", hwmon=nowhere))
    assert found is not None
    assert found.look(1) is None


def test_power_sensors_are_summed(tmp_path: Path) -> None:
    for index, (chip, microwatts) in enumerate((("amdgpu", 30e6), ("ina", 5e6))):
        folder = tmp_path / f"hwmon{index}"
        folder.mkdir()
        (folder / "name").write_text(chip)
        (folder / "power1_input").write_text(f"{microwatts:.0f}")
    assert HwmonMeter(tmp_path).look(5) == Draw(35, 5, 5)
    assert HwmonMeter(tmp_path, ("amdgpu",)).look(5) == Draw(30, 5, 5)


def test_idle_is_learned_while_nobody_has_been_busy_for_a_while() -> None:
    idle = Idle()
    idle.learn(Draw(90, since=105, until=107), busy_at=100)
    assert idle.watts is None
    idle.learn(Draw(30, since=112, until=114), busy_at=100)
    assert idle.watts == 30
    for start in range(0, 6000, 2):
        idle.learn(Draw(36, since=200 + start, until=202 + start), busy_at=100)
    assert idle.watts == pytest.approx(36, abs=0.01)


def test_a_single_odd_reading_moves_idle_only_a_little() -> None:
    idle = Idle(30)
    idle.learn(Draw(90, since=200, until=202), busy_at=100)
    assert idle.watts == pytest.approx(30.2)


@pytest.fixture
def measured(machine: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have the machine draw so many watts.

    It is counted at every look, up to the moment of the look: a busy machine would
    count late.
    """
    monkeypatch.setattr(service, "LOOK_S", 0.1)
    monkeypatch.setattr(power, "SETTLE_S", 0.2)
    watts, counted, look = [30.0], [0.0, 0.0], RaplMeter.look

    def count_and_look(meter: RaplMeter, now: float) -> Draw | None:
        energy_uj, then = counted
        counted[:] = energy_uj + watts[0] * 1e6 * (now - then), now
        (machine / "intel-rapl:0" / "energy_uj").write_text(f"{counted[0]:.0f}")
        return look(meter, now)

    monkeypatch.setattr(RaplMeter, "look", count_and_look)
    return watts


async def test_a_worker_draws_what_is_measured_above_idle(
    house: OpenHouse, measured: list[float]
) -> None:
    home = await house(
        command=SLEEP, server='stop_grace_s = 2\n[power]\npowercap = "powercap"'
    )
    async with asyncio.timeout(PATIENCE_S):
        while (idle := await home.status())["idle_w"] is None:
            await asyncio.sleep(0.05)
    assert idle["idle_w"] == pytest.approx(30, abs=1)
    assert (idle["power_w"], idle["power_source"]) == (0, "rapl")

    fresh = await home.set_level(1)
    assert (fresh["power_w"], fresh["power_source"]) == (100, "declared")
    measured[0] = 110
    told = await home.reaches(power_source="rapl")
    async with asyncio.timeout(PATIENCE_S):
        while abs(told["power_w"] - 80) > 1:
            await asyncio.sleep(0.05)
            told = await home.status()
    assert told["machine_w"] == pytest.approx(110, abs=1)
    paused = await home.set_level(0)
    assert paused["power_w"] == 0
    # A pause is not zero watts.
    assert paused["idle_w"] == pytest.approx(30, abs=1)


@pytest.mark.parametrize(("source", "power_w"), [("declared", 100), ("none", None)])
async def test_a_configuration_may_forgo_measuring(
    house: OpenHouse, source: str, power_w: float | None
) -> None:
    table = f'stop_grace_s = 2\n[power]\nsource = "{source}"\nidle_w = 42'
    home = await house(command=SLEEP, server=table)
    told = await home.set_level(1)
    assert (told["power_w"], told["power_source"]) == (power_w, source)
    assert (told["machine_w"], told["idle_w"]) == (None, 42)
