"""Adding and changing workers of the companion service."""

from collections.abc import AsyncGenerator
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration

from . import houses
from .dialogs import (
    WORTH_PAGE,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .houses import COOL_CELLAR, CRUNCHER, STUDY, TANK

pytestmark = pytest.mark.usefixtures("sunny_house")


TOKEN = "let-me-in"
OFFERED = [
    {"name": "cruncher", "levels_w": [60, 120], "state": "paused"},
    {"name": "render", "levels_w": [300], "state": "paused"},
]


@pytest.fixture
def site(hass: HomeAssistant) -> MockConfigEntry:
    """Return the sunny house's entry, with a tank and the cruncher."""
    return houses.added(
        hass,
        houses.sink(TANK, "Hot water", "tank"),
        houses.worker({**CRUNCHER, "sink": "tank"}, "Cruncher", "cruncher"),
    )


class Service:
    """A companion service as far as the dialog sees it."""

    def __init__(self) -> None:
        self.api: Any = 1
        self.workers: Any = OFFERED

    async def health(self, request: web.Request) -> web.Response:
        return self._answer(request, {"api": self.api, "name": "box"})

    async def list(self, request: web.Request) -> web.Response:
        return self._answer(request, self.workers)

    def _answer(self, request: web.Request, body: Any) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "unauthorized"}, status=401)
        return web.json_response(body)


@pytest.fixture
async def service(socket_enabled: None) -> AsyncGenerator[tuple[Service, str]]:
    """Return a service that really listens, and its address."""
    box = Service()
    app = web.Application()
    app.router.add_get("/v1/health", box.health)
    app.router.add_get("/v1/workers", box.list)
    async with TestServer(app) as server:
        yield box, str(server.make_url("")).rstrip("/")


async def test_a_worker_of_the_service_is_picked_from_what_it_offers(
    hass: HomeAssistant, site: MockConfigEntry, service: tuple[Service, str]
) -> None:
    _, url = service
    result = await choose(hass, await open_subentry(hass, site, "worker"), "agent")
    result = await submit(hass, result, "agent", {"url": f"{url}/", "token": TOKEN})
    pick = {"worker": "render", "name": "Render box"}
    result = await submit(hass, result, "agent_worker", pick)
    assert result["description_placeholders"] == {
        "levels": "300",
        "export_price": "0.078 EUR",
    }
    page = {
        **WORTH_PAGE,
        "sink": "tank",
        "switching": {"min_run_s": 3.5, "max_starts_per_day": 6},
        "quiet": {"quiet_start": "22:00:00", "quiet_end": "06:00:00"},
    }
    result = await submit(hass, result, "worth", page)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Render box"
    assert result["unique_id"] == f"{url}#render"
    assert result["data"] == {
        **CRUNCHER,
        "url": url,
        "token": TOKEN,
        "worker": "render",
        "levels_w": [300.0],
        "sink": "tank",
        "min_run_s": 3.5,
        "max_starts_per_day": 6,
        "quiet_start": "22:00:00",
        "wake_s": 120.0,
        "wake_cost": 0.0,
        "quiet_end": "06:00:00",
    }
    workers = configuration.parse(site).workers
    assert [worker.name for worker in workers] == ["Cruncher", "Render box"]


async def test_an_address_without_a_scheme_is_completed(
    hass: HomeAssistant, site: MockConfigEntry, service: tuple[Service, str]
) -> None:
    bare = service[1].removeprefix("http://")
    result = await choose(hass, await open_subentry(hass, site, "worker"), "agent")
    result = await submit(hass, result, "agent", {"url": bare, "token": TOKEN})
    assert result["step_id"] == "agent_worker"


async def test_the_only_worker_of_a_service_needs_no_choice_but_may_have_a_name(
    hass: HomeAssistant, site: MockConfigEntry, service: tuple[Service, str]
) -> None:
    box, url = service
    box.workers = OFFERED[:1]
    result = await choose(hass, await open_subentry(hass, site, "worker"), "agent")
    result = await submit(hass, result, "agent", {"url": url, "token": TOKEN})
    assert result["step_id"] == "worth"
    page = {**WORTH_PAGE, "name": "Cellar box"}
    result = await submit(hass, result, "worth", page)
    assert result["title"] == "Cellar box"
    assert (result["data"]["worker"], "name" in result["data"]) == ("cruncher", False)


