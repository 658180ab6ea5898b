"""Machines with a real BOINC client; the application is compiled once."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
import os
from pathlib import Path
from typing import Any

import pytest

from custom_components.solar_compute.workers import boinc
from demo.boinc_client import HEADER
from tests.requires import missing, require, require_file

from .asking import computing
from .boinc_box import HOURS, BoincBox, compile_cruncher
from .docker_box import DockerBox
from .engine_box import EngineBox
from .podman_box import PodmanBox

type MakeBox = Callable[..., BoincBox]


@pytest.fixture(scope="session")
def cruncher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the compiled application, where there is all that it takes."""
    require("boinc")
    require("g++")
    require_file(HEADER, "g++")
    return compile_cruncher(tmp_path_factory.mktemp("cruncher"))


@pytest.fixture(scope="session")
def crunchbox(
    tmp_path_factory: pytest.TempPathFactory, cruncher: Path
) -> Iterator[BoincBox]:
    """Return a machine whose client has a task for hours, shared by many tests."""
    folder = tmp_path_factory.mktemp("crunchbox") / "boinc"
    box = BoincBox(folder, cruncher, tasks=[HOURS])
    box.start()
    yield box
    box.close()


@pytest.fixture
async def box(
    crunchbox: BoincBox, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[BoincBox]:
    """Return the shared machine, computing at first; what is unsaved counts at once."""
    monkeypatch.setattr(boinc, "JUST_SAVED_S", 0.1)
    crunchbox.let_save()
    await crunchbox.forget_limits()
    await computing(crunchbox.worker())
    yield crunchbox
    await crunchbox.worker().async_pause(1, urgent=True)


@pytest.fixture
def make_box(tmp_path: Path, cruncher: Path) -> Iterator[MakeBox]:
    """Return what sets up a machine with a started client; all end with the test."""
    boxes: list[BoincBox] = []

    def make(**settings: Any) -> BoincBox:
        folder = tmp_path / str(len(boxes))
        boxes.append(BoincBox(folder, cruncher, **settings))
        boxes[-1].start()
        return boxes[-1]

    yield make
    for box in boxes:
        box.close()


@pytest.fixture(scope="session")
def docker_box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerBox]:
    """Return a machine with dockerd, shared by many tests."""
    for program in ("dockerd", "iptables", "busybox", "openssl"):
        require(program)
    with engine_started(DockerBox(tmp_path_factory.mktemp("docker") / "box")) as box:
        yield box


@pytest.fixture(scope="session")
def podman_box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PodmanBox]:
    """Return a machine with Podman, shared by many tests."""
    for program in ("podman", "runc", "busybox"):
        require(program)
    with engine_started(PodmanBox(tmp_path_factory.mktemp("podman") / "box")) as box:
        yield box


@contextmanager
def engine_started[Box: EngineBox](box: Box) -> Iterator[Box]:
    """Start an engine, where that is possible, and end it."""
    if os.geteuid():
        missing("needs root, since a container engine does.")
    box.start()
    try:
        yield box
    finally:
        box.close()
