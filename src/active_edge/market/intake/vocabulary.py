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
from active_edge.schema import ITEMS
from active_edge.words import nearest

NOTHING = ""
"""What words like ``n/a`` and ``active`` mean: the value is not there."""
_ABSENT = ("n/a", "na", "nan", "null", "none", "-", "--", ".", "#n/a", "nat")

EXIT_REASONS: dict[str, tuple[str, ...]] = {
    "merger": (
        "merged", "merger/acquisition", "acquired", "acquisition", "takeover", "taken over", "buyout", "bought out",
        "m&a", "tender offer", "going private", "taken private", "share exchange", "cash merger", "stock merger",
    ),
    "distress": (
        "bankruptcy", "bankrupt", "chapter 7", "chapter 11", "insolvency", "insolvent", "receivership", "default",
        "failure", "failed", "delisted for cause", "dropped for cause", "non-compliance", "price below minimum",
        "insufficient capital", "performance", "performance related",
    ),
    "voluntary": (
        "voluntary delisting", "voluntarily delisted", "withdrawn", "withdrawal", "deregistered", "deregistration",
        "company request", "went dark",
    ),
    "unknown": ("other", "delisted", "delisting", "dropped", "inactive", "dead", "liquidation", "liquidated", "ceased"),
    NOTHING: ("active", "listed", "trading", "alive", "live", "still listed", "still trading"),
}  # fmt: skip
SECURITY_TYPES: dict[str, tuple[str, ...]] = {
    "common": (
        "common stock", "common stocks", "common share", "common shares", "cs", "com", "ordinary share",
        "ordinary shares", "ordinary", "ord", "os", "class a common stock", "class b common stock",
        "class c common stock", "stock", "equity common",
    ),
    "reit": ("real estate investment trust", "reits", "equity reit", "mortgage reit"),
    "etf": ("exchange traded fund", "etfs", "etp", "etv", "ets", "exchange traded product"),
    "etn": ("exchange traded note",),
    "fund": (
        "closed end fund", "cef", "mutual fund", "mutualfund", "investment fund", "interval fund", "open end fund",
        "business development company", "bdc",
    ),
    "adr": (
        "ads", "adrc", "gdr", "american depositary receipt", "american depositary receipts",
        "american depositary share", "american depositary shares", "depositary receipt", "ny registry share", "nyrs",
    ),
    "unit": ("units",),
    "preferred": ("preferred stock", "preferred share", "preferred shares", "preference share", "pfd", "pref", "ps"),
    "warrant": ("warrants", "wt", "wrt"),
    "right": ("rights", "rt"),
    "debt": ("bond", "bonds", "note", "notes", "baby bond", "debenture"),
    "spac": ("blank check", "special purpose acquisition company"),
    "index": ("indices",),
    "test": ("test issue",),
    NOTHING: ("unknown", "other", "equity", "security"),
}  # fmt: skip
EXCHANGES: dict[str, tuple[str, ...]] = {
    "NYSE": ("xnys", "new york stock exchange", "nyq", "new york stock exchange inc", "n"),
    "NASDAQ": (
        "xnas", "xngs", "xnms", "xncm", "nms", "ngm", "ncm", "nas", "nasdaqgs", "nasdaqgm", "nasdaqcm",
        "nasdaq stock market", "nasdaq global select", "nasdaq global select market", "nasdaq global market",
        "nasdaq capital market", "nasdaq national market", "nasdaq smallcap market", "nasdaq nms", "q",
    ),
    "AMEX": (
        "xase", "ase", "american stock exchange", "nyse american", "nyseamerican", "nyse mkt", "nyse amex",
        "nyse alternext", "a",
    ),
    "ARCA": ("arcx", "nyse arca", "nysearca", "pcx", "archipelago", "p"),
    "BATS": ("bzx", "cboe bzx", "cboe", "bats global markets", "z"),
    "IEX": ("iexg", "investors exchange", "v"),
    "CHX": ("xchi", "chicago stock exchange", "nyse chicago", "m"),
    "OTC": (
        "otc markets", "otcmkts", "otcm", "otcqb", "otcqx", "otcbb", "otc bulletin board", "pink", "pink sheets",
        "pinx", "pnk", "oqb", "oqx", "xotc", "ootc", "expert market", "grey market", "gray market", "over the counter",
    ),
    NOTHING: ("unknown", "other"),
}  # fmt: skip
CONFIDENCES: dict[str, tuple[str, ...]] = {"high": (), "medium": (), "low": (), NOTHING: ("unknown",)}
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
    Column("facts", "item", dict.fromkeys(ITEMS, ()), closed=False),
    Column("series", "series", SERIES, closed=False),
)


def meaning_of(word: str, meanings: Mapping[str, tuple[str, ...]]) -> str | None:
    """What a word is called here, `NOTHING` where it says there is no value, None where it is unknown."""
    return _folded(meanings).get(_fold(word))


def translate(connection: duckdb.DuckDBPyConnection, column: Column) -> tuple[list[Finding], list[str]]:
    """Put the schema's words into the column of `raw_<table>`; return what was translated, and what is refused.

    The refused words are sentences without the name of the file.
    """
    name = identifier(column.name)
    source = f"raw_{column.table}"
    rows = connection.execute(f"SELECT {name}, count(*) FROM {source} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 1")
    counts: dict[str, int] = dict(rows.fetchall())
    found = {word: meaning_of(word, column.meanings) for word in counts}
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


def _remedy(word: str, column: Column) -> str:
    near = nearest(word, [known for said in column.meanings.items() for known in (said[0], *said[1]) if known])
    valid = [said for said in column.meanings if said]
    guess = f"{near} " if near.startswith("did you mean") else ""
    return f"{guess}Write {', '.join(valid[:-1])} or {valid[-1]}, or leave it empty"


def _translated(column: Column, changed: Mapping[str, str], counts: Mapping[str, int]) -> list[Finding]:
    if not changed:
        return []
    shown = tuple(f"{word} → {said or 'nothing'} in {counts[word]:,} rows" for word, said in changed.items())
    kind = f"rows whose {column.name} is called otherwise here"
    rows = sum(counts[word] for word in changed)
    return [Finding(column.table, kind, "repaired", rows, shown[:EXAMPLES], "docs/import.md has the table of words.")]


def _kept(column: Column, strange: Iterable[str], counts: Mapping[str, int]) -> list[Finding]:
    """Exchanges nobody knows are noted here; items and series nobody knows have their own findings or none."""
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
