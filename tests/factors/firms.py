"""Tiny companies with three years of statements, for numbers worked by hand."""

import numpy as np
import pandas as pd

from active_edge.factors import factor_matrix
from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from tests.markets import make_market

YEARS = ("2013", "2014", "2015")
BALANCES = {
    "total_assets", "current_assets", "current_liabilities", "cash", "receivables", "inventory", "total_liabilities",
    "short_term_debt", "long_term_debt", "total_debt", "equity", "retained_earnings", "shares_outstanding",
    "insider_ownership", "domestic_revenue_share", "floating_rate_debt_share",
}  # fmt: skip


def annual_facts(asset, **items):
    """Rows for figures of 2013, 2014 and 2015 (None: not reported), filed on 1 March of the year after."""
    return [
        {
            "asset": asset,
            "item": item,
            "months": 0 if item in BALANCES else 12,
            "period_end": f"{year}-12-31",
            "value": float(value),
            "filed": f"{int(year) + 1}-03-01",
        }
        for item, values in items.items()
        for year, value in zip(YEARS, values, strict=True)
        if value is not None
    ]


def quarterly_facts(asset, item, values, last="2015-12-31"):
    """Three-month rows of consecutive quarters, the last one ending at `last`, each filed 40 days after its end."""
    ends = pd.date_range(end=last, periods=len(values), freq="QE")
    return [
        {
            "asset": asset,
            "item": item,
            "months": 3,
            "period_end": end,
            "value": float(value),
            "filed": end + pd.Timedelta(days=40),
        }
        for end, value in zip(ends, values, strict=True)
        if value is not None
    ]


def panel_of(tmp_path, facts, *, price=10.0, on="2016-03-31", assets="AB", start="2015-01-02", listed=None):
    """A panel of one date over assets at a constant price, from their day in `listed` or from the start."""
    sessions = sessions_between(start, "2016-06-30")
    closes = pd.DataFrame(price, index=sessions, columns=list(assets))
    for asset, day in (listed or {}).items():
        closes.loc[closes.index < day, asset] = np.nan
    facts = [
        row | {"period_end": pd.Timestamp(row["period_end"]), "filed": pd.Timestamp(row["filed"])} for row in facts
    ]
    return Panel(make_market(tmp_path, closes=closes, facts=facts), pd.DatetimeIndex([on]))


def value_of(panel, name, asset="A"):
    return float(factor_matrix(panel, name)[0, panel.market.assets.get_loc(asset)])


def missing(panel, name, asset="A"):
    return bool(np.isnan(value_of(panel, name, asset)))
