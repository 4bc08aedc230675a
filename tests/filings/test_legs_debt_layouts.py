"""Debt tables as different filing agents and decades lay them out; each share worked by hand from the rows."""

from __future__ import annotations

import pytest

from active_edge.filings import FiledShare, read_filing
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


def _read(body: bytes) -> FiledShare | None:
    return read_filing(body, "filing").floating_rate_debt_share


def _note(*rows: str, facts: tuple[FactRow, ...] = ()) -> FiledShare:
    value = _read(debt_note(*rows, facts=facts))
    assert value is not None
    return value


@pytest.mark.parametrize(
    "label",
    [
        "Revolving credit facility", "Term loan", "Term Loan B, due 2027", "ABL Facility", "Commercial paper",
        "Senior secured credit facility", "Lines of credit", "Tranche B-2 euro term loan due April 2025",
        "Line-of-credit", "Foreign lines", "Working capital facility", "Senior secured facility",
        "Floor plan notes payable",
        "Note payable - First National Bank", "Construction loan", "DIP facility", "Loan from Silicon Valley Bank",
        "Accounts receivable securitization", "Notes payable to banks", "Junior subordinated debentures",
    ],
)  # fmt: skip
def test_debt_that_usually_floats_does_where_no_rate_is_told(label: str) -> None:
    value = _note(HEAD, row("5.625% Senior notes", "700", "1"), row(label, "300", "1"), row("Total debt", "1,000", "2"))
    assert (round(value.value, 4), value.confidence) == (0.3, "low")
    assert value.details["guessed_by_kind"] == 300


@pytest.mark.parametrize(
    "label", ["Senior notes due 2030", "Debentures", "Mortgage", "Equipment notes", "Convertible notes", "Bonds"]
)
def test_notes_and_their_kin_are_fixed_where_no_rate_is_told(label: str) -> None:
    value = _note(HEAD, row("Term loan, SOFR plus 2%", "300", "1"), row(label, "700", "1"), row("Total", "1,000", "2"))
    assert (round(value.value, 4), value.confidence) == (0.3, "low")


@pytest.mark.parametrize(
    "rate",
    [
        "at an end of period interest rate of 3.15% in 2023 and 3.43% in 2022", "effective interest rate of 4.1%",
        "weighted average interest rate of 5.25%", "interest at 5.5% at December 31, 2023", "5.50% as of year end",
        "average rate 4.5%", "4.63%", "current rate 6%", "(3.9% at 2023 year-end)",
    ],
)  # fmt: skip
def test_todays_rate_of_a_revolver_is_no_coupon(rate: str) -> None:
    rows = (row(f"Revolving credit agreement, {rate}", "300", "9"), row("6% senior notes", "700", "9"))
    assert _note(HEAD, *rows, row("Total", "1,000", "18")).value == pytest.approx(0.3)


def test_todays_rate_of_a_term_loan_is_no_coupon_but_a_round_rate_is_one() -> None:
    floating = (row("Term loan, 5.37%, due 2026", "300", "9"), row("6% senior notes", "700", "9"))
    assert _note(HEAD, *floating).value == pytest.approx(0.3)
    fixed = (row("Term loan, fixed at 5.37%", "300", "9"), row("6% senior notes", "700", "9"))
    assert _note(HEAD, *fixed).value == 0.0
    assert _note(HEAD, row("Term loan, 5.50%, due 2026", "300", "9"), row("6% notes", "700", "9")).value == 0.0


def test_a_column_of_effective_rates_is_no_coupon() -> None:
    value = _note(
        row("", "Effective rate", "2023", "2022"),
        row("Revolver", "2.33%", "300", "9"),
        row("6% notes", "6.2%", "700", "9"),
        row("Total", "", "1,000", "18"),
    )
    assert value.value == pytest.approx(0.3)


def test_what_is_drawn_counts_and_not_what_may_be() -> None:
    value = _note(
        row("", "Commitment", "Outstanding", "Available"),
        row("ABL facility, SOFR + 1.5%", "2,000", "250", "1,750"),
        row("7% Senior notes", "750", "750", "—"),
        row("Total", "2,750", "1,000", "1,750"),
    )
    assert (value.value, value.confidence) == (0.25, "high")


