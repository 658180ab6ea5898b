"""A recorder that has watched the house for days, before Home Assistant is started.

The tables are made by Home Assistant's own models.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homeassistant.components.recorder.db_schema import (
    SCHEMA_VERSION,
    Base,
    SchemaChanges,
    StateAttributes,
    States,
    StatesMeta,
)
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

STEP = timedelta(minutes=10)
WATTS = '{"unit_of_measurement":"W"}'

type Meters = Mapping[str, Callable[[datetime], float]]
"""What each meter showed when, in W."""


def remember(folder: Path, meters: Meters, days: int = 3) -> None:
    """Write the recorder's database of a home that is about to start."""
    engine = create_engine(f"sqlite:///{folder / 'home-assistant_v2.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        watts = StateAttributes(shared_attrs=WATTS)
        session.add_all((SchemaChanges(schema_version=SCHEMA_VERSION), watts))
        for entity_id, shows in meters.items():
            meter = StatesMeta(entity_id=entity_id)
            session.add(meter)
            session.flush()
            session.add_all(
                States(
                    metadata_id=meter.metadata_id,
                    attributes_id=watts.attributes_id,
                    state=f"{shows(moment):.1f}",
                    last_updated_ts=moment.timestamp(),
                )
                for moment in _moments(days)
            )
        session.commit()
    engine.dispose()


def _moments(days: int) -> Iterable[datetime]:
    now = datetime.now(UTC)
    return (now - STEP * ago for ago in range(timedelta(days=days) // STEP, 0, -1))
