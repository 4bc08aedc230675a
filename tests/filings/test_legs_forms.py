"""Forms 3, 4 and 5, and the roll-forward of a proxy's group share, worked by hand."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from active_edge.errors import SourceFormatError
from active_edge.filings import Holding, dataset_holdings, form_holdings, read_filing, roll_forward

PROXY, NOW = "2024-03-15", "2024-12-31"
BEFORE = Holding(
    "99", ("1",), ("Doe Jane",), True, False, "Common Stock", True, "", 0.0, 1_000.0, "2023-06-01", "2023-06-03", "4"
)
LATER = replace(BEFORE, change=-200.0, shares=800.0, on="2024-06-01", filed="2024-06-03")


def _rolled(*holdings: Holding, level: float = 0.10, **kwargs: float) -> float:
    return roll_forward(level, holdings, level_date=PROXY, as_of=NOW, outstanding=100_000, **kwargs).value


def test_a_sale_takes_its_shares_off() -> None:
    value = roll_forward(0.10, [BEFORE, LATER], level_date=PROXY, as_of=NOW, outstanding=100_000)
    assert value.value == pytest.approx((10_000 - 200) / 100_000)
    assert (value.source, value.confidence, value.period_end) == ("form_345_roll_forward", "medium", NOW)


def test_without_a_filing_before_the_proxy_the_transaction_tells_the_change() -> None:
    assert _rolled(LATER) == pytest.approx(0.098)


def test_a_balance_after_a_balance_beats_the_transaction() -> None:
    assert _rolled(BEFORE, replace(LATER, shares=700.0)) == pytest.approx(0.097)


def test_several_sales_of_one_day_end_at_the_lowest_balance() -> None:
    day = [replace(LATER, change=-100.0, shares=left) for left in (900.0, 800.0, 700.0)]
    assert _rolled(BEFORE, *day) == _rolled(BEFORE, *reversed(day)) == pytest.approx(0.097)


def test_a_new_insiders_form_3_adds_what_it_holds() -> None:
    new = replace(LATER, owners=("2",), names=("New",), change=0.0, shares=500.0, form="3")
    assert _rolled(BEFORE, new) == pytest.approx(0.105)


def test_a_pile_only_stated_later_is_taken_as_unchanged() -> None:
    stated = replace(LATER, direct=False, nature="By Trust", change=0.0, shares=5_000.0)
    assert _rolled(BEFORE, stated) == pytest.approx(0.10)


def test_a_filing_counts_from_the_day_it_was_filed_not_from_the_trade() -> None:
    late = replace(LATER, filed="2025-01-02")
    assert _rolled(BEFORE, late) == pytest.approx(0.10)
    assert _rolled(BEFORE, replace(late, filed=NOW)) == pytest.approx(0.098)


def test_joint_filers_and_affiliates_of_the_same_shares_count_once() -> None:
    joint = [replace(LATER, owners=(str(n),), change=300.0, shares=1_300.0) for n in (1, 2, 3)]
    assert _rolled(BEFORE, *joint) == pytest.approx(0.103)


def test_a_ten_percent_owner_who_is_no_director_does_not_count() -> None:
    assert _rolled(BEFORE, replace(LATER, insider=False, ten_percent=True)) == pytest.approx(0.10)


@pytest.mark.parametrize(
    "security", ["Series A Preferred Stock", "Stock Option (right to buy)", "Warrants", "Phantom Units"]
)
def test_other_securities_do_not_count(security: str) -> None:
    assert _rolled(BEFORE, replace(LATER, security=security)) == pytest.approx(0.10)
    assert _rolled(replace(LATER, security="Class A Common Stock")) == pytest.approx(0.098)


def test_more_shares_outstanding_dilute_the_group() -> None:
    assert _rolled(BEFORE, LATER, outstanding_now=200_000) == pytest.approx(9_800 / 200_000)


def test_an_impossible_result_is_refused() -> None:
    with pytest.raises(SourceFormatError, match="no share"):
        _rolled(replace(LATER, change=-50_000.0, shares=0.0))
    with pytest.raises(SourceFormatError, match="positive"):
        roll_forward(0.1, [], level_date=PROXY, as_of=NOW, outstanding=0)


@given(level=st.floats(0, 1), noise=st.permutations(range(4)))
def test_nothing_filed_leaves_the_level_and_order_does_not_matter(level: float, noise: list[int]) -> None:
    assert roll_forward(level, [], level_date=PROXY, as_of=NOW, outstanding=1e6).value == pytest.approx(level)
    rows = [BEFORE, LATER, replace(LATER, owners=("7",), change=50.0, shares=60.0), replace(BEFORE, owners=("8",))]
    assert _rolled(*[rows[i] for i in noise]) == pytest.approx(_rolled(*rows))


def _form(relationship: str, lines: str = "") -> str:
    return (
        "\n\n<?xml version='1.0'?><ownershipDocument><documentType>4</documentType><periodOfReport>2024-06-01"
        "</periodOfReport><issuer><issuerCik>0000000099</issuerCik></issuer><reportingOwner><reportingOwnerId>"
        "<rptOwnerCik>0000000001</rptOwnerCik><rptOwnerName>Doe Jane</rptOwnerName></reportingOwnerId>"
        f"<reportingOwnerRelationship>{relationship}</reportingOwnerRelationship></reportingOwner>"
        f"<nonDerivativeTable>{lines}</nonDerivativeTable></ownershipDocument>"
    )


def _line(shares: str, code: str = "D", moved: str = "100", held: str = "I") -> str:
    return (
        "<nonDerivativeTransaction><securityTitle><value>Common Stock</value></securityTitle>"
        f"<transactionAmounts><transactionShares><value>{moved}</value></transactionShares>"
        f"<transactionAcquiredDisposedCode><value>{code}</value></transactionAcquiredDisposedCode></transactionAmounts>"
        f"<postTransactionAmounts><sharesOwnedFollowingTransaction><value>{shares}</value>"
        "</sharesOwnedFollowingTransaction></postTransactionAmounts><ownershipNature><directOrIndirectOwnership>"
        f"<value>{held}</value></directOrIndirectOwnership></ownershipNature></nonDerivativeTransaction>"
    )


@pytest.mark.parametrize(("flag", "insider"), [("1", True), ("true", True), ("0", False), ("false", False)])
def test_both_spellings_of_yes_and_no_are_known(flag: str, insider: bool) -> None:
    holdings = form_holdings(_form(f"<isOfficer>{flag}</isOfficer>", _line("900")), "form")
    assert [h.insider for h in holdings] == [insider]


def test_a_line_keeps_who_what_and_when() -> None:
    (one,) = form_holdings(_form("<isDirector>1</isDirector>", _line("900")), "form", "2024-06-03")
    assert (one.issuer, one.owners, one.change, one.shares) == ("99", ("1",), -100.0, 900.0)
    assert (one.direct, one.on, one.filed, one.form) == (False, "2024-06-01", "2024-06-03", "4")
    assert one.common


def test_a_body_that_begins_with_blank_lines_is_read() -> None:
    assert len(read_filing(_form("<isDirector>1</isDirector>", _line("900")).encode()).holdings) == 1


@pytest.mark.parametrize("shares", ["-5", "9999999999999"])
def test_absurd_share_counts_are_refused_and_named(shares: str) -> None:
    with pytest.raises(SourceFormatError, match=shares):
        read_filing(_form("<isDirector>1</isDirector>", _line(shares)).encode())


def test_a_form_without_issuer_is_refused() -> None:
    with pytest.raises(SourceFormatError, match="issuer"):
        read_filing(b"<ownershipDocument><documentType>4</documentType></ownershipDocument>")


@pytest.mark.realdata
def test_the_data_sets_give_the_same_holdings_and_joint_filers_once(recorded: Path) -> None:
    folder = recorded / "sec_form345_dataset/2025q2_excerpt"

    def rows(name: str) -> list[dict[str, str]]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

    owners, lines = rows("REPORTINGOWNER.tsv"), rows("NONDERIV_TRANS.tsv")
    filings = {row["ACCESSION_NUMBER"] for row in lines}
    submissions = [
        {
            "ACCESSION_NUMBER": a,
            "FILING_DATE": "01-JUL-2025",
            "PERIOD_OF_REPORT": "",
            "ISSUERCIK": "1",
            "DOCUMENT_TYPE": "4",
        }
        for a in filings
    ]
    holdings = dataset_holdings(submissions, owners, lines)
    assert len(holdings) == len(lines)
    assert {h.filed for h in holdings} == {"2025-07-01"}
    baker = [h for h in holdings if "BAKER JULIAN" in h.names]
    assert len(baker) == 2
    assert all(len(h.owners) == 6 for h in baker)
    (officer,) = [h for h in holdings if h.names == ("Keeney Scott H",)]
    assert (officer.change, officer.shares, officer.insider) == (-33_682.0, 1_206_540.0, True)
