"""Every formula with a number worked by hand."""

import math

import numpy as np
import pytest

from active_edge.factors import FACTORS, factor_matrix, missing_items
from tests.factors.firms import annual_facts, missing, panel_of, quarterly_facts, value_of

STATEMENTS = {
    "revenue": (800, 1000, 1200),
    "cost_of_revenue": (500, 600, 690),
    "operating_income": (80, 120, 180),
    "interest_expense": (20, 25, 30),
    "pretax_income": (60, 95, 150),
    "net_income": (40, 60, 100),
    "operating_cash_flow": (50, 70, 130),
    "depreciation_amortization": (30, 30, 40),
    "total_assets": (900, 1000, 1250),
    "current_assets": (300, 350, 450),
    "current_liabilities": (200, 200, 225),
    "cash": (50, 60, 125),
    "total_liabilities": (500, 540, 600),
    "short_term_debt": (50, 50, 40),
    "long_term_debt": (250, 250, 210),
    "equity": (400, 460, 650),
    "retained_earnings": (100, 160, 250),
    "shares_outstanding": (100, 100, 98),
    "insider_ownership": (0.10, 0.11, 0.14),
    "domestic_revenue_share": (0.7, 0.72, 0.8),
    "floating_rate_debt_share": (0.5, 0.5, 0.6),
}
PRICE = 20.0
MARKET_VALUE = 98 * 20.0

BY_HAND = {
    "market_value": 1960.0,
    "price": 20.0,
    "dollar_volume": 20_000_000.0,
    "volatility": 0.0,
    "momentum_12_1": 0.0,
    "earnings_yield": 100 / 1960,
    "sales_yield": 1200 / 1960,
    "book_to_market": 650 / 1960,
    "gross_profitability": 510 / 1250,
    "operating_profitability": 180 / 1250,
    "cash_based_operating_profitability": (180 - (100 - 130)) / 1250,
    "return_on_assets": 100 / 1250,
    "return_on_equity": 100 / 650,
    "accruals": (100 - 130) / 1250,
    "asset_growth": 0.25,
    "net_share_issuance": math.log(0.98),
    "gross_margin": 510 / 1200,
    "incremental_margin": (180 - 120) / (1200 - 1000),
    "interest_coverage": 6.0,
    "net_debt_to_assets": (250 - 125) / 1250,
    "leverage": 600 / 1250,
    "cash_to_assets": 0.1,
    "current_ratio": 2.0,
    "net_debt_issuance": (250 - 300) / 1125,
    "altman_z": 1.2 * 225 / 1250 + 1.4 * 250 / 1250 + 3.3 * 180 / 1250 + 0.6 * 1960 / 600 + 1200 / 1250,
    "insider_ownership": 0.14,
    "insider_ownership_change": 0.03,
    "domestic_revenue_share": 0.8,
    "floating_rate_debt_share": 0.6,
    "rate_rise_earnings_hit": 0.01 * 0.6 * 250 / 150,
}


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return panel_of(tmp_path_factory.mktemp("firm"), annual_facts("A", **STATEMENTS), price=PRICE)


@pytest.mark.parametrize("name", BY_HAND)
def test_factor_equals_the_number_worked_by_hand(firm, name):
    assert value_of(firm, name) == pytest.approx(BY_HAND[name], rel=1e-12, abs=1e-15)


def test_ohlson_o_score_by_hand(firm):
    # TA 1250, TL 600, WC 225, CL 225, CA 450, NI 100 after 60, FU = pretax 150 + depreciation 40.
    expected = -1.32 - 0.407 * math.log(12.5) + 6.03 * 0.48 - 1.43 * 0.18 + 0.0757 * 0.5
    expected += -2.37 * 0.08 - 1.83 * (190 / 600) - 0.521 * (40 / 160)
    assert value_of(firm, "ohlson_o_score") == pytest.approx(expected, rel=1e-12)
    # −1.32 − 1.02796 + 2.8944 − 0.2574 + 0.03785 − 0.1896 − 0.5795 − 0.13025
    assert expected == pytest.approx(-0.57246, abs=1e-4)


def test_ohlson_o_score_of_a_failing_firm_uses_both_indicator_terms(tmp_path):
    failing = STATEMENTS | {
        "net_income": (-10, -50, -150),
        "total_liabilities": (500, 900, 1300),
        "pretax_income": (None, None, None),
        "operating_cash_flow": (0, 0, -65),
    }
    panel = panel_of(tmp_path, annual_facts("A", **failing))
    expected = -1.32 - 0.407 * math.log(12.5) + 6.03 * 1.04 - 1.43 * 0.18 + 0.0757 * 0.5 - 1.72
    expected += 2.37 * 0.12 + 1.83 * 0.05 + 0.285 + 0.521 * (100 / 200)
    assert value_of(panel, "ohlson_o_score") == pytest.approx(expected, rel=1e-12)


