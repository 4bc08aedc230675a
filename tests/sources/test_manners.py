"""Whom a pull asks, what it tells them, and how much and how long it listens; all against a server on 127.0.0.1."""

import contextlib
import gzip
import socket
import threading
from collections.abc import Iterator

import pytest

from active_edge.errors import SourceBusy, SourceFormatError, SourceRefused
from active_edge.sources.web.request import Request
from tests.quick import first_quick

from .conftest import IDENTITY, PatientClock
from .replay import Answer

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PACKED = HEAD + b"Content-Encoding: gzip\r\n\r\n"
NAMED_MEMBER = bytes.fromhex("1f8b0808000000000003")
"""The start of a gzip file whose name follows, to the next zero."""
URL = "https://data.sec.gov/thing.json"
OTHER_SEC = "https://www.sec.gov/moved/thing.json"
FUND = "https://www.ishares.com/us/products/1/x.csv"
MOVED_FUND = "https://www.ishares.com/us/products/2/x.csv"
ELSEWHERE = "https://evil.example/thing.json"


def request(**more: object) -> Request:
    return Request(**{"source": "sec", "key": "sec/thing", "url": URL, "kind": "json", **more})


def fund(**more: object) -> Request:
    return Request(**{"source": "ishares", "key": "ishares/IWM", "url": FUND, "kind": "csv", **more})


def sent_to(target: str, status: int = 302) -> Answer:
    return Answer(b"", status=status, headers={"Location": target})


@pytest.mark.parametrize("status", first_quick([301, 302, 303, 307, 308]))
@pytest.mark.parametrize(
    "target",
    [
        ELSEWHERE,
        "//evil.example/thing.json",
        "https://data.sec.gov.evil.example/thing.json",
        "https://data.sec.gov@evil.example/thing.json",
        "https://someone@data.sec.gov/thing.json",
        "https://data.sec.gov:8443/thing.json",
        "http://data.sec.gov/thing.json",
        "file:///etc/passwd",
        "https://127.0.0.1/thing.json",
        "https://www.ishares.com/thing.json",
    ],
)
def test_a_redirect_to_a_host_the_source_does_not_name_is_refused_and_not_asked(make_client, replay, target, status):
    replay.serve(ELSEWHERE, b"{}")
    replay.fail(URL, sent_to(target, status))
    client = make_client()
    with pytest.raises(SourceRefused, match="no address of sec; not followed"):
        client.fetch(request())
    assert replay.paths == ["data.sec.gov/thing.json"]
    assert not client.archive.keys()


@pytest.mark.parametrize("target", [OTHER_SEC, "/moved/here.json"])
def test_a_body_is_filed_under_the_address_that_answered(make_client, replay, target):
    answering = OTHER_SEC if target == OTHER_SEC else "https://data.sec.gov/moved/here.json"
    replay.serve(URL, b"", status=301, headers={"Location": target})
    replay.serve(answering, b"{}", headers={"ETag": '"1"'})
    client = make_client()
    entry = client.fetch(request())
    assert entry.url == answering
    again = client.fetch(request())  # asked as not modified at the address that has it, and nowhere else
    assert (again.sha256, again.url) == (entry.sha256, answering)
    assert client.received == 2


def test_a_source_may_name_further_hosts(make_client, replay):
    replay.serve(FUND, b"", status=302, headers={"Location": "https://cdn.example/x.csv"})
    replay.serve("https://cdn.example/x.csv", b"a,b\n", "text/csv")
    with pytest.raises(SourceRefused, match="no address of ishares"):
        make_client().fetch(fund())
    assert make_client().fetch(fund(hosts=("cdn.example",))).url == "https://cdn.example/x.csv"


def test_redirects_in_a_circle_end(make_client, replay):
    replay.serve(URL, b"", status=302, headers={"Location": OTHER_SEC})
    replay.serve(OTHER_SEC, b"", status=302, headers={"Location": URL})
    with pytest.raises(SourceFormatError, match="circle"):
        make_client().fetch(request())
    assert len(replay.paths) == 6


def test_the_name_and_address_of_whoever_asks_are_told_to_the_sec_and_nobody_else(make_client, replay):
    replay.serve(URL, b"", status=302, headers={"Location": OTHER_SEC})
    replay.serve(OTHER_SEC, b"{}")
    replay.serve(FUND, b"", status=302, headers={"Location": MOVED_FUND})
    replay.serve(MOVED_FUND, b"a,b\n", "text/csv")
    replay.serve("https://own.example/x.json", b"{}")
    client = make_client()
    client.fetch(request())
    client.fetch(fund())
    client.fetch(request(key="own/x", url="https://own.example/x.json"))  # whatever the source calls itself
    told = list(zip(replay.paths, replay.agents, strict=True))
    assert len(told) == 5
    assert all((agent == IDENTITY) == path.split("/")[0].endswith("sec.gov") for path, agent in told)
    assert all("example.com" not in agent for path, agent in told if not path.split("/")[0].endswith("sec.gov"))


