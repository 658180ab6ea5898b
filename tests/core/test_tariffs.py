"""What heat saves at night is priced at the night's tariff, once that is known."""

from datetime import timedelta

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import Decision
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    DailyWindow,
)

from .houses import NOON, boiler_rig, gas_tank, look, paused, sunny_house

DAY, NIGHT = 0.35, 0.12
NIGHT_ROD = BackupSpec(
    kind=BackupKind.RESISTIVE,
    schedule=BackupSchedule.TIMED,
    windows=(DailyWindow(start_min=22 * 60, end_min=6 * 60),),
)
HOUSE = sunny_house(boiler_rig(), tanks=(gas_tank(backup=NIGHT_ROD),))


def after_a_day(*, live: bool) -> Decision:
    """Look at the home every half hour from noon until the next afternoon."""
    memory = Memory()
    for index in range(54):
        local = NOON + timedelta(hours=index / 2)
        tariff = NIGHT if local.hour >= 22 or local.hour < 6 else DAY
        seen = look(
            300.0,
            paused("rig"),
            at_s=index * 1800.0,
            tank_c=50.0,
            import_per_kwh=tariff if live else None,
        )
        decision, memory = decide(HOUSE, seen, memory)
    return decision


def test_a_rod_on_the_night_tariff_is_displaced_at_the_nights_price() -> None:
    heat = after_a_day(live=True).heat_of("tank")
    assert heat is not None
    assert heat.in_s > 6 * 3600
    assert heat.displaced_per_kwh == NIGHT


def test_where_no_entity_gives_a_price_the_configured_one_holds_at_night() -> None:
    heat = after_a_day(live=False).heat_of("tank")
    assert heat is not None
    assert heat.displaced_per_kwh == HOUSE.import_per_kwh
