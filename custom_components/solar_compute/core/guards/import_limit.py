"""What the home may draw from the grid, other loads included.

The battery is not counted on beyond what it gives now. Fails safe: without a grid
reading the budget is nought. Standard library and the core only.
"""

from collections.abc import Iterator

from ..model import ReasonCode
from .budget import Budget, BudgetContext, budget, unknown, with_meter


def import_limit(context: BudgetContext) -> Iterator[Budget]:
    """Share out what the site's import limit leaves to all workers."""
    limit_w, everybody = context.spec.import_limit_w, context.everybody
    if limit_w is None:
        return
    if context.view.grid_w is None:
        yield unknown(context, None, everybody, "grid")
        return
    raise_w, keep_w = with_meter(
        context,
        everybody,
        limit_w,
        context.view.grid_w,
        context.snapshot.grid_w.measured_s,
    )
    yield budget(
        ReasonCode.IMPORT_LIMIT,
        None,
        everybody,
        everybody,
        raise_w=raise_w,
        keep_w=keep_w,
    )
