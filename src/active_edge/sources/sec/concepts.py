"""From tags of the us-gaap and dei taxonomies to items of `facts`: which tag, in which order, in which unit.

An item is read from the first tag of its list that a filing reports for the period; a later tag is a fallback and
lowers the confidence. Derived items are computed only from numbers of the same filing and the same period, and only
where no tag of their own is reported. Money is in US dollars: a filer in another currency has no such facts here.

Signs: an expense, a payment for equipment, a dividend per share is positive when money goes out; `net_income`,
`pretax_income`, `income_tax` (a benefit is negative), `operating_income` and cash flows carry the statement's sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from active_edge.schema import ITEMS

Unit = Literal["USD", "shares", "USD/shares"]
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class Concept:
    """One item's tags in order of precedence, and how many of them state the item itself (high confidence).

    `fallback` is the confidence of the tags after the first `exact`; the last `weak` are of low confidence. Numbers of
    `turned` tags are income less expense: turned round, and taken only where an expense is left.
    """

    unit: Unit
    tags: tuple[str, ...]
    exact: int = 1
    fallback: Confidence = "medium"
    weak: int = 0
    turned: frozenset[str] = frozenset()


def _usd(*tags: str, exact: int = 1, fallback: Confidence = "medium") -> Concept:
    return Concept("USD", tags, exact, fallback)


CONCEPTS: Mapping[str, Concept] = {
    # total revenue first: contract revenue leaves out interest, leases and grants
    "revenue": _usd(
        "Revenues",
        "RevenueFromContractWithCustomerExcludingAssessedTax",
        "SalesRevenueNet",
        "RevenueFromContractWithCustomerIncludingAssessedTax",
        "RevenuesNetOfInterestExpense",
        "SalesRevenueGoodsNet",
        "SalesRevenueServicesNet",
        exact=5,
        fallback="low",
    ),
    "cost_of_revenue": _usd(
        "CostOfRevenue", "CostOfGoodsAndServicesSold", "CostOfGoodsSold", "CostOfServices", exact=2
    ),
    "gross_profit": _usd("GrossProfit"),
    "operating_income": _usd("OperatingIncomeLoss"),
    # after those that say expense: net of income, incurred (with what is capitalised), paid in cash
    "interest_expense": Concept(
        "USD",
        (
            "InterestExpense",
            "InterestExpenseNonoperating",
            "InterestAndDebtExpense",
            "InterestExpenseDebt",
            "InterestExpenseOperating",
            "InterestExpenseNet",
            "InterestIncomeExpenseNonoperatingNet",
            "InterestIncomeExpenseNet",
            "InterestCostsIncurred",
            "InterestPaidNet",
        ),
        exact=3,
        weak=5,
        turned=frozenset(("InterestIncomeExpenseNonoperatingNet", "InterestIncomeExpenseNet")),
    ),
    "pretax_income": _usd(
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments",
    ),
    "income_tax": _usd("IncomeTaxExpenseBenefit", "IncomeTaxExpenseBenefitContinuingOperations"),
    "net_income": _usd("NetIncomeLoss", "ProfitLoss", "NetIncomeLossAvailableToCommonStockholdersBasic"),
    "eps_basic": Concept("USD/shares", ("EarningsPerShareBasic", "EarningsPerShareBasicAndDiluted"), exact=2),
    "eps_diluted": Concept("USD/shares", ("EarningsPerShareDiluted", "EarningsPerShareBasicAndDiluted"), exact=2),
    "dividends_per_share": Concept(
        "USD/shares", ("CommonStockDividendsPerShareDeclared", "CommonStockDividendsPerShareCashPaid"), exact=2
    ),
    "operating_cash_flow": _usd(
        "NetCashProvidedByUsedInOperatingActivities", "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations"
    ),
    "investing_cash_flow": _usd(
        "NetCashProvidedByUsedInInvestingActivities", "NetCashProvidedByUsedInInvestingActivitiesContinuingOperations"
    ),
    "financing_cash_flow": _usd(
        "NetCashProvidedByUsedInFinancingActivities", "NetCashProvidedByUsedInFinancingActivitiesContinuingOperations"
    ),
    "capital_expenditure": _usd("PaymentsToAcquirePropertyPlantAndEquipment", "PaymentsToAcquireProductiveAssets"),
    "depreciation_amortization": _usd(
        "DepreciationDepletionAndAmortization",
        "DepreciationAmortizationAndAccretionNet",
        "DepreciationAndAmortization",
        "Depreciation",
        exact=3,
        fallback="low",
    ),
    "research_development": _usd(
        "ResearchAndDevelopmentExpense", "ResearchAndDevelopmentExpenseExcludingAcquiredInProcessCost", exact=2
    ),
    "total_assets": _usd("Assets"),
    "current_assets": _usd("AssetsCurrent"),
    "current_liabilities": _usd("LiabilitiesCurrent"),
    "cash": _usd(
        "CashAndCashEquivalentsAtCarryingValue",
        "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents",
        "CashAndDueFromBanks",
        "Cash",
    ),
    "receivables": _usd(
        "AccountsReceivableNetCurrent", "ReceivablesNetCurrent", "AccountsNotesAndLoansReceivableNetCurrent"
    ),
    "inventory": _usd("InventoryNet", "InventoryNetOfAllowancesCustomerAdvancesAndProgressBillings", exact=2),
    "total_liabilities": _usd("Liabilities"),
    "short_term_debt": _usd("DebtCurrent"),
    "long_term_debt": _usd("LongTermDebtNoncurrent", "LongTermDebtAndCapitalLeaseObligations", "LongTermDebt"),
    "total_debt": _usd("DebtLongtermAndShorttermCombinedAmount"),
    "equity": _usd("StockholdersEquity", "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest"),
    "retained_earnings": _usd("RetainedEarningsAccumulatedDeficit"),
    "shares_outstanding": Concept(
        "shares", ("EntityCommonStockSharesOutstanding", "CommonStockSharesOutstanding"), exact=2
    ),
    "shares_diluted": Concept(
        "shares",
        (
            "WeightedAverageNumberOfDilutedSharesOutstanding",
            "WeightedAverageNumberOfShareOutstandingBasicAndDiluted",
            "WeightedAverageNumberOfSharesOutstandingBasic",
        ),
        exact=2,
        fallback="low",
    ),
    "public_float_usd": _usd("EntityPublicFloat", fallback="low"),
}

HELPERS: Mapping[str, tuple[str, ...]] = {
    "~liabilities_and_equity": ("LiabilitiesAndStockholdersEquity",),
    "~equity_with_minority": (
        "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest",
        "StockholdersEquity",
    ),
    "~long_term_debt_noncurrent": ("LongTermDebtNoncurrent", "LongTermDebtAndCapitalLeaseObligations"),
    "~long_term_debt_with_current": ("LongTermDebt",),
    "~long_term_debt_current": ("LongTermDebtCurrent", "LongTermDebtAndCapitalLeaseObligationsCurrent"),
    "~short_term_borrowings": ("ShortTermBorrowings", "OtherShortTermBorrowings", "CommercialPaper"),
    "~convertible": (
        "ConvertibleNotesPayable",
        "ConvertibleDebt",
        "ConvertibleLongTermNotesPayable",
        "ConvertibleDebtNoncurrent",
        "ConvertibleNotesPayableNoncurrent",
    ),
    "~senior": ("SeniorNotes", "SeniorLongTermNotes"),
    "~secured": ("SecuredDebt", "SecuredLongTermDebt"),
    "~unsecured": ("UnsecuredDebt", "UnsecuredLongTermDebt"),
    "~subordinated": (
        "JuniorSubordinatedNotes",
        "JuniorSubordinatedDebentureOwedToUnconsolidatedSubsidiaryTrust",
        "JuniorSubordinatedLongTermNotes",
        "SubordinatedDebt",
        "SubordinatedLongTermDebt",
    ),
    "~credit_line": ("LineOfCredit", "LongTermLineOfCredit"),
    "~notes": (
        "NotesPayable",
        "LongTermNotesPayable",
        "OtherNotesPayable",
        "OtherLongTermNotesPayable",
    ),
    "~loans": ("LoansPayable", "LongTermLoansPayable", "LoansPayableToBank"),
    "~convertible_current": ("ConvertibleNotesPayableCurrent", "ConvertibleDebtCurrent"),
    "~senior_current": ("SeniorNotesCurrent",),
    "~secured_current": ("SecuredDebtCurrent",),
    "~unsecured_current": ("UnsecuredDebtCurrent",),
    "~subordinated_current": ("SubordinatedDebtCurrent",),
    "~credit_line_current": ("LinesOfCreditCurrent",),
    "~notes_current": ("NotesPayableCurrent", "OtherNotesPayableCurrent"),
    "~loans_current": ("LoansPayableCurrent",),
    "~other_debt": ("OtherLongTermDebt", "OtherLongTermDebtNoncurrent", "DebtInstrumentCarryingAmount"),
}
"""Numbers that are no items but parts of derived ones."""
DEBT_LINES = (
    *("~convertible", "~senior", "~secured", "~unsecured", "~subordinated", "~credit_line", "~notes", "~loans"),
)
"""Lines of a balance sheet without one for all long-term debt; with `short_term_debt` they are its debt.

