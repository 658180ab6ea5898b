"""Trust between Home Assistant and the real service: pairing, pinning, exchanging."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.workers import create_backend
from custom_components.solar_compute.workers.agent import AgentBackend
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerNotTrusted,
)
from tests.requires import require

from . import houses
from .companion import TOKEN, Companion
from .dialogs import (
    WORTH_PAGE,
    Result,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .impostor import impostor

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(autouse=True)
def sunny_house(hass: HomeAssistant) -> Iterator[None]:
    """Live in the sunny house, where nothing is set up for real."""
    houses.move_in(hass)
    with patch("custom_components.solar_compute.async_setup_entry", return_value=True):
        yield


@pytest.fixture
def site(hass: HomeAssistant) -> MockConfigEntry:
    """Return the sunny house's entry, without a worker."""
    entry = houses.entry()
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def companion(tmp_path: Path) -> AsyncIterator[Companion]:
    """Run a service as if on another machine: it has a certificate, and no token."""
    require("openssl")
    service = Companion(tmp_path, paired=True)
    await service.start()
    yield service
    service.kill()


async def first_page(hass: HomeAssistant, site: MockConfigEntry) -> Result:
    return await choose(hass, await open_subentry(hass, site, "worker"), "agent")


async def added(
    hass: HomeAssistant,
    site: MockConfigEntry,
    companion: Companion,
    worker: str = "cruncher",
) -> Any:
    """Add a worker, pairing if that is asked for; return it."""
    result = await first_page(hass, site)
    result = await submit(hass, result, "agent", {"url": companion.url})
    if result["step_id"] == "agent_pair":
        page = {"code": await companion.code()}
        result = await submit(hass, result, "agent_pair", page)
    result = await submit(hass, result, "agent_worker", {"worker": worker})
    result = await submit(hass, result, "worth", WORTH_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    return list(site.subentries.values())[-1]


async def answers(hass: HomeAssistant, data: Any) -> bool:
    """Return whether the service lets a worker's stored token in."""
    config = AgentBackend(
        url=data["url"],
        token=data["token"],
        worker=data["worker"],
        fingerprint=data.get("fingerprint"),
    )
    try:
        await create_backend(hass, config, controller="home").async_status()
    except WorkerAuthFailed:
        return False
    return True


async def test_a_code_is_all_that_is_needed_to_pair(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion
) -> None:
    bare = companion.url.removeprefix("https://")
    result = await submit(hass, await first_page(hass, site), "agent", {"url": bare})
    shown = result["description_placeholders"]
    assert shown["fingerprint"] == await companion.fingerprint()
    assert (shown["url"], shown["before"]) == (companion.url, "–")

    code = (await companion.code()).lower().replace("-", " ").replace("0", "o")
    result = await submit(hass, result, "agent_pair", {"code": code})
    result = await submit(hass, result, "agent_worker", {"worker": "cruncher"})
    result = await submit(hass, result, "worth", WORTH_PAGE)

    data = result["data"]
    assert data["url"] == companion.url
    assert data["fingerprint"] == shown["fingerprint"].replace(":", "").lower()
    assert data["service_id"] == (companion.state / "id").read_text()
    assert await answers(hass, data)
    assert hass.config.location_name in await companion.tell("clients")


async def test_a_wrong_code_can_be_mended(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion
) -> None:
    result = await first_page(hass, site)
    result = await submit(hass, result, "agent", {"url": companion.url})
    for wrong in ("0000-0000", "ü", "x" * 5000):
        result = await submit(hass, result, "agent_pair", {"code": wrong})
        assert result["errors"] == {"code": "wrong_code"}
    page = {"code": await companion.code()}
    result = await submit(hass, result, "agent_pair", page)
    assert result["step_id"] == "agent_worker"


async def test_a_second_worker_of_the_service_needs_no_second_code(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion
) -> None:
    first = await added(hass, site, companion)
    result = await first_page(hass, site)
    result = await submit(hass, result, "agent", {"url": companion.url})
    assert result["step_id"] == "agent_worker"
    second = await added(hass, site, companion, "broken")
    assert second.data["token"] == first.data["token"]


async def test_a_token_is_sent_only_once_the_certificate_was_confirmed(
    hass: HomeAssistant, site: MockConfigEntry, tmp_path: Path
) -> None:
    require("openssl")
    async with impostor(tmp_path / "other") as other:
        page = {"url": other.url, "token": TOKEN}
        result = await submit(hass, await first_page(hass, site), "agent", page)
        assert result["step_id"] == "agent_trust"
        shown = result["description_placeholders"]["fingerprint"]
        assert shown == other.fingerprint
        assert other.heard == []
        # Only now, and it was the user's decision.
        await submit(hass, result, "agent_trust", {})
        assert other.tokens == {f"Bearer {TOKEN}"}


async def test_somebody_in_between_cannot_pair_nor_learn_anything(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion, tmp_path: Path
) -> None:
    async with impostor(tmp_path / "other", real=companion.url) as between:
        result = await first_page(hass, site)
        result = await submit(hass, result, "agent", {"url": between.url})
        page = {"code": await companion.code()}
        result = await submit(hass, result, "agent_pair", page)
        assert result["errors"] == {"code": "other_certificate"}
        assert between.tokens == set()
    assert "no paired clients" in await companion.tell("clients")


async def test_who_does_not_know_the_code_is_not_believed(
    hass: HomeAssistant, site: MockConfigEntry, tmp_path: Path
) -> None:
    require("openssl")
    async with impostor(tmp_path / "other") as other:
        result = await first_page(hass, site)
        result = await submit(hass, result, "agent", {"url": other.url})
        result = await submit(hass, result, "agent_pair", {"code": "7KQ4-M2XP"})
        assert result["errors"] == {"code": "no_pairing"}


async def test_a_worker_tells_another_certificate_nothing(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion, tmp_path: Path
) -> None:
    worker = await added(hass, site, companion)
    companion.kill()
    async with impostor(tmp_path / "other", port=companion.port) as other:
        with pytest.raises(WorkerNotTrusted, match="another certificate"):
            await answers(hass, worker.data)
        assert other.heard == []


async def test_a_pinned_worker_is_never_spoken_to_without_tls(
    hass: HomeAssistant,
) -> None:
    config = AgentBackend(
        url="http://127.0.0.1:1", token=TOKEN, worker="x", fingerprint="ab" * 32
    )
    with pytest.raises(WorkerNotTrusted, match="shows no certificate"):
        await create_backend(hass, config, controller="home").async_status()


async def test_a_certificate_nobody_vouches_for_is_not_trusted_without_a_pin(
    hass: HomeAssistant, companion: Companion
) -> None:
    config = AgentBackend(url=companion.url, token=TOKEN, worker="cruncher")
    with pytest.raises(WorkerNotTrusted, match="nobody vouches"):
        await create_backend(hass, config, controller="home").async_status()


async def test_a_renewed_certificate_is_compared_and_all_workers_go_on(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion
) -> None:
    first = await added(hass, site, companion)
    second = await added(hass, site, companion, "broken")
    before = await companion.fingerprint()
    companion.kill()
    await companion.tell("renew-certificate")
    await companion.start()

    result = await open_subentry_again(hass, site, first.subentry_id)
    result = await choose(hass, result, "agent")
    page = {"url": companion.url, "token": suggested(result)["token"]}
    result = await submit(hass, result, "agent", page)
    assert result["step_id"] == "agent_trust"
    shown = result["description_placeholders"]
    assert shown["before"] == before
    assert shown["fingerprint"] == await companion.fingerprint()
    result = await submit(hass, result, "agent_trust", {})
    result = await submit(hass, result, "agent_worker", {"worker": "cruncher"})

    assert result["reason"] == "reconfigure_successful"
    for worker in (first, second):
        assert await answers(hass, site.subentries[worker.subentry_id].data)


async def test_pairing_again_replaces_the_token_of_all_workers(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion
) -> None:
    first = await added(hass, site, companion)
    second = await added(hass, site, companion, "broken")
    old = dict(first.data)

    result = await open_subentry_again(hass, site, first.subentry_id)
    result = await choose(hass, result, "agent")
    result = await submit(hass, result, "agent", {"url": companion.url})
    page = {"code": await companion.code()}
    result = await submit(hass, result, "agent_pair", page)
    result = await submit(hass, result, "agent_worker", {"worker": "cruncher"})

    assert result["reason"] == "reconfigure_successful"
    for worker in (first, second):
        assert await answers(hass, site.subentries[worker.subentry_id].data)
    assert not await answers(hass, old)
    assert (await companion.tell("clients")).count(hass.config.location_name) == 1


async def test_a_revoked_home_pairs_again(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion
) -> None:
    worker = await added(hass, site, companion)
    listed = (await companion.tell("clients")).splitlines()[-1]
    await companion.tell("revoke", listed.split()[0])
    assert not await answers(hass, worker.data)

    result = await open_subentry_again(hass, site, worker.subentry_id)
    result = await choose(hass, result, "agent")
    page = {"url": companion.url, "token": worker.data["token"]}
    result = await submit(hass, result, "agent", page)
    assert result["errors"] == {"token": "invalid_auth"}
    result = await submit(hass, result, "agent", {"url": companion.url})
    page = {"code": await companion.code()}
    result = await submit(hass, result, "agent_pair", page)
    await submit(hass, result, "agent_worker", {"worker": "cruncher"})

    assert await answers(hass, site.subentries[worker.subentry_id].data)


async def test_a_token_is_exchanged_for_all_workers_when_wished(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion
) -> None:
    first = await added(hass, site, companion)
    second = await added(hass, site, companion, "broken")
    old = first.data["token"]

    result = await open_subentry_again(hass, site, first.subentry_id)
    result = await choose(hass, result, "agent")
    page = {"url": companion.url, "token": old, "new_token": True}
    result = await submit(hass, result, "agent", page)
    result = await submit(hass, result, "agent_worker", {"worker": "cruncher"})

    assert result["reason"] == "reconfigure_successful"
    for worker in (first, second):
        data = site.subentries[worker.subentry_id].data
        assert data["token"] != old
        assert await answers(hass, data)
    assert (await companion.tell("clients")).count(hass.config.location_name) == 1


async def test_a_dialog_left_before_its_end_exchanges_nothing(
    hass: HomeAssistant, site: MockConfigEntry, companion: Companion
) -> None:
    worker = await added(hass, site, companion)
    result = await open_subentry_again(hass, site, worker.subentry_id)
    result = await choose(hass, result, "agent")
    page = {"url": companion.url, "token": worker.data["token"], "new_token": True}
    await submit(hass, result, "agent", page)
    assert await answers(hass, site.subentries[worker.subentry_id].data)


async def test_the_token_of_the_configuration_cannot_be_exchanged(
    hass: HomeAssistant, site: MockConfigEntry, tmp_path: Path
) -> None:
    service = Companion(tmp_path, token=TOKEN)
    await service.start()
    try:
        data = {**houses.CRUNCHER, "url": service.url, "token": TOKEN}
        hass.config_entries.async_add_subentry(site, subentry(data))
        (worker,) = site.subentries.values()
        result = await open_subentry_again(hass, site, worker.subentry_id)
        result = await choose(hass, result, "agent")
        page = {"url": service.url, "token": TOKEN, "new_token": True}
        result = await submit(hass, result, "agent", page)
        result = await submit(hass, result, "agent_worker", {"worker": "cruncher"})
        assert result["errors"] == {"base": "not_paired"}
    finally:
        service.kill()


def subentry(data: Any) -> Any:
    """Return a worker's subentry."""
    return houses.entry(houses.worker(data, "Cruncher", "cruncher")).subentries[
        "cruncher"
    ]
