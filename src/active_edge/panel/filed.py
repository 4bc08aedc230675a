"""Which filings told something between two dates of a panel: what may have changed a value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from active_edge.market import Market
from active_edge.market.passages import passages_of
from active_edge.panel.panel import Panel


def filed_between(panel: Panel, items: Sequence[str], columns: Sequence[int], rows: tuple[int, int]) -> pd.DataFrame:
    """Return what was filed after the first of two dates and by the second, of some items and assets.

    Parameters
    ----------
    columns
        Assets; what another share class of the company has filed counts for each.
    rows
        Two rows of the panel, the earlier date first.

    Returns
    -------
    frame of column (int, one of `columns`), item, period_end, filed, form, accession (both missing where unknown);
    the latest filing of a column first.

    Timing: filed on or before the second date.
    """
    market = panel.market
    held = {column: next((c for c in market.share_classes if column in c), [column]) for column in columns}
    owners = pd.DataFrame(
        [(str(market.assets[place]), column) for column, places in held.items() for place in places],
        columns=["asset", "column"],
    )
    after, until = (panel.dates[row] for row in rows)
    told = market.facts.filed_between(items, owners["asset"].unique().tolist(), after, until)
    ordered = told.merge(owners, on="asset").sort_values(
        ["column", "filed", "period_end", "item"], ascending=[True, False, False, True], kind="stable"
    )
    return ordered[["column", "item", "period_end", "filed", "form", "accession"]].reset_index(drop=True)


def told_by(market: Market, column: int, until: pd.Timestamp) -> pd.DataFrame:
    """Return every figure of a company filed by a day, whichever of its share classes it was filed under.

    Returns
    -------
    frame of item, months, period_end, value, filed, form, accession, source, confidence, sorted by item, period_end and
    filed.

    Timing: filed on or before the day.
    """
    return told_by_each(market, [column], until)[column]


def told_by_each(market: Market, columns: Sequence[int], until: pd.Timestamp) -> dict[int, pd.DataFrame]:
    """Return what `told_by` does of each of several companies, read at once."""
    assets = {column: _company(market, column) for column in columns}
    told = market.facts.told_of(sorted({asset for own in assets.values() for asset in own}), until)
    rows = told.groupby("asset", sort=False).indices
    nothing = told.iloc[:0].drop(columns="asset")
    found = {}
    for column, own in assets.items():
        places = np.sort(np.concatenate([rows[asset] for asset in own if asset in rows] or [[]])).astype(np.int64)
        found[column] = told.iloc[places].drop(columns="asset").reset_index(drop=True) if len(places) else nothing
    return found


def quoted_by(market: Market, column: int, until: pd.Timestamp) -> pd.DataFrame | None:
    """Return the words that figures of a company were read from, as `passages.passages_of`; of whom as `told_by`.

    Timing: filed on or before the day.
    """
    return passages_of(market, _company(market, column), until)


def _company(market: Market, column: int) -> list[str]:
    own = next((places for places in market.share_classes if column in places), [column])
    return [str(market.assets[place]) for place in own]
