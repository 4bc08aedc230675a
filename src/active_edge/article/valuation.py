"""Family *valuation*: the discount of small companies, how far the definition moves it, and what it is worth."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import (
    Columns,
    Measured,
    TooShort,
    by_companies,
    from_error,
    slope,
    slope_within,
    told,
)
from active_edge.article.spread import latest_rows, monthly_small_minus_large
from active_edge.article.statistics import on_ground
from active_edge.errors import InferenceError
from active_edge.inference.regression import cosine_terms
from active_edge.words import number, percent, signed

MONTHS_A_YEAR = 12
FEWEST_MONTHS = 60
IMPLIED = "The article's own figures, 17 times earnings and 36 % less, imply 26.6 times for large companies."


def discount(rows: Columns | pd.DataFrame, figure: str = "earnings", *, losers: bool = True) -> float:
    """One less the multiple of small companies over that of large ones; harmonic: summed values over summed figures.

    NaN where either group earns nothing in sum.
    """
    value, figures = np.asarray(rows["value"], dtype=float), np.asarray(rows[figure], dtype=float)
    kept = np.isfinite(figures) & (losers | (figures > 0))
    multiples = []
    for group in ("small", "large"):
        inside = kept & np.asarray(rows[group], dtype=bool)
        total = figures[inside].sum()
        multiples.append(value[inside].sum() / total if total > 0 else math.nan)
    return float(1.0 - multiples[0] / multiples[1])


@on_ground("companies")
def discount_today(ground: Ground) -> Measured:
    """The discount of ranks 1001 to 3000 to ranks 1 to 1000 on earnings of twelve months, losers in, at the last month.

    Realised earnings, for forecasts have no free past (`forward_discount`). Losers out, sales and book value stand
    beside it: they say how far the definition moves the number. Companies are drawn anew.
    """
    rows = latest_rows(ground, "value", "earnings")
    if np.isnan(discount(rows)):
        without = percent(discount(rows, losers=False))
        raise InferenceError(
            f"small or large companies earn nothing in sum at {rows['date'].iloc[0].date()}, so that a multiple of "
            f"earnings has no meaning; losers left out the discount is {without}"
        )
    found = by_companies(rows, discount, unit="of the multiple of large companies")
    others = (
        f"losers out {percent(discount(rows, losers=False))}",
        *(f"on {name} {percent(discount(rows, name))}" for name in ("revenue", "equity") if name in rows),
    )
    past = history(ground)
    place = ""
    if len(past) >= 24:
        place = f" It is higher than in {percent(float((past < found.estimate).mean()), 0)} of {len(past)} months."
    return told(
        found,
        ground.origin("companies"),
        f"By other definitions: {', '.join(others)}.{place}",
        IMPLIED,
        series={"discount": past},
    )


@on_ground("companies")
def forward_discount(ground: Ground) -> Measured:
    """The discount of ranks 1001 to 3000 to ranks 1 to 1000 on the earnings that analysts expect of the next year.

    At the last month at which they are known, losers in, of companies that analysts follow. Companies are drawn anew.
    """
    every = ground.frame("companies")
    if "expected" in every and every["expected"].isna().all():
        raise TooShort("no month has ended since analysts' expectations were first pulled; the first that does is told")
    rows = latest_rows(ground, "value", "expected")
    found = by_companies(rows, partial(discount, figure="expected"), unit="of the forward multiple of large companies")
    small = rows[rows["small"].astype(bool)]
    multiple = float(small["value"].sum() / small["expected"].sum())
    followed = f"Small companies that analysts follow cost {number(multiple, 1)} times what is expected of them."
    return told(found, ground.origin("companies"), followed)


@on_ground("companies")
def discount_against_usual(ground: Ground) -> Measured:
    """The discount of the last month over its median of the months before, less 1.

    The logarithm of the ratio, with the error of a median of correlated months: 1.2533 times that of their mean.
    """
    past = history(ground)
    if len(past) < FEWEST_MONTHS:
        raise TooShort(f"{len(past)} months have a discount; at least {FEWEST_MONTHS} are needed")
    usual, now = float(past.iloc[:-1].median()), float(past.iloc[-1])
    if usual <= 0 or now <= 0:
        raise InferenceError(f"a multiple of the usual gap has no meaning: usual {percent(usual)}, now {percent(now)}")
    terms = cosine_terms(len(past) - 1)
    error = 1.2533 * _error_of_mean(past.iloc[:-1]) / usual * (now / usual)
    found = from_error(
        now / usual - 1.0, error, terms, n=len(past) - 1, unit="of the usual gap", counted="month", dates=past.index
    )
    return told(
        found,
        ground.origin("companies"),
        f"Usual {percent(usual)}, now {percent(now)}.",
        series={"discount": past},
        plain=True,
    )


@on_ground("companies")
def discount_explained(ground: Ground) -> Measured:
    """The share of the gap in log price to sales that entrants, losses, floating debt and sectors account for, less ½.

    The last month: the gap between small and large with and without those controls. Companies are drawn anew.
    """
    rows = latest_rows(ground, "value", "revenue", "age", "earnings")
    rows = rows[(rows["revenue"] > 0) & (rows["small"] | rows["large"])].copy()
    rows["multiple"] = np.log(rows["value"] / rows["revenue"])
    rows["young"], rows["loses"] = (rows["age"] < 3).astype(float), (rows["earnings"] < 0).astype(float)
    rows["industry"] = rows["sector"].fillna(-1).astype(int) if "sector" in rows else 0
    controls = ["young", "loses"]
    if "floating" in rows and rows["floating"].notna().mean() > 0.5:
        rows["owes"] = rows["floating"].fillna(rows["floating"].median())
        controls.append("owes")
    found = by_companies(rows, lambda part: _explained(part, controls) - 0.5, unit="of the gap, above one half")
    return told(found, ground.origin("companies"), f"Held fixed: sector, {', '.join(controls)}.")


@on_ground("companies")
def multiple_on_floating(ground: Ground) -> Measured:
    """The log price to sales of small companies on the floating share of their debt, at the last month.

    Held fixed: growth of sales, profitability, debt over assets, size. From none to all of the debt floating. Companies
    are drawn anew.
    """
    held = ("growth", "profitability", "debt")
    rows = latest_rows(ground, "value", "revenue", "floating", *held)
    rows = rows[(rows["revenue"] > 0) & rows["small"]].copy()
    rows["multiple"] = np.log(rows["value"] / rows["revenue"])
    for name in held:
        rows[name] = rows[name].rank(pct=True)
    rows["size"] = np.log(rows["value"])

    def coefficient(part: Columns) -> float:
        return _coefficient(part["multiple"], [part[name].astype(float) for name in ("floating", *held, "size")])

    found = by_companies(rows, coefficient, unit="of log price to sales, from none to all floating")
    return told(found, ground.origin("companies"), f"Held fixed: {', '.join(held)}, size.", plain=True)


@on_ground("companies")
def discount_pays(ground: Ground) -> Measured:
    """What small companies return beyond large ones in the year that follows, on the discount at its start.

    Years that do not overlap; a discount ten points deeper. Few independent years are all a market can have.
    """
    past, gap = history(ground), monthly_small_minus_large(ground)
    ahead = gap[::-1].rolling(MONTHS_A_YEAR).sum()[::-1].shift(-1)
    start = past.set_axis(pd.DatetimeIndex(past.index) + pd.offsets.MonthEnd(0))
    both = pd.DataFrame({"ahead": ahead, "discount": start}).dropna().iloc[::MONTHS_A_YEAR]
    found = slope(both["ahead"], both[["discount"]] * 10.0, unit="a year, by ten points of discount", counted="year")
    return told(found, ground.origin("companies"), series={"discount": past})


@on_ground("companies")
def gap_closed(ground: Ground) -> Measured:
    """How much the discount narrowed over the last twelve months: then less now. Companies are drawn anew."""
    rows = columns(ground.frame("companies"), ("value", "earnings"), "companies")
    dates = np.sort(rows["date"].unique())
    if len(dates) <= MONTHS_A_YEAR:
        raise TooShort(f"{len(dates)} months; more than {MONTHS_A_YEAR} are needed")
    then, now = dates[-1 - MONTHS_A_YEAR], dates[-1]
    both = rows[rows["date"].isin([then, now])]

    def narrowed(part: Columns) -> float:
        return discount(_on(part, 0)) - discount(_on(part, 1))

    found = by_companies(both, narrowed, unit="of the multiple of large companies")
    return told(
        found, ground.origin("companies"), *_parts_of_return(both, then, now), series={"discount": history(ground)}
    )


@on_ground("companies")
def share_of_multiple(ground: Ground) -> Measured:
    """The share of the variance of small companies' returns over a year that changes of price to sales account for.

    cov(change of the log multiple, log return) / var(log return), over companies and years. What depends on earnings
    entirely leaves none. Companies are drawn anew.
    """
    rows = columns(ground.frame("companies"), ("value", "revenue"), "companies")
    rows = rows[(rows["revenue"] > 0) & rows["small"]]
    dates = np.sort(rows["date"].unique())[::-1][::MONTHS_A_YEAR][::-1]
    parts = []
    for before, after in pairwise(dates):
        both = rows[rows["date"] == before].merge(rows[rows["date"] == after], on="company", suffixes=("_0", ""))
        moved = np.log(both["value"] / both["value_0"])
        multiple = moved - np.log(both["revenue"] / both["revenue_0"])
        parts.append(pd.DataFrame({"company": both["company"], "date": after, "moved": moved, "multiple": multiple}))
    if not parts:
        raise TooShort("less than a year of months; two a year apart are needed")
    table = pd.concat(parts, ignore_index=True)
    found = by_companies(table, lambda part: slope_within(part["moved"], part["multiple"]), unit="of the variance")
    return told(found, ground.origin("companies"))


def history(ground: Ground) -> pd.Series:
    """(n_months,) the discount of each month, NaN left out."""
    rows = columns(ground.frame("companies"), ("value", "earnings"), "companies")
    found = {day: discount(part) for day, part in rows.groupby("date")}
    return pd.Series(found).dropna().sort_index()


def _parts_of_return(both: pd.DataFrame, then: object, now: object) -> tuple[str, ...]:
    small = both[both["small"].to_numpy(bool)]
    sums = {day: small[small["date"] == day][["value", "earnings"]].sum() for day in (then, now)}
    if min(float(sums[day]["earnings"]) for day in sums) <= 0:
        return ()
    value = float(sums[now]["value"] / sums[then]["value"])
    earned = float(sums[now]["earnings"] / sums[then]["earnings"])
    return (
        f"Market value of small companies {signed(value - 1.0)} in the year, their earnings {signed(earned - 1.0)}, "
        f"their multiple {signed(value / earned - 1.0)}.",
    )


def _on(part: Columns, code: int) -> Columns:
    """The rows of one date."""
    inside = part["date"] == code
    return {name: values[inside] for name, values in part.items()}


def _explained(part: Columns, controls: list[str]) -> float:
    small, y = part["small"].astype(float), part["multiple"]
    raw = _coefficient(y, [small])
    codes = part["industry"]
    dummies = [(codes == code).astype(float) for code in np.unique(codes)[1:]]
    held = _coefficient(y, [small, *(part[name].astype(float) for name in controls), *dummies])
    return 1.0 - held / raw if raw != 0 else math.nan


def _coefficient(y: np.ndarray, regressors: list[np.ndarray]) -> float:
    from active_edge.inference.regression import least_squares

    kept = [column for column in regressors if np.ptp(column) > 0]
    if not kept or np.ptp(regressors[0]) == 0:
        return math.nan
    try:
        return float(least_squares(y[:, None], np.column_stack([np.ones(len(y)), *kept])).coefficients[1, 0])
    except InferenceError:
        return math.nan


def _error_of_mean(values: pd.Series) -> float:
    from active_edge.inference.regression import least_squares

    fit = least_squares(values.to_numpy(float)[:, None], np.ones((len(values), 1)))
    return float(fit.cosine_errors(cosine_terms(len(values)))[0, 0])
