"""Every guard stops the real job, whatever it would be worth, and lets it go on.

One running Home Assistant for all of them. Each guard is set up through its dialog, and
trips over what its entity says.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import pytest_asyncio

from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    BatterySpec,
    SiteSpec,
    TankSpec,
)
from demo import home
from demo.client import CallError
from demo.dialogs import SUBENTRY, Dialog
from demo.feed import FeedRunner, Moment

from .conftest import LEASE_S
from .household import BUSY_CPU, IDLE_CPU, SPEC, SPEED, Household, SunnyHouse, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLENTY_W = 3000.0
LONG = 40.0
"""How long what a person asked for may take on a busy machine, in s."""

GUARDED: SiteSpec = replace(
    SPEC,
    import_limit_w=5000.0,
    battery=BatterySpec(
        capacity_wh=5000 * SPEED, charge_w=2500, discharge_w=2500, reserve_soc=5
    ),
    tanks=(
        TankSpec(
            key="tank",
            name="Hot water",
            volume_l=300 * SPEED,
            maximum_c=60,
            backup=BackupSpec(kind=BackupKind.GAS),
        ),
    ),
    workers=(replace(SPEC.workers[0], sink="tank"),),
)
"""A home with all that a guard may be about. Its day is fast, its stores are not."""


@dataclass(slots=True)
class GuardedHouse(SunnyHouse):
    """The sunny house with a battery, a tank, and a circuit that the worker is on.

    `circuit_w` is what else the circuit carries. With `on_battery` the battery serves
    what the sun does not.
    """

    circuit_w: float = 0.0
    soc: float = 60.0
    tank_c: float = 45.0
    on_battery: bool = False

    def live(self, seconds: float, worker_w: float) -> Moment:
        """Live on for `seconds`, with the worker drawing `worker_w`."""
        moment = SunnyHouse.live(self, seconds, worker_w)
        grid_w = float(moment.readings[home.GRID])
        battery_w = max(0.0, grid_w) if self.on_battery else 0.0
        more = {
            home.GRID: grid_w - battery_w,
            home.BATTERY: battery_w,
            home.SOC: self.soc,
            home.TANK: self.tank_c,
            home.LOAD: self.circuit_w + worker_w,
        }
        return replace(moment, readings={**moment.readings, **more})


WELL: dict[str, tuple[str, str | None]] = {
    "sensor.cellar_air": ("21", "°C"),
    "sensor.cellar_humidity": ("50", "%"),
    "sensor.grid_cap": ("11", "kW"),
    "binary_sensor.dimmer": ("off", None),
    "schedule.nights": ("off", None),
    "binary_sensor.door": ("off", None),
    "binary_sensor.smoke": ("off", None),
    "binary_sensor.tunnel": ("on", None),
    "binary_sensor.internet": ("on", None),
    "input_boolean.flat_rate": ("on", None),
    "input_boolean.holiday": ("off", None),
    "switch.cooling_pump": ("on", None),
}
"""What the cellar's entities say while all is well, with their units."""


def condition(use: str, watched: str) -> tuple[str, dict[str, Any]]:
    """Return a guard over something on or off, with all that is proposed for it."""
    return "condition", {"use": use, "watched": watched}


SET_UP: dict[str, tuple[str, dict[str, Any]]] = {
    "Cellar circuit": ("circuit", {"limit": 10, "meter": home.LOAD}),
    "Landlord": ("power_cap", {"of": "workers", "cap": "sensor.grid_cap"}),
    "Grid operator": (
        "power_cap",
        {"of": "grid", "signal": "binary_sensor.dimmer", "cap_w": 0},
    ),
    "Reserve": ("battery_guard", {"minimum_soc": 30}),
    "Cellar air": (
        "climate",
        {
            "air": "sensor.cellar_air",
            "warmest_c": 30,
            "coldest_c": 5,
            "humidity": "sensor.cellar_humidity",
            "dew_margin_k": 3,
        },
    ),
    "Nights": ("quiet", {"schedule": "schedule.nights"}),
    "Door": condition("tamper", "binary_sensor.door"),
    "Smoke": condition("alarm", "binary_sensor.smoke"),
    "Tunnel": condition("isolation", "binary_sensor.tunnel"),
    "Internet": condition("internet", "binary_sensor.internet"),
    "Flat rate": condition("transfer", "input_boolean.flat_rate"),
    "Holiday": condition("away", "input_boolean.holiday"),
    "Cooling pump": condition("other", "switch.cooling_pump"),
}
"""One guard of every kind and use: the choice in the menu, and the answers."""


