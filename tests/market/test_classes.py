"""Several share classes are one company: one candidate, one set of facts, one value."""

import numpy as np
import pandas as pd
import pytest

from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from active_edge.universe import UniverseRules, select_universe
from tests.markets import make_market

SESSIONS = sessions_between("2016-01-04", "2016-12-30")
ON = pd.DatetimeIndex(["2016-06-30"])


def fact(asset, item, value, *, months=0, end="2015-12-31", filed="2016-02-25"):
    return {"asset": asset, "item": item, "months": months, "period_end": end, "value": float(value), "filed": filed}


def market_of(tmp_path, facts, *, closes=None, volume=None, cik=None, kinds=None, until=None):
    """A and B are classes of company 1, O is company 2; 20, 20 and 5 dollars; B trades eight times as much as A."""
    price = {"A": 20.0, "B": 20.0, "O": 5.0} | (closes or {})
    frame = pd.DataFrame({name: np.full(len(SESSIONS), value) for name, value in price.items()}, index=SESSIONS)
    for name, (first, last) in (until or {}).items():
        frame.loc[(frame.index < first) | (frame.index > last), name] = np.nan
    traded = {"A": 1e5, "B": 8e5, "O": 1e5} | (volume or {})
    volumes = pd.DataFrame({name: np.full(len(SESSIONS), traded[name]) for name in frame}, index=SESSIONS)
    table = pd.DataFrame(index=pd.Index(list(frame), name="asset"))
    table["cik"] = pd.array([(cik or {"A": 1, "B": 1, "O": 2}).get(name) for name in frame], dtype="Int64")
    table["security_type"] = [(kinds or {}).get(name, "common") for name in frame]
    return make_market(tmp_path, closes=frame, volume=volumes, facts=facts, securities=table)


BOOKS = [fact("A", "net_income", 80, months=12), fact("A", "total_assets", 1000), fact("O", "total_assets", 500)]


def of(matrix, market, asset):
    return float(matrix[0, market.assets.get_loc(asset)])


def candidates(market):
    return sorted(market.assets[select_universe(UniverseRules(), Panel(market, ON)).mask[0]])


def test_facts_under_one_class_count_for_the_one_that_trades(tmp_path):
    market = market_of(tmp_path, [*BOOKS, fact("A", "shares_outstanding", 50)])
    panel = Panel(market, ON)
    assert candidates(market) == ["B", "O"]
    assert of(panel.ttm("net_income"), market, "B") == 80.0
    assert of(panel.market_value(), market, "B") == of(panel.market_value(), market, "A") == 1000.0


def test_facts_under_both_classes_are_one_set(tmp_path):
    halves = [fact("A", "net_income", 80, months=12), fact("B", "total_assets", 1000), fact("O", "total_assets", 500)]
    panel = Panel(market_of(tmp_path, halves), ON)
    for name in "AB":
        assert of(panel.ttm("net_income"), panel.market, name) == 80.0
        assert of(panel.instant("total_assets"), panel.market, name) == 1000.0


def test_periods_filed_under_one_class_and_then_under_the_other_join(tmp_path):
    quarters = ["2015-06-30", "2015-09-30", "2015-12-31", "2016-03-31"]
    facts = [
        fact(
            "A" if n < 2 else "B",
            "revenue",
            10 + n,
            months=3,
            end=end,
            filed=str(pd.Timestamp(end) + pd.DateOffset(days=40))[:10],
        )
        for n, end in enumerate(quarters)
    ]
    panel = Panel(market_of(tmp_path, facts), ON)
    assert of(panel.ttm("revenue"), panel.market, "A") == of(panel.ttm("revenue"), panel.market, "B") == 46.0


def test_value_is_the_sum_over_classes_that_are_counted_by_themselves(tmp_path):
    facts = [*BOOKS, fact("A", "shares_outstanding", 10), fact("B", "shares_outstanding", 40)]
    panel = Panel(market_of(tmp_path, facts, closes={"A": 30.0}), ON)
    for name in "AB":
        assert of(panel.market_value(), panel.market, name) == 10 * 30.0 + 40 * 20.0
        assert of(panel.shares(), panel.market, name) == 50.0
    assert of(panel.market_value(), panel.market, "O") != of(panel.market_value(), panel.market, "O")


def test_one_count_told_under_both_classes_is_not_added_to_itself(tmp_path):
    facts = [*BOOKS, fact("A", "shares_outstanding", 50), fact("B", "shares_outstanding", 50)]
    panel = Panel(market_of(tmp_path, facts), ON)
    assert of(panel.market_value(), panel.market, "B") == 1000.0


def test_a_count_told_once_is_valued_at_its_own_class(tmp_path):
    # A is worth 1,500 of B, as Berkshire Hathaway's are; the company is counted in A.
    facts = [*BOOKS, fact("A", "shares_outstanding", 1.5)]
    panel = Panel(market_of(tmp_path, facts, closes={"A": 30_000.0}), ON)
    assert of(panel.market_value(), panel.market, "B") == 45_000.0


def test_classes_counted_apart_are_added_from_the_day_it_is_known(tmp_path):
    facts = [*BOOKS, fact("A", "shares_outstanding", 10), fact("B", "shares_outstanding", 40, filed="2016-05-16")]
    market = market_of(tmp_path, facts)
    value = Panel(market, pd.DatetimeIndex(["2016-05-13", "2016-05-16"])).market_value()
    np.testing.assert_array_equal(value[:, market.assets.get_loc("B")], [200.0, 1000.0])


@pytest.mark.parametrize("kind", ["warrant", "preferred"])
def test_a_warrant_of_a_company_is_no_class_and_never_its_candidate(tmp_path, kind):
    market = market_of(tmp_path, [*BOOKS, fact("A", "shares_outstanding", 50)], kinds={"B": kind})
    assert not market.share_classes
    assert candidates(market) == ["A", "O"]


def test_an_unknown_kind_without_facts_is_no_class(tmp_path):
    market = market_of(tmp_path, BOOKS, kinds={"A": None, "B": None})
    assert not market.share_classes
    assert candidates(market) == ["A", "O"]


def test_lives_of_a_ticker_one_after_the_other_share_nothing(tmp_path):
    lives = {"A": ("2016-01-04", "2016-03-31"), "B": ("2016-05-02", "2016-12-30")}
    panel = Panel(market_of(tmp_path, BOOKS, until=lives), ON)
    assert np.isnan(of(panel.ttm("net_income"), panel.market, "B"))


@pytest.mark.parametrize(
    "other",
    [
        [fact("B", "total_assets", 7000), fact("B", "net_income", 1, months=12)],
        [fact("B", "total_assets", 7000, end="2015-11-30"), fact("B", "net_income", 1, months=12, end="2015-11-30")],
    ],
)
def test_two_companies_under_one_wrong_cik_stay_two(tmp_path, other):
    market = market_of(tmp_path, [*BOOKS, *other])
    assert not market.companies
    assert candidates(market) == ["A", "B", "O"]
    assert of(Panel(market, ON).ttm("net_income"), market, "B") == 1.0


def test_a_cik_of_zero_joins_nobody(tmp_path):
    market = market_of(tmp_path, [*BOOKS, fact("B", "net_income", 3, months=12)], cik={"A": 0, "B": 0, "O": 0})
    assert candidates(market) == ["A", "B", "O"]
