"""Why a share left and what its holders got, by the words of the filings."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from active_edge.errors import SourceFormatError
from active_edge.sources import exits
from active_edge.sources.sec.delistings import cash_terms, form_request, items_reason, merger_report, rule_reason
from active_edge.sources.sec.edgar_index import Filed
from active_edge.sources.sec.submissions import Event
from active_edge.sources.securities import Company, Listing, Register
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.transport import Client

from .bodies import zipped
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
        ("was converted into the right to receive one share of Parent common stock and $12.00 in cash.", None),
        ("the right to receive aggregate cash consideration of approximately $2.1 billion.", None),
        ("the right to receive an aggregate of $350 million in cash.", None),
        ("the right to receive (i) $3.00 in cash, " + "without interest and " * 20 + "plus (ii) one CVR.", None),
        ("the right to receive C$25.00 in cash.", None),
        ("the right to receive CAD $25.00 in cash.", None),
        ("the right to receive US$25.00 in cash.", 25.0),
        ("Each share of Series A Preferred was converted into the right to receive $25 in cash.", None),
        ("The Company had the right to receive a termination fee of $45 in cash.", None),
        ("holders have the right to receive a special cash dividend of $2.00 in cash.", None),
        ("each $1,000 principal amount of notes has the right to receive $1,010.00 in cash.", None),
        ("was converted into the right to receive &dollar;14.25 in cash.", 14.25),
        ("was converted into the right to receive $.75 in cash.", 0.75),
        ("the right to receive an amount in cash per share of common stock equal to $9.50.", 9.5),
        (
            "Each share of preferred stock was converted into the right to receive $25 in cash. Each share of common "
            "stock was converted into the right to receive $14.25 in cash.",
            14.25,
        ),
    ],
)
def test_cash_that_is_no_price_of_a_common_share_is_not_told(text: str, cash: float | None) -> None:
    assert cash_terms(f"<p>{text}</p>".encode()) == cash


@pytest.mark.parametrize(
    ("text", "cash"),
    [
        ("each share was cancelled and converted into the right to receive $12.50 in cash, without interest", 12.5),
        ("the right to receive an amount in cash equal to $1,012.50 per Share, without interest", 1012.5),
        ("<p>the right to receive <b>$</b>7.00&nbsp;in cash</p> and later: right to receive $7.00 in cash", 7.0),
        ("converted into the right to receive $5.00 in cash and 0.25 shares of Parent common stock", None),
        ("right to receive $5.00 in cash plus one contingent value right", None),
        ("right to receive $5.00 in cash. Each preferred share: right to receive $25.00 in cash", 5.0),
        ("converted into 0.62 shares of Parent common stock", None),
        ("the purchase price was $400 million", None),
    ],
)  # fmt: skip
def test_cash_a_share_is_told_where_it_is_cash_alone(text: str, cash: float | None) -> None:
    assert cash_terms(text.encode()) == cash


def kept(archive: Archive, body: bytes, key: str) -> None:
    archive.keep_bytes(body, key=key, url="u", time="2024-01-01T00:00:00Z")


def told_of_seven(archive: Archive, *events: Event) -> None:
    """The bulk file of submissions with the 8-Ks of company 7."""
    page = {
        "accessionNumber": [e.accession for e in events],
        "form": ["8-K"] * len(events),
        "filingDate": [f"{e.filed}" for e in events],
        "items": [",".join(e.items) for e in events],
        "primaryDocument": [e.document for e in events],
    }
    kept(archive, zipped(CIK0000000007__json=json.dumps(page).encode()), "submissions/bulk")


def removed(day: str) -> Filed:
    number = day.replace("-", "")[2:]
    return Filed(
        "25-NSE", "SEVEN INC", 7, dt.date.fromisoformat(day), f"edgar/data/7/0000000007-{day[2:4]}-{number}.txt"
    )


def seven(last: str | None) -> Listing:
    row = {"asset": "S", "ticker": "SEVN", "cik": 7, "exit_reason": "unknown", "exit_return": float("nan")}
    return Listing(pd.DataFrame([row]).assign(last_session=pd.Timestamp(last)), {}, {}, [])


CASH = b"each share was converted into the right to receive $6.00 in cash, without interest"


@pytest.mark.parametrize("last", ["2019-07-12", "2019-06-28", "2019-05-31", "2019-04-30"])
def test_a_merger_is_told_whose_last_close_a_fund_asked_by_the_month_showed_weeks_before(
    tmp_path: Path, last: str
) -> None:
    """The last close is 8 USD and the deal pays 6: -25 %. Up to 73 days before, for a month's end may have no file."""
    archive = Archive(tmp_path / "raw")
    told_of_seven(archive, event("2019-07-12", "2.01", "3.01", "5.01"))
    kept(archive, CASH, "exit/0000000007/2019-07-12/8-K/0000000007-19-120000")
    told, _ = exits.told(archive, seven(last), {"S": 8.0}, [removed("2019-07-12")])
    assert told.table["exit_reason"].tolist() == ["merger"]
    assert told.table["exit_return"].tolist() == [-0.25]


