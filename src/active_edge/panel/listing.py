"""How long an asset had been listed when the data of a market begin."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.market import Market
from active_edge.sessions import sessions_between

LISTING_MARGIN = 5
"""An asset whose first row is in the market's first sessions was listed before the data begin."""


def sessions_before(market: Market) -> np.ndarray:
    """Return sessions listed before the market's first one, ``(n_assets,)`` float64; 0 where none is known of."""
    start = market.sessions[0]
    listed = pd.to_datetime(market.securities["first_session"]).to_numpy().astype("datetime64[ns]")
    earlier = ~np.isnat(listed) & (listed < start.to_datetime64()) & (market.prices.first < LISTING_MARGIN)
    before = np.zeros(len(market.assets))
    if earlier.any():
        calendar = sessions_between(listed[earlier].min(), start)
        before[earlier] = len(calendar) - 1 - calendar.searchsorted(pd.DatetimeIndex(listed[earlier]))
    return before
