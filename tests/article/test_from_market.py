"""Tables of a market folder that the article reads, counted by hand."""

import pandas as pd

from active_edge.article.from_market import ground_of_market
from active_edge.article.spread import by_month_end
from active_edge.sessions import sessions_between
from tests.markets import make_market


def test_names_nobody_has_prices_of_are_counted_while_they_were_listed(tmp_path):
    days = sessions_between("2023-01-03", "2023-06-30")
    closes = pd.DataFrame({"A": 10.0, "B": 20.0, "GONE": float("nan"), "NEVER": float("nan")}, index=days)
    closes.loc[:"2023-02-14", "B"] = float("nan")
    securities = pd.DataFrame(
        {
            "first_session": pd.to_datetime(["2023-01-03", "2023-02-15", "2010-03-01", None]),
            "last_session": pd.to_datetime([None, None, "2023-04-12", "2023-05-05"]),
        },
        index=["A", "B", "GONE", "NEVER"],
    )
    market = make_market(tmp_path, closes=closes, securities=securities)
    listed = ground_of_market(market).frame("firm_counts")["listed"]
    # A all along, B from February on, GONE until April; of NEVER no first day is known
    assert listed.tolist() == [2, 3, 3, 2, 2]
    assert listed.index[0] == pd.Timestamp("2023-01-31")


def test_a_return_stands_in_the_month_it_was_earned_in():
    """A month's companies are sold at the close of the session after its last; a drawn world has the month's end."""
    days = ["2014-03-03", "2014-04-01", "2015-01-02", "2018-09-04", "2020-02-29"]
    index = by_month_end(pd.Series(1.0, index=pd.to_datetime(days))).index
    assert [f"{day:%Y-%m-%d}" for day in index] == [
        "2014-02-28",
        "2014-03-31",
        "2014-12-31",
        "2018-08-31",
        "2020-02-29",
    ]
