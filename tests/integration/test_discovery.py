"""Services that announce themselves: added, found again, and not believed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_IGNORE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.loader import async_get_zeroconf
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.const import DOMAIN
from solar_compute_worker import announce
from tests.requires import require

from . import houses
from .announced import ID, hear
from .companion import TOKEN, Companion
from .dialogs import SITE_PAGES, open_site, submit, suggested
from .impostor import impostor

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(autouse=True)
def sunny_house(hass: HomeAssistant) -> Iterator[None]:
    """Live in the sunny house, where nothing is set up for real."""
    houses.move_in(hass)
    with patch("custom_components.solar_compute.async_setup_entry", return_value=True):
        yield


@pytest.fixture
async def companion(tmp_path: Path) -> AsyncIterator[Companion]:
    """Run a service as if on another machine."""
    require("openssl")
    service = Companion(tmp_path, paired=True)
    await service.start()
    yield service
    service.kill()


def site(hass: HomeAssistant, *subentries: Any) -> MockConfigEntry:
    """Return an entry of the sunny house, added to Home Assistant."""
    entry = houses.entry(*subentries)
    entry.add_to_hass(hass)
    return entry


async def known_at(companion: Companion, url: str, **more: Any) -> dict[str, Any]:
    """Return what is stored of a worker of this service that was once at a URL."""
    fingerprint = (await companion.fingerprint()).replace(":", "").lower()
    return {
        **houses.CRUNCHER,
        "url": url,
        "token": TOKEN,
        "fingerprint": fingerprint,
        "service_id": ID,
        **more,
    }


def urls(entry: MockConfigEntry) -> list[str]:
    """Return where the workers are."""
    return [subentry.data["url"] for subentry in entry.subentries.values()]


GONE = "https://127.0.0.1:1"


async def test_home_assistant_listens_for_what_the_service_announces(
    hass: HomeAssistant,
) -> None:
    listens = await async_get_zeroconf(hass)
    assert [one["domain"] for one in listens[announce.TYPE]] == [DOMAIN]


async def test_a_new_service_is_paired_and_its_workers_added(
    hass: HomeAssistant, companion: Companion
) -> None:
    entry = site(hass)
    result = await hear(hass, companion.port)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["title_placeholders"] == {"name": "crunchbox 5a5a5a"}
    assert result["description_placeholders"] == {
        "url": companion.url,
        "fingerprint": await companion.fingerprint(),
    }

    result = await submit(hass, result, "discovered", {"code": "0000-0000"})
    assert result["errors"] == {"code": "wrong_code"}
    page = {"code": await companion.code()}
    result = await submit(hass, result, "discovered", page)
    everything = ["cruncher", "one_shot", "broken", "rested"]
    assert suggested(result) == {"workers": everything, "value_per_kwh": 0.0}
    wanted = {"workers": ["cruncher", "broken"], "value_per_kwh": 0.2}
    result = await submit(hass, result, "discovered_workers", wanted)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "worker_added")
    parsed = configuration.parse(entry)
    assert parsed.problems == ()
    assert [worker.name for worker in parsed.workers] == ["cruncher", "broken"]
    assert parsed.workers[0].spec.levels_w == (60.0, 120.0)
    assert [worker.spec.value_per_kwh for worker in parsed.workers] == [0.2, 0.2]
    (again,) = {subentry.data["service_id"] for subentry in entry.subentries.values()}
    result = await hear(hass, companion.port, {"id": again})
    assert result["reason"] == "already_configured_service"


async def test_a_service_that_was_added_by_hand_is_not_offered_again(
    hass: HomeAssistant, companion: Companion
) -> None:
    known = await known_at(companion, companion.url)
    # From a time when services had no id.
    del known["service_id"]
    site(hass, houses.worker(known, "Cruncher", "cruncher"))
    result = await hear(hass, companion.port)
    assert result["reason"] == "already_configured_service"


async def test_a_pinned_worker_is_not_moved_to_where_there_is_no_tls(
    hass: HomeAssistant, companion: Companion, tmp_path: Path
) -> None:
    known = await known_at(companion, GONE)
    entry = site(hass, houses.worker(known, "Cruncher", "cruncher"))
    await hear(hass, companion.port, {"id": ID})
    assert urls(entry) == [GONE]


async def test_to_choose_no_worker_is_not_enough(
    hass: HomeAssistant, companion: Companion
) -> None:
    entry = site(hass)
    result = await hear(hass, companion.port)
    page = {"code": await companion.code()}
    result = await submit(hass, result, "discovered", page)
    result = await submit(hass, result, "discovered_workers", {"workers": []})
    assert result["errors"] == {"workers": "value_needed"}
    worthless = {"workers": ["broken"], "value_per_kwh": "nan"}
    result = await submit(hass, result, "discovered_workers", worthless)
    assert result["errors"] == {"value_per_kwh": "not_a_number"}
    result = await submit(hass, result, "discovered_workers", {"workers": ["broken"]})
    assert result["reason"] == "worker_added"
    assert urls(entry) == [companion.url]


async def test_without_a_site_that_is_set_up_first_and_the_service_then(
    hass: HomeAssistant, companion: Companion
) -> None:
    result = await hear(hass, companion.port)
    for step_id, page in SITE_PAGES:
        result = await submit(hass, result, step_id, page)
    assert result["type"] is FlowResultType.CREATE_ENTRY

    kind, flow_id = result["next_flow"]
    assert kind == "config_flow"
    result = await hass.config_entries.flow.async_configure(flow_id)
    page = {"code": await companion.code()}
    result = await submit(hass, result, "discovered", page)
    assert result["step_id"] == "discovered_workers"


async def test_a_service_that_was_discovered_keeps_nobody_from_setting_up(
    hass: HomeAssistant,
) -> None:
    await hear(hass, 1)
    result = await open_site(hass)
    for step_id, page in SITE_PAGES:
        result = await submit(hass, result, step_id, page)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert hass.config_entries.flow.async_progress() == []
    # It answers no more, so a worker of any kind comes next.
    assert result["next_flow"][0] == "config_subentries_flow"


async def test_a_service_that_was_heard_comes_next_for_whoever_sets_up_by_himself(
    hass: HomeAssistant, companion: Companion
) -> None:
    await hear(hass, companion.port)
    result = await open_site(hass)
    for step_id, page in SITE_PAGES[:-1]:
        result = await submit(hass, result, step_id, page)
    told = result["description_placeholders"]["checklist"]
    assert "A worker service was found in your network: crunchbox 5a5a5a." in told

    result = await submit(hass, result, *SITE_PAGES[-1])

    kind, flow_id = result["next_flow"]
    assert kind == "config_flow"
    result = await hass.config_entries.flow.async_configure(flow_id)
    assert result["step_id"] == "discovered"


async def test_a_service_is_offered_once_and_not_at_all_if_ignored(
    hass: HomeAssistant, companion: Companion
) -> None:
    site(hass)
    first = await hear(hass, companion.port)
    second = await hear(hass, companion.port)
    assert second["reason"] == "already_in_progress"
    hass.config_entries.flow.async_abort(first["flow_id"])
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": ID, "title": "crunchbox"},
    )
    assert (await hear(hass, companion.port))["reason"] == "already_configured"
    # What is ignored is no site.
    (entry,) = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    assert entry.source != SOURCE_IGNORE


async def test_what_does_not_answer_or_has_no_id_is_not_offered(
    hass: HomeAssistant,
) -> None:
    site(hass)
    assert (await hear(hass, 1))["reason"] == "cannot_connect"
    assert (await hear(hass, 1, {}))["type"] is FlowResultType.ABORT


async def test_workers_move_along_with_their_service(
    hass: HomeAssistant, companion: Companion
) -> None:
    known = await known_at(companion, GONE)
    entry = site(
        hass,
        houses.worker(known, "Cruncher", "cruncher"),
        houses.worker({**known, "worker": "broken"}, "Broken", "broken"),
        houses.worker({**houses.CRUNCHER, "worker": "other"}, "Other", "other"),
    )
    result = await hear(hass, companion.port)
    assert result["reason"] == "already_configured_service"
    assert urls(entry) == [companion.url, companion.url, houses.CRUNCHER["url"]]
    assert entry.subentries["cruncher"].unique_id == f"{companion.url}#cruncher"
    assert entry.subentries["cruncher"].data["token"] == TOKEN


async def test_no_announcement_moves_a_worker_to_another_certificate(
    hass: HomeAssistant, companion: Companion, tmp_path: Path
) -> None:
    known = await known_at(companion, GONE)
    entry = site(hass, houses.worker(known, "Cruncher", "cruncher"))
    async with impostor(tmp_path / "other") as other:
        port = int(other.url.rpartition(":")[2])
        # It claims the id and the fingerprint of the real one.
        claimed = {"id": ID, "fingerprint": known["fingerprint"]}
        result = await hear(hass, port, claimed)
        assert result["reason"] == "already_configured_service"
        assert other.heard == []
    assert urls(entry) == [GONE]


@asynccontextmanager
async def forwarded(port: int) -> AsyncIterator[int]:
    """Pass on what comes to another port, as a router does; yield that port."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            writer.write(data)
        writer.close()

    async def accept(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        onward = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pipe(reader, onward[1]), pipe(onward[0], writer))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_an_address_that_is_still_right_stays(
    hass: HomeAssistant, companion: Companion
) -> None:
    async with forwarded(companion.port) as port:
        chosen = f"https://127.0.0.1:{port}"
        known = await known_at(companion, chosen)
        entry = site(hass, houses.worker(known, "Cruncher", "cruncher"))
        await hear(hass, companion.port)
    assert urls(entry) == [chosen]


async def test_a_worker_without_a_certificate_is_never_moved(
    hass: HomeAssistant, companion: Companion
) -> None:
    known = await known_at(companion, "http://127.0.0.1:1")
    del known["fingerprint"]
    entry = site(hass, houses.worker(known, "Cruncher", "cruncher"))
    for properties in ({"id": ID}, {"id": ID, "fingerprint": "ab" * 32}):
        await hear(hass, companion.port, properties)
    assert urls(entry) == ["http://127.0.0.1:1"]
