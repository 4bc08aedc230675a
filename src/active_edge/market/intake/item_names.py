"""What others call the items of `facts`: tags of the us-gaap and dei taxonomies, and names of vendors.

`docs/import.md` shows the table. Names are compared by their letters and digits alone, so that `NetIncomeLoss`,
`net_income_loss` and `us-gaap:NetIncomeLoss` are one. A name of which only a letter is wrong is refused; one that is
like none is a user's own item (docs/plugins.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import duckdb

from active_edge.market.findings import EXAMPLES, Finding, Findings
from active_edge.schema import ITEMS, SECTOR_ITEMS
from active_edge.words import if_near

ITEM_NAMES: dict[str, tuple[str, ...]] = {
    "revenue": (
        "Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax", "SalesRevenueNet",
        "RevenueFromContractWithCustomerIncludingAssessedTax", "RevenuesNetOfInterestExpense", "Total Revenue",
        "Total Revenues", "Net Revenue", "Net Revenues", "Sales", "Net Sales", "Total Sales", "Sales Revenue",
        "Turnover", "Sales/Turnover (Net)", "Operating Revenue", "revt", "revtq", "saleq", "sale",
    ),
    "cost_of_revenue": (
        "CostOfRevenue", "CostOfGoodsAndServicesSold", "CostOfGoodsSold", "CostOfServices", "Cost of Revenues",
        "Cost of Sales", "Total Cost of Revenue", "cor", "cogs", "cogsq",
    ),
    "gross_profit": ("GrossProfit", "Gross Income", "Total Gross Profit", "gp", "gpq"),
    "operating_income": (
        "OperatingIncomeLoss", "Operating Profit", "Operating Profit (Loss)", "Income from Operations",
        "Operating Income After Depreciation", "Total Operating Income", "opinc", "oiadp", "oiadpq",
    ),
    "interest_expense": (
        "InterestExpense", "InterestExpenseNonoperating", "InterestAndDebtExpense", "InterestExpenseDebt",
        "InterestExpenseOperating", "intexp", "xint", "xintq",
    ),
    "pretax_income": (
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments",
        "Pretax Income", "Pretax Income (Loss)", "Pre-Tax Profit", "Income Before Tax", "Income Before Taxes",
        "Income Before Income Taxes", "Earnings Before Tax", "Profit Before Tax", "ebt", "pi", "piq",
        "Income Loss From Continuing Operations Before Tax",
    ),
    "income_tax": (
        "IncomeTaxExpenseBenefit", "IncomeTaxExpenseBenefitContinuingOperations", "Income Tax Expense", "Income Taxes",
        "Tax Provision", "Provision for Income Taxes", "Tax Expense", "taxexp", "txt", "txtq",
    ),
    "net_income": (
        "NetIncomeLoss", "ProfitLoss", "NetIncomeLossAvailableToCommonStockholdersBasic", "Net Profit", "Net Earnings",
        "Profit After Tax", "Net Income Attributable to Parent", "Net Income Loss Attributable to Parent",
        "Net Income Common", "Net Income (Common)", "Net Income Common Stockholders",
        "Net Income Available to Common Stockholders", "Net Income Available to Common Shareholders",
        "Net Income Applicable to Common Shares", "Net Income to Common", "netinc", "netinccmn", "ni", "niq",
    ),
    "eps_basic": (
        "EarningsPerShareBasic", "EarningsPerShareBasicAndDiluted", "Basic EPS", "Basic Earnings per Share", "epspx",
        "epspxq",
    ),
    "eps_diluted": (
        "EarningsPerShareDiluted", "Diluted EPS", "Diluted Earnings per Share", "epsdil", "epsfx", "epsfxq",
    ),
    "dividends_per_share": (
        "CommonStockDividendsPerShareDeclared", "CommonStockDividendsPerShareCashPaid", "Dividend per Share", "dps",
        "Dividends Declared per Share", "Cash Dividends per Share",
    ),
    "operating_cash_flow": (
        "NetCashProvidedByUsedInOperatingActivities",
        "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations", "Cash from Operations",
        "Cash Flow from Operations", "Cash Flow from Operating Activities", "Net Cash from Operating Activities",
        "Net Cash Flow from Operating Activities", "Net Cash Provided by Operating Activities",
        "Total Cash from Operating Activities", "Cash Flow from Continuing Operating Activities", "cfo", "ncfo",
        "oancf",
    ),
    "investing_cash_flow": (
        "NetCashProvidedByUsedInInvestingActivities",
        "NetCashProvidedByUsedInInvestingActivitiesContinuingOperations", "Cash from Investing",
        "Cash Flow from Investing Activities", "Net Cash from Investing Activities",
        "Net Cash Flow from Investing Activities", "Net Cash Used for Investing Activities",
        "Total Cashflows from Investing Activities", "cfi", "ncfi", "ivncf",
    ),
    "financing_cash_flow": (
        "NetCashProvidedByUsedInFinancingActivities",
        "NetCashProvidedByUsedInFinancingActivitiesContinuingOperations", "Cash from Financing",
        "Cash Flow from Financing Activities", "Net Cash from Financing Activities",
        "Net Cash Flow from Financing Activities", "Net Cash Used Provided by Financing Activities",
        "Total Cash from Financing Activities", "cff", "ncff", "fincf",
    ),
    "capital_expenditure": (
        "PaymentsToAcquirePropertyPlantAndEquipment", "PaymentsToAcquireProductiveAssets", "Capital Expenditures",
        "capex", "capx", "Purchase of Property, Plant and Equipment", "Change in Fixed Assets & Intangibles",
    ),
    "depreciation_amortization": (
        "DepreciationDepletionAndAmortization", "DepreciationAmortizationAndAccretionNet",
        "DepreciationAndAmortization", "Depreciation & Amortization", "Reconciled Depreciation", "depamor", "dp", "dpq",
    ),
    "research_development": (
        "ResearchAndDevelopmentExpense", "ResearchAndDevelopmentExpenseExcludingAcquiredInProcessCost",
        "Research and Development", "Research & Development", "Research and Development Expenses", "R&D",
        "R&D Expense", "rnd", "xrd", "xrdq",
    ),
    "total_assets": ("Assets", "at", "atq"),
    "current_assets": ("AssetsCurrent", "Total Current Assets", "assetsc", "act", "actq"),
    "current_liabilities": ("LiabilitiesCurrent", "Total Current Liabilities", "liabilitiesc", "lct", "lctq"),
    "cash": (
        "CashAndCashEquivalentsAtCarryingValue", "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents",
        "CashAndDueFromBanks", "Cash", "Cash and Equivalents", "Cash and Cash Equivalents", "Cash & Cash Equivalents",
        "Cash & Equivalents", "cashneq",
    ),
    "receivables": (
        "AccountsReceivableNetCurrent", "ReceivablesNetCurrent", "AccountsNotesAndLoansReceivableNetCurrent",
        "Accounts Receivable", "Accounts Receivable Net", "Net Receivables", "Current Net Receivables",
        "Total Receivables", "Trade Receivables", "Accounts & Notes Receivable", "rect", "rectq",
    ),
    "inventory": (
        "InventoryNet", "InventoryNetOfAllowancesCustomerAdvancesAndProgressBillings", "Inventories",
        "Total Inventory", "Total Inventories", "invt", "invtq",
    ),
    "total_liabilities": (
        "Liabilities", "Total Liab", "Total Liabilities Net Minority Interest", "lt", "ltq",
    ),
    "short_term_debt": ("DebtCurrent", "Current Debt", "Short-Term Debt", "debtc", "dlc", "dlcq"),
    "long_term_debt": (
        "LongTermDebtNoncurrent", "LongTermDebtAndCapitalLeaseObligations", "LongTermDebt", "Non-Current Debt",
        "debtnc", "dltt", "dlttq",
    ),
    "total_debt": ("DebtLongtermAndShorttermCombinedAmount", "Debt", "Short Long Term Debt Total"),
    "equity": (
        "StockholdersEquity", "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest",
        "Shareholders' Equity", "Shareholder Equity", "Stockholder Equity", "Total Equity", "Total Stockholders Equity",
        "Total Stockholder Equity", "Total Shareholders Equity", "Total Shareholder Equity",
        "Equity Attributable to Parent", "Book Equity", "seq", "seqq", "Common Stock Equity", "Common Equity", "ceq",
        "ceqq",
    ),
    "retained_earnings": (
        "RetainedEarningsAccumulatedDeficit", "Accumulated Deficit", "Retained Earnings (Accumulated Deficit)",
        "retearn",
    ),
    "shares_outstanding": (
        "EntityCommonStockSharesOutstanding", "CommonStockSharesOutstanding", "Common Shares Outstanding",
        "Shares Out", "Outstanding Shares", "Ordinary Shares Number", "sharesbas", "csho", "cshoq",
    ),
    "shares_diluted": (
        "WeightedAverageNumberOfDilutedSharesOutstanding", "WeightedAverageNumberOfShareOutstandingBasicAndDiluted",
        "Shares (Diluted)", "Diluted Shares", "Diluted Average Shares", "Weighted Average Diluted Shares",
        "Weighted Average Shares Diluted", "Weighted Average Diluted Shares Outstanding", "weightedAverageShsOutDil",
        "shareswadil", "cshfd", "cshfdq",
    ),
    "public_float_usd": ("EntityPublicFloat", "Public Float"),
}  # fmt: skip
"""Names of each item, the better one first: where a filing tells one period under several, the first counts.

