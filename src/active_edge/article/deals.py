"""Family *deals*: how many small companies end in a merger."""

from __future__ import annotations

import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import Measured, share_above, told
from active_edge.article.statistics import on_ground
from active_edge.errors import InferenceError
from active_edge.words import percent


@on_ground("exits")
def merger_share(ground: Ground) -> Measured:
    """The share of exits by merger among all whose reason is known, less one half."""
    rows = columns(ground.frame("exits"), ("reason",), "exits")
    known = rows[rows["reason"] != "unknown"]
    if known.empty:
        raise InferenceError(f"none of {len(rows)} exits has a known reason; active-edge data pull --full finds them")
    merged = int((known["reason"] == "merger").sum())
    days = pd.Index([known["date"].min(), known["date"].max()])
    found = share_above(merged, len(known), unit="of exits, above one half", dates=days)
    counted = (
        known.assign(year=pd.DatetimeIndex(known["date"]).year)
        .groupby("year")["reason"]
        .agg(lambda r: (r == "merger").sum())
    )
    share = len(known) / len(rows)
    return told(
        found,
        ground.origin("exits"),
        f"{merged:,} of {len(known):,}; the reason of {percent(share, 0)} of all exits is known.",
        series={"mergers a year": counted.set_axis(pd.to_datetime([f"{year}-12-31" for year in counted.index]))},
    )
