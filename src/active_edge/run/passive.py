"""What passive holders and cash earned over the sessions of a result."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.market import Market

CASH_SERIES = "RF"


def benchmark_returns(market: Market, name: str, base: pd.Timestamp, sessions: pd.DatetimeIndex) -> pd.Series:
    """Daily simple returns of a total-return level series over the measured sessions.

    A session on which the series has no level earns 0 and the next one earns both.

    Raises
    ------
    MissingInput : the market lacks the series, or it does not cover the sessions.
    """
    levels = market.series(name)
    span = pd.DatetimeIndex([base, *sessions])
    if levels.index[0] > span[0] or levels.index[-1] < span[-1]:
        raise MissingInput(
            f"{name} covers {levels.index[0].date()} to {levels.index[-1].date()}, "
            f"not {span[0].date()} to {span[-1].date()}; bound the run with --from and --to"
        )
    aligned = levels.reindex(levels.index.union(span)).ffill().loc[span].to_numpy(dtype=np.float64)
    return pd.Series(aligned[1:] / aligned[:-1] - 1.0, index=sessions, name=name)


def cash_returns(market: Market, sessions: pd.DatetimeIndex) -> pd.Series | None:
    """Daily cash return over some sessions; None where the market has no such series.

    Published with a lag: sessions after its end, and holes, carry the last value known, which is off by no more than
    the policy rate moved since.
    """
    if CASH_SERIES not in market.series_names:
        return None
    series = market.series(CASH_SERIES)
    cash = series.reindex(series.index.union(sessions)).ffill().loc[sessions]
    return None if cash.isna().any() else cash
