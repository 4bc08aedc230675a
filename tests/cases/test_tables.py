"""Tables as other programs write them: understood, or refused with what is wrong and where."""

import os
import subprocess
import sys

import pytest

from active_edge.market import open_market
from tests.cases.conftest import names
from tests.quick import first_quick

VALUES = {"ALPHA": 1076190000.0, "BETA": 1141090000.0, "GAMMA": 1422640000.0}
RETURNS = {"ALPHA": 0.04, "BETA": 0.041, "GAMMA": 0.042}
"""Market value and return on assets of the three companies that most of these folders hold, on 2016-06-30."""


def are_right(found):
    return (
        {ticker: row["market_value"] for ticker, row in found.items()} == pytest.approx(VALUES)
        and {ticker: row["return_on_assets"] for ticker, row in found.items()} == pytest.approx(RETURNS)
    )  # fmt: skip


@pytest.mark.slow
def test_tickers_that_look_like_missing_values_are_tickers(case):
    folder = case("na_tickers")
    folder.imported()
    found = folder.screened("2016-06-30")
    assert [row["ticker"] for row in found.values()] == list(found)
    assert {ticker: row["return_on_assets"] for ticker, row in found.items()} == pytest.approx(
        {"NA": 0.04, "NAN": 0.041, "TRUE": 0.042}, abs=2e-4
    )
    assert folder.explained("NA", "2016-06-30")["return_on_assets"] == pytest.approx(0.04, abs=2e-4)


def test_a_ticker_is_found_in_any_spelling(case):
    folder = case("lower_case_ticker")
    folder.imported()
    for asked, meant, value in (
        ("BRK-B", "BRK.B", 0.04), ("BRK/B", "BRK.B", 0.04), ("brk.b", "BRK.B", 0.04), ("brkb", "BRK.B", 0.04),
        ("BRKpB", "BRKpB", 0.041), ("brk-pb", "BRKpB", 0.041), ("aapl", "aapl", 0.042), ("AAPL", "aapl", 0.042),
    ):  # fmt: skip
        found = folder.explained(asked, "2016-06-30")
        assert found["ticker"] == meant
        assert found["return_on_assets"] == pytest.approx(value, abs=2e-4), asked


@pytest.mark.parametrize(
    ("folder", "said"),
    first_quick(
        [
            ("semicolon_decimal_comma", ("prices", "semi-?colon|decimal comma|delimiter|separator")),
            ("day_first_dates", ("session", r"\d\d/\d\d/2016", r"\b(row|line)s?\b", r"\d{4}-\d\d-\d\d")),
            ("two_digit_years", ("period_end|filed", "12/31/15|02/25/16")),
            ("capital_headers", ("prices", "asset|session", r"\bTicker\b", r"\bDate\b")),
            ("duplicate_day_two_closes", ("prices", "ALPHA", "2016-04-14")),
            ("header_comment", ("prices", "fund holdings as of 30 June 2016")),
            ("zip_named_parquet", ("facts", "not (a |valid |a valid )?Parquet|no Parquet")),
            ("words_of_exits", ("exit_return", r"12\.5")),
        ],
        4,
    ),
)
def test_what_could_mean_two_things_is_refused_with_its_place(case, folder, said):
    assert names(case(folder).refused(), *said)


@pytest.mark.parametrize(
    "folder", first_quick(["missing_words", "fractional_volume", "words_of_types", "trailing_junk"])
)
def test_what_means_one_thing_is_read_as_meant_or_refused_with_its_row(case, folder):
    opened = case(folder)
    code, said = opened.say("data", "import", opened.folder / "tables", "--data", opened.market)
    if code:
        assert names(said, r"\b(row|line)s?\b \W*\d+")
    else:
        assert are_right(opened.screened("2016-06-30"))


@pytest.mark.slow
def test_a_line_of_commas_is_named_by_its_row(case):
    opened = case("trailing_junk")
    _, said = opened.say("data", "import", opened.folder / "tables", "--data", opened.market)
    assert names(said, r"\b(row|line)s?\b\W{0,12}19[3-6]\b")


@pytest.mark.slow
def test_common_stock_of_the_new_york_stock_exchange_is_understood(case):
    opened = case("words_of_types")
    opened.imported()
    assert set(opened.securities()["security_type"]) == {"common"}
    assert opened.securities().loc["ALPHA", "exchange"] == "NYSE"


@pytest.mark.slow
def test_month_end_prices_are_said_to_be_monthly(case):
    opened = case("monthly_prices")
    opened.imported()
    code, said = opened.say("screen", opened.folder / "probe.yaml", "--on", "2016-06-30", "--data", opened.market)
    assert code == 0
    assert names(said, "Prices are monthly", "no strategy can be traded")


def test_returns_in_percent_are_named_and_not_kept(case):
    opened = case("percent_returns")
    code, said = opened.say("data", "import", opened.folder / "tables", "--data", opened.market)
    assert names(said, "percent")
    assert code == 1


def test_factors_in_percent_are_named(case):
    # A market that earns 0.67 a day has earned 67 %.
    opened = case("factor_percent")
    _, said = opened.say("data", "import", opened.folder / "tables", "--data", opened.market)
    assert names(said, "MKT_RF|RF", "percent|67")


def test_text_that_is_called_a_workbook_is_named(case):
    assert names(case("excel_workbook").refused(), "facts.xlsx", "no Excel workbook")


ZONES = ("America/Los_Angeles", "Asia/Tokyo", "Australia/Eucla")
"""Behind New York, far ahead of it, and a quarter of an hour off; this process is a fourth, whatever its zone."""


@pytest.mark.slow
def test_zoned_midnights_are_the_same_days_on_a_machine_of_any_zone(case):
    # Midnight of New York, as a frame's index is saved; 64 sessions, the first of April to the last of June.
    opened = case("parquet_time_zone")
    found = set()
    for zone in ZONES:
        market = opened.place / zone.replace("/", "_")
        command = [sys.executable, "-m", "active_edge", "data", "import", opened.folder / "tables", "--data", market]
        done = subprocess.run(command, env=os.environ | {"TZ": zone}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        stored = open_market(market)
        found.add(stored.snapshot)
        assert len(stored.sessions) == 64
    opened.imported()
    assert found == {open_market(opened.market).snapshot}
    assert {t: row["market_value"] for t, row in opened.screened("2016-05-16").items()} == pytest.approx(
        {"ALPHA": 1019570000.0, "BETA": 1001500000.0, "GAMMA": 1481135000.0}
    )
