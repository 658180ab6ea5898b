"""Jobs with a deadline: submitted, carried out, told of, and kept over a restart."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import probatio
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.solar_compute.const import EVENT_JOB
from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.core.job import JobVerdict

from .faces_common import (
    BOX_URL,
    CRUNCH_BOX,
    CRUNCHER,
    ENTRY,
    SWITCH,
    answer_for_the_crunch_box,
    crunch_box,
    cruncher,
    device_of,
    home,
    pass_time,
    report_meters,
    set_up,
    state_of,
    submit,
    until,
)
from .translations import DOMAIN, english

EVENING = "2026-06-21 20:00:00+00:00"


def idle_cruncher(**changes: Any) -> dict[str, Any]:
    """Return a cruncher whose results and heat are worth nothing."""
    return cruncher(sink=None, value_per_kwh=0.0, **changes)


async def dark_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> SolarComputeCoordinator:
    """Set up a home in the evening, with nothing but import for 30 ct."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(EVENING)
    coordinator = await set_up(hass, home(idle_cruncher()))
    report_meters(hass, grid_power="500")
    await until(hass, lambda: reason(hass) == "not_worth_it")
    return coordinator


def reason(hass: HomeAssistant) -> str:
    return state_of(hass, "sensor", CRUNCHER, "reason").state


async def listed(hass: HomeAssistant, owner: str = CRUNCHER) -> list[Any]:
    """Return all jobs of a worker, or of a home with one worker."""
    response = await hass.services.async_call(
        DOMAIN,
        "list_jobs",
        {"device_id": device_of(hass, owner)},
        blocking=True,
        return_response=True,
    )
    assert response is not None
    (found,) = response.values()
    assert isinstance(found, dict)
    jobs = found["jobs"]
    assert isinstance(jobs, list)
    return jobs


async def test_a_job_runs_is_done_and_is_told_of(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)
    told: list[Event[Any]] = async_capture_events(hass, EVENT_JOB)

    answer = await submit(hass, ready_by="20:30:00", energy=0.05)
    assert answer["feasible"] is True
    assert answer["expected_cost"] == pytest.approx(0.05 * 0.30)
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))
    assert reason(hass) == "job_deadline"
    details = state_of(hass, "sensor", CRUNCHER, "reason").attributes["details"]
    assert details["job"] == "Backup"
    await pass_time(hass, freezer, 420, grid_power="1000")

    assert hass.states.is_state(SWITCH, "off")
    (event,) = told
    assert event.data["type"] == "done"
    assert event.data["name"] == "Backup"
    assert event.data["device_id"] == device_of(hass, CRUNCHER)
    assert event.data["energy_kwh"] == pytest.approx(0.05, abs=0.002)
    (job,) = await listed(hass)
    assert job["state"] == "done"
    assert job["cost"] == pytest.approx(0.015, abs=0.001)


async def test_what_cannot_be_done_in_time_is_said_and_missed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)
    told: list[Event[Any]] = async_capture_events(hass, EVENT_JOB)

    answer = await submit(hass, ready_by="20:10:00", hours=1)

    assert answer["feasible"] is False
    assert answer["outlook"] == "too_late"
    assert answer["missing"] == pytest.approx(5 / 6, abs=0.01)
    assert answer["message"] == (
        "“Backup” cannot be ready by 2026-06-21 20:10: 0.833 h of the 1 h to go will "
        "be missing. Give it more time, or ask for less."
    )
    await pass_time(hass, freezer, 620, grid_power="1000")
    assert [event.data["type"] for event in told] == ["at_risk", "missed"]
    (job,) = await listed(hass, ENTRY)
    assert job["state"] == "missed"
    assert job["done"] == pytest.approx(1 / 6, abs=0.01)
    assert hass.states.is_state(SWITCH, "off")


async def test_a_job_that_its_value_cannot_pay_is_not_run_and_says_so(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)

    answer = await submit(hass, ready_by="23:00:00", energy=1, value=0.20)

    assert answer["outlook"] == "too_dear"
    assert "would take about 0.30 EUR" in answer["message"]
    assert reason(hass) == "job_not_worth_it"
    assert hass.states.is_state(SWITCH, "off")


