"""What was finished before, kept as files under names that say what it hangs on.

A result hangs on the home, the scenario and the code that made it. Production code
changes every day, and most of it decides nothing of what a rival earns, or of what
perfect foresight could have. So a name may hold the code of a few modules alone, and
stand for the simulated home by what came of it: see `results.py`.
"""

import ast
from collections.abc import Callable
from functools import cache
from hashlib import sha256
import json
import os
from os import getpid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CACHE = Path(os.environ.get("SOLAR_COMPUTE_BENCH_CACHE", ROOT / ".cache/benchmarks"))
"""Where results are kept; SOLAR_COMPUTE_BENCH_CACHE names another folder."""


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
    """Return the files of this project that these modules load, and they themselves."""
    found: set[Path] = set()
    waiting = [path for name in modules if (path := _file_of(name))]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path)
    return frozenset(found)


@cache
def _imported(path: Path) -> tuple[Path, ...]:
    """Return the files of this project that one of them names in its imports."""
    package = path.relative_to(ROOT).parent.parts
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # One dot is the package itself, every further one the folder above it.
            above = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join((*above, *([node.module] if node.module else [])))
            names += [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return tuple(found for name in names if (found := _file_of(name)))


def _file_of(module: str) -> Path | None:
    """Return the file of a module; None if it is none of this project."""
    place = ROOT.joinpath(*module.split("."))
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in files if path.is_file()), None)


def digest(*parts: object) -> str:
    """Return what changes whenever a part does; of paths, what the file holds."""
    found = sha256()
    for part in parts:
        if isinstance(part, frozenset):
            part = digest(*sorted(part))
        elif isinstance(part, Path):
            content = part.read_bytes()
            part = _code(content) if part.suffix == ".py" else content
        found.update(part if isinstance(part, bytes) else f"{part}".encode())
        found.update(b"\n")
    return found.hexdigest()[:32]


@cache
def _code(content: bytes) -> bytes:
    """Return what a module does: not how it is written, and where its parts are from."""
    tree = ast.parse(content)
    for node in ast.walk(tree):
        for name, items in ast.iter_fields(node):
            if isinstance(items, list):
                setattr(node, name, [item for item in items if not _is_silent(item)])
    return ast.dump(tree).encode()


def _is_silent(node: object) -> bool:
    """Tell whether a statement does nothing by itself: words, or imports."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
