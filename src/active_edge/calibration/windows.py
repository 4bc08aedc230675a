"""Real windows: how often tests of no edge reject on published factor returns, where the truth is their own mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from active_edge.calibration.summary import LEVEL
from active_edge.errors import MissingInput
from active_edge.inference.alpha import AlphaEstimate, benchmark_alpha, hac_alpha
from active_edge.inference.binomial import binomial_interval
from active_edge.inference.months import MONTHS_A_YEAR, Months
from active_edge.inference.sample import Sample
from active_edge.market.connection import in_memory
from active_edge.market.files import parquet
from active_edge.sessions import SESSIONS_A_YEAR

FACTORS = ("SMB", "HML", "RMW", "CMA", "UMD")
MARKET = "Mkt-RF"
FILES = ("ff5_daily.parquet", "mom_daily.parquet")
YEARS = (2, 5, 10)
RULES = ("daily_newey_west", "monthly_newey_west", "monthly_cosines")
PUBLISHED = {2: (0.116, 0.123, 0.065), 5: (0.167, 0.117, 0.033), 10: (0.067, 0.100, 0.100)}
"""By years: the same rates as the recipe measured them."""


def read_factors(folder: Path) -> pd.DataFrame:
    """(n_sessions, ...) daily returns of `MARKET` and `FACTORS`, decimals, from files of percent by session.

    Raises
    ------
    MissingInput : a file or a column is not there.
    """
    tables = []
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise MissingInput(f"{path}: missing; daily factor returns in percent, with a column session, are needed")
        with in_memory() as connection:
            tables.append(connection.execute(f"SELECT * FROM {parquet(path)} ORDER BY session").df())
    joined = tables[0].merge(tables[1].rename(columns={"Mom": "UMD", "MOM": "UMD"}), on="session")
    lacking = [name for name in (MARKET, *FACTORS) if name not in joined]
    if lacking:
        raise MissingInput(f"{folder}: no column {', '.join(lacking)} in {' and '.join(FILES)}")
    daily = joined.set_index(pd.DatetimeIndex(joined["session"], name="session"))[[MARKET, *FACTORS]]
    return daily.astype(float) / 100.0


def window_sizes(daily: pd.DataFrame, years: Sequence[int] = YEARS) -> list[dict[str, Any]]:
    """Rows of years, windows, and by `RULES` the share of disjoint windows that reject the alpha of all years at 5 %.

    Parameters
    ----------
    daily : returns of `MARKET` and `FACTORS`. Each factor is hedged on the market within each window.
    """
    sessions = pd.DatetimeIndex(daily.index)
    months = Months.calendar(sessions, sessions)
    monthly = pd.DataFrame(months.compound(daily.to_numpy()), index=months.dates, columns=daily.columns)
    of_month = np.asarray(sessions.year * 12 + sessions.month)
    rows = []
    for span in years:
        rejected: dict[str, list[bool]] = {rule: [] for rule in RULES}
        for factor in FACTORS:
            whole_daily = _alpha(daily, factor, SESSIONS_A_YEAR, cosines=False).alpha_annual
            whole = _alpha(monthly, factor, MONTHS_A_YEAR, cosines=True).alpha_annual
            for start in range(0, months.n - 12 * span + 1, 12 * span):
                part = monthly.iloc[start : start + 12 * span]
                first, last = part.index[0], part.index[-1]
                inside = (of_month >= first.year * 12 + first.month) & (of_month <= last.year * 12 + last.month)
                found = {
                    "daily_newey_west": (_alpha(daily[inside], factor, SESSIONS_A_YEAR, cosines=False), whole_daily),
                    "monthly_newey_west": (_alpha(part, factor, MONTHS_A_YEAR, cosines=False), whole),
                    "monthly_cosines": (_alpha(part, factor, MONTHS_A_YEAR, cosines=True), whole),
                }
                for rule, (alpha, truth) in found.items():
                    gap = abs(alpha.alpha_annual - truth) / alpha.se_annual
                    rejected[rule].append(gap > alpha.quantile(1.0 - LEVEL / 2.0))
        rows.append({"years": span, "windows": len(rejected[RULES[0]]), **{r: _share(x) for r, x in rejected.items()}})
    return rows


def _share(rejected: Sequence[bool]) -> dict[str, Any]:
    hits = int(np.sum(rejected))
    return {"reject": hits / len(rejected), "interval": list(binomial_interval(hits, len(rejected)))}


def _alpha(returns: pd.DataFrame, factor: str, periods_per_year: float, *, cosines: bool) -> AlphaEstimate:
    sample = Sample.of(returns[factor], periods_per_year=periods_per_year).against(returns[MARKET], MARKET)
    return benchmark_alpha(sample) if cosines else hac_alpha(sample)