def test_the_column_that_adds_up_to_the_total_is_taken_where_headings_say_little() -> None:
    """A facility's size stands under "principal", what is drawn only under "total debt"."""
    value = _note(
        row("Debt instrument", "Principal", "Issuance costs", "Total debt"),
        row("6.75% 2026 notes", "725.0", "(20.0", ")", "705.0"),
        row("ABL Facility, 2.33%", "2,000.0", "—", "", "300.0"),
        row("Total long-term debt", "", "", "", "1,005.0"),
    )
    assert value.value == pytest.approx(300 / 1005)


def test_a_total_of_its_parts_is_not_counted_beside_them() -> None:
    value = _note(
        HEAD, row("Senior debt", "700", "9"),
        row("5% notes due 2027", "300", "9"), row("6% notes due 2029", "400", "9"),
        row("Term loan, LIBOR plus 1%", "300", "9"), row("Total debt", "1,000", "27"),
    )  # fmt: skip
    assert (value.value, value.confidence) == (0.3, "high")


def test_rows_below_the_total_are_no_debt() -> None:
    value = _note(
        HEAD, row("Term loan, SOFR plus 1%", "250", "9"), row("6% notes", "750", "9"), row("Total debt", "1,000", "18"),
        row("Less current maturities of term loan", "(50)", "9"), row("Long-term debt", "950", "9"),
        row("Unused revolving credit facility", "500", "9"), row("Variable rate debt outstanding", "250", "9"),
    )  # fmt: skip
    assert (value.value, value.confidence) == (0.25, "high")


def test_two_sections_with_a_total_each_are_both_counted() -> None:
    value = _note(
        HEAD, row("Short-term debt:"), row("Commercial paper, variable rate", "200", "9"),
        row("Bank line, SOFR plus 1%", "100", "9"), row("Total short-term debt", "300", "18"),
        row("Long-term debt:"), row("5% notes", "400", "9"), row("6% notes", "300", "9"),
        row("Total long-term debt", "700", "18"),
    )  # fmt: skip
    assert value.value == pytest.approx(0.3)


def test_principal_and_carrying_tables_of_one_note_count_once() -> None:
    principal = table(HEAD, row("Term loan, SOFR plus 2%", "300", "9"), row("6% senior notes due 2029", "700", "9"))
    carrying = table(HEAD, row("Term loan, net", "295", "9"), row("6% senior notes due 2029, net", "690", "9"))
    body = instance(
        ASSETS,
        ("us-gaap:LongTermDebt", 985_000, END, {}),
        ("us-gaap:DebtDisclosureTextBlock", (principal + carrying).replace("<", "&lt;"), YEAR, {}),
    )
    value = _read(body)
    assert value is not None
    assert value.value == pytest.approx(0.3, abs=0.005)


def test_a_rate_told_in_a_sentence_of_the_note_is_told() -> None:
    note = (
        "<p>Borrowings under the term loan bear interest at a rate equal to SOFR plus 2.00%.</p>"
        + table(HEAD, row("Term loan", "300", "9"), row("6% senior notes", "700", "9"), row("Total", "1,000", "18"))
    )  # fmt: skip
    body = instance(
        ASSETS,
        ("us-gaap:LongTermDebt", 1_000_000, END, {}),
        ("us-gaap:DebtDisclosureTextBlock", note.replace("<", "&lt;"), YEAR, {}),
    )
    value = _read(body)
    assert value is not None
    assert (value.value, value.confidence) == (0.3, "high")


def test_a_rate_tagged_for_an_equal_balance_is_told() -> None:
    loan = {INSTRUMENT: "abc:CreditAgreementTermMember"}
    facts: tuple[FactRow, ...] = (
        ("us-gaap:LongTermDebt", 1_000_000, END, {}),
        ("us-gaap:DebtInstrumentCarryingAmount", 300_000, END, loan),
        ("us-gaap:DebtInstrumentBasisSpreadOnVariableRate1", 0.02, YEAR, loan),
    )
    value = _note(HEAD, row("Loan A", "300", "9"), row("6% senior notes", "700", "9"), row("Total", "1,000", "18"),
                  facts=facts)  # fmt: skip
    assert (value.value, value.confidence) == (0.3, "high")


