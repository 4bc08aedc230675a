"""What the companies of a planted world file: reports of each quarter, proxy statements, one report of the dead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .world import LEGS, PROXY

if TYPE_CHECKING:
    from .planted import Planted

FIRST_CIK = 7_000_000
QUARTER_ENDS = ("03-31", "06-30", "09-30", "12-31")
FILED_AFTER, SPREAD, PROXY_AFTER = (40, 40, 40, 62), 20, 115
"""Days from the end of a quarter to the first report on it; days over which others follow; days to a proxy."""
FLOWS = ("revenue", "cost_of_revenue", "gross_profit", "operating_income", "net_income", "interest_expense")


def late(companies: int) -> np.ndarray:
    """Days by which each company files after the first."""
    return np.arange(companies) * 7 % SPREAD


def filed(companies: int, year: int, quarter: int) -> list[dt.date]:
    """The day each company files its report."""
    end = dt.date.fromisoformat(f"{year}-{QUARTER_ENDS[quarter]}") + dt.timedelta(days=FILED_AFTER[quarter])
    return [end + dt.timedelta(days=int(days)) for days in late(companies)]


def facts_of(world: Planted) -> pd.DataFrame:
    """Rows of `World.facts`, without the CIK, of the companies that live."""
    incomes, sales = world.incomes(), {year: world.sales(year) for year in range(world.since, world.years[-1] + 1)}
    rows: list[pd.DataFrame] = []
    operating: np.ndarray | None = None
    for year in world.years:
        ratio = 0.1 + 0.5 * world.trait["scale"]
        operating = 0.1 * sales[year] if operating is None else operating + ratio * (sales[year] - sales[year - 1])
        debt = 0.3 * world.value[world.at(f"{year + 1}-03-31")]
        paid = debt * _interest(world, year)
        for quarter in range(4):
            annual = quarter == 3
            part = 1.0 if annual else 0.25
            income = incomes[year].sum(axis=0) if annual else incomes[year][quarter]
            margin = 0.2 + 0.6 * world.trait["margin"]
            if not annual:
                margin = margin + 0.02 * (1.0 - world.trait["margin"]) * (1, -2, 1)[quarter]
            assets = world.value[world.at(f"{year + annual}-03-31")]
            told = {
                "revenue": part * sales[year],
                "gross_profit": part * sales[year] * margin,
                "operating_income": part * operating,
                "net_income": income,
                "interest_expense": part * paid,
            } | _balance(world, assets)
            rows.append(_report(world, year, quarter, told))
        rows.append(_proxy(world, year))
    return pd.concat(rows, ignore_index=True)


def _interest(world: Planted, year: int) -> np.ndarray:
    """(n,) interest over debt of a year: it follows the policy rate by the floating share, or goes against it."""
    first, last = world.at(f"{year}-03-31"), world.at(f"{year + 1}-03-31") + 1
    policy = float(world.policy.iloc[first:last].resample("ME").last().mean()) / 100.0
    noise = world.random.normal(0.0, 0.0005, world.n)
    base = 0.03 if world.sign["C21"] > 0 else 0.12
    return base + world.sign["C21"] * world.trait["floating"] * policy + noise


def _balance(world: Planted, assets: np.ndarray) -> dict[str, np.ndarray]:
    liabilities = np.rint(assets * (0.35 + 0.5 * world.trait["debt"]))
    owed = np.rint(0.3 * assets)
    return {
        "total_assets": np.rint(assets),
        "total_liabilities": liabilities,
        "equity": np.rint(assets) - liabilities,
        "cash": assets * (0.02 + 0.2 * world.trait["cash"]),
        "total_debt": owed,
        "short_term_debt": np.rint(0.2 * owed),
        "long_term_debt": owed - np.rint(0.2 * owed),
        "shares_outstanding": world.shares,
    }


def _report(world: Planted, year: int, quarter: int, told: dict[str, np.ndarray]) -> pd.DataFrame:
    """Rows of the reports on a quarter, of the companies that file by then."""
    end, annual = f"{year}-{QUARTER_ENDS[quarter]}", quarter == 3
    told = told | {"cost_of_revenue": np.rint(told["revenue"]) - np.rint(told["gross_profit"])}
    if annual:
        at_home = 0.5 + 0.3 * (world.trait["domestic"] - 0.5) + world.sign["C12"] * np.where(world.small, 0.2, -0.2)
        told |= {
            "public_float_usd": world.value[world.at(f"{year}-06-30")],
            "floating_rate_debt_share": world.trait["floating"],
            "domestic_revenue_share": at_home,
        }
    sources = dict.fromkeys(told, "statements")
    sources |= {"floating_rate_debt_share": "debt note", "domestic_revenue_share": "geographic segments"}
    months = {name: (12 if annual else 3) if name in FLOWS else 0 for name in told}
    number = 4 * (year - world.since) + quarter + 1
    form = "10-K" if annual else "10-Q"
    values = {name: value if name in LEGS else np.rint(value) for name, value in told.items()}
    return _rows(world, values, months, sources, end=end, days=filed(world.n, year, quarter), form=form, number=number)


def _proxy(world: Planted, year: int) -> pd.DataFrame:
    end = dt.date(year, 12, 31)
    days = [end + dt.timedelta(days=PROXY_AFTER + int(more)) for more in late(world.n)]
    # A little more each year, for no two proxy statements are the same to the letter.
    held = {"insider_ownership": (0.02 + 0.5 * world.trait["insiders"]) * (1.0 + 0.01 * (year - world.since))}
    number, source = 2000 + year - world.since, {"insider_ownership": "proxy table"}
    return _rows(world, held, {"insider_ownership": 0}, source, end=str(end), days=days, form=PROXY, number=number)


def _rows(
    world: Planted,
    values: Mapping[str, np.ndarray],
    months: Mapping[str, int],
    sources: Mapping[str, str],
    *,
    end: str,
    days: list[dt.date],
    form: str,
    number: int,
) -> pd.DataFrame:
    """Rows of facts of the companies that file by then: those listed within two years, and by the last session."""
    year = int(end[:4])
    begins = np.array([world.sessions[first].year - world.size.filed_years for first in world.listed])
    told = (begins <= year) & np.array([day <= world.sessions[-1].date() for day in days])
    filed_on = np.array([day.isoformat() for day in days])[told]
    company = np.flatnonzero(told)
    accession = [f"{FIRST_CIK + n:010d}-{day[2:4]}-{number:06d}" for n, day in zip(company, filed_on, strict=True)]
    one = pd.DataFrame(
        {"asset": [f"L{n:05d}" for n in company], "period_end": end, "filed": filed_on, "accession": accession}
    )
    parts = [
        one.assign(item=name, months=months[name], value=value[told].astype(float), source=sources[name])
        for name, value in values.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(form=form, confidence="high")


def facts_of_dead(world: Planted, securities: pd.DataFrame) -> pd.DataFrame:
    """One annual report of each, from before the first session."""
    dead = securities[securities.index.str.startswith("X")]
    day = f"{world.since + 1}-03-01"
    one = pd.DataFrame(
        {
            "asset": dead.index,
            "accession": [f"{cik:010d}-{day[2:4]}-000001" for cik in dead["cik"]],
            "period_end": f"{world.since}-12-31",
            "filed": day,
            "form": "10-K",
            "source": "statements",
            "confidence": "high",
        }
    )
    told = {"total_assets": 1e9, "total_liabilities": 5e8, "shares_outstanding": 1e7, "revenue": 1e9}
    rows = [one.assign(item=name, value=value, months=12 if name in FLOWS else 0) for name, value in told.items()]
    return pd.concat(rows, ignore_index=True)
