"""Which share of the days of an index's members has a price, a volume and dividends, for the dead and the living."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.market.audit.survivorship import spans
from active_edge.market.delisting import SHUMWAY_NASDAQ
from active_edge.market.store import Market
from active_edge.words import percent, signed

FILED, NONE_FILED, YIELD = "filed", "none filed", "fund's yield"
"""How dividends of a name are known whose returns come from closes in holdings files."""
SHARES = ("price", "volume", "dividends")


@dataclass(frozen=True)
class MemberDays:
    """Members × days of one index.

    Attributes
    ----------
    years : index (year, life), life `dead` (left before the data end) or `living`; columns `days` (members × sessions),
        and the shares of them with `price`, with `volume`, and with `dividends`: a total return whose dividends are
        known, from a chart or from filings. NaN where there are no days.
    yearly_return : mean return of the members with a price, a year, equally weighted by day; decimal.
    unpriced : share of all days that do not lie between two prices of the name: of those that do, the return is known.
    modelled_volume : share of the days with a price that has no volume.
    estimated_dividends : share of the days with a price whose dividends are the fund's yield.
    silent_dividends : share of them whose company filed statements without a dividend, taken for none.
    """

    index: str
    years: pd.DataFrame
    yearly_return: float
    unpriced: float
    modelled_volume: float
    estimated_dividends: float
    silent_dividends: float

    def edge(self) -> dict[str, float]:
        """By how much the priced members beat all of them a year, decimal, had those without a price earned −55 % or 0.

        As `bound_missing`, of members.
        """
        return {
            "all such days were part of a loss of 55 % a year": self.unpriced * (self.yearly_return - SHUMWAY_NASDAQ),
            "they earned 0": self.unpriced * self.yearly_return,
        }

    def lines(self) -> list[str]:
        """A table by year, and the bounds."""
        lines = ["", f"members of the {self.index} × days: share with a price, a volume, known dividends"]
        lines.append(f"{'year':>6} {'life':>7} {'days':>10} {'price':>7} {'volume':>7} {'dividends':>10}")
        lines += [
            f"{year:>6} {life:>7} {row.days:>10,} {percent(row.price):>7} {percent(row.volume):>7} "
            f"{percent(row.dividends):>10}"
            for (year, life), row in zip(self.years.index, self.years.itertuples(), strict=True)
            if row.days
        ]
        edges = "; ".join(f"{signed(edge)} a year if {case}" for case, edge in self.edge().items())
        lines.append(
            f"  {percent(self.unpriced)} of the days lie before, after or without any price of the name: the others "
            f"beat all by {edges}"
        )
        lines.append(
            f"  {percent(self.modelled_volume)} of the priced days have no volume: it is modelled, and were none of "
            "them traded, a strategy would lose that share of them"
        )
        lines.append(
            f"  dividends of {percent(self.estimated_dividends)} of the priced days are the fund's yield, of "
            f"{percent(self.silent_dividends)} none, for the company's statements tell none: returns are off by at "
            "most those shares of the fund's yield"
        )
        return lines

    def to_dict(self) -> dict[str, Any]:
        """As JSON-serialisable values."""
        return {
            "index": self.index,
            "years": self.years.reset_index(),
            "unpriced": self.unpriced,
            "edge": self.edge(),
            "modelled_volume": self.modelled_volume,
            "estimated_dividends": self.estimated_dividends,
            "silent_dividends": self.silent_dividends,
        }


def member_days(market: Market) -> tuple[MemberDays, ...]:
    """What is known of the members of each index that a market has lists of, over its sessions; () without lists."""
    if not market.index_names or not len(market.assets):
        return ()
    try:
        known = _Known.of(market)
    except MissingInput:
        return ()
    return tuple(_of_index(market, index, known) for index in sorted(market.index_names))


@dataclass(frozen=True)
class _Known:
    """(n_sessions, n_assets) bool: with a price, between two, with a volume, dividends known, by yield, by silence."""

    price: np.ndarray
    between: np.ndarray
    volume: np.ndarray
    dividends: np.ndarray
    by_yield: np.ndarray
    by_silence: np.ndarray
    dead: np.ndarray
    growth: np.ndarray

    @classmethod
    def of(cls, market: Market) -> _Known:
        prices = market.prices
        price = np.isfinite(prices.close)
        told: Mapping[str, str] = market.report.get("holdings", {}).get("dividends", {})
        how = np.array([told.get(asset, "") for asset in market.assets], dtype=object)
        from_holdings = price & np.isnan(prices.high) & (how != "")
        by_yield, by_silence = from_holdings & (how == YIELD), from_holdings & (how == NONE_FILED)
        dividends = price & np.isfinite(prices.told_returns) & ~by_yield & ~by_silence
        _, _, dead = spans(market)
        row = np.arange(len(price))[:, None]
        between = (prices.first >= 0) & (prices.first <= row) & (row <= prices.last)
        return cls(price, between, np.isfinite(prices.volume), dividends, by_yield, by_silence, dead, prices.returns)


def _of_index(market: Market, index: str, known: _Known) -> MemberDays:
    year = market.sessions.year.to_numpy()
    rows: list[tuple[object, ...]] = []
    totals, returns = np.zeros(6), list[np.ndarray]()
    for within, member in _by_year(market, index):
        price = known.price[within] & member
        block = {"price": price, "volume": known.volume[within] & price, "dividends": known.dividends[within] & price}
        for life, mask in (("dead", known.dead), ("living", ~known.dead)):
            days = int(member[:, mask].sum())
            shares = [float(block[name][:, mask].sum() / days) if days else float("nan") for name in SHARES]
            rows.append((int(year[within.start]), life, days, *shares))
        priced = block["price"]
        bracketed = known.between[within] & member
        counted = (
            member,
            priced,
            bracketed,
            block["volume"],
            known.by_yield[within] & priced,
            known.by_silence[within] & priced,
        )
        totals += [int(one.sum()) for one in counted]
        moved = np.where(priced, np.nan_to_num(known.growth[within]), 0.0).sum(axis=1)
        returns.append(moved / np.maximum(priced.sum(axis=1), 1))
    table = pd.DataFrame(rows, columns=["year", "life", "days", *SHARES]).set_index(["year", "life"])
    every, known_price, between, traded, by_yield, by_silence = map(float, totals)
    daily = np.concatenate(returns) if returns else np.zeros(1)
    over = max(known_price, 1.0)
    return MemberDays(
        index=index,
        years=table,
        yearly_return=float(np.mean(daily) * 252),
        unpriced=1.0 - between / every if every else 0.0,
        modelled_volume=1.0 - traded / over if known_price else 0.0,
        estimated_dividends=by_yield / over,
        silent_dividends=by_silence / over,
    )


def _by_year(market: Market, index: str) -> Iterator[tuple[slice, np.ndarray]]:
    """Rows of each year, and ``(n_rows, n_assets)`` bool members on them."""
    year = market.sessions.year.to_numpy()
    starts = np.flatnonzero(np.diff(year, prepend=0))
    for low, high in zip(starts, [*starts[1:], len(year)], strict=True):
        yield slice(int(low), int(high)), market.member_days(index, market.sessions[low:high])
