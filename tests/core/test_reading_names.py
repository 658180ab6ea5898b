"""Whatever is measured has one name, wherever it is shown."""

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    GuardInput,
    Reading,
    RoomInput,
    TankInput,
)
from custom_components.solar_compute.core.reading_names import named_readings
from custom_components.solar_compute.core.spec import RoomSpec

from .houses import CLOCK_S, gas_tank, look, running, sunny_house

SILENT = Reading(None, CLOCK_S)


def test_every_sensor_of_tanks_rooms_and_guards_is_named() -> None:
    snapshot = look(
        -700,
        running(power_w=Reading(500, CLOCK_S)),
        tanks=(
            TankInput(
                key="tank",
                temperature_c=Reading(50, CLOCK_S),
                lower_c=(Reading(40, CLOCK_S), Reading(30, CLOCK_S)),
                heat_w=Reading(450, CLOCK_S),
            ),
        ),
        rooms=(
            RoomInput(
                key="study",
                temperature_c=Reading(19, CLOCK_S),
                outdoor_c=Reading(2, CLOCK_S),
                cop=Reading(3.2, CLOCK_S),
            ),
        ),
        guards=(GuardInput(key="damp", readings={"humidity": Reading(80, CLOCK_S)}),),
    )
    named = {name: reading.value for name, reading in named_readings(snapshot)}
    assert named == {
        "grid": -700,
        "tank:tank": 50,
        "tank 2:tank": 40,
        "tank 3:tank": 30,
        "heat:tank": 450,
        "room:study": 19,
        "outdoor:study": 2,
        "cop:study": 3.2,
        "worker:cruncher": 500,
        "guard humidity:damp": 80,
    }


def test_what_a_decision_misses_is_named_alike() -> None:
    spec = sunny_house(
        tanks=(gas_tank(),), rooms=(RoomSpec(key="study", name="Study"),)
    )
    snapshot = look(
        None,
        tanks=(TankInput(key="tank", temperature_c=SILENT),),
        rooms=(RoomInput(key="study", temperature_c=SILENT),),
    )
    decision, _ = decide(spec, snapshot, Memory())
    assert decision.missing
    assert set(decision.missing) <= {name for name, _ in named_readings(snapshot)}
