"""How much running time a job would lose: not by the wall clock, and without pauses."""

from hypothesis import given, strategies as st

from solar_compute_worker.unsaved import Unsaved


def test_a_job_that_tells_of_no_checkpoint_has_no_age() -> None:
    job = Unsaved()
    job.ran(50)
    job.told(None, wall_s=1000)
    assert job.age_s is None


def test_a_checkpoint_ages_by_the_time_that_the_job_runs() -> None:
    job = Unsaved()
    job.ran(50)
    job.told(1000, wall_s=1000.2)
    job.ran(30)
    # A pause of a day, or a clock that is set, changes nothing.
    job.told(1000, wall_s=90_000)
    job.told(1000, wall_s=-5)
    assert job.age_s is not None
    assert abs(job.age_s - 30.2) < 1e-9


def test_a_job_that_went_on_from_an_old_checkpoint_can_lose_only_this_run() -> None:
    job = Unsaved()
    job.ran(2)
    job.told(1000, wall_s=87_400)
    assert job.age_s == 2


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e4), st.none() | st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)
        )
    )
)
def test_an_age_is_never_below_zero_nor_above_what_the_job_ran(
    history: list[tuple[float, float | None, float]],
) -> None:
    job, ran_s = Unsaved(), 0.0
    for seconds, checkpoint_at, wall_s in history:
        job.ran(seconds)
        ran_s += seconds
        job.told(checkpoint_at, wall_s)
        assert job.age_s is None or 0 <= job.age_s <= ran_s
