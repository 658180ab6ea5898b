"""What was finished before, kept as files under names that say what it hangs on.

A result hangs on the home, the scenario and the code that made it. Production code
changes every day, and most of it decides nothing of what a rival earns, or of what
perfect foresight could have. So a name may hold the code of a few modules alone, and
stand for the simulated home by what came of it: see `results.py`.
"""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
import json
import os
from os import getpid
from pathlib import Path
import subprocess
import sys
from typing import Any

ROOT = Path(__file__).parents[1]
CACHE = Path(os.environ.get("SOLAR_COMPUTE_BENCH_CACHE", ROOT / ".cache/benchmarks"))
"""Where results are kept; SOLAR_COMPUTE_BENCH_CACHE names another folder."""

LIST_MODULES = """
import sys, {modules}
print(*sorted(m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None)),
      sep="\\n")
"""


def is_kept(cache: Path | None, key: str) -> bool:
    """Tell whether something was made before under that key."""
    return cache is not None and (cache / f"{key}.json").exists()


def kept(
    cache: Path | None, key: str, make: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return what was made before under that key, else make it and keep it."""
    if cache is None:
        return make()
    path = cache / f"{key}.json"
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    made = make()
    cache.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: another process may look for it just now.
    partly = path.with_suffix(f".{getpid()}")
    partly.write_text(json.dumps(made), encoding="utf-8")
    partly.replace(path)
    return made


@cache
def code_of(*modules: str) -> frozenset[Path]:
    """Return the files of this project that these modules load."""
    listed = subprocess.run(
        [sys.executable, "-c", LIST_MODULES.format(modules=", ".join(modules))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    ours = (ROOT / "benchmarks", ROOT / "custom_components")
    return frozenset(
        path
        for path in map(Path, listed.stdout.splitlines())
        if any(path.is_relative_to(folder) for folder in ours)
    )


def digest(*parts: object) -> str:
    """Return what changes whenever a part does; of paths, what the file holds."""
    found = sha256()
    for part in parts:
        if isinstance(part, frozenset):
            part = digest(*sorted(part))
        found.update(
            part.read_bytes() if isinstance(part, Path) else f"{part}".encode()
        )
        found.update(b"\n")
    return found.hexdigest()[:32]