async def test_a_job_above_its_maximum_says_what_it_would_cost(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Sun is exported, but of tomorrow's nothing is known yet."""
    await dark_home(hass, freezer)
    await pass_time(hass, freezer, 30, grid_power="-200")

    answer = await submit(hass, ready_by="23:00:00", energy=1, maximum_price=0.10)

    assert (answer["outlook"], answer["expected_cost"]) == ("too_dear", 0.3)
    assert "would take about 0.30 EUR" in answer["message"]


@pytest.mark.parametrize(
    ("given", "ready"),
    [
        ("06:00", "2026-06-22T06:00:00+00:00"),
        ("21:30:00", "2026-06-21T21:30:00+00:00"),
        ("2026-06-23 07:15:00", "2026-06-23T07:15:00+00:00"),
        ("2026-06-23T07:15:00+02:00", "2026-06-23T05:15:00+00:00"),
    ],
)
async def test_a_deadline_is_the_next_such_time_or_a_moment(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, given: str, ready: str
) -> None:
    await dark_home(hass, freezer)

    answer = await submit(hass, ready_by=given, hours=1)

    assert answer["ready_by"] == ready
    deadline = state_of(hass, "sensor", CRUNCHER, "next_deadline").state
    assert dt_util.parse_datetime(deadline) == dt_util.parse_datetime(ready)


async def test_the_next_morning_is_so_many_hours_off_even_when_clocks_change(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-10-24 20:00:00+00:00")

    answer = await submit(hass, ready_by="06:00", hours=1)
    assert answer["ready_by"] == "2026-10-25T06:00:00+01:00"

    coordinator: SolarComputeCoordinator = hass.config_entries.async_entries(DOMAIN)[
        0
    ].runtime_data
    (job,) = coordinator.jobs.open_jobs
    # Ten in the evening to six, and the hour that comes twice.
    assert job.ready_by_s - job.submitted_s == pytest.approx(9 * 3600, abs=1)


async def test_of_an_hour_that_comes_twice_the_next_is_meant(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """At 2:40 summer time 2:30 is in fifty minutes, after the clocks went back."""
    await dark_home(hass, freezer)
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-10-25 00:40:00+00:00")

    await submit(hass, ready_by="02:30", hours=0.1)

    coordinator: SolarComputeCoordinator = hass.config_entries.async_entries(DOMAIN)[
        0
    ].runtime_data
    (job,) = coordinator.jobs.open_jobs
    assert job.ready_by_s - job.submitted_s == pytest.approx(50 * 60, abs=1)


@pytest.mark.parametrize("given", ["2026-06-21 19:59:00", "2026-07-01 06:00:00"])
async def test_a_deadline_that_is_past_or_far_ahead_is_refused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, given: str
) -> None:
    await dark_home(hass, freezer)

    with pytest.raises(ServiceValidationError) as refusal:
        await submit(hass, ready_by=given, hours=1)

    assert refusal.value.translation_key == "deadline_out_of_range"
    assert f"{given[:16]} is past, or too far ahead" in str(refusal.value)
    assert await listed(hass) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": 0},
        {"energy": -1},
        {"hours": 1, "value": -1},
        {"hours": float("nan")},
        {"hours": 1, "name": ""},
    ],
)
async def test_nonsense_is_refused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, wrong: dict[str, Any]
) -> None:
    await dark_home(hass, freezer)

    with pytest.raises(probatio.Invalid):
        await submit(hass, **{"ready_by": "06:00", **wrong})

    assert await listed(hass) == []


@pytest.mark.parametrize("wrong", [{}, {"hours": 1, "energy": 1}])
async def test_who_does_not_say_how_much_in_one_way_is_told_to(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, wrong: dict[str, Any]
) -> None:
    await dark_home(hass, freezer)

    with pytest.raises(ServiceValidationError, match="in one way: hours, energy"):
        await submit(hass, ready_by="06:00", **wrong)

    assert await listed(hass) == []


async def test_who_gives_no_deadline_that_can_be_read_is_shown_how(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)

    with pytest.raises(probatio.Invalid, match="«soon» is no time such as 06:00"):
        await submit(hass, ready_by="soon", hours=1)


async def test_units_are_for_workers_that_count_them(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker
) -> None:
    answer_for_the_crunch_box(aioclient_mock)
    status = {
        "name": "primes",
        "state": "paused",
        "level": 0,
        "power_w": 0.0,
        "generation": 1,
        "jobs": {"waiting": 7, "working": 0, "done": 3, "failed": 0},
    }
    aioclient_mock.clear_requests()
    health = {"api": 1, "api_version": 1, "version": "0.1.0", "status": "ok"}
    aioclient_mock.get(f"{BOX_URL}/v1/health", json=health)
    aioclient_mock.get(f"{BOX_URL}/v1/workers/primes", json=status)
    aioclient_mock.put(f"{BOX_URL}/v1/workers/primes/desired", json=status)
    await set_up(hass, home(idle_cruncher(), crunch_box()))
    await until(
        hass, lambda: state_of(hass, "sensor", CRUNCH_BOX, "state").state == "paused"
    )

    with pytest.raises(ServiceValidationError) as refusal:
        await submit(hass, ready_by="06:00", units=7)
    assert refusal.value.translation_key == "counts_no_units"

    answer = await submit(hass, CRUNCH_BOX, ready_by="06:00", units=7)
    assert answer["unit"] == "units"
    assert answer["hours_left"] is None


