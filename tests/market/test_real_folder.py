"""The survivorship-free stretch of 2015 to 2017: every number here is from outside this program."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from active_edge.market import open_market
from active_edge.market.audit.report import audit_market
from active_edge.market.intake.importer import import_folder
from active_edge.panel import Panel

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

INDEX = "Russell 2000"


@pytest.fixture(scope="module")
def report(real_import):
    return real_import[0]


@pytest.fixture(scope="module")
def market(real_import):
    return real_import[1]


@pytest.fixture(scope="module")
def audit(market):
    return audit_market(market)


def held_to(market, members, bought, sold):
    """Mean growth of equal amounts bought at one close and held to another; exits stay at their last price."""
    start, end = market.sessions.get_loc(bought), market.sessions.get_loc(sold)
    held = members & ~np.isnan(market.prices.close[start])
    returns = market.prices.returns[start + 1 : end + 1, held]
    return np.nanprod(1 + returns, axis=0).mean() - 1


def growth(series, bought, sold):
    return series[sold] / series[bought] - 1


def test_every_row_is_kept_or_refused_by_name(report):
    assert report.rows_read["prices"] == 3_099_739
    assert report.rows_read["facts"] == 448_460
    assert report.rows_read["members"] == 1_909
    assert report.rows_read["securities"] == 7_072
    for table, read in report.rows_read.items():
        left_out = sum(
            f.count
            for f in report.findings
            if f.table == table and (f.severity == "refused" or "told more than" in f.kind)
        )
        added = report.count("holes of more than 20 sessions") if table == "securities" else 0
        assert report.rows_kept[table] == read - left_out + added, table


def test_holiday_rows_and_worthless_closes_are_refused(report, market):
    assert report.count("rows on days that are no XNYS sessions") == 170
    assert report.count("rows without a positive close") == 11  # a twelfth stands on a holiday
    for holiday in ("2015-04-03", "2015-05-25", "2016-07-04"):
        assert pd.Timestamp(holiday) not in market.sessions
    assert len(market.sessions) == 513


def test_bankrupt_tickers_that_came_back_are_two_assets(market, audit):
    for ticker, before, after in (("EXXI", 0.13, 32.5), ("KEG", 0.17, 26.95), ("HERO", 0.05, 9.5), ("SD", 0.15, 21.57)):
        first, second = market.assets.get_loc(ticker), market.assets.get_loc(f"{ticker}~2")
        prices = market.prices
        assert prices.close[prices.last[first], first] == before
        assert prices.close[prices.first[second], second] == after
        assert prices.total_return_index[prices.first[second], second] == 1.0
    assert {"EXXI", "KEG"} <= set(audit.suspects.reused_tickers["ticker"])


def test_a_bankruptcy_with_a_short_hole_is_no_gain(market):
    bas = market.assets.get_loc("BAS")
    day = market.sessions.get_loc("2016-12-28")
    assert market.prices.close[day, bas] == 33.97
    assert market.prices.returns[day, bas] == 0.0
    assert "BAS" in set(market.prices.unchained["asset"])


def test_unknown_returns_are_counted(shared_data, report, market):
    source = f"read_parquet('{shared_data / 'us_2015_2017' / 'prices.parquet'}')"
    unknown, assets = duckdb.sql(
        f"SELECT count(*) - count(total_return), count(DISTINCT asset) FROM {source}"
    ).fetchall()[0]
    assert (unknown, assets) == (86_858, 7_072)
    chained = report.count("unknown returns chained as close/close")
    refused = report.count("unknown returns beyond ±50 % or like a split")
    # first rows of the assets and of their second lives have no return; a few rows were refused, a few returns doubted
    assert abs(chained + refused + assets - unknown) < 150
    assert refused == len(market.prices.unchained)
    moved = market.prices.unchained["close_to_close"]
    undecided = market.prices.unchained_rows[~((np.abs(moved) > 0.5) | moved.between(-0.51, -0.49)).to_numpy()]
    asset, session, ratio = market.splits
    assert np.isin(undecided, (asset * len(market.sessions) + session)[ratio == 0.0]).all()


def test_a_2_for_1_split_on_a_day_without_returns_is_no_loss(market):
    # Integra LifeSciences paid one new share for each old one; the first price after it was of 2017-01-04.
    iart = market.assets.get_loc("IART")
    day = market.sessions.get_loc("2017-01-04")
    assert market.prices.close[[day - 1, day], iart].tolist() == [85.18, 43.28]
    # The next count of shares, 1.97 times the one before, bears the split out.
    assert market.prices.returns[day, iart] == pytest.approx(2 * 43.28 / 85.18 - 1)


def test_names_that_ended_are_there(market):
    ended = market.securities["last_session"].notna()
    assert ended.sum() == 1_077 + 31  # 31 first lives besides


def test_filings_seen_before_their_period_ended_are_not_used(report, market):
    assert report.count("facts filed before their period ended") == 2
    for item in market.items:
        rows = market.facts.of(item)
        assert (rows.filed >= rows.period_end).all()
        assert np.isfinite(rows.value).all()


def test_members_bought_equally_on_2016_01_25_return_41_percent_to_the_end_of_the_year(market):
    members = market.members(INDEX, "2016-01-22")
    assert members.sum() == 1_902  # seven of the 1,909 have no prices
    assert held_to(market, members, "2016-01-25", "2016-12-30") == pytest.approx(0.413, abs=0.01)
    assert held_to(market, members, "2016-01-22", "2016-12-30") == pytest.approx(0.374, abs=0.01)
    iwm = market.series("IWM")
    assert growth(iwm, "2016-01-25", "2016-12-30") == pytest.approx(0.382, abs=0.001)
    assert growth(iwm, "2016-01-22", "2016-12-30") == pytest.approx(0.351, abs=0.001)
    assert growth(market.series("VTWO"), "2015-03-20", "2017-03-31") == pytest.approx(0.128, abs=0.001)


def test_chaining_the_traps_as_gains_would_have_given_48_percent(shared_data):
    folder = shared_data / "us_2015_2017"
    naive = duckdb.sql(
        f"""
        WITH held AS (
            SELECT asset, session, close, total_return,
                lag(close) OVER (PARTITION BY asset ORDER BY session) AS before
            FROM read_parquet('{folder / "prices.parquet"}')
            WHERE asset IN (SELECT asset FROM read_parquet('{folder / "members.parquet"}')) AND close > 0),
        bought AS (SELECT asset FROM held WHERE session = DATE '2016-01-25')
        SELECT avg(growth) - 1 FROM (
            SELECT asset, product(1 + coalesce(total_return, close / before - 1)) AS growth FROM held
            WHERE asset IN (FROM bought) AND session > DATE '2016-01-25' AND session <= DATE '2016-12-30'
            GROUP BY asset)
        """
    ).fetchall()[0][0]
    assert naive == pytest.approx(0.48, abs=0.01)


def test_the_audit_names_the_days_that_were_recorded_in_part(audit):
    suspect = {f"{day:%F}" for day in audit.suspects.days["session"]}
    assert {"2015-07-06", "2015-11-17", "2016-08-22", "2016-12-27", "2017-01-03"} <= suspect
    assert len(suspect) < 30


def test_the_audit_finds_real_exit_rates_and_no_survivorship(audit):
    assert not audit.survivorship.suspected
    # Ciks and SIC codes of this folder were looked up later, where the name was still there to be found.
    assert [warning.partition(":")[0] for warning in audit.warnings] == [
        "known of survivors",
        "names with weekly or monthly prices",
        "closes that contradict returns",
        "one list of members",
        "names silent at the end",
    ]
    assert {"CYNO", "DXKW", "MENT", "PLKI"} <= set(audit.silent_names)  # two taken over in that month, two more
    assert len(audit.silent_names) == 14
    # Symbols of shares when issued: a price now and then.
    assert audit.sparse_names == ("AQBTV", "CHIAV", "CHIKV", "DELTW", "DRIO", "MAPI", "ONS", "PSDO")
    for year in audit.survivorship.years:
        assert 0.05 <= year.company_rate <= 0.10, year


@pytest.mark.nightly
def test_the_same_market_without_its_dead_is_suspected(market, shared_data, tmp_path):
    source = tmp_path / "survivors"
    source.mkdir()
    folder = shared_data / "us_2015_2017"
    alive = f"(SELECT asset FROM read_parquet('{folder / 'securities.parquet'}') WHERE last_session IS NULL)"
    for table in ("securities", "prices", "facts"):
        rows = duckdb.sql(f"SELECT * FROM read_parquet('{folder / table}.parquet') WHERE asset IN {alive}")
        rows.write_parquet(str(source / f"{table}.parquet"))
    import_folder(source, tmp_path / "market")
    audit = audit_market(open_market(tmp_path / "market"))
    assert audit.survivorship.suspected
    assert "survivorship" in audit.warnings[0]
    assert audit.survivorship.bias_bound_annual == pytest.approx(0.08, abs=0.01)


def test_filing_lags_are_those_of_the_sec_deadlines(audit):
    # 10-Q due in 40 or 45 days, 10-K in 60, 75 or 90
    assert 30 <= audit.lags.quantiles["50 %"] <= 45
    assert 60 <= audit.lags.quantiles["95 %"] <= 90
    assert audit.lags.implausible_share < 0.001


def test_coverage_is_told_by_item_and_year(audit, market):
    assert set(audit.coverage.index) == market.items
    assert list(audit.coverage.columns) == [2015, 2016, 2017]
    assert (audit.coverage.loc["total_assets"] > 0.95).all()
    # banks and insurers have no current assets: about a fifth of the companies
    assert audit.coverage.loc["current_assets"].between(0.7, 0.85).all()
    assert audit.companies.between(3_500, 4_540).all()


def test_a_special_dividend_is_paid_and_not_reinvested_before_it(market):
    # PharmAthene paid 2.91 dollars a share on 2017-02-06, from 3.30 to 1.01; the adjusted closes say +159 %.
    pip = market.assets.get_loc("PIP")
    day = market.sessions.get_loc("2017-02-06")
    assert market.prices.returns[day, pip] == pytest.approx((1.01 + 2.91) / 3.30 - 1, abs=1e-3)


def test_no_believed_split_is_contradicted_by_the_next_count_of_shares(market):
    # Of 363 moves like a split 18 have an unchanged next count and were believed at first, five of them at 5:4, 5:3
    # and 5:2. A count filed after a split may be of a day before it: Gencor's true 3:2 of 2016 is in the count after.
    asset, session, ratio = market.splits
    days = market.sessions.to_numpy().astype("datetime64[D]")
    judged, denied = 0, []
    for item in ("shares_outstanding", "shares_diluted"):
        rows = market.facts.told_under(item)
        for column, at, taken in zip(asset.tolist(), session.tolist(), ratio.tolist(), strict=True):
            own = slice(*np.searchsorted(rows.asset, [column, column + 1]))
            before, after = np.flatnonzero(rows.filed[own] < days[at]), np.flatnonzero(rows.filed[own] > days[at])
            if taken not in (0.0, 1.0) and len(before) and len(after):
                judged += 1
                growth = rows.value[own][after] / rows.value[own][before[-1]]
                fresh = np.flatnonzero(rows.period_end[own][after] >= days[at])[:1]
                if (abs(growth[fresh] - 1) < 0.1).any():
                    denied.append((market.assets[column], str(days[at])))
    assert judged > 130
    assert denied == []


def test_true_splits_are_splits_from_their_day_and_dividends_are_none(market):
    # Netflix 7:1, Nike 2:1; under Vornado's symbol another security stands for one day.
    known = {
        ("NFLX", "2015-07-15"): 7.0,
        ("NKE", "2015-12-24"): 2.0,
        ("VNO", "2015-06-30"): 1.0,
    }
    asset, session, ratio = market.splits
    found = {
        (market.assets[a], f"{market.sessions[s]:%Y-%m-%d}"): r for a, s, r in zip(asset, session, ratio, strict=True)
    }
    assert {key: found.get(key) for key in known} == known


def test_no_quarter_made_by_subtraction_is_negative(market):
    # Before bases were compared, 216 of 2,877 companies with four quarters had one, 107 of 1,407 members of the index.
    panel = Panel(market, pd.DatetimeIndex(["2016-06-30"]))
    quarters = panel.quarters("revenue", 4)[:, 0]
    whole = ~np.isnan(quarters).any(axis=0)
    assert whole.sum() > 2600
    assert ((quarters < 0).any(axis=0) & whole).sum() == 0
    rows = market.facts.of("revenue")
    told = set(zip(rows.asset[rows.months == 3].tolist(), rows.value[rows.months == 3].tolist(), strict=True))
    negative = np.argwhere(quarters < 0)
    assert len(negative), "some filers do report a negative quarter"
    assert all((asset, quarters[quarter, asset]) in told for quarter, asset in negative.tolist())


def test_years_that_do_not_fit_their_quarters_are_counted(audit):
    counts = list(audit.contradictions.counts().values())
    found = audit.contradictions.found
    assert counts[1] > 300
    # eBay's year without PayPal: 8,592 million (10-K of 2016-02-01), after nine months of 10,926 with it.
    ebay = found[found["asset"] == "EBAY"].iloc[0]
    assert (ebay["year"], ebay["nine_months"]) == (8_592e6, 10_926e6)
