"""Fails to deliver: addresses from the page, lines as they are, and the price after an exit by the CUSIP."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from active_edge.errors import SourceFormatError
from active_edge.sources import after_exit, catalogue, exits
from active_edge.sources.sec.fails import parse_list, requests, rows
from active_edge.sources.securities import Listing
from active_edge.sources.web.archive import Archive

from .bodies import zipped

PAGE = b"""<a href="/files/data/fails-deliver-data/cnsfails202306a.zip">June 2023, first half</a>
<a href="/files/data/frequently-requested-foia-document-fails-deliver-data/cnsfails202306b_0.zip">second half</a>
<a href="/foia/docs/failsdata/cnsp_sec_fails_2005q2.zip">2005</a>
<a href="/files/data/fails-deliver-data/cnsfails200907.zip">a month</a>
<a href="https://elsewhere.example/cnsfails202307a.zip">no</a> <a href="/files/other_202306a.zip">no</a>"""
HEADER = "SETTLEMENT DATE|CUSIP|SYMBOL|QUANTITY (FAILS)|DESCRIPTION|PRICE"
TRAILER = "Trailer record count 4\nTrailer total quantity of shares 9\n"


def test_the_page_names_halves_of_months_months_and_quarters() -> None:
    found = parse_list(PAGE, where="t")
    assert set(found) == {"2005q2", "200907", "202306a", "202306b"}
    asked = [request.key for request in requests(found, dt.date(2009, 1, 1))]
    assert asked == ["fails/202306b", "fails/202306a", "fails/200907"]
    with pytest.raises(SourceFormatError, match="names no zip"):
        parse_list(b"<html></html>", where="t")


def packed(folder: Path, text: str) -> Path:
    file = folder / "f.zip"
    file.write_bytes(zipped(cnsfails202306a=text.encode("latin-1")))
    return file


def test_lines_are_read_with_their_trailer_left_out(tmp_path: Path) -> None:
    text = f"{HEADER}\n20230601|037833100|AAPL|12|APPLE INC|194.03\n20230601|D1668R123|DDAIF|5|CAF\xc9 AG|.\n{TRAILER}"
    found = list(rows(packed(tmp_path, text), where="t"))
    assert found[0] == (dt.date(2023, 6, 1), "037833100", "AAPL", "APPLE INC", 194.03)
    assert found[1][:3] == (dt.date(2023, 6, 1), "D1668R123", "DDAIF")
    assert found[1][4] != found[1][4]  # no price


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceFormatError, match="are gone"):
        list(rows(packed(tmp_path, "DATE|TICKER\n20230601|AAPL\n"), where="t"))
    with pytest.raises(SourceFormatError, match="cannot be read"):
        list(rows(packed(tmp_path, f"{HEADER}\n2023060|037833100|AAPL|1|APPLE|1\n"), where="t"))


def test_a_whole_pull_leaves_it_out_and_only_names_it() -> None:
    today = {"since": None, "symbols": None, "quick": False, "today": dt.date(2024, 1, 1)}
    assert "fails" not in catalogue.settle(only=None, **today).sources
    assert catalogue.settle(only=["fails"], **today).sources == ("fails",)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    lines = [
        "20230601|111111111|DEAD|9|DEAD CO|1.50",  # while it traded: its CUSIP
        "20230605|222222222|DEAD|9|ANOTHER CO|9.00",  # the ticker's next owner
        "20230605|111111111|DEADQ|9|DEAD CO|0.80",  # three days on: still the last close's weekend
        "20230607|111111111|DEADQ|9|DEAD CO|0.40",
        "20230608|111111111|DEADQ|9|DEAD CO|0.30",
        "20230901|333333333|LATE|9|LATE CO|0.30",
    ]
    store = Archive(tmp_path / "raw")
    body = zipped(cnsfails202306a="\n".join([HEADER, *lines, TRAILER]).encode())
    store.keep_bytes(body, key="fails/202306a", url="u", time="2024-01-01T00:00:00Z")
    return store


@pytest.fixture
def gone() -> pd.DataFrame:
    days = pd.to_datetime(["2023-06-02", "2023-06-02", None])
    rows = [("D", "DEAD", 1, "unknown"), ("L", "LATE", 2, "unknown"), ("A", "ALIVE", 3, None)]
    table = pd.DataFrame(rows, columns=["asset", "ticker", "cik", "exit_reason"])
    return table.assign(last_session=days, exit_return=float("nan"))


def test_the_first_price_after_the_exit_is_found_by_the_cusip(archive: Archive, gone: pd.DataFrame) -> None:
    # not the last close that a weekend shows again, not the ticker's next owner, not one of another name
    assert after_exit.first_prices(archive, gone) == {"D": 0.40}
    assert after_exit.first_prices(Archive(archive.path.parent / "none"), gone) == {}


def test_what_a_share_settled_at_is_the_return_of_its_exit(archive: Archive, gone: pd.DataFrame) -> None:
    listing = Listing(gone, {}, {}, [])
    told, findings = exits.told(archive, listing, {"D": 1.6, "L": 1.0, "A": 5.0})
    assert told.table["exit_return"].tolist()[0] == pytest.approx(-0.75)
    assert told.table["exit_return"].isna().tolist() == [False, True, True]
    assert "of 1 other exit by a price after it" in findings[0].remedy
    beyond, _ = exits.told(archive, listing, {"D": 0.1})  # four times the last close: another class, or misread
    assert beyond.table["exit_return"].isna().all()


def test_a_ticker_of_another_company_before_the_share_began_names_no_cusip(
    archive: Archive, gone: pd.DataFrame
) -> None:
    """LATE was listed on 2023-09-04; until 1 September its ticker was another company's."""
    late = gone[gone["asset"] == "L"].assign(last_session=pd.Timestamp("2023-11-03"))
    body = zipped(cnsfails202311a=f"{HEADER}\n20231115|333333333|OTHR|9|LATE CO|7.00\n{TRAILER}".encode())
    archive.keep_bytes(body, key="fails/202311a", url="u", time="2024-01-01T00:00:00Z")
    assert after_exit.first_prices(archive, late.assign(first_session=pd.Timestamp("2023-08-28"))) == {"L": 7.0}
    assert after_exit.first_prices(archive, late.assign(first_session=pd.Timestamp("2023-09-04"))) == {}


def test_of_a_name_told_by_the_month_the_price_is_one_after_the_first_file_without_it(
    archive: Archive, gone: pd.DataFrame
) -> None:
    """DEAD was shown last on 31 May at 1.60 and held no more on 6 June: 0.80 of the 5th may be of a day it traded."""
    monthly = gone[gone["asset"] == "D"].assign(last_session=pd.Timestamp("2023-05-31"))
    lines = f"{HEADER}\n20230531|111111111|DEAD|9|DEAD CO|1.60\n{TRAILER}"
    archive.keep_bytes(
        zipped(cnsfails202305b=lines.encode()), key="fails/202305b", url="u", time="2024-01-01T00:00:00Z"
    )
    assert after_exit.first_prices(archive, monthly) == {"D": 0.80}
    assert after_exit.first_prices(archive, monthly.assign(absent=pd.Timestamp("2023-06-06"))) == {"D": 0.40}
    told, _ = exits.told(archive, Listing(monthly, {}, {}, []), {"D": 1.6}, absent={"D": pd.Timestamp("2023-06-06")})
    assert told.table["exit_return"].tolist() == [-0.75]
