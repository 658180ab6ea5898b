"""The home's own past is replayed through today's settings, when a person asks for it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
import re
from threading import Event
from time import sleep
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.template import Template
from homeassistant.util.yaml import parse_yaml
from probatio import Invalid
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)
from syrupy.assertion import SnapshotAssertion

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.replay_report import report
from custom_components.solar_compute.past.replay import ReplayStopped

from .common import GRID, home, move_in, settle, switched
from .recorded_past import NOON, compile_statistics, every
from .stored import keeper_of
from .sun import MINER

SENSOR = "sensor.home_last_replay"
DOCS = Path(__file__).parents[2] / "docs" / "simulate.md"


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Have a recorder before there is a Home Assistant."""


@pytest.fixture
async def house(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, recorder_mock: Recorder
) -> MockConfigEntry:
    """Live with a 500 W miner in a home that had two hours of 1 kW to spare."""
    freezer.move_to(NOON)
    hass.config.currency = "EUR"
    await compile_statistics(
        hass, recorder_mock, GRID,
        every(5, NOON - timedelta(hours=4), *[300.0] * 24, *[-1000.0, -1001.0] * 12),
    )  # fmt: skip
    entry = home(switched("miner", MINER), switched("heater", "input_boolean.heater"))
    await move_in(hass, entry, grid_w=-300)
    await keeper_of(entry).async_seeded()
    return entry


def device(hass: HomeAssistant, entry: MockConfigEntry, key: str | None = None) -> str:
    return dr.async_get_device_id_by_identifier(
        hass, (DOMAIN, key or entry.entry_id), config_entry_id=entry.entry_id
    )


async def simulate(
    hass: HomeAssistant, entry: MockConfigEntry, **data: Any
) -> dict[str, Any]:
    """Ask for a replay of the home."""
    response = await hass.services.async_call(
        DOMAIN,
        "simulate",
        {"device_id": device(hass, entry), **data},
        blocking=True,
        return_response=True,
    )
    assert response is not None
    return dict(response)


async def test_a_replay_says_what_the_settings_would_have_brought(
    hass: HomeAssistant, house: MockConfigEntry, snapshot: SnapshotAssertion
) -> None:
    found = await simulate(hass, house)
    # Both ran on surplus from the first report of it on: 1 kW for 115 minutes.
    assert found["gain"] == round(115 / 60 * (0.15 - 0.08), 2)
    assert found == snapshot
    assert hass.states.get(SENSOR) == snapshot
    assert hass.states.is_state(MINER, "off")


async def test_some_workers_and_other_prices_can_be_tried(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    found = await simulate(
        hass, house, workers=[device(hass, house, "miner")], export_price=0.0
    )
    assert [worker["name"] for worker in found["workers"]] == ["Miner"]
    assert found["gain"] == round(0.5 * 115 / 60 * 0.15, 2)
    assert "price_tried" in found["assumptions"]


async def test_hours_stand_in_for_days_that_nobody_kept_and_this_is_said(
    hass: HomeAssistant, house: MockConfigEntry, recorder_mock: Recorder
) -> None:
    await compile_statistics(
        hass, recorder_mock, GRID,
        every(60, NOON - timedelta(hours=76), *[-1000.0, -1001.0] * 24), hourly=True,
    )  # fmt: skip
    fine = await simulate(hass, house, days=1)
    assert "coarse" not in fine["assumptions"]
    found = await simulate(hass, house, days=4)
    assert found["coarse_days"] == 2
    assert {"coarse", "gaps"} <= set(found["assumptions"])
    assert found["gain"] > fine["gain"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"device_id": "miner"}, "not_a_home"),
        ({"workers": ["home"]}, "not_a_worker"),
    ],
)
async def test_what_is_asked_for_has_to_be_of_this_home(
    hass: HomeAssistant, house: MockConfigEntry, data: dict[str, Any], key: str
) -> None:
    ids = {"miner": device(hass, house, "miner"), "home": device(hass, house)}
    named = {
        name: [ids[item] for item in value] if isinstance(value, list) else ids[value]
        for name, value in data.items()
    }
    with pytest.raises(ServiceValidationError) as refusal:
        await simulate(hass, house, **named)
    assert refusal.value.translation_key == key


