"""How much of a worker a meter has seen, and what no meter sees."""

from typing import Any

import pytest

from custom_components.solar_compute.core.guards.budget import (
    BudgetContext,
    in_reading_w,
    unmetered_w,
)
from custom_components.solar_compute.core.managed import Managed, managed_workers
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    Reading,
    Snapshot,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.observe import observe

from .houses import CLOCK_S, look, running, stepper, sunny_house

MACHINE = frozenset({"stepper"})


def changed(
    before: int, after: int, *, ago_s: float, observed: WorkerInput, **site: Any
) -> tuple[Managed, BudgetContext]:
    """Return a machine of 300, 600 and 1000 W that was told a new level a while ago.

    Its power sensor, if it has one, and the grid meter have just reported.
    """
    spec = sunny_house(stepper())
    memory = WorkerMemory(level=after, previous_level=before, changed_s=CLOCK_S - ago_s)
    snapshot: Snapshot = look(-2000, observed, **site)
    workers = managed_workers(spec, snapshot, {"stepper": memory})
    context = BudgetContext(
        spec=spec,
        snapshot=snapshot,
        view=observe(spec, snapshot, Memory()),
        workers=workers,
    )
    return workers[0], context


def at(level: int, **changes: Any) -> WorkerInput:
    """Return the machine as it says to be."""
    state = WorkerState.RUNNING if level else WorkerState.PAUSED
    settings: dict[str, Any] = {"state": state, "level": level}
    return WorkerInput(key="stepper", **(settings | changes))


class TestAReading:
    def test_from_before_a_change_holds_what_was_drawn_then_and_gives_no_room(
        self,
    ) -> None:
        """Its level may have changed twice since."""
        for before, after in ((1, 3), (3, 1)):
            worker, _ = changed(before, after, ago_s=20, observed=at(after))
            then_w = worker.spec.power_w(before)
            assert in_reading_w(worker, CLOCK_S - 21) == (0.0, then_w)

    def test_from_after_a_raise_may_hold_all_of_it_or_nothing(self) -> None:
        worker, _ = changed(1, 3, ago_s=20, observed=at(3))
        assert in_reading_w(worker, CLOCK_S) == (300.0, 1000.0)

    def test_may_still_hold_what_was_lowered_until_the_machine_says_so(self) -> None:
        still, _ = changed(3, 1, ago_s=20, observed=at(3, state=WorkerState.DRAINING))
        assert in_reading_w(still, CLOCK_S) == (300.0, 1000.0)
        obeyed, _ = changed(3, 1, ago_s=20, observed=at(1))
        assert in_reading_w(obeyed, CLOCK_S) == (300.0, 300.0)
        assert in_reading_w(obeyed, CLOCK_S - 19) == (300.0, 1000.0)

    def test_of_its_circuit_is_judged_by_its_own_age(self) -> None:
        """The grid meter has seen the raise, and so has the machine's own sensor."""
        measured = Reading(1000.0, CLOCK_S)
        worker, _ = changed(1, 3, ago_s=40, observed=at(3, power_w=measured))
        assert not worker.settling
        assert in_reading_w(worker, CLOCK_S) == (1000.0, 1000.0)
        assert in_reading_w(worker, CLOCK_S - 39) == (300.0, 1000.0)

    def test_of_what_has_long_been_as_it_is_holds_what_that_draws(self) -> None:
        measured = Reading(870.0, CLOCK_S)
        worker, _ = changed(1, 3, ago_s=3600, observed=at(3, power_w=measured))
        assert in_reading_w(worker, CLOCK_S) == (870.0, 870.0)

    @pytest.mark.parametrize(
        "observed", [at(3, state=WorkerState.LOST), at(3, held_by_other=True)]
    )
    def test_says_nothing_of_what_is_not_ours_to_command(
        self, observed: WorkerInput
    ) -> None:
        worker, _ = changed(1, 3, ago_s=20, observed=observed)
        assert in_reading_w(worker, CLOCK_S) == (0.0, 0.0)


class TestWithoutAMeter:
    def test_nothing_more_is_drawn_by_what_does_as_it_is_told(self) -> None:
        _, context = changed(0, 3, ago_s=3600, observed=running("stepper", 3))
        assert unmetered_w(context, MACHINE) == (0.0, 0.0)

    def test_what_was_just_lowered_leaves_no_room_yet_but_stops_nobody(self) -> None:
        _, context = changed(3, 1, ago_s=20, observed=at(1))
        assert unmetered_w(context, MACHINE) == (700.0, 0.0)

    def test_what_drains_for_long_counts_with_what_it_drew(self) -> None:
        draining = at(0, state=WorkerState.DRAINING)
        _, just = changed(2, 0, ago_s=20, observed=draining)
        assert unmetered_w(just, MACHINE) == (600.0, 0.0)
        _, long = changed(2, 0, ago_s=120, observed=draining)
        assert unmetered_w(long, MACHINE) == (600.0, 600.0)

    def test_what_is_lost_counts_with_its_highest_level_or_its_own_sensor(self) -> None:
        _, lost = changed(0, 1, ago_s=3600, observed=at(1, state=WorkerState.LOST))
        assert unmetered_w(lost, MACHINE) == (1000.0, 1000.0)
        measured = at(1, state=WorkerState.LOST, power_w=Reading(80.0, CLOCK_S))
        _, seen = changed(0, 1, ago_s=3600, observed=measured)
        assert unmetered_w(seen, MACHINE) == (80.0, 80.0)

    def test_what_was_not_asked_yet_after_a_start_is_taken_for_what_it_did(
        self,
    ) -> None:
        unasked = WorkerInput(key="stepper")
        _, context = changed(0, 2, ago_s=3600, observed=unasked, started_s=CLOCK_S - 5)
        assert unmetered_w(context, MACHINE) == (600.0, 600.0)

    def test_others_do_not_count(self) -> None:
        _, context = changed(0, 1, ago_s=3600, observed=at(1, state=WorkerState.LOST))
        assert unmetered_w(context, frozenset({"other"})) == (0.0, 0.0)
