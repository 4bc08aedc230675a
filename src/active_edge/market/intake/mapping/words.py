"""What headers of other people's tables usually mean, by their letters and digits alone."""

from __future__ import annotations

import re

from active_edge import schema
from active_edge.market.intake.item_names import ITEM_NAMES

KEYS: dict[str, tuple[str, ...]] = {
    "asset": ("permaticker", "permno", "securityid", "assetid", "figi", "isin", "cusip", "sedol", "gvkey"),
    "ticker": ("ticker", "symbol", "tickersymbol", "tradingsymbol", "ric"),
}
DAY = ("date", "session", "day", "tradingday", "tradedate", "pricedate", "datadate", "caldt")
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "securities": {
        "name": ("name", "companyname", "company", "issuername", "securityname", "description"),
        "cik": ("cik", "cikcode"),
        "exchange": ("exchange", "primaryexchange", "market"),
        "sic": ("sic", "siccode"),
        "security_type": ("securitytype", "category", "type"),
        "first_session": ("firstpricedate", "firstdate", "listingdate", "ipodate"),
        "last_session": ("lastpricedate", "lastdate", "delistingdate", "delisteddate"),
        "sector": ("sector", "gicssector", "sectorname", "gics"),
    },
    "prices": {
        "session": DAY,
        "open": ("open", "openprice"),
        "high": ("high", "highprice"),
        "low": ("low", "lowprice"),
        "close": ("closeunadj", "unadjustedclose", "rawclose", "closeprice", "close", "price", "last", "prc", "pxlast"),
        "volume": ("volume", "vol", "sharestraded", "pxvolume"),
        "total_return": ("totalreturn", "ret", "return", "dailyreturn"),
        "adjusted_close": (
            "closeadj",
            "adjclose",
            "adjustedclose",
            "closeadjusted",
            "adjustedprice",
            "totalreturnindex",
        ),
        "market_value": ("marketvalue", "marketcap", "mktcap", "marketcapitalization"),
        "shares_outstanding": ("sharesoutstanding", "shrout", "commonsharesoutstanding"),
    },
    "facts": {
        "period_end": (
            "periodend",
            "reportperiod",
            "reportdate",
            "fiscaldateending",
            "periodenddate",
            "enddate",
            "datadate",
        ),
        "filed": (
            "filed",
            "datekey",
            "publishdate",
            "filingdate",
            "fileddate",
            "filed date",
            "accepteddate",
            "rdq",
            "reporteddate",
        ),
        "months": ("months",),
        "period": ("fiscalperiod", "fp", "periodtype", "fiscalperiodtype", "period", "frequency"),
        "item": ("item", "indicator", "concept"),
        "value": ("value", "amount"),
        "form": ("form", "formtype"),
    },
    "series": {
        "series": ("series", "seriesid"),
        "date": DAY,
        "value": ("value", "level", "close"),
        "filed": ("filed",),
    },
    "members": {"name": ("name",), "weight": ("weight", "weightpct"), "price": ("price",), "sector": ("sector",)},
}
GUESSES: dict[str, tuple[str, ...]] = {
    "operating_income": ("ebit",),
    "interest_expense": ("interestexpensenet",),
    "income_tax": ("incometaxexpensebenefitnet",),
    "eps_basic": ("eps",),
    "cash": ("cashcashequivalentsshortterminvestments",),
    "research_development": ("rd",),
}
"""Headers of nearly the same as an item: a guess that a person looks at."""
ITEMS: dict[str, tuple[str, ...]] = {
    item: (
        *(re.sub(r"[^a-z0-9]", "", name.casefold()) for name in (item, *ITEM_NAMES.get(item, ()))),
        *GUESSES.get(item, ()),
    )
    for item in schema.ITEMS
}
NEGATIVE_OUTFLOWS = ("cost_of_revenue", "interest_expense", "income_tax", "capital_expenditure", "research_development")
"""Expenses that some vendors write with the sign of what they do to income."""
SECTORS = {
    "energy": 10, "materials": 15, "basicmaterials": 15, "industrials": 20, "consumerdiscretionary": 25,
    "consumercyclical": 25, "consumerstaples": 30, "consumerdefensive": 30, "healthcare": 35, "financials": 40,
    "financialservices": 40, "financial": 40, "informationtechnology": 45, "technology": 45, "communication": 50,
    "communicationservices": 50, "telecommunications": 50, "utilities": 55, "realestate": 60,
}  # fmt: skip
"""Names of sectors as MSCI, Morningstar and vendors write them, and the GICS code of each."""
SCALES = (
    (re.compile(r"\bin thousands\b|\bthousands?\b|\b000s\b|\(000\)|'000|\bths\b|\$k\b|\(k\)", re.I), 1e3),
    (re.compile(r"\bin millions\b|\bmillions?\b|\bmn\b|\bmm\b|\bmio\b|\$m\b|\(m\)", re.I), 1e6),
    (re.compile(r"\bin billions\b|\bbillions?\b|\bbn\b|\$b\b|\(b\)", re.I), 1e9),
)


def letters(header: str) -> str:
    """The header's letters and digits, small, without the words of a unit: `Revenue ($ millions)` is revenue."""
    bare = header
    for words, _ in SCALES:
        bare = words.sub(" ", bare)
    bare = re.sub(r"\((?:usd|us\$|\$|in)?\s*\)|\b(usd|us\$)\b|\bin\b\s*$", " ", bare, flags=re.I)
    return re.sub(r"[^a-z0-9]", "", bare.casefold())


def scale_of(headers: str) -> float:
    """1,000, 1,000,000 or 1,000,000,000 where words say so, else 1."""
    return next((scale for words, scale in SCALES if words.search(headers)), 1.0)