async def test_settings_can_be_tried_for_some_of_it_and_are_told(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    miner = device(hass, house, "miner")
    found = await simulate(
        hass, house, compute_value=0.28, start_cost=0, only_for=[miner]
    )
    # Half a kilowatt earns 20 ct a kWh, the heater 7 as before.
    assert found["gain"] == round(0.5 * 115 / 60 * (0.20 + 0.07), 2)
    assert found["tried"] == {"compute_value": 0.28, "start_cost": 0.0}
    assert "settings_tried" in found["assumptions"]


async def test_the_value_that_a_person_has_set_counts(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    before = await simulate(hass, house)
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.miner_compute_value", "value": 0.28},
        blocking=True,
    )
    after = await simulate(hass, house)
    assert after["gain"] - before["gain"] == pytest.approx(
        0.5 * 115 / 60 * 0.13, abs=0.01
    )


async def test_what_is_known_today_may_decide_and_the_answer_says_which(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    for way in ("then", "today", "nothing"):
        found = await simulate(hass, house, learned=way)
        assert found["learned"]["known"] == way
        # Two hours of past teach nothing yet.
        assert "nothing_learned" in found["assumptions"]
        assert found["gain"] == found["rule_of_thumb"]


@pytest.mark.parametrize(("source", "known"), [("forecast", True), ("learned", False)])
async def test_prices_are_known_ahead_where_the_home_hears_of_them_now(
    hass: HomeAssistant, house: MockConfigEntry, source: str, known: bool
) -> None:
    plan = SimpleNamespace(expected=SimpleNamespace(sources={"import": source}))
    plans = house.runtime_data.plans
    with (
        patch.object(plans, "view", SimpleNamespace(plan=plan)),
        patch(
            "custom_components.solar_compute.past.replay.report", side_effect=report
        ) as asked,
    ):
        await simulate(hass, house)
    assert asked.call_args.args[1].published is known


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"battery_reserve": 30}, "no_battery_to_try"),
        ({"target_temperature": 55}, "nothing_heated_to_try"),
        ({"start_cost": 0.01, "only_for": ["home"]}, "not_to_be_tried"),
    ],
)
async def test_what_this_home_cannot_try_is_refused_in_words(
    hass: HomeAssistant, house: MockConfigEntry, data: dict[str, Any], key: str
) -> None:
    if "only_for" in data:
        data = {**data, "only_for": [device(hass, house)]}
    with pytest.raises(ServiceValidationError) as refusal:
        await simulate(hass, house, **data)
    assert refusal.value.translation_key == key


