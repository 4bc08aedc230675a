"""Floating-rate debt share: rows, members, swaps, silence."""

from __future__ import annotations

import pytest

from active_edge.filings import FiledShare, read_filing
from active_edge.filings.rates import member_rate, rate_of, sensitivity
from tests.filings.filing_builders import (
    ASSETS,
    END,
    INSTRUMENT,
    YEAR,
    FactRow,
    annual_report,
    debt_note,
    instance,
    row,
    table,
)

HEAD = row("(in thousands)", "2023", "2022")
MILLION: FactRow = ("us-gaap:LongTermDebt", 1_000_000, END, {})


def _read(body: bytes) -> FiledShare | None:
    return read_filing(body, "filing").floating_rate_debt_share


def _note(*rows: str) -> FiledShare | None:
    return _read(debt_note(*rows, facts=(MILLION,)))


def _share(value: FiledShare | None) -> tuple[float, str, str]:
    assert value is not None
    return round(value.value, 6), value.source, value.confidence


@pytest.mark.parametrize(
    "words",
    [
        "LIBOR plus 2.0%", "SOFR + 1.75%", "EURIBOR plus 3%", "prime rate plus 1%", "Prime, 8.5%", "Base Rate",
        "STIBOR plus 1%", "HIBOR + 1.2%", "BBSW plus 1.5%", "TIIE plus 2%", "SARON plus 1%", "CDI + 1.5%",
        "Eurodollar loan",
        "variable rate", "floating rate", "adjustable rate", "federal funds rate plus 0.5%", "BSBY plus 1.25%",
    ],
)  # fmt: skip
def test_a_row_that_names_a_benchmark_floats(words: str) -> None:
    value = _note(
        HEAD,
        row(f"Term loan, {words}, due 2027", "$ 250", "$ 9"),
        row("6.5% notes", "750", "9"),
        row("Total", "1,000", "18"),
    )
    assert _share(value) == (0.25, "debt_note_table", "high")


@pytest.mark.parametrize(
    ("words", "rate"),
    [
        ("6.5% senior notes due 2030", "fixed"),
        ("Notes, 7 1/2%, due 2010", "fixed"),
        ("Note bearing interest at 5 percent", "fixed"),
        ("Fixed rate mortgage", "fixed"),
        ("Term loan, variable rate swapped to fixed 3.2%", "fixed"),
        ("Non-interest bearing note", "fixed"),
        ("Revolver, SOFR + 1%", "floating"),
        ("Notes of variable interest entities, 5.0%", "fixed"),
        ("Note payable to a company 80% owned by us", None),
        ("Loan, local interbank deposit index plus 2.5%", "floating"),
        ("Loan, LPR plus 0.5%", "floating"),
        ("Loan, KPR plus 0.5%", None),  # a margin over what is not known is no coupon
        ("Notes, 8% cash plus 2% PIK", "fixed"),
        ("Notes at 6% plus 1%", "fixed"),
        ("Senior notes", None),
        ("Fixed and floating rate notes", None),
    ],
)
def test_words_that_tell_a_rate(words: str, rate: str | None) -> None:
    assert rate_of(words) == rate


@pytest.mark.parametrize(
    ("member", "rate"),
    [
        ("FloatingRateTermLoanMember", "floating"),
        ("TermLoanVariableRateMember", "floating"),
        ("NotesDue2023295PercentMember", "fixed"),
        ("ZeroPointThreeSevenFivePercentConvertibleSeniorNotesMember", "fixed"),
        ("TermLoanMember", None),
    ],
)
def test_member_names_that_tell_a_rate(member: str, rate: str | None) -> None:
    assert member_rate(member) == rate


def test_nothing_drawn_is_no_floating_debt() -> None:
    rows = (
        row("Revolver (SOFR plus 2%)", "—", "500"),
        row("6.5% notes", "1,000", "500"),
        row("Total", "1,000", "1,000"),
    )
    assert _share(_note(HEAD, *rows)) == (0.0, "debt_note_table", "high")