def test_piotroski_f_score_by_hand(firm):
    # ROA 100/1000 > 0 and > 60/900; CFO 130/1000 > 0 and > ROA; long-term debt 210/1125 < 250/950; current ratio
    # 2.0 > 1.75; shares 98 <= 100; margin 0.425 > 0.4; turnover 1200/1000 > 1000/900: nine of nine.
    assert value_of(firm, "piotroski_f_score") == 9.0


POINT_LOST = {
    "negative income, so falling return": ({"net_income": (40, 60, -10)}, 7.0),
    "cash flow below income": ({"operating_cash_flow": (50, 70, 90)}, 8.0),
    "negative cash flow": ({"operating_cash_flow": (50, 70, -1)}, 7.0),
    "more long-term debt": ({"long_term_debt": (250, 250, 400)}, 8.0),
    "no long-term debt before or after is no fall": ({"long_term_debt": (0, 0, 0)}, 8.0),
    "less liquid": ({"current_assets": (300, 350, 380)}, 8.0),
    "new shares": ({"shares_outstanding": (100, 100, 101)}, 8.0),
    "lower margin": ({"cost_of_revenue": (500, 600, 780)}, 8.0),
    "slower turnover": ({"revenue": (800, 1000, 1100), "cost_of_revenue": (500, 600, 600)}, 8.0),
}


def test_piotroski_f_score_loses_exactly_the_points_it_should(tmp_path):
    firms = dict(zip("ABCDEFGHI", POINT_LOST.values(), strict=True))
    facts = [row for name, (change, _) in firms.items() for row in annual_facts(name, **STATEMENTS | change)]
    scores = factor_matrix(panel_of(tmp_path, facts, assets="ABCDEFGHI"), "piotroski_f_score")[0]
    got = dict(zip(POINT_LOST, scores, strict=True))
    assert got == {why: score for why, (_, score) in POINT_LOST.items()}


def test_piotroski_f_score_is_missing_when_any_input_is(tmp_path):
    firms = [STATEMENTS]
    for item in ("net_income", "revenue", "cost_of_revenue", "total_assets", "current_assets", "current_liabilities",
                 "long_term_debt", "shares_outstanding"):  # fmt: skip
        first, second, third = STATEMENTS[item]
        latest_gone, year_before_gone = {item: (first, second, None)}, {item: (first, None, third)}
        firms += [STATEMENTS | latest_gone, STATEMENTS | year_before_gone]
    firms += [STATEMENTS | {"operating_cash_flow": (50, 70, None)}]
    firms += [STATEMENTS | {"total_assets": (None, 1000, 1250)}]
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(firms)]
    facts = [row for name, firm in zip(names, firms, strict=True) for row in annual_facts(name, **firm)]
    # By then the figures of 2014 are older than 460 days.
    scores = factor_matrix(panel_of(tmp_path, facts, assets=names, on="2016-04-29"), "piotroski_f_score")[0]
    assert scores[0] == 9.0
    assert np.isnan(scores[1:]).all()


def test_a_debt_free_firm_has_infinite_coverage_and_unreported_interest_is_missing(tmp_path):
    nothing = (0, 0, 0)
    debt_free = {"operating_income": (1, 1, -5), "interest_expense": nothing, "total_debt": nothing}
    unreported = {"operating_income": (1, 1, 5), "total_debt": nothing}
    contradictory = {"operating_income": (1, 1, 5), "interest_expense": nothing, "total_debt": (9, 9, 9)}
    unknown_debt = {"operating_income": (1, 1, 5), "interest_expense": nothing}
    from_pretax = {"pretax_income": (1, 1, 5), "interest_expense": (2, 2, 2)}
    firms = (debt_free, unreported, contradictory, unknown_debt, from_pretax)
    facts = [row for name, firm in zip("ABCDE", firms, strict=True) for row in annual_facts(name, **firm)]
    coverage = factor_matrix(panel_of(tmp_path, facts, assets="ABCDE"), "interest_coverage")[0]
    np.testing.assert_array_equal(coverage, [np.inf, np.nan, np.nan, np.nan, 3.5])


def test_rate_rise_hits_nothing_without_floating_debt_and_everything_without_profit(tmp_path):
    base = {"total_debt": (5, 5, 100), "floating_rate_debt_share": (0.5, 0.5, 0.5), "pretax_income": (9, 9, 10)}
    no_debt = base | {"total_debt": (0, 0, 0), "floating_rate_debt_share": (None, None, None)}
    fixed = base | {"floating_rate_debt_share": (0, 0, 0), "pretax_income": (1, 1, -1)}
    losing = base | {"pretax_income": (1, 1, -1)}
    unknown = base | {"floating_rate_debt_share": (None, None, None)}
    firms = (base, no_debt, fixed, losing, unknown)
    facts = [row for name, firm in zip("ABCDE", firms, strict=True) for row in annual_facts(name, **firm)]
    hit = factor_matrix(panel_of(tmp_path, facts, assets="ABCDE"), "rate_rise_earnings_hit")[0]
    np.testing.assert_allclose(hit, [0.05, 0.0, 0.0, np.inf, np.nan])


