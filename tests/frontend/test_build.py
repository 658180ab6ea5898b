"""What is committed is what the sources give, small enough, and free of anybody else."""

import gzip
import json
from pathlib import Path
import re
import subprocess

import pytest

from tests.requires import missing

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "frontend"
BUILT = ROOT / "custom_components" / "solar_compute" / "frontend"
CARD = BUILT / "solar-compute-card.js"
BINARIES = ROOT / ".venv" / "bin"

LARGEST_BYTES = 25_000
LANGUAGE_BYTES = 2_500


@pytest.fixture
def node() -> str:
    """Return the path of Node.js, where all that the card is built with is there too."""
    program = BINARIES / "node"
    if not program.exists() or not (SOURCES / "node_modules" / "esbuild").exists():
        missing(
            "needs node and frontend/node_modules. Install them with `scripts/setup`."
        )
    return str(program)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the folder of the sources."""
    return subprocess.run(
        command, cwd=SOURCES, capture_output=True, text=True, check=False, timeout=120
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_card_that_is_committed_is_what_its_sources_give(
    node: str, tmp_path: Path
) -> None:
    """`npm run build` in the folder frontend makes it anew."""
    done = run(node, "build.mjs", str(tmp_path / "built"))

    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "built") == contents(BUILT)


def test_the_sources_have_the_types_that_they_say(node: str) -> None:
    done = run(node, "node_modules/typescript/bin/tsc", "--noEmit")

    assert done.returncode == 0, done.stdout


def test_the_sources_do_as_their_own_tests_say(node: str) -> None:
    done = run(node, "test/run.mjs")

    assert done.returncode == 0, done.stdout


def test_what_a_browser_has_to_load_is_small() -> None:
    """It loads the card, and the words of one language."""
    languages = [path for path in BUILT.iterdir() if re.match(r"\w\w-", path.name)]

    assert languages
    assert len(gzip.compress(CARD.read_bytes(), 9)) <= LARGEST_BYTES
    for language in languages:
        assert len(gzip.compress(language.read_bytes(), 9)) <= LANGUAGE_BYTES


def test_the_card_loads_nothing_from_elsewhere() -> None:
    known = {"http://www.w3.org"}
    for file in BUILT.iterdir():
        addresses = re.findall(r"https?://[\w.-]+", file.read_text())
        assert set(addresses) <= known, file.name


def test_the_card_uses_no_element_of_the_frontend_but_the_public_ones() -> None:
    used = set(re.findall(r"<((?:ha|hui)-[\w-]+)", CARD.read_text()))

    assert used <= {"ha-card", "ha-icon", "ha-form"}


def test_the_lock_pins_every_package_and_names_no_registry() -> None:
    text = (SOURCES / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    wanted = json.loads((SOURCES / "package.json").read_text())

    assert "://" not in re.sub(r'"(?:url|funding)": "[^"]*"', "", text)
    assert all("integrity" in package for name, package in packages.items() if name)
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert all(re.fullmatch(r"[\d.]+", version) for version in versions.values())
