"""Volume by ticker: addresses from the page, columns by their names, thousands of shares."""

import datetime as dt
from pathlib import Path

import pytest

from active_edge.errors import SourceFormatError
from active_edge.sources.sec.market_structure import parse_list, requests, rows

from .bodies import zipped

PAGE = b"""<a href="/files/opa/data/market-structure/metrics-individual-security/individual_security_2012_q10.zip">a</a>
<a href='/files/indivual_security_2013_Q3.zip'>b</a>
<a href="https://www.sec.gov/files/node/add/data_distribution/individual_security_2019_q4.zip">c</a>
<a href="/files/x/individual_security_exchange_2019_q4.zip">by exchange</a>
<a href="https://elsewhere.example/individual_security_2020_q1.zip">d</a>
<a href="https://notsec.gov/individual_security_2020_q2.zip">e</a>
<a href="https://www.sec.gov.example/individual_security_2020_q3.zip">f</a>
<a href="http://www.sec.gov/individual_security_2020_q4.zip">g</a>
<a href="https://sec.gov/individual_security_2021_q1.zip">h</a>"""
HEADER = "Date,Security,Ticker,McapRank,LitVol('000),OrderVol('000),Hidden,HiddenVol('000),TradeVolForHidden('000)"


def test_names_that_follow_no_rule_are_found_on_the_page() -> None:
    found = parse_list(PAGE, where="t")
    assert sorted(found) == [(2012, 1), (2013, 3), (2019, 4), (2021, 1)]  # on hosts of the SEC alone
    assert found[2013, 3] == "https://www.sec.gov/files/indivual_security_2013_Q3.zip"
    assert "data_distribution" in found[2019, 4]
    asked = [request.key for request in requests(found, dt.date(2013, 1, 1))]
    assert asked == ["market_structure/2021q1", "market_structure/2019q4", "market_structure/2013q3"]
    with pytest.raises(SourceFormatError, match="names no zip"):
        parse_list(b"<html></html>", where="t")


def test_lit_and_hidden_thousands_are_shares(tmp_path: Path) -> None:
    body = f"{HEADER}\n20120103,Stock,aaa,3,1.5,99,7,0.25,80\n20120104,Stock,BRK.B,3,2,99,7,0,80\n".encode()
    (tmp_path / "q.zip").write_bytes(zipped(README__txt=b"x", q1_2012_all__csv=body))
    assert list(rows(tmp_path / "q.zip", where="t")) == [
        ("AAA", dt.date(2012, 1, 3), 1750.0),
        ("BRK.B", dt.date(2012, 1, 4), 2000.0),
    ]


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "q.zip").write_bytes(zipped(q__csv=b"Date,Ticker,Volume\n20120103,AAA,5\n"))
    with pytest.raises(SourceFormatError, match="are gone"):
        next(rows(tmp_path / "q.zip", where="t"))
