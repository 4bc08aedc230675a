"""How alike stored runs are: correlation of their returns beyond the yardstick, and the names they held in common."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd


def correlations(returns: Mapping[str, pd.DataFrame], yardstick: str) -> pd.DataFrame | None:
    """(n_runs, n_runs) correlation of returns less the yardstick's on the days all runs share; None with under two runs
    or twenty days, or where one lacks the yardstick."""
    if len(returns) < 2 or any(yardstick not in frame for frame in returns.values()):
        return None
    active = pd.DataFrame({run: frame["net"] - frame[yardstick] for run, frame in returns.items()}).dropna()
    return active.corr() if len(active) >= 20 else None


def overlaps(targets: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """(n_runs, n_runs) share of the weight held in common, mean over the decision dates that two runs share.

    On a date it is the sum over names of the smaller weight; NaN for runs that decide on other dates. None with under
    two runs.

    Parameters
    ----------
    targets : run -> (n_dates, n_assets) decided weights.
    """
    if len(targets) < 2:
        return None
    names = list(targets)
    table = pd.DataFrame(np.nan, index=names, columns=names)
    for first in names:
        for second in names:
            table.loc[first, second] = _overlap(targets[first], targets[second])
    return table


def _overlap(first: pd.DataFrame, second: pd.DataFrame) -> float:
    dates = first.index.intersection(second.index)
    if not len(dates):
        return float("nan")
    assets = first.columns.union(second.columns)
    one, other = (frame.loc[dates].reindex(columns=assets, fill_value=0.0).to_numpy() for frame in (first, second))
    return float(np.minimum(one, other).sum(axis=1).mean())
