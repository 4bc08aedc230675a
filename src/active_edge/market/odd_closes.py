"""Sessions on which the close of a single name contradicts its return and is no split, as the import left them."""

from __future__ import annotations

import pandas as pd

from active_edge.market.database import connect
from active_edge.market.files import parquet
from active_edge.market.store import Market

MENDED = "a close out of line with its returns, put right"
ROSE = "a rise that its return does not show"
FELL = "a fall that its return does not show, nor a split or smaller assets"
"""How `why` of the table of splits begins for each kind."""
KINDS = (MENDED, ROSE, FELL)
MOST_NAMED = 3


def odd_closes(market: Market) -> pd.DataFrame:
    """One row for each such session, by asset and session: asset, session, kind (of `KINDS`), why (with the ratio)."""

    def find() -> pd.DataFrame:
        if "splits" not in market.manifest["tables"]:
            return pd.DataFrame({"asset": [], "session": pd.DatetimeIndex([]), "kind": [], "why": []})
        kinds = " ".join(f"WHEN starts_with(why, '{kind}') THEN '{kind}'" for kind in KINDS)
        with connect() as connection:
            return connection.execute(
                f"SELECT * FROM (SELECT asset, session, CASE {kinds} END AS kind, why FROM "
                f"{parquet(market.table('splits'))}) WHERE kind IS NOT NULL ORDER BY asset, session"
            ).df()

    return market.told(("odd closes",), find)


def odd_named(market: Market, rows: pd.DataFrame) -> str:
    """The first few of some rows in words: ticker, day, what it is and how many times the close is."""
    tickers = market.securities["ticker"].reindex(rows["asset"]).fillna("")
    named = [
        f"{ticker or row.asset} {row.session:%Y-%m-%d}: {row.why}"
        for row, ticker in zip(rows.head(MOST_NAMED).itertuples(), tickers, strict=False)
    ]
    more = [f"{len(rows) - MOST_NAMED:,} more"] if len(rows) > MOST_NAMED else []
    return "; ".join([*named, *more])
