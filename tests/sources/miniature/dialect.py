"""How one company tags its statements: every route from a tag to an item is taken by somebody."""

from __future__ import annotations

from dataclasses import dataclass

Tagged = tuple[str, str, float]
"""(taxonomy:tag, unit, value)."""
CONTRACT_ERA = "2018-07-01"
PLAIN = {
    "operating_income": "OperatingIncomeLoss",
    "pretax_income": ("IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest"),
    "income_tax": "IncomeTaxExpenseBenefit",
    "operating_cash_flow": "NetCashProvidedByUsedInOperatingActivities",
    "investing_cash_flow": "NetCashProvidedByUsedInInvestingActivities",
    "financing_cash_flow": "NetCashProvidedByUsedInFinancingActivities",
    "capital_expenditure": "PaymentsToAcquirePropertyPlantAndEquipment",
    "current_assets": "AssetsCurrent",
    "current_liabilities": "LiabilitiesCurrent",
    "receivables": "AccountsReceivableNetCurrent",
    "inventory": "InventoryNet",
    "long_term_debt": "LongTermDebtNoncurrent",
    "equity": "StockholdersEquity",
    "retained_earnings": "RetainedEarningsAccumulatedDeficit",
}
CHOICES = {
    "cost_of_revenue": ("CostOfRevenue", "CostOfGoodsAndServicesSold"),
    "interest_expense": ("InterestExpense", "InterestExpenseNonoperating", "InterestAndDebtExpense"),
    "depreciation_amortization": ("DepreciationDepletionAndAmortization", "DepreciationAmortizationAndAccretionNet"),
    "research_development": (
        "ResearchAndDevelopmentExpense",
        "ResearchAndDevelopmentExpenseExcludingAcquiredInProcessCost",
    ),
}
OTHER_UNITS = {
    "eps_basic": ("us-gaap:EarningsPerShareBasic", "USD/shares"),
    "eps_diluted": ("us-gaap:EarningsPerShareDiluted", "USD/shares"),
    "shares_diluted": ("us-gaap:WeightedAverageNumberOfDilutedSharesOutstanding", "shares"),
    "shares_outstanding": ("dei:EntityCommonStockSharesOutstanding", "shares"),
    "public_float_usd": ("dei:EntityPublicFloat", "USD"),
}
DERIVED = {"gross_profit": 5, "total_liabilities": 4}
"""Items that every so many companies do not tag, so that they must be computed from their parts."""


@dataclass(frozen=True)
class Dialect:
    """Tags of the company with this CIK."""

    cik: int

    def revenue_tag(self, filed: str) -> str:
        """Revenue changed its name with the standard on contracts, for those who did not say Revenues all along."""
        kind = self.cik % 3
        if kind == 1:
            return "Revenues"
        if filed < CONTRACT_ERA:
            return "SalesRevenueNet"
        return f"RevenueFromContractWithCustomer{'Excluding' if kind == 0 else 'Including'}AssessedTax"

    def derives(self, item: str) -> bool:
        """Whether this company leaves an item out and tags only its parts."""
        if item == "total_debt":
            return self.cik % 3 > 0
        if item == "short_term_debt":
            return self.cik % 3 == 2
        return item in DERIVED and self.cik % DERIVED[item] == 0

    def tagged(self, item: str, value: float, filed: str) -> list[Tagged]:
        """What the filing tags for an item: the item, or its parts, and lookalikes that must not be taken for it."""
        if item in OTHER_UNITS:
            tag, unit = OTHER_UNITS[item]
            return [(tag, unit, value)]
        if item == "dividends_per_share":
            tag = ("CommonStockDividendsPerShareDeclared", "CommonStockDividendsPerShareCashPaid")[self.cik % 2]
            return [(f"us-gaap:{tag}", "USD/shares", value)]
        return [(f"us-gaap:{tag}", "USD", amount) for tag, amount in self._dollars(item, value, filed)]

    def _dollars(self, item: str, value: float, filed: str) -> list[tuple[str, float]]:
        if item in PLAIN:
            return [(PLAIN[item], value)]
        if item in CHOICES:
            return [(CHOICES[item][self.cik % len(CHOICES[item])], value)]
        if item == "revenue":
            part = [("RevenueFromContractWithCustomerExcludingAssessedTax", round(0.97 * value))]
            return [(self.revenue_tag(filed), value), *(part if self.cik % 6 == 1 else [])]
        if item == "cash":
            restricted = "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents"
            return [("CashAndCashEquivalentsAtCarryingValue", value), (restricted, value + 1000)]
        if item == "net_income":
            return [("NetIncomeLoss", value), ("ProfitLoss", value + 77)]
        if item == "total_assets":
            return [("Assets", value), ("LiabilitiesAndStockholdersEquity", value)]
        if item == "short_term_debt" and self.derives(item):
            return [("LongTermDebtCurrent", value // 2), ("ShortTermBorrowings", value - value // 2)]
        if self.derives(item):
            return []
        tags = {
            "gross_profit": "GrossProfit",
            "total_liabilities": "Liabilities",
            "short_term_debt": "DebtCurrent",
            "total_debt": "DebtLongtermAndShorttermCombinedAmount",
        }
        return [(tags[item], value)]
