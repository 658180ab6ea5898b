"""Replays the home's own past through settings, beside the event loop.

What is kept is replayed; of what is older, the recorder's hourly statistics. It must
never command anything.
"""

from asyncio import CancelledError
from dataclasses import replace
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..configured import Configuration
from ..core.history import History
from ..core.knowledge import Rule
from ..core.replay_report import Asked, ReplayReport, report
from ..core.resample import finer, joined
from .keeper import PastKeeper
from .kept import STEP_S
from .wanted import wanted, worker_powers

HOUR_S = 3600
GIVE_WAY_S = 0.0005
GIVE_WAY_EVERY_S = 0.005
LEARNING_BUDGET_S = 60.0
A_DAY_S = 1.0
"""After so much time, and so much more for each day, a replay learns no more."""

WORTH_ASKING_S = 86400.0
"""For less than a day more the hourly statistics are not read."""


LEAST_DAYS = 1 / 24
"""Of less than an hour there is nothing to tell."""


class ReplayStopped(Exception):
    """The home is no longer there to be told."""


async def async_replay(
    hass: HomeAssistant,
    keeper: PastKeeper,
    configuration: Configuration,
    asked: Asked,
    *,
    days: int,
) -> dict[str, Any] | None:
    """Return the report on so many days back from now; None: hardly anything is known.

    Raises:
        ReplayStopped: if the home is unloaded meanwhile, or Home Assistant stops.
        TrialError: if this home cannot be tried with what is asked for.
    """
    await keeper.async_seeded()
    kept = keeper.history()
    past, coarse_days = await _past(hass, kept, configuration, days, keeper.forgotten_s)
    if past is None or past.known_days < LEAST_DAYS:
        return None
    began_s = given_s = monotonic()
    given_up = False

    def give_way() -> None:
        """Let the event loop run: two threads of Python never do so at once."""
        nonlocal given_s
        if given_up or keeper.closed or hass.is_stopping:
            raise ReplayStopped
        if monotonic() - given_s >= GIVE_WAY_EVERY_S:
            sleep(GIVE_WAY_S)
            given_s = monotonic()

    def out_of_time() -> bool:
        give_way()
        return monotonic() - began_s > LEARNING_BUDGET_S + days * A_DAY_S

    try:
        found = await hass.async_add_executor_job(
            lambda: report(
                past,
                replace(asked, coarse_days=coarse_days),
                kept=kept,
                give_way=give_way,
                out_of_time=out_of_time,
            )
        )
    except CancelledError:
        # Its thread does not hear of that.
        given_up = True
        raise
    return _as_data(found, configuration, hass.config.currency)


async def _past(
    hass: HomeAssistant,
    kept: History | None,
    configuration: Configuration,
    days: int,
    forgotten_s: float,
) -> tuple[History | None, float]:
    """Return that past, and for how many of its days there are hourly means only.

    What a person had forgotten stays so, whatever the recorder still knows of it.
    """
    end_s = dt_util.utcnow().timestamp() if kept is None else kept.end_s
    start_s = max(end_s - days * 86400, -(-forgotten_s // HOUR_S) * HOUR_S)
    if kept is not None:
        kept = kept.cut(max(0, len(kept) - days * 86400 // STEP_S), len(kept))
    until_s = (end_s if kept is None else kept.start_s) // HOUR_S * HOUR_S
    if until_s - start_s < WORTH_ASKING_S or "recorder" not in hass.config.components:
        return kept, 0.0
    from .recorded import async_read

    hours = await async_read(
        hass,
        wanted(configuration, worker_powers(hass, configuration)),
        start_s=start_s,
        end_s=until_s,
        step_s=HOUR_S,
    )
    if hours is None:
        return kept, 0.0
    past = await hass.async_add_executor_job(_with_hours, kept, hours)
    return past, hours.known_days


def _with_hours(kept: History | None, hours: History) -> History:
    older = finer(hours, STEP_S)
    return older if kept is None else joined(kept, older)


def _as_data(
    found: ReplayReport, configuration: Configuration, currency: str
) -> dict[str, Any]:
    """Return the report for people and cards: kWh, hours, money, names."""
    names = {worker.key: worker.name for worker in configuration.workers}
    sinks = {tank.key: tank.name for tank in configuration.tanks}
    sinks |= {room.key: room.name for room in configuration.rooms}
    return {
        "gain": round(found.gain, 2),
        "currency": currency,
        "start": _moment(found.start_s),
        "end": _moment(found.end_s),
        "days": round(found.days, 2),
        "known_days": round(found.known_days, 2),
        "coarse_days": round(found.coarse_days, 2),
        "rule_of_thumb": round(found.rule_of_thumb, 2),
        "fixed_delays": {
            name: round(gain, 2) for name, gain in found.baselines.items()
        },
        "workers": [
            {
                "name": names[key],
                "run_hours": round(tally.run_s / 3600, 1),
                "starts": tally.starts,
                "rule": found.rules.get(key, Rule.BARE).value,
                "energy_kwh": round(tally.energy_wh / 1000, 2),
                "solar_kwh": round(tally.solar_wh / 1000, 2),
                "battery_kwh": round(tally.battery_wh / 1000, 2),
                "grid_kwh": round(tally.grid_wh / 1000, 2),
                "results": round(tally.results, 2),
            }
            for key, tally in found.workers.items()
        ],
        "useful_heat_kwh": {
            sinks[key]: round(heat_wh / 1000, 2)
            for key, heat_wh in found.useful_heat_wh.items()
        },
        "learned": {
            "known": found.learned_as.value,
            "days": round(found.taught_days, 2),
            "times": found.lessons,
        },
        "tried": dict(found.tried),
        "assumptions": [code.value for code in found.assumptions],
    }


def _moment(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, dt_util.get_default_time_zone()).isoformat()
