"""Whatever bytes come, a reader answers or raises one of the named errors."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from active_edge.errors import SourceError
from active_edge.filings.zips import open_zip, read_member
from active_edge.sources.sec import companyfacts, edgar_index, form345, fsds, nport
from active_edge.sources.vendors import fred, ishares, kenfrench, nasdaq, yahoo

from . import bodies, sec_bodies


def read_sub(body: bytes) -> None:
    fsds.parse_sub(body, fsds.Quarter(), where="f")


def read_num(body: bytes) -> None:
    quarter = fsds.Quarter()
    fsds.parse_sub(
        sec_bodies.sub(("a", 1, "X", 1, "10-K", "20211231", "20220301", "x-20211231.xml")), quarter, where="f"
    )
    fsds.parse_num(iter([body]), quarter, where="f")
    fsds.rows(quarter)


def read_insiders(body: bytes) -> None:
    tables = sec_bodies.insider_tables(SUBMISSION=["a|20-MAR-2022||4|7|X|X"], REPORTINGOWNER=["a|1|Doe|Director"])
    list(form345.stakes(form345.events(form345.parse_tables({**tables, "NONDERIV_TRANS": body}, where="f"))))


def read_zip(body: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        with open_zip(Path(file.name), where="f") as archive:
            for name in archive.namelist():
                read_member(archive, name, where="f", max_bytes=1 << 20)


READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "fred": (lambda b: fred.parse(b, where="f"), bodies.fred_csv("DGS10")[:400]),
    "kenfrench daily": (lambda b: kenfrench.parse(b, library=kenfrench.Library(True), where="f"), bodies.FIVE_FACTORS),
    "kenfrench monthly": (
        lambda b: kenfrench.parse(b, library=kenfrench.FILES["25_Portfolios_ME_OP_5x5"], where="f"),
        bodies.PORTFOLIOS,
    ),
    "ishares": (lambda b: ishares.parse(b, where="f"), sec_bodies.HOLDINGS),
    "nasdaq": (lambda b: nasdaq.parse(b, name="nasdaqlisted", where="f"), sec_bodies.NASDAQ_LISTED),
    "otherlisted": (lambda b: nasdaq.parse(b, name="otherlisted", where="f"), sec_bodies.OTHER_LISTED),
    "form index": (
        lambda b: list(edgar_index.parse_form_index(b, where="f")),
        sec_bodies.form_index(("10-K", "X", 1, "2020-03-18", "edgar/data/1/0001104659-20-034321.txt")),
    ),
    "master index": (
        lambda b: list(edgar_index.parse_master_index(b, where="f")),
        b"CIK|Company Name|Form Type|Date Filed|Filename\n----\n1|X|10-K|2020-03-18|edgar/data/1/a.txt\n",
    ),
    "submissions": (
        lambda b: edgar_index.parse_submissions(b, where="f"),
        orjson.dumps(
            {
                "cik": "1",
                "name": "X",
                "sic": "3571",
                "tickers": ["X"],
                "exchanges": ["NYSE"],
                "filings": {
                    "recent": {
                        "accessionNumber": ["a"],
                        "form": ["10-K"],
                        "filingDate": ["2020-03-18"],
                        "primaryDocument": ["x.htm"],
                    },
                    "files": [],
                },
            }
        ),
    ),
    "tickers": (lambda b: edgar_index.parse_tickers(b, where="f"), sec_bodies.TICKERS),
    "companyfacts": (
        lambda b: companyfacts.parse(b, where="f"),
        sec_bodies.balance(1, "X", "0000000001-22-000001", 2021, "2022-03-01"),
    ),
    "fsds sub": (read_sub, sec_bodies.sub(("a", 1, "X", 1, "10-K", "20211231", "20220301", "x-20211231.xml"))),
    "fsds num": (read_num, sec_bodies.num(("a", "Revenues", "20211231", 4, "Geographical=US;", "5"))),
    "form345": (
        read_insiders,
        sec_bodies.insider_tables(NONDERIV_TRANS=["a|Common Stock|19-MAR-2022|30|D|"])["NONDERIV_TRANS"],
    ),
    "nport": (lambda b: nport.parse_report(b, series=None, where="f"), sec_bodies.nport_report("S1")),
    "nport feed": (lambda b: nport.parse_feed(b, where="f"), sec_bodies.FEED),
    "fund tickers": (lambda b: nport.parse_fund_tickers(b, where="f"), sec_bodies.FUND_TICKERS),
    "yahoo": (
        lambda b: yahoo.parse(b, where="f"),
        bodies.chart("X", ["2023-10-30", "2023-10-31"], [1.0, 2.0], dividends={"2023-10-31": 0.1}),
    ),
    "zip": (read_zip, bodies.zipped(a__csv=b"one,two\n" * 50)),
}


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A true body with pieces cut out, repeated, or overwritten."""
    body = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        length = draw(st.integers(0, 40))
        piece = draw(
            st.one_of(
                st.binary(max_size=12),
                st.sampled_from(
                    [b"", b"null", b"-1", b"1e400", b"NaN", b"[]", b"{}", b"\t", b"|", b"\n", b"99999999999999"]
                ),
            )
        )
        body[at : at + length] = piece
    return bytes(body)


