"""What is stored becomes frozen specs in the units of the core, once."""

from dataclasses import fields
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.solar_compute import configuration, problems
from custom_components.solar_compute.configuration import PowerSource
from custom_components.solar_compute.configured import Configuration
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.spec import (
    BatterySpec,
    DailyWindow,
    PolicySpec,
)
from custom_components.solar_compute.workers.agent import AgentBackend
from custom_components.solar_compute.workers.entity_config import EntityBackend
from custom_components.solar_compute.workers.entity_control import Dial
from custom_components.solar_compute.workers.entity_plug import Plug

from . import houses
from .houses import CRUNCHER, GRID, MINER, PRICES, SITE, TANK


def parsed(*subentries: Any, **kwargs: Any) -> Configuration:
    """Return the configuration of the sunny house with these subentries."""
    return configuration.parse(houses.entry(*subentries, **kwargs))


def test_a_house_without_a_battery_has_a_meter_and_two_prices() -> None:
    data = {**GRID, **PRICES, "pv_power": [], "has_battery": False}
    result = parsed(data=data)
    assert result.inputs.grid == PowerSource(plus=("sensor.grid",))
    assert result.inputs.battery is None
    assert result.inputs.soc is None
    assert result.inputs.pv is None
    assert result.spec.battery is None
    assert result.spec.import_per_kwh == 0.287
    assert result.spec.export_per_kwh == 0.078
    assert result.spec.export_limit_w is None
    assert result.spec.policy == PolicySpec()


def test_a_battery_is_in_watt_hours_and_shares() -> None:
    result = parsed()
    assert result.spec.battery == BatterySpec(
        capacity_wh=8000.0,
        charge_w=4000.0,
        discharge_w=3500.0,
        round_trip=0.9,
        reserve_soc=10.0,
        wear_per_kwh=0.05,
    )
    assert result.inputs.battery == PowerSource(plus=("sensor.battery",))
    assert result.inputs.soc == "sensor.battery_soc"


def test_a_meter_with_two_sensors_is_import_minus_export() -> None:
    data = {
        **SITE,
        "grid_power": ["sensor.grid_import", "sensor.garage_grid"],
        "grid_export_power": ["sensor.grid_export"],
    }
    assert parsed(data=data).inputs.grid == PowerSource(
        plus=("sensor.grid_import", "sensor.garage_grid"), minus=("sensor.grid_export",)
    )


def test_an_inverted_meter_changes_its_sign() -> None:
    data = {**SITE, "grid_inverted": True, "battery_inverted": True}
    inputs = parsed(data=data).inputs
    assert inputs.grid == PowerSource(plus=(), minus=("sensor.grid",))
    assert inputs.battery == PowerSource(plus=(), minus=("sensor.battery",))
    assert inputs.grid.entities == ("sensor.grid",)


def test_limits_and_price_entities_reach_the_spec() -> None:
    data = {
        **SITE,
        "export_limit_w": 0.0,
        "import_limit_w": 7000.0,
        "import_price_entity": "sensor.price",
    }
    result = parsed(data=data)
    assert result.spec.export_limit_w == 0
    assert result.spec.import_limit_w == 7000
    assert result.inputs.import_price == "sensor.price"
    assert result.inputs.export_price is None


def test_every_time_constant_of_the_policy_can_be_set_as_an_option() -> None:
    options = {field.name: 3.5 for field in fields(PolicySpec)}
    policy = parsed(options=options).spec.policy
    assert {getattr(policy, field.name) for field in fields(PolicySpec)} == {3.5}


def test_options_of_the_loop_and_of_inputs_are_used() -> None:
    options = {
        "publish_s": 0.1,
        "tick_s": 0.2,
        "debounce_s": 0.0,
        "command_timeout_s": 1.5,
        "retry_first_s": 0.3,
        "retry_longest_s": 3.0,
        "issue_after_tries": 5,
        "battery_horizon_s": 3.0,
        "maximum_w": 20_000.0,
        "yielding_power": ["sensor.diverter"],
        "yielding_value_per_kwh": 0.09,
    }
    result = parsed(options=options)
    assert (result.publish_s, result.tick_s, result.debounce_s) == (0.1, 0.2, 0.0)
    assert (result.command_timeout_s, result.issue_after_tries) == (1.5, 5)
    assert (result.retry_first_s, result.retry_longest_s) == (0.3, 3.0)
    assert result.spec.battery is not None
    assert result.spec.battery.horizon_s == 3
    assert result.spec.maximum_w == 20_000
    assert result.inputs.yielding == (("sensor.diverter", 0.09),)


