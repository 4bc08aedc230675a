"""Monthly returns from files and from stored markets: what counts as a month, what is refused."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from active_edge.errors import DataError, MissingInput
from active_edge.published.return_files import (
    load_published_returns,
    monthly_from_daily,
    monthly_from_levels,
    read_market,
)
from active_edge.sessions import sessions_between
from tests.markets import make_market
from tests.published.published import PORTFOLIOS, invented, write_folder


def test_a_month_runs_from_last_session_to_last_session():
    # 2021-01-29 and 2021-02-26 are the last sessions; March ends before its last session
    level = pd.Series(
        [100.0, 104.0, 110.0, 111.0, 132.0],
        index=pd.to_datetime(["2021-01-29", "2021-02-12", "2021-02-26", "2021-03-15", "2021-03-26"]),
    )
    assert monthly_from_levels(level).to_dict() == {pd.Timestamp("2021-02-28"): pytest.approx(0.10)}
    whole = pd.concat([level, pd.Series([132.0], index=[pd.Timestamp("2021-03-31")])])
    assert monthly_from_levels(whole).tolist() == pytest.approx([0.10, 0.20])


def test_a_month_without_its_last_level_and_the_next_one_are_holes():
    ends = pd.to_datetime(["2021-01-29", "2021-02-26", "2021-03-24", "2021-04-30", "2021-05-28"])
    months = monthly_from_levels(pd.Series([1.0, 1.1, 1.2, 1.3, 1.43], index=ends))
    assert months.isna().tolist() == [False, True, True, False]
    assert months.iloc[-1] == pytest.approx(0.10)


def test_daily_returns_compound_over_whole_months_alone():
    sessions = sessions_between("2021-01-15", "2021-04-15")
    months = monthly_from_daily(pd.Series(0.01, index=sessions))
    # 19 sessions in February 2021, 23 in March; January and April are not whole
    assert months.to_dict() == {
        pd.Timestamp("2021-02-28"): pytest.approx(1.01**19 - 1),
        pd.Timestamp("2021-03-31"): pytest.approx(1.01**23 - 1),
    }


def test_a_month_with_a_hole_of_two_weeks_is_a_hole():
    sessions = sessions_between("2021-01-04", "2021-04-30")
    daily = pd.Series(0.01, index=sessions).drop(sessions_between("2021-03-08", "2021-03-19"))
    assert monthly_from_daily(daily).isna().tolist() == [False, False, True, False]
    without = pd.Series(0.01, index=sessions).drop(sessions_between("2021-03-01", "2021-03-31"))
    assert monthly_from_daily(without).isna().tolist() == [False, False, True, True]


def test_published_files_come_back_in_decimals(tmp_path):
    data = invented()
    read = load_published_returns(write_folder(tmp_path, data))
    pd.testing.assert_frame_equal(read.factors, data.factors, check_freq=False, check_names=False)
    pd.testing.assert_frame_equal(read.funds, data.funds, check_freq=False, check_names=False)
    pd.testing.assert_frame_equal(read.portfolios, data.portfolios, check_freq=False, check_names=False)
    assert (read.capital == 7.0).all(axis=None)
    assert list(read.quality_factors()) == ["QMJ", "MKT", "SMB", "HML", "UMD"]
    assert not read.simulated


@pytest.mark.slow
def test_the_snapshot_id_follows_the_content(tmp_path):
    one = load_published_returns(write_folder(tmp_path / "a", invented()))
    same = load_published_returns(write_folder(tmp_path / "b", invented()))
    other = load_published_returns(write_folder(tmp_path / "c", invented(seed=1)))
    assert one.snapshot == same.snapshot != other.snapshot


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text.replace("200501", "January"), "months like 196307"),
        (lambda text: text.replace("200502", "200501"), "must rise and be unique"),
        (lambda text: text + "202001,x,1,1,1,1,1\n", "not a table of numbers"),
        (lambda text: text + "202001,900,1,1,1,1,1\n", "a monthly return of 9"),
    ],
)
def test_a_spoilt_file_is_named(tmp_path, spoil, message):
    path = write_folder(tmp_path, invented()) / "published" / "tidy_ff5_monthly.csv"
    path.write_text(spoil(path.read_text()))
    with pytest.raises(DataError, match=message) as error:
        load_published_returns(tmp_path)
    assert "tidy_ff5_monthly.csv" in str(error.value)


def test_closes_without_dividends_are_refused(tmp_path):
    folder = write_folder(tmp_path, invented())
    (folder / "published" / "etf_monthly_total_returns.csv").unlink()
    (folder / "series").mkdir()
    path = folder / "series" / "etf_adjusted_close_daily.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 'IWM' as series, date '2020-01-31' as session, 1.0 as close) to '{path}'")
    with pytest.raises(DataError, match="price index"):
        load_published_returns(folder)


def test_without_a_folder_the_error_says_what_to_run(monkeypatch, tmp_path):
    monkeypatch.delenv("ACTIVE_EDGE_DATA", raising=False)
    with pytest.raises(MissingInput, match=r"active-edge data pull --quick"):
        load_published_returns()
    with pytest.raises(MissingInput, match="neither"):
        load_published_returns(tmp_path)
    (tmp_path / "series.parquet").touch()
    with pytest.raises(MissingInput, match="active-edge data import"):
        load_published_returns(tmp_path)


@pytest.mark.slow
def test_a_stored_market_gives_months_of_funds_factors_and_portfolios(tmp_path, monkeypatch):
    sessions = sessions_between("2019-12-31", "2021-12-31")
    rng = np.random.default_rng(0)
    daily = {name: pd.Series(rng.normal(0, 0.01, len(sessions)), sessions) for name in ("IWM", "MKT_RF", "SMB", "RF")}
    ends = pd.date_range("2020-01-31", "2021-12-31", freq="ME")
    library = [
        f"ME_OP_{name}"
        for name in (
            *("SMALL_LoOP", "ME1_OP2", "ME1_OP3", "ME1_OP4", "SMALL_HiOP"),
            *(f"ME{s}_OP{g}" for s in (2, 3, 4) for g in range(1, 6)),
            *("BIG_LoOP", "ME5_OP2", "ME5_OP3", "ME5_OP4", "BIG_HiOP"),
        )
    ]
    sorted_returns = {name: pd.Series(0.001 * i, ends) for i, name in enumerate(library)}
    level = (1 + daily.pop("IWM")).cumprod()
    series = {"IWM": level, "^RUT": level, "DGS2": level, **daily, **sorted_returns}
    closes = pd.DataFrame(10.0, index=sessions, columns=["A"])
    market = make_market(tmp_path, closes=closes, series=series)
    read = read_market(market)
    assert list(read.funds) == ["IWM"]
    assert read.fund("IWM").loc["2020-01-31"] == pytest.approx(level["2020-01-31"] / level["2019-12-31"] - 1)
    assert read.factors.loc["2020-03-31", "SMB"] == pytest.approx((1 + daily["SMB"]["2020-03"]).prod() - 1)
    assert read.portfolios.iloc[0].tolist() == pytest.approx([0.001 * i for i in range(25)])
    assert list(read.portfolios) == PORTFOLIOS
    assert read.capital.empty
    with pytest.raises(MissingInput, match="HML, RMW, CMA"):
        read.five_factors()
    with pytest.raises(MissingInput, match="QMJ"):
        read.quality_factors()
    monkeypatch.setenv("ACTIVE_EDGE_DATA", str(market.path))
    assert load_published_returns().snapshot == market.snapshot
