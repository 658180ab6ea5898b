"""A language model asks about workers, and may run and pause those it is allowed to."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.conversation.const import DOMAIN as ASSISTANT
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

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
from .translations import DOMAIN, english

ASK, RUN, PAUSE = f"{DOMAIN}__ask", f"{DOMAIN}__run", f"{DOMAIN}__pause"
ASKING = llm.LLMContext(
    platform="test",
    context=Context(),
    language="en",
    assistant=ASSISTANT,
    device_id=None,
)


@pytest.fixture(autouse=True)
async def assistant(hass: HomeAssistant) -> None:
    for component in ("homeassistant", "llm"):
        assert await async_setup_component(hass, component, {})


def expose(hass: HomeAssistant, **platforms: str) -> None:
    """Let the assistant see entities of the cruncher, by key."""
    for key, platform in platforms.items():
        entity_id = state_of(hass, platform, CRUNCHER, key).entity_id
        async_expose_entity(hass, ASSISTANT, entity_id, True)


async def offered(hass: HomeAssistant) -> set[str]:
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, ASKING)
    return {tool.name for tool in api.tools if tool.name.startswith(DOMAIN)}


async def call(hass: HomeAssistant, tool: str, **arguments: Any) -> Any:
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, ASKING)
    result = await api.async_call_tool(llm.ToolInput(tool, arguments))
    assert isinstance(result, llm.ToolResult)
    assert not result.error
    return result.data


async def test_nothing_is_offered_that_nobody_has_exposed(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(sink=None)))

    assert await offered(hass) == set()
    expose(hass, reason="sensor")
    assert await offered(hass) == {ASK}
    expose(hass, pause="button")
    assert await offered(hass) == {ASK, PAUSE}
    expose(hass, run="button")
    assert await offered(hass) == {ASK, PAUSE, RUN}


async def test_it_is_told_why_and_what_today_has_brought(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    expose(hass, reason="sensor")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    await pass_time(hass, freezer, 720)

    answer = await call(hass, ASK, worker="Cruncher")

    (told,) = answer["workers"]
    assert told["state"] == "running"
    assert told["reason"] == "Running: worth more than its power costs"
    assert told["next_planned_start"] is None
    today = told["today"]
    assert today["energy_kwh"] == pytest.approx(0.1, abs=0.01)
    assert today["energy_from_sun_kwh"] == today["energy_kwh"]
    assert today["gained"] == pytest.approx(today["value"] - today["cost"], abs=0.011)
    assert answer == await call(hass, ASK)


async def test_it_may_pause_a_worker_for_some_minutes_where_that_is_exposed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    expose(hass, pause="button", run="button")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    assert await call(hass, PAUSE, worker="Cruncher", minutes=5) == {
        "success": True,
        "runs_now": False,
        "reason": english()["entity"]["sensor"]["reason"]["state"]["override_pause"],
    }
    await pass_time(hass, freezer, 60)
    assert hass.states.is_state(SWITCH, STATE_OFF)
    await pass_time(hass, freezer, 300)

    assert hass.states.is_state(SWITCH, STATE_ON)


async def test_what_is_refused_is_told(hass: HomeAssistant) -> None:
    entry = home(cruncher(sink=None))
    await set_up(hass, entry)
    expose(hass, run="button")
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, ASKING)
    await hass.config_entries.async_unload(entry.entry_id)

    answer = await api.async_call_tool(llm.ToolInput(RUN, {"worker": "Cruncher"}))

    assert isinstance(answer, llm.ToolResult)
    assert answer.error
    assert answer.data["error"]


def another(title: str) -> MockConfigEntry:
    """Return a home with a worker that has the same name."""
    first = home()
    worker = cruncher(sink=None, switch="input_boolean.other")
    return MockConfigEntry(
        domain=DOMAIN,
        entry_id="another",
        title=title,
        data=first.data,
        options=first.options,
        subentries_data=[worker | {"subentry_id": "other", "title": "cruncher"}],
    )


async def test_workers_of_the_same_name_are_told_apart_by_their_home(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    await set_up(hass, another("Cabin"))
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    expose(hass, reason="sensor", pause="button")

    answer = await call(hass, ASK)
    await call(hass, PAUSE, worker="Home Cruncher")

    assert [worker["worker"] for worker in answer["workers"]] == ["Home Cruncher"]
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))


async def test_workers_that_nobody_can_tell_apart_are_not_offered(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    await set_up(hass, another("home"))
    expose(hass, reason="sensor", pause="button")

    assert await offered(hass) == set()


async def test_in_shadow_mode_it_is_told_what_would_be(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await set_up(hass, home(cruncher(sink=None)))
    expose(hass, reason="sensor")
    await coordinator.async_set_shadow(True)
    await pass_time(hass, freezer, 60)

    (told,) = (await call(hass, ASK))["workers"]

    assert told["reason"].startswith("Would run")
