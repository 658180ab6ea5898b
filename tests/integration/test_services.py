"""Actions reach workers by their devices, and say clearly what they cannot do."""

from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.solar_compute.core.memory import HourMean, MeanDay
from custom_components.solar_compute.core.model import Mode

from .faces_common import (
    CRUNCH_BOX,
    CRUNCHER,
    ENTRY,
    SWITCH,
    TANK,
    answer_for_the_crunch_box,
    boiler,
    cruncher,
    device_of,
    home,
    report_meters,
    set_up,
    state_of,
    until,
)
from .guarded import door, guarded, open_door
from .translations import DOMAIN


async def call(hass: HomeAssistant, action: str, **data: Any) -> None:
    await hass.services.async_call(DOMAIN, action, data, blocking=True)


async def asked(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Return what an action answers."""
    response = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert response is not None
    return dict(response)


async def explained(hass: HomeAssistant, *devices: str) -> dict[str, Any]:
    return await asked(hass, "explain", device_id=list(devices))


async def test_run_starts_a_worker_for_as_long_as_asked(hass: HomeAssistant) -> None:
    coordinator = await set_up(hass, home(cruncher(sink=None)))
    report_meters(hass, grid_power="1500")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    await call(
        hass, "run", device_id=device_of(hass, CRUNCHER), duration={"minutes": 30}
    )
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    override = coordinator.controls[CRUNCHER].override
    assert override is not None
    remaining_s = override.until_s - coordinator.data.snapshot.clock_s
    assert remaining_s == pytest.approx(30 * 60, abs=5)
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "override_run"


async def test_run_takes_several_workers_and_a_level(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker
) -> None:
    answer_for_the_crunch_box(aioclient_mock)
    coordinator = await set_up(hass, home())

    await call(
        hass,
        "run",
        device_id=[device_of(hass, CRUNCHER), device_of(hass, CRUNCH_BOX)],
        duration="00:10:00",
        level=1,
    )

    for worker in (CRUNCHER, CRUNCH_BOX):
        override = coordinator.controls[worker].override
        assert override is not None
        assert override.run
        assert override.level == 1


async def test_pause_pauses_a_worker_that_is_worth_it(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    await call(hass, "pause", device_id=device_of(hass, CRUNCHER), duration=600)

    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "override_pause"


async def test_without_a_duration_the_workers_own_counts(hass: HomeAssistant) -> None:
    coordinator = await set_up(hass, home(cruncher(), boiler()))
    await coordinator.async_set_override_duration(CRUNCHER, 5 * 60)

    await call(hass, "pause", device_id=device_of(hass, CRUNCHER))

    override = coordinator.controls[CRUNCHER].override
    assert override is not None
    remaining_s = override.until_s - coordinator.data.snapshot.clock_s
    assert remaining_s == pytest.approx(5 * 60, abs=5)


async def test_set_mode_sets_the_standing_wish(hass: HomeAssistant) -> None:
    coordinator = await set_up(hass, home(cruncher(), boiler()))

    await call(hass, "set_mode", device_id=device_of(hass, CRUNCHER), mode="off")

    assert coordinator.controls[CRUNCHER].mode is Mode.OFF
    assert state_of(hass, "select", CRUNCHER, "mode").state == "off"


async def test_a_command_answers_what_was_decided_for_each_worker(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker
) -> None:
    answer_for_the_crunch_box(aioclient_mock)
    await set_up(hass, home())
    devices = [device_of(hass, CRUNCHER), device_of(hass, CRUNCH_BOX)]

    told = await asked(hass, "pause", device_id=devices, duration={"hours": 1})
    back = await asked(hass, "set_mode", device_id=devices, mode="off")

    assert list(told) == list(back) == devices
    for answer in told.values():
        assert answer["override"]["run"] is False
        assert (answer["level"], answer["reason"]) == (0, "override_pause")
    for answer in back.values():
        assert answer["override"] is None
        assert (answer["mode"], answer["reason"]) == ("off", "mode_off")


async def test_a_command_that_a_guard_forbids_answers_that(hass: HomeAssistant) -> None:
    await guarded(hass, door())
    await open_door(hass)

    told = await asked(hass, "run", device_id=device_of(hass, CRUNCHER))

    (answer,) = told.values()
    assert answer["override"]["run"] is True
    assert (answer["level"], answer["reason"]) == (0, "tamper")


async def test_what_was_learned_is_forgotten_for_homes_only(
    hass: HomeAssistant,
) -> None:
    coordinator = await set_up(hass, home(cruncher(), boiler()))
    coordinator.plans.rest = MeanDay(hours=(HourMean(-400.0, 7),) * 24)

    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "forget_learning", device_id=device_of(hass, CRUNCHER))
    assert refused.value.translation_key == "not_a_home"
    assert coordinator.plans.rest.hours[0].days == 7
    told = await asked(hass, "forget_learning", device_id=device_of(hass, ENTRY))

    assert told == {device_of(hass, ENTRY): {"forgotten_days": 0.0}}
    assert coordinator.plans.rest.hours[0].days == 0


async def test_explain_returns_numbers_that_add_up(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    device_id = device_of(hass, CRUNCHER)

    response = await explained(hass, device_id)

    assert set(response) == {device_id}
    decision = response[device_id]
    assert decision["reason"]["code"] == "worth_it"
    level = decision["levels"][0]
    parts = level["compute"] + level["heat"] - level["cooling"] - level["supply"]
    assert parts == pytest.approx(level["total"])
    assert decision["worth_per_h"] == pytest.approx(level["total"])
    assert decision["inputs"]["grid_w"]["value"] == -2000


async def test_explaining_the_home_explains_all_of_its_workers(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker
) -> None:
    answer_for_the_crunch_box(aioclient_mock)
    await set_up(hass, home())

    response = await explained(hass, device_of(hass, ENTRY))

    workers = {device_of(hass, CRUNCHER), device_of(hass, CRUNCH_BOX)}
    assert set(response) == workers


@pytest.mark.parametrize("owner", [TANK, ENTRY])
@pytest.mark.parametrize("action", ["run", "pause"])
async def test_what_is_no_worker_is_refused(
    hass: HomeAssistant, owner: str, action: str
) -> None:
    await set_up(hass, home(cruncher(), boiler()))

    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, action, device_id=device_of(hass, owner))

    assert refused.value.translation_key == "not_a_worker"


async def test_a_tank_cannot_be_explained(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))

    with pytest.raises(ServiceValidationError) as refused:
        await explained(hass, device_of(hass, TANK))

    assert refused.value.translation_key == "not_a_worker"


async def test_one_wrong_device_stops_the_whole_call(hass: HomeAssistant) -> None:
    coordinator = await set_up(hass, home(cruncher(), boiler()))

    with pytest.raises(ServiceValidationError):
        await call(
            hass,
            "pause",
            device_id=[device_of(hass, CRUNCHER), device_of(hass, TANK)],
        )

    assert coordinator.controls[CRUNCHER].override is None


async def test_an_unknown_device_is_refused(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))

    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "run", device_id="nowhere")

    assert refused.value.translation_key == "service_device_not_found"


async def test_a_device_of_another_integration_is_refused(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry
) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    lamp = device_registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "lamp")}
    )

    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "run", device_id=lamp.id)

    assert refused.value.translation_key == "service_device_wrong_domain"


async def test_a_home_that_is_not_loaded_is_refused(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    device_id = device_of(hass, CRUNCHER)
    assert await hass.config_entries.async_unload(ENTRY)

    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "run", device_id=device_id)

    assert refused.value.translation_key == "service_config_entry_not_loaded"


@pytest.mark.parametrize("level", [0, 2, -1])
async def test_a_level_that_the_worker_has_not_is_refused(
    hass: HomeAssistant, level: int
) -> None:
    coordinator = await set_up(hass, home(cruncher(), boiler()))

    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "run", device_id=device_of(hass, CRUNCHER), level=level)

    assert refused.value.translation_key == "level_out_of_range"
    assert coordinator.controls[CRUNCHER].override is None


@pytest.mark.parametrize("duration", [0, -60, {"days": 8}])
async def test_a_duration_out_of_range_is_refused(
    hass: HomeAssistant, duration: Any
) -> None:
    await set_up(hass, home(cruncher(), boiler()))

    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "run", device_id=device_of(hass, CRUNCHER), duration=duration)

    assert refused.value.translation_key == "duration_out_of_range"
