"""Containers and units in the configuration: what can be said, and every mistake."""

from pathlib import Path

import pytest

from solar_compute_worker.config import ConfigError, load_config
from solar_compute_worker.spec import Config, ContainerSpec, UnitSpec

LEVELS = "levels = [{watts = 60}]\n"
TWO_SOURCES = """
command = ["systemctl"]
queue = {folder = ".", source = ["systemctl"], lines = ["systemctl"]}
"""


def load(folder: Path, text: str, levels: str = LEVELS) -> Config:
    path = folder / "worker.toml"
    path.write_text(f"[workers.cruncher]\n{text}\n{levels}")
    return load_config(path)


@pytest.fixture(autouse=True)
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "systemctl"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_a_container_is_docker_s_unless_the_socket_says_otherwise(
    tmp_path: Path,
) -> None:
    (docker,) = load(tmp_path, 'container = "folding"').workers
    assert docker.container == ContainerSpec("folding", Path("/var/run/docker.sock"))
    assert (docker.what, docker.command) == ("container folding", ())
    text = 'container = "folding"\nsocket = "/run/podman/podman.sock"'
    (podman,) = load(tmp_path, text).workers
    assert podman.container == ContainerSpec("folding", Path("/run/podman/podman.sock"))


def test_a_unit_is_the_machine_s_unless_it_is_the_user_s(tmp_path: Path) -> None:
    (unit,) = load(tmp_path, 'unit = "boinc-client.service"').workers
    assert unit.unit == UnitSpec("boinc-client.service", user=False)
    (own,) = load(tmp_path, 'unit = "render@1.service"\nuser = true').workers
    assert own.unit == UnitSpec("render@1.service", user=True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('container = "a"\nunit = "a.service"', "exactly one of them is needed"),
        ('container = "a"\ncommand = ["systemctl"]', "exactly one of them is needed"),
        ('container = "../json"', "must be the name or id of a container"),
        ('container = "a"\nsocket = "docker.sock"', "must be the absolute path"),
        ('command = ["systemctl"]\nsocket = "/docker.sock"', "is for a container only"),
        ('unit = "boinc-client"', "must be the full name of a unit"),
        ('unit = "--all.service"', "must be the full name of a unit"),
        ('unit = "a.service"\nuser = 1', "must be true or false"),
        ('command = ["systemctl"]\nuser = true', "is for a unit only"),
        ('container = "a"\nqueue = {folder = "."}', "needs a command"),
        (TWO_SOURCES, "only one of them can be used"),
        ('unit = "a.service"\ncheckpoint = {signal = "SIGUSR1"}', "no status file"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    (problem,) = caught.value.problems
    assert sentence in problem


def test_only_a_command_runs_in_several_copies(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, 'container = "a"', "levels = [{watts = 60, slots = 2}]")
    assert "slots for a command only" in str(caught.value)


def test_a_unit_needs_systemd(tmp_path: Path) -> None:
    (tmp_path / "systemctl").unlink()
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, 'unit = "a.service"')
    assert "there is no systemctl here" in str(caught.value)
