"""total_debt and interest_expense under the tags that small companies use; each number worked by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from active_edge.sources.sec import companyfacts
from active_edge.sources.sec.nport import Flow, rows

from .sec_bodies import companyfacts as body
from .sec_bodies import fact

END = "2020-12-31"


def _balance(value: float, accession: str = "a-1", end: str = END, filed: str = "2021-03-01") -> dict[str, Any]:
    return {"USD": [fact(end, value, accession, filed)]}


def _flow(value: float) -> dict[str, Any]:
    return {"USD": [fact(END, value, "a-1", "2021-03-01", start="2020-01-01")]}


def _read(tags: dict[str, Any], item: str) -> list[tuple[float, str, str]]:
    """(value, source, confidence) of each row, whichever way the body is parsed."""
    parsed = companyfacts.parse(body(1, "X", tags), where="test")
    return [(r[4], r[8], r[9]) for r in parsed.rows if r[1] == item]


@pytest.mark.parametrize(
    "tag",
    [
        "ConvertibleNotesPayable", "ConvertibleDebtNoncurrent", "SeniorNotes", "SeniorLongTermNotes", "SecuredDebt",
        "JuniorSubordinatedNotes", "SubordinatedDebt", "LineOfCredit", "LongTermLineOfCredit", "OtherNotesPayable",
        "NotesPayable", "LoansPayable", "UnsecuredDebt",
        "JuniorSubordinatedDebentureOwedToUnconsolidatedSubsidiaryTrust",
    ],
)  # fmt: skip
def test_debt_under_another_tag_is_debt_with_low_confidence(tag: str) -> None:
    assert _read({"Assets": _balance(900), tag: _balance(337)}, "total_debt") == [
        (337, "derived: lines of debt", "low")
    ]


def test_lines_of_debt_add_up_and_current_parts_count_once() -> None:
    tags = {
        "Assets": _balance(900),
        "SeniorNotes": _balance(200),
        "LongTermLineOfCredit": _balance(100),
        "NotesPayableCurrent": _balance(30),
        "DebtCurrent": _balance(50),
    }
    assert [r[0] for r in _read(tags, "total_debt")] == [350]


def test_total_debt_is_never_below_long_term_debt() -> None:
    tags = {
        "Assets": _balance(900),
        "LongTermDebt": _balance(400),
        "LongTermDebtNoncurrent": _balance(300),
        "DebtCurrent": _balance(50),
    }
    assert _read(tags, "total_debt") == [(400, "companyfacts:LongTermDebt", "medium")]


@pytest.mark.parametrize(
    ("later", "current"),
    [
        ("ConvertibleNotesPayableNoncurrent", "ConvertibleNotesPayableCurrent"),
        ("LongTermLineOfCredit", "LinesOfCreditCurrent"), ("SeniorLongTermNotes", "SeniorNotesCurrent"),
        ("LongTermNotesPayable", "NotesPayableCurrent"), ("LongTermLoansPayable", "LoansPayableCurrent"),
    ],
)  # fmt: skip
def test_what_is_due_later_and_within_a_year_of_one_kind_add_up(later: str, current: str) -> None:
    parts = {"Assets": _balance(900), later: _balance(100), current: _balance(50)}
    assert _read(parts, "total_debt") == [(150, "derived: lines of debt", "low")]
    within_short_term_debt = {**parts, "DebtCurrent": _balance(70)}
    assert [r[0] for r in _read(within_short_term_debt, "total_debt")] == [170]


def test_a_line_told_as_a_whole_holds_what_is_due_within_a_year() -> None:
    tags = {"ConvertibleNotesPayable": _balance(150), "ConvertibleNotesPayableCurrent": _balance(50)}
    assert [r[0] for r in _read({"Assets": _balance(900), **tags}, "total_debt")] == [150]


@pytest.mark.parametrize("zero", ["LongTermDebtNoncurrent", "LongTermDebt", "DebtLongtermAndShorttermCombinedAmount"])
@pytest.mark.parametrize(
    "tag", ["ConvertibleNotesPayableNoncurrent", "LongTermLineOfCredit", "DebtCurrent", "DebtInstrumentCarryingAmount"]
)
def test_a_zero_gives_way_to_debt_that_the_same_filing_tells_of(zero: str, tag: str) -> None:
    tags = {"Assets": _balance(900), zero: _balance(0)}
    assert [r[0] for r in _read({**tags, tag: _balance(100)}, "total_debt")] == [100]
    assert [r[0] for r in _read({**tags, tag: _balance(0)}, "total_debt")] == [0]


def test_debt_is_at_least_a_single_line_that_is_larger_than_the_whole() -> None:
    tags = {"Assets": _balance(900), "LongTermDebtNoncurrent": _balance(100)}
    assert [r[0] for r in _read({**tags, "ConvertibleDebtNoncurrent": _balance(200)}, "total_debt")] == [200]
    assert [r[0] for r in _read({**tags, "ConvertibleDebtNoncurrent": _balance(110)}, "total_debt")] == [100], "a face"


def test_a_zero_ends_when_debt_appears() -> None:
    early = {"Assets": _balance(900, "a-1", "2019-12-31", "2020-03-01")["USD"]}
    tags = {
        "Assets": {"USD": early["Assets"] + _balance(950, "a-2")["USD"]},
        "Liabilities": {"USD": _balance(10, "a-1", "2019-12-31", "2020-03-01")["USD"] + _balance(300, "a-2")["USD"]},
        "ConvertibleDebtNoncurrent": _balance(250, "a-2"),
    }
    assert [(value, source) for value, source, _ in _read(tags, "total_debt")] == [
        (0, "no debt tag in the filing"),
        (250, "derived: lines of debt"),
    ]


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("InterestExpenseNet", 19.0), ("InterestIncomeExpenseNet", -19.0),
        ("InterestIncomeExpenseNonoperatingNet", -19.0), ("InterestCostsIncurred", 19.0), ("InterestPaidNet", 19.0),
    ],
)  # fmt: skip
def test_interest_under_five_more_tags_is_of_low_confidence(tag: str, value: float) -> None:
    assert _read({"Assets": _balance(900), tag: _flow(value)}, "interest_expense") == [
        (19.0, f"companyfacts:{tag}", "low")
    ]


def test_interest_that_is_told_as_expense_comes_first_and_net_income_is_none() -> None:
    tags = {"InterestExpense": _flow(20), "InterestPaidNet": _flow(19), "InterestIncomeExpenseNet": _flow(-15)}
    assert _read(tags, "interest_expense") == [(20, "companyfacts:InterestExpense", "high")]
    assert _read({"InterestIncomeExpenseNet": _flow(15)}, "interest_expense") == []


def test_a_filer_in_another_currency_has_no_dollar_items() -> None:
    canadian = {"CAD": _balance(22_700)["USD"]}
    assert _read({"Assets": canadian, "CommercialPaper": _balance(20)}, "total_debt") == []
    assert _read({"Assets": canadian, "Revenues": _flow(20)}, "revenue") == []
    both = {"CAD": _balance(22_700)["USD"], "USD": _balance(17_000)["USD"]}
    assert _read({"Assets": both, "CommercialPaper": _balance(20)}, "total_debt")[0][0] == 20
    shares = {"EntityCommonStockSharesOutstanding": {"shares": [fact(END, 5.0, "a-1", "2021-03-01")]}}
    assert _read({"Assets": canadian, **shares}, "shares_outstanding")[0][0] == 5


@pytest.mark.parametrize("redemption", [30.0, -30.0])
def test_redemptions_leave_a_fund_whatever_their_sign(redemption: float) -> None:
    flow = Flow(pd.Timestamp("2020-01-31"), 15.0, 4.1, redemption)
    assert rows("IWM", [(dt.date(2020, 3, 30), [flow])])["value"].tolist() == [pytest.approx(-10.9)]
