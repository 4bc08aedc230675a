"""Which labels of holdings files are one security: a ticker with a name, respelled, renamed, or under another ticker.

A label is a ticker with the name beside it. A security has several in its life: names are spelled in many ways and
companies change names and tickers. A ticker has several securities, for tickers are reused. What is one is told by the
name, by the company behind it, and, where a label ends and another begins from one file of a fund to the next, by an
unchanged number of shares at a continuous price. Where a file between has neither, the ticker is another company's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.tickers import ticker_key
from active_edge.sources.holdings.lines import Lines

NOISE = frozenset(
    [
        "INC",
        "INCORPORATED",
        "CORP",
        "CORPORATION",
        "CO",
        "COMPANY",
        "COMPANIES",
        "LTD",
        "LIMITED",
        "PLC",
        "LLC",
        "LP",
        "NV",
        "SA",
        "AG",
        "THE",
        "OF",
        "AND",
        "CLASS",
        "CL",
        "A",
        "B",
        "C",
        "COM",
        "COMMON",
        "STOCK",
        "NEW",
        "SHS",
        "SHARES",
        "ORD",
        "ADR",
        "TRUST",
        "TR",
        "REIT",
        "HOLDINGS",
        "HLDGS",
        "HOLDING",
        "GROUP",
        "GRP",
        "INTERNATIONAL",
        "INTL",
        "DEL",
        "MD",
        "NY",
        "VOTING",
        "NON",
        "SERIES",
        "BENEFICIAL",
        "INTEREST",
    ]
)
SAME_SHARES = 0.004
"""A fund holds the same shares of a renamed company; relative to the change of all others that day."""
SAME_PRICE = 0.25
FEW_PAIRS = 25
"""Where more can be one by who left and who came on a day, equal shares happen by chance: the names must agree too."""
LONGEST_PAUSE_DAYS = 500
"""A ticker that comes back later under a name like the old one may be another company's."""
REUSED_AFTER_DAYS = 15
"""A ticker that goes on within so many days under another name may be the same share, renamed."""
KEPT_SHARES, KEPT_VALUE = 0.05, 0.1
"""From one file to the next a fund holds about the same shares of a renamed company, or of a renamed and split one
about the same value; of another company that took the ticker it does neither."""


@dataclass(frozen=True)
class Labels:
    """table: label, ticker, key (ticker without marks), name, first, last, close and shares at both ends, fund, life.

    `life`: labels with the same life are one security.
    """

    table: pd.DataFrame


def name_words(name: str) -> frozenset[str]:
    """Words of a company's name that tell it from others."""
    words = re.sub(r"[^A-Z0-9 ]", " ", name.upper().replace("'", "")).split()
    return frozenset(words) - NOISE or frozenset(words)