@pytest.mark.parametrize("name", READERS)
def test_a_whole_body_is_read(name: str) -> None:
    reader, whole = READERS[name]
    reader(whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_damaged_bodies_give_named_errors_only(name: str, data: st.DataObject) -> None:
    reader, whole = READERS[name]
    try:
        reader(data.draw(damaged(whole)))
    except SourceError as error:
        assert str(error)  # noqa: PT017


FOUND = (
    ("yahoo", b"[2.0]", b"[[2.0]]"),
    ("companyfacts", b'"accn": "0000000001-22-000001"', b'"accn": true'),
    ("companyfacts", b'"form": "10-K"', b'"form": {}'),
)
"""Reader -> a piece of its true body, and what the campaign had put there when no error had a name."""


@pytest.mark.parametrize(("name", "piece", "damage"), FOUND)
def test_what_the_campaign_found_has_a_name(name: str, piece: bytes, damage: bytes) -> None:
    reader, whole = READERS[name]
    if name == "yahoo":
        whole = bodies.chart("X", ["2023-10-31"], [2.0])
    assert piece in whole
    with pytest.raises(SourceError):
        reader(whole.replace(piece, damage, 1))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=25, deadline=None)
@example(body=b"")
@example(body=b"\xff\xfe\x00")
@example(body=b"<!DOCTYPE html><html></html>")
@example(body=b"[" * 100_000)
@given(body=st.binary(max_size=300))
def test_any_bytes_give_named_errors_only(name: str, body: bytes) -> None:
    try:
        READERS[name][0](body)
    except SourceError as error:
        assert str(error)  # noqa: PT017


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def reshaped(draw: st.DrawFn, whole: bytes) -> bytes:
    """A true JSON body with one node, anywhere, replaced by another value."""
    document = orjson.loads(whole)
    node, holder, key = document, None, 0
    while isinstance(node, dict | list) and node and draw(st.integers(0, 6)):
        holder = node
        key = draw(st.sampled_from(sorted(node))) if isinstance(node, dict) else draw(st.integers(0, len(node) - 1))
        node = holder[key]
    value = draw(JSON)
    if holder is None:
        document = value
    else:
        holder[key] = value
    return orjson.dumps(document)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["companyfacts", "submissions", "tickers", "fund tickers", "yahoo"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_json_of_another_shape_gives_named_errors_only(name: str, data: st.DataObject) -> None:
    reader, whole = READERS[name]
    try:
        reader(data.draw(reshaped(whole)))
    except SourceError as error:
        assert str(error)  # noqa: PT017
