"""The article's catalysts as gauges: the last value, where it stands among five years, and how old it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import MONTHS
from active_edge.errors import MissingInput

YEARS = 5
HIGH, LOW = 0.8, 0.2
BILLION = 1e9
Side = Literal["high", "low"]
Leaning = Literal["supports", "contradicts", "neither"]


@dataclass(frozen=True)
class Gauge:
    """One catalyst.

    Attributes
    ----------
    name : identifier. says : what is measured, in words. unit : what it is counted in.
    supports : the side of its own five years that would support the claims; the other one contradicts them.
    claims : ids of those claims.
    fresh_days : days after which a value is stale: its own pace and the time it takes to be published.
    read : from a ground to dated values.
    """

    name: str
    says: str
    unit: str
    supports: Side
    claims: tuple[str, ...]
    fresh_days: int
    read: Callable[[Ground], pd.Series]


@dataclass(frozen=True)
class Reading:
    """A gauge on a day.

    Attributes
    ----------
    value, date : the last one there is; None without any.
    percentile : share of its last five years' values that are lower, decimal; None with fewer than a year of them.
    age_days : days from the date to the day looked. stale : whether that is more than the gauge allows.
    leaning : whether it supports or contradicts the claims; None where it is stale or missing.
    lacks : what is missing, with the command that brings it; empty where nothing is.
    """

    gauge: Gauge
    value: float | None = None
    percentile: float | None = None
    date: pd.Timestamp | None = None
    age_days: int | None = None
    stale: bool = False
    leaning: Leaning | None = None
    lacks: str = ""

    @property
    def status(self) -> str:
        """``current``, ``stale`` or ``missing``."""
        return "missing" if self.value is None else "stale" if self.stale else "current"

    def to_dict(self) -> dict[str, Any]:
        """The reading as plain JSON content; a stale value is `last_known`, never `value`."""
        known = None if self.date is None else self.date.date().isoformat()
        current = self.status == "current"
        return {
            "name": self.gauge.name,
            "says": self.gauge.says,
            "unit": self.gauge.unit,
            "status": self.status,
            "value": self.value if current else None,
            "last_known": None if current else self.value,
            "percentile_of_five_years": self.percentile if current else None,
            "supports_when": self.gauge.supports,
            "contradicts_when": "low" if self.gauge.supports == "high" else "high",
            "leaning": self.leaning,
            "claims": list(self.gauge.claims),
            "date": known,
            "age_days": self.age_days,
            "fresh_days": self.gauge.fresh_days,
            "lacks": self.lacks or None,
        }


def read_watch_list(ground: Ground, today: pd.Timestamp) -> list[Reading]:
    """Every gauge read on a day, in a fixed order; values after it do not count."""
    return [_read(gauge, ground, today) for gauge in GAUGES]


def _read(gauge: Gauge, ground: Ground, today: pd.Timestamp) -> Reading:
    try:
        values = gauge.read(ground).dropna()
    except MissingInput as error:
        return Reading(gauge, lacks=str(error))
    values = values[values.index <= today].sort_index()
    if values.empty:
        return Reading(gauge, lacks=f"no value by {today.date()}")
    last = values.index[-1]
    recent = values[values.index > last - pd.DateOffset(years=YEARS)]
    long = recent.index[-1] - recent.index[0] >= pd.Timedelta(days=300)
    share = float((recent.iloc[:-1] < recent.iloc[-1]).mean()) if long else None
    age = (today - last).days
    stale = age > gauge.fresh_days
    return Reading(
        gauge,
        float(values.iloc[-1]),
        share,
        last,
        age,
        stale,
        None if stale or share is None else _leaning(gauge.supports, share),
    )


def _leaning(supports: Side, share: float) -> Leaning:
    towards = share if supports == "high" else 1.0 - share
    return "supports" if towards >= HIGH else "contradicts" if towards <= LOW else "neither"


def _rate(name: str) -> Callable[[Ground], pd.Series]:
    def read(ground: Ground) -> pd.Series:
        return columns(ground.frame("rates"), (name,), "rates")[name]

    return read


def _beats(ground: Ground) -> pd.Series:
    rows = columns(ground.frame("surprises"), ("surprise",), "surprises")
    rows = rows[rows["small"]]
    grouped = (rows["surprise"] > 0).groupby(_ends(rows["date"]))
    return grouped.mean()[grouped.size() >= 30]


def _flow(ground: Ground) -> pd.Series:
    return columns(ground.frame("flows"), ("flow",), "flows")["flow"].rolling(MONTHS).sum() / BILLION


def _domestic(ground: Ground) -> pd.Series:
    rows = columns(ground.frame("companies"), ("domestic", "revenue"), "companies")
    rows = rows[rows["small"] & (rows["revenue"] > 0)]
    sales = (rows["domestic"] * rows["revenue"]).groupby(rows["date"]).sum()
    return sales / rows["revenue"].groupby(rows["date"]).sum()


def _deals(ground: Ground) -> pd.Series:
    rows = columns(ground.frame("exits"), ("reason",), "exits")
    merged = pd.DatetimeIndex(rows.loc[rows["reason"] == "merger", "date"])
    if merged.empty:
        raise MissingInput("exits has no merger; active-edge data pull --full finds them")
    months = pd.date_range(rows["date"].min(), rows["date"].max(), freq="ME")
    counted = pd.Series(1.0, index=merged).resample("ME").sum().reindex(months, fill_value=0.0)
    return counted.rolling(MONTHS).sum()


def _entrants(ground: Ground) -> pd.Series:
    rows = columns(ground.frame("companies"), ("age", "earnings"), "companies")
    fresh = rows[rows["age"] < 1.0]
    grouped = (fresh["earnings"] < 0).groupby(fresh["date"])
    return grouped.mean()[grouped.size() >= 10]


def _ends(dates: pd.Series) -> pd.Series:
    return pd.Series(pd.DatetimeIndex(dates) + pd.offsets.MonthEnd(0), index=dates.index)


GAUGES: tuple[Gauge, ...] = (
    Gauge(
        "beats",
        "small companies whose quarter beat the same a year before",
        "share",
        "high",
        ("C10", "C29"),
        120,
        _beats,
    ),
    Gauge("flows", "money into small-cap funds in twelve months", "billion USD", "high", ("C4", "C31"), 130, _flow),
    Gauge("two_year_yield", "yield of two-year Treasuries", "%", "low", ("C10", "C21"), 10, _rate("DGS2")),
    Gauge("ten_year_yield", "yield of ten-year Treasuries", "%", "low", ("C10", "C21"), 10, _rate("DGS10")),
    Gauge("policy_rate", "federal funds rate", "%", "low", ("C10", "C21"), 70, _rate("FEDFUNDS")),
    Gauge("credit_spread", "spread of high-yield bonds", "points", "low", ("C32",), 10, _rate("BAMLH0A0HYM2")),
    Gauge("volatility", "VIX", "points", "low", ("C23", "C32"), 10, _rate("VIXCLS")),
    Gauge(
        "domestic_sales", "domestic share of small companies' sales", "share", "high", ("C12", "C35"), 120, _domestic
    ),
    Gauge("deals", "listings that ended by merger in twelve months", "deals", "high", ("C17", "C35"), 70, _deals),
    Gauge(
        "poor_entrants",
        "loss-makers among companies listed within a year",
        "share",
        "low",
        ("C14", "C24"),
        70,
        _entrants,
    ),
)
"""The article's catalysts; a scheduler mails what `active-edge thesis --watch --json` says of them."""


def needs_a_look(readings: list[Reading]) -> bool:
    """Whether a gauge contradicts the thesis, or cannot be read as of today."""
    return any(reading.leaning == "contradicts" or reading.status != "current" for reading in readings)
