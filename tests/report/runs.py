"""Invented runs to draw pages from: every field filled, or only the needed ones."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import yaml

from active_edge.report.run_page import ClaimResult, DataWarning, FalsePositiveRate, IndexEntry, RunPage
from active_edge.report.sections.decisions import FIXED
from active_edge.report.track_page import TrackedBatch, TrackedFolder, TrackedStrategy
from active_edge.run_record import LedgerRecord, MarketRecord, OptionsRecord, RunRecord
from active_edge.stats import STATS_FORMAT, Stats
from active_edge.verdicts import Word
from tests.headlines import headline

BENCHMARKS = ("IWM", "IJR")
RULES = (
    "interest_coverage",
    "insider_ownership",
    "domestic_revenue_share",
    "floating_rate_debt_share",
    "net_debt_to_assets",
)
SECTORS = ("industrials", "technology", "healthcare", "consumer_cyclical", "energy", "basic_materials")

CONFIGURATION = """\
strategy:
  name: article_thesis
  description: US small caps (size rank 1001–3000) with strong balance sheets, insiders who own a real stake, mostly
    domestic revenue and little floating-rate debt; the 100 best by profitability, equal weights, rebalanced quarterly.
  rebalance: quarterly
  weights: equal
  max_weight: 0.03
  capital_usd: 10000000
  trade_at: next_open
  costs:
    commission_bps: 1.0
    spread: estimated
screen:
  name: article_thesis
  universe:
    cap_rank: [1001, 3000]
    min_price: 3.0
  require:
    interest_coverage: {min: 3.0}
    insider_ownership: {min: 0.05}
  select: {top: 100, keep_until: 150}
