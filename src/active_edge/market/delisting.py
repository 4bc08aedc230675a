"""What holders get when a share is delisted in distress and nobody tells what they got."""

from __future__ import annotations

import numpy as np
import pandas as pd

SHUMWAY_NYSE, SHUMWAY_NASDAQ = -0.30, -0.55
"""Return at a distress delisting from the NYSE (Shumway 1997) and from Nasdaq (Shumway & Warther 1999)."""
NYSE_NAMES = ("NYSE", "AMEX", "ARCA")


def on_nyse(exchange: pd.Series) -> np.ndarray:
    """(n,) bool: listed on the NYSE or the AMEX; an unknown exchange is another."""
    names = exchange.fillna("").astype(str).str.upper()
    listed: np.ndarray = names.str.contains("|".join(NYSE_NAMES)).to_numpy(dtype=bool)
    return listed


def told_exits(securities: pd.DataFrame) -> np.ndarray:
    """(n,) return from the last price to what holders got: as told; of distress as Shumway found; else 0."""
    distress = (securities["exit_reason"] == "distress").to_numpy(dtype=bool)
    assumed = np.where(distress, np.where(on_nyse(securities["exchange"]), SHUMWAY_NYSE, SHUMWAY_NASDAQ), 0.0)
    told = securities["exit_return"].to_numpy(dtype=np.float64)
    return np.where(np.isnan(told), assumed, told)
