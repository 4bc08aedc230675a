"""What would be held on a day, and the orders; numbers by hand on markets of a few names."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from active_edge.cli.exclusions import with_exclusions
from active_edge.cli.main import main
from active_edge.costs import FREE
from active_edge.errors import ConfigError, DataError, MissingInput
from active_edge.run.identity import trial_content
from active_edge.run.today import portfolio_today, read_holdings
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules
from tests.markets import make_market

SESSIONS = sessions_between("2015-06-01", "2016-12-30")
LAST = "2016-12-30"
NAMES = ["AAA", "BBB", "CCC", "DDD"]


@pytest.fixture
def market(tmp_path):
    """Four names at 10, 20, 40 and 80 dollars on the last day, of rising twelve-month momentum."""
    ends = np.array([10.0, 20.0, 40.0, 80.0])
    growth = np.array([1.0, 1.1, 1.2, 1.3])
    steps = np.linspace(0.0, 1.0, len(SESSIONS))[:, None]
    return make_market(tmp_path, closes=pd.DataFrame(ends * growth ** (steps - 1.0), SESSIONS, NAMES))


def strategy(top=2, keep=3, **rules):
    screen = Screen(
        name="s",
        description="d",
        universe={"companies_only": False},
        rank={"momentum_12_1": 1.0},
        select={"top": top, "keep_until": keep},
    )
    given = {"name": "s", "screen": "s", "costs": FREE, "capital_usd": 1000.0, "min_coverage": 0.0} | rules
    return Strategy(StrategyRules(**given), screen)


def of(today):
    return today.orders.set_index("ticker")


def test_without_holdings_the_capital_buys_whole_shares_of_the_best_in_equal_parts(market):
    orders = of(portfolio_today(strategy(), market, on=LAST))
    # 500 each: 6 shares at 80 are 480, 12 at 40 are 480.
    assert orders.loc["DDD", ["side", "shares"]].tolist() == ["buy", 6]
    assert orders.loc["CCC", ["side", "shares"]].tolist() == ["buy", 12]
    assert set(orders.index) == {"CCC", "DDD"}


def test_a_held_name_within_keep_until_stays_and_one_past_it_is_sold(market):
    today = portfolio_today(strategy(), market, on=LAST, holdings={"BBB": 10, "AAA": 20}, cash=600.0)
    orders = of(today)
    # BBB is third of four: within 3, so it stays and DDD takes the free place; AAA is fourth. 200 + 200 + 600 = 1000.
    assert today.kept_from == "holdings"
    assert today.value_usd == pytest.approx(1000.0)
    assert orders.loc["AAA", ["side", "shares"]].tolist() == ["sell", 20]
    assert orders.loc["BBB", ["side", "shares", "target"]].tolist() == ["buy", 15, 25]
    assert orders.loc["DDD", ["side", "shares"]].tolist() == ["buy", 6]
    assert "within keep_until" in orders.loc["BBB", "reason"]
    assert "rank 4 of 4, past 3" in orders.loc["AAA", "reason"]


def test_cost_and_share_of_volume_are_those_of_the_order(market):
    costs = {"commission_bps": 10.0, "spread": 40.0, "impact": {"model": "none"}, "max_participation": 0.05}
    orders = of(portfolio_today(strategy(costs=costs), market, on=LAST))
    # 480 × (10 + 20) bp = 1.44; a day's volume of DDD is 1,000,000 shares at near 80.
    assert orders.loc["DDD", "cost_usd"] == pytest.approx(1.44)
    assert orders.loc["DDD", "volume_share"] == pytest.approx(480 / 80e6, rel=0.1)


def test_what_orders_cost_is_paid_by_all_of_them_and_cash_is_never_below_nothing(market):
    costs = {"commission_bps": 10.0, "spread": 40.0, "impact": {"model": "none"}, "max_participation": 0.05}
    today = portfolio_today(strategy(costs=costs), market, on=LAST, cash=960.0)
    # 6 at 80 and 12 at 40 are all of 960 and leave nothing for 2.88 of costs: 5 and 11 cost 840 and 2.52.
    assert of(today).loc[["DDD", "CCC"], "shares"].tolist() == [5, 11]
    assert today.cash_usd == pytest.approx(960.0 - 840.0 - 2.52)


def test_the_blotter_sells_before_it_buys_and_leaves_out_who_only_stays(market):
    today = portfolio_today(strategy(), market, on=LAST, holdings={"AAA": 20, "CCC": 12, "DDD": 6})
    blotter = today.blotter("next_open")
    assert blotter["Action"].tolist()[0] == "SELL"
    assert (blotter["Quantity"] > 0).all()
    assert blotter["Quantity"].dtype == np.int64
    assert set(blotter["TimeInForce"]) == {"OPG"}


def test_old_prices_are_told_and_refused_beyond_the_bound(market):
    # 2017-01-02 was a holiday; 3, 4 and 5 January were sessions.
    today = portfolio_today(strategy(), market, on="2017-01-05")
    assert (today.on, today.sessions_old) == (LAST, 3)
    with pytest.raises(MissingInput, match=r"prices end on 2016-12-30, 3 sessions before 2017-01-05"):
        portfolio_today(strategy(), market, on="2017-01-05", oldest=2)
    with pytest.raises(MissingInput, match="prices begin"):
        portfolio_today(strategy(), market, on="2015-01-05")


def test_an_excluded_name_is_not_bought_while_it_is_excluded_and_is_another_trial(market, tmp_path):
    file = tmp_path / "names.csv"
    file.write_text("ticker,from,to,reason\nDDD,2016-12-01,,restricted\nCCC,,2016-06-30,veto\nNOBODY,,,\n")
    own = with_exclusions(strategy(), file)
    assert set(of(portfolio_today(own, market, on=LAST)).index) == {"BBB", "CCC"}
    assert trial_content(own, {}) != trial_content(strategy(), {})
    assert "exclude" not in trial_content(strategy(), {})["screen"]["universe"]
    sold = of(portfolio_today(own, market, on=LAST, holdings={"DDD": 5}))
    assert sold.loc["DDD", "side"] == "sell"
    assert sold.loc["DDD", "reason"] == "leaves: excluded since 2016-12-01: restricted"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("DDD,,,", "excluded"),
        ("DDD,,,veto", "excluded: veto"),
        ("DDD,,2017-01-31,veto", "excluded until 2017-01-31: veto"),
        ("DDD,2016-12-01,2016-12-30,", "excluded from 2016-12-01 to 2016-12-30"),
        ("DDD,2016-12-01,,restricted\nDDD,,,veto", "excluded since 2016-12-01: restricted; excluded: veto"),
        ("DDD,2016-12-01,,restricted\nDDD,2016-12-01,,restricted", "excluded since 2016-12-01: restricted"),
        ("DDD,2017-01-01,,later\nDDD,,,now", "excluded: now"),
        ('DDD,,,"under review,   second quarter"', "excluded: under review, second quarter"),
    ],
)
def test_a_name_sold_because_it_is_excluded_says_for_which_days_and_why(market, tmp_path, row, told):
    file = tmp_path / "names.csv"
    file.write_text(f"ticker,from,to,reason\n{row}\n")
    sold = portfolio_today(with_exclusions(strategy(), file), market, on=LAST, holdings={"DDD": 5})
    assert of(sold).loc["DDD", "reason"] == f"leaves: {told}"
    assert "excluded" not in sold.blotter("next_open").to_csv()  # which is sent to a broker


def test_what_forbids_a_name_is_told_before_the_rules_it_fails_too(market, tmp_path):
    file = tmp_path / "names.csv"
    file.write_text("ticker,reason\nDDD,restricted\n")
    own = with_exclusions(strategy(), file)
    universe = own.screen.universe.model_copy(update={"min_price": 90.0})
    own = own.with_screen(own.screen.model_copy(update={"universe": universe}))
    sold = of(portfolio_today(own, market, on=LAST, holdings={"DDD": 5}))
    assert sold.loc["DDD", "reason"] == "leaves: excluded: restricted; fails min_price >= 90: 80"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ticker,from,to\nDDD,2023-13-01,\n", "row 1: from: '2023-13-01' is not a date; write it as 2016-06-30"),
        ("ticker,since,to\nDDD,2023-13-01,\n", "row 1: since: '2023-13-01' is not a date; write it as 2016-06-30"),
        ("Ticker,From,To\nAAA,,\nDDD,,soon\n", "row 2: To: 'soon' is not a date; write it as 2016-06-30"),
        ("ticker,from,to\nDDD,2024-06-01,2023-01-01\n", "row 1: to: 2023-01-01 is before from 2024-06-01"),
        ("ticker,since,until\nDDD,2024-06-01,2023-01-01\n", "row 1: until: 2023-01-01 is before since 2024-06-01"),
        ("ticker,from\nDDD,20230101\n", "row 1: from: '20230101' is not written as dates are; write it as 2023-01-01"),
        ("Symbol,from\n,2023-01-01\n", "row 1: Symbol is empty; fill it or take the row out"),
    ],
)
def test_an_error_of_a_list_of_exclusions_names_the_columns_that_the_file_has(tmp_path, text, said):
    file = tmp_path / "names.csv"
    file.write_text(text)
    with pytest.raises((ConfigError, DataError)) as told:
        with_exclusions(strategy(), file)
    assert str(told.value) == f"{file}: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ticker\nAAA\n", "needs the columns ticker and shares"),
        ("ticker,shares\nAAA,ten\n", "row 1: shares 'ten' of AAA"),
        ("ticker,shares\nAAA,1\nAAA,2\n", "row 2: AAA is given twice"),
        ("Symbol,Quantity\nAAA,ten\n", "row 1: Quantity 'ten' of AAA"),
        ("ticker,shares\nAAA,-1\n", "of at least 0"),
        ("ticker,shares\n,1\n", "ticker is empty"),
        ('ticker,shares\nAAA,"100,5"\n', "row 1: shares '100,5' of AAA; write a decimal point, not a comma"),
        ("ticker;shares\nAAA;100,5\n", "separated by semicolons and numbers with decimal commas: write commas between"),
        ("ticker\tshares\nAAA\t1\n", "separated by tabs: write commas between columns"),
        ("My positions\n\nticker,shares\nAAA,1\n", "the column names stand in line 3: remove the lines above them"),
    ],
)
def test_holdings_that_cannot_be_read_are_refused_with_the_row(tmp_path, text, said):
    file = tmp_path / "my.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=said):
        read_holdings(file)


def test_thousands_a_byte_order_mark_and_capital_headers_of_holdings_are_read(tmp_path):
    file = tmp_path / "my.csv"
    file.write_text('\ufeffTICKER,SHARES\nAAA,"1,000"\nBBB,"12,345.5"\n', encoding="utf-8")
    assert read_holdings(file) == {"AAA": 1000.0, "BBB": 12345.5}


def test_a_reason_with_semicolons_is_no_header(tmp_path):
    file = tmp_path / "names.csv"
    file.write_text("ticker,from,to,reason\nDDD,,,weak; late; sued; two auditors; no board\n")
    given = with_exclusions(strategy(), file).screen.universe.exclude or ()
    assert [row.reason for row in given] == ["weak; late; sued; two auditors; no board"]
    file.write_text("ticker;from\nDDD;2016-01-01\n")
    with pytest.raises(DataError, match="exclusions cannot be read: columns are separated by semicolons"):
        with_exclusions(strategy(), file)


def test_the_command_says_what_keep_until_counts_from_and_writes_a_blotter(market, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("screens").mkdir()
    Path("strategies").mkdir()
    Path("screens/s.yaml").write_text(
        "name: s\ndescription: d\nuniverse: {companies_only: false}\nrank: {momentum_12_1: 1}\nselect: {top: 2}\n"
    )
    Path("strategies/s.yaml").write_text("name: s\nscreen: s\nmin_coverage: 0\ncapital_usd: 1000\n")
    Path("my.csv").write_text("Symbol,Quantity\nAAA,20\n")
    told = ["portfolio", "s", "--on", LAST, "--data", str(market.path)]
    assert main([*told, "--holdings", "my.csv", "--cash", "800", "--blotter", "orders.csv"]) == 0
    assert "counts from the holdings given" in " ".join(capsys.readouterr().out.split())
    assert Path("orders.csv").read_text().splitlines()[0].startswith("Action,Quantity,Symbol")
    assert main([*told, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept_from"] == "own run"
    Path("names.csv").write_text("ticker,from,to,reason\nAAA,2016-12-01,,restricted\n")
    told += ["--holdings", "my.csv", "--exclude", "names.csv"]
    why = "leaves: excluded since 2016-12-01: restricted"
    monkeypatch.setenv("COLUMNS", "160")  # room for a reason on one line
    assert main([*told, "--blotter", "orders.csv"]) == 0
    assert why in capsys.readouterr().out
    assert "SELL,20,AAA,STK,SMART,USD,MKT,OPG" in Path("orders.csv").read_text().splitlines()
    assert main([*told, "--json"]) == 0
    orders = json.loads(capsys.readouterr().out)["orders"]
    assert why in [order["reason"] for order in orders if order["ticker"] == "AAA"]
