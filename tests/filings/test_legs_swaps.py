"""Swaps beside floating debt: whose, of which date, how many."""

from __future__ import annotations

import html
from collections.abc import Mapping

import pytest

from active_edge.filings import FiledShare, read_filing
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

LOAN_AND_NOTES = table(
    row("(in millions)", "2023", "2022"),
    row("Term loan, SOFR plus 2.00%", "$ 600", "$ 610"),
    row("6% notes due 2030", "400", "400"),
    row("Total debt", "$ 1,000", "$ 1,010"),
)
DERIVATIVE = "us-gaap:DerivativeInstrumentRiskAxis"
HEDGES = {"us-gaap:HedgingRelationshipAxis": "us-gaap:CashFlowHedgingMember"}


def _floating(body: bytes) -> FiledShare:
    value = read_filing(body, "filing").floating_rate_debt_share
    assert value is not None
    return value


def _noted(words: str) -> FiledShare:
    """600 of 1,000 floats, before swaps, at the end of 2023."""
    note = html.escape(f"<p>Debt</p>{LOAN_AND_NOTES}{words}")
    total: FactRow = ("us-gaap:LongTermDebt", 1_000_000_000, END, {})
    return _floating(instance(ASSETS, total, ("us-gaap:DebtDisclosureTextBlock", note, YEAR, {})))


def _printed(words: str) -> FiledShare:
    cover = "<p>For the fiscal year ended December 31, 2023</p>"
    return _floating(
        annual_report(cover, "<p>8. Debt</p>", LOAN_AND_NOTES, f"<p>{words}</p>", "<p>9. Income Taxes</p>")
    )


@pytest.mark.parametrize(
    ("words", "floating"),
    [
        ("As of December 31, 2023 and 2022, the notional amount of our pay-fixed interest rate swaps was $300.0 million"
         " and $500.0 million, respectively.", 0.3),
        ("At December 31, 2022 and 2023, the notional amount of our pay-fixed interest rate swaps was $500.0 million"
         " and $300.0 million, respectively.", 0.3),
        ("The notional amounts of our pay-fixed swaps were $250.0 million and $400.0 million at December 31, 2023 and"
         " 2022, respectively.", 0.35),
        ("At December 31, 2023 and December 31, 2022, we had interest rate swaps designated as cash flow hedges with"
         " notional amounts of $300 million and $400 million, respectively.", 0.3),
        ("The notional of the pay-fixed swaps was $400 million at December 31, 2022 and $250 million at December 31,"
         " 2023.", 0.35),
        ("The notional amounts of the swaps under which we pay a fixed rate were $100 million, $150 million and $200"
         " million, maturing in 2024, 2025 and 2026.", 0.15),
    ],
)  # fmt: skip
def test_of_notionals_of_several_dates_the_current_one_is_netted(words: str, floating: float) -> None:
    assert _noted(f"<p>{words}</p>").value == pytest.approx(floating)
    assert _printed(words).value == pytest.approx(floating)


@pytest.mark.parametrize(
    "words",
    [
        "The Company uses cross-currency swaps with a notional amount of $150 million that pay fixed euro and receive"
        " fixed U.S. dollars, designated as net investment hedges.",
        "The Company entered into diesel fuel swaps with a notional amount of $50 million in which it pays a fixed"
        " price per gallon.",
        "Natural gas swaps with a notional value of $40 million convert floating prices to fixed prices.",
        "Under total return swaps with a notional amount of $80.0 million we pay a fixed rate on our deferred"
        " compensation obligations.",
        "The joint venture, which we do not consolidate, has pay-fixed interest rate swaps with a notional amount of"
        " $300.0 million.",
        "Our unconsolidated affiliate has interest rate swaps with a notional amount of $200 million that convert its"
        " variable rate debt to fixed.",
        "In January 2024, the Company entered into interest rate swaps with a notional amount of $100 million, under"
        " which it pays a fixed rate of 3.6%, effective March 2024.",
        "The Company entered into a pay-fixed interest rate swap with a notional amount of $100 million on February 2,"
        " 2024.",
        "We have pay-fixed interest rate swaps with a notional amount of $100 million starting in June 2024.",
        "The credit agreement requires the Company to pay a fixed rate through swaps on at least $100 million of the"
        " term loan.",
        "We must hold interest rate swaps with a notional amount of $100 million that fix the rate of the term loan.",
        "We would enter into swaps with a notional amount of $100 million to convert variable rate debt to fixed.",
        "The notional amount of our pay-fixed interest rate swaps was $250 million at December 31, 2022.",
    ],
)
def test_swaps_that_are_none_of_this_debt_today_are_not_netted(words: str) -> None:
    assert _noted(f"<p>{words}</p>").value == pytest.approx(0.6)
    assert _printed(words).value == pytest.approx(0.6)


