"""What the trade abbreviates is led to its factor, or told what comes nearest."""

import pytest

from active_edge.config import parse_model
from active_edge.errors import ConfigError, MissingInput
from active_edge.factors import FACTORS, definition_of
from active_edge.factors.abbreviations import MEANINGS, meaning_of, unknown_factor
from active_edge.screen import Screen


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("roe", "return_on_equity"), ("ROE", "return_on_equity"), ("roe_ttm", "return_on_equity"),
        ("roa", "return_on_assets"), ("pe", "earnings_yield"), ("P/E", "earnings_yield"), ("p_e", "earnings_yield"),
        ("pb", "book_to_market"), ("price_to_book", "book_to_market"), ("ps", "sales_yield"),
        ("roic", "operating_profitability"), ("ev_ebitda", "earnings_yield"), ("EV/EBITDA", "earnings_yield"),
        ("fcf_yield", "cash_based_operating_profitability"), ("eps_growth", "earnings_growth"),
        ("debt_to_equity", "leverage"), ("f_score", "piotroski_f_score"), ("altman", "altman_z"),
        ("mcap", "market_value"), ("momentum", "momentum_12_1"), ("gpa", "gross_profitability"),
        ("cash_ratio", "cash_to_assets"), ("us_sales", "domestic_revenue_share"),
        ("pricing_power", "gross_margin_stability"), ("floating_debt", "floating_rate_debt_share"),
        ("sue", "standardised_unexpected_earnings"), ("vol", "volatility"), ("dividend_yield", "earnings_yield"),
    ],
)  # fmt: skip
def test_an_abbreviation_leads_to_its_factor(asked, found):
    meaning = meaning_of(asked)
    assert meaning is not None
    assert meaning.factors[0] == found
    assert found in unknown_factor(asked)


def test_every_abbreviation_leads_to_factors_there_are_and_is_none_itself():
    assert {name for meaning in MEANINGS.values() for name in meaning.factors} <= set(FACTORS)
    assert not set(MEANINGS) & set(FACTORS)


def test_a_multiple_that_is_turned_over_says_what_to_write():
    # A P/E of at most 20 is an earnings yield of at least 1/20.
    assert "earnings_yield: {min: 0.05}" in unknown_factor("pe")
    assert 1 / 20 == 0.05


def test_a_screen_that_abbreviates_is_told_the_factor_at_its_line():
    with pytest.raises(ConfigError, match=r"s\.yaml:3: require\.roe: .*; did you mean return_on_equity"):
        parse_model("name: s\ndescription: d\nrequire: {roe: {min: 0.15}}\n", Screen, "s.yaml")


def test_a_name_that_is_no_abbreviation_is_told_the_nearest():
    assert meaning_of("leverge") is None
    with pytest.raises(MissingInput, match="did you mean leverage"):
        definition_of("leverge")
