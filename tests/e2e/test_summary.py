"""The demo's summary must not call a run good that was not."""

from dataclasses import replace

import pytest

from demo.record import Record
from demo.season import SEASONS
from demo.story import Story
from demo.summary import Figures, checks, in_words, summary

SPEED = 300.0


@pytest.fixture
def sunny_run() -> Record:
    """Give what a good run of twenty hours leaves behind."""
    return Record(
        house_s=72_000,
        real_s=240,
        run_s=27_000,
        run_real_s=90,
        paused_real_s=150,
        dark_s=28_000,
        dark_paused_s=27_000,
        sun_wh=4800,
        battery_wh=300,
        starts=4,
        cpu_s=70,
        cpu_paused_s=0.1,
    )


@pytest.fixture
def counted() -> Figures:
    """Give the integration's figures for that run."""
    return Figures(
        starts=4,
        run_s=27_100,
        solar_wh=4700,
        battery_wh=400,
        grid_wh=0,
        energy_wh=5100,
        heat_wh=4700,
    )


def failed(counted: Figures, record: Record) -> set[str]:
    """Return the checks that a run does not pass."""
    return {name for name, good in checks(counted, record, SPEED).items() if not good}


def test_a_good_run_passes(sunny_run: Record, counted: Figures) -> None:
    assert not failed(counted, sunny_run)


def test_a_worker_that_never_ran_fails(sunny_run: Record, counted: Figures) -> None:
    idle = replace(sunny_run, run_s=0, run_real_s=0, sun_wh=0, battery_wh=0, cpu_s=0)
    assert "ran_on_surplus" in failed(counted, idle)


def test_a_worker_that_ran_on_the_grid_fails(
    sunny_run: Record, counted: Figures
) -> None:
    dear = replace(sunny_run, sun_wh=1000, grid_wh=4100)
    assert failed(counted, dear) == {"ran_on_surplus"}


def test_a_job_that_was_said_to_run_but_used_no_cpu_fails(
    sunny_run: Record, counted: Figures
) -> None:
    assert failed(counted, replace(sunny_run, cpu_s=0.5)) == {"ran_on_surplus"}


def test_a_worker_that_ran_on_at_night_fails(
    sunny_run: Record, counted: Figures
) -> None:
    restless = replace(sunny_run, dark_paused_s=10_000)
    assert failed(counted, restless) == {"paused_without_surplus"}


def test_a_job_that_used_cpu_while_paused_fails(
    sunny_run: Record, counted: Figures
) -> None:
    awake = replace(sunny_run, cpu_paused_s=30)
    assert failed(counted, awake) == {"paused_without_surplus"}


def test_counters_that_the_house_does_not_confirm_fail(
    sunny_run: Record, counted: Figures
) -> None:
    proud = replace(counted, energy_wh=8000, starts=5)
    assert failed(proud, sunny_run) == {
        "counters_agree_with_house",
        "starts_agree_with_machine",
    }


def test_a_lapsed_lease_fails(sunny_run: Record, counted: Figures) -> None:
    assert failed(counted, replace(sunny_run, lease_expiries=1)) == {"no_lease_expired"}


def test_a_worker_that_ran_in_summer_fails(sunny_run: Record, counted: Figures) -> None:
    found = checks(counted, sunny_run, SPEED, season=SEASONS["summer"])
    assert not found["left_the_sun_alone"]
    assert all(checks(counted, sunny_run, SPEED, season=SEASONS["winter"]).values())


def test_a_worker_that_left_the_sun_alone_in_summer_passes() -> None:
    idle = Record(house_s=10_000, real_s=30, paused_real_s=30, dark_s=300)
    nothing = Figures(
        starts=0,
        run_s=0,
        solar_wh=0,
        battery_wh=0,
        grid_wh=0,
        energy_wh=0,
        heat_wh=0,
    )
    assert all(checks(nothing, idle, SPEED, season=SEASONS["summer"]).values())
    assert not checks(nothing, idle, SPEED, season=SEASONS["winter"])["ran_on_surplus"]


def test_the_summary_tells_what_decided_while_the_sun_sufficed(
    sunny_run: Record, counted: Figures
) -> None:
    story = Story()
    for pv_w, reason, heat, seconds in (
        ("2000", "worth_it", "0.096", 5400),
        ("2000", "not_worth_it", "0", 1800),
        ("300", "input_missing", "0", 9000),
    ):
        story.add(
            {
                "sensor.house_solar_power": {"state": pv_w},
                "sensor.house_load_power": {"state": "500"},
                "sensor.why": {
                    "state": reason,
                    "attributes": {
                        "worth": {
                            "power_w": 800,
                            "compute": 0.016,
                            "heat": float(heat),
                            "cooling": 0.0,
                            "supply": 0.064,
                            "total": float(heat) - 0.048,
                        }
                    },
                },
                "sensor.heat": {"state": heat, "attributes": {"cause": "displaced"}},
            },
            seconds,
            {"reason": "sensor.why"},
            {"heat_value": "sensor.heat"},
        )
    told = summary(
        counted,
        sunny_run,
        label="a house",
        speed=SPEED,
        primes={},
        errors=[],
        season=SEASONS["winter"],
        why=story.told(),
    )

    assert told["why"]["sunny_h"] == 2.0
    assert told["why"]["reasons_h"] == {"not_worth_it": 0.5, "worth_it": 1.5}
    assert told["why"]["worth_per_kwh"]["supply"] == pytest.approx(0.08)
    assert told["why"]["worth_per_kwh"]["heat"] == pytest.approx(0.09)
    assert "heat 9.0, cooling 0.0, electricity 8.0" in in_words(told)
    assert "Mostly: worth_it; its heat: displaced." in in_words(told)
