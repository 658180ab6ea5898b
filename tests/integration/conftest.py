"""Fixtures for tests of the integration inside Home Assistant."""

from collections.abc import Iterator
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.solar_compute import runtime
from custom_components.solar_compute.workers import create_backend
from custom_components.solar_compute.workers.agent import AgentBackend
from custom_components.solar_compute.workers.base import Backend, BackendConfig

from .common import Boxes, BoxInMemory
from .meeting import meet
from .translations import check_translations

__all__ = ["check_translations", "meet"]


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load our integration in every test."""


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
