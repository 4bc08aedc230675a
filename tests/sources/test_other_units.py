"""Bodies of another unit, currency, name or calendar: read right, or refused before they are kept."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import SourceFormatError
from active_edge.sources.sec import fails, market_structure, nport, submissions
from active_edge.sources.sec.quarter_pages import day_of
from active_edge.sources.vendors import ishares, yahoo
from active_edge.sources.vendors.holdings_rows import equities
from active_edge.sources.web.archive import Archive

from .bodies import chart, walk, zipped
from .sec_bodies import nport_report

HEADER = ["Ticker", "Name", "Asset Class", "Market Value", "Weight (%)", "Quantity", "Price"]


def line(name: str = "AAA INC", ticker: str = "AAA", value: str = "1,000.00", weight: str = "0.02") -> list[str]:
    return [ticker, name, "Equity", value, weight, "100.00", "10.00"]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "CVR ENERGY INC",
            "PREFERRED BANK",
            "UNIT CORP",
            "PREFERRED APARTMENT COMMUNITIES INC",
            "UNITED NATURAL FOODS",
        ),
        *("RIGHT MANAGEMENT CONSULTANTS INC", "RIGHTS CO", "CONTINGENT RISK SERVICES INC", "UNITS SERVICE GROUP INC"),
    ],
)
def test_a_company_is_no_leftover_by_the_first_word_of_its_name(name: str) -> None:
    found, other = equities([line(name)], HEADER, where="x")
    assert (found["name"].tolist(), other) == ([name], 0)


@pytest.mark.parametrize(
    "name",
    [
        *("CHINOOK THERAPEUTICS - CVR", "INHIBRX INC CVR", "ADURO BIOTECH INC (CVR)", "TOBIRA CONTINGENT VALUE RIGHTS"),
        *(
            "AAA CORP PFD SER A",
            "AAA CORP PREFERRED STOCK",
            "AAA INC RIGHTS EXP 12/31/2024",
            "AAA ACQUISITION CORP UNIT",
        ),
        *("AAA INC WARRANTS", "ESC GCI LIBERTY INC SR", "AAA LITIGATION TRUST UNITS"),
    ],
)
def test_what_is_left_of_a_company_is_no_share(name: str) -> None:
    found, other = equities([line(), line(name, "BBB")], HEADER, where="x")
    assert (found["ticker"].tolist(), other) == (["AAA"], 1)


def test_a_name_of_strokes_is_looked_at_in_time_that_grows_with_it() -> None:
    found, _ = equities([line("A" + "- (" * 500_000)], HEADER, where="x")  # by its square it would take hours
    assert len(found) == 1


def test_rows_that_lost_a_cell_are_refused_and_notes_are_not() -> None:
    short = [line(ticker=f"A{n}")[:-1] for n in range(5)]
    with pytest.raises(SourceFormatError, match="5 rows hold what is no number, the first a row of 6 cells"):
        equities([line(), *short], HEADER, where="x")
    found, _ = equities([line(), ["The content herein is owned by", "us"], ["-"]], HEADER, where="x")
    assert len(found) == 1


def test_market_values_in_thousands_are_refused() -> None:
    with pytest.raises(SourceFormatError, match="in 2 of 2 rows the market value is not price times shares"):
        equities([line(value="1.00"), line(ticker="B", value="1.00")], HEADER, where="x")


def test_weights_that_are_fractions_are_read_as_such() -> None:
    rows = [line(ticker=f"A{n}", weight="0.25") for n in range(4)]
    assert equities(rows, HEADER, where="x")[0]["weight"].tolist() == [0.25] * 4
    percent = [line(ticker=f"A{n}", weight="25") for n in range(4)]
    assert equities(percent, HEADER, where="x")[0]["weight"].tolist() == [0.25] * 4


def holdings(day: object, shown: str = "Jan 03, 2024") -> bytes:
    points = {"asOfDate": {"value": day, "formattedValue": shown}}
    for name, value in (("ticker", "AAA"), ("issueName", "AAA INC"), ("assetClass", "Equity"), ("marketValue", "10")):
        points[name] = {"value": [value]}
    return json.dumps(
        {"componentsByNameMap": {"holdings": {"containersByNameMap": {"all": {"dataPointsByNameMap": points}}}}}
    ).encode()


@pytest.mark.parametrize("day", [1704240000000, "2024-01-03T00:00:00Z", "20240103", ["Jan 03, 2024"], None])
def test_the_day_of_holdings_is_read_in_every_dress(day: object) -> None:
    assert ishares.parse(holdings(day), where="x").as_of == pd.Timestamp("2024-01-03")


@pytest.mark.parametrize("day", ["2126-01-03", "1926-01-03"])
def test_holdings_of_a_day_no_fund_has_seen_are_refused(day: str) -> None:
    with pytest.raises(SourceFormatError, match="far future"):
        ishares.parse(holdings(day), where="x")


@pytest.mark.parametrize("text", ["20220103", "2022-01-03", "1/3/2022", "01/03/2022 "])
def test_days_of_the_sec_come_in_three_forms(text: str) -> None:
    assert day_of(text) == dt.date(2022, 1, 3)


@pytest.mark.parametrize("text", ["", "3 Jan 2022", "13/3/2022", "2022-02-30", "20220"])
def test_what_is_no_day_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        day_of(text)


VOLUMES = "Date,Security,Ticker,LitVol('000),HiddenVol('000)\n"
FAILS = "SETTLEMENT DATE|CUSIP|SYMBOL|QUANTITY (FAILS)|DESCRIPTION|PRICE\n"


def packed(folder: Path, text: str, name: str) -> Path:
    file = folder / "q.zip"
    file.write_bytes(zipped(**{name: text.encode()}))
    return file


def test_volumes_with_american_days_are_read_and_others_are_never_kept(tmp_path: Path) -> None:
    request = market_structure.requests({(2022, 1): "https://www.sec.gov/q.zip"}, dt.date(2022, 1, 1))[0]
    assert request.check_file
    good = packed(tmp_path, f"{VOLUMES}20220103,Stock,AAA,3,1\n1/4/2022,Stock,AAA,2,1\n", "q__csv")
    request.check_file(good)
    assert [row[1:] for row in market_structure.rows(good, where="x")] == [
        (dt.date(2022, 1, 3), 4000.0),
        (dt.date(2022, 1, 4), 3000.0),
    ]
    for body in (f"{VOLUMES}20220103,Stock,AAA,3,1\n4 Jan,Stock,AAA,2,1\n", VOLUMES):
        with pytest.raises(SourceFormatError, match="rows cannot be read"):
            request.check_file(packed(tmp_path, body, "q__csv"))


def test_a_row_that_ends_before_the_ticker_is_a_bad_one(tmp_path: Path) -> None:
    body = "Date,LitVol('000),HiddenVol('000),Ticker\n20220103,3,1,AAA\n20220104,3,1\n"
    with pytest.raises(SourceFormatError, match="1 of 2 rows cannot be read"):
        list(market_structure.rows(packed(tmp_path, body, "q__csv"), where="x"))


def test_fails_with_other_days_and_strokes_in_names_are_read_and_others_never_kept(tmp_path: Path) -> None:
    request = fails.requests({"202201a": "https://www.sec.gov/f.zip"}, dt.date(2022, 1, 1))[0]
    assert request.check_file
    lines = ("20220104|000000001|AAA|12|AAA | BBB INC|1,234.50", "2022-01-05|000000001|AAA|12|AAA INC|5.")
    good = packed(tmp_path, FAILS + "\n".join(lines), "f__txt")
    request.check_file(good)
    assert [(row[0].day, row[3], row[4]) for row in fails.rows(good, where="x")] == [
        (4, "AAA | BBB INC", 1234.5),
        (5, "AAA INC", 5.0),
    ]
    with pytest.raises(SourceFormatError, match="1 of 2 lines cannot be read"):
        request.check_file(packed(tmp_path, FAILS + f"{lines[0]}\n5 Jan|1|AAA|1|A|1.0\n", "f__txt"))


@pytest.mark.parametrize(
    ("name", "quarter"),
    [
        *(("individual_security_q1_2024.zip", (2024, 1)), ("individual_security_2024_qtr2.zip", (2024, 2))),
        *(("indivual_security_2013_Q3.zip", (2013, 3)), ("individual_security_2012_q10.zip", (2012, 1))),
        ("security_qtr4_2019_rev.zip", (2019, 4)),
    ],
)
def test_the_quarter_of_a_zip_is_told_by_its_name_in_either_order(name: str, quarter: tuple[int, int]) -> None:
    page = f'<a href="/files/x/{name}">x</a>'.encode()
    assert list(market_structure.parse_list(page, where="x")) == [quarter]


DAYS = ["2023-11-06", "2023-11-07", "2023-11-08"]


def charted(**told: object) -> bytes:
    body = json.loads(chart("ALFA", DAYS, walk(1, 3)))
    body["chart"]["result"][0]["meta"] |= told
    return json.dumps(body).encode()


@pytest.mark.parametrize("told", [{"currency": "GBp"}, {"currency": "CAD"}, {"dataGranularity": "1wk"}])
def test_a_chart_in_other_money_or_steps_is_refused(told: dict[str, str]) -> None:
    with pytest.raises(SourceFormatError, match="expected 'USD' every '1d'"):
        yahoo.parse(charted(**told), where="x")
    yahoo.parse(charted(currency="USD", dataGranularity="1d"), where="x")


def test_a_chart_of_another_symbol_is_never_kept() -> None:
    request = yahoo.request("ALFA", since=dt.date(2023, 11, 1), today=dt.date(2023, 11, 9))
    assert request.check
    request.check(charted())
    with pytest.raises(SourceFormatError, match="a chart of 'OTHER' came"):
        request.check(charted(symbol="OTHER"))


def test_a_chart_of_absurd_volume_is_refused_and_of_a_tiny_close_is_not_zero() -> None:
    body = json.loads(chart("ALFA", DAYS, walk(1, 3)))
    quote = body["chart"]["result"][0]["indicators"]["quote"][0]
    quote["volume"][1] = 1e25
    with pytest.raises(SourceFormatError, match=r"1e\+25 shares traded on 2023-11-07"):
        yahoo.parse(json.dumps(body).encode(), where="x")
    quote["volume"][1] = 100
    quote["close"][2] = 0.00003
    assert yahoo.parse(json.dumps(body).encode(), where="x").rows["close"].iloc[2] == pytest.approx(0.00003)


def test_an_8k_of_a_day_that_is_none_is_left_out_and_its_neighbours_stay(tmp_path: Path) -> None:
    page = {
        "accessionNumber": ["0000000007-22-000001", "0000000007-22-000002"],
        "form": ["8-K", "8-K"],
        "filingDate": ["2022-06-31", "2022-06-30"],
        "items": ["2.01", "3.01"],
        "primaryDocument": ["a.htm", "b.htm"],
    }
    archive = Archive(tmp_path / "raw")
    with archive.incoming() as incoming:
        incoming.write(zipped(CIK0000000007__json=json.dumps({"filings": {"recent": page}}).encode()))
        archive.keep(incoming, key=submissions.KEY, url="x", time="2023-01-01T00:00:00Z")
    assert [event.items for event in submissions.events(archive, [7])[7]] == [("3.01",)]


def test_a_report_of_another_millennium_is_refused() -> None:
    body = nport_report("S000004344")
    day = body.partition(b"<repPdDate>")[2][:10]
    with pytest.raises(SourceFormatError, match="repPdDate '1022-03-31' is no date"):
        nport.parse_report(body.replace(day, b"1022-03-31"), series=None, where="x")
    assert np.isfinite(nport.parse_report(body, series=None, where="x")[0].net)
