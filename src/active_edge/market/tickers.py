"""Tickers in whatever case and spelling they are asked for: BRK.B, BRK-B, BRK/B, BRK B and brkb are one.

Exchanges and vendors write share classes and preferred series in their own ways; BRKpB, BRK-PB, BRK.PR.B and BRK^B are
the preferred series B, another security than class B. What is written exactly as asked comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

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