# Thirteen quarters, oldest first. The changes on the quarter a year before, oldest first:
# 1 2 3 2 1 2 3 2 and, in the latest quarter, 6.
INCOME = [10, 10, 10, 10, 11, 12, 13, 12, 12, 14, 16, 14, 18]


@pytest.fixture(scope="module")
def seasonal(tmp_path_factory):
    facts = quarterly_facts("A", "net_income", INCOME) + quarterly_facts("A", "revenue", [100] * 9 + [110] * 4)
    cost = [60, 60, 60, 60, 60, 50, 60, 60, 60, 66, 66, 66, 66]
    facts += quarterly_facts("A", "cost_of_revenue", cost)
    facts += quarterly_facts("B", "net_income", [None] * 3 + [-4, 0, 0, 0, -1])
    facts += annual_facts("A", total_assets=(360, 360, 360), shares_outstanding=(5, 5, 5))
    return panel_of(tmp_path_factory.mktemp("seasonal"), facts, price=4.0)


def test_seasonal_growth_by_hand(seasonal):
    assert value_of(seasonal, "revenue_growth") == pytest.approx(0.10)
    assert value_of(seasonal, "earnings_growth") == pytest.approx(6 / 12)
    assert value_of(seasonal, "earnings_surprise_to_price") == pytest.approx(6 / 20)
    assert value_of(seasonal, "quarterly_return_on_assets") == pytest.approx(18 / 360)
    assert value_of(seasonal, "earnings_growth", "B") == pytest.approx(3 / 4), "a smaller loss is growth"


def test_standardised_unexpected_earnings_by_hand(seasonal):
    # 1 2 3 2 1 2 3 2: mean 2, squares 4, sample variance 4 / 7.
    assert value_of(seasonal, "standardised_unexpected_earnings") == pytest.approx(6 / math.sqrt(4 / 7))
    assert missing(seasonal, "standardised_unexpected_earnings", "B")


def test_gross_margin_stability_by_hand(seasonal):
    # The last eight margins: 0.5 0.4 0.4 0.4 0.4 0.4 0.4 0.4: mean 0.4125, deviations 0.0875 and −0.0125 seven times.
    variance = (0.0875**2 + 7 * 0.0125**2) / 7
    assert value_of(seasonal, "gross_margin_stability") == pytest.approx(-math.sqrt(variance))


def test_incremental_margin_is_missing_when_revenue_hardly_grew(tmp_path):
    still = STATEMENTS | {"revenue": (800, 1000, 1010)}
    assert missing(panel_of(tmp_path, annual_facts("A", **still)), "incremental_margin")


def test_figures_of_different_years_are_not_combined(tmp_path):
    stale = STATEMENTS | {"cost_of_revenue": (500, 600, None)}
    facts = annual_facts("A", **stale)
    panel = panel_of(tmp_path, facts, on="2015-12-31")
    assert value_of(panel, "gross_margin") == pytest.approx(0.4)
    assert missing(panel_of(tmp_path / "later", facts), "gross_margin")


@pytest.mark.slow
def test_entrants_are_judged_and_seasoned_names_are_not(tmp_path):
    facts = [
        row
        for asset, first, latest in (("A", -1, -1), ("B", -2, -3), ("C", -2, 4))
        for row in quarterly_facts(asset, "net_income", [first, latest])
    ]
    panel = panel_of(tmp_path, facts, assets="ABCD", listed={"B": "2015-06-02", "C": "2015-06-02", "D": "2015-06-02"})
    np.testing.assert_array_equal(factor_matrix(panel, "unprofitable_entrant")[0], [0.0, 1.0, 0.0, np.nan])
    np.testing.assert_array_equal(factor_matrix(panel, "profitable_at_listing")[0], [np.nan, 0.0, 0.0, np.nan])
    # 252 sessions of 2015 and 61 of 2016 to 31 March; 2 June 2015 is the 104th of its year.
    assert value_of(panel, "sessions_since_listing", "B") == 252 + 61 - 104


@pytest.mark.slow
def test_a_market_without_the_inputs_gives_missing_and_names_them_never_zero(tmp_path):
    panel = panel_of(tmp_path, annual_facts("A", cash=(1, 2, 3)))
    for name, found in FACTORS.items():
        lacking = missing_items(panel.market, name)
        assert bool(lacking) == bool(found.needs), name
        if lacking:
            assert np.isnan(factor_matrix(panel, name)).all(), name
    assert missing_items(panel.market, "cash_to_assets") == ("total_assets",)
    assert missing_items(panel.market, "net_debt_to_assets") == (
        "total_debt or short_term_debt+long_term_debt",
        "total_assets",
    )


def test_every_factor_has_a_number_worked_by_hand():
    elsewhere = {
        "ohlson_o_score", "piotroski_f_score", "revenue_growth", "earnings_growth", "earnings_surprise_to_price",
        "quarterly_return_on_assets", "standardised_unexpected_earnings", "gross_margin_stability",
        "unprofitable_entrant", "profitable_at_listing", "sessions_since_listing", "forward_earnings_yield",
        "expected_earnings_growth",
    }  # fmt: skip
    assert set(FACTORS) == elsewhere | set(BY_HAND)
