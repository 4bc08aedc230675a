"""The laws of a simulated firm: what it is, what it earns, when it dies.

Every number of a firm's description stands here once; fast mode and full mode are draws from the same walk. Compiled
code elsewhere freezes them: numba renews its cache of a function only when the function's own file changes, so delete
`__pycache__/*.nb?` after a change here. The test of equal bytes compiles afresh and would tell.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erf, exp, pi, sqrt
from typing import Any, cast

import numba as nb
import numpy as np

RATE_LOSS = 6.0
"""Return lost per unit of surprise by a firm whose debt equals its equity and all floats."""
DEMAND_LOAD = 0.5

# State of a firm.
SIZE_MEAN, SIZE_SD = 7.05, 2.34
"""Mean and spread of ln(market value in M USD): rank 1000 of 3,600 is about 4.6 B, rank 3000 about 117 M."""
SHELL_SIZE = -2.0
"""Standardised size below which an exchange soon delists: the hazard of the tiniest rises steeply."""
ENTRANT_SIZE, ENTRANT_SIZE_SD = -0.25, 0.75
"""A newcomer's size in cross-sectional standard deviations."""
ENTRANT_QUALITY = -0.5
QUALITY_SIZE, QUALITY_YEARLY = 0.3, 0.85
QUALITY_MONTHLY = QUALITY_YEARLY ** (1 / 12)
QUALITY_OWN = sqrt(1.0 - QUALITY_SIZE**2)
QUALITY_SHOCK = sqrt(1.0 - QUALITY_MONTHLY**2) * QUALITY_OWN
GROWTH_MONTHLY = 0.5 ** (1 / 12)
GROWTH_SHOCK = sqrt(1.0 - GROWTH_MONTHLY**2)
REPORT_NOISE, REPORT_NOISE_QUARTERLY = 0.35, 0.8
NOISE_SHOCK = sqrt(1.0 - REPORT_NOISE_QUARTERLY**2)
"""Shocks that keep the variance of quality, growth and reporting noise at 1."""
OVERSTATEMENT = 0.8
"""What an overstated year adds to reported quality, in standard deviations of quality."""
RESTATED_AFTER_DAYS = 548

# Shocks.
LARGEST_SHOCK = 0.8
"""Own shocks of a month are cut off here on both sides: cut on one side only, a floor on returns would be a gift."""
NEWS_SHARE = 0.05
"""Share of idiosyncratic variance that is news about quality: what makes look-ahead profitable."""
OWN_SHARE, NEWS_ROOT = sqrt(1.0 - NEWS_SHARE), sqrt(NEWS_SHARE)
T5_SCALE = sqrt(3.0 / 5.0)
"""Brings Student's t with five degrees of freedom to variance 1."""

# Exits.
MERGER_YEARLY, MERGER_PREMIUM = 0.035, 0.20
DISTRESS_MEAN_NYSE, DISTRESS_MEAN_NASDAQ, DISTRESS_SD = -0.30, -0.55, 0.25
DISTRESS_FLOOR, DISTRESS_CEILING = -1.0, 0.25

# Columns of the matrix of fixed traits, one row a firm.
(
    BETA_MARKET,
    BETA_VALUE,
    SIGMA,
    DEBT_TASTE,
    DEBT_FREE,
    FLOATING,
    DOMESTIC,
    INSIDER,
    NYSE,
    DIVIDEND_YIELD,
    MARGIN,
    FISCAL_PHASE,
    SECTOR,
    N_TRAITS,
) = range(14)

# Law means and spreads with which leg values are standardised.
DEBT_MEAN, DEBT_SD = 0.2105, 0.1687
FLOATING_MEAN, FLOATING_SD = 0.383, 0.283
DOMESTIC_A, DOMESTIC_B = 4.0, 1.2
INSIDER_A, INSIDER_B = 0.9, 6.0


def _beta_moments(a: float, b: float) -> tuple[float, float]:
    return a / (a + b), sqrt(a * b / (a + b + 1)) / (a + b)


DOMESTIC_MEAN, DOMESTIC_SD = _beta_moments(DOMESTIC_A, DOMESTIC_B)
INSIDER_MEAN, INSIDER_SD = _beta_moments(INSIDER_A, INSIDER_B)


def _clipped_normal_mean(mean: float, sd: float, low: float, high: float) -> float:
    """Mean of min(max(X, low), high) for X ~ N(mean, sd²)."""
    a, b = (low - mean) / sd, (high - mean) / sd
    below, above = 0.5 * (1 + erf(a / sqrt(2))), 0.5 * (1 - erf(b / sqrt(2)))
    density = (exp(-a * a / 2) - exp(-b * b / 2)) / sqrt(2 * pi)
    return low * below + high * above + mean * (1 - below - above) + sd * density


DISTRESS_EXPECTED_NYSE = _clipped_normal_mean(DISTRESS_MEAN_NYSE, DISTRESS_SD, DISTRESS_FLOOR, DISTRESS_CEILING)
DISTRESS_EXPECTED_NASDAQ = _clipped_normal_mean(DISTRESS_MEAN_NASDAQ, DISTRESS_SD, DISTRESS_FLOOR, DISTRESS_CEILING)
MERGER_MONTHLY = 1 - (1 - MERGER_YEARLY) ** (1 / 12)


