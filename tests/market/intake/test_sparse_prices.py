"""Weekly and monthly prices can be looked at and not traded, and never know a close before it was made."""

import numpy as np
import pandas as pd
import pytest

from active_edge.costs import TradingTerms
from active_edge.engine import prepare, trade_targets
from active_edge.errors import BacktestError, ImportRefused
from active_edge.evaluation import on_session
from active_edge.market import Market, open_market
from active_edge.market.findings import ImportReport
from active_edge.market.intake.importer import import_folder
from active_edge.sessions import sessions_between
from active_edge.strategy import Targets

pytestmark = pytest.mark.slow

SESSIONS = sessions_between("2014-01-02", "2016-06-30")
MONTH_ENDS = SESSIONS[np.append(SESSIONS.month[1:] != SESSIONS.month[:-1], True)]
WEEK_ENDS = SESSIONS[np.append(np.diff(SESSIONS.isocalendar().week.to_numpy()) != 0, True)]


def imported(tmp_path, days: pd.DatetimeIndex, *more: pd.DataFrame) -> tuple[ImportReport, Market]:
    closes = np.linspace(20, 30, len(days))
    frames = [pd.DataFrame({"asset": a, "session": days, "close": closes * k}) for k, a in enumerate("AB", start=1)]
    tables = {
        "securities": pd.DataFrame({"asset": ["A", "B"], "ticker": ["A", "B"]}),
        "prices": pd.concat([*frames, *more]),
        "members": pd.DataFrame({"index": "R", "asset": ["A"], "observed": [days[3]]}),
    }
    report = import_folder(tables, tmp_path / "market")
    return report, open_market(tmp_path / "market")


@pytest.mark.parametrize(("days", "spacing"), [(MONTH_ENDS, "monthly"), (WEEK_ENDS, "weekly"), (SESSIONS, "daily")])
def test_prices_are_told_by_how_far_apart_they_are_and_every_row_is_kept(tmp_path, days, spacing):
    report, market = imported(tmp_path, days)
    assert market.spacing == spacing
    assert report.rows_kept["prices"] == 2 * len(days)
    assert market.assets.tolist() == ["A", "B"]
    assert market.securities["last_session"].isna().all()
    assert report.count(f"rows of {spacing} prices") == (0 if spacing == "daily" else 2 * len(days))
    assert not [f for f in report.findings if "holes" in f.kind or "few rows" in f.kind]
    assert market.members("R", days[5]).tolist() == [True, False]


def test_daily_prices_with_many_holes_are_daily(tmp_path):
    kept = np.random.default_rng(1).random(len(SESSIONS)) < 0.5
    assert imported(tmp_path, SESSIONS[kept])[1].spacing == "daily"


def test_ends_of_months_without_trading_are_the_session_before(tmp_path):
    calendar_ends = pd.date_range("2014-01-31", "2016-06-30", freq="ME")
    report, market = imported(tmp_path, calendar_ends)
    moved = next(f for f in report.findings if f.kind == "rows dated on a day without trading")
    assert (moved.severity, moved.examples[0]) == ("repaired", "A 2014-05-31 to 2014-05-30")
    assert market.sessions[np.isfinite(market.prices.close[:, 0])].equals(MONTH_ENDS)
    assert report.rows_kept["prices"] == 2 * len(calendar_ends)


def test_a_row_beside_the_right_session_is_not_moved_onto_it(tmp_path):
    saturday = pd.DataFrame({"asset": ["A"], "session": [pd.Timestamp("2014-05-31")], "close": [99.0]})
    report, market = imported(tmp_path, MONTH_ENDS, saturday)
    assert report.count("rows dated on a day without trading") == 0
    assert report.count("rows on days that are no XNYS sessions") == 1
    assert 99.0 not in market.prices.close[:, 0]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (
            pd.date_range("2014-01-01", "2016-06-01", freq="MS"),
            "monthly and dated on the first of the month, A on 2014-01-01",
        ),
        (
            pd.date_range("2014-01-06", "2016-06-27", freq="W-MON"),
            "weekly and dated on the Monday of the week",
        ),
    ],
)
def test_rows_dated_by_the_start_of_their_period_are_refused(tmp_path, days, said):
    with pytest.raises(ImportRefused) as caught:
        imported(tmp_path, days)
    assert said in str(caught.value)
    assert "date each row by its session" in str(caught.value)


def test_a_name_that_stops_three_months_before_the_others_has_left_and_one_that_misses_a_month_has_not(tmp_path):
    gone = pd.DataFrame({"asset": "A", "session": MONTH_ENDS[:-5], "close": 5.0})
    gap = pd.DataFrame({"asset": "B", "session": MONTH_ENDS.delete(7), "close": 5.0})
    tables = {"securities": pd.DataFrame({"asset": ["A", "B"], "ticker": ["A", "B"]}), "prices": pd.concat([gone, gap])}
    import_folder(tables, tmp_path)
    market = open_market(tmp_path)
    assert market.assets.tolist() == ["A", "B"]
    assert market.securities["last_session"].notna().tolist() == [True, False]


SESSIONS_OF_2014 = sessions_between("2014-01-02", "2014-12-31")
MONTHS = SESSIONS_OF_2014.to_period("M")


@pytest.mark.parametrize(
    ("own", "days"),
    [(SESSIONS_OF_2014[::5], 7), (SESSIONS_OF_2014.to_series().groupby(MONTHS).last(), 31)],
)
def test_one_sparse_name_among_daily_ones_is_told_and_stays_one_name(tmp_path, own, days):
    daily = pd.DataFrame({"asset": "D", "session": SESSIONS_OF_2014, "close": 10.0})
    sparse = pd.DataFrame({"asset": "W", "session": pd.DatetimeIndex(own), "close": 5.0})
    tables = {"securities": pd.DataFrame({"asset": ["D", "W"], "ticker": ["D", "W"]})}
    report = import_folder(tables | {"prices": pd.concat([daily, sparse])}, tmp_path)
    (told,) = [f for f in report.findings if f.kind == "names with weekly or monthly prices among daily ones"]
    assert (told.count, told.examples) == (1, (f"W every {days} days",))
    market = open_market(tmp_path)
    assert market.assets.tolist() == ["D", "W"]
    assert market.spacing == "daily"
    assert market.securities["last_session"].isna().all()


def test_a_screen_looks_at_the_last_prices_and_nothing_is_traded_on_them(tmp_path):
    _, market = imported(tmp_path, MONTH_ENDS)
    assert on_session(market, "2016-06-15")[0] == MONTH_ENDS[-2]
    dates, weights, everyone = MONTH_ENDS[6:8], np.full((2, 2), 0.5), np.ones((2, 2), dtype=bool)
    said = r"prices are monthly; nothing is traded on them.*import daily prices"
    with pytest.raises(BacktestError, match=said):
        trade_targets(market, Targets(dates, market.assets, weights, everyone, everyone), TradingTerms())
    with pytest.raises(BacktestError, match=said):
        prepare(market, dates, TradingTerms()).run([weights])