async def test_the_only_worker_of_a_service_has_its_own_name_unless_it_is_given_one(
    hass: HomeAssistant, site: MockConfigEntry, service: tuple[Service, str]
) -> None:
    box, url = service
    box.workers = OFFERED[:1]
    result = await choose(hass, await open_subentry(hass, site, "worker"), "agent")
    result = await submit(hass, result, "agent", {"url": url, "token": TOKEN})
    page = {**WORTH_PAGE, "quiet": {"quiet_start": "22:00:00"}}
    result = await submit(hass, result, "worth", page)
    assert result["errors"]
    result = await submit(hass, result, "worth", WORTH_PAGE)
    assert result["title"] == "cruncher"


@pytest.mark.parametrize(
    ("answers", "page", "errors"),
    [
        ({}, {"token": "wrong"}, {"token": "invalid_auth"}),
        ({"api": 2}, {}, {"url": "api_mismatch"}),
        ({"workers": []}, {}, {"url": "no_workers"}),
        ({"workers": {"odd": 1}}, {}, {"url": "cannot_connect"}),
        ({}, {"url": "http://127.0.0.1:1"}, {"url": "cannot_connect"}),
        ({}, {"url": "ftp://127.0.0.1"}, {"url": "invalid_url"}),
        ({}, {"url": "http://"}, {"url": "invalid_url"}),
        ({}, {"url": "http://127.0.0.1:port"}, {"url": "invalid_url"}),
    ],
)
async def test_a_service_that_cannot_be_used_is_told_apart_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    service: tuple[Service, str],
    *,
    answers: dict[str, Any],
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    box, url = service
    for key, value in answers.items():
        setattr(box, key, value)
    good = {"url": url, "token": TOKEN}
    bad = {key: value for key, value in {**good, **page}.items() if value is not None}
    result = await choose(hass, await open_subentry(hass, site, "worker"), "agent")
    result = await submit(hass, result, "agent", bad)
    assert result["errors"] == errors
    box.api, box.workers = 1, OFFERED
    result = await submit(hass, result, "agent", good)
    assert result["step_id"] == "agent_worker"


