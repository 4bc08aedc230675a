"""The tables of a ground that a market folder gives: its series as they are, its companies month by month.

Everything is read through a panel, so that each row holds what was known on its date; what a month then earned is what
it paid. Stands in `article`, below `published`, for it reads the rooms below and nothing of published files.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial

import numpy as np
import pandas as pd

from active_edge.article.ground import Ground, Table
from active_edge.errors import MissingInput
from active_edge.factors import FACTORS
from active_edge.factors.accounts import ratio, total_debt, total_liabilities
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.panel.sectors import sectors_on
from active_edge.sessions import SESSIONS_A_YEAR, rebalance_sessions

LARGE, SMALL = 1000, 3000
"""Ranks by market value: 1 to 1000 are large, 1001 to 3000 small."""
FACTOR_NAMES = ("MKT_RF", "SMB", "HML", "RMW", "CMA", "MOM", "RF")
RATES = ("DGS2", "DGS10", "FEDFUNDS", "VIXCLS", "BAMLH0A0HYM2", "TB3MS")
FLOW = "FLOW_"
FROM_FACTOR = {
    "growth": "revenue_growth",
    "margin": "gross_margin",
    "steadiness": "gross_margin_stability",
    "incremental_margin": "incremental_margin",
    "profitability": "return_on_assets",
}
FROM_SHARE = {
    "floating": "floating_rate_debt_share",
    "domestic": "domestic_revenue_share",
    "insiders": "insider_ownership",
}
AROUND = (2, 1)
"""Sessions before the day a quarter is known, and after it, that its reaction covers."""
DRIFT = 60
LEAST_MONTHS = 3
RANKED = "ranked"
"""Attribute of a table: how many companies a month have the market value by which the others are small or large."""


def ground_of_market(market: Market, on: pd.Timestamp | None = None) -> Ground:
    """The ground of a market folder; each table is made when first asked for, and cut at `on`."""
    tables = _Tables(market)
    makers: dict[str, Callable[[], Table]] = {
        name: partial(_stamped, make, market)
        for name, make in (
            ("funds", tables.funds),
            ("rates", tables.rates),
            ("factors", tables.factors),
            ("quality", tables.quality),
            ("sorted", tables.sorted_portfolios),
            ("firm_counts", tables.firm_counts),
            ("companies", tables.companies),
            ("exits", tables.exits),
            ("surprises", tables.surprises),
            ("flows", tables.flows),
        )
    }
    return Ground(makers, simulated=market.simulated, on=on, market=market)


def _stamped(make: Callable[[], pd.DataFrame], market: Market) -> Table:
    frame = make()
    ranked = frame.attrs.get(RANKED)
    among = "" if ranked is None else f", ranked among the {ranked:,} companies a month whose market value is known"
    return Table(frame, f"market snapshot {market.snapshot}{among}")


class _Tables:
    """Makers of the tables of one market, which share a panel."""

    def __init__(self, market: Market) -> None:
        self.market = market

    def funds(self) -> pd.DataFrame:
        """Daily levels of funds."""
        names = [name for name in sorted(self.market.series_names) if _is_fund(name)]
        return self._series(names, "a fund")

    def rates(self) -> pd.DataFrame:
        """Rates and spreads by the day they describe."""
        return self._series([name for name in RATES if name in self.market.series_names], "a rate")

    def factors(self) -> pd.DataFrame:
        """Daily factor returns compounded by whole months."""
        return self._monthly([name for name in FACTOR_NAMES if name in self.market.series_names])

    def quality(self) -> pd.DataFrame:
        """QMJ beside the market's own factors."""
        if "QMJ" not in self.market.series_names:
            raise MissingInput("the market has no series QMJ")
        frame = self._monthly([name for name in (*FACTOR_NAMES, "QMJ") if name in self.market.series_names])
        return frame.rename(columns={"MKT_RF": "MKT", "MOM": "UMD"})

    def sorted_portfolios(self) -> pd.DataFrame:
        """25 portfolios by size and operating profitability, columns `ME1_OP1` to `ME5_OP5`."""
        found = {}
        for name in self.market.series_names:
            if name.startswith("ME_OP_"):
                size, group = name.removeprefix("ME_OP_").split("_")
                row = {"SMALL": 1, "BIG": 5}.get(size) or int(size.removeprefix("ME"))
                column = {"LoOP": 1, "HiOP": 5}.get(group) or int(group.removeprefix("OP"))
                found[f"ME{row}_OP{column}"] = self.market.series(name)
        if len(found) != 25:
            raise MissingInput(f"the market has {len(found)} of the 25 series ME_OP_*")
        frame = pd.DataFrame(found).sort_index()
        return frame.set_axis(pd.DatetimeIndex(frame.index) + pd.offsets.MonthEnd(0))

    def firm_counts(self) -> pd.DataFrame:
        """Names listed, month by month: those with a price, and those nobody has prices of while their listing lasted.

        Were the latter left out, a market pulled without past holdings, where the dead have no prices, could only grow.
        """
        panel, securities = self._panel, self.market.securities
        day = panel.dates.to_numpy()[:, np.newaxis]
        first, last = (securities[name].to_numpy() for name in ("first_session", "last_session"))
        silent = (self.market.prices.first < 0) & (first <= day) & (day <= last)
        listed = ((~np.isnan(panel.close()) | silent) & _common(self.market)).sum(axis=1)
        return pd.DataFrame({"listed": listed}, index=panel.dates + pd.offsets.MonthEnd(0))

    def exits(self) -> pd.DataFrame:
        """Every listing of common shares that ended, with its reason."""
        ended = self.market.securities.loc[_common(self.market)]
        ended = ended[ended["last_session"].notna()]
        if ended.empty:
            raise MissingInput("no listing ended in this market, or the days are not known")
        reason = ended["exit_reason"].where(ended["exit_reason"].notna(), "unknown").astype(str)
        return pd.DataFrame({"date": ended["last_session"].to_numpy(), "reason": reason.to_numpy()}).sort_values("date")

    def flows(self) -> pd.DataFrame:
        """Net flows of all funds whose months are there, by month end; a fund's own assets are not told."""
        names = [name for name in sorted(self.market.series_names) if name.startswith(FLOW)]
        if not names:
            raise MissingInput(f"the market has no series {FLOW}*")
        frame = pd.DataFrame({name: self.market.series(name) for name in names}).sort_index()
        summed = frame.sum(axis=1, min_count=1).dropna()
        usual = float(summed.abs().mean())
        index = pd.DatetimeIndex(summed.index) + pd.offsets.MonthEnd(0)
        return pd.DataFrame({"flow": summed.to_numpy(), "assets": usual}, index=index)

    def companies(self) -> pd.DataFrame:
        """One row a month and company with a market value, columns of `ground.COMPANIES`."""
        panel, market = self._panel, self.market
        value = np.where(_common(market)[np.newaxis, :] & ~_double(market)[np.newaxis, :], panel.market_value(), np.nan)
        known = np.isfinite(value) & (value > 0)
        if not known.any():
            raise MissingInput("no company has a market value; it takes prices and filed shares")
        order = np.argsort(np.where(known, -value, np.inf), axis=1, kind="stable")
        rank = np.empty(value.shape)
        np.put_along_axis(rank, order, np.arange(1, value.shape[1] + 1, dtype=float)[np.newaxis, :], axis=1)
        rows, columns = np.nonzero(known & (rank <= SMALL))
        matrices = {"value": value, "rank": rank, **self._figures}
        frame = pd.DataFrame({name: matrix[rows, columns] for name, matrix in matrices.items()})
        frame.insert(0, "company", columns)
        frame.insert(0, "date", panel.dates[rows])
        frame["small"], frame["large"] = frame["rank"] > LARGE, frame["rank"] <= LARGE
        earned, by = self._earned
        frame["earned"] = earned[rows, columns]
        frame["earned_by"] = by[rows]
        frame["sector"] = sectors_on(panel).codes[rows, columns]
        frame.attrs[RANKED] = int(np.median(known.sum(axis=1)))
        return frame

    def surprises(self) -> pd.DataFrame:
        """One row a quarter that became known, columns of `ground.SURPRISES`."""
        panel, market = self._panel, self.market
        surprise = FACTORS["earnings_surprise_to_price"].compute(panel)
        facts = market.facts.of("net_income")
        first = pd.DataFrame({"asset": facts.asset, "end": facts.period_end, "known": facts.known})
        first = first.groupby(["asset", "end"], as_index=False)["known"].min()
        first = first[(first["known"] >= AROUND[0]) & (first["known"] < len(market.sessions) - AROUND[1])]
        places = market.rows_of(panel.dates)
        first["row"] = np.searchsorted(places, first["known"].to_numpy(), side="left")
        first = first[first["row"] < len(places)]
        first = first.sort_values("known").drop_duplicates(["asset", "row"], keep="last")
        asset, row, known = (first[name].to_numpy() for name in ("asset", "row", "known"))
        value = panel.market_value()
        ranks = np.where(
            np.isfinite(value), (-value).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable"), 1e9
        )
        index = market.prices.total_return_index
        reaction = _move(index, known - AROUND[0], known + AROUND[1], asset)
        drift = _move(index, known + AROUND[1], known + AROUND[1] + DRIFT, asset)
        frame = pd.DataFrame(
            {
                "date": market.sessions[known],
                "company": asset,
                "small": (ranks[row, asset] >= LARGE) & (ranks[row, asset] < SMALL),
                "large": ranks[row, asset] < LARGE,
                "surprise": surprise[row, asset],
                "reaction": reaction,
                "drift": drift,
            }
        )
        told = frame[_common(market)[asset]].reset_index(drop=True)
        told.attrs[RANKED] = int(np.median(np.isfinite(value).sum(axis=1)))
        return told

    @cached_property
    def _panel(self) -> Panel:
        dates = rebalance_sessions(self.market.sessions[:-1], "monthly")
        if len(dates) < LEAST_MONTHS:
            raise MissingInput(f"the market has {len(dates)} whole months; {LEAST_MONTHS} are needed")
        return Panel(self.market, dates)

    @cached_property
    def _figures(self) -> dict[str, np.ndarray]:
        panel = self._panel
        assets = panel.instant("total_assets")
        income = panel.ttm("net_income")
        found = {
            "earnings": income,
            "revenue": panel.ttm("revenue"),
            "operating_income": panel.ttm("operating_income"),
            "equity": panel.instant("equity"),
            "earnings_growth": ratio(income - panel.ttm("net_income", quarters_ago=4), assets),
            "debt": ratio(total_liabilities(panel), assets),
            "cash": ratio(panel.instant("cash"), assets),
            "interest": ratio(panel.ttm("interest_expense"), total_debt(panel)),
            "age": panel.sessions_since_listing() / SESSIONS_A_YEAR,
        }
        found["age"] = np.where(panel.listing_seen()[np.newaxis, :], found["age"], np.nan)
        found |= {name: FACTORS[factor].compute(panel) for name, factor in FROM_FACTOR.items()}
        if "expected_eps_next_year" in self.market.items:
            found["expected"] = panel.expected("expected_eps_next_year") * panel.shares()
        return found | {name: panel.share(item) for name, item in FROM_SHARE.items()}

    @cached_property
    def _earned(self) -> tuple[np.ndarray, np.ndarray]:
        """Return of the month after each date, and the session by which it was earned; NaN and NaT for the last."""
        from active_edge.engine.holding_returns import holding_returns  # compiled: slow to import
        from active_edge.judging.ladder import INDEX_TERMS

        dates = self._panel.dates
        earned = holding_returns(self.market, dates, INDEX_TERMS)
        by = self.market.sessions[self.market.rows_of(dates[1:]) + 1]
        blank = np.full((1, earned.shape[1]), np.nan)
        return np.vstack([earned, blank]), np.append(by.to_numpy(), np.datetime64("NaT"))

    def _series(self, names: list[str], what: str) -> pd.DataFrame:
        if not names:
            raise MissingInput(f"the market has no series of {what}")
        return pd.DataFrame({name: self.market.series(name) for name in names}).sort_index()

    def _monthly(self, names: list[str]) -> pd.DataFrame:
        if "SMB" not in names:
            raise MissingInput("the market has no series SMB")
        frame = pd.DataFrame({name: self.market.series(name) for name in names}).sort_index().dropna()
        month = pd.DatetimeIndex(frame.index) + pd.offsets.MonthEnd(0)
        compounded = (1.0 + frame).groupby(month).prod() - 1.0
        return compounded.iloc[1:-1] if len(compounded) > 2 else compounded


