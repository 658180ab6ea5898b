"""What Home Assistant's recorder keeps of an entity, read from its SQLite database.

Schema of 2023.4 and later: times as Unix seconds, entities in `states_meta`. Opened
for reading only, so that it may be the database of a home that is running. A copy is
kinder to it all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from math import isfinite
from pathlib import Path
import sqlite3
from urllib.parse import quote

from .traces import TraceError

SHORT_S = 300
HOUR_S = 3600
SHORT_ROWS = (
    "SELECT start_ts, mean, sum FROM statistics_short_term"
    " WHERE metadata_id = ? AND start_ts IS NOT NULL ORDER BY start_ts"
)
HOURLY_ROWS = (
    "SELECT start_ts, mean, sum FROM statistics"
    " WHERE metadata_id = ? AND start_ts IS NOT NULL ORDER BY start_ts"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of statistics: its start, the mean over it, the total at its end."""

    start_s: float
    mean: float | None
    total: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that is kept of one entity, each list by time.

    `short` are rows of five minutes, `hourly` of an hour. `states` are changes: None
    where it was unavailable.
    """

    entity: str
    unit: str
    short: tuple[Row, ...]
    hourly: tuple[Row, ...]
    states: tuple[tuple[float, float | None], ...]


class Recorder:
    """An open database."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Read from it; `opened` closes it."""
        self._database = database

    def kept(self, entity: str) -> Kept:
        """Return what is kept of an entity.

        Raises:
            TraceError: if it is not known, or nothing of it is kept.
        """
        unit, statistics_id = self._one(
            "SELECT unit_of_measurement, id FROM statistics_meta"
            " WHERE statistic_id = ?",
            entity,
        ) or (None, None)
        kept = Kept(
            entity=entity,
            unit=str(unit or self._unit_of_states(entity) or ""),
            short=self._rows(SHORT_ROWS, statistics_id),
            hourly=self._rows(HOURLY_ROWS, statistics_id),
            states=self._states(entity),
        )
        if not (kept.short or kept.hourly or kept.states):
            raise TraceError(f"{entity}: the recorder keeps nothing of it")
        return kept

    def runs(self) -> list[tuple[float, float | None]]:
        """Return from when until when Home Assistant ran; None: it still does."""
        query = 'SELECT start, "end" FROM recorder_runs ORDER BY start'
        return [
            (_seconds(start), None if end is None else _seconds(end))
            for start, end in self._database.execute(query)
        ]

    def last_s(self) -> float:
        """Return when anything was written last."""
        states_s, short_s = (
            self._database.execute(query).fetchone()[0]
            for query in (
                "SELECT max(last_updated_ts) FROM states",
                "SELECT max(start_ts) FROM statistics_short_term",
            )
        )
        return max(states_s or 0.0, (short_s or -SHORT_S) + SHORT_S)

    def _one(self, query: str, *values: object) -> tuple[object, ...] | None:
        row: tuple[object, ...] | None = self._database.execute(
            query, values
        ).fetchone()
        return row

    def _rows(self, query: str, statistics_id: object) -> tuple[Row, ...]:
        return tuple(
            Row(start_s=start_s, mean=mean, total=total)
            for start_s, mean, total in self._database.execute(query, (statistics_id,))
        )

    def _states(self, entity: str) -> tuple[tuple[float, float | None], ...]:
        query = (
            "SELECT last_updated_ts, state FROM states JOIN states_meta"
            " USING (metadata_id) WHERE states_meta.entity_id = ? AND last_updated_ts IS NOT NULL"
            " ORDER BY last_updated_ts"
        )
        return tuple(
            (time_s, _number(state))
            for time_s, state in self._database.execute(query, (entity,))
        )

    def _unit_of_states(self, entity: str) -> object:
        row = self._one(
            "SELECT shared_attrs FROM states JOIN states_meta USING (metadata_id)"
            " JOIN state_attributes USING (attributes_id) WHERE states_meta.entity_id = ?"
            " ORDER BY last_updated_ts DESC LIMIT 1",
            entity,
        )
        attributes = json.loads(str(row[0])) if row else {}
        unit: object = attributes.get("unit_of_measurement")
        return unit


@contextmanager
def opened(path: Path) -> Iterator[Recorder]:
    """Open a database for reading.

    Raises:
        TraceError: if it cannot be read, or has another schema.
    """
    try:
        database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise TraceError(f"{path}: cannot be read: {error}") from error
    try:
        yield Recorder(database)
    except (sqlite3.Error, ValueError) as error:
        if isinstance(error, TraceError):
            raise
        raise TraceError(
            f"{path}: is no recorder database of a Home Assistant of 2023.4 or later:"
            f" {error}"
        ) from error
    finally:
        database.close()


def _number(state: str | None) -> float | None:
    try:
        value = float(state or "")
    except ValueError:
        return None
    return value if isfinite(value) else None


def _seconds(text: str) -> float:
    time = datetime.fromisoformat(text)
    return (time.replace(tzinfo=UTC) if time.tzinfo is None else time).timestamp()
