"""The card says everything in every language that it has."""

from pathlib import Path
import re

import pytest

from custom_components.solar_compute.core.model import TrancheKind

TRANSLATIONS = (
    Path(__file__).parents[2] / "custom_components/solar_compute/translations"
)
WORDS = Path(__file__).parents[2] / "frontend" / "src" / "words"
SAME_IN_ALL = {"card.name", "dashboard.name", "figure.to_target"}
"""Names, and what has no words."""
SAME_IN_ONE = {"fr": {"figure.surplus"}, "it": {"figure.surplus"}}
"""Words that a language shares with English."""
WIDEST = {"tile": 14, "figure": 17}
"""How many characters fit into what has these texts, in a column of a dashboard."""

_ROW = re.compile(r'^ +"([\w.]+)": "((?:[^"\\]|\\.)*)",$', re.MULTILINE)


def words(language: str) -> dict[str, str]:
    """Return the texts of a language by their keys."""
    text = (WORDS / f"{language}.ts").read_text()
    found = dict(_ROW.findall(text))
    assert len(found) == text.count('": "'), "every text is a line of its own"
    return found


ENGLISH = words("en")
OTHERS = sorted({path.stem for path in WORDS.glob("*.ts")} - {"en", "index"})


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_missing_left_over_or_untranslated(language: str) -> None:
    found = words(language)

    assert found.keys() == ENGLISH.keys()
    same = {key for key, text in found.items() if text == ENGLISH[key]}
    short = {key for key in same if len(ENGLISH[key]) <= 6}
    assert same <= SAME_IN_ALL | SAME_IN_ONE.get(language, set()) | short


@pytest.mark.parametrize("language", ["en", *OTHERS])
def test_no_name_of_a_tile_or_a_figure_is_cut(language: str) -> None:
    for key, text in words(language).items():
        assert len(text) <= WIDEST.get(key.partition(".")[0], 1000), key


@pytest.mark.parametrize("language", OTHERS)
def test_no_placeholder_is_lost(language: str) -> None:
    def placeholders(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    for key, text in words(language).items():
        # A language need not say when it is worth that.
        assert placeholders(text) == placeholders(ENGLISH[key]), key


def test_every_language_of_the_integration_is_offered() -> None:
    index = (WORDS / "index.ts").read_text()
    offered = set(re.findall(r'import\("\./(\w+)"\)', index))

    assert offered == {"en", *OTHERS}
    assert offered == {path.stem for path in TRANSLATIONS.glob("*.json")}


def test_every_text_is_said_somewhere() -> None:
    sources = "".join(
        path.read_text() for path in WORDS.parent.glob("*.ts") if path.stem != "index"
    )
    for key in ENGLISH:
        # Some keys are put together, of a group and what an action answers.
        group = re.escape(key.rpartition(".")[0])
        made = re.search(rf"`{group}\.\$", sources) or group in {"run", "not"}
        assert f'"{key}"' in sources or made, key


def test_there_is_a_sentence_for_every_kind_of_supply() -> None:
    for kind in TrancheKind:
        assert f"why.kind.{kind.value}" in ENGLISH
        assert f"run.{kind.value}" in ENGLISH
        if kind is not TrancheKind.CURTAILED:
            assert f"not.{kind.value}" in ENGLISH
