"""Where an active return came from: which groups were held, and what was held inside them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.registry import estimator


@estimator(
    source="Brinson & Fachler (1985)",
    published="test_published_numbers::test_brinson_fachler_on_bacons_three_country_portfolio",
    bad_samples=("weights that do not sum to one", "held group without a return"),
    uncalibrated="an identity, not a test",
)
def brinson_fachler(
    portfolio_weights: pd.Series,
    benchmark_weights: pd.Series,
    portfolio_returns: pd.Series,
    benchmark_returns: pd.Series,
) -> pd.DataFrame:
    """Return allocation, selection and interaction by group; they sum to the active return.

    allocation (w_p − w_b)(r_b − R_b), selection w_b (r_p − r_b), interaction (w_p − w_b)(r_p − r_b), R_b the
    benchmark's total return.

    Parameters
    ----------
    portfolio_weights, benchmark_weights
        By group, decimal, each summing to 1. A group absent from one has weight 0 there; cash is a group.
    portfolio_returns, benchmark_returns
        By group, decimal, one period. NaN is allowed only where the weight is 0: the return is then the other
        side's, so that the whole effect is allocation.

    Returns
    -------
    Index group; columns allocation, selection, interaction, total.

    Source: Brinson & Fachler (1985), Measuring non-US equity portfolio performance, Journal of Portfolio
    Management 11(3), doi:10.3905/jpm.1985.409005; Bacon (2008), Practical Portfolio Performance Measurement, ch. 5.

    Raises
    ------
    InferenceError
        Weights that do not sum to 1, or a held group without a return.
    """
    inputs = {
        "portfolio weight": portfolio_weights,
        "benchmark weight": benchmark_weights,
        "portfolio return": portfolio_returns,
        "benchmark return": benchmark_returns,
    }
    frame = pd.DataFrame(inputs)
    weights = frame[["portfolio weight", "benchmark weight"]].fillna(0.0)
    for name, total in weights.sum().items():
        if not abs(total - 1.0) <= 1e-6:
            raise InferenceError(f"{name}s sum to {total:g}, they must sum to 1; add cash as a group")
    for side in ("portfolio", "benchmark"):
        lost = (weights[f"{side} weight"] != 0) & ~np.isfinite(frame[f"{side} return"])
        if lost.any():
            raise InferenceError(f"{side}: group {lost.idxmax()} is held but has no return")
    own = frame["portfolio return"].fillna(frame["benchmark return"]).fillna(0.0)
    other = frame["benchmark return"].fillna(own)
    tilt = weights["portfolio weight"] - weights["benchmark weight"]
    total_return = float((weights["benchmark weight"] * other).sum())
    table = pd.DataFrame(
        {
            "allocation": tilt * (other - total_return),
            "selection": weights["benchmark weight"] * (own - other),
            "interaction": tilt * (own - other),
        }
    )
    table["total"] = table.sum(axis=1)
    table.index.name = "group"
    return table
