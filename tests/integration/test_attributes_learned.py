"""What the sensor *Knowledge* tells of a worker's rule is what decides."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from custom_components.solar_compute.attributes_learned import knowledge_attributes
from custom_components.solar_compute.core.advice import settings_of
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


CRUNCHER = WorkerSpec(key="cruncher", name="Cruncher", levels_w=(300.0,))


def told(
    *,
    battery: BatterySpec | None = None,
    taught_per_kwh: float = 0.0,
    value_per_kwh: float | None = None,
) -> dict[str, Any]:
    """Return what is told of the worker, which a nowcast was learned of."""
    spec = SiteSpec(
        import_per_kwh=0.3, export_per_kwh=0.08, workers=(CRUNCHER,), battery=battery
    )
    known = WorkerKnowledge(
        rule=Rule.NOWCAST,
        taught_by=settings_of(spec, replace(CRUNCHER, value_per_kwh=taught_per_kwh)),
    )
    learned = Learned(
        knowledge=Knowledge(workers={"cruncher": known}),
        learned_s=datetime(2026, 6, 21, tzinfo=UTC).timestamp(),
    )
    now = SimpleNamespace(key="cruncher", value_per_kwh=value_per_kwh)
    data = cast(
        "Any",
        SimpleNamespace(
            known=Known(learned=learned), snapshot=SimpleNamespace(workers=(now,))
        ),
    )
    attributes = knowledge_attributes(SiteFacts(spec=spec, data=data))
    return cast("dict[str, Any]", attributes["workers"]["Cruncher"])


@pytest.mark.parametrize(
    ("battery", "rule"), [(None, Rule.NOWCAST), (BATTERY, Rule.BARE)]
)
def test_beside_a_battery_the_rule_of_thumb_is_said_to_play(
    battery: BatterySpec | None, rule: Rule
) -> None:
    assert told(battery=battery)["rule"] == rule.value
    assert told(battery=battery)["proven"] is (rule is not Rule.BARE)


def test_what_was_learned_counts_at_the_value_that_a_person_has_set_since() -> None:
    assert told(taught_per_kwh=0.2, value_per_kwh=0.2)["rule"] == Rule.NOWCAST.value
    assert told(taught_per_kwh=0.0, value_per_kwh=0.2)["rule"] == Rule.BARE.value
