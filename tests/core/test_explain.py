"""Why, in numbers that add up and hints that hold."""

import json
from math import nan
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.explain import explain
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Decision,
    Mode,
    Reading,
    YieldingLoad,
)

from .houses import (
    CLOCK_S,
    boiler_rig,
    cruncher,
    home_battery,
    house_with_tank,
    look,
    paused,
    running,
    stepper,
    sunny_house,
)
from .loop import one


def explained(**changes: Any) -> dict[str, Any]:
    spec = house_with_tank(boiler_rig(), cruncher(), battery=home_battery())
    snapshot = look(
        -2000, running("rig"), paused(), battery_w=-500, soc=50, tank_c=45, **changes
    )
    decision, _ = decide(spec, snapshot, Memory())
    return explain(spec, snapshot, decision, "rig")


def test_an_explanation_is_plain_data() -> None:
    assert json.loads(json.dumps(explained(), allow_nan=False)) == explained()


def test_it_stays_so_where_a_sensor_says_something_that_is_no_number() -> None:
    for value in (nan, None, float("inf")):
        data = explained(pv_w=Reading(value, CLOCK_S))
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        assert data["inputs"]["pv_w"]["value"] is None


def test_it_says_which_inputs_it_used_and_how_old_they_are() -> None:
    data = explained(pv_w=Reading(3000.0, CLOCK_S - 12.34))
    assert data["inputs"]["pv_w"] == {"value": 3000.0, "age_s": 12.3}
    assert data["inputs"]["tank:tank"] == {"value": 45, "age_s": 0}


def test_the_parts_of_every_level_add_up() -> None:
    for level in explained()["levels"]:
        parts = level["compute"] + level["heat"] - level["cooling"] - level["supply"]
        assert level["total"] == pytest.approx(parts)


@given(
    grid_w=st.floats(-9000, 9000),
    battery_w=st.floats(-4000, 4000),
    soc=st.floats(0, 100),
    tank_c=st.floats(10, 70),
)
def test_the_supply_taken_costs_what_the_worth_says(
    grid_w: float, battery_w: float, soc: float, tank_c: float
) -> None:
    spec = house_with_tank(boiler_rig(), cruncher(), battery=home_battery())
    snapshot = look(
        grid_w,
        paused("rig"),
        paused(),
        battery_w=battery_w,
        soc=soc,
        tank_c=tank_c,
    )
    decision, _ = decide(spec, snapshot, Memory())
    for key in ("rig", "cruncher"):
        data = explain(spec, snapshot, decision, key)
        judged = one(decision, key).judged
        assert judged is not None
        cost = sum(
            part["width_w"] / 1000 * part["price_per_kwh"]
            for part in data["supply_taken"]
        )
        assert cost == pytest.approx(judged.supply, abs=1e-9)
        assert data["worth_per_h"] == pytest.approx(judged.total)


def test_a_worker_that_does_not_exist_cannot_be_explained() -> None:
    spec, snapshot = sunny_house(), look(-700)
    decision, _ = decide(spec, snapshot, Memory())
    with pytest.raises(KeyError):
        explain(spec, snapshot, decision, "gone")


def test_heat_is_explained_where_there_is_a_sink() -> None:
    heat = explained()["heat"]
    assert heat["displaced_per_kwh"] == pytest.approx(0.1425)
    assert heat["per_kwh"] == pytest.approx(heat["displaced_per_kwh"] * heat["kept"])


class TestWhatWouldStartIt:
    @given(
        grid_w=st.floats(-3000, 6000),
        export_limit_w=st.sampled_from([None, 3000.0]),
        value=st.sampled_from([0.01, 0.09, 0.15, 0.25]),
        export=st.sampled_from([0.08, -0.05]),
        diverters=st.lists(
            st.tuples(st.floats(0, 3000), st.sampled_from([0.02, 0.1, 0.28])),
            max_size=3,
        ),
    )
    def test_is_truly_enough_surplus_and_hardly_more_than_enough(
        self,
        grid_w: float,
        export_limit_w: float | None,
        value: float,
        export: float,
        diverters: list[tuple[float, float]],
    ) -> None:
        """Given so much more sun, the same level is worth it; with less, it is not."""
        spec = sunny_house(
            stepper(value_per_kwh=value),
            export_per_kwh=export,
            export_limit_w=export_limit_w,
        )
        loads = tuple(
            YieldingLoad(power_w=Reading(power, CLOCK_S), value_per_kwh=worth)
            for power, worth in diverters
        )

        def decided(extra_w: float) -> Decision:
            snapshot = look(grid_w - extra_w, paused("stepper"), yielding=loads)
            return decide(spec, snapshot, Memory())[0]

        worker = one(decided(0))
        if worker.level or worker.hint is None or not worker.hint.surplus_w:
            return
        assert worker.judged is not None
        index = worker.judged.level - 1
        enough = decided(worker.hint.surplus_w + 0.01)
        little = decided(worker.hint.surplus_w - 1)
        if not enough.hidden_w and not little.hidden_w:
            assert one(enough).worths[index].total >= -1e-9
            assert one(little).worths[index].total <= 1e-9

    def test_counts_what_a_battery_would_take_first(self) -> None:
        """It charges with up to 4 kW, at 22.5 ct; then 51.7 % of 500 W are exported."""
        spec = sunny_house(battery=home_battery())
        decision, _ = decide(spec, look(0, battery_w=0, soc=50), Memory())
        hint = one(decision).hint
        assert hint is not None
        assert hint.surplus_w == pytest.approx(4000 + 500 * 0.075 / 0.145)

    def test_is_none_where_no_surplus_would_do(self) -> None:
        spec = sunny_house(cruncher(value_per_kwh=0.05))
        decision, _ = decide(spec, look(500), Memory())
        hint = one(decision).hint
        assert hint is not None and hint.surplus_w is None and hint.after_s is None

    def test_is_given_in_time_where_there_is_enough_surplus_already(self) -> None:
        memory = decide(sunny_house(), look(500), Memory())[1]
        decision, _ = decide(sunny_house(), look(-900, at_s=10), memory)
        hint = one(decision).hint
        assert hint is not None and hint.surplus_w == 0
        assert hint.after_s is not None and 0 < hint.after_s < 3600

    def test_is_not_a_question_of_worth_where_a_person_wants_it_off(self) -> None:
        decision, _ = decide(sunny_house(), look(500, paused(mode=Mode.OFF)), Memory())
        assert one(decision).hint is None

    def test_is_nothing_to_ask_of_a_worker_that_runs(self) -> None:
        decision, _ = decide(sunny_house(), look(-900, running()), Memory())
        assert one(decision).hint is None
