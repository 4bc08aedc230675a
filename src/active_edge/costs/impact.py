"""Price impact of an order, as a fraction of its price."""

from __future__ import annotations

import numpy as np

ALMGREN_GAMMA = 0.314
ALMGREN_ETA = 0.142
ALMGREN_EXPONENT = 0.6


def square_root(volatility: np.ndarray, *, coefficient: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Return (linear, power, exponent) of impact = linear·x + power·x^exponent, x = order / daily volume.

    Y·σ·√x, with σ the daily volatility and Y = `coefficient` between 0.5 and 1.

    Source: Torre (1997), BARRA Market Impact Model Handbook; Tóth et al. (2011), Phys. Rev. X 1, 021006.
    """
    return np.zeros_like(volatility), coefficient * volatility, 0.5


def almgren_2005(
    volatility: np.ndarray, shares_to_volume: np.ndarray, *, coefficient: float = 1.0, days: float = 1.0
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return (linear, power, exponent) of the cost J of an order traded evenly over `days`.

    I = γ·σ·x·(Θ/V)^¼ is the permanent impact, J = I/2 + η·σ·(x/T)^0.6, with x = X/V, γ = 0.314, η = 0.142;
    `coefficient` scales J, 1.0 is as published.

    Parameters
    ----------
    volatility
        σ, daily, any shape.
    shares_to_volume
        Θ/V, shares outstanding over daily volume, same shape.

    Source: Almgren, Thum, Hauptmann & Li (2005), Direct Estimation of Equity Market Impact, Risk 18(7), eq. 9-10.
    """
    linear = 0.5 * ALMGREN_GAMMA * volatility * shares_to_volume**0.25
    power = ALMGREN_ETA * volatility * days**-ALMGREN_EXPONENT
    return coefficient * linear, coefficient * power, ALMGREN_EXPONENT