def test_a_worker_of_the_service_carries_its_address_and_its_worth() -> None:
    data = {
        **CRUNCHER,
        "token": "secret",
        "max_starts_per_day": 8,
        "cooled_percent": 25.0,
        "quiet_start": "22:00:00",
        "quiet_end": "06:30:00",
        "quiet_level": 1,
        "sink": "tank",
    }
    result = parsed(
        houses.worker(data, "Cruncher", "cruncher"),
        houses.sink(TANK, "Hot water", "tank"),
    )
    (worker,) = result.workers
    assert (worker.key, worker.name) == ("cruncher", "Cruncher")
    assert worker.backend == AgentBackend(
        url="http://127.0.0.1:8377", token="secret", worker="cruncher", lease_s=120.0
    )
    assert worker.spec.levels_w == (60.0, 120.0)
    assert worker.spec.value_per_kwh == 0.15
    assert worker.spec.max_starts_per_day == 8
    assert worker.spec.recovery == 0.9
    assert worker.spec.cooled_share == 0.25
    assert worker.spec.quiet_hours == (DailyWindow(start_min=1320, end_min=390),)
    assert worker.spec.quiet_level == 1
    assert worker.spec.sink == "tank"
    assert result.spec.workers == (worker.spec,)
    assert result.problems == ()


def test_a_worker_behind_a_switch_carries_its_entities() -> None:
    data = {
        **MINER,
        "number": "number.miner_power",
        "number_values": [300.0],
        "power": "sensor.miner_power",
    }
    (worker,) = parsed(houses.worker(data, "Miner", "miner")).workers
    assert worker.backend == EntityBackend(
        control=Plug(entity="switch.miner"),
        dial=Dial(entity="number.miner_power", values=(300.0,)),
        power="sensor.miner_power",
    )
    assert worker.spec.quiet_hours == ()
    assert worker.spec.sink is None


@pytest.mark.parametrize("key", ["grid_power", "battery_soc", "grid_inverted"])
def test_a_renamed_entity_is_followed_where_it_is_used_and_nowhere_else(
    key: str,
) -> None:
    renamed = configuration.renamed(SITE, "sensor.grid", "sensor.meter")
    expected = ["sensor.meter"] if key == "grid_power" else SITE[key]
    assert renamed[key] == expected


def test_a_name_that_equals_a_renamed_entity_is_left_alone() -> None:
    data = {**CRUNCHER, "worker": "switch.miner"}
    assert configuration.renamed(data, "switch.miner", "switch.rig") == data


def test_decisions_come_often_enough_to_renew_the_shortest_lease() -> None:
    leased = houses.worker({**CRUNCHER, "lease_s": 12.0}, "Cruncher", "cruncher")
    assert parsed().loop_s == parsed().tick_s == 10
    assert parsed(leased).loop_s == 4


async def test_a_dangling_tank_is_a_repair_that_goes_when_it_is_mended(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    broken = houses.entry(
        houses.worker({**CRUNCHER, "sink": "gone"}, "Cruncher", "cruncher")
    )
    problems.async_report_problems(hass, broken, configuration.parse(broken))
    issue = issue_registry.async_get_issue(DOMAIN, "dangling_sink_cruncher")
    assert issue is not None
    assert issue.translation_placeholders == {"worker": "Cruncher"}

    mended = houses.entry(houses.worker(CRUNCHER, "Cruncher", "cruncher"))
    problems.async_report_problems(hass, mended, configuration.parse(mended))
    assert issue_registry.async_get_issue(DOMAIN, "dangling_sink_cruncher") is None


async def test_the_repair_leaves_the_issues_of_others_alone(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    for domain, issue_id in ((DOMAIN, "no_lease_miner"), ("other", "dangling_sink_x")):
        ir.async_create_issue(
            hass,
            domain,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="dangling_sink",
            translation_placeholders={"worker": "Miner"},
        )
    entry = houses.entry()
    problems.async_report_problems(hass, entry, configuration.parse(entry))
    assert issue_registry.async_get_issue(DOMAIN, "no_lease_miner") is not None
    assert issue_registry.async_get_issue("other", "dangling_sink_x") is not None
