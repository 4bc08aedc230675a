"""Small markets made from frames, stored and opened as real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from active_edge.market import Market, open_market, write_snapshot
from active_edge.schema import FACTS, MEMBERS, SECURITIES, SERIES


def make_market(
    tmp_path: Path,
    *,
    closes: pd.DataFrame,
    total_return: pd.DataFrame | None = None,
    open: pd.DataFrame | None = None,  # noqa: A002 (the column's name)
    high: pd.DataFrame | None = None,
    low: pd.DataFrame | None = None,
    volume: pd.DataFrame | None = None,
    facts: Sequence[Mapping[str, Any]] | pd.DataFrame | None = None,
    series: Mapping[str, pd.Series] | None = None,
    members: Sequence[Mapping[str, Any]] | pd.DataFrame | None = None,
    securities: pd.DataFrame | None = None,
    simulated: bool = False,
) -> Market:
    """Return an opened market stored under `tmp_path / "market"`.

    Parameters
    ----------
    closes
        (XNYS sessions × assets) USD; NaN: no row. The columns are the assets.
    total_return, open, high, low, volume
        Same shape; absent open, high and low are null, absent volume is 1,000,000 shares, absent total_return is
        unknown (so close/close).
    facts
        Rows with at least asset, item, months, period_end, value; `filed` defaults to period_end.
    series
        name → Series by date.
    members
        Rows with index, asset and observed, or start and end.
    securities
        Frame indexed by asset with any columns of the table (exchange, sic, exit_return ...); the rest is filled in:
        ticker = asset, first_session and last_session from the closes (last_session null for those still listed).
    """
    folder = tmp_path / "market"
    tables = {
        "securities": _securities(closes, securities),
        "prices": _prices(
            closes, {"open": open, "high": high, "low": low, "volume": volume, "total_return": total_return}
        ),
    }
    if facts is not None:
        rows = pd.DataFrame(facts)
        rows["filed"] = rows["period_end"] if "filed" not in rows else rows["filed"].fillna(rows["period_end"])
        tables["facts"] = rows[[name for name in FACTS.names if name in rows]].assign(
            period_end=pd.to_datetime(rows["period_end"]), filed=pd.to_datetime(rows["filed"])
        )
    if series:
        tables["series"] = pd.concat(
            [
                pd.DataFrame({"series": name, "date": pd.to_datetime(line.index), "value": line.to_numpy(dtype=float)})
                for name, line in series.items()
            ],
            ignore_index=True,
        )[list(SERIES.names[:3])]
    if members is not None:
        rows = pd.DataFrame(members)
        for name in {"observed", "start", "end"} & set(rows.columns):
            rows[name] = pd.to_datetime(rows[name])
        tables["members"] = rows[[name for name in MEMBERS.names if name in rows]]
    write_snapshot(folder, tables, sources=["test"], simulated=simulated, created="2000-01-01T00:00:00", report={})
    return open_market(folder)


def _prices(closes: pd.DataFrame, columns: Mapping[str, pd.DataFrame | None]) -> pd.DataFrame:
    stacked = closes.rename_axis(index="session", columns="asset").stack().rename("close")
    stacked = stacked[stacked.notna()]
    prices = stacked.reset_index()
    for name, frame in columns.items():
        if frame is None:
            prices[name] = 1_000_000.0 if name == "volume" else float("nan")
        else:
            lookup = frame.rename_axis(index="session", columns="asset").stack()
            prices[name] = lookup.reindex(stacked.index).to_numpy(dtype=float)
    return prices


def _securities(closes: pd.DataFrame, given: pd.DataFrame | None) -> pd.DataFrame:
    first = closes.apply(pd.Series.first_valid_index)
    last = closes.apply(pd.Series.last_valid_index)
    table = pd.DataFrame(
        {"ticker": closes.columns.astype(str)}, index=pd.Index(closes.columns.astype(str), name="asset")
    )
    table["first_session"] = pd.to_datetime(first.to_numpy())
    table["last_session"] = pd.to_datetime(last.where(last != closes.index[-1]).to_numpy())
    if given is not None:
        for name in given.columns:
            table[name] = given[name].reindex(table.index)
    return table.reset_index()[[name for name in SECURITIES.names if name in {"asset", *table.columns}]]
