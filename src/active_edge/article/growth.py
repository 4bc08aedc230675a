"""Family *growth*: realised growth, small beside large, and what surprises do to prices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import Columns, Measured, TooShort, annual_mean, by_companies, slope_within, told
from active_edge.article.spread import small_rows, sorted_spread, yearly_rows
from active_edge.article.statistics import on_ground
from active_edge.words import percent

FEWEST_QUARTERS = 20


@on_ground("companies")
def growth_gap(ground: Ground) -> Measured:
    """The median growth of sales in a year, small less large companies; companies are drawn anew with all their years.

    Only companies that live to report are in it; those that were in the data a year before and are gone are counted.
    """
    rows = yearly_rows(ground, "growth")
    rows = rows[rows["small"] | rows["large"]]
    found = by_companies(rows, lambda part: _median_gap(part, "growth"), unit="of sales a year")
    medians = [rows.loc[rows[group], "growth"].median() for group in ("small", "large")]
    said = [f"Medians: small {percent(medians[0])}, large {percent(medians[1])}, of those that report both years."]
    if "earnings_growth" in rows and rows["earnings_growth"].notna().any():
        gap = _median_gap(rows.dropna(subset=["earnings_growth"]), "earnings_growth")
        said.append(f"Change of earnings over assets, small less large: {percent(gap)}.")
    return told(found, ground.origin("companies"), *said)


@on_ground("surprises")
def surprise_moves_small(ground: Ground) -> Measured:
    """The return around a quarter's filing on the rank of its surprise, small less large companies.

    From the lowest to the highest surprise of a month; against the same quarter a year before, for consensus has no
    free source. Companies are drawn anew with all their quarters.
    """
    rows = columns(ground.frame("surprises"), ("surprise", "reaction"), "surprises").copy()
    rows = rows[rows["small"] | rows["large"]]
    rows["rank"] = rows.groupby([rows["date"].dt.to_period("M"), "small"])["surprise"].rank(pct=True) - 0.5

    def gap(part: Columns) -> float:
        inside = part["small"].astype(bool)
        return _response(part, inside) - _response(part, ~inside)

    found = by_companies(rows, gap, unit="from the lowest to the highest surprise")
    small = slope_within(*(rows.loc[rows["small"], name].to_numpy(float) for name in ("rank", "reaction")))
    return told(found, ground.origin("surprises"), f"Small companies by themselves: {percent(small, 2)}.")


@on_ground("surprises")
def drift_of_small(ground: Ground) -> Measured:
    """The return of small companies in the sixty sessions after a filing, highest third of surprises less lowest.

    Companies are drawn anew with all their quarters.
    """
    table = ground.frame("surprises")
    if "drift" in table and table["drift"].isna().all():
        raise TooShort("no quarter has sixty sessions after it")
    rows = columns(table, ("surprise", "drift"), "surprises").copy()
    rows = rows[rows["small"]]
    rows["rank"] = rows.groupby(rows["date"].dt.to_period("M"))["surprise"].rank(pct=True) - 0.5

    def gap(part: Columns) -> float:
        place, drift = part["rank"], part["drift"]
        high, low = drift[place > 1 / 6], drift[place < -1 / 6]
        return float(high.mean() - low.mean()) if len(high) and len(low) else float("nan")

    return told(by_companies(rows, gap, unit="in sixty sessions"), ground.origin("surprises"))


@on_ground("companies")
def pricing_power_pays(ground: Ground) -> Measured:
    """What the third of small companies with high and steady gross margins returns beyond the lowest, a year."""
    rows = small_rows(ground, "margin").copy()
    rows["power"] = rows.groupby("date")["margin"].rank(pct=True)
    if "steadiness" in rows and rows["steadiness"].notna().any():
        rows["power"] = rows["power"] + rows.groupby("date")["steadiness"].rank(pct=True)
        rows = rows.dropna(subset=["power"])
    gap = sorted_spread(rows, "power")
    return told(annual_mean(gap), ground.origin("companies"), series={"high less low margin": gap.cumsum()})


@on_ground("companies")
def scalable_pays(ground: Ground) -> Measured:
    """What the third of small companies with the highest incremental margin returns beyond the lowest, a year.

    Change of operating income over change of sales, of companies whose sales rose; ranks within the month.
    """
    rows = small_rows(ground, "incremental_margin")
    gap = sorted_spread(rows, "incremental_margin")
    return told(annual_mean(gap), ground.origin("companies"), series={"high less low": gap.cumsum()})


def _median_gap(part: Columns | pd.DataFrame, name: str) -> float:
    small, values = np.asarray(part["small"], dtype=bool), np.asarray(part[name], dtype=float)
    if not small.any() or small.all():
        return float("nan")
    return float(np.median(values[small]) - np.median(values[~small]))


def _response(part: Columns, inside: np.ndarray) -> float:
    if int(inside.sum()) < FEWEST_QUARTERS:
        raise TooShort(f"{int(inside.sum())} quarters of one size; at least {FEWEST_QUARTERS} are needed")
    return slope_within(part["rank"][inside], part["reaction"][inside])
