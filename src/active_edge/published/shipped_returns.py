"""Real monthly returns that come with libraries of the lock: 1926 to 2018, offline, on every machine.

Source: Kenneth French's data library, as ``arch.data.frenchdata`` (monthly factors from 1926-07) and
``linearmodels.datasets.french`` (factors, momentum, size × value and size × momentum portfolios from 1949-01) carry it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

PERCENT = 100.0
NBER_CYCLES = (
    "1926-10 1927-11, 1929-08 1933-03, 1937-05 1938-06, 1945-02 1945-10, 1948-11 1949-10, 1953-07 1954-05, "
    "1957-08 1958-04, 1960-04 1961-02, 1969-12 1970-11, 1973-11 1975-03, 1980-01 1980-07, 1981-07 1982-11, "
    "1990-07 1991-03, 2001-03 2001-11, 2007-12 2009-06"
)
"""Peak and trough of each contraction by month, as the NBER's Business Cycle Dating Committee lists them."""


@dataclass(frozen=True, kw_only=True)
class ShippedReturns:
    """Monthly returns, decimals, indexed by calendar month end and sorted, without gaps.

    Attributes
    ----------
    long_factors : (n, 4) MKT_RF, SMB, HML, RF from 1926-07.
    factors : (n, 5) MKT_RF, SMB, HML, MOM (self-financing) and RF (cash) from 1949-01.
    portfolios : (n, 18) total returns, not above cash: `S1V5` is the smallest fifth and the highest book-to-market,
        `S1M5` the smallest and the winners of the year before; groups 1, 3 and 5 of five.
    snapshot : twelve hexadecimal digits that change with the numbers.
    """

    long_factors: pd.DataFrame
    factors: pd.DataFrame
    portfolios: pd.DataFrame
    snapshot: str

    def origin(self, frame: str) -> str:
        """Where a frame came from, with its first and last month, in words."""
        long = frame == "long_factors"
        library = "arch.data.frenchdata" if long else "linearmodels.datasets.french"
        months = self.long_factors.index if long else self.factors.index
        return f"Kenneth French's data library as {library} carries it, {months[0]:%Y-%m} to {months[-1]:%Y-%m}"


def shipped_returns() -> ShippedReturns:
    """The returns, in decimals whatever the library gives."""
    from arch.data import frenchdata
    from linearmodels.datasets import french

    # The library gives months as 192607, read as so many nanoseconds.
    long = frenchdata.load()
    months = pd.to_datetime(long.index.astype("int64").astype(str), format="%Y%m") + pd.offsets.MonthEnd(0)
    long = (long / PERCENT).set_index(pd.DatetimeIndex(months)).rename(columns={"Mkt-RF": "MKT_RF"})
    table = french.load()
    table = table.set_index(pd.DatetimeIndex(table.pop("dates")) + pd.offsets.MonthEnd(0))
    table = table.astype(float).rename(columns={"MktRF": "MKT_RF", "Mom": "MOM"})
    sorted_names = [name for name in table if name[0] == "S" and name[1:2].isdigit()]
    factors = table[["MKT_RF", "SMB", "HML", "MOM", "RF"]]
    numbers = b"".join(np.ascontiguousarray(part.to_numpy(float)).tobytes() for part in (long, table))
    return ShippedReturns(
        long_factors=long,
        factors=factors,
        portfolios=table[sorted_names],
        snapshot=hashlib.sha256(numbers).hexdigest()[:12],
    )


def in_recession(months: pd.DatetimeIndex) -> pd.Series:
    """(n,) whether each month lies after a peak and up to the trough of a contraction; known only years later."""
    inside = np.zeros(len(months), dtype=bool)
    for cycle in NBER_CYCLES.split(", "):
        peak, trough = (pd.Timestamp(month) + pd.offsets.MonthEnd(0) for month in cycle.split())
        inside |= (months > peak) & (months <= trough)
    return pd.Series(inside, index=months)


def after_volatile(market: pd.Series, *, trailing: int = 12, least: int = 60, above: float = 0.8) -> pd.Series:
    """(n,) whether the market's volatility over the months before was in its highest fifth of what was known by then.

    Parameters
    ----------
    market : (n,) monthly returns.
    trailing : months that volatility is taken over, the month itself not among them.
    least : volatilities there must be before the first is called high; NaN until then.
    """
    volatility = market.rolling(trailing).std().shift(1)
    high = volatility > volatility.expanding(least).quantile(above).shift(1)
    return high.astype(float).where(volatility.expanding(least).count() > least)
