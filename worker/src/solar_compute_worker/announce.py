"""Announces the service in the local network, so that Home Assistant finds it by itself.

May import zeroconf, but only to announce: it is an optional part of the package. An
announcement is a hint and nothing more, since anybody can make one; it must never say
anything that is a secret, nor stop the service if it fails.
"""

import asyncio
from contextlib import suppress
import importlib.util
import ipaddress
import logging
import re
import socket
from typing import TYPE_CHECKING

from . import __version__
from .spec import Config

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncZeroconf

TYPE = "_solar-compute._tcp.local."
LOOK_S = 60.0
"""How often to look whether the machine has other addresses now."""

_ANY = ("0.0.0.0", "::")
# Nothing is sent to it: it is for documentation (RFC 5737).
_ELSEWHERE = ("192.0.2.1", 9)

_LOGGER = logging.getLogger(__name__)


def has_library() -> bool:
    """Return whether the optional part is installed."""
    return importlib.util.find_spec("zeroconf") is not None


def is_wanted(config: Config) -> bool:
    """Return whether to announce: if so configured, else if others can reach it."""
    if config.announce is None:
        return not config.server.is_local and has_library()
    return config.announce


async def announce(config: Config, identity: str, fingerprint: str | None) -> None:
    """Announce the service, if wanted, until cancelled; anew for other addresses."""
    if not is_wanted(config):
        return
    zeroconf: AsyncZeroconf | None = None
    shown: list[str] = []
    try:
        while True:
            addresses = await asyncio.to_thread(_addresses, config.server.host)
            if addresses != shown:
                await _end(zeroconf)
                zeroconf = (
                    await _begin(config, addresses, identity, fingerprint)
                    if addresses
                    else None
                )
                shown = [] if zeroconf is None else addresses
            await asyncio.sleep(LOOK_S)
    finally:
        await _end(zeroconf)


async def _begin(
    config: Config, addresses: list[str], identity: str, fingerprint: str | None
) -> "AsyncZeroconf | None":
    # Not needed, and perhaps not installed, where nothing is announced.
    from zeroconf import Error
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

    machine = re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname().partition(".")[0])
    properties = {"id": identity, "version": __version__, "api": "1"}
    if fingerprint is not None:
        properties["fingerprint"] = fingerprint
    zeroconf = None
    try:
        zeroconf = AsyncZeroconf(interfaces=addresses)
        info = AsyncServiceInfo(
            TYPE,
            f"{machine[:40]} {identity[:6]}.{TYPE}",
            port=config.server.port,
            properties=properties,
            server=f"{machine}.local.",
            parsed_addresses=addresses,
        )
        await zeroconf.async_register_service(info, allow_name_change=True)
    except (Error, OSError, RuntimeError, ValueError) as error:
        _LOGGER.warning("the service is not announced: %r", error)
        await _end(zeroconf)
        return None
    _LOGGER.info("announced at %s as %s", ", ".join(addresses), info.name)
    return zeroconf


async def _end(zeroconf: "AsyncZeroconf | None") -> None:
    if zeroconf is not None:
        # The network may be gone, and whoever listens forgets us after a while.
        with suppress(OSError, RuntimeError):
            await zeroconf.async_unregister_all_services()
        await zeroconf.async_close()


def _addresses(host: str) -> list[str]:
    """Return where the service is reached, the likeliest first."""
    if host not in _ANY:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            found = socket.getaddrinfo(host, None, family, socket.SOCK_STREAM)
        except OSError:
            return []
        return [str(found[0][4][0])]
    addresses = _of_all_networks()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            likeliest = probe.getsockname()[0]
        except OSError:
            likeliest = None
        else:
            addresses.add(likeliest)
    return sorted(addresses, key=lambda one: (one != likeliest, one))


def _of_all_networks() -> set[str]:
    """Return the machine's addresses, but for those that only it can reach.

    None at all where the service may not look, as with systemd's confinement.
    """
    # Comes with zeroconf.
    import ifaddr

    try:
        adapters = list(ifaddr.get_adapters())
    except OSError:
        return set()
    return {
        str(ip.ip)
        for adapter in adapters
        for ip in adapter.ips
        if ip.is_IPv4 and not ipaddress.ip_address(str(ip.ip)).is_loopback
    }
