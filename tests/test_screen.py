"""Rules, ranking, selection with a buffer, and why each name failed; numbers worked by hand."""

import numpy as np
import pandas as pd
import pytest

from active_edge.config import parse_model
from active_edge.errors import MissingInput
from active_edge.evaluation import buffered, evaluate, on_session, order
from active_edge.panel import Panel
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2020-06-30")
ASSETS = ["A", "B", "C", "D", "E"]
CASH = {"A": 10.0, "B": 20.0, "C": 30.0, "D": 40.0}
"""Cash of total assets 100: the factor cash_to_assets is 0.1 to 0.4, missing for E."""


def screen_of(text: str) -> Screen:
    return parse_model("name: s\ndescription: d\n" + text, Screen, "s.yaml")


@pytest.fixture
def market(tmp_path):
    facts = []
    for asset in ASSETS:
        row = {"asset": asset, "months": 0, "period_end": "2019-12-31", "filed": "2020-02-14"}
        facts.append(row | {"item": "total_assets", "value": 100.0})
        facts.append(row | {"item": "shares_outstanding", "value": 1e6})
        if asset in CASH:
            facts.append(row | {"item": "cash", "value": CASH[asset]})
    closes = pd.DataFrame({a: np.full(len(SESSIONS), 10.0 + n) for n, a in enumerate(ASSETS)}, index=SESSIONS)
    securities = pd.DataFrame({"sic": [2834, 2834, 7372, 7372, 7372], "cik": range(5)}, index=ASSETS)
    return make_market(tmp_path, closes=closes, facts=facts, securities=securities)


def members(market, text, on="2020-03-31"):
    return sorted(screen_of(text).members(market, on)["asset"])


def test_a_bound_holds_at_its_own_value_and_missing_fails(market):
    assert members(market, "require:\n  cash_to_assets: {min: 0.2}\n") == ["B", "C", "D"]
    assert members(market, "require:\n  cash_to_assets: {max: 0.2}\n") == ["A", "B"]


def test_missing_passes_only_where_the_file_says_so(market):
    text = "require:\n  cash_to_assets: {min: 0.3, missing: pass}\n"
    assert members(market, text) == ["C", "D", "E"]


def test_a_quantile_bound_is_within_the_universe_of_the_date(market):
    # Known values 0.1 0.2 0.3 0.4: the median by linear interpolation is 0.25.
    assert members(market, "require:\n  cash_to_assets: {quantile_min: 0.5}\n") == ["C", "D"]


def test_nothing_is_known_before_it_was_filed(market):
    assert members(market, "require:\n  cash_to_assets: {min: 0.0}\n", on="2020-02-13") == []
    assert members(market, "require:\n  cash_to_assets: {min: 0.0}\n", on="2020-02-14") == ["A", "B", "C", "D"]


def test_alternatives_need_one_to_hold(market):
    text = "require_any:\n  cash_to_assets: {max: 0.1}\n  price: {min: 14.0}\n"
    assert members(market, text) == ["A", "E"]


def test_rank_prefers_the_good_end_and_missing_terms_are_not_ranked(market):
    frame = screen_of("rank:\n  cash_to_assets: 1\nselect: {top: 2}\n").members(market, "2020-03-31")
    assert frame["asset"].tolist() == ["D", "C"]
    assert frame["rank"].tolist() == [1.0, 2.0]


def test_rank_within_sector_compares_with_the_sector_only(market):
    screen = screen_of("rank:\n  cash_to_assets: 1\nrank_within: sector\n")
    evaluation = evaluate(screen, Panel(market, on_session(market, "2020-03-31")))
    score = dict(zip(market.assets, evaluation.score[0], strict=True))
    assert score["B"] == score["D"]
    assert score["A"] == score["C"]


def test_explain_says_every_rule_and_by_how_much_it_failed(market):
    text = "universe: {min_price: 3}\nrequire:\n  cash_to_assets: {min: 0.25}\nrank:\n  cash_to_assets: 1\n"
    why = screen_of(text).explain(market, "2020-03-31", "a").set_index("rule")
    assert not why.loc["cash_to_assets", "passed"].iloc[0]
    assert why.loc["cash_to_assets", "short_by"].iloc[0] == pytest.approx(0.15)
    assert (
        why.loc["cash_to_assets", "data_age_days"].iloc[0]
        == (pd.Timestamp("2020-03-31") - pd.Timestamp("2019-12-31")).days
    )
    assert why.loc["min_price", "passed"]


