"""What each name earned from one date to the next, with what holders got of one that ended in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.engine.window import read_tape, window_of

if TYPE_CHECKING:
    from active_edge.costs import TradingTerms
    from active_edge.market import Market


def holding_returns(market: Market, dates: pd.DatetimeIndex, terms: TradingTerms) -> np.ndarray:
    """(n_dates − 1, n_assets) total return from the close after each date to the close after the next, without costs.

    NaN for a name without a price by then, or one that had ended. The proceeds of one that ends in between wait.

    Timing: decided on a date, bought at the close of the session after it.

    Raises
    ------
    BacktestError : the market's prices are not daily, or end before the session after the last date.
    """
    from active_edge.engine._reading import carried

    columns = np.flatnonzero(market.prices.last >= 0)
    rows = market.rows_of(dates) + 1
    window = window_of(market, dates[0], None, market.sessions[rows[-1]])
    tape, *_ = read_tape(market, columns, window, terms, np.array([window.n_rows]))
    ended = rows - window.start >= tape.exit_row[:, None]
    at, asset = np.broadcast_arrays(rows, columns[:, None])
    close = carried(market.prices.runs("total_return_index"), asset.ravel(), at.ravel()).reshape(at.shape)
    marked = np.where(ended, tape.terminal[:, None], close)
    found = np.full((len(dates) - 1, len(market.assets)), np.nan)
    gone = ended[:, :-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        found[:, columns] = np.where(gone, np.nan, marked[:, 1:] / marked[:, :-1] - 1.0).T
    return found
