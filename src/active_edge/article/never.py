"""Claims that no data can answer as they are written."""

from __future__ import annotations

from active_edge.article.ground import Ground
from active_edge.article.measuring import Measured
from active_edge.article.statistics import on_ground
from active_edge.errors import InferenceError


@on_ground()
def no_statistic(ground: Ground, *, why: str) -> Measured:  # noqa: ARG001 - as every statistic is called
    """Nothing: the claim has no magnitude, speaks of the future, or asks for forecasts that nobody gives away.

    Raises
    ------
    InferenceError : always; it says why.
    """
    raise InferenceError(why)
