"""Damaged filings: every outcome is a reading with shares in [0, 1], or a named error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from active_edge.errors import SourceFormatError
from active_edge.filings import read_filing
from tests.filings.every_kind import FILINGS

TAGS = b"<table> </table> <td> </tr> <!-- --> <DOCUMENT> <TEXT> <![CDATA[ ]]> &nbsp; &amp; colspan=0 scale='99'".split()
WORDS = b"group % * ( ) 999,999,999 -1 1e308 NaN country:US 2023-02-31 0000 LIBOR $ \x93".split()
PIECES = (*TAGS, *WORDS, b"as a group", b"All directors ", b"\x00", b"\xff\xfe", b"\n", b"\t", b" ")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A seed with up to eight cuts, repetitions, insertions and overwritten bytes."""
    body = draw(st.sampled_from([*FILINGS.values()]))
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, max(0, len(body) - 1)))
        stop = min(len(body), start + draw(st.integers(0, 200)))
        piece = draw(
            st.one_of(st.just(b""), st.sampled_from(PIECES), st.just(body[start:stop] * 3), st.binary(max_size=8))
        )
        body = body[:start] + piece + body[stop:]
    return body


def _survives(body: bytes) -> None:
    try:
        found = read_filing(body, "damaged").to_dict()
    except SourceFormatError:
        return
    json.dumps(found, allow_nan=False)
    for leg in ("domestic_revenue_share", "floating_rate_debt_share", "insider_ownership"):
        if found[leg] is not None:
            assert 0 <= found[leg]["value"] <= 1
            assert found[leg]["confidence"] in ("high", "medium", "low")


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_filing_is_read_or_refused(body: bytes) -> None:
    _survives(body)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    _survives(body)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="All directors and officers as a group(0123456789),.%*$-—\n", max_size=400))
def test_any_text_of_a_proxys_letters_is_read_or_refused(text: str) -> None:
    _survives(b"SCHEDULE 14A proxy statement abc\n" + text.encode())


@pytest.mark.realdata
@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_real_filing_is_read_or_refused(recorded: Path, data: st.DataObject) -> None:
    names = (
        "sec_xbrl_instance/grsv-10k_20201231_htm.xml",
        "sec_xbrl_instance/upxi_10k_htm.xml.zip",
        "sec_10k_html/0000950153-99-001234.html",
        "sec_ownership_xml/form4.snow.xml",
        "sec_ownership_xml/0000320193-22-000061.txt",
    )
    body = (recorded / data.draw(st.sampled_from(names))).read_bytes()
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(body) - 1))
        stop = min(len(body), start + data.draw(st.integers(0, 5_000)))
        body = body[:start] + data.draw(st.sampled_from((b"", *PIECES))) + body[stop:]
    _survives(body)