def test_explain_says_how_far_past_the_top_a_rank_is(market):
    why = (
        screen_of("rank:\n  cash_to_assets: 1\nselect: {top: 1}\n").explain(market, "2020-03-31", "B").set_index("part")
    )
    assert why.loc["select", "value"] == 3
    assert why.loc["select", "short_by"] == 2


def test_coverage_is_the_share_of_candidates_with_a_value(market):
    screen = screen_of("require:\n  cash_to_assets: {min: 0}\n")
    evaluation = evaluate(screen, Panel(market, on_session(market, "2020-03-31")))
    assert evaluation.coverage().iloc[0].to_dict() == {"cash_to_assets": pytest.approx(0.8)}


def test_a_factor_without_data_selects_nobody_and_has_no_coverage(market):
    screen = screen_of("require:\n  insider_ownership: {min: 0}\n")
    evaluation = evaluate(screen, Panel(market, on_session(market, "2020-03-31")))
    assert not evaluation.selected().any()
    assert evaluation.coverage().iloc[0, 0] == 0.0


def test_members_stay_until_the_buffer_ends_and_new_ones_fill_free_places():
    rank = np.array([[1, 2, 3, 4, 5], [3, 1, 2, 4, 5], [4, 1, 2, 3, 5], [np.nan, 4, 1, 2, 3]], dtype=float)
    held = buffered(rank, top=2, keep_until=3)
    assert held.astype(int).tolist() == [[1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 1, 1, 0]]


def test_without_a_buffer_members_are_the_top():
    rank = np.array([[1, 2, 3], [3, 2, 1]], dtype=float)
    assert buffered(rank, 2, 2).astype(int).tolist() == [[1, 1, 0], [0, 1, 1]]


def test_order_breaks_ties_by_standing_and_names_equal_in_all_share_the_place():
    score = np.array([[0.5, 0.9, 0.5, 0.1, 0.5, 0.2]])
    ranked = np.array([[True, True, True, False, True, True]])
    rank = order(score, ranked, np.array([[3.0, 9.0, 2.0, 1.0, 3.0, 1.0]]))[0]
    assert rank[[0, 1, 2, 4, 5]].tolist() == [3, 1, 2, 3, 5]
    assert np.isnan(rank[3])


def test_names_that_share_the_last_place_all_become_members():
    rank = np.array([[1, 2, 2, 4], [2, 2, 4, 1]], dtype=float)
    assert buffered(rank, 2, 2).astype(int).tolist() == [[1, 1, 1, 0], [1, 1, 0, 0]]
    # One stays within the buffer: the place left goes to the best alone.
    assert buffered(np.array([[1, 2, 3, 4], [3, 4, 2, 1]], dtype=float), 2, 3).astype(int).tolist()[1] == [1, 0, 0, 1]


def test_taking_a_leg_out_leaves_the_others():
    text = """require:
  cash_to_assets: {min: 0.2}
  leverage: {max: 1}
rank:
  cash_to_assets: 1
select: {top: 2}
"""
    screen = screen_of(text)
    assert screen.legs() == ("cash_to_assets", "leverage")
    assert screen.without("leverage").legs() == ("cash_to_assets",)
    assert screen.without("cash_to_assets").select is None


def test_a_day_outside_the_market_is_named_with_its_bounds(market):
    with pytest.raises(MissingInput, match="2020-01-02 to 2020-06-30"):
        on_session(market, "2021-01-01")
    assert on_session(market, "2020-03-29")[0] == pd.Timestamp("2020-03-27")


def test_an_unknown_ticker_gets_the_nearest(market):
    with pytest.raises(MissingInput, match="valid: A, B"):
        market.asset_of("zz", SESSIONS[5])


def test_a_reused_ticker_means_the_asset_listed_on_the_date(tmp_path):
    closes = pd.DataFrame({"X1": 1.0, "X2": 2.0}, index=SESSIONS)
    closes.loc[SESSIONS[40] :, "X1"] = np.nan
    closes.loc[: SESSIONS[60], "X2"] = np.nan
    market = make_market(tmp_path, closes=closes, securities=pd.DataFrame({"ticker": ["XY", "XY"]}, index=["X1", "X2"]))
    named = [market.assets[market.asset_of("XY", SESSIONS[day])] for day in (10, 50, 100)]
    assert named == ["X1", "X1", "X2"]