def _is_fund(name: str) -> bool:
    return name.isalpha() and name.isupper() and 2 < len(name) <= 5 and name not in {*FACTOR_NAMES, "QMJ"}


def _common(market: Market) -> np.ndarray:
    """(n_assets,) whether it is a common share, or may be one."""
    kind = market.securities["security_type"]
    common: np.ndarray = (kind.isna() | kind.str.lower().isin(["common", "reit"])).to_numpy(dtype=bool)
    return common


def _double(market: Market) -> np.ndarray:
    """(n_assets,) whether another class of the same company stands for it."""
    double = np.zeros(len(market.assets), dtype=bool)
    for columns in market.share_classes:
        double[np.asarray(columns)[1:]] = True
    return double


def _move(index: np.ndarray, before: np.ndarray, after: np.ndarray, asset: np.ndarray) -> np.ndarray:
    """Return of each asset between two sessions less the mean of all; NaN beyond the data."""
    inside = (before >= 0) & (after < len(index))
    before, after = np.where(inside, before, 0), np.where(inside, after, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = index[after, asset] / index[before, asset] - 1.0
        spans, places = np.unique(np.stack([before, after]), axis=1, return_inverse=True)
        every = np.nanmean(np.clip(index[spans[1]] / index[spans[0]] - 1.0, -1.0, 1.0), axis=1)
    return np.where(inside, own - every[places.ravel()], np.nan)
