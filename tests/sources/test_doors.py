"""The same answer at several addresses, packed or not, at addresses that move, in two shapes."""

import gzip

import pandas as pd
import pytest

from active_edge.errors import SourceBlocked, SourceBusy, SourceFormatError, SourceRefused
from active_edge.sources.sec import form345
from active_edge.sources.vendors import ishares
from active_edge.sources.web.request import Request
from tests.quick import first_quick

from .replay import Answer
from .sec_bodies import holdings_json
from .test_each_source_fails import DENIED, FAULTS, PAGE, UNDECLARED

FIRST, SECOND = "https://www.sec.gov/a/x.json", "https://data.sec.gov/b/x.json"
CSV = (
    b'\xef\xbb\xbfiShares Russell 2000 ETF\nFund Holdings as of,"%s"\n \n'
    b"Ticker,Name,Sector,Asset Class,Market Value,Weight (%%),Exchange\n"
)
ROW = b'"ALFA","ALFA INC","Energy","Equity","1,000.00","60.00","NASDAQ"\n'


def request(**more: object) -> Request:
    given = {"source": "sec", "key": "sec/x", "url": FIRST, "kind": "json", "others": (SECOND,)}
    return Request(**{**given, **more})


@pytest.mark.parametrize(
    "fault", first_quick(sorted({*FAULTS} - {"sends other columns", "sends another JSON", "refuses"}), 3)
)
def test_what_the_first_address_does_not_have_the_next_one_gives(make_client, replay, fault: str) -> None:
    replay.fail(FIRST, *[FAULTS[fault]] * 9)
    replay.serve(SECOND, b"{}")
    client = make_client(timeout_seconds=0.3)
    assert client.fetch(request()).url == SECOND
    assert sum("/a/" in key for key in replay.asked.elements()) <= 2


def test_a_block_is_the_end_whatever_other_addresses_there_are(make_client, replay) -> None:
    replay.fail(FIRST, Answer(UNDECLARED, status=403, media="text/html"))
    replay.serve(SECOND, b"{}")
    with pytest.raises(SourceBlocked, match="undeclared"):
        make_client().fetch(request())
    assert replay.asked.total() == 1


def test_nowhere_there_is_an_answer_only_where_nothing_else_went_wrong(make_client, replay) -> None:
    client = make_client(most_attempts=2)
    replay.fail(FIRST, Answer(DENIED, status=403, media="application/xml"))
    assert client.fetch(request(missing_is_answer=True)).status == 404
    replay.fail(FIRST, *[Answer(b"", status=503)] * 4)
    with pytest.raises(SourceBusy, match="503"):
        client.fetch(request(missing_is_answer=True))
    replay.faults.clear()
    with pytest.raises(SourceRefused, match="no such thing"):
        client.fetch(request())


@pytest.mark.parametrize("status", [200, 403, 404])
def test_access_denied_of_the_archive_is_absent_with_any_status(make_client, replay, status: int) -> None:
    url = "https://www.sec.gov/Archives/edgar/data/1/x.xml"
    replay.serve(url, b'\n<?xml version="1.0"?>' + DENIED, "application/xml", status=status, packed=True)
    assert make_client().fetch(Request("sec", "filing/1", url, "xml", missing_is_answer=True)).status == 404


def test_a_page_that_says_access_denied_is_a_block_and_nothing_absent(make_client, replay) -> None:
    page = b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><Code>AccessDenied</Code></BODY></HTML>"
    replay.fail(FIRST, *[Answer(page, status=403, media="text/html")] * 2)
    with pytest.raises(SourceBlocked):
        make_client().fetch(request(missing_is_answer=True, others=()))


@pytest.mark.parametrize("packed", [False, True])
def test_a_gzip_file_is_kept_unpacked_whether_or_not_the_wire_packs_it_too(make_client, replay, packed: bool) -> None:
    client = make_client()
    replay.serve(FIRST, gzip.compress(b"Form Type  Company"), "application/x-gzip", packed=packed)
    assert client.archive.read(client.fetch(request(kind="text"))) == b"Form Type  Company"


def test_half_a_gzip_file_is_asked_again_and_a_bomb_refused(make_client, replay) -> None:
    whole = gzip.compress(bytes(range(256)) * 40)
    replay.serve(FIRST, whole, "application/x-gzip")
    replay.fail(FIRST, Answer(whole[:-20]))
    client = make_client()
    assert client.fetch(request(kind="text")).bytes == 10_240
    replay.serve(FIRST, gzip.compress(bytes(1 << 20)))
    with pytest.raises(SourceFormatError, match="unpacks to more than 65536 bytes"):
        client.fetch(request(key="sec/y", kind="text", max_bytes=65_536, others=()))


def test_a_moved_folder_behind_a_redirect_is_followed(make_client, replay) -> None:
    replay.fail(FIRST, Answer(b"", status=301, headers={"Location": SECOND}))
    replay.serve(SECOND, b"{}")
    assert make_client().fetch(request(others=())).bytes == 2


