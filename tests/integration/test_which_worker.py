"""The page that helps to choose a worker says of every kind what its code says."""

import re

import pytest

from custom_components.solar_compute.workers import KINDS
from custom_components.solar_compute.workers.base import Feature

from .test_docs import DOCS
from .translations import english

PAGE = DOCS / "workers.md"
HEAD = (
    "| kind | levels | power limit | lease | says if there is work"
    " | saves before a pause | finishes before a pause | measures | sleeps |"
)
LABELS = english()["config_subentries"]["worker"]["step"]["user"]["menu_options"]


def row(kind: str) -> str:
    """Return the cells of a kind's row that follow from its features."""
    features = KINDS[kind].features

    def tick(feature: Feature) -> str:
        return "yes" if feature in features else "no"

    lease = (
        "by itself"
        if Feature.NATIVE_LEASE in features
        else "by its service"
        if Feature.COMPANION_LEASE in features
        else "none"
    )
    cells = (
        *(tick(Feature.LEVELS), tick(Feature.SET_POINT), lease),
        *(tick(Feature.QUEUE), tick(Feature.CHECKPOINT), tick(Feature.FINISH)),
        *(tick(Feature.POWER), tick(Feature.SLEEP)),
    )
    return " | ".join(cells)


def test_the_table_has_a_column_for_every_feature() -> None:
    assert HEAD in PAGE.read_text()
    assert set(Feature) == {
        *(Feature.LEVELS, Feature.SET_POINT, Feature.NATIVE_LEASE),
        *(Feature.COMPANION_LEASE, Feature.QUEUE, Feature.CHECKPOINT),
        *(Feature.FINISH, Feature.POWER, Feature.SLEEP),
    }, "add a column for the new feature, and tell its cell in `row`"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_row_that_its_features_say(kind: str) -> None:
    linked = r"^\| \[([^]]+)\]\([^)]+\) \| (.+) \|$"
    rows = dict(re.findall(linked, PAGE.read_text(), re.MULTILINE))
    label = LABELS[kind]
    expected = f"| [{label}]({kind}.md) | {row(kind)} |"
    assert rows.get(label) == row(kind), (
        f"docs/workers.md needs this row (with the link to its own page):\n{expected}"
    )


def test_the_table_has_no_row_of_a_kind_that_does_not_exist() -> None:
    table = PAGE.read_text().split("\n\n")[2]
    names = re.findall(r"^\| \[([^]]+)\]", table, re.MULTILINE)
    assert sorted(names) == sorted(LABELS[kind] for kind in KINDS)