def test_a_notice_months_after_the_last_close_is_of_another_exit(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "raw")
    told_of_seven(archive, event("2019-07-12", "2.01", "3.01", "5.01"))
    told, _ = exits.told(archive, seven("2019-02-28"), {"S": 8.0}, [removed("2019-07-12")])
    assert told.table["exit_reason"].tolist() == ["unknown"]


def test_the_deal_is_asked_for_where_notes_of_the_company_leave_the_exchange_two_months_later(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "raw")
    told_of_seven(archive, event("2019-03-01", "2.01", "3.01", "5.01"))
    known = Register({7: Company(7, first_report=dt.date(2015, 3, 1), last_report=dt.date(2018, 11, 9))}, {})
    for lines in ([removed("2019-03-01"), removed("2019-05-02")], [removed("2019-05-02"), removed("2019-03-01")]):
        (asked,) = exits.requests(archive, lines, known, lambda _cik, _day: True)
        assert asked.key == "exit/0000000007/2019-03-01/8-K/0000000007-19-010000"
    (asked,) = exits.requests(archive, [removed("2017-03-01"), removed("2019-05-02")], known, lambda _cik, _day: True)
    assert asked.key.startswith("exit/0000000007/2019-05-02/25-NSE/")


def test_who_died_a_week_before_the_end_has_left_where_filings_say_so(tmp_path: Path) -> None:
    """Silent for less than two weeks: 8 USD became 6 by the deal; without a form or a reason it may come back."""
    archive = Archive(tmp_path / "raw")
    told_of_seven(archive, event("2019-07-12", "2.01", "3.01", "5.01"))
    kept(archive, CASH, "exit/0000000007/2019-07-12/8-K/0000000007-19-120000")
    silent, closes = {"S": pd.Timestamp("2019-07-11")}, {"S": 8.0}
    told, findings = exits.told(archive, seven(None), closes, [removed("2019-07-12")], silent=silent)
    assert told.table["last_session"].tolist() == [pd.Timestamp("2019-07-11")]
    assert told.table[["exit_reason", "exit_return"]].to_numpy().tolist() == [["merger", -0.25]]
    (lately,) = [one for one in findings if "say have left" in one.kind]
    assert lately.examples == ("S 2019-07-11",)
    for index, quiet in (([], silent), ([removed("2019-06-28")], silent), ([removed("2019-07-12")], {})):
        told, _ = exits.told(archive, seven(None), closes, index, silent=quiet)
        assert told.table["last_session"].isna().all()
        assert told.table["exit_return"].isna().all()
    told_of_seven(archive, event("2019-07-12", "3.01"))
    told, _ = exits.told(archive, seven(None), closes, [removed("2019-07-12")], silent=silent)
    assert told.table["last_session"].isna().all()


def test_cash_of_more_than_twice_the_last_close_is_left_out_and_named(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "raw")
    told_of_seven(archive, event("2019-07-12", "2.01", "3.01", "5.01"))
    kept(archive, CASH, "exit/0000000007/2019-07-12/8-K/0000000007-19-120000")
    told, findings = exits.told(archive, seven("2019-07-12"), {"S": 2.5})
    assert told.table["exit_return"].isna().all()
    (far,) = [one for one in findings if "more than twice" in one.kind]
    assert far.examples == ("S 2019-07-12 6 after 2.5",)
    told, findings = exits.told(archive, seven("2019-07-12"), {"S": 3.0})
    assert told.table["exit_return"].tolist() == [1.0]
    assert not [one for one in findings if "more than twice" in one.kind]