def test_a_legal_entity_beside_the_debt_axis_does_not_hide_the_balance() -> None:
    loan = {INSTRUMENT: "abc:TermLoanMember", "dei:LegalEntityAxis": "abc:SubsidiaryMember"}
    notes = {INSTRUMENT: "abc:SeniorNotesMember", "dei:LegalEntityAxis": "abc:ParentMember"}
    body = instance(
        ASSETS,
        ("us-gaap:LongTermDebt", 1_000, END, {}),
        ("us-gaap:DebtInstrumentCarryingAmount", 300, END, loan),
        ("us-gaap:DebtInstrumentCarryingAmount", 700, END, notes),
        ("us-gaap:DebtInstrumentBasisSpreadOnVariableRate1", 0.02, YEAR, {INSTRUMENT: "abc:TermLoanMember"}),
        ("us-gaap:DebtInstrumentInterestRateStatedPercentage", 0.06, END, {INSTRUMENT: "abc:SeniorNotesMember"}),
    )
    value = _read(body)
    assert value is not None
    assert (value.value, value.source) == (0.3, "spread_facts")


def test_a_member_that_holds_both_kinds_is_not_called_floating_with_confidence() -> None:
    notes = {INSTRUMENT: "abc:SeniorNotesMember"}
    body = instance(
        ASSETS,
        ("us-gaap:LongTermDebt", 1_000, END, {}),
        ("us-gaap:DebtInstrumentCarryingAmount", 1_000, END, notes),
        ("us-gaap:DebtInstrumentBasisSpreadOnVariableRate1", 0.02, YEAR, notes),
        ("us-gaap:DebtInstrumentInterestRateStatedPercentage", 0.06, END, notes),
    )
    value = _read(body)
    assert value is None or value.confidence == "low"


def test_a_facilitys_face_amount_is_not_what_is_drawn() -> None:
    line, notes = {INSTRUMENT: "us-gaap:RevolvingCreditFacilityMember"}, {INSTRUMENT: "abc:SeniorNotesMember"}
    body = instance(
        ASSETS,
        ("us-gaap:LongTermDebt", 1_000, END, {}),
        ("us-gaap:DebtInstrumentFaceAmount", 900, END, line),
        ("us-gaap:DebtInstrumentBasisSpreadOnVariableRate1", 0.02, YEAR, line),
        ("us-gaap:LongTermDebt", 1_000, END, notes),
        ("us-gaap:DebtInstrumentInterestRateStatedPercentage", 0.06, END, notes),
    )
    value = _read(body)
    assert value is not None
    assert (value.value, value.confidence) == (0.0, "high")


SWAPPED = "We have interest rate swap agreements under which we pay a fixed rate of 2% and receive LIBOR, "


@pytest.mark.parametrize(
    "words",
    [
        SWAPPED + "with a notional amount of $200 thousand.",
        SWAPPED + "with notional amounts of $120 thousand and $80 thousand.",
        "In May we entered into an interest rate swap to convert $200 thousand of the term loan to a fixed rate.",
        "The swaps, with an aggregate notional amount of $200 thousand, effectively fix the interest rate at 3.1%.",
        "We have interest rate swap agreements that fix the rate on $200 thousand of our term loan borrowings.",
        "Swap contracts hedge $200 thousand of the variable-rate Term Loan; the Company pays a fixed rate of 2.1%.",
        "After giving effect to interest rate swaps, $200 thousand of the term loan bears interest at a fixed rate.",
        "We are party to two interest rate swaps, each with a notional amount of $100 thousand, and pay a fixed rate.",
    ],
)
def test_what_a_sentence_says_is_swapped_to_fixed_does_not_float(words: str) -> None:
    note = f"<p>{words}</p>" + table(
        HEAD, row("Term loan, LIBOR plus 2%", "500", "9"), row("6% notes", "500", "9"), row("Total", "1,000", "18")
    )
    body = instance(
        ASSETS,
        ("us-gaap:LongTermDebt", 1_000_000, END, {}),
        ("us-gaap:DebtDisclosureTextBlock", note.replace("<", "&lt;"), YEAR, {}),
    )
    value = _read(body)
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.3), "high")


