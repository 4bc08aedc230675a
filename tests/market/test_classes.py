"""Several share classes are one company: one candidate, one set of facts, one value."""

import numpy as np
import pandas as pd
import pytest

from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from active_edge.universe import UniverseRules, select_universe
from tests.markets import make_market

pytestmark = pytest.mark.slow

SESSIONS = sessions_between("2016-01-04", "2016-12-30")
ON = pd.DatetimeIndex(["2016-06-30"])


def fact(asset, item, value, *, months=0, end="2015-12-31", filed="2016-02-25"):
    return {"asset": asset, "item": item, "months": months, "period_end": end, "value": float(value), "filed": filed}


def market_of(tmp_path, facts, *, closes=None, volume=None, cik=None, kinds=None, until=None, members=None, **columns):
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
    for column, values in columns.items():
        table[column] = [values.get(name) for name in frame]
    return make_market(tmp_path, closes=frame, volume=volumes, facts=facts, securities=table, members=members)


BOOKS = [fact("A", "net_income", 80, months=12), fact("A", "total_assets", 1000), fact("O", "total_assets", 500)]


def of(matrix, market, asset):
    return float(matrix[0, market.assets.get_loc(asset)])


def candidates(market, **rules):
    return sorted(market.assets[select_universe(UniverseRules(**rules), Panel(market, ON)).mask[0]])


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


def test_a_cik_of_zero_joins_nobody(tmp_path):
    market = market_of(tmp_path, [*BOOKS, fact("B", "net_income", 3, months=12)], cik={"A": 0, "B": 0, "O": 0})
    assert candidates(market) == ["A", "B", "O"]


def test_a_rename_goes_on_as_the_same_share(tmp_path):
    lives = {"A": ("2016-01-04", "2016-03-31"), "B": ("2016-04-01", "2016-12-30")}
    panel = Panel(market_of(tmp_path, [*BOOKS, fact("A", "shares_outstanding", 50)], until=lives), ON)
    assert of(panel.ttm("net_income"), panel.market, "B") == 80.0
    assert of(panel.market_value(), panel.market, "B") == 1000.0


def test_a_successor_at_another_price_is_another_share(tmp_path):
    lives = {"A": ("2016-01-04", "2016-03-31"), "B": ("2016-04-01", "2016-12-30")}
    facts = [*BOOKS, fact("A", "shares_outstanding", 50)]
    panel = Panel(market_of(tmp_path, facts, until=lives, closes={"A": 0.5}), ON)
    assert np.isnan(of(panel.market_value(), panel.market, "B"))


def test_a_class_without_a_price_lends_its_facts_and_is_valued_at_the_listed_one(tmp_path):
    facts = [*BOOKS, fact("A", "shares_outstanding", 10), fact("B", "shares_outstanding", 40)]
    market = market_of(tmp_path, facts, until={"A": ("2015-01-01", "2015-01-01")})
    panel = Panel(market, ON)
    assert candidates(market) == ["B", "O"]
    assert of(panel.ttm("net_income"), market, "B") == 80.0
    assert of(panel.market_value(), market, "B") == 10 * 20.0 + 40 * 20.0


def test_a_class_that_is_delisted_lends_its_facts_and_no_value(tmp_path):
    facts = [*BOOKS, fact("A", "shares_outstanding", 10), fact("B", "shares_outstanding", 40)]
    market = market_of(tmp_path, facts, until={"A": ("2016-01-04", "2016-05-31")})
    dates = pd.DatetimeIndex(["2016-05-31", "2016-06-30"])
    panel = Panel(market, dates)
    b = market.assets.get_loc("B")
    np.testing.assert_array_equal(panel.market_value()[:, b], [1000.0, 800.0])
    np.testing.assert_array_equal(panel.ttm("net_income")[:, b], [80.0, 80.0])


def test_a_class_listed_later_knows_what_was_filed_before(tmp_path):
    facts = [*BOOKS, fact("A", "shares_outstanding", 50)]
    market = market_of(tmp_path, facts, until={"B": ("2016-06-01", "2016-12-30")})
    dates = pd.DatetimeIndex(["2016-05-31", "2016-06-30"])
    mask = select_universe(UniverseRules(), Panel(market, dates)).mask
    assert [sorted(market.assets[row]) for row in mask] == [["A", "O"], ["B", "O"]]
    assert of(Panel(market, ON).ttm("net_income"), market, "B") == 80.0