def test_a_heading_tells_the_rate_of_the_rows_below() -> None:
    value = _note(
        HEAD, row("Fixed rate debt:"), row("Mortgage A", "600", "1"), row("Mortgage B", "150", "1"),
        row("Variable rate debt:"), row("Mortgage C", "250", "1"), row("Total debt", "1,000", "3"),
    )  # fmt: skip
    assert _share(value) == (0.25, "debt_note_table", "high")


def test_a_column_of_rates_and_maturities_is_no_balance() -> None:
    value = _note(
        row("", "Interest rate", "Maturity", "2023", "2022"), row("Revolver", "SOFR + 2%", "2026", "250", "10"),
        row("Notes", "6.50%", "2028", "750", "750"), row("Total", "", "", "1,000", "760"),
    )  # fmt: skip
    assert _share(value) == (0.25, "debt_note_table", "high")


def test_years_in_rising_order_take_the_last_column() -> None:
    value = _note(
        row("", "2022", "2023"), row("Variable rate revolver", "900", "250"), row("6.5% notes", "750", "750"),
        row("Total", "1,650", "1,000"),
    )  # fmt: skip
    assert _share(value) == (0.25, "debt_note_table", "high")


def test_unknown_rows_stay_in_the_whole_and_lower_the_confidence() -> None:
    rows = (
        row("Term loan, SOFR plus 2%", "250", "1"),
        row("6% notes", "550", "1"),
        row("Other obligations", "200", "1"),
    )
    value = _note(HEAD, *rows, row("Total", "1,000", "3"))
    assert _share(value) == (0.25, "debt_note_table", "medium")
    assert value is not None
    assert value.details["at_least"] == pytest.approx(0.25)
    assert value.details["at_most"] == pytest.approx(0.45)


def test_kinds_of_debt_are_the_last_resort() -> None:
    value = _note(
        HEAD, row("Revolving credit facility", "250", "1"), row("Senior notes", "750", "1"), row("Total", "1,000", "2")
    )
    assert _share(value) == (0.25, "debt_kind", "low")


def test_a_table_of_maturities_is_no_debt_table() -> None:
    assert _note(row("", "Amount"), row("2024", "500"), row("2025", "500"), row("Total debt", "1,000")) is None


def test_scaling_every_row_changes_nothing() -> None:
    def of(scale: int) -> FiledShare | None:
        body = debt_note(
            HEAD, row("Term loan, LIBOR + 1%", f"{25 * scale:,}", "1"), row("5% notes", f"{75 * scale:,}", "1"),
            row("Total", f"{100 * scale:,}", "2"),
        )  # fmt: skip
        return _read(body)

    assert _share(of(10)) == _share(of(10_000)) == (0.25, "debt_note_table", "high")


LOAN = {INSTRUMENT: "abc:TermLoanMember"}
NOTES = {INSTRUMENT: "abc:SeniorNotesMember"}
MEMBERS: tuple[FactRow, ...] = (
    ASSETS,
    ("us-gaap:LongTermDebt", 1_000, END, {}),
    ("us-gaap:DebtInstrumentCarryingAmount", 400, END, LOAN),
    ("us-gaap:DebtInstrumentCarryingAmount", 600, END, NOTES),
    (
        "us-gaap:DebtInstrumentBasisSpreadOnVariableRate1",
        0.02,
        ("2019-05-01", "2019-05-01"),
        {**LOAN, "us-gaap:VariableRateAxis": "us-gaap:SecuredOvernightFinancingRateSofrMember"},
    ),
    ("us-gaap:DebtInstrumentInterestRateStatedPercentage", 0.05, "2021-01-01", NOTES),
)


def test_a_spread_of_any_period_marks_its_member() -> None:
    assert _share(_read(instance(*MEMBERS))) == (0.4, "spread_facts", "high")


