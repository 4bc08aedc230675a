"""Why a share left and what its holders got, by the words of the filings."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from active_edge.errors import SourceFormatError
from active_edge.sources import exits
from active_edge.sources.sec.delistings import cash_terms, form_request, items_reason, merger_report, rule_reason
from active_edge.sources.sec.edgar_index import Filed
from active_edge.sources.sec.submissions import Event
from active_edge.sources.securities import Listing
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.transport import Client

from .replay import Answer, Replay

LAST = dt.date(2019, 6, 14)


def event(day: str, *items: str) -> Event:
    return Event(7, f"0000000007-19-{day[-2:]}0000", dt.date.fromisoformat(day), items, "d8k.htm")


def form(rule: str) -> bytes:
    return (
        '<?xml version="1.0"?><notificationOfRemoval><issuer><cik>0000000007</cik></issuer>'
        f"<ruleProvision>{rule}</ruleProvision></notificationOfRemoval>"
    ).encode()


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("17 CFR 240.12d2-2(a)(3)", "merger"),
        ("17 CFR 240.12d2-2(b)", "distress"),
        ("17 CFR 240.12d2-2 (c)", "voluntary"),
        ("see attached", None),
    ],
)
def test_the_rule_an_exchange_names_is_the_reason(rule: str, reason: str | None) -> None:
    assert rule_reason(form(rule), where="t") == reason


WHOLE = form("17 CFR 240.12d2-2(b)")
SPOILED = {
    "cut": WHOLE[:90],
    "cut within the rule": WHOLE[: WHOLE.index(b"(b)")],
    "another document": b"<?xml version='1.0'?><edgarSubmission><headerData/></edgarSubmission>",
    "words": b"This form was filed on paper.",
    "a page": b"<!DOCTYPE html><html><head><title>EDGAR</title></head><body>notificationOfRemoval</body></html>",
    "nothing": b"",
}


@pytest.mark.parametrize("body", SPOILED.values(), ids=SPOILED)
def test_a_form_that_is_cut_or_no_form_is_refused_and_never_kept(
    make_client: Callable[..., Client], replay: Replay, body: bytes
) -> None:
    request = form_request(
        Filed("25-NSE", "GONE CORP", 3, dt.date(2022, 6, 10), "edgar/data/3/0000000003-22-000009.txt")
    )
    replay.routes[request.url.removeprefix("https://")] = Answer(body, media="application/xml")
    client = make_client(most_attempts=2)
    with pytest.raises(SourceFormatError):
        client.fetch(request)
    assert client.archive.keys() == []
    replay.serve(request.url, WHOLE, "application/xml")
    assert client.fetch(request).status == 200


def test_a_form_without_a_rule_is_one_that_leaves_the_reason_open() -> None:
    body = b"<notificationOfRemoval><exchange><cik>0000876661</cik></exchange></notificationOfRemoval>"
    assert rule_reason(body, where="t") is None


def test_filings_on_exits_that_cannot_be_read_or_are_not_there_are_counted_by_name(tmp_path: Path) -> None:
    """What an archive kept before bodies were read as they came is not read as an exit without a reason."""
    archive, time = Archive(tmp_path / "raw"), "2024-01-01T00:00:00Z"
    keys = [f"exit/{cik:010d}/2023-06-05/25-NSE/{cik:010d}-23-000009" for cik in (1, 2, 3)]
    archive.keep_bytes(WHOLE, key=keys[0], url="u", time=time)
    archive.keep_bytes(WHOLE[:90], key=keys[1], url="u", time=time)
    archive.note(key=keys[2], url="u", time=time, status=404)
    table = pd.DataFrame({"asset": ["A", "B", "C"], "ticker": ["A", "B", "C"], "cik": [1, 2, 3]})
    table = table.assign(last_session=pd.Timestamp("2023-06-02"), exit_reason="unknown", exit_return=float("nan"))
    told, findings = exits.told(archive, Listing(table, {}, {}, []), {})
    assert told.table["exit_reason"].tolist() == ["distress", "unknown", "unknown"]
    (unread,) = [one for one in findings if "cannot be read" in one.kind]
    assert unread.count == 2
    assert all(any(key in said for said in unread.examples) for key in keys[1:])


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([event("2019-06-14", "2.01", "3.01", "5.01", "9.01")], "merger"),
        ([event("2019-06-13", "3.01"), event("2019-06-17", "5.01")], "merger"),
        ([event("2018-09-03", "1.03", "8.01"), event("2019-06-14", "3.01")], "distress"),
        ([event("2019-06-10", "3.01")], None),  # a warning, or the wish to leave: Form 25 says which
        ([event("2018-03-01", "2.01", "5.01")], None),  # it bought somebody, long before
        ([event("2019-06-10", "2.01", "9.01")], None),  # it bought somebody
        ([], None),
    ],
)
def test_items_around_the_day_are_the_reason(events: list[Event], reason: str | None) -> None:
    assert items_reason(events, LAST) == reason


def test_the_terms_are_in_the_nearest_report_of_the_deal() -> None:
    near, far = event("2019-06-15", "2.01", "3.01"), event("2019-07-10", "5.01")
    assert merger_report([far, event("2019-06-14", "8.01"), near], LAST) == near
    assert merger_report([event("2018-01-01", "2.01")], LAST) is None


@pytest.mark.parametrize(
    ("text", "cash"),
    [
        ("each share was cancelled and converted into the right to receive $12.50 in cash, without interest", 12.5),
        ("the right to receive an amount in cash equal to $1,012.50 per Share, without interest", 1012.5),
        ("<p>the right to receive <b>$</b>7.00&nbsp;in cash</p> and later: right to receive $7.00 in cash", 7.0),
        ("converted into the right to receive $5.00 in cash and 0.25 shares of Parent common stock", None),
        ("right to receive $5.00 in cash plus one contingent value right", None),
        ("right to receive $5.00 in cash. Each preferred share: right to receive $25.00 in cash", None),
        ("converted into 0.62 shares of Parent common stock", None),
        ("the purchase price was $400 million", None),
    ],
)  # fmt: skip
def test_cash_a_share_is_told_where_it_is_cash_alone(text: str, cash: float | None) -> None:
    assert cash_terms(text.encode()) == cash
