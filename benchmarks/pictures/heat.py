"""What a kWh of heat is worth, by the time at which the backup would have run.

The example of the guide to heat: 200 litres at 54 °C, at three on a sunny afternoon.
"""

from datetime import datetime, timedelta

from benchmarks.svg import Scale, label, rule
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.heat_state import HeatPrice
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    DailyWindow,
    SiteSpec,
    TankSpec,
)

from .canvas import LEFT, RIGHT, Frame, box, cents, sheet
from .homes import EXPORT, IMPORT, lived_through, look

THREE = datetime(2026, 6, 1, 15)
BALANCE_W = 1200.0
FROM_THREE_ON_W = (
    *(1200, 600, -200, -500, -800, -600, -400, -300, -200),
    *(-200, -200, -200, -200, -200, -100),
    *(200, 600, 1000, 1500, 1900, 2000, 2000, 2000, 1800),
)
"""The balance of such a day by the hour, from three in the afternoon on."""

HEATERS = {
    "heating rod, thermostat": BackupSpec(kind=BackupKind.RESISTIVE),
    "heating rod, 2 to 5 h": BackupSpec(
        kind=BackupKind.RESISTIVE,
        schedule=BackupSchedule.TIMED,
        windows=(DailyWindow(start_min=120, end_min=300),),
    ),
    "gas, 10 ct, 80 %": BackupSpec(kind=BackupKind.GAS, price_per_kwh=0.10),
    "heat pump, thermostat": BackupSpec(kind=BackupKind.HEAT_PUMP, power_w=1500),
    "heating rod, solar diverter": BackupSpec(
        kind=BackupKind.RESISTIVE, schedule=BackupSchedule.DIVERTER
    ),
    "heat pump, 13 to 15 h": BackupSpec(
        kind=BackupKind.HEAT_PUMP,
        power_w=1500,
        schedule=BackupSchedule.TIMED,
        windows=(DailyWindow(start_min=780, end_min=900),),
    ),
}
ARRIVES = 0.9
"""The share of the heat that arrives in the tank."""

ROW = 30.0
NAMES = 206.0
"""How much room the names of the heaters take."""


def prices() -> dict[str, HeatPrice]:
    """Return what heat is worth beside each heater, as the core decides."""
    spec = SiteSpec(
        import_per_kwh=IMPORT,
        export_per_kwh=EXPORT,
        tanks=tuple(
            TankSpec(key=name, name=name, volume_l=200, backup=backup)
            for name, backup in HEATERS.items()
        ),
    )
    hours_w = tuple(float(watts) for watts in FROM_THREE_ON_W)
    memory = lived_through((*hours_w[9:], *hours_w[:9]))
    snapshot = look(spec, THREE, grid_w=-BALANCE_W, tanks_c=54.0)
    decision, _ = decide(spec, snapshot, memory)
    return {price.key: price for price in decision.heat}


def draw() -> str:
    """Return a row for each heater: from now to when it would have run."""
    top = 64.0
    bottom = top + ROW * len(HEATERS)
    frame = Frame(Scale(0.0, 24.0, NAMES, RIGHT - 56), Scale(0.0, 1.0, bottom, top))
    body: list[str] = []
    for hour, watts in enumerate(FROM_THREE_ON_W):
        if watts > 0:
            body.append(frame.block(hour, hour + 1, 0.0, 1.0, "shade"))
    body += [
        label(frame.across.at(1.0), top - 8, "sun", "small", "middle"),
        label(frame.across.at(19.5), top - 8, "tomorrow's sun", "small", "middle"),
        label(
            frame.across.at(8.5),
            top - 8,
            "electricity from the grid",
            "small",
            "middle",
        ),
        rule(NAMES, top, NAMES, bottom, "zero"),
    ]
    for row, (name, price) in enumerate(prices().items()):
        y = top + ROW * (row + 0.5)
        x = frame.across.at(price.in_s / 3600)
        css = "good" if price.per_kwh * ARRIVES > EXPORT else "other"
        body += [
            label(LEFT - 48, y + 4, name),
            rule(NAMES, y, x, y, "grid strong"),
            f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>',
            label(x + 12, y + 4, cents(price.per_kwh), "head"),
        ]
    times = [
        (float(after), f"{THREE + timedelta(hours=after):%H:%M}")
        for after in range(0, 25, 3)
    ]
    body += frame.columns(times)
    body.append(box(NAMES, bottom, RIGHT - 56 - NAMES, 1, "quiet"))
    body.append(
        label(
            16,
            bottom + 44,
            f"Green: worth more than exporting the sun for {cents(EXPORT)}, where nine "
            "tenths of the heat arrive.",
            "small",
        )
    )
    return sheet(
        "A kWh of heat, made at three: when would the heater have run, and for how much?",
        bottom + 58,
        body,
    )
