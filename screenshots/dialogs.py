"""Pictures of the dialogs that add a worker: those that a test takes as it goes on.

The daemons that the dialogs ask are real ones, which the test knows how to start.
"""

import asyncio
from pathlib import Path
import sys

from . import SCREENS, album

ROOT = Path(__file__).parents[1]
TEST = "tests/e2e/test_worker_dialogs.py"
TAKEN = ROOT / ".cache" / "e2e"
"""Where the tests leave their pictures."""


async def take() -> None:
    """Run the test, and keep what it saw.

    Raises:
        AssertionError: if it did not see a dialog that is shown.
    """
    wanted = [TAKEN / name for name in SCREENS["dialogs"]]
    for picture in wanted:
        picture.unlink(missing_ok=True)
    test = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-c", "pyproject.toml"),
        *("-p", "no:homeassistant", "-q", TEST),
        cwd=ROOT,
    )
    await test.wait()
    missing = [picture.name for picture in wanted if not picture.exists()]
    for picture in wanted:
        if picture.exists():
            album.keep(picture)
    assert not missing, f"the test did not take {', '.join(missing)}"
