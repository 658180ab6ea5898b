"""A worker is silent, refuses, or is let go of: losses, repairs, farewells."""

import asyncio

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerError,
    WorkerMismatch,
)

from .common import BoxInMemory, issues, pass_time, settle
from .meeting import Meet, doing, keep_wanting


async def test_a_pause_that_timed_out_is_not_taken_for_done(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory(lease_s=600)
    flow = await meet(box)
    flow.want(1)
    await settle(hass)
    box.hangs = True

    await keep_wanting(hass, freezer, flow, 0, 10)
    assert doing(flow) is WorkerState.RUNNING
    await keep_wanting(hass, freezer, flow, 0, 30)
    assert doing(flow) is WorkerState.LOST
    assert box.level == 1

    box.hangs = False
    await keep_wanting(hass, freezer, flow, 0, 120)
    assert doing(flow) is WorkerState.PAUSED
    assert box.level == 0


async def test_a_short_silence_is_no_loss(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    flow.want(1)
    await settle(hass)

    box.silent = True
    await keep_wanting(hass, freezer, flow, 1, 10)
    box.silent = False
    seen = doing(flow)
    await keep_wanting(hass, freezer, flow, 1, 60)

    assert seen is WorkerState.RUNNING
    assert doing(flow) is WorkerState.RUNNING
    assert "pause" not in box.told


async def test_a_silent_worker_is_lost_reported_and_found_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    heard: list[WorkerState] = []
    flow.listen(lambda: heard.append(flow.view.state))

    box.silent = True
    await pass_time(hass, freezer, 60)
    assert doing(flow) is WorkerState.LOST
    assert flow.view.detail == "connection refused"
    assert heard[-1:] == [WorkerState.LOST]
    assert issues(hass) == {"worker_unreachable"}

    box.silent = False
    await pass_time(hass, freezer, 61)
    assert doing(flow) is WorkerState.PAUSED
    assert heard[-1:] == [WorkerState.PAUSED]
    assert issues(hass) == set()


async def test_a_worker_that_has_not_answered_yet_is_unknown_before_it_is_lost(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    box.silent = True
    flow = await meet(box)

    await pass_time(hass, freezer, 10)
    assert doing(flow) is WorkerState.UNKNOWN
    await pass_time(hass, freezer, 30)
    assert doing(flow) is WorkerState.LOST


async def test_a_lost_worker_is_asked_ever_less_often_but_every_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    await meet(box)
    box.silent = True

    await pass_time(hass, freezer, 600, step=5)
    before = box.asked
    await pass_time(hass, freezer, 600, step=5)

    assert 9 <= box.asked - before <= 11


async def test_a_found_worker_is_brought_to_the_present_wish(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory(lease_s=600)
    flow = await meet(box)
    flow.want(2)
    await settle(hass)

    box.silent = True
    await keep_wanting(hass, freezer, flow, 2, 30)
    await keep_wanting(hass, freezer, flow, 0, 30)
    assert box.level == 2
    box.silent = False
    await keep_wanting(hass, freezer, flow, 0, 70)

    assert box.level == 0


async def test_a_silent_worker_is_asked_and_not_commanded(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    box.silent = True
    await pass_time(hass, freezer, 6)

    for level in (1, 2, 1, 0, 1):
        await keep_wanting(hass, freezer, flow, level, 10)
    assert box.told == []

    box.silent = False
    await keep_wanting(hass, freezer, flow, 2, 70)
    assert box.level == 2


@pytest.mark.parametrize(
    ("error", "issue"),
    [
        (WorkerAuthFailed("wrong token"), "worker_auth_failed"),
        (WorkerMismatch("version 2"), "worker_api_mismatch"),
    ],
)
async def test_what_only_a_person_can_mend_is_reported_at_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    meet: Meet,
    error: WorkerError,
    issue: str,
) -> None:
    box = BoxInMemory()
    box.refusal = error
    await meet(box)
    assert issues(hass) == {issue}

    box.refusal = None
    await pass_time(hass, freezer, 10)
    assert issues(hass) == set()


async def test_an_unexpected_error_of_a_back_end_is_a_worker_that_does_not_answer(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    meet: Meet,
    caplog: pytest.LogCaptureFixture,
) -> None:
    box = BoxInMemory()
    flow = await meet(box)

    async def crash() -> None:
        raise RuntimeError("bug")

    box.async_status = crash  # type: ignore[method-assign,assignment]
    await pass_time(hass, freezer, 60)

    assert doing(flow) is WorkerState.LOST
    assert "bug" in flow.view.detail
    assert "Unexpected error of worker Cruncher" in caplog.text


async def test_a_number_that_is_too_low_is_caught_up_with_at_once(
    hass: HomeAssistant, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    box.generation = 41

    flow.want(1)
    await settle(hass)

    assert box.level == 1
    assert box.generation == flow.generation == 42


async def test_a_worker_that_another_home_runs_is_left_alone_until_one_says_take_over(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory(lease_s=600)
    box.level, box.holder = 1, "another home"
    flow = await meet(box)

    await keep_wanting(hass, freezer, flow, 0, 30)
    assert box.told == []

    await keep_wanting(hass, freezer, flow, 2, 30)
    assert box.level == 1
    assert issues(hass) == {"worker_held_by_other"}

    flow.take_over()
    await settle(hass)
    assert box.told[-1] == "level 2 by force"
    assert box.level == 2
    assert issues(hass) == set()


async def test_a_worker_without_a_lease_is_warned_about_for_as_long_as_it_is_there(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    flow = await meet(BoxInMemory(lease_s=None))
    await pass_time(hass, freezer, 60)
    assert issues(hass) == {"no_lease"}

    await flow.end(pause=True)
    assert issues(hass) == set()


async def test_whoever_is_let_go_of_is_paused_first(
    hass: HomeAssistant, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    flow.want(1)
    await settle(hass)

    await flow.end(pause=True)
    flow.want(1)
    await settle(hass)

    assert box.told == ["level 1", "pause", "goodbye"]


async def test_letting_go_of_a_deaf_worker_gives_up_with_a_word_in_the_log(
    hass: HomeAssistant, meet: Meet, caplog: pytest.LogCaptureFixture
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    flow.want(1)
    await settle(hass)
    box.deaf = True

    await flow.end(pause=True)

    assert box.told.count("pause") == 3
    assert "Worker Cruncher did not confirm its pause" in caplog.text


async def test_letting_go_cancels_what_is_on_its_way(
    hass: HomeAssistant, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    box.hangs = True
    flow.want(1)
    await settle(hass)
    box.hangs = False

    async with asyncio.timeout(5):
        await flow.end(pause=True)

    assert box.told == ["level 1", "pause", "goodbye"]
