"""The beginning of a conversation with a worker, which the tests of it share."""

from collections.abc import AsyncIterator, Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.configured import WorkerConfig
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.core.spec import WorkerSpec
from custom_components.solar_compute.flow_view import FlowTiming
from custom_components.solar_compute.worker_flow import WorkerFlow
from custom_components.solar_compute.workers.agent import AgentBackend

from .common import ENTRY, BoxInMemory, pass_time, settle

CRUNCHER = WorkerConfig(
    key="cruncher",
    name="Cruncher",
    spec=WorkerSpec(key="cruncher", name="Cruncher", levels_w=(60.0, 120.0)),
    backend=AgentBackend(url="http://crunchbox", token=None, worker="cruncher"),
)

type Meet = Callable[[BoxInMemory], Awaitable[WorkerFlow]]


@pytest.fixture
async def meet(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> AsyncIterator[Meet]:
    """Return how to begin the conversation with a worker; it ends with the test."""
    flows: list[WorkerFlow] = []

    async def begin(box: BoxInMemory, **known: int) -> WorkerFlow:
        flow = WorkerFlow(
            hass,
            CRUNCHER,
            box,
            entry_id=ENTRY,
            clock=Clock(),
            timing=FlowTiming(),
            **known,
        )
        flows.append(flow)
        flow.start()
        await settle(hass)
        return flow

    yield begin
    for flow in flows:
        await flow.end(pause=False)


def doing(flow: WorkerFlow) -> WorkerState:
    """Return what the worker is shown to do."""
    return flow.view.state


async def keep_wanting(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    flow: WorkerFlow,
    level: int,
    seconds: float,
) -> None:
    """Decide the same again every ten seconds, as the loop does."""
    while seconds > 0:
        flow.want(level)
        await pass_time(hass, freezer, min(10, seconds))
        seconds -= 10
