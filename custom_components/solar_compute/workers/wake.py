"""Wakes a sleeping machine by the network: the «magic packet» of Wake-on-LAN.

Sends to the whole local network. Whether anybody wakes is not to be known here.
"""

import asyncio
from collections.abc import Iterable
import re
import socket

BROADCAST = ("255.255.255.255", 9)

_MAC = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")


def is_mac(text: object) -> bool:
    """Tell whether something is the address of a network card."""
    return isinstance(text, str) and _MAC.fullmatch(text) is not None


def magic_packet(mac: str) -> bytes:
    """Return what wakes the card with this address."""
    return b"\xff" * 6 + bytes.fromhex(mac.replace(":", "")) * 16


async def async_wake(macs: Iterable[str]) -> None:
    """Wake the machine with these cards. Raises OSError if that cannot be sent."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sender.setblocking(False)
        for mac in macs:
            await loop.sock_sendto(sender, magic_packet(mac), BROADCAST)