@nb.njit(inline="always")
def debt_share(quality: float, taste: float, debt_free: float) -> float:
    """Total debt over debt and equity, in [0, 1): logistic(−1.1 − 0.1 q + 0.9 e), 0 for the debt-free."""
    if debt_free > 0.5:
        return 0.0
    return float(1.0 / (1.0 + np.exp(1.1 + 0.1 * quality - 0.9 * taste)))


@nb.njit(inline="always")
def loadings(quality: float, z_size: float, beta_market: float, beta_value: float) -> tuple[float, float, float, float]:
    """Loadings on market, size, value and profitability of a firm with this quality and standardised size."""
    return (
        1.0 - 0.08 * quality + 0.25 * beta_market,
        0.90 - 0.45 * z_size,
        0.15 + 0.4 * beta_value,
        0.10 + 0.45 * quality,
    )


@nb.njit(inline="always")
def idiosyncratic_sd(quality: float, z_size: float, sigma: float) -> float:
    """Monthly standard deviation of a firm's own return, before the common volatility."""
    spread: float = np.exp(-2.05 - 0.12 * np.minimum(np.maximum(z_size, -2.0), 2.0) - 0.18 * quality + 0.2 * sigma)
    return spread


@nb.njit(inline="always")
def distress_hazard(quality: float, z_size: float, z_leverage: float, trailing: float) -> float:
    """Monthly probability of a distress exit; `trailing` is the return of the last twelve months."""
    x = -4.4 - 0.9 * quality - 0.45 * z_size + 0.5 * z_leverage - 2.0 * min(max(trailing, -0.95), 2.0)
    yearly = 1.0 / (1.0 + np.exp(-x))
    shell = 0.04 * max(SHELL_SIZE - z_size, 0.0)
    if yearly < 0.2:  # the first five terms of 1 − (1 − p)^(1/12), exact to 1e-6 of it, at a quarter of the cost
        p = yearly
        monthly = p / 12.0 * (1.0 + p * (0.4583333333 + p * (0.2928240741 + p * (0.2135175540 + p * 0.1672554173))))
    else:
        monthly = 1.0 - (1.0 - yearly) ** (1.0 / 12.0)
    return float(min(monthly + shell, 0.2))


@nb.njit(inline="always")
def issuance(quality: float, z_size: float) -> float:
    """Net share issuance a month: junk and small firms sell shares, large and good ones buy back."""
    drift: float = np.minimum(np.maximum(0.01 - 0.025 * z_size - 0.03 * quality, -0.06), 0.25) / 12.0
    return drift


def of_arrays(law: Callable[..., Any], *states: np.ndarray) -> Any:
    """What `law` (loadings, idiosyncratic_sd, issuance) gives for arrays of states of one shape, float64."""
    return cast(Any, law).py_func(*(state.astype(np.float64) for state in states))


@nb.njit(cache=True)
def draw_traits(rng: np.random.Generator, quality: float, z_size: float, row: np.ndarray) -> None:
    """Fill `row` (N_TRAITS,) with the fixed traits of a firm of this quality and standardised size."""
    row[BETA_MARKET] = rng.standard_normal()
    row[BETA_VALUE] = rng.standard_normal()
    row[SIGMA] = rng.standard_normal()
    row[DEBT_TASTE] = rng.standard_normal()
    row[DEBT_FREE] = 1.0 if rng.random() < 0.2 else 0.0
    mean = min(max(0.38 - 0.06 * z_size, 0.12), 0.6)
    row[FLOATING] = rng.beta(2.0 * mean, 2.0 * (1.0 - mean))
    row[DOMESTIC] = rng.beta(DOMESTIC_A, DOMESTIC_B)
    row[INSIDER] = rng.beta(INSIDER_A, INSIDER_B)
    row[NYSE] = 1.0 if rng.random() < 1.0 / (1.0 + np.exp(0.5 - 1.3 * z_size)) else 0.0
    payer = rng.random() < 1.0 / (1.0 + np.exp(0.6 - 0.9 * z_size - 0.6 * quality))
    row[DIVIDEND_YIELD] = 0.01 + 0.02 * rng.random() if payer else 0.0
    row[MARGIN] = rng.standard_normal()
    phase = rng.random()
    row[FISCAL_PHASE] = 0.0 if phase < 0.75 else (1.0 if phase < 0.83 else (2.0 if phase < 0.92 else 3.0))
    row[SECTOR] = np.floor(rng.random() * 1000.0)


@nb.njit(cache=True)
def filing_lag(rng: np.random.Generator, log_value: float, annual: bool) -> int:
    """Days from period end to filing by filer class (10-K within 60, 75 or 90 days, 10-Q within 40 or 45), 5 % late."""
    if log_value > np.log(700.0):
        deadline = 60 if annual else 40
    elif log_value > np.log(75.0):
        deadline = 75 if annual else 40
    else:
        deadline = 90 if annual else 45
    if rng.random() < 0.05:
        return deadline + 1 + int(rng.random() * 29.0)
    return max(30, int(deadline * (0.7 + 0.3 * rng.random())))
