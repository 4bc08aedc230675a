"""What the panel lets through: versions, periods, prices and listings as known on each date."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import ConfigError, MissingInput
from active_edge.factors import FACTORS, factor_matrix
from active_edge.market import open_market, write_snapshot
from active_edge.panel import Panel
from active_edge.schema import ITEMS
from active_edge.sessions import sessions_between
from tests.markets import make_market
from tests.quick import first_quick


def flat(start, end, **prices):
    sessions = sessions_between(start, end)
    return pd.DataFrame({name: np.full(len(sessions), price) for name, price in prices.items()}, index=sessions)


def fact(item, months, period_end, value, filed, asset="A", **rest):
    return {
        "asset": asset,
        "item": item,
        "months": months,
        "period_end": period_end,
        "value": float(value),
        "filed": filed,
        **rest,
    }


def dates(*days):
    return pd.DatetimeIndex(days)


class KnownAtPeriodEnd(Panel):
    """A planted leak: facts are used from the end of their period, not from their filing."""

    def known_sessions(self, rows):
        return np.searchsorted(self.market.sessions.to_numpy().astype("datetime64[D]"), rows.period_end)


@pytest.fixture
def one_balance(tmp_path):
    closes = flat("2016-01-04", "2016-12-30", A=10.0, B=20.0)
    facts = [
        fact("equity", 0, "2016-03-31", 100.0, "2016-05-06"),
        fact("equity", 0, "2016-03-31", 60.0, "2016-08-13"),
        fact("equity", 0, "2016-06-30", 70.0, "2016-08-13"),
    ]
    return make_market(tmp_path, closes=closes, facts=facts)


def test_a_fact_is_used_from_the_close_of_its_filing_session_or_the_next_one(one_balance):
    # 2016-05-06 is a Friday session; 2016-08-13 a Saturday, so Monday 2016-08-15 is the first to know.
    panel = Panel(one_balance, dates("2016-05-05", "2016-05-06", "2016-08-12", "2016-08-15"))
    np.testing.assert_array_equal(panel.instant("equity")[:, 0], [np.nan, 100.0, 100.0, 70.0])
    assert np.isnan(panel.instant("equity")[:, 1]).all()


def test_a_restated_value_is_invisible_before_it_was_filed(one_balance):
    days = dates("2016-08-12", "2016-08-15")
    latest, first = Panel(one_balance, days), Panel(one_balance, days, basis="first")
    np.testing.assert_array_equal(latest.instant("equity", quarters_ago=1)[:, 0], [np.nan, 60.0])
    np.testing.assert_array_equal(first.instant("equity", quarters_ago=1)[:, 0], [np.nan, 100.0])


def test_a_planted_leak_through_the_period_end_is_seen(one_balance):
    days = dates("2016-05-05", "2016-08-12")
    leaky = KnownAtPeriodEnd(one_balance, days).instant("equity")[:, 0]
    np.testing.assert_array_equal(leaky, [60.0, 70.0])


def test_ages_count_from_the_period_end_and_from_the_filing(one_balance):
    panel = Panel(one_balance, dates("2016-05-05", "2016-05-10", "2016-08-15"))
    np.testing.assert_array_equal(panel.age("equity")[:, 0], [np.nan, 40.0, 46.0])
    np.testing.assert_array_equal(panel.filed_age("equity")[:, 0], [np.nan, 4.0, 2.0])


def test_a_value_past_its_age_limit_is_missing(one_balance):
    panel = Panel(one_balance, dates("2016-08-15", "2016-09-28", "2016-09-29"))
    np.testing.assert_array_equal(panel.instant("equity", max_age_days=90)[:, 0], [70.0, 70.0, np.nan])


def test_what_a_market_lacks_is_missing_and_what_no_market_has_is_refused(one_balance):
    panel = Panel(one_balance, dates("2016-08-15"))
    assert np.isnan(panel.ttm("revenue")).all()
    assert np.isnan(panel.market_value()).all()
    with pytest.raises(MissingInput, match=r"'revenues'; did you mean revenue\?"):
        panel.ttm("revenues")


def test_dates_must_be_ascending_sessions(one_balance):
    with pytest.raises(ConfigError, match="2016-08-13 is not a session"):
        Panel(one_balance, dates("2016-08-12", "2016-08-13"))
    with pytest.raises(ConfigError, match="2016-05-05 does not come after"):
        Panel(one_balance, dates("2016-05-06", "2016-05-05"))
    with pytest.raises(ConfigError, match="basis"):
        Panel(one_balance, dates("2016-05-06"), basis="restated")


def test_a_figure_is_computed_once_and_cannot_be_written(one_balance):
    panel = Panel(one_balance, dates("2016-08-15"))
    for ask in (lambda: panel.instant("equity"), panel.close, panel.market_value, lambda: panel.age("equity")):
        assert ask() is ask()
        with pytest.raises(ValueError, match="read-only"):
            ask()[0, 0] = 1.0


def test_names_with_facts_are_told_from_those_without_by_date(one_balance):
    panel = Panel(one_balance, dates("2016-05-05", "2016-05-06"))
    np.testing.assert_array_equal(panel.has_facts(), [[False, False], [True, False]])


def test_figures_of_different_periods_are_told_apart(tmp_path):
    facts = [
        fact("revenue", 12, "2015-12-31", 10, "2016-02-01"),
        fact("cost_of_revenue", 12, "2015-12-26", 6, "2016-02-01"),
        fact("revenue", 12, "2015-12-31", 10, "2016-02-01", asset="B"),
        fact("cost_of_revenue", 12, "2015-09-30", 6, "2016-02-01", asset="B"),
    ]
    market = make_market(tmp_path, closes=flat("2016-01-04", "2016-03-31", A=1.0, B=1.0), facts=facts)
    same = Panel(market, dates("2016-03-01")).same_period("revenue", "cost_of_revenue", figure="ttm")
    np.testing.assert_array_equal(same, [[True, False]])


def test_shares_and_confidence_come_from_the_latest_row_of_any_length(tmp_path):
    facts = [
        fact("insider_ownership", 0, "2015-04-01", 0.10, "2015-04-20", confidence="low"),
        fact("insider_ownership", 0, "2016-04-01", 0.12, "2016-04-20", confidence="high"),
        fact("shares_diluted", 12, "2015-12-31", 50, "2016-02-20"),
        fact("shares_diluted", 3, "2016-03-31", 52, "2016-05-05"),
    ]
    market = make_market(tmp_path, closes=flat("2016-01-04", "2016-12-30", A=10.0), facts=facts)
    panel = Panel(market, dates("2016-03-01", "2016-06-01"))
    np.testing.assert_array_equal(panel.share("insider_ownership")[:, 0], [0.10, 0.12])
    np.testing.assert_array_equal(panel.confidence("insider_ownership")[:, 0], [1.0, 3.0])
    np.testing.assert_array_equal(panel.shares()[:, 0], [50.0, 52.0])
    np.testing.assert_array_equal(panel.market_value()[:, 0], [500.0, 520.0])
    with pytest.raises(ConfigError, match="flow"):
        panel.confidence("revenue")


def test_shares_outstanding_go_before_diluted_shares(tmp_path):
    facts = [
        fact("shares_outstanding", 0, "2016-03-31", 50, "2016-05-05"),
        fact("shares_diluted", 3, "2016-03-31", 55, "2016-05-05"),
        fact("shares_diluted", 3, "2016-03-31", 7, "2016-05-05", asset="B"),
    ]
    market = make_market(tmp_path, closes=flat("2016-01-04", "2016-12-30", A=10.0, B=10.0), facts=facts)
    np.testing.assert_array_equal(Panel(market, dates("2016-06-01")).market_value(), [[500.0, 70.0]])


def split_market(tmp_path, ratio, *, dividend=0.0):
    """A at 30 dollars until 2016-06-14, then at 30 / ratio − dividend with a total return of zero."""
    closes = flat("2016-01-04", "2016-12-30", A=30.0)
    closes.loc["2016-06-15":] = 30.0 / ratio - dividend
    returns = closes * 0.0
    facts = [
        fact("shares_outstanding", 0, "2016-03-31", 100, "2016-05-05"),
        fact("shares_outstanding", 0, "2016-06-30", 100 * ratio, "2016-08-05"),
    ]
    return make_market(tmp_path, closes=closes, total_return=returns, facts=facts)


@pytest.mark.parametrize("ratio", [2.0, 0.1, 1 / 35])
def test_a_split_between_filing_and_date_leaves_market_value_unchanged(tmp_path, ratio):
    panel = Panel(split_market(tmp_path, ratio), dates("2016-06-14", "2016-06-15", "2016-08-04", "2016-08-05"))
    np.testing.assert_allclose(panel.market_value()[:, 0], 3000.0, rtol=1e-12)


def shares_held(tmp_path, closes, returns):
    """Shares of A on the last session: 100 by a filing before the first price."""
    sessions = sessions_between("2016-01-04", "2016-12-30")[: len(closes)]
    facts = [fact("shares_outstanding", 0, "2015-12-30", 100, "2015-12-31")]
    frame = pd.DataFrame({"A": closes}, index=sessions, dtype=float)
    told = pd.DataFrame({"A": returns}, index=sessions, dtype=float)
    market = make_market(tmp_path, closes=frame, total_return=told, facts=facts)
    return Panel(market, sessions[-1:]).shares()[0, 0]


@pytest.mark.parametrize("close", first_quick([15.0, 10.0, 90.0]))
def test_an_unknown_return_is_no_evidence_of_a_split(tmp_path, close):
    (tmp_path / "known").mkdir()
    assert shares_held(tmp_path, [30.0, close], [None, None]) == 100.0
    assert shares_held(tmp_path / "known", [30.0, close], [None, 0.0]) == pytest.approx(100.0 * 30.0 / close)


def test_a_reverse_split_beyond_one_for_a_hundred_is_none(tmp_path):
    (tmp_path / "usual").mkdir()
    assert shares_held(tmp_path, [1.0, 120.0], [None, 0.0]) == 100.0
    assert shares_held(tmp_path / "usual", [1.0, 100.0], [None, 0.0]) == pytest.approx(1.0)


@pytest.mark.parametrize("returns", [[None, 0.0, 0.0], [None, None, 0.0], [None, 0.0, None]])
def test_a_symbol_that_flips_between_two_securities_and_back_has_no_split(tmp_path, returns):
    assert shares_held(tmp_path, [25.0, 75.0, 26.0], returns) == pytest.approx(100.0)


def test_a_split_after_a_flip_that_was_undone_counts(tmp_path):
    closes, returns = [25.0, 75.0, 25.0, 12.5], [None, 0.0, 0.0, 0.0]
    assert shares_held(tmp_path, closes, returns) == pytest.approx(200.0)


def test_two_splits_one_after_the_other_count_both(tmp_path):
    assert shares_held(tmp_path, [80.0, 40.0, 20.0], [None, 0.0, 0.0]) == pytest.approx(400.0)


def test_a_large_dividend_is_no_split(tmp_path):
    panel = Panel(split_market(tmp_path, 1.0, dividend=3.5), dates("2016-06-14", "2016-06-15"))
    np.testing.assert_allclose(panel.market_value()[:, 0], [3000.0, 2650.0])


def test_share_growth_compares_counts_in_shares_of_the_date(tmp_path):
    closes = flat("2015-01-02", "2016-12-30", A=30.0)
    closes.loc["2016-01-15":] = 15.0
    facts = [
        fact("shares_outstanding", 0, "2015-03-31", 100, "2015-05-05"),
        fact("shares_outstanding", 0, "2016-03-31", 210, "2016-05-05"),
    ]
    market = make_market(tmp_path, closes=closes, total_return=closes * 0.0, facts=facts)
    growth = Panel(market, dates("2016-05-04", "2016-05-05")).share_growth(4)
    np.testing.assert_allclose(growth[:, 0], [np.nan, 0.05])


def test_prices_are_carried_over_five_sessions_and_no_more(tmp_path):
    closes = flat("2016-01-04", "2016-01-29", A=10.0, B=1.0)
    closes.loc["2016-01-11":, "A"] = np.nan
    days = closes.index[4:11]
    close = Panel(make_market(tmp_path, closes=closes), days).close()[:, 0]
    np.testing.assert_array_equal(close, [10.0] * 6 + [np.nan])


def test_dollar_volume_is_the_median_of_the_window_and_needs_a_third_of_it(tmp_path):
    closes = flat("2016-01-04", "2016-01-29", A=10.0, B=2.0)
    volume = closes.copy()
    volume["A"] = np.arange(len(closes), dtype=float)
    closes.iloc[:-2, 1] = np.nan
    market = make_market(tmp_path, closes=closes, volume=volume)
    # The last nine volumes of A are 10 … 18, at 10 dollars: median 140. B traded on two sessions of nine.
    np.testing.assert_array_equal(Panel(market, closes.index[-1:]).dollar_volume(9), [[140.0, np.nan]])
    np.testing.assert_array_equal(Panel(market, closes.index[-1:]).dollar_volume(6), [[155.0, 4.0]])


@pytest.fixture
def walk(tmp_path):
    sessions = sessions_between("2015-01-02", "2016-06-30")
    steps = np.random.default_rng(3).normal(0, 0.02, (len(sessions), 3))
    return make_market(tmp_path, closes=pd.DataFrame(20 * np.exp(steps.cumsum(axis=0)), sessions, list("ABC")))


def test_volatility_is_pandas_rolling_deviation_a_year(walk):
    closes = pd.DataFrame(walk.prices.close)
    expected = closes.pct_change().rolling(63).std().to_numpy() * np.sqrt(252)
    days = walk.sessions[[100, 300]]
    np.testing.assert_allclose(Panel(walk, days).volatility(63), expected[[100, 300]], rtol=1e-9)
    assert np.isnan(Panel(walk, walk.sessions[[20]]).volatility(63)).all()
    assert np.isfinite(Panel(walk, walk.sessions[[21]]).volatility(63)).all()


def test_trailing_return_by_hand(walk):
    close = walk.prices.close
    got = Panel(walk, walk.sessions[[200, 260]]).trailing_return(252, 21)
    assert np.isnan(got[0]).all()
    np.testing.assert_allclose(got[1], close[239] / close[8] - 1, rtol=1e-12)
    with pytest.raises(ConfigError, match="must be above"):
        Panel(walk, walk.sessions[[200]]).trailing_return(21, 21)


def test_listing_age_counts_sessions_and_knows_when_it_is_only_a_bound(tmp_path):
    closes = flat("2016-01-04", "2016-03-31", A=1.0, B=1.0, C=1.0, D=1.0)
    closes.loc[: closes.index[9], "B"] = np.nan
    first = pd.Series({"A": "2016-01-04", "B": "2016-01-19", "C": "2015-12-28", "D": None})
    market = make_market(tmp_path, closes=closes, securities=pd.DataFrame({"first_session": pd.to_datetime(first)}))
    panel = Panel(market, market.sessions[[5, 20]])
    # 2015-12-28 lies four sessions before 2016-01-04: 28, 29, 30 and 31 December.
    np.testing.assert_array_equal(panel.sessions_since_listing(), [[5, np.nan, 9, 5], [20, 10, 24, 20]])
    np.testing.assert_array_equal(panel.listing_seen(), [False, True, True, False])


def test_a_series_gives_its_last_value_known(tmp_path):
    rate = pd.Series([1.0, 2.0], index=pd.to_datetime(["2016-01-06", "2016-01-09"]))
    market = make_market(tmp_path, closes=flat("2016-01-04", "2016-01-29", A=1.0), series={"FEDFUNDS": rate})
    panel = Panel(market, dates("2016-01-05", "2016-01-06", "2016-01-08", "2016-01-11"))
    np.testing.assert_array_equal(panel.series("FEDFUNDS"), [np.nan, 1.0, 1.0, 2.0])
    with pytest.raises(MissingInput):
        panel.series("FEDFUND")


def test_a_series_published_late_or_revised_shows_from_its_publication(tmp_path):
    plain = make_market(tmp_path, closes=flat("2016-01-04", "2016-01-29", A=1.0))
    rows = [("2015-12-31", "2016-01-06", 1.0), ("2015-12-31", "2016-01-20", 3.0), ("2015-11-30", "2016-01-04", 9.0)]
    series = pd.DataFrame(rows, columns=["date", "filed", "value"]).assign(series="CPI")
    tables = {
        "securities": plain.securities.reset_index(),
        "prices": pd.DataFrame({"asset": "A", "session": plain.sessions, "close": 1.0}),
        "series": series.assign(date=pd.to_datetime(series["date"]), filed=pd.to_datetime(series["filed"])),
    }
    write_snapshot(
        tmp_path / "late", tables, sources=["test"], simulated=False, created="2000-01-01T00:00:00", report={}
    )
    days = dates("2016-01-05", "2016-01-06", "2016-01-19", "2016-01-20")
    market = open_market(tmp_path / "late")
    np.testing.assert_array_equal(Panel(market, days).series("CPI"), [9.0, 1.0, 1.0, 3.0])
    np.testing.assert_array_equal(Panel(market, days, basis="first").series("CPI"), [9.0, 1.0, 1.0, 1.0])


ENDS = pd.date_range("2012-12-31", "2016-03-31", freq="QE")


def busy_facts(assets, rng):
    """Thirteen quarters of every item for each asset: annual rows in December, year to date for cash flows."""
    rows = []
    for asset in assets:
        for item, kind in ITEMS.items():
            for end in ENDS:
                months = 0 if kind in ("instant", "share") else 12 if end.month == 12 else 3
                if item.endswith("cash_flow"):
                    months = end.month
                value = rng.random() if kind == "share" else rng.normal(50, 30)
                rows.append(fact(item, months, end, value, end + pd.Timedelta(days=int(rng.integers(20, 80))), asset))
    return pd.DataFrame(rows)


def busy_prices(assets, rng):
    sessions = sessions_between("2014-06-02", "2016-06-30")
    steps = rng.normal(0, 0.02, (len(sessions), len(assets)))
    return pd.DataFrame(20 * np.exp(steps.cumsum(axis=0)), sessions, assets)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    rng = np.random.default_rng(11)
    closes, facts = busy_prices(list("ABCD"), rng), busy_facts("ABCD", rng)
    return closes, facts, make_market(tmp_path_factory.mktemp("busy"), closes=closes, facts=facts)


def test_scrambled_future_facts_and_prices_leave_every_factor_byte_identical(busy, tmp_path):
    closes, facts, market = busy
    cut = pd.Timestamp("2015-12-15")
    days = dates("2015-06-30", "2015-09-30", "2015-12-15", "2016-06-30")
    later = facts["filed"] > cut
    changed = facts.assign(value=np.where(later, -facts["value"] - 1.0, facts["value"]))
    moved = closes.copy()
    moved.loc[moved.index > cut] = closes.iloc[::-1].to_numpy()[moved.index > cut] * 3.0
    other = make_market(tmp_path, closes=moved, facts=changed)
    before, after = Panel(market, days), Panel(other, days)
    seen = 0
    for name in FACTORS:
        one, two = factor_matrix(before, name), factor_matrix(after, name)
        assert one[:3].tobytes() == two[:3].tobytes(), name
        seen += one[3].tobytes() != two[3].tobytes()
    assert seen > 30, "the scrambled part must show on the date after it"


def test_a_leak_through_the_period_end_changes_past_factors(busy, tmp_path):
    closes, facts, market = busy
    changed = facts.assign(value=np.where(facts["filed"] > "2015-12-15", 1.0, facts["value"]))
    other = make_market(tmp_path, closes=closes, facts=changed)
    leaky = [factor_matrix(KnownAtPeriodEnd(m, dates("2015-12-15")), "return_on_assets") for m in (market, other)]
    assert leaky[0].tobytes() != leaky[1].tobytes()


def test_renaming_assets_permutes_every_factor(busy, tmp_path):
    closes, facts, market = busy
    names = {"A": "D", "B": "A", "C": "B", "D": "C"}
    renamed = make_market(
        tmp_path, closes=closes.rename(columns=names)[list("ABCD")], facts=facts.assign(asset=facts["asset"].map(names))
    )
    days = dates("2015-09-30", "2016-06-30")
    before, after = Panel(market, days), Panel(renamed, days)
    for name in FACTORS:
        np.testing.assert_array_equal(
            factor_matrix(after, name)[:, [3, 0, 1, 2]], factor_matrix(before, name), err_msg=name
        )


def test_prices_times_ten_leave_return_factors_unchanged_and_scale_the_others(busy, tmp_path):
    closes, facts, market = busy
    dear = Panel(make_market(tmp_path, closes=closes * 10.0, facts=facts), dates("2016-06-30"))
    plain = Panel(market, dates("2016-06-30"))
    for name in ("momentum_12_1", "volatility", "gross_profitability", "net_share_issuance"):
        np.testing.assert_allclose(factor_matrix(dear, name), factor_matrix(plain, name), rtol=1e-9)
    for name, scale in (("market_value", 10.0), ("price", 10.0), ("earnings_yield", 0.1)):
        np.testing.assert_allclose(factor_matrix(dear, name), scale * factor_matrix(plain, name), rtol=1e-9)


def test_adding_dates_does_not_change_the_others(busy):
    market = busy[2]
    few, many = Panel(market, dates("2016-03-31")), Panel(market, market.sessions[300:462:6].union(dates("2016-03-31")))
    row = many.dates.get_loc("2016-03-31")
    for name in FACTORS:
        assert factor_matrix(few, name)[0].tobytes() == factor_matrix(many, name)[row].tobytes(), name
