"""The day as a picture: drawn when somebody looks, and served as phones ask for it."""

from http import HTTPStatus
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.solar_compute import coordinator as loop
from custom_components.solar_compute.picture import day as drawing

from .faces_common import ENTRY, boiler, cruncher, home, pass_time, set_up, state_of

DAY = "image.home_day"


@pytest.fixture(autouse=True)
async def summer(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to("2026-06-21 12:00:00+00:00")
    assert await async_setup_component(hass, "homeassistant", {})


async def test_the_picture_of_a_home(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    await set_up(hass, home(cruncher(), boiler()), Platform.IMAGE)

    assert entity_registry.async_get(DAY) == snapshot
    assert hass.states.is_state(DAY, "2026-06-21T12:00:00+00:00")


async def test_a_phone_gets_a_png_that_is_drawn_once(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    client = await hass_client()

    with patch.object(drawing, "draw", wraps=drawing.draw) as draw:
        answers = [await client.get(f"/api/image_proxy/{DAY}") for _ in range(2)]

    for answer in answers:
        assert answer.status == HTTPStatus.OK
        assert answer.content_type == "image/png"
        assert (await answer.read())[:4] == b"\x89PNG"
    assert draw.call_count == 1


async def test_nobody_else_may_look(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    client = await hass_client_no_auth()

    answer = await client.get(f"/api/image_proxy/{DAY}")

    assert answer.status == HTTPStatus.FORBIDDEN


async def test_it_is_offered_anew_every_ten_minutes_and_on_request(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    seen = set()
    for _ in range(21):
        await pass_time(hass, freezer, 60)
        seen.add(state_of(hass, "image", ENTRY, "day").state[11:16])
    assert seen == {"12:00", "12:10", "12:20"}

    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": DAY}, blocking=True
    )

    assert state_of(hass, "image", ENTRY, "day").state[11:16] == "12:21"


async def test_while_nothing_is_decided_there_is_no_picture(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_client: ClientSessionGenerator,
) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    client = await hass_client()
    with patch.object(loop, "decide", side_effect=ZeroDivisionError("bug")):
        await pass_time(hass, freezer, 60)

        assert hass.states.is_state(DAY, STATE_UNAVAILABLE)
        answer = await client.get(f"/api/image_proxy/{DAY}")

    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR


async def test_a_home_without_numpy_has_no_picture(hass: HomeAssistant) -> None:
    with patch(
        "custom_components.solar_compute.image.async_has_numpy", return_value=False
    ):
        await set_up(hass, home(cruncher(), boiler()), Platform.IMAGE)

    assert hass.states.get(DAY) is None
