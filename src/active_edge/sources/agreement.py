"""Do two price sources tell the same story? Compared name by name, over the sessions both have.

Levels may differ by a constant factor (one source undoes splits, the other does not); returns may not. A return that
only one source shows is named with its session, because that is where a split, a dividend or a reused ticker hides.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.market import Market
from active_edge.sources.web.refusals import csv_rows, refuse_html
from active_edge.words import count, percent, signed

RETURN_TOLERANCE = 0.005
LEVEL_TOLERANCE = 0.01
FEWEST_SESSIONS = 20
GOOD_SHARE = 0.99
STOOQ = (".csv", ".txt")


@dataclass(frozen=True)
class NameAgreement:
    """One name in both sources.

    `returns_agree`, `levels_agree`: share of common sessions on which returns differ by less than 0.5 % and closes by
    less than 1 %, decimal. `largest`: the largest difference of returns, decimal, and `on`, its session.
    """

    ticker: str
    sessions: int
    returns_agree: float
    levels_agree: float
    largest: float
    on: pd.Timestamp

    @property
    def verdict(self) -> str:
        """`agree`, `levels differ` (returns agree) or `returns differ`."""
        if self.returns_agree < GOOD_SHARE:
            return "returns differ"
        return "agree" if self.levels_agree >= GOOD_SHARE else "levels differ"


@dataclass(frozen=True)
class Agreement:
    """Every common name, and the names only one source has."""

    names: tuple[NameAgreement, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """Names by verdict."""
        verdicts = [name.verdict for name in self.names]
        return {v: verdicts.count(v) for v in ("agree", "levels differ", "returns differ")}

    def worst(self, n: int = 10) -> list[NameAgreement]:
        """Names whose returns agree least."""
        return sorted(self.names, key=lambda name: (name.returns_agree, -abs(name.largest)))[:n]

    def lines(self) -> list[str]:
        """The comparison as lines for people."""
        counted = ", ".join(f"{n} {verdict}" for verdict, n in self.counts().items())
        shown = [
            f"{name.ticker}: {name.verdict}; returns agree on {percent(name.returns_agree)} of {name.sessions} "
            f"sessions, largest difference {signed(name.largest)} on {name.on:%Y-%m-%d}"
            for name in self.worst()
            if name.verdict != "agree"
        ]
        only = f"only in the first: {len(self.only_first)}, only in the second: {len(self.only_second)}"
        return [f"{count(len(self.names), 'name')} in both: {counted}", only, *shown]


def compare(first: Mapping[str, pd.DataFrame], second: Mapping[str, pd.DataFrame]) -> Agreement:
    """Compare two sources.

    Parameters
    ----------
    first, second : ticker → frame indexed by session with `close` (USD) and `returns` (decimal, NaN unknown).
    """
    common = sorted(first.keys() & second.keys())
    names = [found for ticker in common if (found := _compare_name(ticker, first[ticker], second[ticker])) is not None]
    return Agreement(
        tuple(names), tuple(sorted(first.keys() - second.keys())), tuple(sorted(second.keys() - first.keys()))
    )


def _compare_name(ticker: str, one: pd.DataFrame, two: pd.DataFrame) -> NameAgreement | None:
    both = one.add_suffix("_one").join(two.add_suffix("_two"), how="inner")
    difference = (both["returns_one"] - both["returns_two"]).to_numpy(dtype=np.float64)
    known = np.isfinite(difference)
    if known.sum() < FEWEST_SESSIONS:
        return None
    ratio = both["close_one"].to_numpy(dtype=np.float64) / both["close_two"].to_numpy(dtype=np.float64)
    at = int(np.abs(np.where(known, difference, 0.0)).argmax())
    return NameAgreement(
        ticker,
        int(known.sum()),
        float((np.abs(difference[known]) < RETURN_TOLERANCE).mean()),
        float((np.abs(ratio - 1.0) < LEVEL_TOLERANCE).mean()),
        float(difference[at]) if known[at] else 0.0,
        pd.Timestamp(both.index[at]),
    )


def prices_by_ticker(market: Market) -> dict[str, pd.DataFrame]:
    """A market's closes and total returns by ticker; of several securities with one ticker, the last listed."""
    found: dict[str, pd.DataFrame] = {}
    close, returns = market.prices.runs("close"), market.prices.runs("returns")
    order = np.argsort(close.last, kind="stable")
    tickers = market.securities["ticker"].reindex(market.assets).tolist()
    for asset in order[close.last[order] >= 0]:
        first, last = close.first[asset], close.last[asset]
        life = slice(close.offset[asset] + first, close.offset[asset] + last + 1)
        frame = pd.DataFrame(
            {"close": close.values[life], "returns": returns.values[life]}, index=market.sessions[first : last + 1]
        )
        found[str(tickers[asset])] = frame.dropna(subset=["close"])
    return found


def read_prices(path: Path) -> dict[str, pd.DataFrame]:
    """The Stooq files at a path, a file or a folder of them, by ticker (aapl.us.csv is AAPL); empty without any."""
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.suffix in STOOQ)
    return {file.name.split(".")[0].upper(): read_stooq(file, where=str(file)) for file in files}


def read_stooq(source: Path | bytes, *, where: str) -> pd.DataFrame:
    """A Stooq daily csv as a frame indexed by session with `close` and `returns`.

    Stooq's prices are adjusted for splits and, by the symbol's setting, dividends: returns compare, levels may not.

    Raises
    ------
    SourceFormatError
        HTML, another header, a date or a number that is none.
    """
    body = source if isinstance(source, bytes) else source.read_bytes()
    refuse_html(where, body[:4096], promised="csv")
    rows: list[Any] = list(csv_rows(io.StringIO(body.decode("utf-8-sig", "replace"), newline=""), where=where))
    if not rows or rows[0][:5] != ["Date", "Open", "High", "Low", "Close"]:
        raise SourceFormatError(
            f"{where}:1: header {rows[0] if rows else []}; expected Date,Open,High,Low,Close,Volume"
        )
    try:
        sessions = pd.DatetimeIndex(pd.to_datetime([row[0] for row in rows[1:] if row], format="%Y-%m-%d"))
        close = np.array([float(row[4]) for row in rows[1:] if row])
    except (ValueError, IndexError) as error:
        raise SourceFormatError(f"{where}: {error}") from error
    if not (sessions.is_monotonic_increasing and sessions.is_unique) or not (close > 0).all():
        raise SourceFormatError(f"{where}: dates do not increase, or a close is not positive")
    frame = pd.DataFrame({"close": close}, index=sessions.rename(name="session"))
    return frame.assign(returns=frame["close"].pct_change(fill_method=None))