Each with `_current` is what of it is due within a year, beside a tag of what is due later.
"""
NONCURRENT = re.compile(r"LongTerm|Noncurrent")


@dataclass(frozen=True)
class Derivation:
    """item = sum of `sign × part` over `parts`, taken when every one of `required` is there; an absent other is 0."""

    item: str
    parts: tuple[tuple[int, str], ...]
    required: tuple[str, ...]
    confidence: Confidence

    @property
    def source(self) -> str:
        """`derived: revenue - cost_of_revenue`."""
        signs = {1: "+", -1: "-"}
        text = " ".join(f"{signs[sign]} {part.lstrip('~')}" for sign, part in self.parts)
        return "derived: " + text.removeprefix("+ ")


DERIVATIONS: tuple[Derivation, ...] = (
    Derivation("gross_profit", ((1, "revenue"), (-1, "cost_of_revenue")), ("revenue", "cost_of_revenue"), "medium"),
    Derivation(
        "total_liabilities",
        ((1, "~liabilities_and_equity"), (-1, "~equity_with_minority")),
        ("~liabilities_and_equity", "~equity_with_minority"),
        "medium",
    ),
    Derivation(
        "short_term_debt",
        ((1, "~long_term_debt_current"), (1, "~short_term_borrowings")),
        ("~long_term_debt_current", "~short_term_borrowings"),
        "high",
    ),
    Derivation("short_term_debt", ((1, "~long_term_debt_current"),), ("~long_term_debt_current",), "medium"),
    Derivation("short_term_debt", ((1, "~short_term_borrowings"),), ("~short_term_borrowings",), "medium"),
    Derivation(
        "total_debt",
        ((1, "~long_term_debt_noncurrent"), (1, "short_term_debt")),
        ("~long_term_debt_noncurrent", "short_term_debt"),
        "high",
    ),
    Derivation(
        "total_debt",
        ((1, "~long_term_debt_with_current"), (1, "~short_term_borrowings")),
        ("~long_term_debt_with_current",),
        "medium",
    ),
    Derivation("total_debt", ((1, "~long_term_debt_noncurrent"),), ("~long_term_debt_noncurrent",), "low"),
)
"""In this order: `short_term_debt` is settled before `total_debt` uses it."""

DEBT_TAG = re.compile(
    r"^(LongTermDebt|ShortTermB|DebtCurrent|DebtInstrument|NotesPayable|ConvertibleNotes|ConvertibleDebt|LineOfCredit"
    r"|LoansPayable|SecuredDebt|UnsecuredDebt|SeniorNotes|SeniorLongTerm|OtherLoans|OtherNotes|JuniorSubordinated"
    r"|SubordinatedDebt|SubordinatedLong|CommercialPaper|BankLoans|MediumtermNotes|FederalHomeLoan|RepaymentsOf.*Debt"
    r"|RepaymentsOf.*Notes|RepaymentsOf.*Credit|ProceedsFrom.*Debt|ProceedsFrom.*Notes|ProceedsFrom.*Credit"
    r"|InterestExpense|InterestPaid|FinanceLeaseLiability|CapitalLeaseOblig)"
)
DEBT_LINES_SOURCE = "derived: lines of debt"
SHORT_TERM_SOURCE = "derived: short_term_debt"
LONG_TERM_DEBT_SOURCE = "companyfacts:LongTermDebt"
NO_DEBT_SOURCE = "no debt tag in the filing"
"""A filing with a full balance sheet and no tag about debt at all: `total_debt` 0, low confidence."""

MONTHS_BY_DAYS: tuple[tuple[int, int, int], ...] = ((3, 80, 100), (6, 170, 191), (9, 255, 286), (12, 350, 380))
"""(months, shortest, longest) duration in days, end − start + 1; 13-week quarters and 52/53-week years included."""


def months_of(days: int) -> int | None:
    """Months a duration of `days` stands for; None for a stub that is no reporting period."""
    return next((months for months, low, high in MONTHS_BY_DAYS if low <= days <= high), None)


def tag_index() -> dict[str, tuple[tuple[str, int, str], ...]]:
    """Tag → ((item or helper, precedence, unit), ...)."""
    found: dict[str, list[tuple[str, int, str]]] = {}
    for item, concept in CONCEPTS.items():
        for rank, tag in enumerate(concept.tags):
            found.setdefault(tag, []).append((item, rank, concept.unit))
    for helper, tags in HELPERS.items():
        for rank, tag in enumerate(tags):
            found.setdefault(tag, []).append((helper, rank, "USD"))
    return {tag: tuple(uses) for tag, uses in found.items()}


def is_instant(name: str) -> bool:
    """True for balances at a date; helpers are all balances."""
    return name.startswith("~") or ITEMS[name] == "instant"


def confidence_of(item: str, rank: int) -> Confidence:
    """Confidence of an item read from its tag number `rank`."""
    concept = CONCEPTS[item]
    if rank < concept.exact:
        return "high"
    return "low" if rank >= len(concept.tags) - concept.weak else concept.fallback


def is_turned(item: str, tag: str) -> bool:
    """Whether a tag states the item net of income, with the sign of income."""
    return item in CONCEPTS and tag in CONCEPTS[item].turned
