"""What happens when a part of it dies: the job never runs on without permission."""

import time

import pytest

from .conftest import LEASE_S
from .household import Household, until

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("days"),
]

POWER_W = 800.0


async def runs(household: Household) -> None:
    """Bring the worker to run at full power in the sun."""
    household.house.pv_w = 3000.0
    await household.shows(within_s=40, state="running", level="2", reason="worth_it")


async def energy_wh(household: Household) -> float:
    """Return the worker's energy as its entity shows it."""
    state = await household.state("energy")
    assert state["attributes"]["unit_of_measurement"] == "kWh"
    return float(state["state"]) * 1000


def true_energy_wh(household: Household) -> float:
    """Return what the worker has really drawn since the household was started."""
    return sum(
        sample.moment.from_sun_wh + sample.moment.from_grid_wh
        for sample in household.samples
    )


async def test_a_restart_of_home_assistant_does_not_touch_the_job(
    household: Household,
) -> None:
    await runs(household)
    starts = (await household.state("starts_today"))["state"]
    energy = await energy_wh(household)
    household.samples.clear()

    await household.home_assistant.restart()
    await household.shows(within_s=40, state="running", starts_today=starts)

    await runs(household)
    statuses = [sample.status for sample in household.samples]
    assert {status and status["state"] for status in statuses} == {"running"}
    assert (await household.state("starts_today"))["state"] == starts
    assert await energy_wh(household) >= energy


async def test_after_a_crash_of_home_assistant_the_job_stops_within_its_lease(
    household: Household,
) -> None:
    await runs(household)
    energy = await energy_wh(household)
    counted = true_energy_wh(household)

    await household.home_assistant.program.kill()
    killed_s = time.monotonic()
    await until("the job stands still", household.job_stands_still, LEASE_S + 5)

    assert time.monotonic() - killed_s < LEASE_S + 5
    status = await household.companion.status()
    assert status is not None
    assert (status["state"], status["cause"]) == ("paused", "lease_expired")

    household.house.pv_w = 0.0
    await household.home_assistant.start()
    await household.shows(within_s=40, state="paused", reason="not_worth_it")
    # The ledger is saved once a minute; what ran after that was never counted.
    lost_wh = POWER_W * 60 / 3600
    ran_on_wh = true_energy_wh(household) - counted
    assert energy - lost_wh - 1 <= await energy_wh(household) <= energy + ran_on_wh + 1
    await runs(household)
    assert await household.job_runs()


async def test_a_service_that_dies_is_lost_and_found_again(
    household: Household,
) -> None:
    await runs(household)
    pids = household.companion.job_pids()
    assert pids

    await household.companion.program.kill()

    await household.shows(state="lost", reason="worker_lost")

    async def reported() -> bool:
        return "worker_unreachable" in await household.issues()

    await until("a repair issue", reported, 40)
    assert not household.companion.job_pids()

    await household.companion.start()
    await household.shows(within_s=60, state="running", reason="worth_it")
    assert await household.job_runs()
    assert "worker_unreachable" not in await household.issues()


async def test_disabling_the_integration_pauses_the_job_at_once(
    household: Household,
) -> None:
    await runs(household)
    client, entry_id = household.home_assistant.client, household.installed.entry_id

    await client.call("config_entries/disable", entry_id=entry_id, disabled_by="user")

    await until("the job stands still", household.job_stands_still, 5)
    await client.call("config_entries/disable", entry_id=entry_id, disabled_by=None)
    await runs(household)


async def test_removing_the_worker_pauses_its_job_at_once(
    household: Household,
) -> None:
    await runs(household)

    await household.home_assistant.client.call(
        "config_entries/subentries/delete",
        entry_id=household.installed.entry_id,
        subentry_id=household.installed.worker_id,
    )

    await until("the job stands still", household.job_stands_still, 5)
    status = await household.companion.status()
    assert status is not None
    assert status["cause"] == "commanded"
