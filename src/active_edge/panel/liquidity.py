"""Dollar volume where none is known: told from what names of the same size trade.

Unknown volume is not zero volume. A name whose volume a source does not give, or that was listed too lately for a
median, trades about as others of its size do.
"""

from __future__ import annotations

import numpy as np

SIZE_GROUPS = 10
FEWEST = 5
"""Names of known volume below which a decile's median is that of all names of the date."""


def modelled_volume(known: np.ndarray, market_value: np.ndarray, listed: np.ndarray) -> np.ndarray:
    """Return ``(n_dates, n_assets)`` market value × the median turnover of its size decile on the date, USD a session.

    Turnover is dollar volume over market value; deciles are of all listed names of known value, those of equal value in
    one; a decile with fewer than five names of known volume takes the median of all. NaN where the value is unknown, or
    where nobody's volume is known on the date.

    Parameters
    ----------
    known
        ``(n_dates, n_assets)`` median dollar volume, NaN unknown.
    market_value
        Same shape, USD, NaN unknown.
    listed
        Same shape, bool; who is counted.
    """
    found = np.full(known.shape, np.nan)
    for row, (volume, value, here) in enumerate(zip(known, market_value, listed, strict=True)):
        columns = np.flatnonzero(here & (value > 0.0) & np.isfinite(value))
        turnover = volume[columns] / value[columns]
        told = ~np.isnan(turnover)
        if not told.any():
            continue
        below = np.searchsorted(np.sort(value[columns]), value[columns], side="left")
        decile = below * SIZE_GROUPS // len(columns)
        everyone = np.median(turnover[told])
        for group in np.unique(decile[~told]):
            inside = decile == group
            own = turnover[inside & told]
            usual = np.median(own) if len(own) >= FEWEST else everyone
            found[row, columns[inside]] = value[columns[inside]] * usual
    return found