def _swap(hedge: str) -> FactRow:
    axes = {
        "us-gaap:DerivativeInstrumentRiskAxis": "us-gaap:InterestRateSwapMember",
        "us-gaap:HedgingDesignationAxis": f"us-gaap:{hedge}Member",
    }
    return ("us-gaap:DerivativeNotionalAmount", 300, END, axes)


def test_a_swap_that_hedges_cash_flows_takes_its_notional_off() -> None:
    assert _share(_read(instance(*MEMBERS, _swap("CashFlowHedging")))) == (0.1, "spread_facts", "high")


def test_a_swap_that_hedges_fair_value_does_not() -> None:
    assert _share(_read(instance(*MEMBERS, _swap("FairValueHedging")))) == (0.4, "spread_facts", "high")


def test_debt_outside_the_members_lowers_the_confidence() -> None:
    value = _read(instance(*MEMBERS, ("us-gaap:NotesPayable", 200, END, {})))
    assert _share(value) == (0.4, "spread_facts", "medium")


def test_a_line_equal_to_a_members_later_balance_is_that_members() -> None:
    later: FactRow = ("us-gaap:UnsecuredLongTermDebt", 250, "2024-02-15", {INSTRUMENT: "abc:DirectorsNotesMember"})
    coupon: FactRow = (
        "us-gaap:DebtInstrumentInterestRateStatedPercentage",
        0.07,
        "2016-05-01",
        {INSTRUMENT: "abc:DirectorsNotesMember"},
    )
    line: FactRow = ("us-gaap:NotesPayableRelatedPartiesNoncurrent", 250, END, {})
    assert _share(_read(instance(*MEMBERS, line, later, coupon))) == (0.32, "spread_facts", "high")


def test_the_misused_percentage_tags_are_ignored() -> None:
    wrong: FactRow = ("us-gaap:LongTermDebtPercentageBearingVariableInterestAmount", 0.9, END, {})
    assert _share(_read(instance(*MEMBERS, wrong))) == (0.4, "spread_facts", "high")


def test_no_debt_is_zero() -> None:
    value = _read(instance(ASSETS, ("us-gaap:Revenues", 1, YEAR, {})))
    assert _share(value) == (0.0, "no_debt", "medium")


def test_who_pays_interest_owes_something() -> None:
    assert _read(instance(ASSETS, ("us-gaap:InterestExpense", 90, YEAR, {}))) is None
    assert _share(_read(instance(ASSETS, ("us-gaap:InterestExpense", 1, YEAR, {}))))[0] == 0.0


def test_no_balance_sheet_is_no_answer() -> None:
    assert _read(instance(("us-gaap:Revenues", 1, YEAR, {}))) is None


def test_last_years_debt_is_not_this_years() -> None:
    value = _read(
        instance(ASSETS, ("us-gaap:LongTermDebt", 500, "2022-12-31", {}), ("us-gaap:LongTermDebt", 0, END, {}))
    )
    assert _share(value) == (0.0, "no_debt", "medium")


DEBT_ROWS = (
    HEAD,
    row("Term loan, SOFR plus 2%", "250", "1"),
    row("6% notes", "750", "1"),
    row("Total debt", "1,000", "2"),
)
TYPED = """
                       FORM 10-K
(4) LONG-TERM DEBT
<TABLE>
<CAPTION>
                                                   1998        1997
<S>                                              <C>         <C>
Revolving credit loan, interest at prime
  plus 1/2%, due 2001 ......................     $  2,500    $  3,000
8.5% Senior notes due 2005..................        7,000       7,000
Mortgage note payable, 7%, due 2010.........          500         600
                                                 --------    --------
                                                   10,000      10,600
Less current maturities.....................         (300)       (300)
                                                 --------    --------
                                                 $  9,700    $ 10,300
</TABLE>
"""


def test_a_typed_debt_table_is_read() -> None:
    assert _share(_read(TYPED.encode())) == (0.25, "debt_table", "high")


