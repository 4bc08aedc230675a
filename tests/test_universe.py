"""Who is a small cap on a date."""

import numpy as np
import pandas as pd
import pytest

from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from active_edge.universe import UniverseRules, select_universe, value_rank
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2020-06-30")
DATE = SESSIONS[100:101]


def facts_for(assets, shares):
    return [
        {
            "asset": a,
            "item": "shares_outstanding",
            "months": 0,
            "period_end": "2019-12-31",
            "value": n,
            "filed": "2020-01-15",
        }
        for a, n in zip(assets, shares, strict=True)
    ]


@pytest.fixture
def market(tmp_path):
    assets = ["BIG", "MID", "SMALL", "TINY", "FUND", "NOFACTS", "TWIN_A", "TWIN_B"]
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=assets)
    closes["TINY"] = 1.0
    closes.loc[: SESSIONS[29], "MID"] = np.nan
    volume = pd.DataFrame(100_000.0, index=SESSIONS, columns=assets)
    volume["TWIN_B"] = 200_000.0
    volume["SMALL"] = 1_000.0
    securities = pd.DataFrame(index=assets)
    securities["cik"] = [1, 2, 3, 4, 5, 6, 7, 7]
    securities["sic"] = [6022, 7372, 2834, None, None, 1311, 3674, 3674]
    securities["security_type"] = [None, "common", "reit", None, "fund", None, None, None]
    with_facts = ["BIG", "MID", "SMALL", "TINY", "FUND", "TWIN_A", "TWIN_B"]
    shares = [9e9, 5e8, 1e8, 1e8, 9e8, 2e8, 2e8]
    members = [{"index": "Russell 2000", "asset": a, "observed": "2020-03-02"} for a in ("MID", "FUND")]
    return make_market(
        tmp_path,
        closes=closes,
        volume=volume,
        securities=securities,
        facts=facts_for(with_facts, shares),
        members=members,
    )


def chosen(market, date=DATE, **rules):
    universe = select_universe(UniverseRules(**rules), Panel(market, date))
    return sorted(market.assets[universe.mask[0]]), universe


def test_only_shares_of_companies_with_filed_facts_are_candidates(market):
    names, _ = chosen(market)
    assert names == ["BIG", "MID", "SMALL", "TINY", "TWIN_B"]


def test_before_the_first_filing_there_are_no_companies(market):
    names, _ = chosen(market, SESSIONS[3:4])
    assert names == []


def test_a_company_with_two_share_classes_counts_once_by_its_most_traded(market):
    names, _ = chosen(market)
    assert "TWIN_B" in names
    assert "TWIN_A" not in names


def test_rank_one_is_the_largest_company_and_dropped_kinds_do_not_count(market):
    names, universe = chosen(market, cap_rank=[2, 4])
    ranks = dict(zip(market.assets, universe.cap_rank[0], strict=True))
    assert (ranks["BIG"], ranks["MID"], ranks["TWIN_B"], ranks["SMALL"], ranks["TINY"]) == (1, 2, 3, 4, 5)
    assert np.isnan(ranks["FUND"])
    assert np.isnan(ranks["TWIN_A"])
    assert names == ["MID", "SMALL", "TWIN_B"]


def test_price_volume_and_age_bounds_hold(market):
    assert "TINY" not in chosen(market, min_price=2.0)[0]
    assert "SMALL" not in chosen(market, min_dollar_volume=50_000)[0]
    assert "MID" not in chosen(market, SESSIONS[60:61], min_sessions_listed=31)[0]
    assert "MID" in chosen(market, SESSIONS[60:61], min_sessions_listed=30)[0]


def test_a_name_already_trading_when_the_data_begin_counts_as_seasoned(market):
    assert "BIG" in chosen(market, SESSIONS[60:61], min_sessions_listed=252)[0]


def test_an_unknown_sector_passes_a_sector_rule_unless_told_to_fail(market):
    assert "TINY" in chosen(market, exclude_sectors=["financials"])[0]
    assert chosen(market, exclude_sectors=["financials"], missing_sector="fail")[0] == ["MID", "SMALL", "TWIN_B"]
    assert chosen(market, sectors=["health_care"], missing_sector="fail")[0] == ["SMALL"]


def test_a_member_list_is_unknown_before_it_was_observed(market):
    before = SESSIONS[SESSIONS < pd.Timestamp("2020-03-02")][-1:]
    rules = {"members": "Russell 2000", "companies_only": False}
    assert chosen(market, before, **rules)[0] == []
    assert chosen(market, **rules)[0] == ["FUND", "MID"]


def test_an_index_the_market_does_not_know_has_no_members(market):
    assert chosen(market, members="S&P 600", companies_only=False)[0] == []


def test_value_ranks_break_ties_by_volume_then_by_listing_and_skip_the_unknown(tmp_path):
    names = ["EQUAL_A", "EQUAL_B", "LATE", "LIQUID", "TOP", "UNKNOWN"]
    sessions = sessions_between("2019-01-02", "2019-12-31")[:100]
    closes = pd.DataFrame(10.0, index=sessions, columns=names)
    closes.iloc[:30, names.index("LATE")] = np.nan
    volume = closes * 0.0 + 1000.0
    volume["LIQUID"] = 2000.0
    facts = [
        {"asset": name, "item": "shares_outstanding", "months": 0, "period_end": "2018-12-31", "value": value}
        for name, value in (("EQUAL_A", 1e6), ("EQUAL_B", 1e6), ("LATE", 1e6), ("LIQUID", 1e6), ("TOP", 2e6))
    ]
    market = make_market(tmp_path, closes=closes, volume=volume, facts=facts)
    panel = Panel(market, sessions[[99]])
    ranks = value_rank(panel, np.ones((1, 6), dtype=bool))[0]
    assert ranks[:5].tolist() == [3, 3, 5, 2, 1]
    assert np.isnan(ranks[5])
