"""Pictures of dialogs: those that a test takes as it goes through them.

What the dialogs ask is real, and the test knows how to start it.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
import sys

from . import SCREENS, album

ROOT = Path(__file__).parents[1]
TESTS: Mapping[str, str] = {
    "first-run": "tests/e2e/test_first_run.py",
    "dialogs": "tests/e2e/test_worker_dialogs.py",
}
"""The test that takes the pictures of a group."""
TAKEN = ROOT / ".cache" / "e2e"
"""Where the tests leave their pictures."""


async def take(group: str) -> None:
    """Run the test of a group, and keep what it saw.

    Raises:
        AssertionError: if it did not see a dialog that is shown.
    """
    wanted = [TAKEN / name for name in SCREENS[group]]
    for picture in wanted:
        picture.unlink(missing_ok=True)
    test = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-c", "pyproject.toml"),
        *("-p", "no:homeassistant", "-q", TESTS[group]),
        cwd=ROOT,
    )
    await test.wait()
    missing = [picture.name for picture in wanted if not picture.exists()]
    for picture in wanted:
        if picture.exists():
            album.keep(picture)
    assert not missing, f"the test did not take {', '.join(missing)}"
