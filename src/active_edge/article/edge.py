"""Family *active edge*: whether choosing among small companies paid, when, and beside which index."""

from __future__ import annotations

import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import (
    MONTHS,
    SEED,
    Measured,
    TooShort,
    annual_alpha,
    annual_mean,
    contrast,
    from_error,
    told,
)
from active_edge.article.spread import by_month_end, small_rows, sorted_spread, top_over_all
from active_edge.article.statistics import on_ground
from active_edge.errors import InferenceError, MissingInput
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.superiority import SuperiorityTest, superior_predictive_ability
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.words import interval, number, p_value, signed

QUALITY = ("XSHQ", "CALF", "DGRS", "JPSE", "OUSM", "ROSC", "XSLV", "PRFZ", "EES", "DES")
"""Funds that choose among small companies by quality, dividends or several factors, alive today."""
INDEX, SCREENED = "IWM", "IJR"
TRAILING, WORST = 12, 0.2
LEAST_TOGETHER = 36


@on_ground("funds")
def active_over_passive(ground: Ground) -> Measured:
    """What an equal mix of funds that choose pays beyond the Russell 2000 fund *and* the S&P 600 fund: the lesser one.

    Both must be beaten, so the answer is that of the harder benchmark. Funds alive today alone: the dead were worse.
    """
    table = ground.frame("funds")
    held = [name for name in QUALITY if name in table]
    if len(held) < 3:
        raise MissingInput(f"funds has {len(held)} of {len(QUALITY)} funds that choose; active-edge data pull --quick")
    monthly = table[[*held, INDEX, SCREENED]].resample("ME").last().pct_change().iloc[1:-1]
    mix = monthly[held].mean(axis=1)[monthly[held].notna().sum(axis=1) >= 3]
    found = {rival: annual_mean((mix - monthly[rival]).dropna()) for rival in (INDEX, SCREENED)}
    harder = min(found, key=lambda rival: found[rival].estimate)
    said = [
        f"Beyond {r}: {signed(f.estimate, 2)} a year ({interval(*f.interval, decimals=2)})." for r, f in found.items()
    ]
    daily = table[[*held, INDEX]].pct_change(fill_method=None)
    said += best_of(monthly[held].sub(monthly[INDEX], axis=0), daily[held].sub(daily[INDEX], axis=0))
    gap = (mix - monthly[harder]).dropna()
    return told(
        found[harder],
        ground.origin("funds"),
        *said,
        f"An equal mix of {', '.join(held)}; survivors only.",
        series={f"mix less {harder}": gap.cumsum()},
    )


def best_of(active: pd.DataFrame, daily: pd.DataFrame) -> list[str]:
    """Whether the best of funds beats their index, all of them allowed for (Hansen 2005), in a sentence; [] if too few.

    Parameters
    ----------
    active : (n_months, n_funds) monthly returns beyond the index; months that all have count.
    daily : (n_sessions, n_funds) the same by day, of which the sessions of those months count.
    """
    both = active.dropna()
    if len(both) < LEAST_TOGETHER:
        return []
    month = pd.DatetimeIndex(daily.index).to_period("M")
    days = daily[(month >= both.index[0].to_period("M")) & (month <= both.index[-1].to_period("M"))].dropna()
    by_month, by_day = (
        superior_predictive_ability(SampleMatrix.of(rows.to_numpy(), periods_per_year=periods), seed=SEED)
        for rows, periods in ((both, MONTHS), (days, SESSIONS_A_YEAR))
    )
    return [
        f"The best of the {active.shape[1]} beyond {INDEX}, all of them allowed for, {both.index[0]:%Y-%m} to "
        f"{both.index[-1]:%Y-%m}: {active.columns[by_month.best]}, p {_chance(by_month)} by monthly returns in blocks "
        f"of {number(by_month.block, 0)}, {_chance(by_day)} by daily ones in blocks of {number(by_day.block, 0)} "
        "(Hansen's SPA, studentised, its consistent p)."
    ]


def _chance(found: SuperiorityTest) -> str:
    """Its consistent p; 1 where no fund is ahead, for every resample is as good as nothing then."""
    return p_value(found.p_consistent if found.statistic > 0.0 else 1.0)


@on_ground("companies")
def quality_over_all(ground: Ground) -> Measured:
    """What the most profitable third of small companies pays beyond all small ones, a year, before costs."""
    gap = top_over_all(small_rows(ground, "profitability"), "profitability")
    return told(annual_mean(gap), ground.origin("companies"), series={"profitable less all": gap.cumsum()})