async def test_a_job_is_cancelled_by_its_name_or_key(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)
    first = await submit(hass, ready_by="20:30:00", hours=0.2)
    await submit(hass, ready_by="06:00", hours=1, name="Render")
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))

    async def cancel(job: str) -> None:
        data = {"device_id": device_of(hass, CRUNCHER), "job": job}
        await hass.services.async_call(DOMAIN, "cancel_job", data, blocking=True)

    await cancel(first["job"])
    await cancel("Render")

    await until(hass, lambda: hass.states.is_state(SWITCH, "off"))
    assert await listed(hass) == []
    with pytest.raises(ServiceValidationError) as refusal:
        await cancel("Render")
    assert refusal.value.translation_key == "no_such_job"


async def test_there_is_an_end_to_how_many_jobs_a_worker_takes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)
    for _ in range(20):
        await submit(hass, ready_by="06:00", hours=0.1)

    with pytest.raises(ServiceValidationError) as refusal:
        await submit(hass, ready_by="06:00", hours=0.1)

    assert refusal.value.translation_key == "too_many_jobs"
    assert state_of(hass, "sensor", CRUNCHER, "jobs").state == "20"


async def test_while_the_meters_are_silent_nothing_is_promised(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)
    await pass_time(hass, freezer, 320, grid_power="unavailable")

    answer = await submit(hass, ready_by="06:00", hours=1)

    assert answer["feasible"] is None
    assert answer["outlook"] == "unknown"
    assert "silent" in answer["message"]


async def test_jobs_outlive_a_reload_with_what_was_done(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)
    await submit(hass, ready_by="20:30:00", energy=0.2)
    await pass_time(hass, freezer, 300, grid_power="1000")
    (before,) = await listed(hass)
    assert before["done"] > 0.03

    assert await hass.config_entries.async_reload(ENTRY)
    await hass.async_block_till_done()

    (after,) = await listed(hass)
    assert after["job"] == before["job"]
    assert after["done"] == pytest.approx(before["done"], abs=0.005)
    assert after["ready_by"] == before["ready_by"]


async def test_the_jobs_of_a_deleted_worker_are_deleted_and_never_missed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await dark_home(hass, freezer)
    await submit(hass, ready_by="20:30:00", hours=0.2)
    entry = coordinator.config_entry
    told: list[Event[Any]] = async_capture_events(hass, EVENT_JOB)

    hass.config_entries.async_remove_subentry(entry, CRUNCHER)
    await hass.async_block_till_done()
    await pass_time(hass, freezer, 1900, grid_power="500")

    assert entry.runtime_data.jobs.book.jobs == ()
    assert told == []


async def test_a_job_at_risk_is_told_of_once_also_when_meters_begin_late(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await dark_home(hass, freezer)
    told: list[Event[Any]] = async_capture_events(hass, EVENT_JOB)
    await submit(hass, ready_by="21:00:00", hours=2)
    await pass_time(hass, freezer, 10, grid_power="1000")
    assert [event.data["type"] for event in told] == ["at_risk"]

    await pass_time(hass, freezer, 320, grid_power="unavailable")
    assert await hass.config_entries.async_reload(ENTRY)
    await hass.async_block_till_done()
    assert (await listed(hass))[0]["feasible"] is None
    await pass_time(hass, freezer, 60, grid_power="1000")

    assert (await listed(hass))[0]["feasible"] is False
    assert len(told) == 1


async def test_what_ended_is_forgotten_after_a_week(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await dark_home(hass, freezer)
    await submit(hass, ready_by="20:01:00", hours=1)
    await pass_time(hass, freezer, 70, grid_power="500")
    (job,) = await listed(hass)
    assert job["state"] == "missed"

    freezer.tick(timedelta(days=7))
    report_meters(hass, grid_power="500")
    coordinator.tick()

    assert await listed(hass) == []


async def test_a_workers_jobs_as_an_attribute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, snapshot: SnapshotAssertion
) -> None:
    await dark_home(hass, freezer)
    await submit(hass, ready_by="06:00", hours=2, name="Render", maximum_price=0.25)
    await submit(hass, ready_by="20:10:00", energy=0.02, value=1)
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))
    await pass_time(hass, freezer, 60, grid_power="1000")

    shown = state_of(hass, "sensor", CRUNCHER, "jobs")
    assert shown.state == "2"
    assert shown.attributes["jobs"] == snapshot(exclude=props("job"))


def test_every_outlook_has_a_sentence() -> None:
    texts = english()["selector"]["job_outlook"]["options"]
    assert set(texts) == {*(verdict.value for verdict in JobVerdict), "unknown"}
