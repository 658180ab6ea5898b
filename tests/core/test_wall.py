"""The wall around the core: standard library only, no clock, no chance, no I/O."""

import ast
from collections.abc import Iterator
from pathlib import Path
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "custom_components" / "solar_compute" / "core"
FILES = sorted(CORE.rglob("*.py"))

# Standard library, but a way out of the core: to the clock, to chance, to the world.
FORBIDDEN = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random",
    "secrets", "shutil", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib", "uuid",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today"}
NUMERIC = {
    "history", "history_codec", "learn", "learn_gate", "learn_nowcast", "learn_past",
    "learn_replay", "learn_trees", "load_profile", "nights", "planner_program",
    "planner_states", "resample",
}  # fmt: skip
"""Modules that go through years of readings, and may use numpy for it."""
BUILTINS = {"open", "print", "input", "eval", "exec", "__import__"}


def imports(file: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports."""
    package = file.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            yield ".".join([*base, *filter(None, [node.module])])
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_there_is_a_core_to_guard() -> None:
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CORE)))
class TestEveryFileOfTheCore:
    def test_imports_only_the_standard_library_and_the_core(self, file: Path) -> None:
        allowed = sys.stdlib_module_names - FORBIDDEN
        if file.stem in NUMERIC:
            allowed |= {"numpy"}
        assert [
            name
            for name in imports(file)
            if not f"{name}.".startswith("custom_components.solar_compute.core.")
            and name.partition(".")[0] not in allowed
        ] == []

    def test_never_asks_what_time_it_is(self, file: Path) -> None:
        """`now` is always passed in, so that any decision can be replayed."""
        assert [
            f"{ast.unparse(node)} in line {node.lineno}"
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCKS
            and {"datetime", "date"} & set(ast.unparse(node.func.value).split("."))
        ] == []

    def test_neither_reads_nor_writes(self, file: Path) -> None:
        assert [
            f"{node.func.id} in line {node.lineno}"
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in BUILTINS
        ] == []


def test_the_core_runs_without_home_assistant() -> None:
    """All of the core is imported in a fresh process, where no test helps it."""
    modules = [
        ".".join(file.relative_to(CORE).with_suffix("").parts)
        for file in FILES
        if file.name != "__init__.py"
    ]
    program = f"""
import importlib, sys, types
for name in ("custom_components", "custom_components.solar_compute"):
    package = types.ModuleType(name)
    package.__path__ = [name.replace(".", "/")]
    sys.modules[name] = package
for module in {modules!r}:
    importlib.import_module("custom_components.solar_compute.core." + module)
sys.exit("homeassistant" in sys.modules)
"""
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr


def test_a_decision_never_waits_for_numpy() -> None:
    """What runs at every tick is imported where there is none."""
    program = """
import sys, types
for name in ("custom_components", "custom_components.solar_compute"):
    package = types.ModuleType(name)
    package.__path__ = [name.replace(".", "/")]
    sys.modules[name] = package
sys.modules["numpy"] = None
import custom_components.solar_compute.core.decide
"""
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