def test_the_json_of_holdings_says_what_the_csv_says() -> None:
    found = ishares.parse(holdings_json(), where="t")
    assert found.as_of == pd.Timestamp("2026-07-31")
    assert found.equities["ticker"].tolist() == ["ALFA", "BETA"]
    assert found.equities["weight"].tolist() == pytest.approx([0.6025, float("nan")], nan_ok=True)
    assert found.other_rows == 1
    shown = {"ticker": {"formattedValue": ["ALFA"]}, "issueName": {"value": ["A"]}, "assetClass": {"value": ["Equity"]}}
    rest = {"holdingPercent": {"value": ["60"]}, "exchange": {"value": ["NYSE"]}, "asOfDate": {"value": "2026-07-31"}}
    assert ishares.parse(holdings_json(**shown, **rest), where="t").equities["weight"].tolist() == [0.6]


@pytest.mark.parametrize(
    "body",
    [
        holdings_json(ticker={"value": ["ALFA"]}),
        holdings_json(assetClass={}),
        b'{"componentsByNameMap": {}}',
        b"[]",
        b'{"componentsByNameMap": {"holdings": null}}',
        holdings_json(asOfDate={"value": "yesterday"}),
    ],
    ids=["lengths", "column gone", "empty", "list", "null", "date"],
)
def test_another_json_is_refused(body: bytes) -> None:
    with pytest.raises(SourceFormatError):
        ishares.parse(body, where="t")


@pytest.mark.parametrize("body", [CSV % b"-", CSV % b"-" + ROW, holdings_json(asOfDate={"value": None})])
def test_a_day_without_a_file_is_unpublished_and_no_format(body: bytes) -> None:
    with pytest.raises(SourceRefused, match="nothing is published"):
        ishares.parse(body, where="t")


@pytest.mark.parametrize("day", [b"Jul 31, 2026", b"July 31, 2026", b"31-Jul-2026", b"2026-07-31"])
def test_days_are_read_as_the_files_write_them(day: bytes) -> None:
    assert ishares.parse(CSV % day + ROW, where="t").as_of == pd.Timestamp("2026-07-31")


@pytest.mark.parametrize("fault", first_quick(sorted(FAULTS), 4))
def test_whatever_the_csv_door_of_a_fund_does_the_json_door_is_asked(make_client, replay, fault: str) -> None:
    csv_door, json_door, *_ = ishares.doors("IWM")
    replay.serve(json_door, holdings_json(), "application/json")
    replay.fail(csv_door, *[FAULTS[fault]] * 3)
    client = make_client(timeout_seconds=0.3)
    assert client.fetch(ishares.requests(("IWM",))[0]).url == json_door


@pytest.mark.parametrize("door", range(4))
def test_each_door_of_a_fund_gives_its_members(make_client, replay, door: int) -> None:
    doors = ishares.doors("IWM")
    for url in doors[:door]:
        replay.serve(url, PAGE, "text/csv")
    body = holdings_json() if "v2/get-product-data" in doors[door] else CSV % b"Jul 31, 2026" + ROW
    replay.serve(doors[door], body, "text/html")
    client = make_client()
    entry = client.fetch(ishares.requests(("IWM",))[0])
    assert entry.url == doors[door]
    assert "ALFA" in set(ishares.parse(client.archive.read(entry), where="t").equities["ticker"])


NEW = "/files/datastandardsinnovation/data/insider-transactions-data-sets"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (f'href="{NEW}/2026q2_form345.zip"', f"https://www.sec.gov{NEW}/2026q2_form345.zip"),
        (f"HREF='https://www.sec.gov{NEW}/2026Q2_Form345_0.zip'", f"https://www.sec.gov{NEW}/2026Q2_Form345_0.zip"),
        ("href=/elsewhere/2026-q2-form345.zip", "https://www.sec.gov/elsewhere/2026-q2-form345.zip"),
        (
            'href="//files.sec.gov/x/2026q2_form345.zip?a=1&amp;b=2"',
            "https://files.sec.gov/x/2026q2_form345.zip?a=1&b=2",
        ),
        ('href="https://example.com/2026q2_form345.zip"', None),
    ],
)
def test_addresses_of_insider_sets_come_from_the_list(link: str, address: str | None) -> None:
    page = f"<table><tr><td><a {link}>2026 Q2</a></td></tr><a href='/files/2026q1_notes.zip'>n</a></table>".encode()
    if address is None:
        with pytest.raises(SourceFormatError, match="names no set"):
            form345.parse_list(page, where="t")
        return
    listed = form345.parse_list(page, where="t")
    assert listed == {(2026, 2): address}
    asked = form345.requests([(2026, 1), (2026, 2)], listed)
    assert [(r.key, r.url) for r in asked] == [("form345/2026q2", address)]
