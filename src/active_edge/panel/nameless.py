"""An order of assets that no name steers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from active_edge.market import Market


def nameless_order(market: Market, drawn_by: Sequence[np.ndarray]) -> np.ndarray:
    """(n_assets,) int columns in an order told from data alone, so that ids do not steer the draw.

    By first session, last and first close, first volume, then by what the draw reads, (n_dates, n_assets) each: names
    equal in all of it are as good as each other.
    """
    prices, every = market.prices, np.arange(len(market.assets))
    row = np.maximum(prices.first, 0)
    # One number a column: sums with square roots as weights do not coincide by chance.
    roots = np.sqrt(np.arange(2.0, 2.0 + len(drawn_by) * len(drawn_by[0])))
    read = (np.concatenate(drawn_by) * roots[:, None]).sum(axis=0)
    close, volume = prices.runs("close"), prices.runs("volume").at(row, every)
    told = (read, volume, close.at(row, every), close.at(prices.last, every), prices.first)
    return np.lexsort([np.nan_to_num(key, nan=-1.0) for key in told])
