"""Names that filed and have no prices: how much their absence can flatter a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.market.delisting import SHUMWAY_NASDAQ
from active_edge.market.store import Market

NOT_SHARES = frozenset({"warrant", "right", "unit", "preferred", "debt", "test", "etf", "fund"})
"""Security types that are no share of a company."""


@dataclass(frozen=True)
class MissingNames:
    """How much names without prices can flatter an equal-weighted universe.

    `years`: names priced and names missing, by year. `edge`: yearly return of the priced names minus that of all
    names, decimal, had every missing name earned −55 %, 0, or the mean of the priced ones (zero by construction).
    """

    years: pd.DataFrame
    edge: Mapping[str, float]
    missing_share: float


def bound_missing(market: Market) -> MissingNames:
    """Bound the bias of the names that filed and have no prices.

    A name counts as missing in a year when it lies between its first and last report on the year's first session.
    The priced names are the shares (funds left out) with a price on that session; each earns what it earned until
    the year's last session or its own.
    """
    kinds = market.securities["security_type"].reindex(market.assets)
    share = ~kinds.isin(sorted(NOT_SHARES)).to_numpy()
    levels = market.prices.total_return_index
    priced_ever = market.prices.first >= 0
    starts = market.securities["first_session"].reindex(market.assets).to_numpy(dtype="datetime64[D]")
    ends = market.securities["last_session"].reindex(market.assets).to_numpy(dtype="datetime64[D]")
    rows = []
    years = np.asarray(market.sessions.year)
    for year in sorted(set(years.tolist())):
        inside = np.flatnonzero(years == year)
        first, day = inside[0], market.sessions[inside[0]].to_datetime64().astype("datetime64[D]")
        priced = share & np.isfinite(levels[first])
        missing = share & ~priced_ever & (starts <= day) & (np.isnat(ends) | (ends >= day))
        block = levels[inside][:, priced]
        held = np.isfinite(block)
        last = held.shape[0] - 1 - held[::-1].argmax(axis=0)
        returns = block[last, np.arange(block.shape[1])] / block[0] - 1.0
        mean = float(returns.mean()) if returns.size else float("nan")
        rows.append((int(year), int(priced.sum()), int(missing.sum()), mean))
    table = pd.DataFrame(rows, columns=["year", "priced", "missing", "mean_return"]).set_index("year")
    counted = table[table["priced"] > 0]
    weight = counted["missing"] / (counted["missing"] + counted["priced"])
    mean = counted["mean_return"]
    edge = {
        "every missing name earned −55 %": float((weight * (mean - SHUMWAY_NASDAQ)).mean()),
        "every missing name earned 0": float((weight * mean).mean()),
        "every missing name earned the universe mean": 0.0,
    }
    return MissingNames(table, edge, float(weight.mean()) if len(weight) else 0.0)
