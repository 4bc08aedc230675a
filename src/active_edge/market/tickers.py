"""Tickers in whatever case and spelling they are asked for: BRK.B, BRK-B, BRK/B, BRK B and brkb are one.

Exchanges and vendors write share classes and preferred series in their own ways; BRKpB, BRK-PB, BRK.PR.B and BRK^B are
the preferred series B, another security than class B. What is written exactly as asked comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.words import nearest

if TYPE_CHECKING:
    from active_edge.market.store import Market

ID = "id:"
"""What stands before a permanent id that is given where a ticker is asked for."""
_PREFERRED = re.compile(r"([A-Z0-9]+)p([A-Z])|([A-Za-z0-9]+)(?:[ ./_-][Pp][Rr]?[ ./_-]?|\^)([A-Za-z])")


def find_ticker(tickers: pd.Series, asked: str) -> np.ndarray:
    """Places of the tickers meant, int64, ascending: those spelt most nearly as asked; empty where there is none."""
    known = tickers.dropna()
    given = asked.strip()
    for spelling in _SPELLINGS:
        meant = spelling(given)
        found = np.flatnonzero(tickers.isin([ticker for ticker in known.unique() if spelling(ticker) == meant]))
        if len(found):
            return found.astype(np.int64)
    return np.empty(0, dtype=np.int64)


def columns_named(market: Market, asked: str, on: pd.Timestamp) -> np.ndarray:
    """Columns of whoever is meant by a ticker, or by ``id:`` and an id, on a day, int64.

    Everybody listed then under that ticker; where nobody is, whoever had it last before, else first after.

    Raises
    ------
    MissingInput
        No asset of the market ever had that ticker or id.
    """
    if asked.startswith(ID):
        if (name := asked.removeprefix(ID)) not in market.assets:
            raise MissingInput(f"no asset has the id {name!r}; {nearest(name, market.assets)}")
        return np.array([market.assets.get_loc(name)], dtype=np.int64)
    tickers = market.securities["ticker"]
    columns = find_ticker(tickers, asked)
    if not len(columns):
        raise MissingInput(f"no asset has the ticker {asked!r}; {nearest(asked, tickers.dropna().unique())}")
    session = market.sessions.searchsorted(on)
    first, last = market.prices.first[columns], market.prices.last[columns]
    listed = (first <= session) & (session <= last)
    return columns[listed] if listed.any() else columns[[np.argmax(np.where(first <= session, last, -1))]]


def column_named(market: Market, asked: str, on: pd.Timestamp) -> int:
    """As `columns_named`, of one name.

    Raises
    ------
    MissingInput
        Nobody, or several, could be meant.
    """
    columns = columns_named(market, asked, on)
    if len(columns) == 1:
        return int(columns[0])
    meant = market.securities.iloc[columns]
    spelt = meant["ticker"].unique()
    if len(spelt) > 1:
        raise MissingInput(f"ticker {asked!r} could be {' or '.join(spelt)}; write it as one of them")
    named = [
        f"{ID}{asset}" + ("" if pd.isna(name) or not name else f" ({name})")
        for asset, name in zip(meant.index, meant["name"], strict=True)
    ]
    raise MissingInput(
        f"ticker {asked!r} is that of {len(columns):,} names listed on {on:%Y-%m-%d}: {', '.join(named)}; write one of "
        "these ids, with id: before it"
    )


def ticker_key(ticker: str) -> str:
    """A ticker without marks: BRK.B, BRK-B and BRKB are one."""
    return re.sub(r"[^A-Z0-9]", "", ticker.upper())


def _exactly(ticker: str) -> str:
    return ticker


def _by_part(ticker: str) -> str:
    """Symbol and class or series, whatever stands between them."""
    preferred = _PREFERRED.fullmatch(ticker)
    plain = "^".join(filter(None, preferred.groups())) if preferred else re.sub(r"[ ./_-]+", ".", ticker)
    return plain.casefold()


def _letters(ticker: str) -> str:
    """Letters and digits alone; a preferred series keeps its mark."""
    return _by_part(ticker).replace(".", "")


_SPELLINGS: tuple[Callable[[str], str], ...] = (_exactly, str.casefold, _by_part, _letters)
