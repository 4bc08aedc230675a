"""The laws of the simulated market: what a firm is, what it earns, when it dies, and one compiled walk through them.

Every number of the market's description stands here once; fast mode and full mode are draws from the same walk.
The compiled functions live beside the constants they freeze, because a compiled cache is only renewed when its own
file changes.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erf, exp, pi, sqrt
from typing import Any, NamedTuple, cast

import numba as nb
import numpy as np

WARM_UP_MONTHS = 24
"""Months simulated before the first session, so that firms arrive with history."""

# Factor premia and spreads, monthly decimals, in the order market, size, value, profitability.
FACTORS = ("MKT_RF", "SMB", "HML", "RMW")
FACTOR_PREMIUM = np.array([0.0065, 0.0010, 0.0015, 0.0])
FACTOR_SD = np.array([0.0451, 0.0312, 0.0335, 0.0273])
FACTOR_CORRELATION = np.array(
    [
        [1.00, 0.23, 0.00, -0.35],
        [0.23, 1.00, 0.00, -0.47],
        [0.00, 0.00, 1.00, 0.36],
        [-0.35, -0.47, 0.36, 1.00],
    ]
)
VOLATILITY_PERSISTENCE, VOLATILITY_SHOCK = 0.95, 0.10
VOLATILITY_CENTRE = -0.02
"""Chosen so that the rebuilt index has a yearly volatility of 0.20 to 0.23."""

# Policy rate: eight meetings a year, in these calendar months; the surprise is what no one expected.
MEETING_MONTHS = (1, 3, 5, 6, 7, 9, 11, 12)
SURPRISE_SD = 0.0008
RATE_MEAN, RATE_PULL = 0.025, 0.03
RATE_LOSS = 6.0
"""Return lost per unit of surprise by a firm whose debt equals its equity and all floats."""
DEMAND_SD, DEMAND_LOAD = 0.01, 0.5

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
GROWTH_MONTHLY = 0.5 ** (1 / 12)
REPORT_NOISE, REPORT_NOISE_QUARTERLY = 0.35, 0.8
OVERSTATEMENT = 0.8
"""What an overstated year adds to reported quality, in standard deviations of quality."""
RESTATED_AFTER_DAYS = 548

# Shocks.
LARGEST_SHOCK = 0.8
"""Own shocks of a month are cut off here on both sides: cut on one side only, a floor on returns would be a gift."""
NEWS_SHARE = 0.05
"""Share of idiosyncratic variance that is news about quality: what makes look-ahead profitable."""

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


NO_EXIT, DISTRESS, MERGER = 0, 1, 2
NEVER_REPORTED = -1


class Weather(NamedTuple):
    """What is common to all firms, one value a month (T,), warm-up included.

    factors (T, 4) simple returns of MKT_RF, SMB, HML, RMW; surprise in the policy rate; demand, domestic minus
    foreign; volatility, the common multiple of all shocks; cash, the simple return of cash; policy_rate a year;
    calendar_month 1..12.
    """

    factors: np.ndarray
    surprise: np.ndarray
    demand: np.ndarray
    volatility: np.ndarray
    cash: np.ndarray
    policy_rate: np.ndarray
    calendar_month: np.ndarray


class Grid(NamedTuple):
    """Matrices (T months, S slots) of the path, warm-up included; see the module for rows and columns.

    firm int32 · base float32: simple return of the month without the exit's drop · exit_kind int8, exit_return
    float32: of the firm that held the slot when the month began · log_value float32: ln market value in M USD, end
    of month · quality float32 · growth float32 · known, restated float32: reported quality by the latest filing at
    the end of the month, as filed and as it stands after all restatements · known_month int32: month of the period
    that filing describes.
    """

    firm: np.ndarray
    base: np.ndarray
    exit_kind: np.ndarray
    exit_return: np.ndarray
    log_value: np.ndarray
    quality: np.ndarray
    growth: np.ndarray
    known: np.ndarray
    restated: np.ndarray
    known_month: np.ndarray


class Reports(NamedTuple):
    """Matrices (T // 3 quarters, S slots) of what was reported: quality as first filed, what of it was overstated,
    and the days from period end to filing (−1: the slot's firm did not yet report)."""

    quality: np.ndarray
    overstated: np.ndarray
    lag_days: np.ndarray


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
def _draw_traits(rng: np.random.Generator, quality: float, z_size: float, row: np.ndarray) -> None:
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


@nb.njit(cache=True, error_model="numpy")
def walk(  # noqa: PLR0912, PLR0915 - one compiled pass; its state is a dozen local arrays
    rng: np.random.Generator,
    weather: Weather,
    grid: Grid,
    reports: Reports,
    traits: np.ndarray,
    birth: np.ndarray,
    size_mean: np.ndarray,
    size_sd: np.ndarray,
    alpha: np.ndarray,
    rates: np.ndarray,
) -> int:
    """Walk all slots through all months, filling the matrices; the number of firms that ever lived comes back."""
    T, S = grid.firm.shape
    value, quality = np.empty(S), np.empty(S)
    growth, noise = np.empty(S), np.empty(S)
    over = np.zeros(S)
    window = np.zeros((12, S))
    trailing = np.zeros(S)
    firm = np.empty(S, np.int64)
    held_known, held_restated = np.empty(S), np.empty(S)
    held_month = np.empty(S, np.int64)
    # A late annual report may still be on its way when the next quarter ends: two reports are under way at most.
    due, due_value, due_over = np.full((2, S), -1), np.empty((2, S)), np.empty((2, S))
    root_quality = np.sqrt(1.0 - QUALITY_SIZE**2)
    for s in range(S):
        z = rng.standard_normal()
        value[s] = SIZE_MEAN + SIZE_SD * z
        quality[s] = QUALITY_SIZE * z + root_quality * rng.standard_normal()
        growth[s], noise[s] = rng.standard_normal(), rng.standard_normal()
        firm[s] = s
        _draw_traits(rng, quality[s], z, traits[s])
        held_known[s] = held_restated[s] = quality[s] + REPORT_NOISE * noise[s]
        held_month[s] = -1
    n_firms = S
    decay_quality = QUALITY_MONTHLY
    shock_quality = np.sqrt(1.0 - decay_quality**2) * root_quality
    decay_growth = GROWTH_MONTHLY
    shock_growth = np.sqrt(1.0 - decay_growth**2)
    decay_noise = REPORT_NOISE_QUARTERLY
    shock_noise = np.sqrt(1.0 - decay_noise**2)
    own_share, news_share = np.sqrt(1.0 - NEWS_SHARE), np.sqrt(NEWS_SHARE)
    t_scale = np.sqrt(3.0 / 5.0)
    ipo_drag, decay_month, restatement_rate, priced = rates[0], rates[1], rates[2], rates[3]
    for t in range(T):
        mean, sd = value.mean(), value.std()
        quality_mean, quality_sd = quality.mean(), quality.std()
        size_mean[t], size_sd[t] = mean, sd
        f0, f1, f2, f3 = weather.factors[t, 0], weather.factors[t, 1], weather.factors[t, 2], weather.factors[t, 3]
        u, g, vol, cash = weather.surprise[t], weather.demand[t], weather.volatility[t], weather.cash[t]
        planted = 1.0 if t < decay_month else 0.0
        ring = t % 12
        quarter_end = t % 3 == 2
        for s in range(S):
            q = quality[s]
            z = (value[s] - mean) / sd
            row = traits[firm[s]]
            debt = debt_share(q, row[DEBT_TASTE], row[DEBT_FREE])
            z_debt = (debt - DEBT_MEAN) / DEBT_SD
            z_domestic = (row[DOMESTIC] - DOMESTIC_MEAN) / DOMESTIC_SD
            b0, b1, b2, b3 = loadings(q, z, row[BETA_MARKET], row[BETA_VALUE])
            hazard = distress_hazard(q, z, z_debt, np.exp(trailing[s]) - 1.0)
            nyse = row[NYSE] > 0.5
            expected_drop = DISTRESS_EXPECTED_NYSE if nyse else DISTRESS_EXPECTED_NASDAQ
            edge = (
                -alpha[0] * z_debt
                + alpha[1] * (row[INSIDER] - INSIDER_MEAN) / INSIDER_SD
                + alpha[2] * z_domestic
                - alpha[3] * (row[FLOATING] - FLOATING_MEAN) / FLOATING_SD
                + alpha[4] * (q - quality_mean) / quality_sd
                + alpha[5] * growth[s]
                + alpha[6] * row[MARGIN]
            )
            born = birth[firm[s]]
            edge = planted * edge - ipo_drag if born >= 0 and t - born <= 36 else planted * edge
            news = rng.standard_normal()
            t5 = rng.standard_normal() / np.sqrt(rng.standard_gamma(2.5) / 2.5) * t_scale
            sigma = idiosyncratic_sd(q, z, row[SIGMA]) * vol
            systematic = (
                b0 * f0
                + b1 * f1
                + b2 * f2
                + b3 * f3
                - RATE_LOSS * row[FLOATING] * debt / (1.0 - debt) * u
                + DEMAND_LOAD * z_domestic * g
            )
            priced_exits = -priced * (hazard * expected_drop + MERGER_MONTHLY * MERGER_PREMIUM)
            own = min(max(sigma * (own_share * t5 + news_share * news), -LARGEST_SHOCK), LARGEST_SHOCK)
            r = cash + edge + systematic + priced_exits + own
            r = max(r, -0.95)
            grid.base[t, s] = r
            draw = rng.random()
            payout = row[DIVIDEND_YIELD] / 4.0 if t % 3 == firm[s] % 3 else 0.0
            growth_of_one = np.log(1.0 + r)
            other = issuance(q, z) - payout * (1.0 + issuance(q, z))
            value[s] += growth_of_one + other * (1.0 - other * (0.5 - other / 3.0))
            trailing[s] += growth_of_one - window[ring, s]
            window[ring, s] = growth_of_one
            pull = QUALITY_SIZE * z
            quality[s] = pull + decay_quality * (q - pull) + shock_quality * news
            growth[s] = decay_growth * growth[s] + shock_growth * rng.standard_normal()
            if draw < hazard + MERGER_MONTHLY:
                if draw < hazard:
                    grid.exit_kind[t, s] = DISTRESS
                    centre = DISTRESS_MEAN_NYSE if nyse else DISTRESS_MEAN_NASDAQ
                    drop = centre + DISTRESS_SD * rng.standard_normal()
                    grid.exit_return[t, s] = min(max(drop, DISTRESS_FLOOR), DISTRESS_CEILING)
                else:
                    grid.exit_kind[t, s] = MERGER
                    grid.exit_return[t, s] = MERGER_PREMIUM
                if n_firms >= traits.shape[0]:
                    raise RuntimeError("more firms than rows were laid out for: the hazard laws have changed")
                z_new = ENTRANT_SIZE + ENTRANT_SIZE_SD * rng.standard_normal()
                value[s] = mean + sd * z_new
                quality[s] = ENTRANT_QUALITY + QUALITY_SIZE * z_new + root_quality * rng.standard_normal()
                growth[s], noise[s] = rng.standard_normal(), rng.standard_normal()
                over[s] = 0.0
                firm[s] = n_firms
                birth[n_firms] = t
                _draw_traits(rng, quality[s], z_new, traits[n_firms])
                n_firms += 1
                trailing[s] = 0.0
                for k in range(12):
                    window[k, s] = 0.0
                held_known[s] = held_restated[s] = quality[s] + REPORT_NOISE * noise[s]
                held_month[s] = t
                due[0, s] = due[1, s] = -1
            elif quarter_end:
                quarter = t // 3
                noise[s] = decay_noise * noise[s] + shock_noise * rng.standard_normal()
                phase = int(row[FISCAL_PHASE])
                if (quarter - phase) % 4 == 0:
                    over[s] = OVERSTATEMENT if rng.random() < restatement_rate else 0.0
                lag = filing_lag(rng, value[s], (quarter - phase) % 4 == 3)
                reported = quality[s] + REPORT_NOISE * noise[s] + over[s]
                reports.quality[quarter, s] = reported
                reports.overstated[quarter, s] = over[s]
                reports.lag_days[quarter, s] = lag
                way = quarter % 2
                due[way, s] = t + 1 + (lag + 2) // 30  # never early, whatever the month is long and the weekend adds
                due_value[way, s], due_over[way, s] = reported, over[s]
            for way in range(2):
                if due[way, s] == t:
                    latest = t // 3 if quarter_end else t // 3 - 1
                    described = 3 * (latest if latest % 2 == way else latest - 1) + 2
                    if described > held_month[s]:
                        held_known[s], held_restated[s] = due_value[way, s], due_value[way, s] - due_over[way, s]
                        held_month[s] = described
                    due[way, s] = -1
            grid.firm[t, s] = firm[s]
            grid.log_value[t, s] = value[s]
            grid.quality[t, s] = quality[s]
            grid.growth[t, s] = growth[s]
            grid.known[t, s] = held_known[s]
            grid.restated[t, s] = held_restated[s]
            grid.known_month[t, s] = held_month[s]
    return int(n_firms)