@pytest.mark.parametrize("listed", [("A",), ("B",), ("A", "B")])
def test_a_company_is_a_member_by_whichever_class_a_list_names(tmp_path, listed):
    members = [{"index": "Russell 2000", "asset": asset, "start": "2016-01-04"} for asset in listed]
    market = market_of(tmp_path, [*BOOKS, fact("A", "shares_outstanding", 50)], members=members)
    assert candidates(market, members="Russell 2000") == ["B"]
    assert candidates(market, members="Russell 2000", companies_only=False) == [*listed]


def test_of_classes_that_trade_alike_the_one_listed_longest_is_the_candidate(tmp_path):
    facts = [*BOOKS, fact("A", "shares_outstanding", 50)]
    for first, chosen in (("A", "B"), ("B", "A")):
        lives = {first: ("2016-02-01", "2016-12-30")}
        market = market_of(tmp_path / first, facts, volume={"A": 8e5}, until=lives)
        assert candidates(market) == [chosen, "O"]


def test_three_classes_are_one_candidate_and_one_value(tmp_path):
    facts = [*BOOKS, *(fact(name, "shares_outstanding", count) for name, count in (("A", 10), ("B", 40), ("C", 5)))]
    market = market_of(tmp_path, facts, closes={"C": 21.0}, volume={"C": 9e5}, cik={"A": 1, "B": 1, "C": 1, "O": 2})
    assert candidates(market) == ["C", "O"]
    assert of(Panel(market, ON).market_value(), market, "C") == 10 * 20.0 + 40 * 20.0 + 5 * 21.0


def test_classes_of_unequal_worth_are_valued_each_at_its_own_price(tmp_path):
    # Ten of B are one of A.
    facts = [*BOOKS, fact("A", "shares_outstanding", 10), fact("B", "shares_outstanding", 400)]
    panel = Panel(market_of(tmp_path, facts, closes={"A": 200.0}), ON)
    assert of(panel.market_value(), panel.market, "B") == 10 * 200.0 + 400 * 20.0


def test_what_was_filed_last_under_either_class_is_the_companys_figure(tmp_path):
    restated = fact("B", "net_income", 70, months=12, filed="2016-04-20")
    panel = Panel(market_of(tmp_path, [*BOOKS, restated]), pd.DatetimeIndex(["2016-04-19", "2016-04-20"]))
    for name in "AB":
        column = panel.market.assets.get_loc(name)
        np.testing.assert_array_equal(panel.ttm("net_income")[:, column], [80.0, 70.0])


def test_a_figure_told_differently_on_one_day_is_that_of_the_class_that_tells_more(tmp_path):
    facts = [*BOOKS, fact("A", "net_income", 60, months=12, end="2014-12-31", filed="2015-02-25")]
    facts.append(fact("B", "net_income", 70, months=12))
    panel = Panel(market_of(tmp_path, facts), ON)
    assert of(panel.ttm("net_income"), panel.market, "A") == of(panel.ttm("net_income"), panel.market, "B") == 80.0


def test_earnings_of_a_share_are_those_of_its_own_class(tmp_path):
    facts = [*BOOKS, fact("A", "eps_basic", 1500, months=12), fact("B", "eps_basic", 1, months=12)]
    panel = Panel(market_of(tmp_path, facts), ON)
    assert [of(panel.ttm("eps_basic"), panel.market, name) for name in "AB"] == [1500.0, 1.0]


@pytest.mark.parametrize(
    "spelled",
    [
        {"ticker": {"A": "BRK.A", "B": "BRK.B", "O": "OTH"}},
        {"ticker": {"A": "LEN", "B": "LEN-B", "O": "LENA"}},
        {"name": {"A": "Orchard Hill Cl A", "B": "Orchard Hill Class B Common", "O": "Orchard Hills"}},
        {"name": {"A": "United Orchard", "B": "UNITED ORCHARD, CLASS B", "O": "Orchard Hill Foods Class A"}},
    ],
)
@pytest.mark.parametrize("cik", [{"O": 2}, {"A": 1, "O": 2}, {"A": None}])
def test_without_a_cik_the_spelling_of_a_class_tells(tmp_path, spelled, cik):
    market = market_of(tmp_path, [*BOOKS, fact("A", "shares_outstanding", 50)], cik=cik, **spelled)
    assert candidates(market) == ["B", "O"]
    assert of(Panel(market, ON).ttm("net_income"), market, "B") == 80.0