Of the tags `sources.sec.concepts` reads, those that state the item or nearly so. Earnings before interest and tax,
interest net of income, cash with short-term investments are other numbers than the nearest item.
"""

PERIODS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("trailingtwelvemonths", "trailing12months", "t12m", "12m", "ttm", "ltm"), (12,)),
    **dict.fromkeys(("annual", "yearly", "fy"), (12,)),
    **dict.fromkeys(("quarterly", "quarter", "qtr", "mrq", "fq", "q"), (3,)),
    "ytd": (3, 6, 9, 12),
    "usd": (),
}
"""What a name may begin or end with, and the months of a flow that it says: `revenue_ttm`, `quarterly_sales`."""
UNCLEAR: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("eps", "earningspershare"), ("eps_basic", "eps_diluted")),
    **dict.fromkeys(("shares", "sharecount", "numberofshares"), ("shares_outstanding", "shares_diluted")),
    **dict.fromkeys(("income", "profit", "earnings"), ("operating_income", "pretax_income", "net_income")),
    "cashflow": ("operating_cash_flow", "investing_cash_flow", "financing_cash_flow"),
}
"""Names of which one cannot tell which item they mean: refused, with those that may be meant."""
MISSPELT = 6
"""Letters from which on a name that another differs from by one letter is taken for the one meant."""
FLOWS = ("flow", "per_share")
"""Kinds of item that have a period."""
_PREFIX = re.compile(r"^\s*(?:us[-_ ]?gaap|dei|srt|ifrs[-_ ]?full)\s*[:_/.]\s*", re.IGNORECASE)


class Meant(NamedTuple):
    """An item, the rank of the name it was told by (0 is the item's own), and the months the name says (() nothing)."""

    item: str
    rank: int
    months: tuple[int, ...]


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _PREFIX.sub("", name).casefold())