def test_the_part_of_a_notional_that_starts_later_is_left_out() -> None:
    words = (
        "We have interest rate swaps with a combined notional amount of $450.0 million (of which $150.0 million starts"
        " in 2025) that convert variable-rate debt to fixed-rate debt."
    )
    assert _noted(f"<p>{words}</p>").value == pytest.approx(0.3)


FIRST = (
    "<p>In May 2022 we entered into an interest rate swap with a notional amount of $150.0 million under which we pay a"
    " fixed rate of 2.7% and receive one-month SOFR.</p>"
)
SECOND = FIRST.replace("May 2022", "June 2023").replace("$150.0", "$250.0")


def test_swaps_entered_on_two_days_are_added_once_each_and_not_with_high_confidence() -> None:
    value = _noted(FIRST + SECOND)
    assert (round(value.value, 6), value.confidence) == (0.2, "medium")
    assert _noted(FIRST + SECOND + FIRST).value == pytest.approx(0.2)
    assert _noted(FIRST + FIRST.replace("May 2022", "2022")).value == pytest.approx(0.45)


def test_a_notional_of_all_swaps_comes_before_swaps_entered_one_by_one() -> None:
    whole = "<p>At December 31, 2023, the notional amount of swaps under which we pay fixed was $250.0 million.</p>"
    assert _noted(FIRST + SECOND + whole).value == pytest.approx(0.35)


def _tagged(*swaps: tuple[Mapping[str, str], int]) -> float:
    """600 of 1,000 floats, before swaps."""
    loan, notes = {INSTRUMENT: "abc:TermLoanBMember"}, {INSTRUMENT: "abc:SeniorNotes2029Member"}
    notionals: list[FactRow] = [("us-gaap:DerivativeNotionalAmount", usd, END, on) for on, usd in swaps]
    return _floating(
        instance(
            ASSETS,
            ("us-gaap:LongTermDebt", 1_000, END, {}),
            ("us-gaap:DebtInstrumentCarryingAmount", 600, END, loan),
            ("us-gaap:DebtInstrumentBasisSpreadOnVariableRate1", 0.025, YEAR, loan),
            ("us-gaap:DebtInstrumentCarryingAmount", 400, END, notes),
            ("us-gaap:DebtInstrumentInterestRateStatedPercentage", 0.055, END, notes),
            *notionals,
        )
    ).value


def test_two_tagged_swaps_of_one_notional_count_twice_and_one_told_by_two_names_once() -> None:
    one, two = ({DERIVATIVE: f"abc:InterestRateSwap{name}Member", **HEDGES} for name in ("One", "Two"))
    swap, contract = ({DERIVATIVE: f"us-gaap:InterestRate{name}Member", **HEDGES} for name in ("Swap", "Contract"))
    assert _tagged((one, 200), (two, 200)) == pytest.approx(0.2)
    assert _tagged((swap, 200), (contract, 200)) == pytest.approx(0.4)
    assert _tagged((one, 200), (two, 200), (swap, 400)) == pytest.approx(0.2)


@pytest.mark.parametrize("member", ["abc:ForwardStartingPayFixedSwapMember", "abc:UnconsolidatedVenturePayFixedMember"])
def test_tagged_swaps_that_start_later_or_are_anothers_are_not_netted(member: str) -> None:
    assert _tagged(({DERIVATIVE: member}, 200)) == pytest.approx(0.6)


def test_a_notional_that_only_a_table_of_the_note_lists_is_netted_at_medium_confidence() -> None:
    words = "<p>We use interest rate swaps to effectively convert variable rate debt to fixed.</p>"
    lead = "<p>The notional amounts of derivatives are as follows (in millions):</p>"
    rows = (row("Interest rate swaps", "$ 350", "$ 450"), row("Foreign currency forwards", "120", "110"))
    value = _noted(words + lead + table(row("", "2023", "2022"), *rows))
    assert (round(value.value, 6), value.confidence) == (0.25, "medium")
    valued = table(row("", "Asset", "Liability"), *rows)
    assert _noted(words + lead + valued).value == pytest.approx(0.6)


def test_a_share_stated_after_swaps_of_no_stated_notional_is_the_share() -> None:
    words = (
        "<p>At December 31, 2023, after giving effect to our interest rate swaps, approximately 65% of our total debt"
        " was at fixed rates and 35% at variable rates.</p>"
    )
    value = _noted(words)
    assert (round(value.value, 6), value.confidence) == (0.35, "medium")


def test_a_footnote_under_the_table_belongs_to_the_note() -> None:
    words = "(1) Includes $200 million that is effectively fixed through interest rate swaps at 3.9%."
    assert _printed(words).value == pytest.approx(0.4)