class Ticking(PatientClock):
    """Every look at it takes 100 seconds."""

    def now(self) -> float:
        self.moment += 100.0
        return self.moment


def test_a_body_that_has_not_come_within_its_time_is_given_up(make_client, replay):
    replay.serve(URL, b'"' + b"x" * (8 << 20) + b'"')
    client = make_client(body_seconds=500.0, most_attempts=2)
    client.clock = Ticking()
    with pytest.raises(SourceBusy, match="no whole answer came within 500 s"):
        client.fetch(request())
    assert not client.archive.keys()


def test_an_error_page_that_does_not_end_is_given_up_too(make_client, replay):
    replay.serve(URL, b"x" * (8 << 20), status=503)
    client = make_client(body_seconds=0.0, most_attempts=1)
    client.clock = Ticking()
    with pytest.raises(SourceBusy, match="came within 0 s"):
        client.fetch(request())


def test_a_body_announced_as_too_long_is_refused_before_it_is_read(make_client, replay):
    replay.fail(URL, Answer(b"x" * 100_000, cut=0))
    client = make_client(most_attempts=1)
    with pytest.raises(SourceFormatError, match="more than 1000 bytes"):
        client.fetch(request(max_bytes=1000))


def test_a_body_that_unpacks_to_too_much_on_its_way_is_refused(make_client, replay):
    replay.serve(URL, bytes(50 << 20), packed=True)
    client = make_client()
    with pytest.raises(SourceFormatError, match="more than 1000000 bytes"):
        client.fetch(request(max_bytes=1_000_000))
    assert client.received < 200_000
    assert len(gzip.compress(bytes(50 << 20))) < 200_000


@contextlib.contextmanager
def sending(first: bytes, again: bytes = b"") -> Iterator[str]:
    """The address of a server that sends `first` to whoever asks, and then `again` for as long as it is listened to."""

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                asked, _ = door.accept()
                with asked, contextlib.suppress(OSError):
                    asked.recv(1 << 16)
                    asked.sendall(first)
                    while again:
                        asked.sendall(again)

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        door.shutdown(socket.SHUT_RDWR)


def asked_of(base: str, make_client, **patience: float):
    client = make_client(**{"most_attempts": 1, **patience})
    client.base_urls = {"data.sec.gov": base}
    return client


def test_interim_answers_that_do_not_end_are_given_up(make_client):
    with sending(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000) as base:
        client = asked_of(base, make_client, body_seconds=500.0)
        client.clock = Ticking()
        with pytest.raises(SourceBusy, match="no whole answer came within 500 s"):
            client.fetch(request())


@pytest.mark.parametrize(
    ("begun", "again"),
    [(NAMED_MEMBER, b"a" * 50_000), (gzip.compress(b"")[:10], b"\x00\x00\x00\xff\xff" * 10_000)],
    ids=["a name without end", "empty blocks"],
)
def test_a_packed_body_that_unpacks_to_nothing_is_bounded_as_it_comes(begun, again, make_client):
    with sending(PACKED + begun, again) as base, pytest.raises(SourceFormatError, match="more than 1000000 bytes"):
        asked_of(base, make_client).fetch(request(max_bytes=1_000_000))


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate"])
def test_a_body_packed_otherwise_than_asked_for_is_refused_unread(encoding, make_client, replay):
    twice = gzip.compress(gzip.compress(b"{}"))
    replay.serve(URL, twice, headers={"Content-Encoding": encoding})
    client = make_client()
    with pytest.raises(SourceFormatError, match=f"came packed as '{encoding}', where only gzip was asked for"):
        client.fetch(request())
    assert not client.archive.keys()


def test_half_of_a_packed_body_is_no_body(make_client, replay):
    whole = gzip.compress(b"[" + b"1," * 5000 + b"1]")
    replay.serve(URL, whole[:-9], headers={"Content-Encoding": "gzip"})
    client = make_client(most_attempts=2)
    with pytest.raises(SourceFormatError, match="half of what was packed came"):
        client.fetch(request())
    replay.serve(URL, whole[:10] + b"\xff" + whole[11:], headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceFormatError, match="the body's packing is damaged"):
        client.fetch(request())
    assert not client.archive.keys()


def test_every_member_of_a_packed_body_is_read(make_client, replay):
    replay.serve(URL, gzip.compress(b"[1,") + gzip.compress(b"2]"), headers={"Content-Encoding": "gzip"})
    client = make_client()
    assert client.archive.read(client.fetch(request())) == b"[1,2]"
