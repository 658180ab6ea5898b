"""The announcement, as Home Assistant's own library hears it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
import signal
import socket

import pytest
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from solar_compute_worker import __version__, announce
from solar_compute_worker.config import load_config
from solar_compute_worker.spec import Config

from .conftest import Spawn
from .keys import PAIRED, Visitor, needs_openssl
from .support import PATIENCE_S, SLEEP, one_worker, write_config

ANNOUNCED = "[discovery]\nannounce = true"


class Listener:
    """Hears which services are announced on loopback."""

    def __init__(self, zeroconf: AsyncZeroconf) -> None:
        self.zeroconf = zeroconf
        self.names: set[str] = set()
        self.browser = AsyncServiceBrowser(
            zeroconf.zeroconf, announce.TYPE, handlers=[self._hear]
        )

    def _hear(self, *, name: str, state_change: object, **_: object) -> None:
        if "Removed" in str(state_change):
            self.names.discard(name)
        else:
            self.names.add(name)

    async def hears(self, config: Config) -> AsyncServiceInfo:
        """Wait until the service is announced; return what is said of it."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for name in tuple(self.names):
                    info = AsyncServiceInfo(announce.TYPE, name)
                    found = await info.async_request(self.zeroconf.zeroconf, 1000)
                    if found and info.port == config.server.port:
                        return info
                await asyncio.sleep(0.05)

    async def misses(self, name: str) -> None:
        """Wait until a service is not announced any more."""
        async with asyncio.timeout(PATIENCE_S):
            while name in self.names:
                await asyncio.sleep(0.05)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    zeroconf = AsyncZeroconf(interfaces=["127.0.0.1"])
    listener = Listener(zeroconf)
    yield listener
    await listener.browser.async_cancel()
    await zeroconf.async_close()


@needs_openssl
async def test_the_service_announces_its_address_id_and_fingerprint(
    program: Spawn, listener: Listener
) -> None:
    process, config = program(command=SLEEP, server=f"{PAIRED}\n{ANNOUNCED}")
    info = await listener.hears(config)
    assert info.parsed_addresses(IPVersion.V4Only) == ["127.0.0.1"]
    identity = (config.server.state_folder / "id").read_text()
    assert info.decoded_properties == {
        "id": identity,
        "version": __version__,
        "api": "1",
        "fingerprint": await asyncio.to_thread(Visitor(config).seen),
    }

    process.send_signal(signal.SIGTERM)

    await listener.misses(info.name)


async def test_without_tls_it_announces_no_fingerprint(
    program: Spawn, listener: Listener
) -> None:
    _, config = program(command=SLEEP, server=ANNOUNCED)
    info = await listener.hears(config)
    assert set(info.decoded_properties) == {"id", "version", "api"}


async def test_a_machine_that_gets_another_address_is_announced_there(
    tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = one_worker(tmp_path, command=SLEEP, server=ANNOUNCED)
    addresses: list[str] = []
    monkeypatch.setattr(announce, "LOOK_S", 0.05)
    monkeypatch.setattr(announce, "_addresses", lambda host: list(addresses))
    announcing = asyncio.create_task(announce.announce(config, "5a" * 16, None))
    try:
        await asyncio.sleep(0.2)
        addresses.append("127.0.0.1")
        info = await listener.hears(config)
        addresses.clear()
        await listener.misses(info.name)
    finally:
        announcing.cancel()
        with suppress(asyncio.CancelledError):
            await announcing


async def test_a_network_that_fails_does_not_stop_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = one_worker(tmp_path, command=SLEEP, server=ANNOUNCED)
    monkeypatch.setattr(announce, "LOOK_S", 0.01)
    # An address that this machine does not have.
    monkeypatch.setattr(announce, "_addresses", lambda host: ["192.0.2.77"])
    announcing = asyncio.create_task(announce.announce(config, "5a" * 16, None))
    async with asyncio.timeout(PATIENCE_S):
        while caplog.text.count("is not announced") < 2:
            await asyncio.sleep(0.02)
    assert not announcing.done()
    announcing.cancel()


@pytest.mark.parametrize(
    ("server", "library", "wanted"),
    [
        ("", True, False),
        ('host = "0.0.0.0"', True, True),
        ('host = "0.0.0.0"', False, False),
        ('host = "0.0.0.0"\n[discovery]\nannounce = false', True, False),
        (ANNOUNCED, True, True),
    ],
)
def test_it_announces_itself_where_others_can_reach_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    server: str,
    library: bool,
    wanted: bool,
) -> None:
    config = load_config(write_config(tmp_path, command=SLEEP, server=server))
    monkeypatch.setattr(announce, "has_library", lambda: library)
    assert announce.is_wanted(config) is wanted


def test_the_addresses_of_a_machine_are_all_but_its_own_loopback() -> None:
    addresses = announce._addresses("0.0.0.0")
    assert not [one for one in addresses if one.startswith("127.")]
    assert announce._addresses("127.0.0.1") == ["127.0.0.1"]
    assert announce._addresses("no-such-host.invalid") == []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return
        assert addresses[0] == probe.getsockname()[0]


def test_where_networks_cannot_be_listed_the_likeliest_address_is_announced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    all_of_them = announce._addresses("0.0.0.0")

    def confined() -> None:
        raise OSError(97, "Address family not supported by protocol")

    monkeypatch.setattr("ifaddr.get_adapters", confined)
    likeliest = announce._addresses("0.0.0.0")
    # None at all on a machine without a network.
    assert len(likeliest) <= 1
    assert all_of_them[: len(likeliest)] == likeliest
