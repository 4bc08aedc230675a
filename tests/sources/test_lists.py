"""The pages that name what there is to ask: one that is not there, or is another page, is named missing."""

import time
from collections.abc import Callable

import pytest

from active_edge.progress import silent
from active_edge.sources.fetching import Tally, fetch_all
from active_edge.sources.missing import by_source, keep_missing, read_missing
from active_edge.sources.sec import fails, form345, market_structure
from active_edge.sources.web.request import Request
from active_edge.sources.web.transport import Client
from tests.quick import first_quick

from .replay import Answer, Replay
from .sec_bodies import page_naming, serve_lists

DENIED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
NOTICE = b"<!DOCTYPE html><html><head><title>Page moved</title></head><body>See our new site.</body></html>"
LISTS = {"form345": form345, "market_structure": market_structure, "fails": fails}
ELSEWHERE = "https://www.sec.gov/page-not-found"
ANSWERS = {
    "404": Answer(b"Not Found", status=404, media="text/plain"),
    "404 with a page": Answer(NOTICE, status=404, media="text/html"),
    "410": Answer(b"Gone", status=410, media="text/plain"),
    "403 of the store": Answer(DENIED, status=403, media="application/xml"),
    "200 with the words of the store": Answer(DENIED, media="application/xml"),
    "200 with a notice": Answer(NOTICE, media="text/html"),
    "200 with other links": Answer(page_naming("https://www.sec.gov/files/annual_2022.pdf"), media="text/html"),
    "sent on to a notice": Answer(status=301, headers={"Location": ELSEWHERE}),
    "sent on to nothing": Answer(status=302, headers={"Location": "https://www.sec.gov/nothing-here"}),
    "sent on to another host": Answer(status=302, headers={"Location": "https://data.gov/list"}),
}


def asked(client: Client, request: Request) -> list[str]:
    """Sources named missing after the list was asked."""
    tally = Tally(silent, time.monotonic())
    fetch_all(client, [request], "lists", tally, [])
    keep_missing(client.archive, tally.lacked)
    return [one.source for one in by_source(client.archive, read_missing(client.archive))]


@pytest.mark.parametrize("answer", first_quick(ANSWERS, 3))
@pytest.mark.parametrize("source", LISTS)
def test_a_list_that_is_not_there_is_named_missing(
    make_client: Callable[..., Client], replay: Replay, source: str, answer: str
) -> None:
    replay.serve(ELSEWHERE, NOTICE, "text/html")
    request = LISTS[source].list_request()
    replay.routes[request.url.removeprefix("https://")] = ANSWERS[answer]
    assert asked(make_client(most_attempts=2), request) == [source]


@pytest.mark.parametrize("source", LISTS)
def test_a_list_that_was_there_and_is_gone_is_named_as_of_an_older_edition(
    make_client: Callable[..., Client], replay: Replay, source: str
) -> None:
    client, request = make_client(), LISTS[source].list_request()
    serve_lists(replay)
    assert asked(client, request) == []
    replay.routes[request.url.removeprefix("https://")] = ANSWERS["404"]
    assert asked(client, request) == [source]
    (missing,) = by_source(client.archive, {})
    assert (missing.answers, missing.older, missing.kind) == (1, 1, "changed")
    assert "its address has moved" in missing.line()
    serve_lists(replay)
    assert asked(client, request) == []


def test_files_that_a_list_names_and_none_of_which_is_there_are_named(
    make_client: Callable[..., Client], replay: Replay
) -> None:
    client = make_client()
    listed = {period: f"https://www.sec.gov/files/cnsfails{period}.zip" for period in ("202201a", "202201b")}
    for request in fails.requests(listed, fails.first_day("202201a")):
        assert client.fetch(request).status == 404
    assert [one.source for one in by_source(client.archive, {})] == ["fails"]
