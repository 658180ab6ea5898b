"""What a home knows that was not set up a minute ago: its past, its prices, its sun.

States of the past are written into the recorder's database, and what was learned into the
integration's store, because no interface takes them. May import the integration's core;
must never import Home Assistant.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
import json
import sqlite3
from typing import Any

from custom_components.solar_compute.core.accounts import SinkAccount, WorkerAccount
from custom_components.solar_compute.core.codec import to_json
from custom_components.solar_compute.core.memory import HourMean, MeanDay

from . import home
from .client import Client
from .home_assistant import HomeAssistant
from .waiting import until

SUN_FORECAST = "sensor.solcast_forecast_today"
PRICES_AHEAD = "sensor.prices_ahead"
HOUR = timedelta(hours=1)
AHEAD = 72

type Past = Iterable[tuple[float, Mapping[str, str]]]
"""Moments in s since 1970, each with states by a name of whoever tells them."""


async def remember(
    home_assistant: HomeAssistant, names: Mapping[str, str], past: Past
) -> None:
    """Write the past into the recorder, once it knows the entities.

    `names` says which entity is meant by each name in `past`; other names are left out.
    """
    told = list(past)

    async def written() -> bool:
        database = home_assistant.folder / "home-assistant_v2.db"
        with sqlite3.connect(database, timeout=20) as connection:
            known = {
                entity_id: (metadata_id, attributes_id)
                for entity_id, metadata_id, attributes_id in connection.execute(
                    "SELECT meta.entity_id, meta.metadata_id, max(attributes_id)"
                    " FROM states JOIN states_meta AS meta USING (metadata_id)"
                    " GROUP BY meta.metadata_id"
                )
            }
            if not known.keys() >= set(names.values()):
                return False
            connection.executemany(
                "INSERT INTO states"
                " (metadata_id, attributes_id, state, last_updated_ts)"
                " VALUES (?, ?, ?, ?)",
                [
                    (*known[names[name]], state, moment_s)
                    for moment_s, states in told
                    for name, state in states.items()
                    if name in names
                ],
            )
        return True

    await until("the recorder", written)


async def count(
    client: Client, statistic_id: str, hours: Iterable[tuple[datetime, float]]
) -> None:
    """Have long-term statistics of an energy, from the kWh of each hour."""
    total, stats = 0.0, []
    for hour, kwh in hours:
        total += kwh
        stats.append({"start": hour.isoformat(), "state": total, "sum": total})
    await client.call(
        "recorder/import_statistics",
        metadata={
            "statistic_id": statistic_id,
            "source": "recorder",
            "name": None,
            "has_sum": True,
            "mean_type": 0,
            "unit_of_measurement": "kWh",
            "unit_class": "energy",
        },
        stats=stats,
    )


async def foresee(
    home_assistant: HomeAssistant,
    now: datetime,
    sun: Callable[[datetime], tuple[float, float]],
    price: Callable[[datetime], float],
) -> None:
    """Say what sun and prices will be, from today's midnight on.

    `sun` gives the mean of an hour in W, and what it is if it gets cloudy.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = [midnight + HOUR * index for index in range(AHEAD)]
    forecast: list[dict[str, Any]] = [
        {
            "period_start": hour.isoformat(),
            "pv_estimate": round(expected_w / 1000, 3),
            "pv_estimate10": round(cloudy_w / 1000, 3),
        }
        for hour in hours
        for expected_w, cloudy_w in (sun(hour),)
    ]
    rows = [{"start": hour.isoformat(), "price": price(hour)} for hour in hours]
    client = home_assistant.client
    unit = {"unit_of_measurement": "EUR/kWh"}
    await client.set_state(SUN_FORECAST, 20, {"detailedForecast": forecast})
    await client.set_state(PRICES_AHEAD, price(midnight), {"data": rows, **unit})


async def know_the_home(
    home_assistant: HomeAssistant,
    installed: home.Installed,
    needs_w: float,
    today: WorkerAccount,
) -> None:
    """Have it know what the home needs itself, and what today has brought.

    As if it had watched for a week. What is stored is written while nobody uses it; the
    past is asked for again.
    """
    client, entry_id = home_assistant.client, installed.entry_id
    disable = "config_entries/disable"
    await client.call(disable, entry_id=entry_id, disabled_by="user")
    stored = home_assistant.folder / ".storage" / f"{home.DOMAIN}.{entry_id}"
    content = json.loads(stored.read_text())
    content["data"]["rest"] = to_json(MeanDay(hours=(HourMean(-needs_w, 7),) * 24))
    books = content["data"]["ledger"]
    books["workers"] = {installed.worker_id: to_json(today)}
    books["sinks"] = {
        installed.sink_id: to_json(
            SinkAccount(heat_wh=today.useful_heat_wh, saved=today.saved)
        )
    }
    stored.write_text(json.dumps(content))
    stored.with_name(f"{stored.name}.past").unlink(missing_ok=True)
    await client.call(disable, entry_id=entry_id, disabled_by=None)
