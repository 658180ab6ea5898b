"""What survives a restart, and what happens if it does not."""

from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.clock import ClockMark
from custom_components.solar_compute.controls import RoomControls, WorkerControls
from custom_components.solar_compute.core.hygiene import HygieneWatch
from custom_components.solar_compute.core.job import Job, JobBook, JobState, JobUnit
from custom_components.solar_compute.core.ledger import Ledger, WorkerAccount
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import Mode, Override
from custom_components.solar_compute.core.spec import RoomPreset
from custom_components.solar_compute.core.wait import Asked
from custom_components.solar_compute.heat_care import StoredCare
from custom_components.solar_compute.store import SiteStore, Stored

from .common import ENTRY, issues, pass_time

KEY = f"solar_compute.{ENTRY}"

A_LIFE = Stored(
    clock=ClockMark(clock_s=1000.0, wall_s=2000.0),
    memory=Memory(
        clock_s=999.0,
        workers={"miner": WorkerMemory(level=1, since_s=900.0, means=(0.1, 0.2))},
    ),
    ledger=Ledger(workers={"miner": WorkerAccount(solar_wh=1234.5, starts=7)}),
    controls={
        "miner": WorkerControls(
            mode=Mode.ON,
            override=Override(run=True, until_s=1500.0, level=1),
            value_per_kwh=0.2,
            override_duration_s=1800.0,
        )
    },
    rooms={"study": RoomControls(target_c=21.5, heating=False, preset=RoomPreset.ECO)},
    rearmed_s={"door": 800.0},
    generations={"miner": 42},
    care=StoredCare(
        asked={"tank": Asked(entity="water_heater.tank", original=55.0, lowered=45.0)},
        watched={"tank": HygieneWatch(since_s=100.0, asked_s=700.0)},
    ),
    jobs=JobBook(
        jobs=(
            Job(
                key="backup",
                worker="miner",
                name="Backup",
                amount=2.0,
                unit=JobUnit.KWH,
                submitted_s=900.0,
                ready_by_s=9000.0,
                done=0.5,
                maximum_per_kwh=0.25,
            ),
        ),
        counted={"miner": 3.0},
    ),
    automation=False,
)


def stored(data: Any, version: int = 1, minor_version: int = 1) -> dict[str, Any]:
    """Return what the file holds around the data."""
    return {
        "version": version,
        "minor_version": minor_version,
        "key": KEY,
        "data": data,
    }


async def test_everything_comes_back_as_it_was(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    await SiteStore(hass, ENTRY).async_save(A_LIFE)

    assert await SiteStore(hass, ENTRY).async_load() == A_LIFE


async def test_a_first_start_has_nothing(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    assert await SiteStore(hass, ENTRY).async_load() == Stored()
    assert "anew" not in caplog.text


@pytest.mark.parametrize("data", [[], "text", 7])
async def test_a_store_that_holds_something_else_starts_anew_with_a_warning(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    data: Any,
) -> None:
    hass_storage[KEY] = stored(data)

    assert await SiteStore(hass, ENTRY).async_load() == Stored(automation=False)
    assert "start anew" in caplog.text


async def test_a_store_of_a_newer_release_starts_anew_with_a_warning(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass_storage[KEY] = stored({"automation": True}, version=9)

    assert await SiteStore(hass, ENTRY).async_load() == Stored(automation=False)
    assert "start anew" in caplog.text


async def test_one_damaged_part_does_not_take_the_others_along(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await SiteStore(hass, ENTRY).async_save(A_LIFE)
    data = hass_storage[KEY]["data"]
    data["memory"]["workers"]["miner"]["level"] = "high"
    data["controls"] = None

    loaded = await SiteStore(hass, ENTRY).async_load()

    assert loaded.memory == Memory()
    assert loaded.controls == {}
    assert not loaded.automation
    assert loaded.ledger == A_LIFE.ledger
    assert loaded.generations == {"miner": 42}
    assert "Stored memory cannot be read" in caplog.text


async def test_nothing_starts_while_a_thermostat_that_was_off_cannot_be_read(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    await SiteStore(hass, ENTRY).async_save(replace(A_LIFE, automation=True))
    hass_storage[KEY]["data"]["rooms"]["study"]["heating"] = "perhaps"

    loaded = await SiteStore(hass, ENTRY).async_load()

    assert loaded.rooms == {}
    assert not loaded.automation
    assert "settings_lost" in issues(hass)


async def test_without_its_clock_no_override_and_no_timer_is_believed(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    await SiteStore(hass, ENTRY).async_save(A_LIFE)
    hass_storage[KEY]["data"]["clock"] = "noon"

    loaded = await SiteStore(hass, ENTRY).async_load()

    assert loaded.memory == Memory()
    assert loaded.controls["miner"].override is None
    assert loaded.rearmed_s == {}
    assert loaded.rooms == A_LIFE.rooms
    assert loaded.controls["miner"].mode is A_LIFE.controls["miner"].mode
    assert loaded.care == StoredCare(asked=A_LIFE.care.asked)
    assert loaded.ledger == A_LIFE.ledger


async def test_without_its_clock_a_job_counts_as_missed(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Nobody knows any more when it had to be ready, but that it was wanted."""
    await SiteStore(hass, ENTRY).async_save(A_LIFE)
    hass_storage[KEY]["data"]["clock"] = "noon"

    loaded = await SiteStore(hass, ENTRY).async_load()

    (job,) = loaded.jobs.jobs
    assert (job.name, job.state, job.done) == ("Backup", JobState.MISSED, 0.5)


async def test_data_of_another_minor_version_is_read_as_far_as_it_goes(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    hass_storage[KEY] = stored({"automation": False, "new": 1}, minor_version=3)

    assert await SiteStore(hass, ENTRY).async_load() == Stored(automation=False)


async def test_several_changes_in_a_moment_are_written_once_as_they_are_then(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    store = SiteStore(hass, ENTRY)
    now = [Stored(automation=False)]
    store.save_soon(lambda: now[0])
    now[0] = A_LIFE
    store.save_soon(lambda: now[0])
    assert KEY not in hass_storage

    await pass_time(hass, freezer, 2)

    assert hass_storage[KEY]["data"]["generations"] == {"miner": 42}


async def test_a_removed_store_is_gone(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    store = SiteStore(hass, ENTRY)
    await store.async_save(A_LIFE)

    await store.async_remove()

    assert KEY not in hass_storage
