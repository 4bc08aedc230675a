"""Who earned the profit: every name ever held, by what was paid for it and what came back, and their sectors."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from active_edge.robustness_stats import ContributionStats, EarnedStats
from active_edge.run.backtest import Result
from active_edge.sectors import UNKNOWN
from active_edge.words import plain

SHOWN = 10


def contributions_of(result: Result) -> ContributionStats | None:
    """What each name earned, as shares of the capital at the start; None where nothing was ever bought.

    Fills are counted at the price paid, commission beside it, and the last position at its last close: over all names
    they sum to the value at the end less the capital, to rounding.
    """
    simulation = result.simulation
    table = earned_by_name(result)
    if table.empty:
        return None
    ends = table["earned"].to_numpy()
    rows = [_told(row) for row in table.head(SHOWN).to_dict("records")]
    tail = table.iloc[max(SHOWN, len(table) - SHOWN) :].iloc[::-1]
    return ContributionStats(
        total=float(simulation.value.iloc[-1] / simulation.capital_usd - 1.0),
        names=len(table),
        best=tuple(row for row in rows if row.earned > 0.0),
        worst=tuple(row for row in map(_told, tail.to_dict("records")) if row.earned < 0.0),
        sectors={str(name): float(sum_) for name, sum_ in table.groupby("sector")["earned"].sum().items()},
        left_market=float(ends[(table["left"] != "").to_numpy()].sum()),
    )


def earned_by_name(result: Result) -> pd.DataFrame:
    """One row a name ever held, the best first: asset, ticker, name, sector, earned (share of capital), first, last
    (ISO days of the first and last fill, or of the run's end where it is still held), left."""
    simulation, trades = result.simulation, result.trades
    if trades.empty:
        return pd.DataFrame(columns=["asset", "ticker", "name", "sector", "earned", "first", "last", "left"])
    paid = np.where(trades["side"] == "buy", -trades["value"], trades["value"]) - trades["commission"].to_numpy()
    by_name = pd.DataFrame({"asset": trades["asset"], "paid": paid, "session": trades["session"]}).groupby("asset")
    last = simulation.holdings
    last = last[last["session"] == simulation.sessions[-1]].set_index("asset")["value"]
    table = by_name.agg(paid=("paid", "sum"), first=("session", "min"), last=("session", "max"))
    held = last.reindex(table.index).fillna(0.0)
    table["earned"] = (table["paid"] + held) / simulation.capital_usd
    table.loc[held > 0.0, "last"] = simulation.sessions[-1]
    listing = result.market.securities.reindex(table.index)
    table["ticker"], table["name"] = listing["ticker"], listing["name"]
    table["sector"] = pd.Series(_sectors(result), dtype=object).reindex(table.index).fillna(UNKNOWN)
    left = {
        str(row["asset"]): f"{row['session'].date()}, {plain(str(row['reason']))}"
        for row in simulation.exits.to_dict("records")
    }
    table["left"] = [left.get(str(asset), "") for asset in table.index.tolist()]
    table["first"], table["last"] = (table[name].dt.strftime("%Y-%m-%d") for name in ("first", "last"))
    table = table.rename_axis("asset").reset_index().drop(columns="paid")
    return table.sort_values(["earned", "asset"], ascending=[False, True], kind="stable", ignore_index=True)


def _sectors(result: Result) -> dict[str, str]:
    """Asset -> its sector on the last date on which it was decided to hold it."""
    sectors, last = result.decision.evaluation.universe.sectors, result.targets.last_held
    held = np.flatnonzero(last >= 0)
    cells = zip(result.market.assets[held].tolist(), last[held].tolist(), held.tolist(), strict=True)
    return {str(asset): str(sectors[row, column]) for asset, row, column in cells}


def _told(row: Mapping[Hashable, Any]) -> EarnedStats:
    named = row["name"]
    return EarnedStats(
        ticker=str(row["ticker"]),
        name="" if named is None or named != named else str(named),
        sector=str(row["sector"]),
        earned=float(row["earned"]),
        first=str(row["first"]),
        last=str(row["last"]),
        left=str(row["left"]),
    )
