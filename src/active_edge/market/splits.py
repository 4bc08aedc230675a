"""What a split looks like in prices: the usual ratios, and how near one a price must come."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

SPLIT_RATIOS = np.array(
    [5 / 4, 4 / 3, 3 / 2, 5 / 3, 2, 5 / 2, 3, 7 / 2, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100]
)
"""New shares for an old one in a forward split, ascending; a reverse split gives one new share for a whole
number of old ones."""
STOCK_DIVIDENDS = np.array([11 / 10, 6 / 5])
"""Ratios as small as ordinary moves of a price: seen only where they are exact and a count or a vendor tells them."""
MOST_REVERSE = 100
"""A reverse split of more old shares for a new one is an error of price."""
SPLIT_TOLERANCE = 0.02
"""A move within this share of a ratio is taken for the split."""
EXACT, HALF_CENT = 0.0005, 0.005
"""An exact ratio is met within this share and what rounding both closes to cents can move it."""
SURE_RATIO = 2.0
"""A smaller ratio needs a witness."""
SHARE_COUNTS = ("shares_outstanding", "shares_diluted")
"""Items that count shares, the better one first."""
NONE, UNDECIDED = 1.0, 0.0
"""Ratio of a move that is no split, and of one that is a split or a dividend and nothing tells which."""


class Splits(NamedTuple):
    """Every move that looks like a split, and what it is taken for, by asset and session.

    asset, session : (n_moves,) int64, column and session index.
    ratio : (n_moves,) float64, new shares for an old one; `NONE` no split; `UNDECIDED` neither a split nor none.
    """

    asset: np.ndarray
    session: np.ndarray
    ratio: np.ndarray


def is_exact(implied: float, ratio: float, previous_close: float, close: float) -> bool:
    """Return True where a ratio is met to the rounding of the closes."""
    bound = min(EXACT + HALF_CENT / previous_close + HALF_CENT / close, SPLIT_TOLERANCE)
    return abs(implied / ratio - 1.0) <= bound


def spoken(ratio: float) -> str:
    """A ratio as people say it: 3:2, 1:10."""
    old = next((n for n in range(1, MOST_REVERSE + 1) if abs(ratio * n - round(ratio * n)) < 1e-6 * n), None)
    return f"{ratio:g}:1" if old is None or ratio * old < 0.5 else f"{round(ratio * old)}:{old}"
