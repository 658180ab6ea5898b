"""A program with a clock of its own: another day, and faster."""

from datetime import UTC, datetime
import json
from pathlib import Path
import subprocess
from typing import Any

from demo.clockwork import Clock

BEGINS = datetime(2026, 6, 18, 14, 10, tzinfo=UTC)
PROGRAM = """
import asyncio, json, sys, time
from datetime import UTC, date, datetime

before = time.monotonic()
asyncio.run(asyncio.sleep(600))
print(json.dumps({
    "arguments": sys.argv[1:],
    "now": datetime.now(UTC).timestamp(),
    "wall": time.time(),
    "today": date.today().isoformat(),
    "slept": time.monotonic() - before,
}))
"""


def told(folder: Path, clock: Clock) -> dict[str, Any]:
    """Run the program with a clock, and return what it found."""
    (folder / "program.py").write_text(PROGRAM)
    answer = subprocess.run(
        [*clock.command("program"), "one", "two"],
        env={"PYTHONPATH": str(folder), "TZ": "UTC"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_it_is_the_day_that_was_given_and_ten_minutes_pass_at_once(
    tmp_path: Path,
) -> None:
    clock = Clock(BEGINS, 3000)

    found = told(tmp_path, clock)

    assert found["arguments"] == ["one", "two"]
    assert found["today"] == "2026-06-18"
    assert found["slept"] >= 600
    for name in ("now", "wall"):
        passed_s = found[name] - BEGINS.timestamp()
        assert 600 <= passed_s <= clock.passed_s
