"""The ways in which the service reaches its users: package, app, container file."""

import json
from pathlib import Path
import re
import signal
import subprocess
import sys
import tomllib

import pytest

from solar_compute_worker import __version__
from solar_compute_worker.config import load_config

from .support import free_port, until

ROOT = Path(__file__).parents[2]
WORKER = ROOT / "worker"
APP = ROOT / "apps" / "solar_compute_worker"

if not APP.is_dir():
    pytest.skip("the app is in the repository only", allow_module_level=True)


def test_the_package_names_its_program_and_its_licence() -> None:
    project = tomllib.loads((WORKER / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {
        "solar-compute-worker": "solar_compute_worker.cli:main"
    }
    assert (WORKER / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_the_app_has_the_version_of_the_service() -> None:
    assert f'version: "{__version__}"' in (APP / "config.yaml").read_text()
    assert f"ARG BUILD_VERSION={__version__}\n" in (APP / "Dockerfile").read_text()


def test_the_app_tells_about_every_option_and_port() -> None:
    config = (APP / "config.yaml").read_text()
    texts = (APP / "translations" / "en.yaml").read_text()
    options = config.partition("\nschema:\n")[2]
    names = re.findall(r"^  (\w+):", options, re.MULTILINE)
    assert names == ["verbose"]
    for name in names:
        assert f"  {name}:\n    name: " in texts
    (port,) = re.findall(r"^  (\d+/tcp):", config, re.MULTILINE)
    assert f"\n  {port}: " in texts


def test_the_app_tells_an_address_at_which_the_service_answers() -> None:
    # What it listens on takes HTTPS, so that http:// would be in vain.
    (told,) = re.findall(r"Its address is .*", (APP / "DOCS.md").read_text())
    assert "http://" not in told
    assert "fingerprint" in told


@pytest.fixture
def program(tmp_path: Path) -> dict[str, str]:
    """Return an environment whose solar-compute-worker is the one under test."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "solar-compute-worker"
    script.write_text(
        f'#!/bin/sh\nexec {sys.executable} -m solar_compute_worker "$@"\n'
    )
    script.chmod(0o755)
    path = f"{folder}:{Path(sys.executable).parent}:/usr/bin:/bin"
    return {"PATH": path, "PYTHONPATH": str(WORKER / "src")}


def run_app(folder: Path, options: Path, environment: dict[str, str]) -> list[str]:
    """Run the app's script until it listens or ends; return what it said."""
    process = subprocess.Popen(
        ["sh", str(APP / "run.sh"), str(folder), str(options)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = []
    try:
        for line in process.stderr:
            said.append(line.rstrip())
            if "listening on" in line:
                break
    finally:
        process.send_signal(signal.SIGTERM)
        until(lambda: process.poll() is not None, "the service ends", 30)
        process.stderr.close()
    return said


def test_the_app_writes_a_configuration_once_and_serves_it(
    tmp_path: Path, program: dict[str, str]
) -> None:
    options = tmp_path / "options.json"
    options.write_text(json.dumps({"verbose": False}))
    run_app(tmp_path, options, program)
    path = tmp_path / "worker.toml"
    text = path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert re.search(r'token = "[0-9a-f]{64}"', text)
    assert 'host = "0.0.0.0"' in text
    # The folder is there in an app only, and others shall not reach a test.
    here = text.replace('"/share"', f'"{tmp_path}"')
    path.write_text(here)
    server = load_config(path).server
    assert (server.tls, str(server.state_folder)) == (True, "/data/state")
    port = free_port()
    here = here.replace('host = "0.0.0.0"', f'host = "127.0.0.1"\nport = {port}')
    path.write_text(here)
    assert load_config(path).workers[0].levels_w == [5, 10]
    said = run_app(tmp_path, options, program)
    assert f"listening on 127.0.0.1 port {port}" in said[-1]
    assert path.read_text() == here


def test_the_app_logs_everything_if_asked_to(
    tmp_path: Path, program: dict[str, str]
) -> None:
    options = tmp_path / "options.json"
    options.write_text(json.dumps({"verbose": True}))
    script = tmp_path / "bin" / "solar-compute-worker"
    script.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\n')
    run_app(tmp_path, options, program)
    arguments = (tmp_path / "arguments").read_text()
    assert arguments == f"serve --config {tmp_path}/worker.toml --verbose\n"
