"""Closes of some names are adjusted: named one by one, and no rank by value where they are many."""

import numpy as np
import pandas as pd
import pytest

from active_edge.market.audit.doubts import market_doubts
from active_edge.market.findings import ADJUSTED_NAMES
from active_edge.market.intake.adjusted_names import SOME_NAMES
from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from active_edge.universe import UniverseRules, select_universe
from tests.market.intake.test_importer import imported, securities

DAYS = sessions_between("2012-01-03", "2016-12-30")
SPLIT = pd.Timestamp("2014-10-01")


def market_of(tmp_path, names, adjusted, *, floats=True, counts=True):
    """Companies of 10 million shares at 40 dollars, each split 2:1 in 2014; floats are three quarters of them."""
    tables, facts = [], []
    for n, name in enumerate(names):
        before = np.asarray(DAYS < SPLIT)
        close = np.where(before & (name not in adjusted), 40.0, 20.0)
        volume = np.where(before, 1e5, 2e5)
        tables.append(
            pd.DataFrame({"asset": name, "session": DAYS, "close": close, "volume": volume, "total_return": 0.0})
        )
        for year in range(2012, 2017):
            shares = 1e7 if not counts or pd.Timestamp(f"{year}-12-20") < SPLIT else 2e7
            told = {"shares_outstanding": shares + n} | ({"public_float_usd": 3e8} if floats else {})
            facts += [(name, item, 0, f"{year}-06-29", value, f"{year}-12-20") for item, value in told.items()]
    columns = ["asset", "item", "months", "period_end", "value", "filed"]
    return imported(
        tmp_path,
        securities=securities(*names),
        prices=pd.concat(tables),
        facts=pd.DataFrame(facts, columns=columns),
    )


@pytest.mark.slow
def test_three_of_six_adjusted_names_are_named_and_no_rank_is_claimed(tmp_path):
    report, market = market_of(tmp_path, list("ABCDEF"), "ACE")
    (found,) = [f for f in report.findings if f.kind == SOME_NAMES]
    assert found.count == 3
    assert found.examples[0] == "3 of 6 names with facts, 50 %"
    # 300 million of float against 10 million shares at an adjusted 20 dollars
    assert found.examples[1] == "A: float 1.5 times market value on 2012-06-29, above it until 2013-06-29"
    assert [doubt.name for doubt in market_doubts(market) if "adjusted" in doubt.name] == ["adjusted closes"]
    universe = select_universe(UniverseRules(cap_rank=[1, 3]), Panel(market, pd.DatetimeIndex([DAYS[900]])))
    assert not universe.mask.any()


def test_one_of_twelve_is_named_on_every_page_and_ranks_stay(tmp_path):
    report, market = market_of(tmp_path, list("ABCDEFGHIJKL"), "B")
    (found,) = [f for f in report.findings if f.kind == ADJUSTED_NAMES]
    assert found.count == 1
    assert found.examples[0].startswith("B: float 1.5 times market value on 2012-06-29")
    (doubt,) = [doubt for doubt in market_doubts(market) if "adjusted" in doubt.name]
    assert "B: float" in doubt.text
    universe = select_universe(UniverseRules(cap_rank=[1, 3]), Panel(market, pd.DatetimeIndex([DAYS[900]])))
    assert universe.mask.sum() == 3


@pytest.mark.slow
@pytest.mark.parametrize("floats", [True, False])
def test_closes_as_quoted_say_nothing(tmp_path, floats):
    report, market = market_of(tmp_path, list("ABCDEF"), "", floats=floats)
    assert not [f.kind for f in report.findings if "adjusted" in f.kind]
    assert not market.adjusted_closes


@pytest.mark.slow
def test_a_float_of_the_second_quarter_dated_by_the_end_of_the_year_says_nothing(tmp_path):
    # 40 dollars in June 2012 and 20 from October on: the float of June, 300 million dated by December, is 1.5 times
    # what the shares are worth in December, and 0.75 times what they were worth in June.
    close = np.where(DAYS < pd.Timestamp("2012-10-01"), 40.0, 20.0)
    returns = pd.Series(close).pct_change().fillna(0.0).to_numpy()
    prices = pd.DataFrame({"asset": "A", "session": DAYS, "close": close, "volume": 1e5, "total_return": returns})
    facts = [
        ("A", item, 0, f"{year}-12-31", value, f"{year + 1}-03-01")
        for year, worth in ((2012, 3e8), (2013, 1.5e8), (2014, 1.5e8), (2015, 1.5e8))
        for item, value in (("shares_outstanding", 1e7), ("public_float_usd", worth))
    ]
    columns = ["asset", "item", "months", "period_end", "value", "filed"]
    report, _ = imported(
        tmp_path, securities=securities("A"), prices=prices, facts=pd.DataFrame(facts, columns=columns)
    )
    assert not [f.kind for f in report.findings if "adjusted" in f.kind]
