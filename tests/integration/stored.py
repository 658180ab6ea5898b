"""What Home Assistant has stored of the home before it starts, and what the home keeps."""

from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.past.keeper import PastKeeper

from .common import ENTRY


def file_of(part: str = "") -> str:
    """Return the name of the home's file, or of the one of a part of it."""
    return f"{DOMAIN}.{ENTRY}.{part}" if part else f"{DOMAIN}.{ENTRY}"


def store(
    hass_storage: dict[str, Any], data: Any, part: str = "", version: int = 1
) -> None:
    """Have something stored of the home."""
    key = file_of(part)
    hass_storage[key] = {
        "version": version,
        "minor_version": 1,
        "key": key,
        "data": data,
    }


def keeper_of(entry: MockConfigEntry) -> PastKeeper:
    """Return what keeps the past of a home."""
    keeper: PastKeeper | None = entry.runtime_data.foresight.part(PastKeeper)
    assert keeper is not None
    return keeper
