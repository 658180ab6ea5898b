"""What the recorder is given to write: news at once, numbers now and then."""

from collections import Counter

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
import pytest

from .common import home, meter, move_in, pass_time, switched
from .sun import MINER

MINUTE = 60


def edgy() -> dict[str, float]:
    """Return what makes a worker wait before it starts or stops."""
    return {"start_cost": 0.05, "min_run_s": 900.0, "min_pause_s": 300.0}


@callback
def count_writes(hass: HomeAssistant) -> Counter[str]:
    """Count every change of a sensor of ours from now on."""
    writes: Counter[str] = Counter()

    @callback
    def on_change(event: Event[EventStateChangedData]) -> None:
        entity_id = event.data["entity_id"]
        if entity_id.startswith(("sensor.home_", "sensor.miner_")):
            writes[entity_id] += 1

    hass.bus.async_listen("state_changed", on_change)
    return writes


async def test_a_meter_on_the_edge_of_being_worth_it_does_not_flood_the_recorder(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await move_in(hass, home(switched("miner", MINER, **edgy())), grid_w=-250)
    await pass_time(hass, freezer, 40)
    writes = count_writes(hass)

    reasons = set()
    for second in range(2 * MINUTE):
        meter(hass, -400 if second % 4 < 2 else -100)
        await pass_time(hass, freezer, 1)
        state = hass.states.get("sensor.miner_reason")
        assert state is not None
        reasons.add(state.state)

    assert hass.states.is_state(MINER, "off")
    assert reasons == {"not_worth_it", "waiting_to_start"}
    assert writes.pop("sensor.miner_reason") > MINUTE / 3
    assert writes["sensor.miner_worth"] >= 3
    assert max(writes.values()) <= 5


@pytest.mark.parametrize("grid_w", [800, -3000])
async def test_a_steady_home_writes_each_number_twice_a_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, grid_w: float
) -> None:
    await move_in(hass, home(switched("miner", MINER, **edgy())), grid_w=grid_w)
    await pass_time(hass, freezer, 2 * MINUTE)
    writes = count_writes(hass)

    for second in range(5 * MINUTE):
        meter(hass, grid_w + second % 7 * 10)
        await pass_time(hass, freezer, 1)

    assert 9 <= max(writes.values()) <= 12


async def test_a_start_is_shown_with_its_numbers_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await move_in(hass, home(switched("miner", MINER)), grid_w=500)
    await pass_time(hass, freezer, 10)

    meter(hass, -3000)
    await pass_time(hass, freezer, 3)

    assert hass.states.is_state("sensor.miner_state", "running")
    assert hass.states.is_state("sensor.miner_power", "500")
    assert hass.states.is_state("sensor.home_state", "running")
