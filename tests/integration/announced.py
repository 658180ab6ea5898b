"""A companion service that announces itself, as Home Assistant hears it."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from homeassistant.config_entries import SOURCE_ZEROCONF
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from custom_components.solar_compute.const import DOMAIN
from solar_compute_worker.announce import TYPE

from .dialogs import Result

ID = "5a" * 16


async def hear(
    hass: HomeAssistant, port: int, properties: Mapping[str, Any] | None = None
) -> Result:
    """Let a service be announced; return the dialog that comes of it."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_ZEROCONF},
        data=ZeroconfServiceInfo(
            ip_address=ip_address("127.0.0.1"),
            ip_addresses=[ip_address("127.0.0.1")],
            port=port,
            hostname="crunchbox.local.",
            type=TYPE,
            name=f"crunchbox 5a5a5a.{TYPE}",
            properties={"id": ID, "fingerprint": ""}
            if properties is None
            else dict(properties),
        ),
    )
