"""NVIDIA's power limit as a level, and its power as what is drawn.

There is no card where the tests run: `fake_nvidia_smi.py` behaves as nvidia-smi is
documented to.
"""

import asyncio
import json
import os
from pathlib import Path
import signal
import sys

import pytest

from solar_compute_worker.config import ConfigError
from solar_compute_worker.power import NvidiaMeter

from .conftest import OpenHouse, Spawn
from .support import SPIN, answers, call, one_worker, until

LEVELS = "[{watts = 150, gpu_limit_w = 120}, {watts = 250, gpu_limit_w = 220}]"
RUN = {"level": 1, "lease_s": 600, "generation": 1}


class Cards:
    """What the fake knows of its cards: two, with a limit of 240 W that the user set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.set([{"index": index, "draw": 30.5 + index} for index in (0, 1)])

    def set(self, cards: list[dict[str, object]]) -> None:
        common = {"limit": 240.0, "least": 100.0, "most": 300.0}
        text = json.dumps([{**common, **card} for card in cards])
        (self.folder / "cards.json").write_text(text)

    def limits(self) -> list[float]:
        cards = json.loads((self.folder / "cards.json").read_text())
        return [card["limit"] for card in cards]


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    """Put an nvidia-smi with two cards on PATH."""
    programs, state = tmp_path / "bin", tmp_path / "nvidia"
    programs.mkdir()
    state.mkdir()
    program = programs / "nvidia-smi"
    fake = Path(__file__).with_name("fake_nvidia_smi.py")
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -S {fake} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_NVIDIA_SMI", str(state))
    return Cards(state)


@pytest.fixture
def gpu_house(cards: Cards, house: OpenHouse) -> OpenHouse:
    """Open a house that is closed before its cards are gone."""
    return house


async def limits_become(cards: Cards, *limits: float) -> None:
    await asyncio.to_thread(
        until, lambda: cards.limits() == list(limits), f"the limits are {limits}"
    )


async def test_a_level_limits_the_cards_and_a_pause_gives_their_limit_back(
    gpu_house: OpenHouse, cards: Cards
) -> None:
    home = await gpu_house(command=SPIN, levels=LEVELS)
    await home.reaches(state="paused", cause="never_started")
    assert cards.limits() == [240, 240]
    await home.set_level(1)
    await home.reaches(state="running", power_w=150)
    await limits_become(cards, 120, 120)
    await home.set_level(2)
    await limits_become(cards, 220, 220)
    await home.set_level(0)
    await limits_become(cards, 240, 240)


async def test_only_the_named_card_is_limited(
    gpu_house: OpenHouse, cards: Cards
) -> None:
    home = await gpu_house(command=SPIN, levels=LEVELS, worker="gpus = [1]")
    await home.reaches(cause="never_started")
    await home.set_level(1)
    await limits_become(cards, 240, 120)


async def test_without_the_right_to_limit_the_worker_does_not_run(
    gpu_house: OpenHouse, cards: Cards
) -> None:
    (cards.folder / "denied").touch()
    home = await gpu_house(command=SPIN, levels=LEVELS)
    told = "nvidia-smi needs root to limit a graphics card's power"
    await home.reaches(state="paused", cause="gpu_limit", detail=told)
    held = await home.set_level(1)
    assert (held["state"], held["level"]) == ("paused", 0)
    assert home.pids() == []


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({"index": 0, "draw": 1, "least": 130.0}, "takes 130 to 300 W, not 120 W"),
        ({"index": 0, "draw": 1, "limit": "[N/A]"}, "has no power limit"),
    ],
)
async def test_a_limit_that_the_card_does_not_take_is_told(
    gpu_house: OpenHouse, cards: Cards, card: dict[str, object], told: str
) -> None:
    cards.set([card])
    home = await gpu_house(command=SPIN, levels=LEVELS)
    detail = f"graphics card 0 {told}"
    await home.reaches(state="paused", cause="gpu_limit", detail=detail)


async def test_a_driver_that_does_not_answer_holds_the_worker(
    gpu_house: OpenHouse, cards: Cards
) -> None:
    (cards.folder / "cards.json").unlink()
    home = await gpu_house(command=SPIN, levels=LEVELS)
    told = "nvidia-smi: NVIDIA-SMI has failed: no communication with the driver."
    await home.reaches(state="paused", cause="gpu_limit", detail=told)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_service_that_is_gone_leaves_the_limit_as_it_found_it(
    cards: Cards, program: Spawn, number: signal.Signals
) -> None:
    process, config = program(command=SPIN, levels=LEVELS)
    until(lambda: answers(config), "the service should answer")

    def runs() -> bool:
        status = call(config, "workers/cruncher/desired", RUN)
        return bool(status["state"] == "running")

    until(runs, "the worker runs")
    until(lambda: cards.limits() == [120, 120], "the cards are limited")
    process.send_signal(number)
    until(lambda: cards.limits() == [240, 240], "the limit is given back")


def test_the_cards_tell_what_they_draw(cards: Cards) -> None:
    draw = NvidiaMeter().look(5.0)
    assert draw is not None
    assert (draw.watts, draw.since) == (62.0, 5.0)
    cards.set([{"index": 0, "draw": 20}, {"index": 1, "draw": "[N/A]"}])
    assert NvidiaMeter().look(5.0) is None


async def test_the_power_of_the_cards_is_told_with_its_source(
    gpu_house: OpenHouse, cards: Cards
) -> None:
    server = 'stop_grace_s = 2\n[power]\nsource = "nvidia"\nidle_w = 40\n'
    home = await gpu_house(command=SPIN, server=server)
    await home.set_level(1)
    measured = await home.reaches(state="running", power_source="nvidia")
    assert (measured["power_w"], measured["machine_w"]) == (22.0, 62.0)


def test_without_nvidia_s_program_the_configuration_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(tmp_path))
    server = '[power]\nsource = "nvidia"'
    with pytest.raises(ConfigError) as caught:
        one_worker(tmp_path, command=SPIN, levels=LEVELS, server=server)
    problems = caught.value.problems
    assert len(problems) == 2
    assert all("needs nvidia-smi, which is not here" in one for one in problems)


def test_a_level_without_a_limit_beside_one_with_it_is_a_mistake(
    tmp_path: Path, cards: Cards
) -> None:
    levels = "[{watts = 150, gpu_limit_w = 120}, {watts = 250}]"
    with pytest.raises(ConfigError, match="must all have gpu_limit_w"):
        one_worker(tmp_path, command=SPIN, levels=levels)
