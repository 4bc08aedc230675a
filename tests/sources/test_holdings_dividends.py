"""Dividends of names whose returns come from closes in holdings: quarters worked by hand, and who pays what."""

import duckdb
import pandas as pd
import pytest

from active_edge.sources.holdings.dividends import pay, quarterly, yields_by_year

FILED = [("A", 3, "2015-03-31", 0.10), ("A", 6, "2015-06-30", 0.25), ("A", 9, "2015-09-30", 0.25)]


def filed(rows):
    frame = pd.DataFrame(rows, columns=["asset", "months", "period_end", "value"])
    return frame.assign(period_end=pd.to_datetime(frame["period_end"]))


def paid(rows):
    return {f"{row.day:%m-%d}": round(row.amount, 6) for row in quarterly(filed(rows)).itertuples()}


def test_of_a_longer_period_only_what_its_quarters_lack_is_paid() -> None:
    assert paid([*FILED, ("A", 12, "2015-12-31", 0.40)]) == {"03-31": 0.10, "06-30": 0.15, "12-31": 0.15}
    assert paid([("A", 12, "2015-12-31", 0.40)]) == {"12-31": 0.40}
    assert paid([*FILED, ("A", 3, "2015-06-30", 0.15)]) == {"03-31": 0.10, "06-30": 0.15}
    assert paid([("A", 3, "2015-03-31", 0.2), ("A", 12, "2015-03-31", 0.2)]) == {"03-31": 0.2}


def test_what_was_paid_before_a_split_counts_in_the_shares_of_the_years_end() -> None:
    """Three quarters of 0.10, then ten old shares became one: a year of 4.00 on the new share leaves 1.00, not 3.70."""
    rows = [("A", 3, "2015-03-31", 0.10), ("A", 6, "2015-06-30", 0.20), ("A", 9, "2015-09-30", 0.30)]
    year = filed([*rows, ("A", 12, "2015-12-31", 4.00)])
    splits = pd.DataFrame({"asset": ["A"], "session": pd.to_datetime(["2015-11-02"]), "ratio": [0.1]})
    found = {f"{row.day:%m-%d}": round(row.amount, 6) for row in quarterly(year, splits).itertuples()}
    assert found == {"03-31": 0.10, "06-30": 0.10, "09-30": 0.10, "12-31": 1.00}
    forward = splits.assign(ratio=2.0)
    halved = filed([*rows, ("A", 12, "2015-12-31", 0.20)])
    assert quarterly(halved, forward)["amount"].round(6).tolist() == [0.10, 0.10, 0.10, 0.05]


def test_a_funds_yield_is_what_its_returns_have_beyond_its_closes() -> None:
    sessions = pd.bdate_range("2015-01-01", "2016-06-30")
    close = pd.Series(100.0, index=sessions)
    returns = pd.Series(0.0, index=sessions)
    returns[["2015-03-31", "2015-09-30", "2016-03-31"]] = 0.006
    found = yields_by_year(
        pd.DataFrame({"session": sessions, "close": close.to_numpy(), "total_return": returns.to_numpy()})
    )
    assert found[2015] == pytest.approx(0.012)
    assert found[2016] == pytest.approx(0.018 / ((sessions[-1] - sessions[1]).days / 365.25))  # half a year: the mean


@pytest.fixture
def connection():
    """Three names from holdings (F filed, N tells no dividend, U tells nothing) and one of a chart, C."""
    days = ["2015-03-30", "2015-04-01", "2015-04-02"]
    with duckdb.connect(":memory:") as made:
        made.execute("SET TimeZone = 'UTC'")
        rows = [(a, d, 10.0, a != "C") for a in "FNUC" for d in days]
        made.register("given", pd.DataFrame(rows, columns=["asset", "session", "close", "extra"]))
        made.execute(
            "CREATE TABLE joined AS SELECT asset, CAST(session AS DATE) AS session, close, extra, lag(close) OVER w AS "
            "close_before, lag(session::DATE) OVER w AS session_before, lag(extra) OVER w AS extra_before "
            "FROM given WINDOW w AS (PARTITION BY asset ORDER BY session)"
        )
        made.execute("CREATE TABLE added AS SELECT asset, session, 'IWM' AS fund FROM joined WHERE extra")
        made.execute(
            "CREATE TABLE all_prices AS SELECT asset, session, CASE WHEN close_before IS NULL THEN NULL "
            "ELSE 0.0::DOUBLE END AS total_return FROM joined"
        )
        yield made


