"""Every language says all that English says, and says it in its own words."""

import json
import re
from typing import Any

import pytest

from .translations import FOLDER, english, leaves, placeholders

LANGUAGES = sorted(
    path.stem for path in (FOLDER / "translations").glob("*.json") if path.stem != "en"
)
COMPLETE = {"de", "es", "fr", "it", "nl", "sv"}
NAMES = re.compile(
    r"\{\w+\}|Solar Compute|BOINC|Docker|Podman|Folding@home|Slurm|Home Assistant|"
    r"Solcast|Nord Pool|Tibber|EnergyZero|Octopus Energy|[A-Z]\b|°C|CO₂|kWh|Watt|Ampere"
)
"""What is the same everywhere."""


def translated(language: str) -> dict[str, Any]:
    """Return all texts of a language."""
    content: dict[str, Any] = json.loads(
        (FOLDER / f"translations/{language}.json").read_text()
    )
    return content


def test_all_languages_that_are_promised_are_there() -> None:
    assert set(LANGUAGES) == COMPLETE


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_and_nothing_is_left_over(language: str) -> None:
    said = {path for path, _ in leaves(translated(language))}
    wanted = {path for path, _ in leaves(english())}

    assert said == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_lost_or_made_up(language: str) -> None:
    texts = dict(leaves(translated(language)))
    for path, text in leaves(english()):
        assert placeholders(texts[path]) == placeholders(text), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_was_left_in_english(language: str) -> None:
    """Single words may be the same in two languages; sentences are not."""
    texts = dict(leaves(translated(language)))
    same = [
        text
        for path, text in leaves(english())
        if texts[path] == text and len(NAMES.sub("", text).split()) > 2
    ]

    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_words_are_the_same_as_in_english(language: str) -> None:
    texts = dict(leaves(translated(language)))
    words = {text for _, text in leaves(english()) if NAMES.sub("", text).strip()}
    same = {text for path, text in leaves(english()) if texts[path] == text} & words

    assert len(same) < 0.04 * len(words), sorted(same)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_as_plain_as_the_english_ones(language: str) -> None:
    for path, text in leaves(translated(language)):
        assert isinstance(text, str), path
        assert text, path
        assert text == text.strip(), path
        assert not re.search(r"https?://|www\.|</?[a-z]+[^>]*>|\[%key", text), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_one_word_in_english_is_one_word_here(language: str) -> None:
    """A reason reads the same wherever it is read."""
    reasons = english()["entity"]["sensor"]["reason"]["state"]
    texts = translated(language)
    activity = texts["entity"]["event"]["activity"]["state_attributes"]

    said = texts["entity"]["sensor"]["reason"]["state"]
    assert said.keys() == reasons.keys()
    assert activity["reason"]["state"].items() <= said.items()