def test_swaps_whose_notional_nobody_states_lower_the_confidence() -> None:
    note = "<p>The interest rate swaps effectively fix the rate of part of the term loan.</p>" + table(
        HEAD, row("Term loan, LIBOR plus 2%", "500", "9"), row("6% notes", "500", "9"), row("Total", "1,000", "18")
    )
    facts: FactRow = ("us-gaap:DebtDisclosureTextBlock", note.replace("<", "&lt;"), YEAR, {})
    value = _read(instance(ASSETS, ("us-gaap:LongTermDebt", 1_000_000, END, {}), facts))
    assert value is not None
    assert value.confidence == "medium"


def test_swaps_of_the_derivatives_note_count_once_each() -> None:
    axis = "us-gaap:DerivativeInstrumentRiskAxis"
    designated = {"us-gaap:HedgingDesignationAxis": "us-gaap:CashFlowHedgingMember"}
    loan = {INSTRUMENT: "abc:TermLoanMember"}
    body = instance(
        ASSETS,
        ("us-gaap:LongTermDebt", 1_000, END, {}),
        ("us-gaap:DebtInstrumentCarryingAmount", 1_000, END, loan),
        ("us-gaap:DebtInstrumentBasisSpreadOnVariableRate1", 0.02, YEAR, loan),
        ("us-gaap:DerivativeNotionalAmount", 300, END, {axis: "abc:InterestRateSwapOneMember", **designated}),
        ("us-gaap:DerivativeNotionalAmount", 200, END, {axis: "abc:InterestRateSwapTwoMember", **designated}),
        ("us-gaap:DerivativeNotionalAmount", 500, END, {axis: "us-gaap:InterestRateSwapMember"}),
    )
    value = _read(body)
    assert value is not None
    assert value.value == pytest.approx(0.5)


TYPED_1996 = """
                          ANNUAL REPORT PURSUANT TO SECTION 13
NOTE 5 - LONG-TERM DEBT

Long-term debt consists of the following (in thousands):
<TABLE>
<CAPTION>
                                                              December 31,
                                                           1996          1995
                                                         --------      --------
<S>                                                      <C>           <C>
Unsecured revolving credit agreement with banks,
  expiring in 2001; interest at the bank's prime
  rate or LIBOR plus .75%...........................     $ 30,000      $ 21,000
Senior notes, 8.13%, due in annual
  installments through 2006.........................       60,000        66,000
Industrial development revenue bonds, 6.5%..........       10,000        10,000
                                                         --------      --------
                                                          100,000        97,000
Less current maturities.............................       (6,000)       (6,000)
                                                         --------      --------
                                                         $ 94,000      $ 91,000
                                                         ========      ========
</TABLE>
"""
TYPED_BELOW = """
                          ANNUAL REPORT PURSUANT TO SECTION 13
(6) NOTES PAYABLE
<TABLE>
<CAPTION>
                                                    1999         1998
<S>                                              <C>          <C>
Note payable to bank                             $   750      $   900
   bearing interest at prime plus 1%,
   secured by receivables
9% subordinated debentures                         2,250        2,250
                                                 -------      -------
   Total debt                                    $ 3,000      $ 3,150
                                                 =======      =======
</TABLE>
"""


@pytest.mark.parametrize(("body", "share"), [(TYPED_1996, 0.3), (TYPED_BELOW, 0.25)])
def test_typed_tables_whose_labels_run_over_lines(body: str, share: float) -> None:
    value = _read(body.encode())
    assert value is not None
    assert value.value == pytest.approx(share)


def _workiva(label: str, amount: str) -> str:
    """A row whose every cell is a span in a div, with a dollar sign and a closing parenthesis in cells of their own."""
    closing = ")" if amount.startswith("(") else ""
    cells = (label, "$", amount.rstrip(")"), closing, "$", "9", "")
    return row(*(f"<div><span>{cell}</span></div>" for cell in cells))


def test_cells_of_spans_with_signs_of_their_own() -> None:
    value = _note(
        _workiva("(In millions)", ""),
        _workiva("Term Loan (SOFR + 2.25%)<sup>(1)</sup>", "300.0"),
        _workiva("6.125% Senior Notes due 2028<sup>(2)</sup>", "700.0"),
        _workiva("Unamortized discount", "(12.5)"),
        _workiva("Total long-term debt", "987.5"),
    )
    assert (value.value, value.confidence) == (0.3, "high")


