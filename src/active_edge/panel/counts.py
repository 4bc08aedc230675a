"""Counts of shares told after a split that are of a day before it, put on the basis of the day they were filed."""

from __future__ import annotations

import numpy as np

from active_edge.market import FactRows
from active_edge.market.split_witnesses import OLDEST_COUNT
from active_edge.market.splits import NONE, UNDECIDED, Splits


def as_filed(rows: FactRows, splits: Splits, split_days: np.ndarray) -> np.ndarray:
    """Return the counts ``(n_rows,)`` in shares of the day each was filed.

    Accounting rules restate the count of an earlier day for a split before the filing, and few filers do not: a count
    of a day before a split, filed after it, that is nearer to the last one filed before the split than to that one
    split, is multiplied by the ratio. Where none was filed in the 500 days before, it is taken as restated.

    Parameters
    ----------
    rows : one count of shares, sorted by (asset, filed), as `Facts.of` gives it.
    split_days : ``(n_moves,)`` int64, the day of each of `splits`.

    Timing: by what was filed by the day of the row; the splits as the market's import decided them.
    """
    value = rows.value.astype(np.float64)
    filed, end = (column.astype("datetime64[D]").astype(np.int64) for column in (rows.filed, rows.period_end))
    for asset, day, ratio in zip(splits.asset.tolist(), split_days.tolist(), splits.ratio.tolist(), strict=True):
        if ratio in (NONE, UNDECIDED):
            continue
        own = slice(*np.searchsorted(rows.asset, [asset, asset + 1]))
        stale = np.flatnonzero((filed[own] >= day) & (end[own] < day) & (value[own] > 0)) + own.start
        before = np.flatnonzero((filed[own] < day) & (filed[own] >= day - OLDEST_COUNT) & (value[own] > 0)) + own.start
        if not len(stale) or not len(before):
            continue
        grown = np.log(value[stale] / value[before[-1]])
        value[stale[np.abs(grown) < np.abs(grown - np.log(ratio))]] *= ratio
    return value