async def test_the_same_worker_cannot_be_added_twice(
    hass: HomeAssistant, service: tuple[Service, str]
) -> None:
    url = service[1]
    taken = {**CRUNCHER, "url": url}
    site = houses.added(hass, houses.worker(taken, "Cruncher", "cruncher"))
    result = await choose(hass, await open_subentry(hass, site, "worker"), "agent")
    result = await submit(hass, result, "agent", {"url": url, "token": TOKEN})
    result = await submit(hass, result, "agent_worker", {"worker": "cruncher"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_a_worker_moves_to_another_address_and_keeps_its_worth(
    hass: HomeAssistant, site: MockConfigEntry, service: tuple[Service, str]
) -> None:
    _, url = service
    result = await open_subentry_again(hass, site, "cruncher")
    assert result["description_placeholders"] == {
        "worker": "Cruncher",
        "abilities": "Its service pauses it",
    }
    result = await choose(hass, result, "agent")
    assert suggested(result)["url"] == CRUNCHER["url"]
    result = await submit(hass, result, "agent", {"url": url, "token": TOKEN})
    assert suggested(result) == {"worker": "cruncher"}
    result = await submit(hass, result, "agent_worker", {"worker": "cruncher"})
    assert result["reason"] == "reconfigure_successful"
    subentry = site.subentries["cruncher"]
    assert subentry.unique_id == f"{url}#cruncher"
    assert subentry.title == "Cruncher"
    expected = {**CRUNCHER, "sink": "tank", "url": url, "token": TOKEN}
    assert subentry.data == expected


async def test_the_worth_of_a_worker_changes_while_its_machine_is_off(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await choose(
        hass, await open_subentry_again(hass, site, "cruncher"), "worth"
    )
    assert suggested(result).items() >= {"value_per_kwh": 0.15, "sink": "tank"}.items()
    page = {**WORTH_PAGE, "value_per_kwh": 0.02, "switching": {"lease_s": 60}}
    result = await submit(hass, result, "worth", page)
    assert result["reason"] == "reconfigure_successful"
    waking = {"wake_s": 120.0, "wake_cost": 0.0}
    expected = {**CRUNCHER, "value_per_kwh": 0.02, "lease_s": 60.0, **waking}
    assert site.subentries["cruncher"].data == expected
    assert site.subentries["cruncher"].unique_id == f"{CRUNCHER['url']}#cruncher"


async def test_a_worker_heats_a_room_and_stands_in_a_cooled_space(
    hass: HomeAssistant,
) -> None:
    site = houses.added(
        hass,
        houses.sink(TANK, "Hot water", "tank"),
        houses.sink(STUDY, "Study", "study"),
        houses.sink(COOL_CELLAR, "Cellar", "cellar"),
        houses.worker(CRUNCHER, "Cruncher", "cruncher"),
    )
    result = await choose(
        hass, await open_subentry_again(hass, site, "cruncher"), "worth"
    )
    fields = result["data_schema"].schema
    assert offered(fields["sink"]) == ["Hot water", "Study"]
    assert offered(fields["space"]) == ["Cellar"]
    page = {
        **WORTH_PAGE,
        "sink": "study",
        "space": "cellar",
        "quiet": {"noise_db": "31; 42.5"},
    }
    await submit(hass, result, "worth", page)
    (worker,) = configuration.parse(site).workers
    assert (worker.spec.sink, worker.spec.space) == ("study", "cellar")
    assert worker.spec.noise_db == (31, 42.5)
    result = await choose(
        hass, await open_subentry_again(hass, site, "cruncher"), "worth"
    )
    known = {"sink": "study", "space": "cellar", "noise_db": "31, 42.5"}
    assert suggested(result).items() >= known.items()


def offered(field: Any) -> list[str]:
    """Return the labels of a choice."""
    return [option["label"] for option in field.config["options"]]


async def test_a_cooled_space_that_is_gone_is_not_suggested_again(
    hass: HomeAssistant,
) -> None:
    site = houses.added(
        hass,
        houses.sink(COOL_CELLAR, "Cellar", "cellar"),
        houses.worker({**CRUNCHER, "space": "gone"}, "Cruncher", "cruncher"),
    )
    result = await choose(
        hass, await open_subentry_again(hass, site, "cruncher"), "worth"
    )
    assert "sink" not in result["data_schema"].schema
    assert "space" not in suggested(result)
    await submit(hass, result, "worth", WORTH_PAGE)
    assert configuration.parse(site).problems == ()


async def test_a_tank_that_is_gone_is_not_suggested_again(hass: HomeAssistant) -> None:
    site = houses.added(
        hass,
        houses.sink(TANK, "Hot water", "tank"),
        houses.worker({**CRUNCHER, "sink": "gone"}, "Cruncher", "cruncher"),
    )
    result = await choose(
        hass, await open_subentry_again(hass, site, "cruncher"), "worth"
    )
    assert "sink" not in suggested(result)
    await submit(hass, result, "worth", WORTH_PAGE)
    assert configuration.parse(site).problems == ()


async def test_a_house_without_a_tank_is_not_asked_what_a_worker_heats(
    hass: HomeAssistant,
) -> None:
    site = houses.added(hass, houses.worker(CRUNCHER, "Cruncher", "cruncher"))
    result = await choose(
        hass, await open_subentry_again(hass, site, "cruncher"), "worth"
    )
    assert "sink" not in result["data_schema"].schema


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"value_per_kwh": "nan"}, {"value_per_kwh": "not_a_number"}),
        ({"switching": {"min_run_s": "nan"}}, {"switching": "not_a_number"}),
        ({"quiet": {"quiet_start": "22:00:00"}}, {"quiet": "window_needs_both"}),
        ({"quiet": {"quiet_end": "06:00:00"}}, {"quiet": "window_needs_both"}),
        ({"quiet": {"quiet_level": 3}}, {"quiet": "level_too_high"}),
        ({"quiet": {"noise_db": "loud"}}, {"quiet": "one_number_per_level"}),
        ({"quiet": {"noise_db": "30"}}, {"quiet": "one_number_per_level"}),
        ({"quiet": {"noise_db": "30, 400"}}, {"quiet": "noise_out_of_range"}),
    ],
)
async def test_the_worth_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await choose(
        hass, await open_subentry_again(hass, site, "cruncher"), "worth"
    )
    result = await submit(hass, result, "worth", {**WORTH_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "worth", WORTH_PAGE)
    assert result["reason"] == "reconfigure_successful"
