"""Every table that crosses a module boundary: columns, types, units, keys.

A `Table` describes a Parquet table of a market folder. The frames that modules hand to each other in
memory (members, holdings, trades ...) are described by `FRAMES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["str", "int", "float", "date"]


@dataclass(frozen=True)
class Column:
    """One column: its name, kind, whether null is allowed, and what a value means."""

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False
    optional: bool = False
    """An optional column may be absent from a user's table; it is then null everywhere."""


@dataclass(frozen=True)
class Table:
    """One table of a market folder; `key` columns identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _null(name: str, kind: Kind, meaning: str) -> Column:
    return Column(name, kind, meaning, nullable=True, optional=True)


SECURITIES = Table(
    "securities",
    (
        Column("asset", "str", "permanent id of the security, never reused"),
        Column("ticker", "str", "symbol of the time"),
        _null("name", "str", "company name"),
        _null("cik", "int", "SEC central index key of the company"),
        _null("exchange", "str", "NYSE, NASDAQ, AMEX, ...; null unknown"),
        _null("sic", "int", "SIC industry code; null unknown"),
        _null("security_type", "str", "common, etf, fund, adr, unit, preferred, reit, spac ...; null unknown"),
        _null("first_session", "date", "first session listed"),
        _null("last_session", "date", "last session listed; null: still listed when the data ends"),
        _null("exit_reason", "str", "merger, distress, voluntary, unknown"),
        _null("exit_return", "float", "return from the last price to what holders got, decimal"),
    ),
    key=("asset",),
)
PRICES = Table(
    "prices",
    (
        Column("asset", "str", "security"),
        Column("session", "date", "XNYS session"),
        _null("open", "float", "USD, unadjusted"),
        _null("high", "float", "USD, unadjusted"),
        _null("low", "float", "USD, unadjusted"),
        Column("close", "float", "USD, unadjusted"),
        _null("volume", "int", "shares, unadjusted"),
        _null(
            "total_return",
            "float",
            "close to close from this asset's previous row, dividends and splits included, decimal; null unknown",
        ),
    ),
    key=("asset", "session"),
)
FACTS = Table(
    "facts",
    (
        Column("asset", "str", "security whose company reports"),
        Column("item", "str", "one of ITEMS"),
        Column("months", "int", "0 instant, 3 a quarter, 6 or 9 year to date, 12 a year"),
        Column("period_end", "date", "last day the value describes"),
        Column("value", "float", "unit of the item"),
        Column("filed", "date", "day the public could read it"),
        _null("form", "str", "10-Q, 10-K, DEF 14A ..."),
        _null("accession", "str", "filing"),
        _null("source", "str", "method or archive the value came from"),
        _null("confidence", "str", "high, medium, low"),
    ),
    key=("asset", "item", "months", "period_end", "filed", "accession"),
    required=False,
)
SERIES = Table(
    "series",
    (
        Column("series", "str", "name: IWM, IJR, FEDFUNDS, MKT_RF ..."),
        Column("date", "date", "day the value describes"),
        Column("value", "float", "total-return level, percent or decimal as the name's convention says"),
        _null("filed", "date", "day it was published; null: known the same day"),
    ),
    key=("series", "date", "filed"),
    required=False,
)
MEMBERS = Table(
    "members",
    (
        Column("index", "str", "index name, for example Russell 2000"),
        Column("asset", "str", "member"),
        _null("observed", "date", "day this membership was observed"),
        _null("start", "date", "first session of membership, where known"),
        _null("end", "date", "last session of membership; null still a member"),
    ),
    key=("index", "asset", "observed", "start"),
    required=False,
)
WEIGHTS = Table(
    "weights",
    (
        Column("index", "str", "index name, for example Russell 2000"),
        Column("asset", "str", "member"),
        Column("day", "date", "day the weight was observed"),
        Column("weight", "float", "share of the index, decimal"),
    ),
    key=("index", "asset", "day"),
    required=False,
)
SPLITS = Table(
    "splits",
    (
        Column("asset", "str", "security"),
        Column("session", "date", "first session on which the shares trade split"),
        Column("ratio", "float", "new shares for an old one; 1 no split; 0 a split or a dividend, not known which"),
        _null("why", "str", "what told it: a list of splits, the next count of shares, volume ..."),
    ),
    key=("asset", "session"),
    required=False,
)
TABLES: dict[str, Table] = {t.name: t for t in (SECURITIES, PRICES, FACTS, SERIES, MEMBERS, WEIGHTS, SPLITS)}

GICS, SIC = "gics", "sic"
SECTOR_ITEMS = (GICS, SIC)
"""Items of `facts` that are codes of an industry by the day they were told (months 0): GICS of 2 to 8 digits, SIC."""

# Items of `facts`. kind: flow is summed over a period, instant is a balance at period_end, share is a ratio in [0, 1].
ItemKind = Literal["flow", "instant", "share", "per_share"]
ITEMS: dict[str, ItemKind] = {
    "revenue": "flow",
    "cost_of_revenue": "flow",
    "gross_profit": "flow",
    "operating_income": "flow",
    "interest_expense": "flow",
    "pretax_income": "flow",
    "income_tax": "flow",
    "net_income": "flow",
    "eps_basic": "per_share",
    "eps_diluted": "per_share",
    "dividends_per_share": "per_share",
    "operating_cash_flow": "flow",
    "investing_cash_flow": "flow",
    "financing_cash_flow": "flow",
    "capital_expenditure": "flow",
    "depreciation_amortization": "flow",
    "research_development": "flow",
    "total_assets": "instant",
    "current_assets": "instant",
    "current_liabilities": "instant",
    "cash": "instant",
    "receivables": "instant",
    "inventory": "instant",
    "total_liabilities": "instant",
    "short_term_debt": "instant",
    "long_term_debt": "instant",
    "total_debt": "instant",
    "equity": "instant",
    "retained_earnings": "instant",
    "shares_outstanding": "instant",
    "shares_diluted": "flow",
    "public_float_usd": "instant",
    "insider_ownership": "share",
    "domestic_revenue_share": "share",
    "floating_rate_debt_share": "share",
}
"""`shares_diluted` is an average over its period: it is looked up like a flow and never summed."""
NEVER_NEGATIVE = frozenset(
    {
        *("revenue", "cost_of_revenue", "interest_expense", "capital_expenditure", "depreciation_amortization"),
        *("research_development", "dividends_per_share", "total_assets", "current_assets", "current_liabilities"),
        *("receivables", "inventory", "total_liabilities", "short_term_debt", "long_term_debt", "total_debt"),
        *("shares_outstanding", "shares_diluted", "public_float_usd"),
    }
)
"""Items that cannot be below zero: a part of one that exceeds its whole, or a negative one, is an error."""
INCOME_STATEMENT = frozenset(
    {
        *("cost_of_revenue", "gross_profit", "operating_income", "interest_expense", "pretax_income", "income_tax"),
        "net_income",
    }
)
"""Flows that stand in one statement with revenue and are recast with it."""
