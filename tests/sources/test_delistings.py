"""Why a share left and what its holders got, by the words of the filings."""

import datetime as dt

import pytest

from active_edge.sources.sec.delistings import cash_terms, items_reason, merger_report, rule_reason
from active_edge.sources.sec.submissions import Event

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