def test_a_nested_table_is_read_where_the_rows_are() -> None:
    inner = table(HEAD, row("Revolver at prime plus 1%", "300", "9"), row("6% notes", "700", "9"))
    value = _read(annual_report("<p>Note 4. Debt</p>", table(row(inner))))
    assert value is not None
    assert value.value == pytest.approx(0.3)


@pytest.mark.slow
def test_four_thousand_rows_and_two_hundred_tables_are_read_to_the_end() -> None:
    rows = [row(f"{5 + i % 3}% notes, series {i}", f"{i + 1:,}", "9") for i in range(4_000)]
    small = table(HEAD, row("Term loan, prime plus 1%", "300", "9"), row("6% notes", "700", "9"))
    assert _read(annual_report(table(HEAD, *rows), small * 200)) is not None


@pytest.mark.parametrize("total", ["Total short-term borrowings", "Total current debt", "Total short-term debt"])
def test_a_total_of_what_is_due_soon_does_not_end_the_debt(total: str) -> None:
    value = _note(
        HEAD,
        row("Short-term borrowings", "", ""),
        row("Revolving credit agreement borrowings", "250", "1"),
        row("Commercial paper issuances", "50", "1"),
        row(total, "300", "2"),
        row("Long-term debt", "", ""),
        row("2.45% Senior notes due 2022", "400", "1"),
        row("3.15% Senior notes due 2027", "300", "1"),
        row("Net long-term debt", "700", "2"),
    )
    assert round(value.value, 4) == 0.3


def test_where_some_term_loans_are_called_variable_the_others_are_not() -> None:
    value = _note(
        row("", "Rate as of December 31, 2023", "2023", "2022"),
        row("Senior secured credit facility, interest at varying rates", "4.36%", "100", "1"),
        row("Variable rate term loan payable in quarterly installments", "3.70%", "200", "1"),
        row("Term loan payable in quarterly installments", "6.11%", "310", "1"),
        row("Term loan payable in monthly installments", "4.95%", "390", "1"),
        row("Total", "", "1,000", "4"),
    )
    assert round(value.value, 4) == 0.3
    alone = _note(HEAD, row("Term loan, 6.11%", "300", "1"), row("5% notes", "700", "1"), row("Total", "1,000", "2"))
    assert round(alone.value, 4) == 0.3  # nothing to hold it against: a term loan floats


@pytest.mark.parametrize(
    "label",
    [
        "Less unamortized costs", "Unamortized cost of issuance", "Less: unamortized loan origination fees",
        "Deferred origination costs",
    ],
)  # fmt: skip
def test_a_row_of_costs_does_not_make_a_debt_table_one_of_something_else(label: str) -> None:
    value = _note(
        HEAD,
        row("Variable rate:", "", ""), row("Revolver", "100", "90"), row("Term loan", "150", "90"),
        row("Total variable rate", "250", "180"),
        row("Fixed rate:", "", ""), row("Mortgages", "350", "90"), row("Notes", "400", "90"),
        row("Total fixed rate", "750", "180"), row("Total debt", "1,000", "360"), row(label, "(12)", "(13)"),
        row("Debt, net", "988", "347"),
    )  # fmt: skip
    assert (round(value.value, 4), value.confidence) == (0.25, "high")


@pytest.mark.parametrize(
    "heads",
    [
        ("December 31, 2023", "Principal", "Unamortized costs", "Carrying value"),
        ("December 31, 2023", "Face amount", "Unamortized costs and discount", "Net carrying amount"),
    ],
)
def test_principal_costs_and_carrying_value_side_by_side(heads: tuple[str, ...]) -> None:
    value = _note(
        row(*heads), row("Revolver", "400", "(4)", "396"), row("5% notes", "600", "(6)", "594"),
        row("Total", "1,000", "(10)", "990"),
    )  # fmt: skip
    assert value.value == pytest.approx(0.4, abs=1e-3)


