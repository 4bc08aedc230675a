"""Whatever bytes come, a reader answers or raises one of the named errors."""

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from active_edge.errors import SourceError
from active_edge.sources.missing import reason_of

from . import bodies
from .readers import READERS


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
    ("master index", b"\n1|X", b"\n1\xb3|X"),
    ("fails", b"|DESCRIPTION|PRICE", b"|x|PRICE|DESCRIPTION"),
    ("insider list", b"www.sec.gov", b"www.sec[].gov"),
    ("market structure list", b"www.sec.gov", b"www.se]c.gov"),
    ("fails list", b"www.sec.gov", b"www.s[ec.gov"),
    ("yahoo", b"America/New_York", b"5." * 50_000),
    ("fred", b"DGS10", b"a," * 100_000),
    ("stooq", b"Open", b"o" * 200_000),
    ("market structure", b"Stock", b"s" * 200_000),
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


ENDLESS = (b'href="', b"href=2022q1", b"<", b",", b"\n", b'"a', b"5.", b"[")


@pytest.mark.parametrize("name", READERS)
def test_a_piece_without_end_is_read_in_time_that_grows_with_it_and_its_reason_is_short(name: str) -> None:
    reader, whole = READERS[name]
    for piece in ENDLESS:
        for at in (0, len(whole) // 2, len(whole)):
            body = whole[:at] + piece * (200_000 // len(piece)) + whole[at:]
            try:
                reader(body)
            except SourceError as error:
                assert len(reason_of(error)) < 900  # noqa: PT017


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