def facts(connection, dividend):
    rows = [
        ("F", "dividends_per_share", 3, "2015-03-31", dividend, "2015-05-01"),
        ("F", "dividends_per_share", 3, "2015-03-31", 9.0, "2016-05-01"),  # restated later: the first stands
        ("N", "net_income", 3, "2015-03-31", 1e6, "2015-05-01"),
        ("C", "dividends_per_share", 3, "2015-03-31", 1.0, "2015-05-01"),
    ]
    frame = pd.DataFrame(rows, columns=["asset", "item", "months", "period_end", "value", "filed"])
    connection.register("told_facts", frame)
    return connection.sql("SELECT * REPLACE (period_end::DATE AS period_end, filed::DATE AS filed) FROM told_facts")


def returns(connection):
    rows = connection.execute("SELECT asset, session::VARCHAR, total_return FROM all_prices").fetchall()
    return {(a, d[5:]): r for a, d, r in rows}


def test_dividends_are_those_filed_or_none_or_the_funds_yield(connection) -> None:
    told = pay(connection, facts(connection, 0.1), {"IWM": pd.Series({2015: 0.0146})})
    got = returns(connection)
    assert got["F", "04-01"] == pytest.approx(0.01)  # 0.10 of 10, on the first session after the quarter's end
    assert got["F", "04-02"] == got["N", "04-01"] == got["N", "04-02"] == 0.0
    assert got["U", "04-01"] == pytest.approx(0.0146 * 2 / 365.25, abs=1e-9)
    assert got["U", "04-02"] == pytest.approx(0.0146 / 365.25, abs=1e-9)
    assert got["C", "04-01"] == got["C", "04-02"] == 0.0  # the chart has its own
    assert told.of == {"F": "filed", "N": "none filed", "U": "fund's yield"}
    assert told.rows == {"filed": 2, "none filed": 2, "fund's yield": 2}
    assert told.bound == pytest.approx(0.0146)
    assert "at most 1.5 % a year" in told.findings()[0].remedy


def test_a_dividend_of_more_than_half_the_price_is_not_believed(connection) -> None:
    told = pay(connection, facts(connection, 6.0), {})
    assert told.refused == 1
    assert set(returns(connection).values()) <= {0.0, None}  # no fund has a chart: nothing is made up
    assert "no chart of a fund" in told.findings()[0].remedy


@pytest.mark.parametrize(("end", "paid"), [("2015-04-02", 0.005), ("2015-04-01", 0.0)])
def test_a_quarter_that_ends_on_the_day_of_a_split_is_paid_on_new_shares(connection, end, paid) -> None:
    """Ten shares at 10 become one on 2 April: 0.50 on it is half a percent of what it was worth, not five."""
    rows = [("F", "dividends_per_share", 3, end, 0.5, "2015-05-01")]
    frame = pd.DataFrame(rows, columns=["asset", "item", "months", "period_end", "value", "filed"])
    connection.register("told_facts", frame)
    told = connection.sql("SELECT * REPLACE (period_end::DATE AS period_end, filed::DATE AS filed) FROM told_facts")
    split = pd.DataFrame({"asset": ["F"], "session": pd.to_datetime(["2015-04-02"]), "ratio": [0.1]})
    pay(connection, told, {}, split)
    got = returns(connection)
    assert got["F", "04-02"] == pytest.approx(paid)
    assert got["F", "04-01"] == pytest.approx(0.05 if end == "2015-04-01" else 0.0)  # of the old share
