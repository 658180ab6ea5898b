"""A recorder's database with the tables that Home Assistant makes.

`recorder_schema.sql` is held to them by the integration tests.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import sqlite3

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
START_S = START.timestamp()
SCHEMA = Path(__file__).with_name("recorder_schema.sql").read_text()


class RecorderFile:
    """Times are in seconds from the start, at eight in the morning."""

    def __init__(self, path: Path, hours: float = 2) -> None:
        self.path = path
        self._database = sqlite3.connect(path, autocommit=True)
        self._database.executescript(f"PRAGMA synchronous = OFF;{SCHEMA}")
        self.ran((0, None))
        # Something is always written: this says until when there is a past.
        self.states("sun.sun", {hours * 3600: "above_horizon"})

    def ran(self, *runs: tuple[float, float | None]) -> None:
        """Say from when until when Home Assistant ran."""
        self._database.execute("DELETE FROM recorder_runs")
        for first_s, end_s in runs:
            end = None if end_s is None else _text(end_s)
            self._insert(
                "recorder_runs",
                start=_text(first_s),
                end=end,
                closed_incorrect=0,
                created=_text(0),
            )

    def states(
        self, entity: str, states: Mapping[float, str], unit: str | None = None
    ) -> None:
        """Add changes of state."""
        meta = self._insert("states_meta", entity_id=entity)
        shared = json.dumps({"unit_of_measurement": unit} if unit else {})
        attributes = self._insert("state_attributes", hash=0, shared_attrs=shared)
        for time_s, state in states.items():
            self._insert(
                "states",
                metadata_id=meta,
                attributes_id=attributes,
                state=state,
                last_updated_ts=START_S + time_s,
            )

    def means(
        self, entity: str, unit: str, means: Iterable[float], *, length_s: int = 300
    ) -> None:
        """Add rows of five minutes, or of an hour, from the start on."""
        self._statistics(entity, unit, {"mean": means}, length_s)

    def totals(self, entity: str, unit: str, totals: Iterable[float]) -> None:
        """Add rows of five minutes; the first total is that at the start."""
        self._statistics(entity, unit, {"sum": totals}, 300)

    def _statistics(
        self,
        entity: str,
        unit: str,
        columns: Mapping[str, Iterable[float]],
        length_s: int,
    ) -> None:
        ((column, values),) = columns.items()
        first_s = START_S - length_s * (column == "sum")
        meta = self._insert(
            "statistics_meta",
            statistic_id=entity,
            source="recorder",
            unit_of_measurement=unit,
            has_mean=column == "mean",
            has_sum=column == "sum",
            mean_type=int(column == "mean"),
        )
        table = "statistics" if length_s == 3600 else "statistics_short_term"
        for index, value in enumerate(values):
            self._insert(
                table,
                metadata_id=meta,
                start_ts=first_s + index * length_s,
                **{column: value},
            )

    def _insert(self, table: str, **values: object) -> int:
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        query = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        return self._database.execute(query, tuple(values.values())).lastrowid or 0


def _text(time_s: float) -> str:
    time = START + timedelta(seconds=time_s)
    return time.strftime("%Y-%m-%d %H:%M:%S.%f")