"""


def sparse_run(verdict: str = "not testable", **changes: Any) -> RunPage:
    """The least a page can be drawn from."""
    sessions = pd.bdate_range("2015-06-30", periods=5)
    stats: dict[str, Any] = {
        "run": "0001",
        "strategy": "bare",
        "start": "2015-07-01",
        "end": "2015-07-06",
        "sessions": 4,
        "snapshot": "abc123def456",
        "simulated": False,
        "trials": 1,
        "verdict": verdict,
    }
    growth = pd.DataFrame({"net": [1.0, 1.01, 0.99, 1.0, 1.02]}, index=sessions)
    fields: dict[str, Any] = {
        "stats": Stats(**stats),
        "record": recorded(Stats(**stats), "strategy: {name: bare}\nscreen: {}\n"),
        "command": "active-edge rerun results/bare-0001",
        "growth": growth,
        "drawdown": growth / growth.cummax() - 1.0,
    }
    return RunPage(**(fields | changes))


def recorded(stats: Stats, configuration: str, **changes: Any) -> RunRecord:
    """How a run of `stats` was made."""
    fields: dict[str, Any] = {
        "trial": "0123456789ab",
        "run": stats.run,
        "created": "",
        "market": MarketRecord(folder="data/us", snapshot=stats.snapshot, simulated=stats.simulated),
        "start": stats.start,
        "end": stats.end,
        "options": None,
        "ledger": None,
        "versions": {},
        **yaml.safe_load(configuration),
    }
    return RunRecord(**(fields | changes))


def full_run(
    strategy: str = "article_thesis",
    *,
    seed: int = 7,
    verdict: str = "not distinguishable",
    simulated: bool = True,
    years: float = 9.5,
    **stats: Any,
) -> RunPage:
    """A run with every part a page can show, of random numbers drawn from `seed`."""
    rng = np.random.default_rng(seed)
    sessions = pd.bdate_range("2012-06-29", periods=int(252 * years) + 1)
    shocks = rng.standard_t(5, len(sessions) - 1) * 0.0095
    market = shocks - shocks.mean() + 0.00042
    returns = pd.DataFrame(
        {
            "net": market * 0.94 + _centred(rng, 0.00007, 0.0028, len(market)),
            "IWM": market,
            "IJR": market * 0.97 + _centred(rng, 0.00003, 0.0016, len(market)),
        },
        index=sessions[1:],
    )
    returns.insert(1, "gross", returns["net"] + 0.00003)
    growth = pd.concat([pd.DataFrame(1.0, index=sessions[:1], columns=returns.columns), (1 + returns).cumprod()])
    curves = growth[["net", *BENCHMARKS]]
    drawdown = curves / curves.cummax() - 1.0
    active = pd.DataFrame({name: growth["net"] / growth[name] - 1.0 for name in BENCHMARKS})
    reach = 1.96 * 0.047 * np.sqrt(np.arange(len(sessions)) / 252)
    cone = pd.DataFrame(dict.fromkeys(BENCHMARKS, reach), index=sessions)
    configuration = CONFIGURATION.replace("article_thesis", strategy)
    found = Stats.from_json(_stats(strategy, verdict, simulated, growth, drawdown) | stats)
    return RunPage(
        stats=found,
        record=recorded(
            found,
            configuration,
            created="2025-11-22T16:50:00Z",
            options=OptionsRecord(random_portfolios=1000, seed=seed, sensitivity=True),
            ledger=LedgerRecord(trials=found.trials),
            versions={
                "active-edge": "0.1.0",
                "python": "3.11.14",
                "vectorbt": "1.2.0",
                "pandas": "3.0.3",
                "numpy": "2.4.6",
            },
        ),
        command=f"active-edge rerun /home/me/results/{strategy}-012345",
        growth=growth,
        drawdown=drawdown,
        warnings=(
            DataWarning(
                "caution",
                "Domestic revenue share is known for 48 % of candidates, more often for larger companies.",
                "The rule lets missing values pass; see coverage below and the knock-out test.",
            ),
            DataWarning(
                "serious",
                "Only 1.1 % of stocks a year leave this market; real small caps lose 5 to 8 %. Survivors alone "
                "could add up to 3.2 points a year to these returns.",
                "Import price histories of delisted stocks, or read the result as an upper bound.",
            ),
            DataWarning("note", "312 opening prices were missing; those orders were filled at the close.", ""),
        ),
        claims=(
            ClaimResult(
                "Insider ownership aligns managers and lifts returns",
                "not distinguishable",
                "Leg adds +0.4 % a year, interval −1.1 to +1.9.",
            ),
            ClaimResult(
                "Domestic companies are shielded from trade shocks",
                "not testable",
                "Domestic revenue is known for too few candidates.",
            ),
            ClaimResult("Avoiding weak balance sheets pays", "benchmark-dependent", "Passes over IWM, not over IJR."),
        ),
        active=active,
        active_lower=-cone,
        active_upper=cone,
        calendar_years=_years(returns),
        subperiods=_subperiods(),
        holdings=_holdings(rng),
        holdings_on="2021-09-30",
        factor_units={
            "insider_ownership": "fraction of shares",
            "domestic_revenue_share": "fraction of revenue",
            "floating_rate_debt_share": "fraction of debt",
        },
        turnover=pd.Series(rng.uniform(0.12, 0.45, 38), index=pd.date_range("2012-06-30", periods=38, freq="QE")),
        costs=pd.Series({"commission": 0.0002, "spread": 0.0041, "impact": 0.0013}),
        coverage=_coverage(rng),
        exits=_exits(),
        unfilled=pd.DataFrame(
            {
                "decision": pd.to_datetime(["2014-01-02", "2015-04-01"]),
                "ticker": ["ABCD", "EFGH"],
                "side": ["buy", "sell"],
                "value": [38_700.0, 48_500.0],
                "reason": ["participation", "participation"],
            }
        ),
        **_through_time(rng, returns),
        random_growth=pd.DataFrame(
            {
                name: growth["IWM"] * (1 + reach * width)
                for name, width in (("lower", -0.5), ("median", 0.0), ("upper", 0.5))
            }
        ),
        random_portfolios=pd.Series(rng.normal(float(growth["net"].iloc[-1]) ** (1 / years) - 1.009, 0.016, 1000)),
        calibration={
            "benchmark_alpha": FalsePositiveRate(0.051, 0.038, 0.066, 1000),
            "factor_alpha": FalsePositiveRate(0.058, 0.044, 0.074, 1000),
        },
    )


def wordy_run() -> RunPage:
    """A run of the longest word, on four benchmarks, with the fullest lines of what was tested."""
    page = full_run(verdict="universe, not selection", strategy="russell_2000_equal_weights_of_everything")
    (first, second), numbers = BENCHMARKS, page.stats.benchmarks
    four = {**numbers, "Russell 2000 rebuilt": numbers[first], "S&P SmallCap 600": numbers[second]}
    more = {
        "universe": "members of the Russell 2000 as known on each date; price from $2.00; from $500.0 k traded a "
        "session; without financials, real estate; listed for 252 sessions",
        "rules": "net debt to assets <= 60 % quantile; interest coverage >= 2; insider ownership >= 0.03; domestic "
        "revenue share >= 0.6; and 3 more; best 100 by gross profitability 40 %, gross margin stability 20 %, earnings "
        "surprise to price 20 %, net share issuance 20 %, kept to rank 150",
    }
    return stamped(page, benchmarks=four, tested={**page.stats.tested, **more})


def stamped(page: RunPage, **stats: Any) -> RunPage:
    """`page` with some of its stats changed."""
    return replace(page, stats=replace(page.stats, **stats))


def _stats(
    strategy: str, verdict: str, simulated: bool, growth: pd.DataFrame, drawdown: pd.DataFrame
) -> dict[str, Any]:
    years = (len(growth) - 1) / 252
    total = growth.iloc[-1] - 1.0
    annual = growth.iloc[-1] ** (1 / years) - 1.0

    def own(name: str) -> dict[str, float]:
        volatility = float(growth[name].pct_change().std() * np.sqrt(252))
        return {
            "total_return": float(total[name]),
            "annual_return": float(annual[name]),
            "annual_volatility": volatility,
            "sharpe": float(annual[name]) / volatility,
            "max_drawdown": float(drawdown[name].min()),
        }

    return {
        "run": "20251122-165000-" + strategy,
        "strategy": strategy,
        "screen": strategy,
        "start": str(growth.index[1])[:10],
        "end": str(growth.index[-1])[:10],
        "sessions": len(growth) - 1,
        "snapshot": "4f2a9c01b7de",
        "simulated": simulated,
        "trials": 16,
        **own("net"),
        "turnover_annual": 1.12,
        "cost_drag_annual": 0.0056,
        "break_even_cost_bps": 78.0,
        "format": STATS_FORMAT,
        "months": 114,
        "headline": headline("IWM", 0.0164, 0.0125, visible=0.0356),
        "tested": {
            "universe": "ranks 1,001 to 3,000 by market value; price from $3.00",
            "rules": "interest coverage >= 3; insider ownership >= 0.05; best 100 by gross profitability, kept to "
            "rank 150",
            "weights": "equal, at most 3 % a name; $10.0 M traded at the next open; spread estimated, commission 1 bp",
            "schedule": "quarterly, 38 decisions; 98 names held in the middle, 100 at the end",
            "period": "2012-07-02 to 2021-09-02; 114 complete months; simulated market",
        },
        "benchmarks": {
            "IWM": own("IWM")
            | _estimate(0.0164, 0.0125, 1.31, 0.19, 0.94, 0.0356)
            | {"active_return_annual": 0.011, "tracking_error": 0.047, "information_ratio": 0.24},
            "IJR": own("IJR")
            | _estimate(0.0052, 0.0121, 0.43, 0.67, 0.97, 0.0341)
            | {
                "active_return_annual": 0.0031,
                "tracking_error": 0.045,
                "information_ratio": 0.07,
            },
        },
        "factors": {
            "model": "five factors and momentum",
            "alpha_annual": -0.0031,
            "alpha_t": -0.28,
            "alpha_p": 0.78,
            "alpha_ci": [-0.0248, 0.0186],
            "loadings": {
                "market": 0.98,
                "size": 0.74,
                "value": 0.18,
                "profitability": 0.27,
                "investment": 0.08,
                "momentum": -0.04,
            },
            "loadings_t": {
                "market": 88.1,
                "size": 41.0,
                "value": 8.2,
                "profitability": 9.6,
                "investment": 1.9,
                "momentum": -2.1,
            },
        },
        "twins": {
            "alpha_annual": 0.004,
            "alpha_se": 0.006,
            "alpha_p_one_sided": 0.26,
            "alpha_ci": [-0.01, 0.018],
            "months": 114,
        },
        "random_portfolios": {"n": 1000, "percentile": 0.71, "value": float(annual["net"]) - 0.0005},
        "deflated_sharpe": 0.62,
        "path": {
            "sortino": 0.8,
            "calmar": 0.3,
            "var_95": -0.071,
            "es_95": -0.094,
            "skew": -0.4,
            "positive_months": 0.6,
            "best_month": 0.11,
            "best_month_in": "2020-11",
            "worst_month": -0.14,
            "worst_month_in": "2020-03",
        },
        "falls": [
            {"start": "2015-06-23", "trough": "2016-02-11", "recovered": "2016-11-14", "depth": -0.24, "sessions": 353},
            {"start": "2020-01-17", "trough": "2020-03-18", "depth": -0.39, "sessions": 400},
        ],
        "contributions": {
            "total": 1.7,
            "names": 240,
            "best": [
                {
                    "ticker": "HAIN",
                    "name": "Harbor Industries Inc",
                    "sector": "industrials",
                    "earned": 0.14,
                    "first": "2012-07-02",
                    "last": "2019-03-29",
                }
            ],
            "worst": [
                {
                    "ticker": "FNDR",
                    "name": "Foundry Bancorp Inc",
                    "sector": "energy",
                    "earned": -0.06,
                    "first": "2012-07-02",
                    "last": "2013-03-11",
                    "left": "2013-03-11, distress",
                }
            ],
            "sectors": {"industrials": 1.2, "energy": 0.5},
            "left_market": -0.04,
        },
        "largest": [
            {
                "ticker": "HAIN",
                "name": "Harbor Industries Inc",
                "sector": "industrials",
                "weight": 0.031,
                "rank": 2,
                "since": "2019-03-29",
                "values": {"interest_coverage": "7.10", "insider_ownership": "12.0 %"},
            }
        ],
        "delisting": {"none": 0.0193, "rule": 0.0164, "distress_lost": 0.0121, "unknown_lost": 0.0093},
        "coverage": dict(zip(RULES, (0.93, 0.81, 0.48, 0.61, 0.97), strict=True)),
        "legs": _legs(),
        "sensitivity": _sensitivity(),
        "adjustments": _adjustments(),
        "verdict": verdict,
        "verdict_would_change": [
            "An alpha over IWM above 3.6 % a year on this much history, or this alpha kept up for 34 years in all.",
            "A position above 95 % among random portfolios; it is at 71 %.",
            "Domestic revenue known for more than half of candidates; it is known for 48 %.",
        ],
        "verdict_reason": (
            "Alpha over IWM is +1.6 % a year (−0.8 to +4.1) and over IJR +0.5 % (−1.9 to +2.9). Both intervals hold "
            "zero; an edge under 3.6 % a year could not have been seen in nine and a half years."
        ),
    }


def _centred(rng: np.random.Generator, mean: float, deviation: float, size: int) -> np.ndarray:
    drawn = rng.normal(0.0, deviation, size)
    return drawn - drawn.mean() + mean


def _estimate(alpha: float, se: float, t: float, p: float, beta: float, mde: float) -> dict[str, Any]:
    return {
        "alpha_annual": alpha,
        "alpha_se": se,
        "alpha_t": t,
        "alpha_p": p,
        "alpha_p_adjusted": min(1.0, p * 4),
        "months": 114,
        "degrees": 9,
        "alpha_ci": [alpha - 1.96 * se, alpha + 1.96 * se],
        "beta": beta,
        "mde_annual": mde,
        "up_capture": 0.96,
        "down_capture": 0.91,
    }


def _years(returns: pd.DataFrame) -> pd.DataFrame:
    years = (1 + returns[["net", *BENCHMARKS]]).groupby(returns.index.year).prod() - 1.0
    for name in BENCHMARKS:
        years[f"active {name}"] = years["net"] - years[name]
    years["complete"] = True
    years.loc[years.index[0], "complete"] = False
    return years


def _subperiods() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["before 2015", "from 2015"] * 2,
            "start": ["2012-06-29", "2015-01-02"] * 2,
            "end": ["2014-12-31", "2021-12-31"] * 2,
            "benchmark": ["IWM", "IWM", "IJR", "IJR"],
            "alpha_annual": [0.024, 0.013, 0.011, 0.003],
            "lower": [-0.021, -0.017, -0.03, -0.026],
            "upper": [0.069, 0.043, 0.052, 0.032],
            "mde_annual": [0.083, 0.050, 0.08, 0.048],
        }
    )


def _holdings(rng: np.random.Generator) -> pd.DataFrame:
    count = 40
    words = ("Harbor", "Granite", "Summit", "Prairie", "Cascade", "Beacon", "Juniper", "Foundry")
    kinds = ("Industries", "Bancorp", "Therapeutics", "Components", "Outfitters", "Materials", "Software Holdings")
    names = [f"{words[i % 8]} {kinds[i % 7]} Inc" for i in range(count)]
    insider = rng.beta(1.5, 8, count) + 0.05
    domestic = np.where(rng.random(count) < 0.45, np.nan, rng.beta(6, 2, count))
    return pd.DataFrame(
        {
            "ticker": [f"{words[i % 8][:2].upper()}{kinds[i % 7][:2].upper()}" for i in range(count)],
            "name": names,
            "sector": [SECTORS[i % 6] for i in range(count)],
            "weight": 1 / count,
            "score": np.sort(rng.uniform(0.6, 0.98, count))[::-1],
            "rank": np.arange(1, count + 1),
            "gross_profitability": rng.uniform(0.2, 0.8, count),
            "interest_coverage": rng.uniform(3, 40, count),
            "insider_ownership": insider,
            "domestic_revenue_share": domestic,
            "floating_rate_debt_share": rng.beta(1, 4, count),
            "data_age_days": rng.integers(35, 160, count),
            "coverage": np.where(np.isnan(domestic), 0.8, 1.0),
        }
    )


def _coverage(rng: np.random.Generator) -> pd.DataFrame:
    dates = pd.date_range("2012-06-30", periods=38, freq="QE")
    levels = (0.93, 0.81, 0.48, 0.61, 0.97)
    columns = {
        rule: np.clip(level + np.linspace(-0.12, 0.04, 38) + rng.normal(0, 0.015, 38), 0, 1)
        for rule, level in zip(RULES, levels, strict=True)
    }
    return pd.DataFrame(columns, index=dates)


def _through_time(rng: np.random.Generator, returns: pd.DataFrame) -> dict[str, Any]:
    """Months, rolling numbers, mix, decisions and trades of a run of some years."""
    months = (1 + returns[["net", *BENCHMARKS]]).groupby(returns.index.to_period("M")).prod() - 1.0
    months = months.set_axis(months.index.to_timestamp())
    windows = months.index[35:] if len(months) > 36 else months.index[:1]
    rolled = pd.DataFrame({"alpha": 0.01, "beta": 0.94, "tracking error": 0.04, "Sharpe ratio": 0.5}, index=windows)
    dates = pd.date_range("2012-06-30", periods=8, freq="QE")
    days = [str(day.date()) for day in dates]
    styles = pd.DataFrame({"size": 0.4, "size, index": 0.7, "quality": 0.8, "quality, index": 0.5}, index=dates)
    sectors = pd.DataFrame({"industrials": 0.5, "energy": 0.45, "cash": 0.05}, index=dates)
    names = ("Harbor Industries Inc", "Granite Bancorp Inc")
    held = pd.DataFrame(
        [
            (day, f"a{place}", ticker, name, "energy", 0.5, place + 1.0, 0.9, days[0], "", "3.10")
            for day in days
            for place, (ticker, name) in enumerate(zip(("HAIN", "GRBA"), names, strict=True))
        ],
        columns=[*FIXED, "interest_coverage"],
    )
    left = pd.DataFrame(
        [(days[-1], "a9", "GONE", "Gone Inc", "interest coverage 1.2 (asked: >= 3)")],
        columns=["decided", "asset", "ticker", "name", "why"],
    )
    trades = pd.DataFrame(
        {
            "session": dates[-2:],
            "ticker": ["HAIN", "GRBA"],
            "name": names,
            "side": ["buy", "sell"],
            "shares": rng.integers(100, 900, 2).astype(float),
            "price": [12.5, 30.0],
            "value": [5000.0, 9000.0],
            "cost": [12.0, 9.0],
            "reason": ["rebalance", "carry_over"],
            "decision": [dates[-1]] * 2,
        }
    )
    return {
        "months": months,
        "rolling": rolled,
        "rolling_months": 36,
        "loadings": pd.DataFrame({"MKT_RF": 0.95, "SMB": 0.7, "HML": 0.1}, index=windows),
        "styles": styles,
        "sectors": sectors,
        "index_sectors": sectors * 0.9,
        "names": pd.DataFrame({"names": 98, "cash": 0.02}, index=dates),
        "decided": held,
        "left": left,
        "trades": trades,
    }


def _exits() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "session": pd.to_datetime(["2013-03-11", "2016-08-02", "2020-04-20"]),
            "ticker": ["FNDR", "PRBA", "CASC"],
            "name": ["Foundry Bancorp Inc", "Prairie Bancorp Inc", "Cascade Components Inc"],
            "weight": [0.011, 0.0092, 0.0041],
            "reason": ["merger", "merger", "distress"],
            "return": [0.0, 0.0, -0.55],
        }
    )


def _legs() -> dict[str, dict[str, float]]:
    """By leg: alpha without it and its interval, what it adds and its interval."""
    without = ("alpha_without", "alpha_without_lower", "alpha_without_upper")
    columns = (*without, "leave_one_out", "leave_one_out_lower", "leave_one_out_upper")
    rows = {
        "balance_sheet": (0.008, -0.016, 0.032, 0.0084, -0.003, 0.02),
        "insider_ownership": (0.0124, -0.011, 0.036, 0.004, -0.011, 0.019),
        "domestic_revenue": (0.0171, -0.008, 0.042, -0.0007, -0.009, 0.008),
        "floating_rate_debt": (0.0159, -0.009, 0.041, 0.0005, -0.008, 0.009),
        "profitability": (0.0021, -0.021, 0.025, 0.0143, 0.0012, 0.0274),
    }
    return {leg: dict(zip(columns, numbers, strict=True)) for leg, numbers in rows.items()}


def _sensitivity() -> list[dict[str, Any]]:
    settings = {
        "costs": ("half", "as modelled", "double", "three times"),
        "capital": ("$1 M", "$10 M", "$100 M", "$1 B"),
        "rebalance month": ("as configured", "one month later", "two months later"),
        "coverage": ("30 % of values removed at random", "30 % removed, smallest companies first"),
    }
    rows = []
    for group, names in settings.items():
        for step, name in enumerate(names):
            alpha = 0.0192 - 0.006 * step
            rows.append((group, name, alpha, alpha - 0.0245, alpha + 0.0245, "not distinguishable"))
    rows[7] = ("capital", "$1 B", -0.031, -0.0555, -0.0065, "refuted")
    columns = ("group", "setting", "alpha_annual", "lower", "upper", "verdict")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _adjustments() -> list[dict[str, Any]]:
    rows = [
        ("superior_predictive_ability", "Does any variant tried beat IWM?", "1.42", 0.31, "No variant does."),
        ("overfitting", "Would the best variant have stayed best?", "0.47", None, "A coin toss."),
    ]
    return [dict(zip(("test", "question", "value", "p", "reading"), row, strict=True)) for row in rows]


def compared_runs() -> tuple[list[RunPage], pd.DataFrame]:
    """Three runs and the differences between each pair."""
    pages = [
        full_run("article_thesis"),
        full_run("avoid_junk", seed=8, verdict="supported"),
        full_run("junk_mirror", seed=9, verdict="refuted"),
    ]
    runs = [page.stats.run for page in pages]
    differences = pd.DataFrame(
        {
            "first": [runs[0], runs[0], runs[1]],
            "second": [runs[1], runs[2], runs[2]],
            "difference_annual": [-0.004, 0.021, 0.025],
            "lower": [-0.023, 0.001, 0.004],
            "upper": [0.015, 0.041, 0.046],
            "p": [0.68, 0.041, 0.0002],
            "sessions": [2394, 2394, 2394],
            "months": [114, 114, 114],
        }
    )
    return pages, differences


def index_entries() -> list[IndexEntry]:
    """Twelve runs on a simulated and a real market, of every verdict."""
    strategies = (
        "article_thesis",
        "avoid_junk",
        "junk_mirror",
        "insider_ownership",
        "pricing_power",
        "russell_2000_equal",
    )
    return [
        IndexEntry(
            run=f"2025112{day}-120000-{strategy}",
            strategy=strategy,
            created=f"2025-11-2{day}T12:00:00Z",
            start="2015-06-30",
            end="2017-03-31",
            verdict=tuple(Word)[(day + place) % len(Word)],
            snapshot="4f2a9c01b7de",
            simulated=day == 1,
            trials=6 * day + place,
            href=f"2025112{day}-120000-{strategy}/report.html",
            benchmark="IWM",
            alpha_annual=0.01 * place - 0.02,
            lower=0.01 * place - 0.06,
            upper=0.01 * place + 0.02,
            others={"IJR": [0.012, -0.02, 0.044], "5 factors": [-0.004, -0.03, 0.022]} if place else {},
        )
        for day in (1, 2)
        for place, strategy in enumerate(strategies)
    ]


def tracked_folder(*, several: bool = True) -> TrackedFolder:
    """Sealed strategies followed for ten years, one claimed, one failed; or one that has no month yet."""
    ends = pd.date_range("2011-01-31", periods=120, freq="ME")
    rising = pd.Series(np.exp(np.linspace(0, 4.5, 120)), index=ends)
    first = TrackedStrategy(
        name="held",
        sealed="2010-12-31",
        batch=1,
        first_month="2011-01",
        months=120,
        rising=rising,
        falling=1 / rising,
        claim_at=40.0,
        claimed="2019-04",
        kill=0.04,
        killed="",
        excluded={0.04: (0.2, ""), 0.02: (0.1, "")},
        upper=0.083,
        benchmarks={"IWM": (90.0, 0.041), "IJR": (120.0, 0.044)},
        beyond_factors=12.0,
        combined=None,
        wait_years=None,
        forecast="At 5.0 % tracking error half of true 4 % edges are recognised within 11 years.",
        notes=("2021-01 is a hole: IJR has no level at its end; no later month counts.",),
    )
    second = replace(first, name="failed", rising=1 / rising, falling=rising, claimed="", killed="2017-08", upper=0.031)
    young = replace(
        first, name="young", months=0, rising=rising[:0], falling=rising[:0], claimed="", upper=math.inf, benchmarks={}
    )
    batch = TrackedBatch(
        number=1,
        sealed="2010-12-31",
        line=f"active-edge seal {'ab' * 32} of 2010-12-31, batch 1: held, failed; last month seen 2010-12",
        names=("held", "failed"),
        mean=45.0,
        shown="2019-04",
        listed=("held",),
        unfollowed={"gone": "the market has no series IWM, which it was sealed against"},
    )
    return TrackedFolder(
        simulated=several,
        snapshot="45b0477318ab",
        looked="2021-02-03T10:00:00+00:00",
        strategies=(first, second) if several else (young,),
        batches=(batch,),
        evidence=23.0 if several else None,
        warnings=("Batch 2 is not in seals, or is damaged: nobody can tell how it fared.",),
    )
