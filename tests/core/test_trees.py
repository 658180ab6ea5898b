"""Small trees find what a number depends on, and no more than was shown."""

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.knowledge import WorkerKnowledge
from custom_components.solar_compute.core.learn_trees import fit, predict
from custom_components.solar_compute.core.trees import Forest, Tree, mean_of

CHANCE = np.random.default_rng(1)
MOMENTS = CHANCE.normal(size=(2000, 4))


def fitted(target: np.ndarray, prior: float = 1.0) -> Forest:
    weight = np.ones(len(target))
    return fit(MOMENTS, target, weight, trees=40, rate=0.2, depth=3, prior=prior)


def test_what_depends_on_two_things_together_is_found() -> None:
    target = np.where((MOMENTS[:, 0] > 0) & (MOMENTS[:, 2] > 0.5), 1.0, -1.0)
    found = predict(fitted(target), MOMENTS)
    assert np.mean((found > 0) == (target > 0)) > 0.97


def test_little_that_was_seen_is_believed_little() -> None:
    target = np.ones(len(MOMENTS))
    assert fitted(target, prior=1.0).value(MOMENTS[0]) > 0.9
    assert abs(fitted(target, prior=1e6).value(MOMENTS[0])) < 0.05


def test_nothing_to_learn_from_teaches_nothing() -> None:
    nothing = np.zeros(0)
    assert (
        fit(np.zeros((0, 4)), nothing, nothing, trees=9, rate=0.1, depth=2, prior=1.0)
        == Forest()
    )
    assert fitted(np.zeros(len(MOMENTS))) == Forest()


def test_a_feature_that_never_changes_is_never_asked_for() -> None:
    moments = MOMENTS.copy()
    moments[:, 1] = 7.0
    target = moments[:, 0]
    weight = np.ones(len(target))
    forest = fit(moments, target, weight, trees=9, rate=0.2, depth=3, prior=1.0)
    assert all(1 not in tree.features for tree in forest.trees)


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4))
@settings(deadline=None)
def test_one_moment_is_judged_as_in_a_whole_past(moment: list[float]) -> None:
    forest = fitted(MOMENTS[:, 0] * MOMENTS[:, 1])
    row = np.array([moment])
    assert forest.value(moment) == pytest.approx(float(predict(forest, row)[0]))


def test_a_mean_forest_says_what_its_forests_say_on_average() -> None:
    one = Forest((Tree((0,), (0.5,), (-1.0, 2.0)),))
    two = Forest((Tree((1,), (0.0,), (0.0, 4.0)), Tree((0,), (9.0,), (1.0, 0.0))))
    for moment in ((0.0, 1.0), (1.0, -1.0), (10.0, 3.0)):
        expected = (one.value(moment) + two.value(moment)) / 2
        assert mean_of([one, two]).value(moment) == pytest.approx(expected)


@pytest.mark.parametrize(
    "parts",
    [
        ((0,), (1.0,), (0.1,)),
        ((0, 1), (1.0,), (0.1, 0.2, 0.3, 0.4)),
        ((-1,), (1.0,), (0.1, 0.2)),
    ],
)
def test_a_damaged_tree_is_refused_and_not_asked(
    parts: tuple[tuple[int, ...], tuple[float, ...], tuple[float, ...]],
) -> None:
    with pytest.raises(ValueError, match="tree"):
        Tree(*parts)


def test_a_tree_that_asks_for_what_no_moment_has_is_refused() -> None:
    known = WorkerKnowledge(start=Forest((Tree((12,), (1.0,), (0.1, 0.2)),)))
    strange = to_json(known)
    strange["start"]["trees"][0]["features"] = [13]
    assert from_json(WorkerKnowledge, to_json(known)) == known
    with pytest.raises(ValueError, match="moment"):
        from_json(WorkerKnowledge, strange)