@pytest.mark.parametrize(
    "data",
    [
        {"battery_reserve": 101},
        {"compute_value": -0.1},
        {"start_cost": float("nan")},
        {"learned": "tomorrow"},
    ],
    ids=str,
)
async def test_numbers_that_cannot_be_are_refused(
    hass: HomeAssistant, house: MockConfigEntry, data: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        await simulate(hass, house, **data)


async def test_where_nothing_is_known_yet_nothing_is_made_up(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    await keeper_of(house).async_forget()
    with pytest.raises(ServiceValidationError) as refusal:
        await simulate(hass, house)
    assert refusal.value.translation_key == "no_past"


async def test_a_home_that_was_watched_for_minutes_is_asked_to_wait(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    keeper = keeper_of(house)
    past = keeper.history()
    assert past is not None
    minutes = past.cut(len(past) - 3, len(past))
    with (
        patch.object(keeper, "history", return_value=minutes),
        pytest.raises(ServiceValidationError) as refusal,
    ):
        await simulate(hass, house, days=1)
    assert refusal.value.translation_key == "no_past"


async def test_what_was_forgotten_is_not_replayed_from_the_recorder(
    hass: HomeAssistant, house: MockConfigEntry, recorder_mock: Recorder
) -> None:
    await compile_statistics(
        hass, recorder_mock, GRID,
        every(60, NOON - timedelta(hours=76), *[-1000.0, -1001.0] * 24), hourly=True,
    )  # fmt: skip
    assert (await simulate(hass, house, days=4))["coarse_days"] == 2
    await keeper_of(house).async_forget()
    with pytest.raises(ServiceValidationError) as refusal:
        await simulate(hass, house, days=4)
    assert refusal.value.translation_key == "no_past"


async def test_one_at_a_time(hass: HomeAssistant, house: MockConfigEntry) -> None:
    under_way = asyncio.Event()

    async def slow(*_: Any, **__: Any) -> dict[str, Any]:
        await under_way.wait()
        return {"gain": 1.0}

    with patch("custom_components.solar_compute.past.replay.async_replay", slow):
        first = hass.async_create_task(simulate(hass, house))
        await settle_first()
        with pytest.raises(ServiceValidationError) as refusal:
            await simulate(hass, house)
        under_way.set()
        assert await first == {"gain": 1.0}
    assert refusal.value.translation_key == "replay_running"
    assert (await simulate(hass, house))["gain"] > 0


async def test_one_that_is_under_way_ends_with_its_home(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    """A year takes minutes: nobody wants them of a home that was just reloaded."""
    begun = Event()

    def endless(*_: Any, give_way: Callable[[], None], **__: Any) -> None:
        for _turn in range(100_000):
            begun.set()
            give_way()
            sleep(0.0005)
        raise AssertionError("it went on")

    with patch("custom_components.solar_compute.past.replay.report", endless):
        asked = hass.async_create_task(simulate(hass, house))
        await hass.async_add_executor_job(begun.wait, 10)
        assert await hass.config_entries.async_unload(house.entry_id)
        with pytest.raises(ServiceValidationError) as refusal:
            await asked
    assert refusal.value.translation_key == "replay_stopped"


async def test_one_that_nobody_waits_for_any_more_ends(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    """A script that is stopped must not leave a thread behind for minutes."""
    begun, ended = Event(), Event()

    def endless(*_: Any, give_way: Callable[[], None], **__: Any) -> None:
        try:
            for _turn in range(20_000):
                begun.set()
                give_way()
                sleep(0.0005)
        except ReplayStopped:
            ended.set()
            raise

    with patch("custom_components.solar_compute.past.replay.report", endless):
        asked = hass.async_create_task(simulate(hass, house))
        await hass.async_add_executor_job(begun.wait, 10)
        asked.cancel()
        assert await hass.async_add_executor_job(ended.wait, 5)
    assert (await simulate(hass, house))["gain"] > 0


async def settle_first() -> None:
    """Let the first call begin."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_last_report_survives_a_restart(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    report = {"gain": 4.2, "currency": "EUR", "days": 10.0}
    mock_restore_cache_with_extra_data(hass, [(State(SENSOR, "4.2"), report)])
    await move_in(hass, home(switched("miner", MINER)))
    state = hass.states.get(SENSOR)
    assert state is not None
    assert (state.state, state.attributes["days"]) == ("4.2", 10.0)


async def test_the_card_of_the_docs_shows_the_report(
    hass: HomeAssistant, house: MockConfigEntry, snapshot: SnapshotAssertion
) -> None:
    block = re.search(r"```yaml\n(type: markdown.*?)```", DOCS.read_text(), re.DOTALL)
    assert block is not None
    card = parse_yaml(block[1])
    assert isinstance(card, dict)
    content = Template(card["content"], hass)
    assert "no replay yet" in content.async_render()
    await simulate(hass, house)
    await settle(hass)
    assert content.async_render() == snapshot
