"""Programs that tests need and that set-up does not bring along.

`scripts/system-packages.txt` says which program comes from which package. A test
that lacks its program is skipped with the command that installs it; in continuous
integration (`CI=true`) it fails, because there a skip would go unseen.
"""

import os
from pathlib import Path
import shutil

import pytest

TABLE = Path(__file__).parents[1] / "scripts" / "system-packages.txt"


def programs() -> dict[str, str]:
    """Return the packages of every program in the table, separated by spaces."""
    rows = (
        line.split("|") for line in TABLE.read_text().splitlines() if line[:1] != "#"
    )
    return {program.strip(): packages.strip() for program, packages, _ in rows}


def require(program: str) -> str:
    """Return the path of a program, or skip the test (fail it where `CI=true`).

    Raises KeyError for a program that is not in the table: the message could not
    name what to install.
    """
    packages = programs()[program]
    if (path := shutil.which(program)) is not None:
        return path
    return missing(_sentence(program, packages))


def require_file(path: Path, program: str) -> None:
    """Skip the test (fail it where `CI=true`) unless there is a file.

    It comes with the packages of a program, which may be there without it.
    """
    if not path.exists():
        missing(_sentence(path.name, programs()[program]))


def _sentence(lacking: str, packages: str) -> str:
    return (
        f"needs {lacking}. Install it with `scripts/setup --system`"
        f" (Debian packages: {packages})."
    )


def missing(sentence: str) -> str:
    """Skip the running test with a sentence, or fail it where `CI=true`."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
