"""The household with a guard of every kind, and a cellar whose entities can be told."""

from dataclasses import dataclass, field, replace
from typing import Any

from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    BatterySpec,
    SiteSpec,
    TankSpec,
)
from demo import home
from demo.dialogs import SUBENTRY, Dialog
from demo.feed import Moment

from .household import BUSY_CPU, IDLE_CPU, SPEC, SPEED, Household, SunnyHouse, until

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
    workers=(replace(SPEC.workers[0], sink="tank", min_run_s=60.0),),
)
"""A home with all that a guard may be about. Its day is fast, its stores are not.

Its worker's minimum run is over before a guard trips: where guards cut one run short
after the other, it would wait longer each time.
"""


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

    def urgent_pauses(self) -> int:
        """Return how often the worker service was told to pause at once."""
        return self.companion.program.last_lines(100_000).count("the pause is urgent")

    async def guard_device(self, guard: str) -> str:
        """Return the id of a guard's device, once there is one."""

        async def found() -> str | None:
            devices = await self.home_assistant.client.call(
                "config/device_registry/list"
            )
            wanted = [home.DOMAIN, self.guard_ids[guard]]
            return next((d["id"] for d in devices if wanted in d["identifiers"]), None)

        return str(await until(f"a device of {guard}", found))
