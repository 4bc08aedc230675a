"""SIC or GICS industry code → one of eleven sectors.

Source: SEC list of SIC codes, grouped by the definitions of the eleven GICS sectors (MSCI and S&P, 2018 structure).
A SIC code names an activity and GICS a market, so single firms can differ; the map is by code and never by name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import numpy as np
import pandas as pd

SECTORS = (
    "energy",
    "materials",
    "industrials",
    "consumer_discretionary",
    "consumer_staples",
    "health_care",
    "financials",
    "information_technology",
    "communication_services",
    "utilities",
    "real_estate",
)
UNKNOWN = "unknown"
NAMES = tuple(sorted((*SECTORS, UNKNOWN)))
"""What a code of a sector is a place in."""
UNKNOWN_CODE = NAMES.index(UNKNOWN)
_GICS = {
    10: "energy",
    15: "materials",
    20: "industrials",
    25: "consumer_discretionary",
    30: "consumer_staples",
    35: "health_care",
    40: "financials",
    45: "information_technology",
    50: "communication_services",
    55: "utilities",
    60: "real_estate",
}

# First SIC code of a stretch, sector up to the next row.
_STRETCHES: tuple[tuple[int, str], ...] = (
    (100, "consumer_staples"),
    (800, "materials"),
    (900, "consumer_staples"),
    (1000, "materials"),
    (1200, "energy"),
    (1400, "materials"),
    (1500, "industrials"),
    (1520, "consumer_discretionary"),
    (1540, "industrials"),
    (2000, "consumer_staples"),
    (2200, "consumer_discretionary"),
    (2400, "materials"),
    (2450, "consumer_discretionary"),
    (2600, "materials"),
    (2700, "communication_services"),
    (2750, "industrials"),
    (2770, "consumer_discretionary"),
    (2780, "industrials"),
    (2800, "materials"),
    (2830, "health_care"),
    (2840, "consumer_staples"),
    (2850, "materials"),
    (2900, "energy"),
    (3000, "materials"),
    (3011, "consumer_discretionary"),
    (3020, "consumer_discretionary"),
    (3050, "industrials"),
    (3080, "materials"),
    (3100, "consumer_discretionary"),
    (3200, "materials"),
    (3400, "industrials"),
    (3410, "materials"),
    (3420, "industrials"),
    (3570, "information_technology"),
    (3580, "industrials"),
    (3630, "consumer_discretionary"),
    (3640, "industrials"),
    (3651, "consumer_discretionary"),
    (3660, "information_technology"),
    (3690, "industrials"),
    (3695, "information_technology"),
    (3700, "consumer_discretionary"),
    (3720, "industrials"),
    (3750, "consumer_discretionary"),
    (3760, "industrials"),
    (3790, "consumer_discretionary"),
    (3795, "industrials"),
    (3800, "industrials"),
    (3820, "information_technology"),
    (3826, "health_care"),
    (3827, "information_technology"),
    (3840, "health_care"),
    (3860, "information_technology"),
    (3870, "consumer_discretionary"),
    (4000, "industrials"),
    (4600, "energy"),
    (4700, "industrials"),
    (4800, "communication_services"),
    (4900, "utilities"),
    (4950, "industrials"),
    (4960, "utilities"),
    (5000, "industrials"),
    (5010, "consumer_discretionary"),
    (5030, "industrials"),
    (5040, "information_technology"),
    (5047, "health_care"),
    (5050, "materials"),
    (5060, "information_technology"),
    (5070, "industrials"),
    (5090, "consumer_discretionary"),
    (5110, "industrials"),
    (5120, "health_care"),
    (5130, "consumer_discretionary"),
    (5140, "consumer_staples"),
    (5160, "materials"),
    (5170, "energy"),
    (5180, "consumer_staples"),
    (5190, "consumer_discretionary"),
    (5400, "consumer_staples"),
    (5500, "consumer_discretionary"),
    (5910, "consumer_staples"),
    (5920, "consumer_discretionary"),
    (6000, "financials"),
    (6500, "real_estate"),
    (6600, "financials"),
    (6798, "real_estate"),
    (6799, "financials"),
    (7000, "consumer_discretionary"),
    (7310, "communication_services"),
    (7320, "industrials"),
    (7370, "information_technology"),
    (7380, "industrials"),
    (7500, "consumer_discretionary"),
    (7800, "communication_services"),
    (7900, "consumer_discretionary"),
    (8000, "health_care"),
    (8100, "industrials"),
    (8200, "consumer_discretionary"),
    (8300, "health_care"),
    (8400, "consumer_discretionary"),
    (8700, "industrials"),
    (8731, "health_care"),
    (8732, "industrials"),
    (9000, "industrials"),
)
_STARTS = [start for start, _ in _STRETCHES]


def sector_of_sic(sic: int) -> str:
    """Sector of a four-digit SIC code; ``unknown`` outside 100 to 9999."""
    if not 100 <= sic <= 9999:
        return UNKNOWN
    return _STRETCHES[bisect_right(_STARTS, sic) - 1][1]


def sectors_of(sic: pd.Series) -> np.ndarray:
    """Sector of every asset.

    Parameters
    ----------
    sic : (n_assets,) SIC codes, null where unknown.

    Returns
    -------
    (n_assets,) object array of names in `SECTORS`, or ``unknown``.
    """
    return np.array([UNKNOWN if pd.isna(code) else sector_of_sic(int(code)) for code in sic], dtype=object)


def codes_of_sic(sic: np.ndarray) -> np.ndarray:
    """Place in `NAMES` of the sector of each SIC code, int8 of the same shape; `UNKNOWN_CODE` for NaN."""
    return _codes(sic, lambda code: sector_of_sic(int(code)))


def codes_of_gics(gics: np.ndarray) -> np.ndarray:
    """Place in `NAMES` of the sector of each GICS code of 2, 4, 6 or 8 digits, int8 of the same shape."""
    return _codes(gics, lambda code: _GICS.get(int(str(int(code))[:2]), UNKNOWN))


def _codes(numbers: np.ndarray, sector: Callable[[float], str]) -> np.ndarray:
    codes, place = np.unique(numbers, return_inverse=True)
    found = [NAMES.index(UNKNOWN if np.isnan(code) else sector(code)) for code in codes]
    return np.array(found, dtype=np.int8)[place].reshape(numbers.shape)
