"""What is not a filing is refused by name, in bounded time and memory."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from active_edge.errors import SourceFormatError
from active_edge.filings import read_filing
from tests.filings.every_kind import FILINGS, INLINE
from tests.filings.filing_builders import ASSETS, GEOGRAPHY, YEAR, annual_report, instance, proxy, row, table

REVENUE = "us-gaap:Revenues"
GOOD = instance((REVENUE, 1_000, YEAR, {}), (REVENUE, 700, YEAR, {GEOGRAPHY: "country:US"}), ASSETS)


def _zip(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("__", "."), body)
    return buffer.getvalue()


def test_a_zip_around_an_instance_and_its_linkbases_is_opened() -> None:
    body = _zip(abc__xml=GOOD, abc_cal__xml=b"<linkbase/>", abc_lab__xml=b"<linkbase/>", abc__xsd=b"<schema/>")
    reading = read_filing(body, "abc.zip")
    assert reading.kind == "xbrl_instance"
    assert reading.domestic_revenue_share is not None
    assert reading.domestic_revenue_share.value == pytest.approx(0.7)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_marks_change_nothing(encoding: str) -> None:
    text = GOOD.decode().replace('encoding="utf-8"', "")
    value = read_filing(text.encode(encoding)).domestic_revenue_share
    assert value is not None
    assert value.value == pytest.approx(0.7)


LAUGHS = "".join(f'<!ENTITY a{i} "' + f"&a{i - 1};" * 10 + '">' for i in range(1, 9))
BOMB = f'<?xml version="1.0"?><!DOCTYPE xbrl [<!ENTITY a0 "ha">{LAUGHS}]><xbrl>&a8;</xbrl>'
REMOTE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><ownershipDocument>&e;</ownershipDocument>'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\n \n", "empty", id="blank"),
        pytest.param(b"\x00\x01\x02" * 100, "binary", id="binary"),
        pytest.param(b"%%%% 123 ....", "no words", id="no words"),
        pytest.param(BOMB.encode(), "entities", id="entity bomb"),
        pytest.param(REMOTE.encode(), "entities", id="external entity"),
        pytest.param(GOOD[: len(GOOD) // 2], "not well-formed", id="half a body"),
        pytest.param(b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "root 'Error'", id="404 body"),
        pytest.param(
            b"<html><title>SEC.gov | Request Rate Threshold Exceeded</title></html>", "block page", id="block"
        ),
        pytest.param(b"PK\x03\x04" + b"x" * 50, "not a whole zip", id="cut zip"),
        pytest.param(_zip(), "0 documents", id="empty zip"),
        pytest.param(_zip(a__xml=GOOD, b__xml=GOOD), "2 documents", id="two filings"),
        pytest.param(_zip(a__xml=b" " * (40 << 20)), "would grow", id="zip bomb"),
        pytest.param(b'{"facts": {}}', "JSON without item", id="other JSON"),
        pytest.param(b"[" * 100_000, "no words", id="nested JSON"),
        pytest.param(b'{"a":' * 50_000, "not readable as JSON", id="deep JSON"),
        pytest.param(b"adsh\ttag\nx\ty\n", "without the columns", id="changed columns"),
        pytest.param(instance().replace(b"dei:", b"zzz:"), "fact|well-formed", id="no facts"),
    ],
)
def test_what_is_no_filing_is_refused_by_name(body: bytes, message: str) -> None:
    with pytest.raises(SourceFormatError, match=message):
        read_filing(body, "the-file")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceFormatError, match=r"nothing\.xml"):
        read_filing(tmp_path / "nothing.xml")
    with pytest.raises(SourceFormatError, match="cannot be read"):
        read_filing(tmp_path)


def test_a_file_too_large_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(200 << 20)
    with pytest.raises(SourceFormatError, match="more than"):
        read_filing(path)


def test_rows_of_two_filings_are_not_mixed() -> None:
    head = "adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tcoreg\tvalue\tfootnote\n"
    one = "0000000001-24-000001\tRevenues\tus-gaap/2023\t20231231\t4\tUSD\t\t\t10\t\n"
    with pytest.raises(SourceFormatError, match="several filings"):
        read_filing((head + one + one.replace("01-24", "02-24")).encode())


def test_segments_of_num_rows_are_read() -> None:
    head = "adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tcoreg\tvalue\tfootnote\n"
    rows = [("", "1000"), ("Geographical=US;", "700"), ("Geographical=US;ProductOrService=Mac;", "90")]
    body = head + "".join(f"a\tRevenues\tus-gaap/2023\t20231231\t4\tUSD\t{s}\t\t{v}\t\n" for s, v in rows)
    value = read_filing(body.encode()).domestic_revenue_share
    assert value is not None
    assert value.value == pytest.approx(0.7)


def test_a_full_submission_of_an_annual_report_is_read_in_its_instance() -> None:
    body = (
        "-----BEGIN PRIVACY-ENHANCED MESSAGE-----\n<SEC-DOCUMENT>\nCONFORMED SUBMISSION TYPE:\t10-K\n"
        "FILED AS OF DATE:\t\t20240301\n<DOCUMENT>\n<TYPE>10-K\n<TEXT>\n<html><body><p>FORM 10-K</p></body></html>\n"
        "</TEXT>\n</DOCUMENT>\n<DOCUMENT>\n<TYPE>EX-21\n<TEXT>\nnames\n</TEXT>\n</DOCUMENT>\n<DOCUMENT>\n<TYPE>EX-101.INS\n"
        f"<TEXT>\n<XBRL>\n{GOOD.decode().strip()}\n</XBRL>\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>"
    )
    reading = read_filing(body.encode())
    assert reading.kind == "annual_report_html"
    assert reading.domestic_revenue_share is not None
    assert (reading.domestic_revenue_share.value, reading.domestic_revenue_share.filed) == (0.7, "2024-03-01")


def test_inline_numbers_carry_scale_sign_and_either_decimal_mark() -> None:
    reading = read_filing(INLINE.encode())
    assert reading.kind == "inline_xbrl"
    assert reading.domestic_revenue_share is not None
    assert reading.domestic_revenue_share.value == pytest.approx(0.5)
    assert reading.domestic_revenue_share.details["total"] == pytest.approx(1_234_500_000)


def test_a_reading_is_plain_data_with_one_key_a_leg() -> None:
    found = read_filing(GOOD).to_dict()
    assert list(found)[:4] == ["kind", "domestic_revenue_share", "floating_rate_debt_share", "insider_ownership"]
    assert found["insider_ownership"] is None
    assert found["domestic_revenue_share"]["value"] == pytest.approx(0.7)
    assert set(found["domestic_revenue_share"]) >= {"value", "source", "confidence", "passage"}


def test_a_passage_is_a_short_quotation() -> None:
    long = "International sales, " + "which we make through many distributors, " * 40 + "were 30% of our net sales."
    for body in (annual_report(f"<p>{long}</p>"), proxy(row("All directors and officers as a group " * 30, "1", "2%"))):
        found = read_filing(body).to_dict()
        assert all(len(found[leg]["passage"]) <= 400 for leg in list(found)[1:4] if found[leg])


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<table>" * 5_000 + b"as a group", id="nested tables"),
        pytest.param(b"<div>" * 20_000 + b"as a group 5%", id="nested blocks"),
        pytest.param(b"<p>" + b"all directors as a group " * 20_000, id="group without end"),
        pytest.param(b"as a group (" + b"(((((" * 20_000, id="open brackets"),
        pytest.param(b"<p>SCHEDULE 14A</p><table><tr>" + b"<td colspan=99999999>1,000</td>" * 5_000, id="wide cells"),
        pytest.param(
            b"<p>FORM 10-K</p><p>" + b"$ 100 basis points interest expense would rate " * 5_000, id="no sentence end"
        ),
        pytest.param(
            b"<p>FORM 10-K</p><p>" + b"sales of 5% 6% 7% outside the United States " * 5_000, id="percentages"
        ),
        pytest.param(b"<p>FORM 10-K</p><p>international sales " + b"9" * 200_000 + b"% of sales", id="long number"),
        pytest.param("†".encode() * 50_000 + b" as a group <p>", id="marks"),
        pytest.param(b"All directors as a group " + b". " * 50_000 + b"<p>", id="dots"),
        pytest.param(b"All directors as a group " + b"1,000 " * 50_000, id="numbers"),
    ],
)
def test_hostile_pages_end_quickly(body: bytes) -> None:
    started = time.monotonic()
    read_filing(body, "hostile")
    assert time.monotonic() - started < 20


def test_reading_twice_gives_the_same_and_changes_nothing() -> None:
    body = annual_report(table(row("United States", "1")))
    before = bytes(body)
    assert read_filing(body) == read_filing(body)
    assert body == before


def test_a_data_set_whose_lines_end_in_the_middle_of_a_cell_is_refused() -> None:
    body = FILINGS["data set of a filing"].replace(b"Geographical=US;", b"Geographical\r=US;" + b"x" * 200_000)
    with pytest.raises(SourceFormatError, match=r"num\.txt cannot be read"):
        read_filing(body, "num.txt")
