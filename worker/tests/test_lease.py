"""The arithmetic of leases and generations."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from solar_compute_worker.lease import (
    MAX_LEASE_S,
    Command,
    Lease,
    RefusedError,
    grant,
    lapse,
    spend,
)

RUN = Command(level=2, lease_s=120, generation=7, controller="home")
HELD = grant(Lease(), RUN, now=1000)


def refusal(lease: Lease, command: Command, now: float = 1001) -> str:
    with pytest.raises(RefusedError) as caught:
        grant(lease, command, now)
    assert caught.value.message.endswith(".")
    return caught.value.code


def test_nothing_runs_before_somebody_takes_a_lease() -> None:
    assert Lease().level_in_force == 0
    assert Lease().remaining_s(5) == 0


def test_a_lease_lets_run_until_its_end_and_not_a_moment_longer() -> None:
    assert HELD.remaining_s(1000) == 120
    assert lapse(HELD, 1119.999).level_in_force == 2
    assert lapse(HELD, 1120).level_in_force == 0
    assert HELD.remaining_s(1300) == 0


def test_an_equal_generation_renews() -> None:
    assert grant(HELD, RUN, 1060).remaining_s(1060) == 120


def test_an_equal_generation_revives_a_lease_that_lapsed() -> None:
    lapsed = lapse(HELD, 2000)
    assert grant(lapsed, RUN, 2000).level_in_force == 2


def test_an_equal_generation_cannot_mean_another_level() -> None:
    assert refusal(HELD, replace(RUN, level=1)) == "generation_reused"


def test_a_higher_generation_brings_another_level() -> None:
    assert grant(HELD, replace(RUN, level=1, generation=8), 1001).level_in_force == 1


def test_a_lower_generation_is_refused() -> None:
    assert refusal(HELD, replace(RUN, generation=6)) == "generation_outdated"


def test_another_controller_has_to_take_over() -> None:
    other = replace(RUN, controller="cabin", generation=8)
    assert refusal(HELD, other) == "held_by_other"
    assert grant(HELD, replace(other, take_over=True), 1001).controller == "cabin"


def test_a_controller_without_a_name_is_another_one() -> None:
    assert refusal(HELD, replace(RUN, controller=None)) == "held_by_other"
    unnamed = grant(Lease(), replace(RUN, controller=None), 1000)
    assert refusal(unnamed, RUN) == "held_by_other"


def test_nobody_holds_a_lease_that_lapsed() -> None:
    lapsed = lapse(HELD, 2000)
    other = replace(RUN, controller="cabin", generation=8)
    assert grant(lapsed, other, 2000).controller == "cabin"


@pytest.mark.parametrize("generation", [None, 0, 3, 7, 9])
@pytest.mark.parametrize("controller", [None, "home", "cabin"])
def test_a_pause_is_always_accepted(
    generation: int | None, controller: str | None
) -> None:
    pause = Command(level=0, generation=generation, controller=controller)
    paused = grant(HELD, pause, 1001)
    assert paused.level_in_force == 0
    assert paused.generation == max(7, generation or 0)


def test_after_a_pause_a_renewal_that_was_on_its_way_does_not_start_again() -> None:
    paused = grant(HELD, Command(level=0), 1001)
    assert refusal(paused, RUN) == "generation_reused"
    assert grant(paused, replace(RUN, generation=8), 1001).level_in_force == 2


def test_a_job_that_ended_is_not_started_by_a_renewal() -> None:
    spent = spend(HELD)
    assert grant(spent, RUN, 1001) == spent
    assert spent.level_in_force == 0
    assert grant(spent, replace(RUN, generation=8), 1001).level_in_force == 2


commands = st.builds(
    Command,
    level=st.integers(0, 3),
    lease_s=st.floats(0.01, MAX_LEASE_S),
    generation=st.integers(0, 6),
    controller=st.sampled_from([None, "home", "cabin"]),
    take_over=st.booleans(),
)
steps = st.lists(st.tuples(st.floats(0, 400), st.one_of(commands, st.just("ended"))))


@given(steps)
def test_whatever_comes_a_worker_runs_only_within_a_lease_that_was_granted(
    history: list[tuple[float, Command | str]],
) -> None:
    now, lease = 0.0, Lease()
    granted_until = 0.0
    for wait, command in history:
        now += wait
        before = lease = lapse(lease, now)
        if isinstance(command, str):
            lease = spend(lease)
            granted_until = 0.0
        else:
            try:
                lease = grant(lease, command, now)
            except RefusedError:
                assert command.level > 0
                continue
            granted_until = now + (command.lease_s or 0) if command.level else 0.0
            assert lease.level_in_force in (0, command.level)
        assert lease.generation >= before.generation
        # A sum and its difference may round up.
        assert lease.remaining_s(now) <= MAX_LEASE_S + 1e-6
        assert lapse(lease, granted_until).level_in_force == 0