ITEM_7A = (
    "<p>Item 7A. Quantitative and Qualitative Disclosures About Market Risk</p>"
    "<p>A 100 basis point increase in interest rates would increase our annual interest expense by ${cost}. "
    "We do not use derivatives, and we do not think that this exposure is material to our business.</p>"
    "<p>Item 8. Financial Statements</p>"
)


def test_a_debt_table_of_a_page_is_checked_by_item_7a() -> None:
    value = _read(annual_report(table(*DEBT_ROWS), ITEM_7A.replace("{cost}", "2,500")))
    assert _share(value) == (0.25, "debt_table", "high")
    assert value is not None
    assert value.details["item_7a"]["agrees"] is True
    assert value.details["item_7a"]["implied_floating_usd"] == pytest.approx(250_000)


def test_item_7a_that_contradicts_the_table_lowers_the_confidence() -> None:
    value = _read(annual_report(table(*DEBT_ROWS), ITEM_7A.replace("{cost}", "9 million")))
    assert _share(value) == (0.25, "debt_table", "medium")
    assert value is not None
    assert value.details["item_7a"]["agrees"] is False


def test_a_swap_told_in_the_debt_note_takes_its_notional_off() -> None:
    words = (
        "<p>Note 5. Debt</p><p>We have an interest rate swap under which we pay a fixed rate of 3% "
        "on a notional amount of $100 thousand.</p>"
    )
    assert _share(_read(annual_report(words, table(*DEBT_ROWS))))[0] == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("sentence", "floating"),
    [
        ("We have entered into interest rate swaps covering approximately 40% of our variable rate debt.", 0.15),
        ("At year end interest rate swaps hedged 40 percent of the Company's floating-rate borrowings.", 0.15),
        ("The credit agreement requires us to hedge at least 40% of our variable rate debt with swaps.", 0.25),
        ("Our policy is to use swaps that fix 40% of our variable rate debt.", 0.25),
        ("We terminated the swaps that covered 40% of our variable rate debt.", 0.25),
        ("Swaps cover 40% of our variable rate debt; they pay fixed on a notional amount of $50 thousand.", 0.20),
    ],
)
def test_swaps_that_cover_a_told_share_of_the_floating_debt_take_it_off(sentence: str, floating: float) -> None:
    body = annual_report(f"<p>Note 5. Debt</p><p>{sentence}</p>", table(*DEBT_ROWS))
    value, _, confidence = _share(_read(body))
    assert value == pytest.approx(floating)
    assert confidence in ("high", "medium")
    assert confidence == "medium" or floating in (0.2, 0.25)


@pytest.mark.parametrize(
    ("sentence", "shift", "cost"),
    [
        (
            "A 100 basis point increase in interest rates would raise our interest expense by $1.5 million a year.",
            0.01,
            1.5e6,
        ),
        (
            "A 25 basis-point increase in rates would have increased our annual interest expense by $97,500.",
            0.0025,
            97_500,
        ),
        (
            "Assuming a one percentage point increase in rates, interest expense would increase $6.4 million.",
            0.01,
            6.4e6,
        ),
        (
            "If rates rose by 1%, interest expense on our $50 million of debt would increase by $0.5 million.",
            0.01,
            0.5e6,
        ),
    ],
)
def test_item_7a_gives_the_shift_and_the_cost(sentence: str, shift: float, cost: float) -> None:
    found = sensitivity([sentence])
    assert found is not None
    assert (found.shift, found.cost_usd) == (pytest.approx(shift), pytest.approx(cost))


@pytest.mark.parametrize(
    "sentence",
    [
        "A one percentage point increase in rates would increase our interest income by $4 million.",
        "A 100 basis-point decrease in interest rates would increase the fair value of our debt by $607.2.",
        "Total interest expense in fiscal 2005 increased 4.1% to $16.1 million from $15.5 million in fiscal 2004.",
        "A one-percentage-point change in health care cost rates would change interest cost by $1.2 million.",
    ],
)
def test_other_sensitivities_are_not_interest_expense(sentence: str) -> None:
    assert sensitivity([sentence]) is None


