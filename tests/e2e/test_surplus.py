"""The main job: a real job starts, is throttled and pauses as the meters say."""

import pytest

from demo import home

from .household import BUSY_CPU, Household

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("days"),
]

PLENTY_W = 3000.0


async def runs(household: Household) -> None:
    """Bring the worker to run at full power."""
    household.house.pv_w, household.house.load_w = PLENTY_W, 0.0
    await household.shows(state="running", level="2", reason="worth_it")


async def test_the_worker_starts_when_the_sun_comes_and_says_why(
    household: Household,
) -> None:
    await household.shows(state="paused", reason="not_worth_it")
    assert await household.job_stands_still()

    await runs(household)

    assert await household.job_runs()
    reason = await household.state("reason")
    assert reason["attributes"]["worth"]["total"] > 0
    assert reason["attributes"]["tranches"][0]["kind"] == "export"


async def test_it_is_throttled_when_the_sun_covers_only_a_part_of_it(
    household: Household,
) -> None:
    await runs(household)

    household.house.pv_w = 500.0

    await household.shows(state="running", level="1", power="400")
    half = await household.cpu_rate(2.0)
    household.house.pv_w = PLENTY_W
    await household.shows(state="running", level="2", power="800")
    assert BUSY_CPU < half < 0.75


async def test_it_pauses_when_the_kettle_stays_on_and_says_why(
    household: Household,
) -> None:
    await runs(household)

    household.house.load_w = PLENTY_W

    await household.shows(state="paused", level="0", reason="not_worth_it")
    assert await household.job_stands_still()
    reason = await household.state("reason")
    assert reason["attributes"]["starts_with_surplus_w"] > 0


async def test_it_pauses_when_the_meter_is_unavailable_and_goes_on_when_it_is_back(
    household: Household,
) -> None:
    await runs(household)

    household.feed.replaced[home.GRID] = "unavailable"

    await household.shows(state="paused", reason="input_missing")
    assert await household.job_stands_still()
    reason = await household.state("reason")
    assert reason["attributes"]["details"]["input"] == "grid"
    household.feed.replaced.clear()
    await household.shows(state="running", reason="worth_it")


async def test_it_pauses_when_the_meter_stops_reporting(household: Household) -> None:
    await runs(household)

    household.feed.silent.add(home.GRID)

    await household.shows(state="paused", reason="input_missing")
    assert await household.job_stands_still()
    grid = (await household.home_assistant.client.states())[home.GRID]
    assert grid["state"] not in ("unavailable", "unknown")


async def test_a_meter_that_repeats_its_value_is_not_silent(
    household: Household,
) -> None:
    await runs(household)
    starts = (await household.state("starts_today"))["state"]

    # Twice the time that a value may be held.
    assert await household.cpu_rate(12.0) > BUSY_CPU

    await household.shows(state="running", starts_today=starts)


async def test_a_person_may_run_it_without_sun_and_pause_it_in_the_sun(
    household: Household,
) -> None:
    client, device_id = household.home_assistant.client, await household.device_id()
    household.house.pv_w = household.house.load_w = 0.0
    await household.shows(state="paused", reason="not_worth_it")

    await client.act(
        "solar_compute.run",
        {"device_id": device_id, "duration": {"minutes": 5}, "level": 1},
    )
    await household.shows(state="running", level="1", reason="override_run")
    assert await household.job_runs()

    household.house.pv_w = PLENTY_W
    await client.act("solar_compute.pause", {"device_id": device_id})
    await household.shows(state="paused", reason="override_pause")
    assert await household.job_stands_still()

    await client.act(
        "button.press", {"entity_id": household.entities["resume_automatic"]}
    )
    await household.shows(state="running", reason="worth_it")


async def test_explain_gives_the_decision_with_its_numbers(
    household: Household,
) -> None:
    await runs(household)
    device_id = await household.device_id()

    answer = await household.home_assistant.client.act(
        "solar_compute.explain", {"device_id": device_id}, respond=True
    )

    text = str(answer[device_id])
    assert "worth_it" in text
    assert "export" in text
