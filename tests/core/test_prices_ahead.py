"""What a home could know of the prices to come: those of tomorrow from one o'clock on."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from custom_components.solar_compute.core.prices_ahead import hours_ahead

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("zone", "now", "known"),
    [
        (BERLIN, "2026-06-15T00:00", 24),
        (BERLIN, "2026-06-15T10:25", 14),
        (BERLIN, "2026-06-15T12:55", 12),
        (BERLIN, "2026-06-15T13:00", 24),
        # Clocks are set an hour forward, and back.
        (BERLIN, "2026-03-29T00:30", 23),
        (BERLIN, "2026-03-29T04:00", 20),
        (BERLIN, "2026-10-25T00:30", 24),
        (BERLIN, "2026-10-25T04:00", 20),
        (LORD_HOWE, "2026-06-15T10:00", 14),
    ],
)
def test_no_price_of_tomorrow_is_known_before_one_o_clock(
    zone: ZoneInfo, now: str, known: int
) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=zone)
    start = datetime(2026, 1, 1, tzinfo=zone)
    hours = (local.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600
    index = int(hours)
    # As many as there are hours since the new year.
    prices = [float(hour) for hour in range(index + 48)]

    found = hours_ahead(prices, index, local.replace(minute=0), 3600)

    assert sum(price >= index for price in found) == known