@pytest.mark.parametrize(
    ("note", "share"),
    [
        ("The note bears interest at 7.00% and matures in 2019.", 0.0),
        ("The debentures bear interest at a floating rate equal to LIBOR plus a margin of 3.85%.", 1.0),
        ("The note bears interest at 7.00%. The term loan bears interest at LIBOR plus 2%.", None),
        ("The previous loan bore interest at LIBOR plus 2% and was repaid. The new loan bears interest at 9.00%.", 0.0),
        (
            "The line of credit bears interest at LIBOR plus 2%. No borrowings were outstanding under the line. "
            "The note bears interest at 4.25%.",
            0.0,
        ),
    ],
)
def test_sentences_of_a_debt_note_answer_all_or_nothing(note: str, share: float | None) -> None:
    value = _read(annual_report(f"<p>Note 3. Notes Payable</p><p>{note}</p>"))
    if share is None:
        assert value is None
    else:
        assert _share(value) == (share, "debt_text", "low")


@pytest.mark.parametrize(
    ("note", "share"),
    [
        ("As of December 31, 2023, 62% of our debt bore interest at fixed rates.", 0.38),
        ("Approximately 38 percent of our total debt was subject to variable interest rates.", 0.38),
        ("38.0% of the Company's outstanding indebtedness carries a floating rate.", 0.38),
        ("We had $38.0 million of variable-rate debt and $62.0 million of fixed-rate debt outstanding.", 0.38),
        ("We had $6.2 million of fixed rate debt, and $3.8 million of floating rate debt.", 0.38),
        ("Of our total indebtedness of $100.0 million, $38.0 million bears interest at a floating rate.", 0.38),
        ("Of the total debt outstanding of $1.0 billion, $380 million is variable rate.", 0.38),
    ],
)
def test_a_share_that_a_sentence_states_is_the_share(note: str, share: float) -> None:
    value = _read(annual_report(f"<p>Note 3. Notes Payable</p><p>{note}</p>"))
    assert value is not None
    assert (value.value, value.source, value.confidence) == (pytest.approx(share), "debt_text", "medium")


@pytest.mark.parametrize(
    "note",
    [
        "Our policy is that at least 62% of our debt bears fixed rates.",
        "62% and 58% of our debt bore interest at fixed rates at the end of 2023 and 2022, respectively.",
        "40% of our debt matures in 2025 and the notes carry fixed rates.",
        "62% of our debt is fixed rate. 45% of our debt was fixed rate a year before.",
        "Of our loans receivable of $100.0 million, $38.0 million bears interest at a floating rate.",
    ],
)
def test_an_aim_a_maturity_or_two_dates_state_no_share(note: str) -> None:
    value = _read(annual_report(f"<p>Note 3. Notes Payable</p><p>{note}</p>"))
    assert value is None or "stated" not in value.details


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ({"ConvertibleNotesPayableNoncurrent": 500}, (0.0, "debt_kind", "low")),
        ({"LongTermDebt": 500, "ConvertibleNotesPayable": 500}, (0.0, "debt_kind", "low")),
        ({"LineOfCredit": 100, "SeniorNotes": 300}, (0.25, "debt_kind", "low")),
        ({"LongTermDebt": 500, "ConvertibleNotesPayable": 100}, None),
        ({"NotesPayable": 500}, None),
        ({"LongTermDebt": 500}, None),
    ],
)
def test_lines_of_a_balance_sheet_that_name_a_kind_answer_where_nothing_lists_the_debt(lines, told) -> None:
    facts: list[FactRow] = [(f"us-gaap:{tag}", amount, END, {}) for tag, amount in lines.items()]
    value = _read(instance(ASSETS, *facts))
    assert (None if value is None else _share(value)) == told
