"""A worker that lets us in no more: one click leads to the page where that is mended.

All by the frontend's own REST calls: the repair, and then the page that it leads to, by
the id of its dialog.
"""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute import configuration
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.worker_issues import IssueKind, WorkerIssues
from custom_components.solar_compute.workers import KINDS

from . import houses
from .dialogs import choose, open_subentry_again
from .translations import FOLDER, english

STORED: dict[str, dict[str, Any]] = {
    "agent": houses.CRUNCHER,
    "boinc": houses.BOINC,
    "docker": houses.CONTAINER,
    "folding": houses.FOLDING,
    "slurm": houses.SLURM,
    "entity": houses.MINER,
    "always_on": {"kind": "always_on", "levels_w": [80.0]},
}
"""A worker of each kind."""

GUARDED = [kind for kind, data in STORED.items() if KINDS[kind].refused(data)]
REPAIRS = "/api/repairs/issues/fix"
PAGES = "/api/config/config_entries/subentries/flow/"


def sources(kind: str) -> str:
    """Return the code of a kind's back-end."""
    modules = Path(FOLDER / "workers").glob(f"{kind}*.py")
    return "".join(module.read_text() for module in modules)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_may_refuse_us_says_in_which_field(kind: str) -> None:
    assert kind in STORED, f"add a stored worker of {kind} to STORED"
    refused = KINDS[kind].refused(STORED[kind])
    may_refuse = "WorkerAuthFailed" in sources(kind)
    assert may_refuse is bool(refused), (
        f"give the WorkerKind of {kind} `refused`: its field with an error, by which"
        " the repair shows what to mend"
    )
    assert refused.keys() <= set(KINDS[kind].keys)
    errors = english()["config_subentries"]["worker"]["error"]
    assert set(refused.values()) <= errors.keys()


@pytest.mark.parametrize("kind", GUARDED)
async def test_the_repair_leads_to_the_page_of_its_kind_and_shows_the_field(
    hass: HomeAssistant, hass_client: Any, kind: str
) -> None:
    for component in ("config", "http", "repairs"):
        assert await async_setup_component(hass, component, {})
    entry = houses.entry(houses.worker(STORED[kind], "My worker", "cruncher"))
    entry.add_to_hass(hass)
    (config,) = configuration.parse(entry).workers
    WorkerIssues(hass, config, entry.entry_id).raise_issue(
        IssueKind.AUTH_FAILED, "I do not know you."
    )
    with patch("custom_components.solar_compute.async_setup_entry", return_value=True):
        assert await hass.config_entries.async_setup(entry.entry_id)
    client = await hass_client()
    issue = {"handler": DOMAIN, "issue_id": "worker_auth_failed_cruncher"}
    dialog = await (await client.post(REPAIRS, json=issue)).json()
    result = await (await client.post(f"{REPAIRS}/{dialog['flow_id']}", json={})).json()
    next_kind, flow_id = result["next_flow"]
    assert next_kind == "config_subentries_flow"
    # The frontend words the page by the domain of the entry that comes with it.
    assert result["result"]["domain"] == DOMAIN

    page = await (await client.get(f"{PAGES}{flow_id}")).json()

    assert (page["type"], page["step_id"]) == ("form", kind)
    refused = KINDS[kind].refused(STORED[kind])
    assert page["errors"] == refused
    fields = {field["name"]: field for field in page["data_schema"]}
    for name in refused:
        stored = STORED[kind].get(name)
        assert fields[name].get("description", {}).get("suggested_value") == stored


async def test_opened_by_hand_the_page_shows_no_error(
    hass: HomeAssistant,
) -> None:
    entry = houses.entry(houses.worker(houses.BOINC, "My worker", "cruncher"))
    entry.add_to_hass(hass)
    menu: Any = await open_subentry_again(hass, entry, "cruncher")
    page = await choose(hass, menu, "boinc")
    assert page["errors"] == {}


@pytest.mark.parametrize(
    ("stored", "abilities"),
    [
        (houses.BOINC, "Saves before a pause, Several levels, Pauses by itself, Says"),
        ({**houses.FOLDING, "finish_wait_s": 600.0}, "Finishes before a pause, Says"),
        (houses.MINER, "–"),
    ],
)
async def test_changing_a_worker_says_what_that_worker_can_do(
    hass: HomeAssistant, stored: dict[str, Any], abilities: str
) -> None:
    entry = houses.entry(houses.worker(stored, "My worker", "cruncher"))
    entry.add_to_hass(hass)
    menu: Any = await open_subentry_again(hass, entry, "cruncher")
    said = menu["description_placeholders"]["abilities"]
    assert said.startswith(abilities)
