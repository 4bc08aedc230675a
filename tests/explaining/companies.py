"""Six companies of 100 in assets, for what a screen says of them."""

import numpy as np
import pandas as pd

from active_edge.config import parse_model
from active_edge.evaluation import evaluate, on_session
from active_edge.panel import Panel
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2020-06-30")
CASH = {"A": 10.0, "B": 20.0, "C": 30.0, "D": 40.0, "F": 50.0}
"""Cash: the factor cash_to_assets is 0.1, 0.2, 0.3, 0.4 and 0.5, missing for E."""
PRICE = {"A": 10.0, "B": 11.0, "C": 12.0, "D": 13.0, "E": 14.0, "F": 1.5}


def six_companies(tmp_path, **more):
    facts = [
        {"asset": asset, "months": 0, "period_end": "2019-12-31", "filed": "2020-02-14", "item": item, "value": value}
        for asset in PRICE
        for item, value in (("total_assets", 100.0), ("shares_outstanding", 1e6), ("cash", CASH.get(asset)))
        if value is not None
    ]
    closes = pd.DataFrame({asset: np.full(len(SESSIONS), price) for asset, price in PRICE.items()}, index=SESSIONS)
    names = pd.DataFrame(
        {"sic": [2834, 2834, 7372, 7372, 7372, 7372], "cik": range(6), "ticker": list(PRICE)}, index=list(PRICE)
    )
    return make_market(tmp_path, closes=closes, facts=facts, securities=names, **more)


def evaluated(market, text, on="2020-03-31"):
    screen = parse_model("name: s\ndescription: d\n" + text, Screen, "s.yaml", context={"items": market.items})
    return evaluate(screen, Panel(market, on_session(market, on)))
