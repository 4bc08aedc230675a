"""Percentages that are today's rate, lists that a sentence settles in part, tables of maturities, face amounts."""

from __future__ import annotations

import html

import pytest

from active_edge.filings import FiledShare, read_filing
from active_edge.filings.rates import member_rate, rate_of
from tests.filings.filing_builders import (
    ASSETS,
    END,
    INSTRUMENT,
    YEAR,
    FactRow,
    annual_report,
    instance,
    row,
    table,
)

LINE = "us-gaap:CreditFacilityAxis"
STATED = "us-gaap:DebtInstrumentInterestRateStatedPercentage"


def _read(body: bytes) -> FiledShare | None:
    return read_filing(body, "filing").floating_rate_debt_share


def _told(value: FiledShare | None) -> tuple[float, str]:
    assert value is not None
    return round(value.value, 4), value.confidence


def _noted(*parts: str, facts: tuple[FactRow, ...] = ()) -> FiledShare | None:
    note = html.escape("<p>Debt</p>" + "".join(parts))
    return _read(instance(ASSETS, *facts, ("us-gaap:DebtDisclosureTextBlock", note, YEAR, {})))


def _owed(usd: int) -> tuple[FactRow]:
    return (("us-gaap:LongTermDebt", usd, END, {}),)


@pytest.mark.parametrize(
    ("axis", "member", "percent"),
    [
        (LINE, "us-gaap:RevolvingCreditFacilityMember", 0.0696),
        (LINE, "us-gaap:RevolvingCreditFacilityMember", 0.07),
        (INSTRUMENT, "abc:TermLoanFacilityMember", 0.0746),
        (INSTRUMENT, "abc:TermLoanAMember", 0.0725),
        (LINE, "abc:ABLFacilityMember", 0.0746),
    ],
)
def test_a_percentage_tagged_on_what_floats_is_no_coupon(axis: str, member: str, percent: float) -> None:
    facts: tuple[FactRow, ...] = (
        ("us-gaap:LongTermDebt", 150_000, END, {axis: member}),
        (STATED, percent, END, {axis: member}),
        ("us-gaap:LongTermDebt", 250_000, END, {INSTRUMENT: "abc:SeniorNotesMember"}),
        (STATED, 0.06, END, {INSTRUMENT: "abc:SeniorNotesMember"}),
        *_owed(400_000),
    )
    assert _told(_read(instance(ASSETS, *facts))) == (0.375, "low")
    fixed = f"<p>The loan bears interest at {100 * percent:.2f}% per annum and is due in 2028.</p>"
    assert _told(_noted(fixed, facts=facts)) == (0.0, "high")


@pytest.mark.parametrize(
    ("label", "percent"),
    [
        ("Term loan", "7.60%"),
        ("Unsecured term loan", "6.50%"),
        ("Bank loan", "7.125%"),
        ("Delayed draw term loan", "8.00%"),
        ("Loan from Wells Fargo Bank", "7.75%"),
        ("Bank facility", "7.50%"),
    ],
)
def test_a_round_rate_of_a_bank_loan_in_a_column_of_rates_is_no_coupon(label: str, percent: str) -> None:
    listed = table(
        row("", "Interest rate", "December 31, 2023"),
        row(label, percent, "$ 300"),
        row("Senior notes", "5.50%", "300"),
        row("Total debt", "", "$ 600"),
    )
    assert _told(_noted(listed, facts=_owed(600))) == (0.5, "low")
    assert _told(_noted(listed.replace("Interest rate", "Fixed rate"), facts=_owed(600)))[0] in (0.0, 0.5)


def test_a_loan_on_real_estate_and_medium_term_notes_keep_their_coupons() -> None:
    for label in ("Real estate term loan", "Medium-term notes"):
        listed = table(row("", "Interest rate", "2023"), row(label, "4.75%", "$ 300"), row("Notes", "5.50%", "300"))
        assert _told(_noted(listed, facts=_owed(600))) == (0.0, "high")


def test_a_sentence_on_a_benchmark_overrules_a_round_percentage() -> None:
    listed = table(
        row("(in millions)", "2023", "2022"),
        row("U.S. term loan (6.96%)", "$ 300", "$ 310"),
        row("Euro term loan (5.40%)", "200", "190"),
        row("Senior notes (4.75%)", "500", "500"),
        row("Total", "$ 1,000", "$ 1,000"),
    )
    words = "<p>The U.S. term loan and the Euro term loan bear interest at SOFR and EURIBOR, respectively, plus 2%.</p>"
    plain = words.replace(", respectively, plus 2%", ", respectively, plus a margin")
    assert _told(_noted(listed, plain, facts=_owed(1_000_000_000)))[0] == 0.5


