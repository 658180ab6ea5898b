"""The bench reads databases like those that this Home Assistant makes."""

from pathlib import Path

from homeassistant.components.recorder import db_schema
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

SCHEMA = Path(__file__).parents[1] / "benchmarks/recorder_schema.sql"
TABLES = (
    "recorder_runs",
    "state_attributes",
    "states",
    "states_meta",
    "statistics",
    "statistics_meta",
    "statistics_short_term",
)


def test_its_tests_have_the_tables_of_this_home_assistant() -> None:
    made = (
        str(
            CreateTable(db_schema.Base.metadata.tables[name]).compile(
                dialect=sqlite.dialect()
            )
        )
        for name in TABLES
    )
    assert SCHEMA.read_text() == "".join(
        "\n".join(line.rstrip() for line in text.strip().splitlines()) + ";\n"
        for text in made
    )