@dataclass(slots=True)
class GuardedHousehold(Household):
    """The household, its house, and the entities of its guards by their names."""

    guards: dict[str, dict[str, str]] = field(default_factory=dict)
    guard_ids: dict[str, str] = field(default_factory=dict)

    @property
    def cellar(self) -> GuardedHouse:
        """The house, with what this one has more than others."""
        assert isinstance(self.house, GuardedHouse)
        return self.house

    async def says(self, entity_id: str, state: str) -> None:
        """Have an entity of the cellar say something."""
        unit = WELL[entity_id][1]
        attributes = {} if unit is None else {"unit_of_measurement": unit}
        await self.home_assistant.client.set_state(entity_id, state, attributes)

    async def add_guard(self, name: str, kind: str, answers: dict[str, Any]) -> None:
        """Go through the dialog of a guard."""
        client, entry_id = self.home_assistant.client, self.installed.entry_id
        dialog = Dialog({"name": name, **answers}, (kind,))
        await dialog.go(client, SUBENTRY, [entry_id, "guard"])
        key = await home.newest_subentry(client, entry_id, "guard")
        self.guard_ids[name] = key
        self.guards[name] = await home.entity_ids(client, key, awaits="tripped")

    async def runs(self) -> None:
        """Bring the worker to run at full power in the sun."""
        self.house.pv_w, self.house.load_w = PLENTY_W, 0.0
        await self.shows(
            within_s=LONG, state="running", level="2", reason="worth_it", power="800"
        )

    async def stops(self, reason: str, guard: str | None = None) -> None:
        """Wait until the worker is paused for a reason, and its process really is."""
        await self.shows(state="paused", level="0", reason=reason)
        assert await self.cpu_rate(0.5) < IDLE_CPU
        if guard is not None:
            tripped = await self.tripped(guard)
            assert tripped["state"] == "on"
            assert tripped["attributes"]["reason"] == reason

    async def goes_on(self) -> None:
        """Wait until the worker runs in the sun again, and its process really does."""
        await self.runs()
        assert await self.cpu_rate() > BUSY_CPU

    async def tripped(self, guard: str) -> dict[str, Any]:
        """Return the state of a guard's binary sensor."""
        states = await self.home_assistant.client.states()
        found: dict[str, Any] = states[self.guards[guard]["tripped"]]
        return found

    async def run_anyway(self) -> None:
        """Ask for the worker to run, as a person does, and see that it does."""
        await self.home_assistant.client.act(
            "solar_compute.run",
            {"device_id": await self.device_id(), "duration": {"minutes": 5}},
        )
        await self.shows(state="running", level="2", reason="override_run")

    async def back_to_automatic(self) -> None:
        """Take that back."""
        await self.home_assistant.client.act(
            "button.press", {"entity_id": self.entities["resume_automatic"]}
        )


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
    device = await guard_device(cellar, "Door")
    await client.act("solar_compute.rearm_guard", {"device_id": device})
    await cellar.goes_on()


async def guard_device(cellar: GuardedHousehold, guard: str) -> str:
    """Return the id of a guard's device, once there is one."""

    async def found() -> str | None:
        devices = await cellar.home_assistant.client.call("config/device_registry/list")
        wanted = [home.DOMAIN, cellar.guard_ids[guard]]
        return next((d["id"] for d in devices if wanted in d["identifiers"]), None)

    return str(await until(f"a device of {guard}", found))
