"""A worker is made to obey: commands, confirmations, patience, leases, repairs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.configured import AgentBackend, WorkerConfig
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.core.spec import WorkerSpec
from custom_components.solar_compute.flow_view import FlowTiming
from custom_components.solar_compute.worker_flow import WorkerFlow
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerError,
    WorkerMismatch,
    WorkerRefused,
)

from .common import ENTRY, BoxInMemory, issues, pass_time, settle

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


async def test_a_worker_is_first_asked_and_nothing_is_commanded_before_a_decision(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    box.level = 2

    flow = await meet(box)
    await pass_time(hass, freezer, 60)

    assert box.told == []
    assert (flow.view.state, flow.view.level) == (WorkerState.RUNNING, 2)


async def test_a_wish_is_commanded_and_confirmed(
    hass: HomeAssistant, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)

    flow.want(2)
    await settle(hass)

    assert (box.level, box.told) == (2, ["level 2"])
    assert (flow.view.state, flow.view.level, flow.view.commanded) == (
        WorkerState.RUNNING,
        2,
        2,
    )
    assert flow.view.obeying


async def test_a_worker_that_does_already_what_is_wished_is_only_given_a_lease(
    hass: HomeAssistant, meet: Meet
) -> None:
    paused, running = BoxInMemory(), BoxInMemory()
    running.level = 1

    (await meet(paused)).want(0)
    (await meet(running)).want(1)
    await settle(hass)

    assert paused.told == []
    assert running.told == ["level 1"]


async def test_a_lease_is_renewed_for_as_long_as_the_decision_says_run(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory(lease_s=120)
    flow = await meet(box)

    await keep_wanting(hass, freezer, flow, 1, 600)

    assert box.level == 1
    # A third of the lease is the pace: often enough to lose one or two renewals.
    assert 10 <= box.told.count("level 1") <= 16
    assert box.generation == 1


async def test_without_new_decisions_nothing_is_renewed_and_the_worker_is_paused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory(lease_s=120)
    flow = await meet(box)
    flow.want(1)
    await settle(hass)

    await pass_time(hass, freezer, 40)

    assert box.level == 0
    assert box.told == ["level 1", "pause"]


async def test_a_worker_without_a_lease_is_paused_too_when_decisions_stop(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory(lease_s=None)
    flow = await meet(box)
    flow.want(1)
    await settle(hass)

    await pass_time(hass, freezer, 40)

    assert box.told == ["level 1", "pause"]


async def test_a_command_in_vain_is_repeated_and_then_reported_until_it_is_obeyed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    box.deaf = True
    flow = await meet(box)

    await keep_wanting(hass, freezer, flow, 1, 40)
    assert box.told == ["level 1", "level 1"]
    assert flow.view.obeying
    assert issues(hass) == set()

    await keep_wanting(hass, freezer, flow, 1, 60)
    assert not flow.view.obeying
    assert issues(hass) == {"worker_not_obeying"}

    box.deaf = False
    await keep_wanting(hass, freezer, flow, 1, 120)
    assert flow.view.obeying
    assert issues(hass) == set()


async def test_the_report_has_the_workers_own_words(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    box.deaf, box.detail = True, "exit status 3"
    flow = await meet(box)

    await keep_wanting(hass, freezer, flow, 1, 100)

    issue = ir.async_get(hass).async_get_issue(DOMAIN, "worker_not_obeying_cruncher")
    assert issue is not None
    assert issue.translation_placeholders == {
        "worker": "Cruncher",
        "detail": "exit status 3",
    }


async def test_giving_up_a_wish_that_was_never_obeyed_is_no_obedience(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    box.deaf = True
    flow = await meet(box)

    for _ in range(4):
        await keep_wanting(hass, freezer, flow, 1, 20)
        await keep_wanting(hass, freezer, flow, 0, 20)

    assert issues(hass) == {"worker_not_obeying"}


async def test_what_somebody_else_switched_off_is_told_before_it_is_switched_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    heard: list[int | None] = []
    flow.listen(lambda: heard.append(flow.view.level))
    flow.want(1)
    await settle(hass)

    box.set_by_hand(0)
    await pass_time(hass, freezer, 3)
    assert heard[-1] == 0
    assert box.told == ["level 1"]

    flow.want(1)
    await settle(hass)
    assert box.level == 1


async def test_a_refusal_is_retried_with_its_reason_shown(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    box.refusal = WorkerRefused("level must be from 0 to 1.")
    flow = await meet(box)

    await keep_wanting(hass, freezer, flow, 2, 60)

    assert "level 2" in box.told
    assert doing(flow) is WorkerState.PAUSED
    assert flow.view.detail == "level must be from 0 to 1."
    assert issues(hass) == {"worker_not_obeying"}


async def test_a_pause_cuts_a_start_short_that_is_still_on_its_way(
    hass: HomeAssistant, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    box.hangs = True
    flow.want(2)
    await settle(hass)
    assert box.told == ["level 2"]

    box.hangs = False
    flow.want(0)
    await settle(hass)

    assert box.told == ["level 2", "pause"]
    assert doing(flow) is WorkerState.PAUSED
    # The start may still arrive: the pause has the higher number.
    assert box.generation == 2
    assert box.most_at_once == 1


async def test_a_raise_waits_for_the_command_before_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    box.hangs = True
    flow.want(1)
    await settle(hass)

    flow.want(2)
    await settle(hass)

    assert box.told == ["level 1"]
    box.hangs = False
    await pass_time(hass, freezer, 30)
    assert box.level == 2
    assert box.most_at_once == 1


async def test_of_many_wishes_only_the_newest_is_carried_out(
    hass: HomeAssistant, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)

    for level in (1, 2, 0, 1, 2):
        flow.want(level)
    await settle(hass)

    assert box.told[-1] == "level 2"
    assert box.level == 2
    assert box.most_at_once == 1


async def test_a_start_that_timed_out_is_unknown_not_paused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    box.hangs = True

    await keep_wanting(hass, freezer, flow, 1, 10)

    assert flow.view.level is None
    assert doing(flow) is WorkerState.STARTING


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
    await pass_time(hass, freezer, 10)
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
