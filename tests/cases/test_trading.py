"""What a portfolio earns on names that are taken over, fail, do not trade, or share a symbol with another."""

import pytest

pytestmark = pytest.mark.slow


def test_an_offer_in_cash_is_paid_once_and_then_held(case):
    # Bought at 20, paid 22 after 2015-12-15, no costs: exactly one tenth.
    target = case("merger_cash")
    target.imported()
    stats = target.backtested()
    assert stats["total_return"] == pytest.approx(0.1, abs=1e-4)
    trades = target.trades()
    sold = trades.loc[(trades["asset"] == "TARGET") & (trades["side"] == "sell"), "session"].astype(str).str[:10]
    assert set(sold) <= {"2015-12-15", "2015-12-16"}
    assert len(sold)


def test_a_bankruptcy_in_other_words_loses_what_distress_loses(case):
    # Fallen by 40 %, then 30 % on delisting: 0.6 x 0.7 = 0.42.
    broke = case("exit_in_other_words")
    broke.imported()
    assert broke.backtested()["total_return"] == pytest.approx(0.6 * 0.7 - 1, abs=2e-3)


def test_a_price_that_never_moves_has_no_sharpe_ratio_and_tests_nothing(case):
    still = case("no_variance")
    still.imported()
    stats = still.backtested()
    assert stats["sharpe"] is None
    assert stats["verdict"] == "not testable"


def test_every_purchase_and_sale_costs_and_cash_never_falls_below_zero(case):
    # One per cent to buy ONE, to sell it and to buy TWO.
    switch = case("costs_both_sides")
    switch.imported()
    assert switch.backtested()["total_return"] == pytest.approx(1 / 1.01 * 0.99 / 1.01 - 1, abs=1e-4)
    trades = switch.trades()
    assert len(trades) == 3
    bought = trades[trades["side"] == "buy"].set_index("asset")["shares"]
    assert bought["ONE"] <= 1_000_000 / 1.01 / 20 + 1e-3
    assert bought["TWO"] <= 1_000_000 / 1.01 * 0.99 / 1.01 / 20 + 1e-3


def test_holes_in_a_benchmark_neither_lose_returns_nor_sessions(case):
    # Every seventh level is missing: the total is that of all levels, over the same sessions but one.
    holes = case("benchmark_holes")
    holes.imported()
    stats = holes.backtested()
    assert stats["benchmarks"]["IWM"]["total_return"] == pytest.approx(-0.092712, abs=5e-4)
    assert stats["total_return"] == pytest.approx(-0.025748, abs=2e-4)
    assert stats["benchmarks"]["IWM"]["observations"] == pytest.approx(209, abs=1)


def test_a_symbol_that_another_company_takes_over_is_another_asset(case):
    # The first ends at 20 in October, the second begins at 8 in February: nobody earned the fall between them.
    reuse = case("ticker_reuse")
    reuse.imported()
    stats = reuse.backtested()
    trades = reuse.trades()
    sold = trades.loc[trades["asset"].str.startswith("REUSE") & (trades["side"] == "sell"), "session"].astype(str)
    assert sold.str[:10].between("2015-10-15", "2015-10-20").all()
    assert -0.38 <= stats["total_return"] <= -0.2115
    assert reuse.explained("REUSE", "2016-05-02")["price"] == pytest.approx(13.5233, abs=1e-3)


def test_nobody_buys_on_a_day_without_volume(case):
    # No share changed hands for 15 sessions from 2015-09-01; trading resumes on 2015-09-23.
    stale = case("zero_volume_fill")
    stale.imported()
    stale.backtested()
    trades = stale.trades()
    bought = trades.loc[(trades["asset"] == "STALE") & (trades["side"] == "buy"), "session"].astype(str).str[:10]
    assert len(bought)
    assert bought.min() >= "2015-09-23"
