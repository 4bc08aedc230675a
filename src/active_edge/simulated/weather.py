"""What is common to all firms of a month: factor returns, volatility, the policy rate and demand at home."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from active_edge.products import cholesky, product
from active_edge.simulated.knobs import Knobs

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
DEMAND_SD = 0.01


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


def draw_weather(knobs: Knobs, rng: np.random.Generator) -> Weather:
    """The months' common draws; factor premia are the laws' with `rmw_premium` / 12 for profitability."""
    T = knobs.months + WARM_UP_MONTHS
    calendar_month = np.arange(T) % 12 + 1
    log_volatility = np.empty(T)
    state = rng.standard_normal() * VOLATILITY_SHOCK / np.sqrt(1 - VOLATILITY_PERSISTENCE**2)
    for t, shock in enumerate(rng.standard_normal(T)):
        state = VOLATILITY_PERSISTENCE * state + VOLATILITY_SHOCK * shock
        log_volatility[t] = state
    volatility = np.exp(log_volatility - VOLATILITY_CENTRE)
    premium = FACTOR_PREMIUM.copy()
    premium[3] = knobs.rmw_premium / 12
    shocks = product(rng.standard_normal((T, 4)), cholesky(FACTOR_CORRELATION).T) * FACTOR_SD
    factors = np.maximum(premium + shocks * volatility[:, None], -0.5)
    meeting = np.isin(calendar_month, MEETING_MONTHS)
    surprise = np.where(meeting, rng.standard_normal(T) * SURPRISE_SD, 0.0)
    policy_rate = np.empty(T)
    rate = RATE_MEAN + 0.01 * rng.standard_normal()
    expected = rng.standard_normal(T) * 0.001
    for t in range(T):
        if meeting[t]:
            rate = max(rate + surprise[t] + expected[t] - RATE_PULL * (rate - RATE_MEAN), 0.0)
        policy_rate[t] = rate
    cash = np.concatenate([policy_rate[:1], policy_rate[:-1]]) / 12
    demand = rng.standard_normal(T) * DEMAND_SD
    return Weather(factors, surprise, demand, volatility, cash, policy_rate, calendar_month)
