"""FRED csv, Ken French zips and N-PORT: rates and factors with the digits those sources print."""

from __future__ import annotations

import pandas as pd

from ..bodies import zipped
from .world import World

FACTORS = {"Mkt-RF": "MKT_RF", "SMB": "SMB", "HML": "HML", "RMW": "RMW", "CMA": None, "RF": "RF"}
FILES: dict[str, dict[str, str | None]] = {
    "F-F_Research_Data_5_Factors_2x3_daily": FACTORS,
    "F-F_Research_Data_Factors_daily": {k: FACTORS[k] for k in ("Mkt-RF", "SMB", "HML", "RF")},
    "F-F_Momentum_Factor_daily": {"Mom": "MOM"},
}
PORTFOLIOS = b"""25 portfolios

  Average Value Weighted Returns -- Monthly
,SMALL LoOP,ME1 OP2
202309,   -6.00,    1.25

  Average Equal Weighted Returns -- Monthly
,SMALL LoOP,ME1 OP2
202309,   99.00,   99.00
"""


def series_of(world: World, name: str) -> pd.Series:
    """One simulated series by date."""
    rows = world.series[world.series["series"] == name]
    return pd.Series(rows["value"].to_numpy(), index=pd.DatetimeIndex(rows["date"])).sort_index()


def french(world: World) -> dict[str, bytes]:
    """The library's zips: percent with two decimals, the riskless rate with three; −99.99 where nothing is known."""
    found = {}
    for name, columns in FILES.items():
        table = pd.DataFrame(
            {
                column: _printed(series_of(world, ours), 3 if column == "RF" else 2)
                for column, ours in columns.items()
                if ours is not None
            }
        )
        for i, (column, ours) in enumerate(columns.items()):
            if ours is None:
                table.insert(i, column, " -99.99")
        lines = [f"{day:%Y%m%d}," + ",".join(row) for day, row in zip(table.index, table.to_numpy(), strict=True)]
        text = "\r\n".join(["Made from a simulated market.", "", "," + ",".join(table), *lines, "", "Copyright", ""])
        found[name] = zipped(**{f"{name}__csv": text.encode()})
    found["25_Portfolios_ME_OP_5x5"] = zipped(**{"25_Portfolios_ME_OP_5x5__csv": PORTFOLIOS})
    return found


def _printed(values: pd.Series, decimals: int) -> pd.Series:
    return (100 * values).map(lambda value: f"{value:8.{decimals}f}")


def fred(world: World, name: str) -> bytes:
    """One csv: FEDFUNDS is the month's average dated its first day, DFF the rate of every day; of others the world's
    own series where it has one, else a constant."""
    rate = series_of(world, "FEDFUNDS")
    if name == "FEDFUNDS":
        rate = rate.groupby(rate.index.to_period("M")).mean()
        rate.index = rate.index.to_timestamp()
    elif name != "DFF":
        own = series_of(world, name)
        rate = own if len(own) else pd.Series(1.0, index=rate.index)
    lines = [f"observation_date,{name}", f"{rate.index[0] - pd.Timedelta(days=1):%Y-%m-%d},"]
    lines += [f"{day:%Y-%m-%d},{value:.2f}" for day, value in rate.items()]
    return "\n".join([*lines, ""]).encode()
