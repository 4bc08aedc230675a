"""What a line of a holdings file is: a share with a close, or none; numbers as the files write them."""

import math

import pandas as pd
import pytest

from active_edge.errors import SourceFormatError
from active_edge.market.tickers import ticker_key
from active_edge.sources.holdings.closes import _ratio
from active_edge.sources.holdings.labels import name_words, similar
from active_edge.sources.vendors.holdings_rows import equities

HEADER = ("Ticker", "Name", "Sector", "Asset Class", "Market Value", "Weight (%)", "Quantity", "Price", "Currency")


def line(ticker: str = "AAA", name: str = "AAA INC", kind: str = "Equity", **cells: str) -> list[str]:
    usual = {"value": "10,000.00", "weight": "1.50", "shares": "1,000.00", "price": "10.00", "currency": "USD"} | cells
    return [ticker, name, "Energy", kind, usual["value"], usual["weight"], usual["shares"], usual["price"],
            usual["currency"]]  # fmt: skip


def read(*rows: list[str]) -> pd.DataFrame:
    return equities(rows, HEADER, where="t")[0].set_index("ticker")


def test_quoted_thousands_are_numbers() -> None:
    row = read(line(value="1,234,567.00", shares="1,000.00", price="1,234.57")).loc["AAA"]
    assert row[["weight", "shares", "price", "value"]].tolist() == [0.015, 1000.0, 1234.57, 1234567.0]


@pytest.mark.parametrize(
    "row",
    [
        line("XTSLA", "BLK CSH FND", "Money Market"),
        line("USD", "USD CASH", "Cash"),
        line("RTYH5", "RUSSELL 2000 EMINI", "Futures"),
        line("--", "NOBODY INC"),
        line("-", "NOBODY INC"),
        line("ADRO", "ADURO BIOTECH INC CVR"),
        line("2284", "OLD PHARMA ESCROW"),
        line("BBBW", "BBB CORP WARRANTS"),
        line("BBBR", "BBB CORP RIGHTS"),
        line("BBBP", "BBB CORP PREFERRED A"),
    ],
)
def test_what_is_no_share_is_counted_and_left_out(row: list[str]) -> None:
    found, other = equities([line(), row], HEADER, where="t")
    assert (found["ticker"].tolist(), other) == (["AAA"], 1)


@pytest.mark.parametrize(
    ("cells", "close"),
    [
        ({"price": "-"}, 10.0),  # value over shares
        ({"price": "0.00"}, 10.0),
        ({"price": "11.00"}, math.nan),  # it contradicts value and shares
        ({"price": "10.05"}, 10.05),
        ({"price": "10.00", "value": "-", "shares": "-"}, 10.0),
        ({"price": "0.04", "value": "42.20"}, 0.0422),  # printed in whole cents
        ({"price": "800.00", "currency": "JPY"}, 10.0),  # the value is in USD, the price is not
        ({"price": "-", "value": "-"}, math.nan),
    ],
)
def test_the_close_is_in_usd_and_what_value_and_shares_say(cells: dict[str, str], close: float) -> None:
    found = read(line(**cells)).loc["AAA", "price"]
    assert found == close or (math.isnan(found) and math.isnan(close))


def test_a_ticker_on_two_lines_is_one_member() -> None:
    lots = [line(shares="400.00", value="4,000.00", weight="0.60"), line(shares="600.00", value="6,000.00")]
    assert read(*lots).loc["AAA", ["weight", "shares", "value"]].tolist() == pytest.approx([0.021, 1000.0, 10000.0])
    other = line(name="ANOTHER CORP", value="900.00", shares="90.00")
    assert read(line(), other).loc["AAA", "name"] == "AAA INC"


def test_files_of_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(SourceFormatError, match="no number"):
        read(line(), line("BBB", "BBB", price="ten"))
    with pytest.raises(SourceFormatError, match="not one equity"):
        read(line("-"))


def test_marks_of_classes_make_no_other_ticker() -> None:
    assert {ticker_key(t) for t in ("BRK.B", "BRK/B", "BRK-B", "BRKB", "brk b")} == {"BRKB"}


@pytest.mark.parametrize(
    ("one", "two", "alike"),
    [
        ("ACME BRANDS INC", "Acme Brands, Inc. Class A", True),
        ("ACME CORP", "ACME INDUSTRIES INC", True),
        ("FIRST BANCORP", "FIRST FINANCIAL CORP", False),
        ("THERAVANCE BIOPHARMA", "THERAVANCE BIOPHARM INC", True),
        ("ALFA INC", "BETA INC", False),
    ],
)
def test_names_are_alike_by_the_words_that_tell_companies_apart(one: str, two: str, alike: bool) -> None:
    assert similar(name_words(one), name_words(two)) is alike


@pytest.mark.parametrize(
    ("moved", "grown", "after", "ratio"),
    [
        (0.51, 2.0, 2.0, 2.0),  # two for one
        (0.51, 1.0, 2.01, 2.0),  # the fund's shares follow a day later
        (9.7, 0.1, 0.1, 0.1),  # one for ten
        (0.5, 1.0, 1.0, 1.0),  # a loss of half
        (1.4, 1.5, 1.5, 1.0),  # more shares at a higher price: the index changed, nothing was split
        (0.5, math.nan, math.nan, math.nan),  # nobody tells
        (0.63, math.nan, math.nan, 1.0),
    ],
)
def test_a_split_is_what_the_shares_of_the_fund_tell(moved: float, grown: float, after: float, ratio: float) -> None:
    found = _ratio(moved, grown, after)
    assert found == ratio or (math.isnan(found) and math.isnan(ratio))
