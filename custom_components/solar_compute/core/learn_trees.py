"""Fitting small trees to a number: numpy, deterministic, quick.

Gradient boosting of trees in which all nodes of a level ask the same question
(Prokhorenkova et al., CatBoost, 2018): few parameters, hard to over-fit, and a leaf is
found by three comparisons. Every leaf is shrunk towards nothing as if hours of no
effect had been seen beside what taught it. May import numpy; knows nothing of homes.
"""

import numpy as np
from numpy.typing import NDArray

from .trees import Forest, Tree

BINS = 16
"""Quantiles of a feature that a question may ask for."""


def fit(
    features: NDArray[np.float64],
    target: NDArray[np.float64],
    weight: NDArray[np.float64],
    *,
    trees: int,
    rate: float,
    depth: int,
    prior: float,
) -> Forest:
    """Return a forest whose sum approaches `target`, row by row of `features`.

    `weight` says how much each row counts, `prior` how much weight of zeros is added
    to every leaf. Nothing to learn from gives an empty forest.
    """
    if len(target) < 2 * BINS:
        return Forest()
    edges = _edges(features)
    bins = np.stack(
        [np.searchsorted(edge, features[:, i]) for i, edge in enumerate(edges)], axis=1
    ).astype(np.intp)
    # What may be asked of one feature lies behind what may be asked of the one before.
    places = bins + BINS * np.arange(len(edges))
    asked_for = np.arange(BINS) < np.array([len(edge) for edge in edges])[:, np.newaxis]
    rest = target.astype(np.float64).copy()
    grown: list[Tree] = []
    for _ in range(trees):
        leaf = np.zeros(len(rest), dtype=np.intp)
        questions: list[tuple[int, float]] = []
        pull = weight * rest
        for level in range(depth):
            found = _best_question(
                places,
                leaf,
                pull=pull,
                weight=weight,
                leaves=2**level,
                asked_for=asked_for,
                prior=prior,
            )
            if found is None:
                break
            feature, index = found
            questions.append((feature, float(edges[feature][index])))
            leaf = 2 * leaf + (bins[:, feature] > index)
        size = 2 ** len(questions)
        sums = np.bincount(leaf, pull, size)
        values = rate * sums / (np.bincount(leaf, weight, size) + prior)
        if not values.any():
            break
        rest -= values[leaf]
        asked = tuple(feature for feature, _ in questions)
        edges_asked = tuple(edge for _, edge in questions)
        grown.append(Tree(asked, edges_asked, tuple(values.tolist())))
    return Forest(tuple(grown))


def predict(forest: Forest, features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the forest's sum for every row."""
    total = np.zeros(len(features))
    for tree in forest.trees:
        leaf = np.zeros(len(features), dtype=np.intp)
        for feature, edge in zip(tree.features, tree.edges, strict=True):
            leaf = 2 * leaf + (features[:, feature] > edge)
        total += np.array(tree.leaves)[leaf]
    return total


def _edges(features: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return what may be asked of every feature: quantiles, each once."""
    shares = np.arange(1, BINS) / BINS
    return [np.unique(np.quantile(column, shares)) for column in features.T]


def _best_question(
    places: NDArray[np.intp],
    leaf: NDArray[np.intp],
    *,
    pull: NDArray[np.float64],
    weight: NDArray[np.float64],
    leaves: int,
    asked_for: NDArray[np.bool_],
    prior: float,
) -> tuple[int, int] | None:
    """Return the question that lowers the squared error most, None if none does."""
    features = places.shape[1]
    shape = leaves, features, BINS
    at = (places + leaf[:, np.newaxis] * (features * BINS)).ravel()
    size = leaves * features * BINS
    low = np.bincount(at, np.repeat(pull, features), size).reshape(shape).cumsum(2)
    mass = np.bincount(at, np.repeat(weight, features), size).reshape(shape).cumsum(2)
    whole, whole_mass = low[:, :, -1:], mass[:, :, -1:]
    gain = (
        low**2 / (mass + prior)
        + (whole - low) ** 2 / (whole_mass - mass + prior)
        - whole**2 / (whole_mass + prior)
    ).sum(axis=0)
    best = int(np.argmax(np.where(asked_for, gain, 0.0)))
    feature, index = divmod(best, BINS)
    if not asked_for[feature, index] or gain[feature, index] <= 0:
        return None
    return feature, index
