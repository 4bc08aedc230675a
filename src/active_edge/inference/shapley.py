"""Which leg of a screen the edge comes from, shared out fairly over all combinations of legs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_finite
from active_edge.inference.registry import estimator

MAX_LEGS = 16
"""2^16 portfolios; more legs need sampling, not exact shares."""


@dataclass(frozen=True)
class LegContributions:
    """Contribution of each leg by period, each array `(n_legs, n)`, in the unit of the returns given.

    Means and bootstrap intervals of the rows come from `mean_intervals(contributions.shapley.T, ...)`.
    """

    shapley: np.ndarray
    """Sums over legs to all legs minus none, in every period."""
    leave_one_out: np.ndarray
    """All legs minus all but this one."""
    add_one_in: np.ndarray
    """This leg alone minus none."""


def shapley_weights(legs: int) -> np.ndarray:
    """Return the matrix that turns values of all subsets of legs into Shapley values, `(legs, 2^legs)`.

    Subset s holds leg i where bit i of s is set. φᵢ = Σ_{S∌i} |S|! (k − |S| − 1)! / k! · (v(S ∪ i) − v(S)).

    Source: Shapley (1953), A value for n-person games, doi:10.1515/9781400881970-018.

    Raises
    ------
    InferenceError
        Fewer than 1 or more than 16 legs.
    """
    if not 1 <= legs <= MAX_LEGS:
        raise InferenceError(f"{legs} legs, between 1 and {MAX_LEGS} can be shared out exactly")
    subsets = np.arange(1 << legs)
    inside = (subsets[None, :] >> np.arange(legs)[:, None] & 1).astype(bool)
    size = inside.sum(axis=0)
    share = np.array([1.0 / (legs * math.comb(legs - 1, s)) for s in range(legs)])
    joined = share[np.maximum(size - 1, 0)]
    without = share[np.minimum(size, legs - 1)]
    gained: np.ndarray = np.where(inside, joined, -without)
    return gained


@estimator(
    source="Shapley (1953)",
    published="test_shapley::test_shares_equal_the_average_over_every_order_of_joining",
    bad_samples=("hole", "missing subset"),
    uncalibrated="an identity; the p of a leg is that of alpha_matrix",
)
def edge_by_leg(returns: np.ndarray) -> LegContributions:
    """Return what each leg adds, by period, exactly, by removal, and alone.

    Parameters
    ----------
    returns
        `(2^k, n) float`, one portfolio a subset of legs, row s holding the legs whose bits are set in s: row 0 the
        plain universe, the last row the whole screen. Arithmetic returns (or active returns) per period; no NaN.

    Every share is linear in the returns, so the shares of the mean are the means of the shares.

    Raises
    ------
    InferenceError
        A number of rows that is no power of two, or values missing.
    """
    from active_edge.products import product

    table = np.asarray(returns, dtype=np.float64)
    legs = (table.shape[0]).bit_length() - 1 if table.ndim == 2 else 0
    if table.ndim != 2 or legs < 1 or table.shape[0] != 1 << legs:
        raise InferenceError(f"returns: shape {table.shape}, one row for each of the 2^k subsets of k legs is needed")
    check_finite(table, "returns")
    weights = shapley_weights(legs)
    bits = 1 << np.arange(legs)
    return LegContributions(
        shapley=product(weights, table),
        leave_one_out=table[-1] - table[(1 << legs) - 1 - bits],
        add_one_in=table[bits] - table[0],
    )
