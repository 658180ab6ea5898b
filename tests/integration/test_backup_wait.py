"""A backup heater waits for compute heat, and always gets its set-point back."""

from dataclasses import replace

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.backup_wait import async_give_all_back
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.wait import Asked

from .heater import ENTRY, HEATER, Device, Home, tank_with


@pytest.fixture
def boiler(hass: HomeAssistant) -> Device:
    """Give a water heater that is set to 55 °C."""
    return Device(hass)


@pytest.fixture
def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Home:
    """Give a home whose boiler may be lowered to 45 °C."""
    entry = MockConfigEntry(domain=DOMAIN, entry_id=ENTRY)
    entry.add_to_hass(hass)
    home = Home(hass, freezer, entry, tank_with(HEATER))
    home.start()
    return home


class TestAllGoesWell:
    async def test_the_set_point_is_the_floor_while_compute_heat_comes(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        assert boiler.value == 45
        assert boiler.told == [45]

        await home.tick(heat=False)
        assert boiler.value == 55
        assert boiler.told == [45, 55]
        assert not home.wait.asked

    @pytest.mark.parametrize("water_c", [44.9, None])
    async def test_it_is_given_back_when_the_tank_is_or_may_be_below_the_floor(
        self, home: Home, boiler: Device, water_c: float | None
    ) -> None:
        await home.tick()
        await home.tick(water_c=water_c)
        assert boiler.value == 55

    async def test_it_is_given_back_when_no_decision_can_be_made(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        home.wait.follow(None)
        await home.hass.async_block_till_done(wait_background_tasks=True)
        assert boiler.value == 55

    async def test_a_set_point_that_is_low_already_is_left_alone(
        self, home: Home, boiler: Device
    ) -> None:
        boiler.set_by_hand(42)
        await home.tick()
        await home.tick(heat=False)
        assert boiler.told == []

    async def test_a_boiler_that_is_off_is_left_alone(
        self, home: Home, boiler: Device
    ) -> None:
        home.hass.states.async_set(HEATER, "off", {"temperature": 55})
        await home.tick()
        assert boiler.told == []

    async def test_a_boiler_that_heats_the_tank_through_is_left_alone(
        self, home: Home, boiler: Device
    ) -> None:
        boiler.set_by_hand(65)
        await home.tick()
        assert boiler.told == []
        boiler.set_by_hand(55)
        await home.tick()
        assert boiler.value == 45

    async def test_it_is_given_back_when_the_tank_is_due_to_be_heated_through(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        await home.tick(due=True)
        assert boiler.value == 55
        assert boiler.told == [45, 55]

    async def test_a_device_that_rounds_gets_its_own_set_point_back(
        self, home: Home, boiler: Device
    ) -> None:
        boiler.lags = True
        await home.tick(times=1)
        boiler.set_by_hand(46)
        await home.tick()
        boiler.lags = False
        await home.tick(heat=False)
        assert boiler.value == 55

    async def test_a_device_of_another_unit_gets_its_floor_in_that_unit(
        self, home: Home, boiler: Device
    ) -> None:
        home.hass.config.units = US_CUSTOMARY_SYSTEM
        boiler.set_by_hand(131)
        await home.tick()
        assert boiler.value == 113
        await home.tick(heat=False)
        assert boiler.value == 131

    @pytest.mark.parametrize("entity_id", ["number.flow", "climate.loop"])
    async def test_numbers_and_thermostats_can_wait_too(
        self, home: Home, entity_id: str
    ) -> None:
        device = Device(home.hass, entity_id, {"unit_of_measurement": "°C"})
        home.tank = tank_with(entity_id)
        home.start()
        await home.tick()
        assert device.value == 45
        await home.tick(heat=False)
        assert device.value == 55

    async def test_a_switch_is_off_meanwhile_and_on_again_afterwards(
        self, home: Home
    ) -> None:
        rod = Device(home.hass, "switch.rod", value=1)
        home.tank = tank_with("switch.rod")
        home.start()
        await home.tick()
        assert rod.value == 0
        await home.tick(heat=False)
        assert rod.value == 1

    async def test_a_switch_that_turns_itself_on_again_is_left_on(
        self, home: Home
    ) -> None:
        rod = Device(home.hass, "switch.rod", value=1)
        home.tank = tank_with("switch.rod")
        home.start()
        await home.tick()
        rod.set_by_hand(1)
        await home.tick()
        assert rod.told == [0]

    @pytest.mark.parametrize(("minimum_c", "cold_c"), [(None, 44.0), (48.0, 47.5)])
    async def test_a_switch_without_a_floor_is_on_again_before_the_tank_is_cold(
        self, home: Home, minimum_c: float | None, cold_c: float
    ) -> None:
        """Below its minimum, or 10 K below its target."""
        rod = Device(home.hass, "switch.rod", value=1)
        tank = tank_with("switch.rod", floor_c=None)
        home.tank = replace(tank, spec=replace(tank.spec, minimum_c=minimum_c))
        home.start()
        await home.tick(water_c=50)
        assert rod.value == 0
        await home.tick(water_c=cold_c)
        assert rod.value == 1

    async def test_a_switch_that_is_off_stays_off(self, home: Home) -> None:
        rod = Device(home.hass, "switch.rod", value=0)
        home.tank = tank_with("switch.rod")
        home.start()
        await home.tick()
        await home.tick(heat=False)
        assert rod.told == []


class TestSomebodyElseTurnsTheKnob:
    @pytest.mark.parametrize("theirs", [40, 50, 55, 65])
    async def test_theirs_stands_and_is_not_changed_while_this_heat_lasts(
        self, home: Home, boiler: Device, theirs: float
    ) -> None:
        await home.tick()
        boiler.set_by_hand(theirs)
        await home.tick()
        await home.tick(heat=False)
        assert boiler.value == theirs
        assert boiler.told == [45]

    async def test_the_next_heat_asks_again(self, home: Home, boiler: Device) -> None:
        await home.tick()
        boiler.set_by_hand(52)
        await home.tick(heat=False)
        await home.tick()
        assert boiler.value == 45
        await home.tick(heat=False)
        assert boiler.value == 52


class TestThingsGoWrong:
    async def test_nothing_is_changed_that_could_not_be_saved_before(
        self, home: Home, boiler: Device
    ) -> None:
        home.disk_full = True
        await home.tick()
        assert boiler.told == []

    async def test_a_device_that_refuses_is_left_alone_after_some_tries(
        self, home: Home, boiler: Device, caplog: pytest.LogCaptureFixture
    ) -> None:
        boiler.refuses = True
        await home.tick(times=10)
        assert caplog.text.count("cannot be asked to wait") == 3
        boiler.refuses = False
        await home.tick(times=5)
        assert boiler.value == 55
        assert not home.wait.asked

    async def test_a_device_that_ignores_it_is_left_alone_after_some_tries(
        self, home: Home, boiler: Device
    ) -> None:
        boiler.ignores = True
        await home.tick(times=10)
        assert boiler.told == [45, 45, 45, 55]

    async def test_a_set_point_is_given_back_until_the_device_takes_it(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        boiler.refuses = True
        await home.tick(heat=False, times=6)
        assert boiler.value == 45
        boiler.refuses = False
        await home.tick(heat=False)
        assert boiler.value == 55

    async def test_a_device_that_vanishes_gets_it_back_when_it_returns(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        boiler.vanish()
        await home.tick(heat=False)
        boiler.report()
        await home.tick(heat=False)
        assert boiler.value == 55

    async def test_a_device_that_shows_changes_late_is_not_forgotten_low(
        self, home: Home, boiler: Device
    ) -> None:
        """Its state still says 55 °C when the heat ends, though it took 45 °C."""
        boiler.lags = True
        await home.tick(times=1)
        await home.tick(heat=False)
        boiler.report()
        await home.tick(heat=False)
        assert boiler.value == 55

    async def test_one_that_was_renamed_meanwhile_gets_it_back(
        self, home: Home, boiler: Device, entity_registry: er.EntityRegistry
    ) -> None:
        home.hass.states.async_remove(HEATER)
        entity_registry.async_get_or_create(
            "water_heater", "maker", "boiler", suggested_object_id="boiler"
        )
        boiler.report()
        await home.tick()
        entity_registry.async_update_entity(HEATER, new_entity_id="water_heater.new")
        home.hass.states.async_remove(HEATER)
        boiler.entity_id = "water_heater.new"
        boiler.report()
        home.tank = tank_with("water_heater.new")
        home.start()
        await home.tick(heat=False)
        assert boiler.value == 55


class TestTheEnd:
    async def test_unloading_gives_everything_back(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        await home.wait.async_restore()
        assert boiler.value == 55
        await home.tick()
        assert boiler.value == 55

    async def test_after_a_crash_the_next_start_gives_it_back(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        home.start()
        await home.tick(heat=False, times=1)
        assert boiler.value == 55

    async def test_after_a_crash_it_is_given_back_even_if_heat_still_comes(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        home.start()
        await home.tick(times=1)
        assert boiler.value == 55
        await home.tick()
        assert boiler.value == 45
        await home.tick(heat=False)
        assert boiler.value == 55

    async def test_a_crash_between_saving_and_asking_changes_nothing(
        self, home: Home, boiler: Device
    ) -> None:
        home.disk = {"tank": Asked(entity=HEATER, original=55, lowered=45)}
        home.start()
        await home.tick(heat=False)
        assert boiler.value == 55
        assert not home.wait.asked

    async def test_after_a_crash_a_set_point_that_a_person_changed_stands(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        boiler.set_by_hand(60)
        home.start()
        await home.tick(heat=False)
        assert boiler.value == 60

    async def test_a_tank_that_was_deleted_meanwhile_gives_it_back(
        self, home: Home, boiler: Device
    ) -> None:
        await home.tick()
        home.tank = replace(home.tank, wait=None)
        home.start()
        await home.tick()
        assert boiler.value == 55

    async def test_removing_the_entry_gives_back_what_unloading_could_not(
        self, home: Home, boiler: Device, issue_registry: ir.IssueRegistry
    ) -> None:
        await home.tick()
        boiler.refuses = True
        await home.wait.async_restore()
        boiler.refuses = False
        await async_give_all_back(home.hass, ENTRY, home.wait.asked)
        assert boiler.value == 55
        assert not issue_registry.issues

    async def test_removing_the_entry_tells_what_could_not_be_given_back(
        self, home: Home, boiler: Device, issue_registry: ir.IssueRegistry
    ) -> None:
        await home.tick()
        boiler.vanish()
        await home.wait.async_restore()
        await async_give_all_back(home.hass, ENTRY, home.wait.asked)
        issue = issue_registry.async_get_issue(DOMAIN, "backup_not_restored_tank")
        assert issue is not None
        assert issue.translation_placeholders == {"entity": HEATER, "original": "55"}
