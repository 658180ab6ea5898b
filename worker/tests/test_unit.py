"""The systemd unit that comes with the service."""

from pathlib import Path
import shutil
import subprocess

import pytest

UNIT = Path(__file__).parents[1] / "systemd" / "solar-compute-worker.service"


def test_the_unit_leaves_the_service_what_it_needs() -> None:
    text = UNIT.read_text()
    settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line[1:])
    assert settings["Delegate"] == "yes"
    assert settings["KillMode"] == "mixed"
    # `stop_grace_s` and 15 s on top.
    assert float(settings["TimeoutStopSec"]) >= 25
    for forbidden in ("ProtectControlGroups", "PrivateDevices", "ProcSubset"):
        assert forbidden not in settings


def test_systemd_finds_the_unit_little_exposed() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("needs systemd-analyze")
    found = subprocess.run(
        [program, "security", "--offline=true", "--threshold=30", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unrecognized option" in found.stderr:
        pytest.skip("needs a systemd-analyze that works offline")
    assert found.returncode == 0, found.stdout[-300:]
