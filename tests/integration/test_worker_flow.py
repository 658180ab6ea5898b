"""A worker is made to obey: commands, confirmations, patience, leases."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.base import WorkerRefused

from .common import BoxInMemory, issues, pass_time, settle
from .meeting import Meet, doing, keep_wanting


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


async def test_a_level_is_known_while_its_lease_is_being_renewed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory(lease_s=120)
    flow = await meet(box)
    await keep_wanting(hass, freezer, flow, 2, 30)
    renewals = box.told.count("level 2")

    box.hangs = True
    while box.told.count("level 2") == renewals:
        await keep_wanting(hass, freezer, flow, 2, 1)
    assert (flow.view.state, flow.view.level) == (WorkerState.RUNNING, 2)


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


async def test_a_pause_that_becomes_urgent_waits_for_no_checkpoint_any_more(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    box.saves = True
    flow = await meet(box)
    await keep_wanting(hass, freezer, flow, 1, 10)
    await keep_wanting(hass, freezer, flow, 0, 30)
    assert doing(flow) is WorkerState.DRAINING
    assert box.told == ["level 1", "pause"]

    flow.want(0, urgent=True)
    await settle(hass)

    assert doing(flow) is WorkerState.PAUSED
    assert box.told == ["level 1", "pause", "pause at once"]
    flow.want(0, urgent=True)
    await pass_time(hass, freezer, 10)
    assert len(box.told) == 3


async def test_an_urgent_pause_overtakes_one_that_is_still_on_its_way(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    await keep_wanting(hass, freezer, flow, 1, 10)
    box.hangs = True
    flow.want(0)
    await settle(hass)

    box.hangs = False
    flow.want(0, urgent=True)
    await settle(hass)

    assert box.told == ["level 1", "pause", "pause at once"]
    assert doing(flow) is WorkerState.PAUSED
    assert box.most_at_once == 1


async def test_an_urgent_trip_says_nothing_to_a_worker_that_is_paused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    await keep_wanting(hass, freezer, flow, 0, 10)

    flow.want(0, urgent=True)
    await pass_time(hass, freezer, 10)

    assert box.told == []


async def test_an_urgent_pause_without_an_answer_is_sent_again_as_urgent(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meet: Meet
) -> None:
    box = BoxInMemory()
    flow = await meet(box)
    await keep_wanting(hass, freezer, flow, 1, 10)
    box.silent = True
    flow.want(0, urgent=True)
    await settle(hass)

    box.silent = False
    await pass_time(hass, freezer, 10)

    assert box.told == ["level 1", "pause at once", "pause at once"]
    assert doing(flow) is WorkerState.PAUSED


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
