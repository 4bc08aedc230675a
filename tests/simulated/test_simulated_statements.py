"""Identities on every filing, to the cent, from the stored folder: nothing here reads the generator's insides."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.quick import first_quick


@pytest.fixture(scope="module")
def facts(small):
    with duckdb.connect(":memory:") as connection:
        return connection.execute(f"SELECT * FROM read_parquet('{small.table('facts')}')").df()


@pytest.fixture(scope="module")
def first_filed(facts):
    return facts[~facts["form"].isin(["10-Q/A", "10-K/A", "DEF 14A"])]


def wide(facts: pd.DataFrame, months: int) -> pd.DataFrame:
    rows = facts[facts["months"] == months].sort_values("filed")
    return rows.pivot_table(index=["asset", "period_end"], columns="item", values="value", aggfunc="last")


def exactly(left: pd.Series, right: pd.Series) -> None:
    difference = (left - right).dropna()
    assert len(difference) > 100
    assert difference.abs().max() == 0.0


@pytest.mark.parametrize("version", first_quick(["as filed", "latest"]))
def test_the_balance_sheet_balances(facts, first_filed, version):
    balance = wide(first_filed if version == "as filed" else facts[facts["form"] != "DEF 14A"], 0)
    exactly(balance["total_assets"], balance["total_liabilities"] + balance["equity"])
    exactly(balance["total_debt"], balance["short_term_debt"] + balance["long_term_debt"])
    exactly(balance["current_assets"], balance["cash"] + balance["receivables"] + balance["inventory"])
    assert (balance["total_assets"] >= balance["current_assets"]).all()


@pytest.mark.parametrize("months", [3, 12])
@pytest.mark.parametrize("version", ["as filed", "latest"])
def test_the_income_statement_adds_up(facts, first_filed, version, months):
    income = wide(first_filed if version == "as filed" else facts, months)
    exactly(income["gross_profit"], income["revenue"] - income["cost_of_revenue"])
    exactly(income["pretax_income"], income["operating_income"] - income["interest_expense"])
    exactly(income["net_income"], income["pretax_income"] - income["income_tax"])


@pytest.mark.slow
def test_cash_flows_explain_the_change_in_cash(first_filed):
    """Year-to-date flows of the fiscal year's k quarters against cash now and 3 k months ago."""
    cash = wide(first_filed, 0)["cash"]
    for months in (3, 6, 9, 12):
        flow = wide(first_filed, months)
        total = flow["operating_cash_flow"] + flow["investing_cash_flow"] + flow["financing_cash_flow"]
        begin = total.index.map(lambda key, m=months: (key[0], key[1] - pd.offsets.MonthEnd(m)))
        before = pd.Series(cash.reindex(begin).to_numpy(), index=total.index)
        exactly(total, cash.reindex(total.index) - before)


def test_retained_earnings_roll_forward_with_net_income_and_dividends(facts):
    """In the latest version, whose years and balances agree; dividends are a share times shares outstanding."""
    latest = facts[facts["form"] != "DEF 14A"]
    retained, shares = wide(latest, 0)["retained_earnings"], wide(latest, 0)["shares_outstanding"]
    quarter = wide(latest, 3)
    begin = quarter.index.map(lambda key: (key[0], key[1] - pd.offsets.MonthEnd(3)))
    before = pd.Series(retained.reindex(begin).to_numpy(), index=quarter.index)
    dividends = (quarter["dividends_per_share"] * shares.reindex(quarter.index)).round()
    exactly(retained.reindex(quarter.index), before + quarter["net_income"] - dividends)


def test_the_fourth_quarter_exists_only_as_the_year(first_filed):
    revenue = first_filed[first_filed["item"] == "revenue"]
    assert set(revenue["months"]) == {3, 12}
    assert set(first_filed.loc[first_filed["item"] == "operating_cash_flow", "months"]) == {3, 6, 9, 12}
    filed_both = revenue.groupby(["asset", "period_end"])["months"].nunique()
    assert (filed_both == 1).all()


def test_nothing_is_filed_before_its_period_ends_and_five_percent_are_late(facts):
    assert (facts["filed"] > facts["period_end"]).all()
    days = (facts["filed"] - facts["period_end"]).dt.days
    quarterly, annual = days[facts["form"] == "10-Q"], days[facts["form"] == "10-K"]
    assert quarterly.min() >= 30
    assert annual.max() <= 121
    assert 0.02 < (quarterly > 47).mean() < 0.08
    assert (facts["filed"].dt.day_of_week < 5).all()


def test_restatements_lower_the_year_and_keep_both_versions(facts):
    amended = facts[facts["form"] == "10-K/A"]
    net = amended[amended["item"] == "net_income"].set_index(["asset", "period_end"])
    original = facts[(facts["form"] == "10-K") & (facts["item"] == "net_income")].set_index(["asset", "period_end"])
    both = net[["value", "filed"]].join(original[["value", "filed"]].add_suffix("_first"), how="left")
    assert len(both) >= 10
    assert both["value_first"].notna().all()
    assert (both["value"] < both["value_first"]).all()
    waited = (both["filed"] - both.index.get_level_values("period_end")).dt.days
    assert waited.min() >= 540
    assert 545 < waited.median() < 620


def test_prospectus_figures_are_public_before_the_first_session(facts, small):
    prospectus = facts[facts["form"] == "S-1"]
    assert len(prospectus) > 0
    first = small.securities["first_session"].reindex(prospectus["asset"]).to_numpy()
    assert (prospectus["filed"].to_numpy() < first).mean() > 0.9
    assert (first > small.sessions[0].to_datetime64()).all()


def test_shares_times_price_follow_splits(small):
    """Shares on the cover, split-adjusted by the market's own returns, never jump tenfold."""
    rows = small.facts.of("shares_outstanding")
    order = np.lexsort((rows.period_end, rows.asset))
    asset, shares, end = rows.asset[order], rows.value[order], rows.period_end[order]
    session = small.sessions.to_numpy().astype("datetime64[D]")
    at = np.searchsorted(session, end, side="right") - 1
    inside = at >= 0
    price = np.where(inside, small.prices.close[np.maximum(at, 0), asset], np.nan)
    value = shares * price
    change = value[1:] / value[:-1]
    same = (asset[1:] == asset[:-1]) & np.isfinite(change)
    assert same.sum() > 2000
    assert np.quantile(change[same], 0.001) > 0.12
    assert np.quantile(change[same], 0.999) < 8
