"""A ticker reused by another company within days of an exit, beside companies renamed: files of a fund by hand."""

from collections.abc import Iterator

import duckdb
import pandas as pd
import pytest

from active_edge.sources.holdings.labels import read_labels
from active_edge.sources.holdings.lines import Lines

DAYS = pd.bdate_range("2019-06-03", periods=20)
Row = tuple[str, int, str, str, float, float]
"""Fund, number of the day, ticker, name, shares, close."""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as made:
        made.execute("SET TimeZone = 'UTC'")
        yield made


def lives(connection: duckdb.DuckDBPyConnection, rows: list[Row]) -> dict[tuple[str, str], int]:
    """Ticker and name → life; OTHER INC is in every file of IWM and IWB."""
    others = [(fund, day, "OTHR", "OTHER INC", 5_000.0, 30.0) for fund in ("IWM", "IWB") for day in range(len(DAYS))]
    frame = pd.DataFrame([*others, *rows], columns=["fund", "n", "ticker", "name", "shares", "close"])
    frame = frame.assign(day=[DAYS[n].date() for n in frame["n"]])
    connection.register("told", frame.astype({"fund": object, "ticker": object, "name": object}))
    connection.execute(
        "CREATE OR REPLACE TABLE holding_lines AS SELECT fund, CAST(day AS DATE) AS day, ticker, name, shares, close, "
        "dense_rank() OVER (ORDER BY ticker, name) - 1 AS label FROM told"
    )
    published = {fund: pd.DatetimeIndex(DAYS).as_unit("ns") for fund in ("IWM", "IWB")}
    table = read_labels(connection, Lines(published=published)).table
    return {(row.ticker, row.name_): row.life for row in table.rename(columns={"name": "name_"}).itertuples()}


def spell(fund: str, days: range, ticker: str, name: str, shares: float, close: float) -> list[Row]:
    return [(fund, day, ticker, name, shares, close) for day in days]


DEAD = spell("IWM", range(8), "ZIG", "ALPHA MINING INC", 9_000.0, 12.0)


@pytest.mark.parametrize("begins", [8, 9, 12, 16])
def test_a_company_that_takes_the_ticker_of_one_gone_is_another(
    connection: duckdb.DuckDBPyConnection, begins: int
) -> None:
    """Alpha leaves after the eighth day at 12; Omega comes under its ticker at 31, one to nine files later."""
    new = spell("IWM", range(begins, 20), "ZIG", "OMEGA BIOTECH CORP", 4_000.0, 31.0)
    found = lives(connection, [*DEAD, *new])
    assert found["ZIG", "ALPHA MINING INC"] != found["ZIG", "OMEGA BIOTECH CORP"]


def test_after_files_without_it_a_ticker_is_anothers_though_price_and_shares_are_like(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    new = spell("IWM", range(11, 20), "ZIG", "OMEGA BIOTECH CORP", 9_000.0, 12.1)
    found = lives(connection, [*DEAD, *new])
    assert found["ZIG", "ALPHA MINING INC"] != found["ZIG", "OMEGA BIOTECH CORP"]


def test_a_buyer_that_takes_the_ticker_of_the_company_bought_goes_on_as_itself(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    before = spell("IWM", range(8), "OMG", "OMEGA BIOTECH CORP", 4_000.0, 31.0)
    after = spell("IWM", range(8, 20), "ZIG", "OMEGA BIOTECH CORP", 4_000.0, 31.2)
    found = lives(connection, [*DEAD, *before, *after])
    assert found["OMG", "OMEGA BIOTECH CORP"] == found["ZIG", "OMEGA BIOTECH CORP"] != found["ZIG", "ALPHA MINING INC"]


@pytest.mark.parametrize(
    ("fund", "shares", "close"),
    [
        ("IWM", 9_000.0, 12.2),  # nothing but the name
        ("IWM", 9_000.0, 19.0),  # on news
        ("IWM", 9_200.0, 11.8),  # the fund bought
        ("IWM", 900.0, 121.0),  # with a reverse split
        ("IWB", 70_000.0, 12.3),  # into another fund
    ],
)
def test_a_share_that_goes_on_under_a_new_name_is_one(
    connection: duckdb.DuckDBPyConnection, fund: str, shares: float, close: float
) -> None:
    new = spell(fund, range(8, 20), "ZIG", "QUANTUM LEISURE GROUP", shares, close)
    found = lives(connection, [*DEAD, *new])
    assert found["ZIG", "ALPHA MINING INC"] == found["ZIG", "QUANTUM LEISURE GROUP"]


def test_a_respelled_name_is_one_after_a_pause_too(connection: duckdb.DuckDBPyConnection) -> None:
    new = spell("IWM", range(12, 20), "ZIG", "ALPHA MINING CORP", 4_000.0, 31.0)
    found = lives(connection, [*DEAD, *new])
    assert found["ZIG", "ALPHA MINING INC"] == found["ZIG", "ALPHA MINING CORP"]


def test_a_line_without_shares_tells_of_no_share_that_goes_on(connection: duckdb.DuckDBPyConnection) -> None:
    empty = spell("IWM", range(8), "ZIG", "ALPHA MINING INC", 0.0, 0.0)
    new = spell("IWM", range(8, 20), "ZIG", "OMEGA BIOTECH CORP", 4_000.0, 31.0)
    found = lives(connection, [*empty, *new])
    assert found["ZIG", "ALPHA MINING INC"] != found["ZIG", "OMEGA BIOTECH CORP"]
