"""Fixtures for tests of the integration inside Home Assistant."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
import pytest_socket
from syrupy.assertion import SnapshotAssertion

from custom_components.solar_compute import runtime
from custom_components.solar_compute.workers import create_backend
from custom_components.solar_compute.workers.agent import AgentBackend
from custom_components.solar_compute.workers.base import Backend, BackendConfig
from custom_components.solar_compute.workers.folding import (
    FoldingBackend,
    FoldingWorker,
)

from . import houses
from .common import Boxes, BoxInMemory
from .engine_in_memory import EngineInMemory, engine_in_memory
from .fah_client import FoldingInMemory, folding_client
from .meeting import meet
from .translations import check_translations

__all__ = ["check_translations", "meet"]


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load our integration in every test."""


@pytest.fixture(autouse=True)
def nobody_minds_a_late_caller() -> Iterator[None]:
    """Let a test's server end in the very moment in which somebody calls it.

    The caller is hung up on, as by any program that ends. Python 3.14 in debug mode
    reports that as an error on the side of the server, which would fail the test.
    """
    report = asyncio.BaseEventLoop.call_exception_handler

    def report_others(loop: asyncio.BaseEventLoop, context: dict[str, Any]) -> None:
        ended = isinstance(context.get("exception"), AssertionError)
        if not (ended and "incoming connection" in context["message"]):
            report(loop, context)

    with patch.object(asyncio.BaseEventLoop, "call_exception_handler", report_others):
        yield


@pytest.fixture
def entity_registry_enabled_by_default() -> Iterator[None]:
    """Enable all entities, those that are disabled by default too."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        return_value=True,
    ):
        yield


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write snapshots as Home Assistant does: without random ids and clock times."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def sunny_house(hass: HomeAssistant) -> Iterator[None]:
    """Live in the sunny house, where nothing is set up for real."""
    houses.move_in(hass)
    with patch("custom_components.solar_compute.async_setup_entry", return_value=True):
        yield


@pytest.fixture
def boxes() -> Iterator[Boxes]:
    """Have every worker of a companion service in memory, by its host's name."""
    found: Boxes = {}

    def create(
        hass: HomeAssistant, config: BackendConfig, *, controller: str
    ) -> Backend:
        if not isinstance(config, AgentBackend):
            return create_backend(hass, config, controller=controller)
        host = config.url.removeprefix("http://")
        return found.setdefault(host, BoxInMemory(lease_s=config.lease_s))

    with patch.object(runtime, "create_backend", create):
        yield found


@pytest.fixture
def unix_sockets(socket_enabled: None) -> None:
    """Let a test use unix sockets; the plugin forbids them again before the next."""
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture
async def engine(
    unix_sockets: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[EngineInMemory]:
    """Run a container engine in memory, which really listens."""
    async with engine_in_memory(tmp_path_factory.mktemp("engine")) as running:
        yield running


@pytest.fixture
async def fah(socket_enabled: None) -> AsyncIterator[FoldingInMemory]:
    """Run a Folding@home client in memory."""
    async with folding_client() as running:
        yield running


@pytest.fixture
def folding_backend(
    hass: HomeAssistant, fah: FoldingInMemory
) -> Callable[..., FoldingWorker]:
    """Return what makes back-ends for that client, with these settings."""

    def make(**settings: Any) -> FoldingWorker:
        where = {"host": "127.0.0.1", "port": fah.port}
        config = FoldingBackend(**{**where, **settings})
        return FoldingWorker(async_get_clientsession(hass), config)

    return make