@pytest.mark.parametrize(
    ("rows", "sentence", "floating"),
    [
        ((("Term loan facility", 150), ("Senior notes due 2029", 250)),
         "The term loan facility bears interest at a variable rate equal to SOFR plus 2%.", 0.375),
        ((("Revolving credit facility", 350), ("Convertible notes", 250)),
         "The convertible notes bear interest at 1.25% per annum.", 0.5833),
        ((("Revolving credit facility", 50), ("2028 Senior Notes", 250), ("2030 Senior Notes", 300)),
         "Borrowings under the revolving credit facility bear interest at SOFR plus 1.5%.", 0.0833),
    ],
)  # fmt: skip
def test_a_sentence_settles_only_the_debt_it_speaks_of(
    rows: tuple[tuple[str, int], ...], sentence: str, floating: float
) -> None:
    whole = sum(amount for _, amount in rows)
    listed = table(
        row("(in millions)", "2023", "2022"),
        *(row(label, amount, amount + 1) for label, amount in rows),
        row("Total", whole, whole + len(rows)),
    )
    assert _told(_noted(listed, f"<p>{sentence}</p>", facts=_owed(whole * 1_000_000)))[0] == floating
    page = annual_report("<p>8. Debt</p>", listed, f"<p>{sentence}</p>", "<p>9. Income Taxes</p>")
    assert _told(_read(page))[0] == floating


def test_of_a_table_of_maturities_the_total_is_read() -> None:
    years = ("2024", "2025", "2026", "2027", "2028", "Thereafter")
    heads = row("", *years, "Total", "Fair Value")
    rows = (
        row("Fixed rate debt", 5, 5, 5, 400, 5, 300, 720, 700),
        row("Variable rate debt", 10, 10, 10, 10, 200, "—", 240, 240),
    )
    assert _told(_read(annual_report(table(heads, *rows))))[0] == 0.25
    without = (row("", *years), *(line[: line.rindex("<td>", 0, line.rindex("<td>"))] + "</tr>" for line in rows))
    assert _read(annual_report(table(*without))) is None


def test_a_face_amount_partly_repaid_counts_with_what_the_others_leave_of_the_total() -> None:
    loan, notes = {INSTRUMENT: "abc:TermLoanMember"}, {INSTRUMENT: "abc:NotesDue2030Member"}
    facts: tuple[FactRow, ...] = (
        ("us-gaap:DebtInstrumentFaceAmount", 500, END, loan),
        ("us-gaap:DebtInstrumentBasisSpreadOnVariableRate1", 0.015, YEAR, loan),
        ("us-gaap:LongTermDebt", 300, END, notes),
        (STATED, 0.05, END, notes),
    )
    assert _told(_read(instance(ASSETS, *facts, *_owed(420)))) == (0.2857, "medium")
    both = tuple((tag.replace("LongTermDebt", "DebtInstrumentFaceAmount"), usd, at, on) for tag, usd, at, on in facts)
    assert _told(_read(instance(ASSETS, *both, *_owed(420))))[1] == "low"


@pytest.mark.parametrize(
    "words", ["Fixed and variable rate mortgage notes, 3.5% to 7.9%", "Variable or fixed rate notes"]
)
def test_debt_of_both_kinds_in_one_row_is_of_no_known_kind(words: str) -> None:
    listed = table(row("(in thousands)", "2023", "2022"), row(words, 250, 240), row("Revolver, SOFR + 1.5%", 50, 30))
    assert _noted(listed, facts=_owed(300_000)) is None


def test_words_and_members_of_both_kinds_tell_none_and_a_weekly_reset_floats() -> None:
    assert member_rate("FixedAndVariableRateNotesMember") is None
    assert rate_of("Industrial revenue bonds, weekly reset rate 3.9%") == "floating"


def test_a_footnote_on_one_row_does_not_settle_the_others() -> None:
    listed = table(
        row("(in thousands)", "December 31, 2023", "December 31, 2022"),
        row("First lien term loan (1)", "$ 600,000", "$ 605,000"),
        row("Second lien term loan (2)", "100,000", "100,000"),
        row("Total", "$ 700,000", "$ 705,000"),
    )
    notes = "<p>(1) Interest is at Term SOFR plus 4.00%.</p><p>(2) Bears interest at 11.00% fixed.</p>"
    assert _told(_read(annual_report("<p>8. Debt</p>", listed, notes, "<p>9. Income Taxes</p>"))) == (1.0, "low")
