"""The service as a program: started, stopped, killed, and started again."""

import asyncio
from collections.abc import Callable
from pathlib import Path
import signal
import socket
import subprocess
import tempfile
from typing import Any

import pytest

from solar_compute_worker import __version__, cli
from solar_compute_worker.config import ConfigError
from solar_compute_worker.service import Service, prepare
from solar_compute_worker.spec import Config, ServerSpec

from .conftest import Spawn
from .support import (
    FAMILY,
    SLEEP,
    answers,
    call,
    cpu_growth,
    end_service,
    family,
    gone,
    groups,
    guardian_pids,
    job_pids,
    one_worker,
    spawn_service,
    until,
    write_config,
)


def run_family(config: Config) -> list[int]:
    """Start the job, and return its processes once all of them are there."""
    until(lambda: answers(config), "the service should answer")
    command = {"level": 1, "lease_s": 600, "generation": 1}
    assert call(config, "workers/cruncher/desired", command)["state"] == "running"
    return family(lambda: job_pids(config.mark))


def test_killing_the_service_leaves_nothing_running(
    program: Spawn, pause_method: str
) -> None:
    process, config = program(
        command=FAMILY, server=f'pause_method = "{pause_method}"\n'
    )
    pids = run_family(config)
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: gone(pids), "the job should end with its service")
    until(lambda: not guardian_pids(config.mark), "the guardian should end")
    assert groups(config.mark) == []


def test_killing_the_service_ends_a_paused_job_as_well(
    program: Spawn, pause_method: str
) -> None:
    process, config = program(
        command=FAMILY, server=f'pause_method = "{pause_method}"\n'
    )
    pids = run_family(config)
    paused = call(config, "workers/cruncher/desired", {"level": 0})
    assert paused["state"] == "paused"
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: gone(pids), "the job should end with its service")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_ends_clean_and_takes_a_paused_job_along(
    program: Spawn, pause_method: str, number: signal.Signals
) -> None:
    process, config = program(
        command=FAMILY, server=f'pause_method = "{pause_method}"\n'
    )
    pids = run_family(config)
    call(config, "workers/cruncher/desired", {"level": 0})
    process.send_signal(number)
    assert process.wait(15) == 0
    assert gone(pids)
    assert guardian_pids(config.mark) == []
    assert groups(config.mark) == []


def test_a_service_that_is_held_up_gets_its_lease_enforced_when_it_goes_on(
    program: Spawn,
) -> None:
    process, config = program(command=SLEEP)
    until(lambda: answers(config), "the service should answer")
    command = {"level": 1, "lease_s": 0.3, "generation": 1}
    call(config, "workers/cruncher/desired", command)
    process.send_signal(signal.SIGSTOP)
    cpu_growth([], 0.5)
    process.send_signal(signal.SIGCONT)
    until(
        lambda: call(config, "workers/cruncher")["cause"] == "lease_expired",
        "the lease should lapse",
    )


def test_a_restart_comes_up_paused_and_ends_what_a_crash_left(
    program: Spawn, pause_method: str
) -> None:
    process, config = program(
        command=FAMILY, server=f'pause_method = "{pause_method}"\n'
    )
    pids = run_family(config)
    # The worst case: service and guardian die together, and nobody is left to tidy up.
    for pid in (process.pid, *guardian_pids(config.mark)):
        subprocess.run(["kill", "-STOP", str(pid)], check=True)
    for pid in (process.pid, *guardian_pids(config.mark)):
        subprocess.run(["kill", "-KILL", str(pid)], check=True)
    process.wait()
    assert not gone(pids)

    again = spawn_service(config.path)
    try:
        until(lambda: answers(config), "the service should answer again")
        assert gone(pids)
        assert groups(config.mark) == []
        assert not list(Path(tempfile.gettempdir()).glob(f"{config.mark}-*"))
        (status,) = call(config, "workers")
        assert (status["state"], status["cause"]) == ("paused", "never_started")
        assert (status["generation"], status["lease_remaining_s"]) == (0, 0)
    finally:
        end_service(again)


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    path = write_config(tmp_path, command=SLEEP)
    port = path.read_text().split("port = ")[1].split()[0]
    with socket.create_server(("127.0.0.1", int(port))):
        process = spawn_service(path, stderr=subprocess.PIPE)
        _, errors = process.communicate(timeout=15)
    assert process.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}: Address already in use" in errors