def _known() -> dict[str, Meant]:
    known: dict[str, Meant] = {}
    for item in (*ITEMS, *SECTOR_ITEMS):
        for rank, name in enumerate((item, *ITEM_NAMES.get(item, ()))):
            known.setdefault(_letters(name), Meant(item, rank, ()))
    return known


def meaning_of_item(name: str, known: Mapping[str, Meant] | None = None) -> Meant | None:
    """The item meant by a name; None where it is none of ours."""
    known, own = known or _known(), _letters(name)
    if own in known:
        return known[own]
    for period, months in PERIODS.items():
        for rest in (own.removesuffix(period), own.removeprefix(period)):
            if rest != own and rest in known:
                return known[rest]._replace(months=months if ITEMS.get(known[rest].item) in FLOWS else ())
    return None


def meant_perhaps(name: str) -> str:
    """What an unclear name may mean, or the name it differs from by a letter (left out, added, changed or exchanged
    with the next); empty where there is none."""
    own = _letters(name)
    if own in UNCLEAR:
        return " or ".join(UNCLEAR[own])
    for said in (one for item in ITEMS for one in (item, *ITEM_NAMES.get(item, ()))):
        if min(len(own), len(_letters(said))) >= MISSPELT and _one_apart(own, _letters(said)):
            return said
    return ""


def ours_by(name: str) -> str:
    """The item of ours that an import takes a name for, or says it may mean; empty where it can be a user's own."""
    meant = meaning_of_item(name)
    return meant.item if meant is not None else meant_perhaps(name)


def _one_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[1::-1] == b[:2] and a[2:] == b[2:])


