"""Every guard stops the real job, whatever it would be worth, and lets it go on.

One running Home Assistant for all of them. Each guard is set up through its dialog, and
trips over what its entity says.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from demo import home
from demo.client import CallError
from demo.feed import FeedRunner

from .conftest import LEASE_S
from .guarded import (
    GUARDED,
    LONG,
    PLENTY_W,
    SET_UP,
    WELL,
    GuardedHouse,
    GuardedHousehold,
)
from .household import SPEED, Household

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("days"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_household(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[GuardedHousehold]:
    """Give a running household with a guard of every kind, all of them content."""
    plain = Household.build(tmp_path_factory.mktemp("household"))
    household = GuardedHousehold(
        GuardedHouse(),
        plain.companion,
        plain.home_assistant,
        plain.feed,
        plain.installed,
        {},
    )
    household.feed.house = household.house
    try:
        await household.start()
        async with FeedRunner(household.feed):
            client = household.home_assistant.client
            for entity_id, (state, _) in WELL.items():
                await household.says(entity_id, state)
            household.installed = await home.install(
                client, household.companion, GUARDED, SPEED, lease_s=LEASE_S
            )
            for name, (kind, answers) in SET_UP.items():
                await household.add_guard(name, kind, answers)
            household.entities = await home.entity_ids(
                client, household.installed.worker_id, awaits="reason"
            )
            yield household
    finally:
        await household.close()


@pytest.fixture(name="cellar")
def cellar_fixture(household: GuardedHousehold) -> GuardedHousehold:
    """Give the household under the name that its type has here."""
    return household


@pytest.mark.parametrize(
    ("guard", "entity_id", "state", "reason"),
    [
        ("Landlord", "sensor.grid_cap", "0.3", "power_cap"),
        ("Cellar air", "sensor.cellar_air", "30.5", "too_warm"),
        ("Cellar air", "sensor.cellar_air", "4", "too_cold"),
        ("Cellar air", "sensor.cellar_humidity", "90", "too_humid"),
        ("Nights", "schedule.nights", "on", "quiet_hours"),
        ("Tunnel", "binary_sensor.tunnel", "off", "not_isolated"),
        ("Internet", "binary_sensor.internet", "off", "no_internet"),
        ("Flat rate", "input_boolean.flat_rate", "off", "metered_transfer"),
        ("Holiday", "input_boolean.holiday", "on", "away"),
        ("Cooling pump", "switch.cooling_pump", "off", "condition"),
        ("Cooling pump", "switch.cooling_pump", "unavailable", "input_missing"),
    ],
)
async def test_what_an_entity_says_stops_the_job_and_lets_it_go_on(
    cellar: GuardedHousehold, guard: str, entity_id: str, state: str, reason: str
) -> None:
    await cellar.runs()

    await cellar.says(entity_id, state)

    await cellar.stops(reason, guard)
    await cellar.says(entity_id, WELL[entity_id][0])
    await cellar.goes_on()
    assert (await cellar.tripped(guard))["state"] == "off"


async def test_a_circuit_that_other_loads_fill_lowers_the_worker_and_then_stops_it(
    cellar: GuardedHousehold,
) -> None:
    """10 A at 230 V, of which 80 % may be used: 1840 W."""
    await cellar.runs()

    cellar.cellar.circuit_w = 1300.0
    await cellar.shows(state="running", level="1", reason="circuit_limit")
    cellar.cellar.circuit_w = 1800.0

    await cellar.stops("circuit_limit", "Cellar circuit")
    cellar.cellar.circuit_w = 0.0
    await cellar.goes_on()


async def test_a_circuit_whose_meter_is_unavailable_carries_no_worker(
    cellar: GuardedHousehold,
) -> None:
    await cellar.runs()

    cellar.feed.replaced[home.LOAD] = "unavailable"

    await cellar.stops("input_missing", "Cellar circuit")
    cellar.feed.replaced.clear()
    await cellar.goes_on()


async def test_a_grid_operators_signal_stops_what_a_person_asked_for(
    cellar: GuardedHousehold,
) -> None:
    cellar.house.pv_w = 0.0
    await cellar.run_anyway()

    await cellar.says("binary_sensor.dimmer", "on")

    await cellar.stops("power_cap", "Grid operator")
    await cellar.says("binary_sensor.dimmer", "off")
    await cellar.shows(state="running", reason="override_run")
    await cellar.back_to_automatic()


async def test_the_import_limit_stops_what_a_person_asked_for(
    cellar: GuardedHousehold,
) -> None:
    cellar.house.pv_w = 0.0
    await cellar.run_anyway()

    cellar.house.load_w = 4900.0

    await cellar.stops("import_limit")
    cellar.house.load_w = 0.0
    await cellar.shows(state="running", reason="override_run")
    await cellar.back_to_automatic()


async def test_a_battery_at_its_lowest_level_serves_no_worker(
    cellar: GuardedHousehold,
) -> None:
    cellar.house.pv_w, cellar.cellar.on_battery = 0.0, True
    await cellar.run_anyway()

    cellar.cellar.soc = 29.0

    await cellar.stops("battery_guard", "Reserve")
    cellar.house.pv_w = PLENTY_W
    await cellar.shows(state="running", level="2", reason="override_run")
    await cellar.back_to_automatic()
    cellar.cellar.soc, cellar.cellar.on_battery = 60.0, False
    await cellar.goes_on()


async def test_a_tank_at_its_maximum_stops_the_worker_that_heats_it(
    cellar: GuardedHousehold,
) -> None:
    await cellar.runs()

    cellar.cellar.tank_c = 60.5

    await cellar.stops("sink_full")
    cellar.cellar.tank_c = 45.0
    await cellar.goes_on()


async def test_a_door_that_was_opened_keeps_the_job_paused_until_it_is_re_armed(
    cellar: GuardedHousehold,
) -> None:
    client = cellar.home_assistant.client
    rearm = {"entity_id": cellar.guards["Door"]["rearm"]}
    await cellar.runs()

    await cellar.says("binary_sensor.door", "on")
    await cellar.stops("tamper", "Door")
    with pytest.raises(CallError):
        await client.act("button.press", rearm)
    await cellar.says("binary_sensor.door", "off")

    await cellar.stops("guard_latched", "Door")
    assert (await cellar.tripped("Door"))["attributes"]["latched"] is True
    assert "guard_latched" in await cellar.issues()
    await client.act("button.press", rearm)
    await cellar.goes_on()
    assert "guard_latched" not in await cellar.issues()


async def test_only_a_guard_for_safety_has_the_job_not_wait_for_a_checkpoint(
    cellar: GuardedHousehold,
) -> None:
    for guard, entity_id, reason, urgent in (
        ("Internet", "binary_sensor.internet", "no_internet", 0),
        ("Tunnel", "binary_sensor.tunnel", "not_isolated", 1),
    ):
        await cellar.runs()
        before = cellar.urgent_pauses()

        await cellar.says(entity_id, "off")

        await cellar.stops(reason, guard)
        assert cellar.urgent_pauses() - before == urgent
        await cellar.says(entity_id, "on")


async def test_a_smoke_alarm_is_re_armed_by_the_repair(
    cellar: GuardedHousehold,
) -> None:
    client = cellar.home_assistant.client
    await cellar.runs()

    await cellar.says("binary_sensor.smoke", "on")
    await cellar.stops("alarm", "Smoke")
    await cellar.says("binary_sensor.smoke", "off")
    await cellar.stops("guard_latched", "Smoke")
    issue = {
        "handler": home.DOMAIN,
        "issue_id": f"guard_latched_{cellar.guard_ids['Smoke']}",
    }
    dialog = await client.post("repairs/issues/fix", issue)
    result = await client.post(f"repairs/issues/fix/{dialog['flow_id']}", {})

    assert result["type"] == "create_entry"
    await cellar.goes_on()


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"energy_kwh": 0.000_1}, "daily_energy"),
        ({"cost": 0.000_001}, "daily_cost"),
        ({"run_h": 0.000_1}, "daily_run_time"),
    ],
)
async def test_a_worker_that_has_used_up_its_day_pauses_until_it_may_use_more(
    cellar: GuardedHousehold, answers: dict[str, float], reason: str
) -> None:
    await cellar.runs()

    await cellar.add_guard("Day", "maximum", answers)

    await cellar.stops(reason, "Day")
    await cellar.home_assistant.client.call(
        "config_entries/subentries/delete",
        entry_id=cellar.installed.entry_id,
        subentry_id=cellar.guard_ids["Day"],
    )
    await cellar.goes_on()


async def test_a_guard_that_waits_still_does_so_after_a_restart(
    cellar: GuardedHousehold,
) -> None:
    client = cellar.home_assistant.client
    await cellar.runs()
    await cellar.says("binary_sensor.door", "on")
    await cellar.stops("tamper", "Door")

    await cellar.home_assistant.restart()
    for entity_id, (state, _) in WELL.items():
        await cellar.says(entity_id, state)

    await cellar.shows(within_s=LONG, state="paused", reason="guard_latched")
    device = await cellar.guard_device("Door")
    await client.act("solar_compute.rearm_guard", {"device_id": device})
    await cellar.goes_on()