def test_a_bad_configuration_is_told_and_nothing_is_started(tmp_path: Path) -> None:
    path = write_config(tmp_path, command=["no-such-program"], worker="colour = 1")
    process = spawn_service(path, stderr=subprocess.PIPE)
    _, errors = process.communicate(timeout=15)
    assert process.returncode == 2
    assert "'no-such-program', which is not a program here." in errors
    assert "the key 'colour' is not known." in errors
    assert "Traceback" not in errors


# The same in this process, where it can be looked into.

Capture = pytest.CaptureFixture[str]


def exit_code(*arguments: str) -> object:
    with pytest.raises(SystemExit) as caught:
        cli.main(list(arguments))
    return caught.value.code


def test_check_says_what_a_configuration_configures(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write_config(tmp_path, command=SLEEP)
    assert exit_code("check", "--config", str(path)) == 0
    assert "cruncher: 100 W: sleep 1000" in capsys.readouterr().out


def test_check_tells_every_mistake(tmp_path: Path, capsys: Capture) -> None:
    path = write_config(tmp_path, command=SLEEP, levels="[]", worker="colour = 1")
    assert exit_code("check", "--config", str(path)) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_the_version_can_be_asked(capsys: Capture) -> None:
    assert exit_code("--version") == 0
    assert capsys.readouterr().out.strip() == __version__
    assert exit_code("serve") == 2


def test_a_host_that_turns_out_to_be_public_needs_a_token(tmp_path: Path) -> None:
    config = one_worker(tmp_path, command=SLEEP)
    public = ServerSpec(host="0.0.0.0", port=config.server.port)
    with pytest.raises(ConfigError, match="set a token"):
        cli.listen(Config(config.path, public, config.workers))


def test_who_insists_on_control_groups_gets_them_or_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = one_worker(tmp_path, command=SLEEP, server='pause_method = "cgroup"')
    monkeypatch.setattr("solar_compute_worker.service.find_tree", lambda mark: None)
    with pytest.raises(ConfigError, match="no control group"):
        prepare(config)


async def serve_until(config: Config, service: Service, act: Callable[[], Any]) -> None:
    serving = asyncio.create_task(cli.serve(service, cli.listen(config)))
    try:
        await asyncio.to_thread(until, lambda: answers(config), "an answer")
        await asyncio.to_thread(act)
        await asyncio.wait_for(serving, 15)
    finally:
        serving.cancel()


async def test_a_signal_ends_the_service_and_its_job(tmp_path: Path) -> None:
    config = one_worker(tmp_path, command=SLEEP)

    def start_and_stop() -> None:
        command = {"level": 1, "lease_s": 60, "generation": 1}
        call(config, "workers/cruncher/desired", command)
        signal.raise_signal(signal.SIGTERM)

    await serve_until(config, Service(config, None), start_and_stop)
    assert job_pids(config.mark) == []


async def test_a_service_that_cannot_watch_its_leases_ends_its_jobs_and_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = one_worker(tmp_path, command=SLEEP)
    service = Service(config, None)

    def start_and_break() -> None:
        command = {"level": 1, "lease_s": 60, "generation": 1}
        call(config, "workers/cruncher/desired", command)

        def broken(now: float) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(service.workers["cruncher"], "tick", broken)

    with pytest.raises(ZeroDivisionError):
        await serve_until(config, service, start_and_break)
    assert job_pids(config.mark) == []


def test_a_failure_is_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "serve", fail)
    path = write_config(tmp_path, command=SLEEP)
    assert exit_code("serve", "--config", str(path)) == 1
