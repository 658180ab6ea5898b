"""A day with its decisions: sun, battery, tank, the worker, and why."""

from datetime import timedelta
from functools import cache
from itertools import groupby
import json
from pathlib import Path

from benchmarks.svg import Scale, label
from custom_components.solar_compute import core
from custom_components.solar_compute.core.house import HouseModel, mean_power
from custom_components.solar_compute.core.model import ReasonCode
from custom_components.solar_compute.core.simulate import Conditions, new_house
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)

from .canvas import LEFT, RIGHT, Frame, box, sheet
from .homes import BATTERY, EXPORT, IMPORT, JUNE, MIXED, lived_through
from .loop import Look, looks

STEP_S, STEPS = 60, 1440
SEED = 5
ACROSS = Scale(0.0, 24.0, LEFT, RIGHT)
SPEC = SiteSpec(
    import_per_kwh=IMPORT,
    export_per_kwh=EXPORT,
    battery=BATTERY,
    tanks=(
        TankSpec(
            key="tank",
            name="Hot water",
            volume_l=200,
            backup=BackupSpec(kind=BackupKind.GAS),
        ),
    ),
    workers=(
        WorkerSpec(
            key="cruncher",
            name="Cruncher",
            levels_w=(300.0, 600.0, 1000.0),
            value_per_kwh=0.03,
            sink="tank",
        ),
    ),
)
WHY = {
    ReasonCode.WORTH_IT: "good",
    ReasonCode.RIDING_OUT: "export",
    ReasonCode.WAITING_TO_START: "import",
    ReasonCode.SINK_FULL: "warm",
    ReasonCode.NOT_WORTH_IT: "quiet",
}
"""The colours of the reasons that such a day has."""

WORDS = Path(core.__file__).parents[1] / "translations" / "en.json"


@cache
def lived_day() -> tuple[Look, ...]:
    """Return the day, minute by minute."""
    model = HouseModel(base_w=300.0)
    world = []
    for index in range(STEPS):
        local = JUNE + timedelta(seconds=index * STEP_S)
        power = mean_power(model, SEED, local, STEP_S, every_s=20)
        world.append(
            Conditions(
                balance_w=power.pv_w - power.load_w,
                local=local,
                pv_w=power.pv_w,
                draw_w={"tank": power.draw_w},
            )
        )
    house = new_house(SPEC, soc=20.0, tank_c=51.0)
    return tuple(looks(SPEC, house, world, STEP_S, lived_through(*MIXED)))


def draw() -> str:
    """Return four panels and a strip of reasons over a common axis."""
    # The meters say nothing yet when the first decision is made.
    day = list(enumerate(lived_day()))[1:]
    hours = [index * STEP_S / 3600 for index, _ in day]
    seen = [look for _, look in day]
    workers = [look.decision.workers[0] for look in seen]
    left_w = [look.decision.balance_w or 0.0 for look in seen]
    stored = [100 * look.house.stored_wh / BATTERY.capacity_wh for look in seen]
    tank_c = [look.house.tanks["tank"].temperature_c for look in seen]

    def over(values: list[float]) -> list[tuple[float, float]]:
        return list(zip(hours, values, strict=True))

    sun = Frame(ACROSS, Scale(-5000.0, 4200.0, 182.0, 66.0))
    power = Frame(ACROSS, Scale(0.0, 1000.0, 270.0, 214.0))
    battery = Frame(ACROSS, Scale(0.0, 100.0, 366.0, 310.0))
    tank = Frame(ACROSS, Scale(45.0, 62.0, 462.0, 406.0))
    return sheet(
        "A day in June: sun, battery, hot water, and what was decided",
        604,
        [
            label(16, 54, "Left over without the worker (W)", "head"),
            *sun.rows((-4000.0, 0.0, 4000.0)),
            sun.curve(over(left_w), "export", area=True),
            label(16, 204, "The worker (W)", "head"),
            *power.rows((0.0, 300.0, 600.0, 1000.0)),
            power.curve(
                over([worker.power_w for worker in workers]),
                "good",
                area=True,
                steps=True,
            ),
            label(16, 300, "Battery", "head"),
            *battery.rows((0.0, 50.0, 100.0), " %"),
            battery.curve(over(stored), "battery_discharge", area=True),
            label(16, 396, "Hot water; workers stop at 60 °C", "head"),
            *tank.rows((50.0, 60.0), " °C"),
            tank.curve(over(tank_c), "warm"),
            *_why([worker.reason.code for worker in workers], hours),
        ],
    )


def _why(codes: list[ReasonCode], hours: list[float]) -> list[str]:
    """Return the strip of reasons, and what each colour says in the user's words."""
    words = json.loads(WORDS.read_text("utf-8"))["entity"]["sensor"]["reason"]["state"]
    frame = Frame(ACROSS, Scale(0.0, 1.0, 512.0, 494.0))
    body = [label(16, 488, "Why", "head")]
    for code, run in groupby(zip(codes, hours, strict=True), lambda pair: pair[0]):
        times = [hour for _, hour in run]
        end = times[-1] + STEP_S / 3600
        body.append(frame.block(times[0], end, 0.0, 1.0, f"chip {WHY[code]}"))
    body += frame.columns((float(hour), f"{hour}:00") for hour in range(0, 25, 3))
    for place, code in enumerate(code for code in WHY if code in codes):
        x, y = LEFT + 340 * (place % 2), 552.0 + 18 * (place // 2)
        body += [
            box(x, y - 9, 10, 10, f"chip {WHY[code]}"),
            label(x + 16, y, words[code.value], "small"),
        ]
    return body
