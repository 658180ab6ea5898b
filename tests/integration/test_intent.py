"""Assist is asked aloud, in English and German, with the sentences that come along."""

from dataclasses import replace
import json
from pathlib import Path
import re
import shutil
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.conversation import async_converse
from homeassistant.components.conversation.const import DOMAIN as ASSISTANT
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.intent import IntentResponseErrorCode
from homeassistant.setup import async_setup_component
import pytest

from . import common, providers
from .faces_common import (
    CRUNCHER,
    SWITCH,
    cruncher,
    home,
    pass_time,
    set_up,
    state_of,
    until,
)
from .planning import know_the_home, planned, planning_home, sunny_days, window
from .translations import DOMAIN, FOLDER

ROOT = FOLDER.parents[1]
SENTENCES = ROOT / "custom_sentences"
VOICE = (ROOT / "docs/voice.md").read_text()


@pytest.fixture(autouse=True)
async def assist(hass: HomeAssistant, tmp_path: Path) -> None:
    """Have copied the sentences, as the documentation says."""
    shutil.copytree(SENTENCES, tmp_path / SENTENCES.name)
    hass.config.config_dir = str(tmp_path)
    for component in ("homeassistant", "intent", "conversation"):
        assert await async_setup_component(hass, component, {})


def expose(hass: HomeAssistant, platform: str, owner: str, key: str) -> None:
    entity_id = state_of(hass, platform, owner, key).entity_id
    async_expose_entity(hass, ASSISTANT, entity_id, True)


async def ask(hass: HomeAssistant, text: str, language: str = "en") -> str:
    """Return what Assist answers."""
    result = await async_converse(hass, text, None, Context(), language=language)
    speech: str = result.response.speech["plain"]["speech"]
    return " ".join(speech.split())


@pytest.mark.parametrize("column", [1, 2], ids=["en", "de"])
async def test_the_documented_sentences_are_understood(
    hass: HomeAssistant, column: int
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    expose(hass, "sensor", CRUNCHER, "reason")
    for button in ("run", "pause"):
        expose(hass, "button", CRUNCHER, button)
    rows = [row.split("|")[1:-1] for row in VOICE.splitlines() if "`SolarC" in row]
    assert len(rows) == 5

    for row in rows:
        language = ["en", "de"][column - 1]
        result = await async_converse(
            hass, row[column].strip(" *"), None, Context(), language=language
        )
        assert result.response.error_code is None, row[column]


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Why is the cruncher running?"),
        ("en", "why does cruncher run"),
        ("de", "Warum läuft der Cruncher?"),
        ("de", "Wieso läuft Cruncher gerade nicht?"),
    ],
)
async def test_why_it_runs(hass: HomeAssistant, language: str, question: str) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    expose(hass, "sensor", CRUNCHER, "reason")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    answer = await ask(hass, question, language)

    texts = json.loads((FOLDER / f"translations/{language}.json").read_text())
    reason = texts["entity"]["sensor"]["reason"]["state"]["worth_it"]
    assert answer.startswith(f"Cruncher. {reason}")


NATURAL = {
    "en": [
        "why isn't the cruncher running",
        "why is the cruncher not running",
        "what is the cruncher doing",
        "what keeps the cruncher from running",
        "when will the cruncher be running again",
        "when is it the cruncher's turn",
        "what has the sun brought us today",
        "how was computing today",
        "let the cruncher work",
        "give the cruncher a run",
        "give the cruncher a break",
        "let cruncher sleep for a while",
    ],
    "de": [
        "warum ist der Cruncher aus",
        "wieso rechnet der Cruncher gerade nicht",
        "was macht der Cruncher gerade",
        "wann ist der Cruncher wieder dran",
        "wann geht es mit dem Cruncher weiter",
        "wie viel haben die Rechner heute verdient",
        "wie lief es heute mit der Sonne",
        "den Cruncher eine Weile laufen lassen",
        "gib dem Cruncher eine Pause",
        "Cruncher ruhen lassen",
    ],
}


@pytest.mark.parametrize("language", NATURAL)
async def test_people_ask_in_their_own_way(hass: HomeAssistant, language: str) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    expose(hass, "sensor", CRUNCHER, "reason")
    for button in ("run", "pause"):
        expose(hass, "button", CRUNCHER, button)

    for text in NATURAL[language]:
        result = await async_converse(hass, text, None, Context(), language=language)
        assert result.response.error_code is None, text


