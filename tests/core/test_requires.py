"""A test that lacks a program says how to get it, and never vanishes in CI."""

from pathlib import Path

import pytest

from tests import requires


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.usefixtures("bare_machine")
def test_a_missing_program_skips_the_test_and_names_the_command() -> None:
    with pytest.raises(pytest.skip.Exception, match="scripts/setup --system"):
        requires.require("chromium")


@pytest.mark.usefixtures("bare_machine")
def test_a_missing_program_fails_the_test_in_ci(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="scripts/setup --system"):
        requires.require("chromium")


def test_an_installed_program_is_found() -> None:
    assert Path(requires.require("python3")).exists()


def test_a_program_that_nothing_would_install_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        requires.require("no-such-program")
