"""Small trees that were learned: what they are, and what they say of one moment.

Every tree asks its questions one after the other, whatever the answers; the answers
number its leaves. Standard library only; nothing here learns (that is `learn_trees`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tree:
    """Questions, and a value for each of the two to the power of so many answers.

    Question `i` is whether the feature numbered `features[i]` is greater than
    `edges[i]`.

    Raises:
        ValueError: if its parts do not fit together.
    """

    features: tuple[int, ...] = ()
    edges: tuple[float, ...] = ()
    leaves: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a tree that could not be asked: decisions must not fail over it."""
        questions = len(self.features)
        if not questions and not self.leaves:
            return
        fits = len(self.edges) == questions and len(self.leaves) == 2**questions
        if not fits or min(self.features, default=0) < 0:
            raise ValueError("the parts of a tree do not fit together")


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees whose values add up."""

    trees: tuple[Tree, ...] = ()

    def value(self, features: Sequence[float]) -> float:
        """Return the sum of all trees at this moment."""
        total = 0.0
        for tree in self.trees:
            leaf = 0
            for feature, edge in zip(tree.features, tree.edges, strict=True):
                leaf = 2 * leaf + (features[feature] > edge)
            total += tree.leaves[leaf]
        return total


def mean_of(forests: Iterable[Forest]) -> Forest:
    """Return one forest that says what these say on average.

    With as many digits as matter, so that it takes little room.
    """
    forests = tuple(forests)
    return Forest(
        tuple(
            Tree(
                tree.features,
                tuple(float(f"{edge:.5g}") for edge in tree.edges),
                tuple(float(f"{leaf / len(forests):.4g}") for leaf in tree.leaves),
            )
            for forest in forests
            for tree in forest.trees
        )
    )
