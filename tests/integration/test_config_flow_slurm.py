"""Adding and changing workers that are partitions of Slurm."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.workers.slurm import SlurmBackend

from . import houses
from .dialogs import (
    SLURM_PAGES,
    WORTH_PAGE,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .houses import SLURM
from .slurm_daemon import SlurmInMemory, slurm_daemon

pytestmark = pytest.mark.usefixtures("sunny_house")


@pytest.fixture
async def daemon(socket_enabled: None) -> AsyncIterator[SlurmInMemory]:
    """Run a daemon that really listens."""
    async with slurm_daemon() as running:
        yield running


async def page_of_slurm(hass: HomeAssistant, site: MockConfigEntry) -> Any:
    """Open the first page of a new partition."""
    return await choose(hass, await open_subentry(hass, site, "worker"), "slurm")


async def test_a_partition_becomes_a_worker_once_its_cluster_lets_us_in(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    site = houses.added(hass)
    # As `scontrol token` prints it.
    page = {
        **SLURM_PAGES[0],
        "url": daemon.url + "/",
        "token": "SLURM_JWT=a.good.token",
    }
    result = await submit(hass, await page_of_slurm(hass, site), "slurm", page)
    result = await submit(hass, result, "slurm_partition", SLURM_PAGES[1])
    assert result["description_placeholders"] == {
        "levels": "150, 300",
        "export_price": "0.078 EUR",
    }
    assert "lease_s" not in suggested(result)
    result = await submit(hass, result, "worth", WORTH_PAGE)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Slurm solar"
    assert result["unique_id"] == f"slurm#{daemon.url}#solar"
    assert result["data"] == {**SLURM, "url": daemon.url}
    assert not daemon.changed
    (worker,) = configuration.parse(site).workers
    assert worker.backend == SlurmBackend(
        url=daemon.url,
        user="solar",
        token="a.good.token",
        partition="solar",
        cores=(8, 16),
    )


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"token": "a.bad.token"}, {"token": "slurm_invalid_auth"}),
        ({"url": "http://127.0.0.1:1"}, {"url": "slurm_cannot_connect"}),
        ({"url": "ftp://clusterbox"}, {"url": "invalid_url"}),
    ],
)
async def test_a_cluster_that_cannot_be_used_is_told_apart_and_can_be_mended(
    hass: HomeAssistant,
    daemon: SlurmInMemory,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    good = {**SLURM_PAGES[0], "url": daemon.url}
    result = await page_of_slurm(hass, houses.added(hass))
    result = await submit(hass, result, "slurm", {**good, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "slurm", good)
    assert result["step_id"] == "slurm_partition"


async def test_other_versions_and_empty_clusters_are_told(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    good = {**SLURM_PAGES[0], "url": daemon.url}
    daemon.version = "v0.0.99"
    result = await submit(
        hass, await page_of_slurm(hass, houses.added(hass)), "slurm", good
    )
    assert result["errors"] == {"url": "slurm_api_mismatch"}
    daemon.version = "v0.0.40"
    daemon.partitions = []
    result = await submit(hass, result, "slurm", good)
    assert result["errors"] == {"url": "no_partitions"}


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"levels_w": "300, 150"}, {"levels_w": "levels_not_ascending"}),
        ({"level_cores": "16"}, {"level_cores": "one_number_per_level"}),
        ({"level_cores": "all of them"}, {"level_cores": "one_number_per_level"}),
        ({"level_cores": "16, 8"}, {"level_cores": "cores_not_ascending"}),
        ({"level_cores": "0, 8"}, {"level_cores": "cores_not_ascending"}),
        ({"level_cores": "7.5, 8"}, {"level_cores": "cores_not_ascending"}),
        (
            {"acknowledge_no_lease": False},
            {"acknowledge_no_lease": "acknowledge_no_lease"},
        ),
    ],
)
async def test_levels_that_make_no_sense_are_told_and_can_be_mended(
    hass: HomeAssistant,
    daemon: SlurmInMemory,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await page_of_slurm(hass, houses.added(hass))
    first = {**SLURM_PAGES[0], "url": daemon.url}
    result = await submit(hass, result, "slurm", first)
    result = await submit(hass, result, "slurm_partition", {**SLURM_PAGES[1], **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "slurm_partition", SLURM_PAGES[1])
    assert result["step_id"] == "worth"


async def test_a_partition_is_one_worker_only(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    known = houses.worker({**SLURM, "url": daemon.url}, "Cluster", "cluster")
    site = houses.added(hass, known)
    first = {**SLURM_PAGES[0], "url": daemon.url}
    for partition, outcome in (("solar", None), ("others", "worth")):
        result = await submit(hass, await page_of_slurm(hass, site), "slurm", first)
        page = {**SLURM_PAGES[1], "partition": partition}
        result = await submit(hass, result, "slurm_partition", page)
        if outcome is None:
            assert result["reason"] == "already_configured"
        else:
            assert result["step_id"] == outcome


async def test_a_cluster_gets_a_new_token_and_the_worker_keeps_its_worth(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    stored = {**SLURM, "url": daemon.url, "token": "an.old.token"}
    site = houses.added(hass, houses.worker(stored, "Cluster", "cluster"))
    result = await choose(
        hass, await open_subentry_again(hass, site, "cluster"), "slurm"
    )
    assert suggested(result)["user"] == "solar"
    first = {**SLURM_PAGES[0], "url": daemon.url}
    result = await submit(hass, result, "slurm", first)
    assert suggested(result)["level_cores"] == "8, 16"
    result = await submit(hass, result, "slurm_partition", SLURM_PAGES[1])

    assert result["reason"] == "reconfigure_successful"
    assert site.subentries["cluster"].data == {**SLURM, "url": daemon.url}
    assert site.subentries["cluster"].title == "Cluster"