def translate_items(connection: duckdb.DuckDBPyConnection) -> tuple[list[Finding], list[str]]:
    """Put our items into `raw_facts`; return what was translated and left out, and sentences about what is refused.

    Where a filing tells one period of an item under two names the better name counts.
    """
    rows = connection.execute("SELECT item, count(*) FROM raw_facts WHERE item IS NOT NULL GROUP BY 1 ORDER BY 1")
    counts: dict[str, int] = dict(rows.fetchall())
    known = _known()
    meant = {name: found for name in counts if (found := meaning_of_item(name, known)) is not None}
    changed = {name: found for name, found in meant.items() if found.item != name}
    strange = {name: near for name in counts if name not in meant and (near := meant_perhaps(name))}
    problems = [
        f"column 'item': {name!r} ({counts[name]:,} rows) is no item; did you mean {near}? Write that, or give an "
        "item of your own another name"
        for name, near in strange.items()
    ]
    if not changed:
        return [], problems
    connection.execute('CREATE TABLE item_words (word VARCHAR, item VARCHAR, "rank" INTEGER, told INTEGER[])')
    connection.executemany(
        "INSERT INTO item_words VALUES (?, ?, ?, ?)",
        [[name, found.item, found.rank, list(found.months)] for name, found in meant.items()],
    )
    problems += _other_periods(connection)
    findings = [_translated(changed, counts), *_second_names(connection)]
    connection.execute(
        "UPDATE raw_facts SET item = w.item, months = CASE WHEN months = 0 AND len(w.told) = 1 THEN w.told[1] "
        "ELSE months END FROM item_words w WHERE raw_facts.item = w.word AND w.word <> w.item"
    )
    connection.execute("DROP TABLE item_words")
    return findings, problems


def _other_periods(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Sentences about names that say other months than their rows; months 0 are no others."""
    found = connection.execute(
        "SELECT word, w.item, min(told), months, count(*) FROM raw_facts f JOIN item_words w ON w.word = f.item "
        "WHERE len(told) > 0 AND months <> 0 AND NOT list_contains(told, months) GROUP BY ALL ORDER BY word, months"
    ).fetchall()
    return [
        f"column 'item': {word!r} says {' or '.join(map(str, told))} months and stands in {count:,} rows of months "
        f"{months}; put months right, or write {item}"
        for word, item, told, months, count in found
    ]


def _translated(changed: Mapping[str, Meant], counts: Mapping[str, int]) -> Finding:
    shown = tuple(f"{name} → {found.item} in {counts[name]:,} rows" for name, found in changed.items())
    rows = sum(counts[name] for name in changed)
    remedy = "docs/import.md has the table of names."
    return Finding("facts", "rows whose item is called otherwise here", "repaired", rows, shown[:EXAMPLES], remedy)


def _second_names(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Leave out what a filing tells of a period under a lesser name beside a better one; what that was."""
    connection.execute(
        """
        CREATE TABLE second_names AS SELECT * FROM (
            SELECT f.rowid AS fact, f.asset, w.word, w.item, f.period_end, f.value, "rank" AS own_rank,
                min("rank") OVER (PARTITION BY f.asset, w.item, f.period_end, f.filed, f.accession,
                    CASE WHEN f.months = 0 AND len(told) = 1 THEN told[1] ELSE f.months END) AS best
            FROM raw_facts f JOIN item_words w ON w.word = f.item WHERE f.value IS NOT NULL)
        WHERE own_rank > best
        """
    )
    rows = connection.execute(
        "SELECT asset, word, item, period_end, value, count(*) OVER () FROM second_names "
        f"ORDER BY asset, item, period_end, word, value LIMIT {EXAMPLES}"
    ).fetchall()
    connection.execute("DELETE FROM raw_facts WHERE rowid IN (SELECT fact FROM second_names)")
    connection.execute("DROP TABLE second_names")
    if not rows:
        return []
    shown = tuple(f"{asset} {word} {day}: {value:g}" for asset, word, _, day, value, _ in rows)
    remedy = "The better name of the same filing and period counts; docs/import.md has their order."
    kind = "facts told under a second name of their item"
    return [Finding("facts", kind, "refused", int(rows[0][-1]), shown, remedy)]


def note_own_items(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Note the items of `fact_rows` that are none of ours, with the nearest that is."""
    rows = connection.execute("SELECT item, count(*) FROM fact_rows GROUP BY 1 ORDER BY 1").fetchall()
    own = [(name, count) for name, count in rows if name not in ITEMS and name not in SECTOR_ITEMS]
    if own:
        shown = tuple(f"{name} in {count:,} rows{if_near(name, ITEMS)}" for name, count in own[:EXAMPLES])
        remedy = "Kept: each is a factor by its name (docs/plugins.md), and no factor of the program reads it."
        total = sum(count for _, count in own)
        findings.found.append(Finding("facts", "facts of an unknown item", "noted", total, shown, remedy))