def similar(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether two names can be one company's: they share more than half of the shorter one's words, or beginnings."""
    short, long = sorted((one, two), key=len)
    shared = sum(any(a == b or (min(len(a), len(b)) >= 4 and (a.startswith(b) or b.startswith(a))) for b in long)
                 for a in short)  # fmt: skip
    return bool(short) and shared > 0.5 * len(short)


def read_labels(connection: duckdb.DuckDBPyConnection, lines: Lines) -> Labels:
    """Labels of the table `holding_lines`, with their lives."""
    table = connection.execute(
        "SELECT label, any_value(ticker) AS ticker, any_value(name) AS name, min(day) AS first, max(day) AS last, "
        "arg_min(fund, day) AS fund_first, arg_max(fund, day) AS fund_last, "
        "arg_min(close, day) AS close_first, arg_max(close, day) AS close_last, "
        "count(DISTINCT day) AS days FROM holding_lines GROUP BY label ORDER BY label"
    ).df()
    table["key"] = [ticker_key(ticker) for ticker in table["ticker"]]
    words = [name_words(name) for name in table["name"]]
    joined = _Joined(len(table))
    renamed = _Renamed({fund: (days, _ends(connection, fund)) for fund, days in lines.published.items()})
    for _, rows in table.groupby("key", sort=True):
        _join_respelled(rows, words, joined, renamed)
    for one, two in _moved(connection, lines, table, words):
        joined.join(one, two)
    table["life"] = joined.heads()
    return Labels(table)


class _Renamed:
    """Whether a label goes on as another of the same ticker from one file to the next; of funds' days and `_ends`."""

    def __init__(self, funds: Mapping[str, tuple[pd.DatetimeIndex, pd.DataFrame]]) -> None:
        self._days = {fund: days for fund, (days, _) in funds.items()}
        self._spells: dict[int, dict[str, Any]] = defaultdict(dict)
        for fund, (_, ends) in funds.items():
            for row in ends.itertuples():
                self._spells[int(row.label)][fund] = row

    def __call__(self, before: int, after: int) -> bool:
        """Of labels that no file has both of; a share that moves from one fund into another has its price alone."""
        one, two = self._spells[before], self._spells[after]
        last, first = max(row.last for row in one.values()), min(row.first for row in two.values())
        held = [fund for fund in one if one[fund].last == last]
        if any(((self._days[fund] > last) & (self._days[fund] < first)).any() for fund in held):
            return False
        both = [(one[fund], two[fund]) for fund in held if fund in two and two[fund].first == first]
        if both:
            return any(_kept(was, now) for was, now in both)
        closes = [(one[a].close_last, two[b].close_first) for a in held for b in two if two[b].first == first]
        return any(was > 0 and abs(now / was - 1.0) <= SAME_PRICE for was, now in closes)


def _kept(was: Any, now: Any) -> bool:
    """Whether a fund's shares of a label, or their value, are about those of the label before, by rows of `_ends`."""
    if not (was.shares_last > 0 and was.close_last > 0):
        return False
    shares = now.shares_first / was.shares_last
    value = shares * now.close_first / was.close_last
    return bool(abs(shares - 1.0) <= KEPT_SHARES or abs(value - 1.0) <= KEPT_VALUE)


def _join_respelled(
    rows: pd.DataFrame, words: list[frozenset[str]], joined: _Joined, renamed: Callable[[int, int], bool]
) -> None:
    """Join labels of one ticker that follow each other and are, or become, one company."""
    ordered = rows.sort_values(["first", "last", "label"])
    labels, first, last = (ordered[c].tolist() for c in ("label", "first", "last"))
    for place in range(1, len(labels)):
        for before in range(place - 1, -1, -1):
            pause = (first[place] - last[before]).days
            like = similar(words[labels[place]], words[labels[before]])
            goes_on = pause <= 0 or (pause <= REUSED_AFTER_DAYS and renamed(labels[before], labels[place]))
            if (like and pause <= LONGEST_PAUSE_DAYS) or goes_on:
                joined.join(labels[place], labels[before])
                break


def _moved(
    connection: duckdb.DuckDBPyConnection, lines: Lines, table: pd.DataFrame, words: list[frozenset[str]]
) -> Iterable[tuple[int, int]]:
    """Pairs of labels of different tickers, one of which goes on as the other from one file of a fund to the next."""
    for fund, days in lines.published.items():
        if len(days) < 2:
            continue
        ends = _ends(connection, fund)
        following = ends["last"].map(pd.Series(days[1:], index=days[:-1]))
        gone = pd.DataFrame({"label": ends["label"], "next": following, "shares": ends["shares_last"]})
        gone = gone.assign(close=ends["close_last"]).dropna(subset=["next"])
        come = pd.DataFrame({"label": ends["label"], "next": ends["first"], "shares": ends["shares_first"]})
        come = come.assign(close=ends["close_first"])
        pairs = gone.merge(come, on="next", suffixes=("_gone", "_come"))
        pairs = pairs[pairs["label_gone"] != pairs["label_come"]]
        if pairs.empty:
            continue
        grown = pairs["next"].map(_growth(connection, fund, pairs["next"].unique())).fillna(1.0)
        shares = pairs["shares_come"] / pairs["shares_gone"] / grown
        price = pairs["close_come"] / pairs["close_gone"]
        last, first = table["last"].to_numpy(), table["first"].to_numpy()
        ended = last[pairs["label_gone"]] < pairs["next"].to_numpy()
        began = first[pairs["label_come"]] >= pairs["next"].to_numpy()
        held = pairs.assign(off=(shares - 1.0).abs(), some=pairs.groupby("next")["next"].transform("size"))
        held = held[(price - 1.0).abs().le(SAME_PRICE) & ended & began]
        names = [(words[a], words[b]) for a, b in zip(held["label_gone"], held["label_come"], strict=True)]
        like = np.array([similar(one, two) for one, two in names], dtype=bool)
        same = np.array([one == two for one, two in names], dtype=bool)
        near = held["off"].le(SAME_SHARES) & (like | held["some"].le(FEW_PAIRS))
        best = held.assign(off=held["off"] - like - same)[near | same]
        best = best.sort_values(["off", "label_gone", "label_come"])
        best = best.drop_duplicates("label_gone").drop_duplicates("label_come")
        yield from zip(best["label_gone"].tolist(), best["label_come"].tolist(), strict=True)


def _ends(connection: duckdb.DuckDBPyConnection, fund: str) -> pd.DataFrame:
    return connection.execute(
        "SELECT label, min(day) AS first, max(day) AS last, arg_min(shares, day) AS shares_first, "
        "arg_max(shares, day) AS shares_last, arg_min(close, day) AS close_first, arg_max(close, day) AS close_last "
        "FROM holding_lines WHERE fund = ? GROUP BY label ORDER BY label",
        [fund],
    ).df()


def _growth(connection: duckdb.DuckDBPyConnection, fund: str, days: Iterable[pd.Timestamp]) -> Mapping[object, float]:
    """Day → median change of the shares a fund holds of a name since its file before."""
    connection.register("days_of_moves", pd.DataFrame({"day": pd.DatetimeIndex(days)}))
    rows = connection.execute(
        "WITH numbered AS (SELECT day, row_number() OVER (ORDER BY day) AS n FROM "
        "(SELECT DISTINCT day FROM holding_lines WHERE fund = $fund)), "
        "wanted AS (SELECT now.day, before.day AS day_before FROM numbered now JOIN numbered before "
        "ON before.n = now.n - 1 WHERE now.day IN (SELECT CAST(day AS DATE) FROM days_of_moves)) "
        "SELECT w.day, median(l.shares / b.shares) FROM wanted w "
        "JOIN holding_lines l ON l.fund = $fund AND l.day = w.day "
        "JOIN holding_lines b ON b.fund = $fund AND b.day = w.day_before AND b.label = l.label "
        "WHERE l.shares > 0 AND b.shares > 0 GROUP BY w.day",
        {"fund": fund},
    ).fetchall()
    return {pd.Timestamp(day): float(change) for day, change in rows}


class _Joined:
    """Sets of labels that grow together."""

    def __init__(self, n: int) -> None:
        self._head = list(range(n))

    def head(self, one: int) -> int:
        while self._head[one] != one:
            self._head[one] = self._head[self._head[one]]
            one = self._head[one]
        return one

    def join(self, one: int, two: int) -> None:
        low, high = sorted((self.head(one), self.head(two)))
        self._head[high] = low

    def heads(self) -> np.ndarray:
        return np.array([self.head(one) for one in range(len(self._head))], dtype=np.int64)
