"""What the trade calls factors: ``roe``, ``P/E``, ``ev_ebitda``; each is led to its factor, or told what comes nearest.

A screen is written in the names of factors alone, so that one idea is one trial however it was abbreviated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from active_edge.factors.own import FACTORS
from active_edge.words import listed


class Meaning(NamedTuple):
    """What an abbreviation stands for.

    Attributes
    ----------
    factors : the factor itself, or those that come nearest, the best first.
    note : what is different, in words; empty where the first factor is just what is meant.
    """

    factors: tuple[str, ...]
    note: str = ""


def _inverse(factor: str, example: str) -> Meaning:
    return Meaning((factor,), f"turned over, so that losses do not look cheap: {example}")


_PER_DOLLAR_EARNED = _inverse("earnings_yield", "a P/E of at most 20 is earnings_yield: {min: 0.05}")
_PER_DOLLAR_OF_BOOK = _inverse("book_to_market", "a P/B of at most 2 is book_to_market: {min: 0.5}")
_PER_DOLLAR_SOLD = _inverse("sales_yield", "a P/S of at most 2 is sales_yield: {min: 0.5}")
_WITH_DEBT = Meaning(
    ("earnings_yield", "cash_based_operating_profitability"),
    "no factor sets the value of the whole firm, debt included, against what it earns",
)
_ON_CAPITAL = Meaning(
    ("operating_profitability", "return_on_assets", "return_on_equity"),
    "no factor divides by invested capital",
)
_FREE_CASH = Meaning(
    ("cash_based_operating_profitability", "earnings_yield"),
    "no factor is made of free cash flow; profits in cash are measured against assets, earnings against price",
)
_ON_EQUITY = Meaning(("return_on_equity",))
_ON_ASSETS = Meaning(("return_on_assets",))
_EARNINGS_GROWTH = Meaning(("earnings_growth",))
_REVENUE_GROWTH = Meaning(("revenue_growth",))
_DEBT_TO_EQUITY = Meaning(("leverage", "net_debt_to_assets"), "measured against assets, which are never negative")
_SURPRISE = Meaning(("standardised_unexpected_earnings", "earnings_surprise_to_price"))
_MOMENTUM = Meaning(("momentum_12_1",))
_DIVIDENDS = Meaning(("earnings_yield", "net_share_issuance"), "no factor counts dividends alone")
_CASH = Meaning(("cash_to_assets", "current_ratio"), "the second counts all current assets against what falls due")
_HOME = Meaning(("domestic_revenue_share",))
_ABROAD = Meaning(("domestic_revenue_share",), "foreign is 1 less the share at home: bound it from below")
_FLOATING = Meaning(("floating_rate_debt_share",))
_INSIDERS = Meaning(("insider_ownership",))
_DOLLAR_VOLUME = Meaning(("dollar_volume",))
_SIZE = Meaning(("market_value",))
_DILUTION = Meaning(("net_share_issuance",))
_BETA = Meaning(("volatility",), "no factor measures the risk that is shared with the market")
_OPERATING_MARGIN = Meaning(("gross_margin", "operating_profitability"), "none sets operating income against sales")

MEANINGS: dict[str, Meaning] = {
    "roe": _ON_EQUITY,
    "return on common equity": _ON_EQUITY,
    "roa": _ON_ASSETS,
    "return on total assets": _ON_ASSETS,
    "roaq": Meaning(("quarterly_return_on_assets",)),
    "roic": _ON_CAPITAL,
    "return on invested capital": _ON_CAPITAL,
    "roce": _ON_CAPITAL,
    "return on capital employed": _ON_CAPITAL,
    "return on capital": _ON_CAPITAL,
    "roi": _ON_CAPITAL,
    "pe": _PER_DOLLAR_EARNED,
    "p/e ratio": _PER_DOLLAR_EARNED,
    "per": _PER_DOLLAR_EARNED,
    "price earnings": _PER_DOLLAR_EARNED,
    "price to earnings": _PER_DOLLAR_EARNED,
    "ep": Meaning(("earnings_yield",)),
    "earnings to price": Meaning(("earnings_yield",)),
    "peg": Meaning(("earnings_yield", "earnings_growth"), "no factor divides one by the other; rank by both"),
    "pb": _PER_DOLLAR_OF_BOOK,
    "p/b ratio": _PER_DOLLAR_OF_BOOK,
    "p/bv": _PER_DOLLAR_OF_BOOK,
    "price book": _PER_DOLLAR_OF_BOOK,
    "price to book": _PER_DOLLAR_OF_BOOK,
    "b/m": Meaning(("book_to_market",)),
    "bp": Meaning(("book_to_market",)),
    "btm": Meaning(("book_to_market",)),
    "hml": Meaning(("book_to_market",)),
    "ps": _PER_DOLLAR_SOLD,
    "p/s ratio": _PER_DOLLAR_SOLD,
    "price sales": _PER_DOLLAR_SOLD,
    "price to sales": _PER_DOLLAR_SOLD,
    "ev/sales": Meaning(("sales_yield",), "of the shares alone, debt left out, and turned over: dear is low"),
    "ev/revenue": Meaning(("sales_yield",), "of the shares alone, debt left out, and turned over: dear is low"),
    "sp": Meaning(("sales_yield",)),
    "ev/ebitda": _WITH_DEBT,
    "ev to ebitda": _WITH_DEBT,
    "ebitda/ev": _WITH_DEBT,
    "ev/ebit": _WITH_DEBT,
    "ev to ebit": _WITH_DEBT,
    "ebit/ev": _WITH_DEBT,
    "enterprise multiple": _WITH_DEBT,
    "pcf": _FREE_CASH,
    "price to cash flow": _FREE_CASH,
    "pfcf": _FREE_CASH,
    "price to free cash flow": _FREE_CASH,
    "fcf": _FREE_CASH,
    "fcfy": _FREE_CASH,
    "fcf yield": _FREE_CASH,
    "fcf margin": _FREE_CASH,
    "free cash flow": _FREE_CASH,
    "free cash flow yield": _FREE_CASH,
    "cash flow yield": _FREE_CASH,
    "cfo to assets": Meaning(("cash_based_operating_profitability",)),
    "div yield": _DIVIDENDS,
    "dividend yield": _DIVIDENDS,
    "payout": _DIVIDENDS,
    "payout ratio": _DIVIDENDS,
    "gpa": Meaning(("gross_profitability",)),
    "gp/a": Meaning(("gross_profitability",)),
    "gp": Meaning(("gross_profitability",)),
    "gross profit to assets": Meaning(("gross_profitability",)),
    "gpm": Meaning(("gross_margin",)),
    "gross profit margin": Meaning(("gross_margin",)),
    "opm": _OPERATING_MARGIN,
    "operating margin": _OPERATING_MARGIN,
    "ebit margin": _OPERATING_MARGIN,
    "ebitda margin": _OPERATING_MARGIN,
    "net margin": _OPERATING_MARGIN,
    "profit margin": _OPERATING_MARGIN,
    "npm": _OPERATING_MARGIN,
    "rmw": Meaning(("operating_profitability",)),
    "op": Meaning(("operating_profitability",)),
    "cbop": Meaning(("cash_based_operating_profitability",)),
    "eps growth": _EARNINGS_GROWTH,
    "epsg": _EARNINGS_GROWTH,
    "profit growth": _EARNINGS_GROWTH,
    "net income growth": _EARNINGS_GROWTH,
    "sales growth": _REVENUE_GROWTH,
    "turnover growth": _REVENUE_GROWTH,
    "sue": Meaning(("standardised_unexpected_earnings",)),
    "eps surprise": _SURPRISE,
    "earnings surprise": _SURPRISE,
    "pead": _SURPRISE,
    "de": _DEBT_TO_EQUITY,
    "d/e ratio": _DEBT_TO_EQUITY,
    "debt equity": _DEBT_TO_EQUITY,
    "debt to equity": _DEBT_TO_EQUITY,
    "gearing": _DEBT_TO_EQUITY,
    "debt ratio": Meaning(("leverage",)),
    "debt to assets": Meaning(("net_debt_to_assets", "leverage"), "the first is less cash, the other all liabilities"),
    "lev": Meaning(("leverage",)),
    "net debt": Meaning(("net_debt_to_assets",)),
    "net debt to ebitda": Meaning(("net_debt_to_assets", "interest_coverage"), "no factor sets debt against earnings"),
    "icr": Meaning(("interest_coverage",)),
    "interest cover": Meaning(("interest_coverage",)),
    "times interest earned": Meaning(("interest_coverage",)),
    "ebit to interest": Meaning(("interest_coverage",)),
    "cr": Meaning(("current_ratio",)),
    "quick ratio": Meaning(("current_ratio", "cash_to_assets"), "inventory is counted in the first"),
    "acid test": Meaning(("current_ratio", "cash_to_assets"), "inventory is counted in the first"),
    "cash ratio": _CASH,
    "cash": _CASH,
    "cash to debt": Meaning(("net_debt_to_assets", "cash_to_assets"), "both are measured against assets"),
    "debt to capital": _DEBT_TO_EQUITY,
    "f score": Meaning(("piotroski_f_score",)),
    "fscore": Meaning(("piotroski_f_score",)),
    "piotroski": Meaning(("piotroski_f_score",)),
    "z score": Meaning(("altman_z",)),
    "altman": Meaning(("altman_z",)),
    "altman z score": Meaning(("altman_z",)),
    "o score": Meaning(("ohlson_o_score",)),
    "ohlson": Meaning(("ohlson_o_score",)),
    "mom": _MOMENTUM,
    "umd": _MOMENTUM,
    "wml": _MOMENTUM,
    "momentum": _MOMENTUM,
    "mom 12 1": _MOMENTUM,
    "price momentum": _MOMENTUM,
    "vol": Meaning(("volatility",), "volume in dollars is dollar_volume"),
    "ivol": Meaning(("volatility",), "the share of it that is not the market's is not taken apart"),
    "std": Meaning(("volatility",)),
    "beta": _BETA,
    "adv": _DOLLAR_VOLUME,
    "addv": _DOLLAR_VOLUME,
    "liquidity": _DOLLAR_VOLUME,
    "turnover": Meaning(("dollar_volume",), "in dollars, not as a share of the company"),
    "volume": Meaning(("dollar_volume",), "in dollars, not in shares"),
    "mcap": _SIZE,
    "mktcap": _SIZE,
    "market cap": _SIZE,
    "marketcap": _SIZE,
    "market capitalisation": _SIZE,
    "market capitalization": _SIZE,
    "me": _SIZE,
    "smb": _SIZE,
    "size": _SIZE,
    "ag": Meaning(("asset_growth",)),
    "cma": Meaning(("asset_growth",)),
    "investment": Meaning(("asset_growth",)),
    "nsi": _DILUTION,
    "share issuance": _DILUTION,
    "dilution": _DILUTION,
    "buyback": _DILUTION,
    "buyback yield": _DILUTION,
    "sloan": Meaning(("accruals",)),
    "accrual": Meaning(("accruals",)),
    "insider": _INSIDERS,
    "insiders": _INSIDERS,
    "insider holdings": _INSIDERS,
    "insider stake": _INSIDERS,
    "inside ownership": _INSIDERS,
    "domestic revenue": _HOME,
    "domestic sales": _HOME,
    "us revenue": _HOME,
    "us sales": _HOME,
    "foreign revenue": _ABROAD,
    "foreign sales": _ABROAD,
    "floating debt": _FLOATING,
    "floating rate debt": _FLOATING,
    "variable rate debt": _FLOATING,
    "pricing power": Meaning(("gross_margin_stability", "incremental_margin", "gross_margin")),
    "age": Meaning(("sessions_since_listing",), "in sessions: 252 are a year"),
    "ipo age": Meaning(("sessions_since_listing",), "in sessions: 252 are a year"),
}
"""Abbreviations and other names as they are spoken; case and what stands between the letters do not matter."""


def meaning_of(name: str) -> Meaning | None:
    """What an abbreviation stands for; None for a name that is none.

    ``P/E``, ``pe``, ``p_e`` and ``pe_ttm`` are one.
    """
    asked = _letters(re.sub(r"[_\W]*(ttm|ltm|lfy)$", "", name.strip(), flags=re.IGNORECASE))
    return _BY_LETTERS.get(asked)


def unknown_factor(name: str, *, also: Iterable[str] = ()) -> str:
    """What to say of a name that is no factor: which plug-ins may define it, and what is meant or near."""
    meaning = meaning_of(name)
    if meaning is None:
        return FACTORS.remedy(name, also=also)
    return f"no factor is named {name!r}{FACTORS.may_define(name)}; {said_of(meaning)}"


def said_of(meaning: Meaning) -> str:
    """Which factor is meant, or which come nearest, and what is different."""
    if not meaning.note:
        return f"did you mean {' or '.join(meaning.factors)}?"
    return f"nearest {'is' if len(meaning.factors) == 1 else 'are'} {listed(meaning.factors)}; {meaning.note}"


def _letters(name: str) -> str:
    return re.sub(r"[_\W]+", "", name).casefold()


_BY_LETTERS = {_letters(name): meaning for name, meaning in MEANINGS.items()}
