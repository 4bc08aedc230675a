"""Apple's filings as a crawler saw them, against the figures Apple published."""

import duckdb
import pandas as pd
import pytest

from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from tests.markets import make_market

pytestmark = pytest.mark.realdata


@pytest.fixture
def apple(shared_data, tmp_path):
    file = shared_data / "us_2015_2017" / "facts.parquet"
    facts = duckdb.sql(
        "SELECT asset, item, months, period_end, value, filed, form FROM read_parquet($file) WHERE asset = 'AAPL'",
        params={"file": str(file)},
    ).df()
    closes = pd.DataFrame({"AAPL": 110.0}, index=sessions_between("2015-03-20", "2017-03-31"))
    market = make_market(tmp_path, closes=closes, facts=facts)
    return Panel(market, pd.DatetimeIndex(["2016-11-30", "2017-02-28"]))


def millions(matrix):
    return (matrix[:, 0] / 1e6).tolist()


def test_trailing_year_is_the_annual_report_then_annual_plus_quarter_less_quarter(apple):
    # Fiscal 2016: revenue 215,639, net income 45,687, operating cash flow 65,824. The December quarters of fiscal
    # 2017 and 2016: 78,351 and 75,872, 17,891 and 18,361, 27,056 and 27,463.
    assert millions(apple.ttm("revenue")) == [215_639, 215_639 + 78_351 - 75_872]
    assert millions(apple.ttm("net_income")) == [45_687, 45_687 + 17_891 - 18_361]
    assert millions(apple.ttm("operating_cash_flow")) == [65_824, 65_824 + 27_056 - 27_463]


def test_fourth_quarter_is_the_year_less_nine_months(apple):
    # Apple's release of 25 October 2016: revenue 46,852 and net income 9,014 in the quarter.
    assert millions(apple.quarter("revenue"))[0] == 46_852
    assert millions(apple.quarter("net_income"))[0] == 9_014


def test_the_same_quarter_a_year_before_is_found_in_a_53_week_year(apple):
    # Fiscal 2017 has 53 weeks: its first quarter ended 2016-12-31, the one before it 2015-12-26.
    assert millions(apple.quarter("revenue", quarters_ago=4))[1] == 75_872
    assert apple.age("revenue")[:, 0].tolist() == [67.0, 59.0]
