"""Tests over a cross-section of portfolios: Gibbons-Ross-Shanken and Fama-MacBeth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_finite, check_not_collinear
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.registry import estimator
from active_edge.inference.regression import least_squares


@dataclass(frozen=True)
class GrsTest:
    """Joint test that all alphas are zero."""

    statistic: float
    p: float
    alphas: np.ndarray
    """`(n_portfolios,)` per period, in the unit of the returns."""
    mean_absolute_alpha: float
    degrees: tuple[int, int]


@dataclass(frozen=True)
class FamaMacBeth:
    """Average of cross-sectional slopes and their time-series errors, by regressor."""

    estimates: Mapping[str, float]
    standard_errors: Mapping[str, float]
    t: Mapping[str, float]
    p: Mapping[str, float]
    periods: int


@estimator(
    source="Gibbons, Ross & Shanken (1989)",
    published="test_sharpe_ratios::test_joint_test_of_one_portfolio_is_the_squared_t_of_its_alpha",
    bad_samples=("short", "hole", "infinite", "collinear factors", "too many factors", "repeated series"),
    uncalibrated="exact for normal, independent months; compared runs need not be free of an edge",
)
def grs_test(sample: SampleMatrix, factors: np.ndarray) -> GrsTest:
    """Return the test that factors price all portfolios.

    F = (T − N − K)/N · α̂'Σ̂⁻¹α̂ / (1 + μ̂'Ω̂⁻¹μ̂) with covariances divided by T, distributed F(N, T − N − K) under
    normal errors.

    Parameters
    ----------
    sample
        Excess returns of N portfolios over T periods, as decimals or percent like the factors.
    factors
        `(T, K) float`, excess or long-short returns of the factors.

    Source: Gibbons, Ross & Shanken (1989), A test of the efficiency of a given portfolio, Econometrica 57(5),
    doi:10.2307/1913625; the form of Cochrane (2005), Asset Pricing, eq. 12.6.

    Raises
    ------
    InferenceError
        Too few periods for N + K, collinear factors, or portfolios that repeat each other.
    """
    from scipy.special import fdtrc

    from active_edge.products import inverse_gram

    assets, priced = sample.returns, np.asarray(factors, dtype=np.float64)
    if priced.ndim != 2 or len(assets) != len(priced):
        raise InferenceError(f"returns {assets.shape} and factors {priced.shape} must be matrices of equal length")
    check_finite(priced, "factors")
    t, n = assets.shape
    k = priced.shape[1]
    if t - n - k < 1:
        raise InferenceError(f"{t} periods for {n} portfolios and {k} factors; more than {n + k} are needed")
    check_not_collinear(priced, [f"#{i + 1}" for i in range(k)])
    fit = least_squares(assets, np.column_stack([np.ones(t), priced]))
    alphas, mean = fit.coefficients[0], priced.mean(axis=0)
    inverse = inverse_gram(fit.residuals)
    if np.isnan(inverse).any():
        raise InferenceError("the residuals of some portfolios repeat each other; leave out portfolios that are sums")
    factor_sharpe = _quadratic(mean, t * inverse_gram(priced - mean))
    statistic = (t - n - k) / n * _quadratic(alphas, t * inverse) / (1.0 + factor_sharpe)
    return GrsTest(
        statistic=statistic,
        p=float(fdtrc(n, t - n - k, statistic)),
        alphas=alphas,
        mean_absolute_alpha=float(np.abs(alphas).mean()),
        degrees=(n, t - n - k),
    )


@estimator(
    source="Fama & MacBeth (1973)",
    published="test_sharpe_ratios::test_fama_macbeth_worked_by_hand",
    bad_samples=("hole", "one date"),
    uncalibrated="on independent slopes a normal p rejects 6.2 % with 24 months, 5.5 % with 60, by Student's law",
)
def fama_macbeth(panel: pd.DataFrame, dependent: str, regressors: list[str], *, hac: bool = False) -> FamaMacBeth:
    """Return average cross-sectional slopes with a constant.

    Parameters
    ----------
    panel
        Index (asset, date), columns `dependent` and `regressors`; rows with NaN are refused.
    hac
        False: the slopes are independent over time. True: Bartlett kernel with `linearmodels`' default bandwidth.

    Source: Fama & MacBeth (1973), doi:10.1086/260061; computed by `linearmodels.panel.FamaMacBeth`.

    Raises
    ------
    InferenceError
        Missing values, or fewer than two dates.
    """
    from linearmodels.panel import FamaMacBeth as Model

    columns = [dependent, *regressors]
    if panel.index.nlevels != 2 or panel.index.get_level_values(1).nunique() < 2:
        raise InferenceError("panel: the index must be (asset, date) with at least two dates")
    for name in columns:
        check_finite(panel[name].to_numpy(dtype=np.float64), f"column {name}")
    exogenous = panel[regressors].assign(const=1.0)[["const", *regressors]]
    fit = Model(panel[dependent], exogenous).fit(cov_type="kernel" if hac else "unadjusted")
    return FamaMacBeth(
        estimates={str(k): float(v) for k, v in fit.params.items()},
        standard_errors={str(k): float(v) for k, v in fit.std_errors.items()},
        t={str(k): float(v) for k, v in fit.tstats.items()},
        p={str(k): float(v) for k, v in fit.pvalues.items()},
        periods=int(panel.index.get_level_values(1).nunique()),
    )


def _quadratic(vector: np.ndarray, matrix: np.ndarray) -> float:
    return float((vector[:, None] * matrix * vector).sum())
