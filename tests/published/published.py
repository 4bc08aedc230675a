"""Invented published returns in the shapes the loader reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.published.returns import PublishedReturns

FACTORS = ("MKT_RF", "SMB", "HML", "RMW", "CMA")
PORTFOLIOS = [f"ME{size}_OP{group}" for size in range(1, 6) for group in range(1, 6)]


def months(n: int, start: str = "2005-01-31") -> pd.DatetimeIndex:
    return pd.date_range(start, periods=n, freq="ME")


def invented(n: int = 180, *, seed: int = 0, **frames: pd.DataFrame) -> PublishedReturns:
    """Noise with an index that follows the market; `frames` replace the invented ones."""
    rng = np.random.default_rng(seed)
    index = months(n)
    factors = pd.DataFrame(rng.normal(0.003, 0.03, (n, 5)), index=index, columns=FACTORS)
    factors["RF"] = 0.002
    market = factors["MKT_RF"] + factors["RF"]
    funds = pd.DataFrame({name: market + rng.normal(0, 0.01, n) for name in ("IWM", "IJR", "DFAS", "EES", "XSHQ")})
    portfolios = pd.DataFrame(market.to_numpy()[:, None] + rng.normal(0, 0.02, (n, 25)), index, PORTFOLIOS)
    made = {
        "funds": funds,
        "factors": factors,
        "quality": pd.DataFrame(rng.normal(0, 0.03, (n, 5)), index, ["QMJ", "MKT", "SMB", "HML", "UMD"]),
        "portfolios": portfolios,
        "capital": pd.DataFrame(1.0, index, PORTFOLIOS),
    }
    return PublishedReturns(source="invented", snapshot="0" * 12, simulated=False, **(made | frames))


def write_folder(folder: Path, data: PublishedReturns) -> Path:
    """The returns as a folder of published files, in their units: percent, but decimals for funds and quality."""
    published = folder / "published"
    published.mkdir(parents=True)
    by_month = data.factors.index.strftime("%Y%m")
    data.funds.rename_axis("Date").to_csv(published / "etf_monthly_total_returns.csv")
    five = (data.factors * 100).rename(columns={"MKT_RF": "Mkt-RF"})
    five.set_axis(by_month).rename_axis("date").to_csv(published / "tidy_ff5_monthly.csv")
    for kind, frame in (("vw", data.portfolios * 100), ("avgcap", data.capital * 7), ("nfirms", data.capital)):
        frame.set_axis(by_month).rename_axis("date").to_csv(published / f"tidy_25_ME_OP_{kind}.csv")
    quality = data.quality.rename(columns={"HML": "HML_FF"})
    quality.set_axis(by_month).rename_axis("yyyymm").to_csv(published / "tidy_aqr_us_factors.csv")
    return folder
