"""The demo, as anybody would run it."""

from concurrent.futures import ThreadPoolExecutor
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from demo.processes import arguments, children

pytestmark = pytest.mark.xdist_group("days")

ROOT = Path(__file__).parents[2]
SECONDS = 80


def test_the_headless_demo_runs_on_surplus_pauses_without_and_tells_the_truth() -> None:
    run = subprocess.run(
        [
            ROOT / "scripts" / "demo",
            "--headless",
            *("--seconds", str(SECONDS), "--speed", "300", "--begins", "13:30"),
            "--json",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    told = json.loads(run.stdout)
    assert told["passed"]
    assert all(told["checks"].values())
    assert told["starts"] >= 1
    assert told["house_hours"] == pytest.approx(SECONDS * 300 / 3600, rel=0.1)
    assert told["wh"]["solar"] > 500
    assert told["wh"]["solar"] > 5 * told["wh"]["grid"]
    assert told["heat_wh"] > 0
    assert told["lease_expiries"] == 0
    assert told["errors"] == []
    assert told["really"]["primes_found"] > 0
    assert told["really"]["cpu_s_running"] > told["really"]["cpu_s_paused"]


def test_the_same_sun_is_used_in_winter_and_left_alone_in_summer() -> None:
    with ThreadPoolExecutor() as both:
        winter, summer = both.map(_season, ("winter", "summer"), (30, 30))

    assert winter["why"]["sunny_h"] == pytest.approx(summer["why"]["sunny_h"], rel=0.2)
    assert winter["run_h"] > 0.5 * winter["house_hours"]
    assert summer["run_h"] < 0.05 * summer["house_hours"]

    for_it, against = winter["why"]["worth_per_kwh"], summer["why"]["worth_per_kwh"]
    assert for_it["compute"] == against["compute"] == pytest.approx(0.02)
    assert for_it["supply"] == pytest.approx(against["supply"], abs=0.03)
    assert for_it["heat"] > 0.08
    assert against["heat"] == pytest.approx(0, abs=0.001)
    assert for_it["cooling"] == 0
    assert against["cooling"] > 0.02
    assert for_it["total"] > 0 > against["total"]

    assert _longest(winter["why"]["reasons_h"]) == "worth_it"
    assert _longest(summer["why"]["reasons_h"]) == "not_worth_it"
    assert _longest(winter["why"]["heat_causes_h"]) == "displaced"
    assert _longest(summer["why"]["heat_causes_h"]) == "season"


@pytest.mark.usefixtures("_boinc")
def test_the_demo_runs_with_a_real_boinc_client_too() -> None:
    told = _season("winter", 20, "--worker", "boinc")

    assert told["machine"] == "the BOINC client"
    assert told["starts"] >= 1
    assert told["heat_wh"] > 0
    assert told["really"]["primes_found"] > 0
    assert told["really"]["cpu_s_running"] > 10 * told["really"]["cpu_s_paused"]


def test_without_boinc_the_demo_says_what_to_install() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "demo", "--worker", "boinc"],
        cwd=ROOT,
        env={**os.environ, "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert run.returncode == 1
    assert run.stderr.startswith("demo: This machine lacks boinc, boinccmd, g++")
    assert "`scripts/setup --system`" in run.stderr
    assert run.stderr.count("\n") == 1


def _season(name: str, seconds: int, *more: str) -> dict[str, Any]:
    """Return the summary of some hours around noon in a season."""
    command = [str(ROOT / "scripts" / "demo"), "--season", name, "--headless", "--json"]
    run = subprocess.run(
        [
            *command,
            "--seconds",
            f"{seconds}",
            "--speed",
            "300",
            "--begins",
            "09:30",
            *more,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    assert told["season"] == name
    return told


def _longest(hours: dict[str, float]) -> str:
    return max(hours, key=lambda key: hours[key])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_the_demo_however_it_ends(
    number: signal.Signals, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "demo", "--headless", "--seconds", "200"]
    command += ["--speed", "300", "--begins", "12:00", "--folder", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as demo:
        try:
            started = _wait_for_job(demo)
            demo.send_signal(number)
            demo.wait(60)
        finally:
            demo.kill()

    deadline = time.monotonic() + 60
    while left := [pid for pid in started if _exists(pid)]:
        assert time.monotonic() < deadline, [arguments(pid) for pid in left]
        time.sleep(0.2)


def _wait_for_job(demo: subprocess.Popen[bytes]) -> list[int]:
    """Wait until the job runs; return all processes below the demo."""
    deadline = time.monotonic() + 120
    while True:
        started = children(demo.pid)
        if any(
            arguments(pid)[1:2] == [str(ROOT / "demo" / "primes.py")] for pid in started
        ):
            return started
        assert demo.poll() is None, "the demo ended by itself"
        assert time.monotonic() < deadline, "the job never started"
        time.sleep(0.2)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie is no more; it only waits for somebody to notice.
    return bool(arguments(pid))
