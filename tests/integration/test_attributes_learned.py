"""What the sensor *Knowledge* tells of a worker's rule is what decides."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from custom_components.solar_compute.attributes_learned import knowledge_attributes
from custom_components.solar_compute.core.knowledge import (
    Knowledge,
    Rule,
    WorkerKnowledge,
)
from custom_components.solar_compute.core.learned import Learned
from custom_components.solar_compute.core.spec import BatterySpec, SiteSpec, WorkerSpec
from custom_components.solar_compute.facts import SiteFacts
from custom_components.solar_compute.site_data import Known

BATTERY = BatterySpec(capacity_wh=8000.0, charge_w=4000.0, discharge_w=4000.0)


@pytest.mark.parametrize(
    ("battery", "rule"), [(None, Rule.NOWCAST), (BATTERY, Rule.BARE)]
)
def test_beside_a_battery_the_rule_of_thumb_is_said_to_play(
    battery: BatterySpec | None, rule: Rule
) -> None:
    cruncher = WorkerSpec(key="cruncher", name="Cruncher", levels_w=(300.0,))
    knowledge = Knowledge(workers={"cruncher": WorkerKnowledge(rule=Rule.NOWCAST)})
    learned = Learned(
        knowledge=knowledge, learned_s=datetime(2026, 6, 21, tzinfo=UTC).timestamp()
    )
    spec = SiteSpec(
        import_per_kwh=0.3, export_per_kwh=0.08, workers=(cruncher,), battery=battery
    )
    data = cast("Any", SimpleNamespace(known=Known(learned=learned)))

    told = knowledge_attributes(SiteFacts(spec=spec, data=data))

    assert told["workers"]["Cruncher"]["rule"] == rule.value
    assert told["workers"]["Cruncher"]["proven"] is (rule is not Rule.BARE)
