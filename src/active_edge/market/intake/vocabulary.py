"""The words of other people's tables and what they are called here; a word of no meaning here is refused by name.

`docs/import.md` shows these tables. Words are compared without case, and signs between letters count as a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from active_edge.market.database import identifier
from active_edge.market.findings import EXAMPLES, Finding
from active_edge.market.intake.crsp import meaning_of_code
from active_edge.market.intake.item_names import ITEM_NAMES, translate_items
from active_edge.words import nearest

NOTHING = ""
"""What words like ``n/a`` and ``active`` mean: the value is not there."""
_ABSENT = ("n/a", "na", "nan", "null", "none", "-", "--", ".", "#n/a", "nat")

_DETAIL = re.compile(
    r"\b(?:class|cl|series|ser) [a-z0-9]{1,2}\b|^[a-d]\b|\b[a-d]$"
    r"|\b(?:limited |multiple |subordinate |restricted |super )?(?:non )?voting\b|\b(?:registered|exchangeable|new)\b"
    r"|(?:\b\d+ )*\b(?:no |without |stated )?(?:par|nominal) value.*$|\beach represent(?:ing|s)\b.*$"
)

EXIT_REASONS: dict[str, tuple[str, ...]] = {
    "merger": (
        "Merged", "Merger/Acquisition", "Acquired", "ACQ", "Acquisition", "Takeover", "Taken Over", "Buyout",
        "Bought Out",
        "M&A", "Tender Offer", "Going Private", "Taken Private", "Share Exchange", "Cash Merger", "Stock Merger",
        "Merger (cash)", "Merger (stock)", "Merger (cash and stock)", "Cash and Stock Merger", "Merger or Acquisition",
        "Acquisition or Merger", "Mergers and Acquisitions", "Merger Completed", "Acquisition Completed",
        "Delisted - merger", "Delisted - acquired", "Delisted - acquisition", "Leveraged Buyout", "LBO",
        "Takeover (cash)", "Takeover (stock)", "Management Buyout", "MBO", "Now Private", "Went Private",
        "Privatized", "Reverse Acquisition", "mergerto",
        "acquisitionby",
    ),
    "distress": (
        "Bankruptcy", "Bankrupt", "Bankruptcy Filing", "Went Bankrupt", "Chapter 7", "Chapter 11", "Insolvency",
        "Insolvent", "Receivership", "Default",
        "Failure", "Failed", "Delisted for Cause", "Dropped for Cause", "Non-Compliance", "Price below Minimum",
        "Insufficient Capital", "Performance", "Performance Related", "Ch. 11", "Ch. 7", "Ch11", "Ch7",
        "Chapter 11 Bankruptcy", "Chapter 7 Bankruptcy", "Bankruptcy - Chapter 11", "Bankruptcy - Chapter 7",
        "Bankruptcy (Ch. 11)", "Bankruptcy (Ch. 7)", "Bankrupt (Ch. 11)", "Bankrupt (Ch. 7)", "Delisted - bankruptcy",
        "Delisted - bankrupt", "Delisted (bankruptcy)", "Bankruptcy/Liquidation", "bankruptcyliquidation",
        "Bankruptcy, Declared Insolvent", "Regulatory Delisting", "regulatorydelisting",
        "Price fell below acceptable level", "Insufficient capital, surplus, and/or equity",
        "Insufficient float or assets", "Delinquent in filing", "Delinquent in filing, non-payment of fees",
        "Does not meet exchange's financial guidelines", "Failure to meet listing requirements",
    ),
    "voluntary": (
        "Voluntary Delisting", "Voluntarily Delisted", "Withdrawn", "Withdrawal", "Deregistered", "Deregistration",
        "Company Request", "Went Dark", "voluntarydelisting", "Delisted - voluntary", "Company request, deregistration",
        "Going Dark",
    ),
    "unknown": (
        "Other", "Delisted", "Delisting", "Dropped", "Inactive", "Dead", "Liquidation", "Liquidated", "Liquidating",
        "SPAC Liquidation", "Ceased", "Expired", "Stock Delisted", "Exchange Change", "Moved to OTC",
    ),
    NOTHING: ("Active", "Listed", "Trading", "Alive", "Live", "Still Listed", "Still Trading"),
}  # fmt: skip
SECURITY_TYPES: dict[str, tuple[str, ...]] = {
    "common": (
        "Common Stock", "Common Stocks", "Common Share", "Common Shares", "CS", "COM", "Ordinary Share",
        "Ordinary Shares", "Ordinary", "ORD", "OS", "Class A Common Stock", "Class B Common Stock",
        "Class C Common Stock", "Stock", "Equity Common", "Fully Paid Ordinary", "Common Equity", "Capital Stock",
        "Common Class", "Stocks", "Shares", "STK", "Common Stock, New", "Voting Shares", "Subordinate Voting Shares",
        "Non-Voting Common Stock", "Tracking Stk",
        "Tracking Stock", "Domestic Common Stock", "Domestic Common Stock Primary Class",
        "Domestic Common Stock Secondary Class", "Canadian Common Stock", "Canadian Common Stock Primary Class",
        "Canadian Common Stock Secondary Class", "Share", "Equity Share", "Equity Shares", "Bearer Shares",
    ),
    "reit": ("Real Estate Investment Trust", "REITs", "Equity REIT", "Mortgage REIT", "REIT - Equity",
        "REIT - Mortgage", "Shares of Beneficial Interest",
        "Common Shares of Beneficial Interest",
    ),
    "partnership": ("MLP", "Ltd Part", "Limited Partnership", "Master Limited Partnership", "Common Units",
        "Common Units Representing Limited Partner Interests", "Partnership Units"),
    "etf": ("Exchange Traded Fund", "ETFs", "ETP", "ETV", "ETS", "Exchange Traded Product"),
    "etn": ("Exchange Traded Note",),
    "fund": (
        "Closed End Fund", "CEF", "Mutual Fund", "MUTUALFUND", "Investment Fund", "Interval Fund", "Open End Fund",
        "Business Development Company", "BDC",
    ),
    "adr": (
        "ADS", "ADRC", "GDR", "American Depositary Receipt", "American Depositary Receipts",
        "American Depositary Share", "American Depositary Shares", "Depositary Receipt", "Depository Receipt",
        "Global Depositary Receipt", "ADR Common Stock", "ADR Common Stock Primary Class",
        "ADR Common Stock Secondary Class", "NY Reg Shrs", "NY Registry Share", "NYRS",
    ),
    "unit": ("Units",),
    "preferred": ("Preferred Stock", "Preferred Share", "Preferred Shares", "Preference Share", "PFD", "PREF", "PS",
        "Preference", "Preference Shares", "Domestic Preferred Stock", "Canadian Preferred Stock",
        "ADR Preferred Stock", "Cumulative Preferred Stock", "Depositary Shares", "ADRP"),
    "warrant": (
        "Warrants", "WT", "WRT", "Equity WRT", "Domestic Common Stock Warrant", "Canadian Common Stock Warrant",
        "ADR Common Stock Warrant", "ADRW",
    ),
    "right": ("Rights", "RT"),
    "debt": ("Bond", "Bonds", "Note", "Notes", "Baby Bond", "Debenture"),
    "spac": ("Blank Check", "Special Purpose Acquisition Company"),
    "index": ("Indices",),
    "test": ("Test Issue",),
    NOTHING: ("Unknown", "Other", "Equity", "Security"),
}  # fmt: skip
EXCHANGES: dict[str, tuple[str, ...]] = {
    "NYSE": ("XNYS", "New York Stock Exchange", "NYQ", "New York Stock Exchange Inc", "N"),
    "NASDAQ": (
        "XNAS", "XNGS", "XNMS", "XNCM", "NMS", "NGM", "NCM", "NAS", "NasdaqGS", "NasdaqGM", "NasdaqCM",
        "Nasdaq Stock Market", "Nasdaq Global Select", "Nasdaq Global Select Market", "Nasdaq Global Market",
        "Nasdaq GS", "Nasdaq GM", "Nasdaq CM", "Nasdaq/NGS (Global Select Market)", "Nasdaq/NMS (Global Market)",
        "Nasdaq/NCM (Capital Market)", "Nasdaq Capital Market", "Nasdaq National Market", "Nasdaq Smallcap Market",
        "Nasdaq NMS", "Q",
    ),
    "AMEX": (
        "XASE", "ASE", "American Stock Exchange", "NYSE American", "NYSEAMERICAN", "NYSE MKT", "NYSE MKT LLC",
        "NYSE American LLC", "NYSE AMEX",
        "NYSE Alternext", "A",
    ),
    "ARCA": ("ARCX", "NYSE Arca", "NYSEARCA", "PCX", "Archipelago", "P"),
    "BATS": ("BZX", "Cboe BZX", "CBOE", "Bats Global Markets", "Z"),
    "IEX": ("IEXG", "Investors Exchange", "V"),
    "CHX": ("XCHI", "Chicago Stock Exchange", "NYSE Chicago", "M"),
    "OTC": (
        "OTC Markets", "OTCMKTS", "OTCM", "OTCQB", "OTCQX", "OTCBB", "OTC Bulletin Board", "Pink", "Pink Sheets",
        "PINX", "PNK", "OQB", "OQX", "XOTC", "OOTC", "Expert Market", "Grey Market", "Gray Market", "Over the Counter",
    ),
    NOTHING: ("Unknown", "Other"),
}  # fmt: skip
CONFIDENCES: dict[str, tuple[str, ...]] = {"high": (), "medium": (), "low": (), NOTHING: ("unknown",)}
INDICES: dict[str, tuple[str, ...]] = {
    "Russell 2000": (
        "Russell 2000 Index", "Russell2000", "FTSE Russell 2000", "iShares Russell 2000 ETF", "RTY", "RUT", "R2000",
        "R2K", "IWM",
    ),
    "Russell 2000 Value": ("Russell 2000 Value Index", "R2000 Value", "R2000V", "RUJ", "IWN"),
    "Russell 2000 Growth": ("Russell 2000 Growth Index", "R2000 Growth", "R2000G", "RUO", "IWO"),
    "Russell 1000": ("Russell 1000 Index", "Russell1000", "FTSE Russell 1000", "RUI", "R1000", "IWB"),
    "Russell 3000": ("Russell 3000 Index", "Russell3000", "FTSE Russell 3000", "RUA", "R3000", "IWV"),
    "Russell Microcap": ("Russell Microcap Index", "Russell Micro Cap", "FTSE Russell Microcap", "RMICRO", "IWC"),
    "S&P SmallCap 600": (
        "S&P SmallCap 600 Index", "S&P Small Cap 600", "S&P 600 SmallCap", "S&P 600", "S&P600", "SP600", "SML", "IJR",
    ),
    "S&P MidCap 400": ("S&P MidCap 400 Index", "S&P Mid Cap 400", "S&P 400", "S&P400", "SP400", "IJH"),
    "S&P 500": ("S&P 500 Index", "S&P500", "SP500", "SPX", "GSPC", "IVV", "SPY"),
}  # fmt: skip
"""Indices by the names, tickers and funds that stand for them."""
SERIES: dict[str, tuple[str, ...]] = {
    "MKT_RF": ("mktrf", "mkt minus rf", "market minus rf"),
    "RF": ("risk free", "risk free rate"),
    "SMB": (),
    "HML": (),
    "RMW": (),
    "CMA": (),
    "MOM": ("umd", "wml"),
    "QMJ": (),
}


@dataclass(frozen=True)
class Column:
    """One column of words: its table of meanings, and whether a word outside it is refused or kept as it stands."""

    table: str
    name: str
    meanings: Mapping[str, tuple[str, ...]]
    closed: bool


COLUMNS = (
    Column("securities", "exit_reason", EXIT_REASONS, closed=True),
    Column("securities", "security_type", SECURITY_TYPES, closed=True),
    Column("securities", "exchange", EXCHANGES, closed=False),
    Column("facts", "confidence", CONFIDENCES, closed=True),
    Column("facts", "item", ITEM_NAMES, closed=False),
    Column("series", "series", SERIES, closed=False),
    Column("members", "index", INDICES, closed=False),
)


def meaning_of(word: str, meanings: Mapping[str, tuple[str, ...]]) -> str | None:
    """What a word is called here, `NOTHING` where it says there is no value, None where it is unknown.

    The class of a share, its votes and its par value say nothing of its kind where the rest is known:
    `Ordinary Shares - Class A`, `Common Stock, $0.01 par value`.
    """
    known, folded = _folded(meanings), _fold(word)
    bare = _without_detail(folded)
    return known.get(folded, known.get(bare) if bare else None)


def _without_detail(folded: str) -> str:
    return " ".join(_DETAIL.sub(" ", folded).split())


def translate(connection: duckdb.DuckDBPyConnection, column: Column) -> tuple[list[Finding], list[str]]:
    """Put the schema's words into the column of `raw_<table>`; return what was translated, and what is refused.

    The refused words are sentences without the name of the file.
    """
    if column.name == "item":
        return translate_items(connection)
    name = identifier(column.name)
    source = f"raw_{column.table}"
    rows = connection.execute(f"SELECT {name}, count(*) FROM {source} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 1")
    counts: dict[str, int] = dict(rows.fetchall())
    found = {word: _meant(word, column) for word in counts}
    changed = {word: said for word, said in found.items() if said is not None and said != word}
    for word, said in changed.items():
        connection.execute(f"UPDATE {source} SET {name} = ? WHERE {name} = ?", [said or None, word])
    strange = [word for word, said in found.items() if said is None]
    findings = _translated(column, changed, counts)
    if not column.closed:
        return findings + _kept(column, strange, counts), []
    return findings, [
        f"column {column.name!r}: {word!r} ({counts[word]:,} rows) is no word of it; {_remedy(word, column)}"
        for word in strange
    ]


def _meant(word: str, column: Column) -> str | None:
    said = meaning_of(word, column.meanings)
    return meaning_of_code(column.table, column.name, word) if said is None else said


def _remedy(word: str, column: Column) -> str:
    if column.name == "security_type" and not _without_detail(_fold(word)):
        return (
            "it says which class of shares and not of what kind: write common where it is common stock, else "
            "preferred, unit, fund or another kind, or leave it empty"
        )
    near = nearest(word, [known for said in column.meanings.items() for known in (said[0], *said[1]) if known])
    valid = [said for said in column.meanings if said]
    start = f"{near} Write" if near.startswith("did you mean") else "write"
    return f"{start} {', '.join(valid[:-1])} or {valid[-1]}, or leave it empty"


def _translated(column: Column, changed: Mapping[str, str], counts: Mapping[str, int]) -> list[Finding]:
    if not changed:
        return []
    shown = tuple(f"{word} → {said or 'nothing'} in {counts[word]:,} rows" for word, said in changed.items())
    kind = f"rows whose {column.name} is called otherwise here"
    rows = sum(counts[word] for word in changed)
    return [Finding(column.table, kind, "repaired", rows, shown[:EXAMPLES], "docs/import.md has the table of words.")]


def _kept(column: Column, strange: Iterable[str], counts: Mapping[str, int]) -> list[Finding]:
    """Exchanges nobody knows are noted here; a series nobody knows is not."""
    words = list(strange)
    if column.name != "exchange" or not words:
        return []
    shown = tuple(f"{word} in {counts[word]:,} rows" for word in words)
    remedy = "Kept; delistings there are taken as Nasdaq's, and no index of NYSE, Nasdaq and AMEX names holds them."
    rows = sum(counts[word] for word in words)
    return [Finding(column.table, "rows of an unknown exchange", "noted", rows, shown[:EXAMPLES], remedy)]


def _fold(word: str) -> str:
    return re.sub(r"[\W_]+", " ", word).strip().casefold() or word.strip()


def _folded(meanings: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    folded = {_fold(word): NOTHING for word in _ABSENT} if NOTHING in meanings else {}
    for said, words in meanings.items():
        folded |= {_fold(word): said for word in (said, *words) if word}
    return folded
