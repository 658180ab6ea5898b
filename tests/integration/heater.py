"""A backup heater behind another integration's actions, and the tank that it heats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.backup_wait import BackupWait
from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.configured_heat import TankConfig, WaitRequest
from custom_components.solar_compute.core.model import Decision, SinkState, SiteState
from custom_components.solar_compute.core.spec import TankSpec
from custom_components.solar_compute.core.wait import Asked

ENTRY = "the_home"
HEATER = "water_heater.boiler"


@dataclass
class Device:
    """Something with a set-point, behind its integration's actions.

    `refuses` raises an error, `ignores` answers and does nothing, `lags` shows a change
    only when `report` is called.
    """

    hass: HomeAssistant
    entity_id: str = HEATER
    attributes: dict[str, Any] = field(default_factory=dict)
    refuses: bool = False
    ignores: bool = False
    lags: bool = False
    value: float = 55.0
    told: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        domain = self.entity_id.partition(".")[0]
        actions = {
            "number": ("set_value", "value"),
            "switch": ("turn_on", ""),
        }
        action, self.key = actions.get(domain, ("set_temperature", "temperature"))
        self.hass.services.async_register(domain, action, self._take)
        if domain == "switch":
            self.hass.services.async_register(domain, "turn_off", self._take)
        self.report()

    async def _take(self, call: ServiceCall) -> None:
        if self.refuses:
            raise HomeAssistantError("no")
        value = call.data.get(self.key, float(call.service == "turn_on"))
        self.told.append(value)
        if not self.ignores:
            self.value = value
        if not self.lags:
            self.report()

    def report(self) -> None:
        """Show in Home Assistant what the device is set to."""
        domain = self.entity_id.partition(".")[0]
        if domain == "switch":
            state = "on" if self.value else "off"
        elif domain == "number":
            state = str(self.value)
        else:
            state = "eco"
        attributes = {"temperature": self.value} | self.attributes
        self.hass.states.async_set(self.entity_id, state, attributes)

    def vanish(self) -> None:
        """Become unavailable."""
        self.hass.states.async_set(self.entity_id, "unavailable")

    def set_by_hand(self, value: float) -> None:
        """Let a person turn the knob."""
        self.value = value
        self.report()


@dataclass
class Home:
    """A tank whose backup may be asked to wait, and a disk."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    entry: MockConfigEntry
    tank: TankConfig
    disk: Mapping[str, Asked] = field(default_factory=dict)
    disk_full: bool = False
    wait: BackupWait = field(init=False)

    def start(self) -> None:
        """Start, or start again."""
        self.wait = BackupWait(
            self.hass,
            self.entry,
            (self.tank,),
            asked=self.disk,
            clock=Clock(),
            save=self._save,
        )

    async def _save(self) -> None:
        if self.disk_full:
            raise OSError("disk full")
        self.disk = dict(self.wait.asked)

    async def tick(
        self,
        *,
        heat: bool = True,
        water_c: float | None = 50.0,
        due: bool = False,
        times: int = 3,
    ) -> None:
        """Decide a few times, a minute apart."""
        for _ in range(times):
            self.freezer.tick(timedelta(seconds=61))
            decided = decision(heat=heat, water_c=water_c)
            self.wait.follow(decided, ["tank"] if due else [])
            await self.hass.async_block_till_done(wait_background_tasks=True)


def decision(*, heat: bool, water_c: float | None) -> Decision:
    """Return a decision about a tank of that temperature."""
    tank = SinkState(
        key="tank",
        temperature_c=water_c,
        coldest_c=water_c,
        warmest_c=water_c,
        missing_wh=None,
        heat_w=500.0 if heat else 0.0,
        heat_measured=False,
        expects_heat=heat,
        loss_w_per_k=1.4,
        capacity_wh_per_k=232.6,
    )
    return Decision(
        clock_s=0.0,
        state=SiteState.RUNNING,
        balance_w=None,
        surplus_w=None,
        hidden_w=0.0,
        next_per_kwh=None,
        tranches=(),
        heat=(),
        workers=(),
        sinks=(tank,),
    )


def tank_with(entity_id: str, floor_c: float | None = 45.0) -> TankConfig:
    """Return a tank whose backup is that entity."""
    return TankConfig(
        key="tank",
        name="Hot water",
        spec=TankSpec(key="tank", name="Hot water", volume_l=200),
        temperatures=("sensor.water",),
        wait=WaitRequest(entity=entity_id, floor_c=floor_c),
    )
