"""Who is a member of an index on which day, by spells of membership and by lists observed on single days."""

from __future__ import annotations

import numpy as np
import pandas as pd

LIST_DAYS = 400
"""An index changes once a year: a list of members is old after this many days."""
ONE_LIST = "indices whose members are one list, of a single day, and not point-in-time"


def one_lists(source: str) -> str:
    """SQL of the indices in some rows of members that are one list and no more: index, day, n (members)."""
    return (
        f'SELECT "index", min(coalesce(start, observed)) AS day, count(*) AS n FROM {source} GROUP BY "index" '
        'HAVING min(coalesce(start, observed)) = max(coalesce(start, observed)) AND count("end") = 0'
    )


def members_on(rows: pd.DataFrame, assets: pd.Index, days: pd.DatetimeIndex) -> np.ndarray:
    """``(n_days, n_assets)`` bool: members on each day.

    Rows with a start hold from start to end (open where null); of rows with only an observation day, the list of the
    latest day on or before a day holds. All False before anything is known.

    Parameters
    ----------
    rows : asset, observed, start, end of one index. days : in order.
    """
    mask = np.zeros((len(days), len(assets)), dtype=bool)
    dated = rows[rows["start"].notna()]
    first = days.searchsorted(dated["start"].to_numpy())
    after = np.where(dated["end"].isna(), len(days), days.searchsorted(dated["end"].to_numpy(), side="right"))
    for column, low, high in zip(assets.get_indexer(dated["asset"]), first, after, strict=True):
        mask[low:high, column] = True
    seen = rows[rows["start"].isna() & rows["observed"].notna()]
    lists = {day: assets.get_indexer(named["asset"]) for day, named in seen.groupby("observed")}
    at = days.searchsorted(pd.DatetimeIndex(list(lists)))
    for columns, low, high in zip(lists.values(), at, [*at[1:], len(days)], strict=False):
        mask[low:high, columns] = True
    return mask