@pytest.mark.parametrize(
    ("language", "order"),
    [("en", "let the cruncher rest"), ("de", "gib dem Cruncher eine Pause")],
)
async def test_what_is_refused_is_said_in_the_language_of_whoever_asked(
    hass: HomeAssistant, language: str, order: str
) -> None:
    coordinator = await set_up(hass, home(cruncher(sink=None)))
    expose(hass, "button", CRUNCHER, "pause")
    refusal = ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_decision_yet",
        translation_placeholders={"worker": "Cruncher"},
    )

    with patch.object(coordinator, "async_override", side_effect=refusal):
        answer = await ask(hass, order, language)

    texts = json.loads((FOLDER / f"translations/{language}.json").read_text())
    message = texts["exceptions"]["no_decision_yet"]["message"]
    assert answer == message.format(worker="Cruncher")


async def test_what_is_no_worker_is_left_to_other_agents(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    expose(hass, "sensor", CRUNCHER, "reason")

    result = await async_converse(
        hass, "when does the movie start", None, Context(), language="en"
    )

    assert result.response.error_code is IntentResponseErrorCode.NO_VALID_TARGETS
    assert "movie" in result.response.speech["plain"]["speech"]
    assert "Traceback" not in caplog.text


async def test_what_nobody_has_exposed_is_not_told(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(sink=None)))

    answer = await ask(hass, "why is the cruncher running")

    assert "worth" not in answer
    assert await ask(hass, "what did the sun bring today") == "Nothing has run today."


@pytest.mark.parametrize(
    ("language", "question", "answers"),
    [
        ("en", "what did the sun bring today", "100 percent of it sun"),
        ("de", "Was hat die Sonne heute gebracht?", "davon 100 Prozent Sonne"),
    ],
)
async def test_what_today_has_brought(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    language: str,
    question: str,
    answers: str,
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    expose(hass, "sensor", CRUNCHER, "reason")
    await pass_time(hass, freezer, 900)

    assert answers in await ask(hass, question, language)


@pytest.mark.parametrize(
    ("language", "rest", "run"),
    [
        ("en", "let the cruncher rest", "run worker cruncher for a while"),
        ("de", "lass den Cruncher pausieren", "starte den Rechner Cruncher"),
    ],
)
async def test_it_pauses_and_runs_where_that_is_exposed(
    hass: HomeAssistant, language: str, rest: str, run: str
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    await ask(hass, rest, language)
    assert hass.states.is_state(SWITCH, STATE_ON), "it was not allowed to"
    for button in ("run", "pause"):
        expose(hass, "button", CRUNCHER, button)

    await ask(hass, rest, language)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
    await ask(hass, run, language)

    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))


async def test_when_it_starts_next_by_the_plan(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, object],
) -> None:
    freezer.move_to("2026-06-15 03:00:00+00:00")
    await providers.live_in(hass)
    know_the_home(hass_storage)
    await sunny_days(hass)
    await planning_home(hass)
    await common.pass_time(hass, freezer, 60)
    expose(hass, "sensor", "miner", "reason")

    english = await ask(hass, "when does the miner run next")
    german = await ask(hass, "Wann startet der Miner wieder?", "de")

    start = state_of(hass, "sensor", "miner", "next_start").state
    assert start != "unknown"
    assert english.startswith("Miner is planned to start at")
    assert re.findall(r"\d\d:\d\d", english) == re.findall(r"\d\d:\d\d", german)


@pytest.mark.parametrize(
    ("start_h", "english", "german"),
    [
        (7, "to run now, and starts as soon as it may.", "ist jetzt eingeplant"),
        (10, "to start at 10:00.", "soll um 10:00 Uhr starten."),
        (34, "to start tomorrow at 10:00.", "soll morgen um 10:00 Uhr starten."),
        (58, "to start in 2 days, at 10:00.", "soll in 2 Tagen um 10:00 Uhr starten."),
    ],
)
async def test_it_says_the_day_of_the_next_start_and_that_one_is_due(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    start_h: float,
    english: str,
    german: str,
) -> None:
    await providers.live_at(hass, freezer, 6)
    entry = common.home(
        common.switched("miner", "input_boolean.miner"), plan_ahead=False
    )
    await common.move_in(hass, entry, grid_w=400)
    view = planned()
    assert view.plan is not None
    runs = (window("miner", start_h, start_h + 2),)
    entry.runtime_data.plans.view = replace(view, plan=replace(view.plan, windows=runs))
    await common.pass_time(hass, freezer, 31, step=10)
    expose(hass, "sensor", "miner", "reason")

    assert english in await ask(hass, "when does the miner run next")
    assert german in await ask(hass, "Wann startet der Miner wieder?", "de")