def test_a_loan_whose_rate_changes_thereafter_is_a_debt_and_a_row_of_what_is_due_thereafter_is_none() -> None:
    value = _note(HEAD, row("Loan at SOFR plus 2% until 2025 and plus 3% thereafter", "250", "1"),
                  row("5% notes", "750", "1"), row("Total debt", "1,000", "2"))  # fmt: skip
    assert value.value == pytest.approx(0.25)
    years = [row(str(year), "100", "") for year in range(2024, 2029)]
    assert _read(debt_note(row("Notes and loans due", "", ""), *years, row("Thereafter", "500", ""))) in (
        None,
        _read(debt_note()),
    )


@pytest.mark.parametrize(
    "tail",
    [
        ", net of unamortized discount of $3 and $4", ", net of debt issuance costs of $1.2", " (net of discount)",
        ", less unamortized issuance costs", ", net of original issue discount", ", excluding deferred financing costs",
    ],
)  # fmt: skip
def test_a_loan_net_of_its_discount_is_a_loan(tail: str) -> None:
    value = _note(HEAD, row(f"Term loan{tail}", "200", "201"), row("5.75% Notes", "800", "800"),
                  row("Total", "1,000", "1,001"))  # fmt: skip
    assert round(value.value, 4) == 0.2


@pytest.mark.parametrize(
    "rate", ["L + 325", "S+175", "SOFR+1.75%", "E + 2.5%", "the LPR plus 10 basis points", "LIBOR + 225 bps"]
)
def test_short_names_of_benchmarks_float(rate: str) -> None:
    value = _note(HEAD, row(f"Loan at {rate}, due 2027", "300", "1"), row("5.5% Senior notes", "700", "1"),
                  row("Total", "1,000", "2"))  # fmt: skip
    assert (round(value.value, 4), value.confidence) == (0.3, "high")


SWAPS_ELSEWHERE = {
    "Interest rate swaps fix 40% of the term loan.": "medium",  # how much that is, is not said
    "Swaps with a notional of $200 thousand convert the fixed rate on the senior notes to a variable rate.": "medium",
    "We may use interest rate swaps to manage the mix of fixed and variable debt.": "high",
    "A cross-currency swap with a notional of $200 thousand converts fixed dollars to a variable rate in euro.": "high",
    "We terminated swaps with a notional of $200 thousand, which had converted fixed debt to a variable rate.": "high",
}


@pytest.mark.parametrize("words", SWAPS_ELSEWHERE)
def test_swaps_whose_effect_is_not_netted_leave_no_answer_at_high_confidence(words: str) -> None:
    note = f"<p>{words}</p>" + table(
        HEAD, row("Term loan, LIBOR plus 2%", "500", "9"), row("6% notes", "500", "9"), row("Total", "1,000", "18")
    )
    value = _read(
        instance(
            ASSETS,
            ("us-gaap:LongTermDebt", 1_000_000, END, {}),
            ("us-gaap:DebtDisclosureTextBlock", note.replace("<", "&lt;"), YEAR, {}),
        )
    )
    assert value is not None
    assert (value.value, value.confidence) == (0.5, SWAPS_ELSEWHERE[words])


def test_a_row_of_hedged_debt_is_fixed_and_one_of_unhedged_debt_floats() -> None:
    for hedged in ("Variable-rate debt subject to interest rate swaps", "Variable-rate debt (hedged)",
                   "Hedged variable-rate debt", "Term loan, SOFR plus 2%, hedged with swaps"):  # fmt: skip
        value = _note(HEAD, row("Fixed-rate debt", "750", "1"), row(hedged, "150", "1"),
                      row("Variable-rate debt, unhedged", "100", "1"), row("Total debt", "1,000", "3"))  # fmt: skip
        assert value.value == pytest.approx(0.1), hedged


@pytest.mark.parametrize(
    "words", ["rate resets weekly", "interest adjusts quarterly", "repriced monthly", "remarketed daily"]
)
def test_bonds_whose_rate_is_set_anew_float(words: str) -> None:
    value = _note(HEAD, row(f"Industrial revenue bonds, {words}", "250", "1"), row("6.5% Notes", "750", "1"),
                  row("Total", "1,000", "2"))  # fmt: skip
    assert (value.value, value.confidence) == (pytest.approx(0.25), "high")