@pytest.mark.parametrize(
    ("tickers", "names"),
    [
        (("BF_A", "BF_B"), ("Brown-Forman Corp", "Brown Forman Corporation")),
        (("BRK/A", "BRK B"), ("Berkshire Hathaway Inc.", "BERKSHIRE HATHAWAY INC /DE/")),
        (("LEN", "LENB"), ("Lennar Corp", "Lennar Corp")),
        (("GOOG", "GOOGL"), ("Alphabet Inc.", "Alphabet Inc - Class A Common Stock")),
        (("HEI", "HEI-A"), ("HEICO Corp", None)),
    ],
)
def test_one_name_in_other_spellings_and_the_ticker_of_a_class_are_one_company(tmp_path, tickers, names):
    spelled = {"ticker": dict(zip("ABO", (*tickers, "OTH"), strict=True)), "name": dict(zip("AB", names, strict=True))}
    assert candidates(market_of(tmp_path, BOOKS, cik={"O": 2}, **spelled)) == ["B", "O"]


@pytest.mark.parametrize(
    ("tickers", "names"),
    [
        (("ABC.A", "ABC.B"), ("Abacus Corp", "Zenith Ltd")),
        (("LEN", "LENB"), ("Lennar Corp", "Lenbrook Inc")),
        (("LEN", "LENB"), (None, None)),
        (("CAT", "CATA"), ("Caterpillar Inc", "")),
    ],
)
def test_tickers_alone_join_nothing_where_names_differ_or_no_sign_tells_a_class(tmp_path, tickers, names):
    spelled = {"ticker": dict(zip("ABO", (*tickers, "OTH"), strict=True)), "name": dict(zip("AB", names, strict=True))}
    assert not market_of(tmp_path, BOOKS, cik={"O": 2}, **spelled).companies


@pytest.mark.parametrize("suffix", ["WS", "W", "U", "R", "PA", "PR.A"])
def test_a_ticker_of_a_warrant_unit_or_preferred_joins_nothing(tmp_path, suffix):
    ticker = {"A": "ABC", "B": f"ABC.{suffix}", "O": "OTH"}
    market = market_of(tmp_path, BOOKS, cik={"O": 2}, kinds=dict.fromkeys("ABO"), ticker=ticker)
    assert not market.companies
    assert candidates(market) == ["A", "O"]


@pytest.mark.parametrize("cik", [None, {"O": 2}])
@pytest.mark.parametrize(
    "name", ["Acme Class A Warrants", "Acme 5 % Preferred Series B", "Acme Cl A Depositary Shares"]
)
def test_a_name_of_a_warrant_or_preferred_of_a_class_is_no_class(tmp_path, name, cik):
    names = {"A": "Acme Class A", "B": name, "O": "Other"}
    market = market_of(tmp_path, BOOKS, cik=cik, kinds=dict.fromkeys("ABO"), name=names)
    assert candidates(market) == ["A", "O"]


def test_two_ciks_that_differ_are_two_companies_however_they_are_spelled(tmp_path):
    market = market_of(tmp_path, BOOKS, cik={"A": 1, "B": 3, "O": 2}, ticker={"A": "X.A", "B": "X.B", "O": "O"})
    assert not market.companies


@pytest.mark.parametrize("tickers", [("ORCHA", "ORCHB"), ("CENT", "CENTA"), ("BF.A", "BF.B")])
def test_a_class_of_unknown_type_is_told_by_its_ticker(tmp_path, tickers):
    ticker = dict(zip("ABO", (*tickers, "OTHR"), strict=True))
    market = market_of(tmp_path, BOOKS, kinds=dict.fromkeys("ABO"), ticker=ticker)
    assert candidates(market) == ["B", "O"]
