"""vectorbt's Portfolio with a year of 252 sessions and no invented benchmark.

Importing this module imports vectorbt, so it is imported inside the function that needs it.
"""

from typing import Any

import numpy as np
import pandas as pd
import vectorbt as vbt
from vectorbt.base.array_wrapper import ArrayWrapper
from vectorbt.portfolio.enums import log_dt
from vectorbt.returns.accessors import ReturnsAccessor

from active_edge.sessions import SESSIONS_A_YEAR

YEAR = f"{SESSIONS_A_YEAR} days"
"""With `freq='1D'` a session is a day, so this is a year of 252 sessions; vectorbt's default is 365."""


class SessionPortfolio(vbt.Portfolio):  # type: ignore[misc]  # vectorbt ships no types
    """A `vectorbt.Portfolio` whose annualised statistics count 252 sessions a year.

    vectorbt's default benchmark is an equal-weighted holding of all columns, back-filled before they were listed.
    Here the benchmark is unknown (NaN) unless `benchmark_rets` is passed.
    """

    def get_returns_acc(self, *args: Any, **kwargs: Any) -> ReturnsAccessor:
        """Return the accessor of returns, annualised with 252 sessions unless `year_freq` is given."""
        if kwargs.get("year_freq") is None:
            kwargs["year_freq"] = YEAR
        return super().get_returns_acc(*args, **kwargs)

    def benchmark_value(self, *args: Any, **kwargs: Any) -> Any:
        """Return NaN: no benchmark was given."""
        return super().benchmark_value(*args, **kwargs) * np.nan

    @property
    def stats_defaults(self) -> dict[str, Any]:
        defaults: dict[str, Any] = super().stats_defaults
        settings = {**defaults.get("settings", {}), "year_freq": YEAR}
        return {**defaults, "settings": settings}


def portfolio_of(
    close: np.ndarray, sessions: pd.DatetimeIndex, assets: pd.Index, orders: np.ndarray, capital: float
) -> SessionPortfolio:
    """Return a grouped portfolio with shared cash from vectorbt order records.

    Parameters
    ----------
    close
        (n_sessions, n_columns) adjusted closes, terminal prices included.
    """
    wrapper = ArrayWrapper(
        sessions, assets, 2, freq="1D", column_only_select=None, group_select=None, grouped_ndim=None, group_by=True
    )
    return SessionPortfolio(
        wrapper,
        pd.DataFrame(close, index=sessions, columns=assets),
        orders,
        np.empty(0, log_dt),
        np.array([capital]),
        True,
    )