@on_ground("sorted")
def edge_when_volatile(ground: Ground) -> Measured:
    """What leaving out unprofitable small companies pays more a year after volatile months than after calm ones.

    Volatile: the last twelve months of all small companies were in the highest fifth of all known by then.
    """
    names = tuple(f"ME1_OP{group}" for group in range(1, 6))
    small = columns(ground.frame("sorted"), names, "sorted")[list(names)]
    every = small.mean(axis=1)
    gap = small[list(names[1:])].mean(axis=1) - every
    state = volatile(every)
    found = contrast(gap, state)
    return told(found, ground.origin("sorted"), series={"without the least profitable": gap.cumsum()})


@on_ground("companies")
def company_edge_when_volatile(ground: Ground) -> Measured:
    """What the most profitable third of small companies pays beyond the least, more a year after volatile months."""
    rows = small_rows(ground, "profitability")
    gap = sorted_spread(rows, "profitability")
    every = by_month_end(rows.groupby("earned_by")["earned"].mean())
    return told(
        contrast(gap, volatile(every)), ground.origin("companies"), series={"profitable less not": gap.cumsum()}
    )


@on_ground("companies")
def owners_and_quality(ground: Ground) -> Measured:
    """What the third of small companies best by profitability and insiders' stake pays beyond all small ones, a year.

    Its alpha on quality minus junk, where that is there, so that it is more than the factor.
    """
    rows = small_rows(ground, "profitability", "insiders").copy()
    ranks = [rows.groupby("date")[name].rank(pct=True) for name in ("profitability", "insiders")]
    rows["both"] = ranks[0] + ranks[1]
    gap = top_over_all(rows, "both")
    found = annual_mean(gap)
    said = []
    if ground.has("quality"):
        factors = ground.frame("quality")[["MKT", "SMB", "HML", "QMJ"]].dropna()
        try:
            found = annual_alpha(gap, factors)
            said.append("Alpha on market, size, value and quality minus junk.")
        except InferenceError:
            said.append("Too few months with quality minus junk for an alpha on it.")
    return told(found, ground.origin("companies"), *said, series={"both less all": gap.cumsum()})


@on_ground("companies")
def strong_in_worst(ground: Ground) -> Measured:
    """What small companies with strong balance sheets return beyond weak ones in the worst fifth of months, a month.

    Little debt and much cash over assets. A claim on risk: what they return in all months stands beside it.
    """
    rows = small_rows(ground, "debt", "cash").copy()
    rows["strength"] = rows.groupby("date")["cash"].rank(pct=True) - rows.groupby("date")["debt"].rank(pct=True)
    gap = sorted_spread(rows, "strength")
    every = by_month_end(rows.groupby("earned_by")["earned"].mean())
    return told(in_worst(gap, every), ground.origin("companies"), series={"strong less weak": gap.cumsum()})


@on_ground("quality")
def quality_in_worst(ground: Ground) -> Measured:
    """What quality minus junk returns in the worst fifth of the market's months, a month."""
    rows = columns(ground.frame("quality"), ("QMJ", "MKT"), "quality")
    return told(in_worst(rows["QMJ"], rows["MKT"]), ground.origin("quality"), series={"QMJ": rows["QMJ"].cumsum()})


def in_worst(gap: pd.Series, market: pd.Series) -> Measured:
    """The mean of a monthly difference in the worst fifth of the market's months, a month.

    Raises
    ------
    InferenceError : fewer than twelve such months.
    """
    both = pd.concat([gap, market], axis=1, keys=["gap", "market"], sort=True).dropna()
    worst = both.loc[both["market"] <= both["market"].quantile(WORST), "gap"]
    if len(worst) < TRAILING:
        raise TooShort(f"{len(worst)} months are the worst fifth; at least {TRAILING} are needed")
    every = annual_mean(both["gap"])
    error = float(worst.std(ddof=1)) / len(worst) ** 0.5
    found = from_error(
        float(worst.mean()), error, len(worst) - 1, n=len(worst), unit="a month", counted="bad month", dates=both.index
    )
    words = f"In all months {signed(every.estimate)} a year (p {p_value(every.p)}): protection is not return."
    return told(found, "", words)


def volatile(returns: pd.Series, *, least: int = 60, above: float = 0.8) -> pd.Series:
    """(n,) 1 where the deviation of the twelve months before is in the highest fifth of what was known; NaN before."""
    deviation = returns.rolling(TRAILING).std().shift(1)
    high = deviation > deviation.expanding(least).quantile(above).shift(1)
    return high.astype(float).where(deviation.expanding(least).count() > least)
