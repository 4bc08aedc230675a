"""What was pulled, held against what was simulated, table by table.

What the wire cannot carry, and is therefore compared otherwise or not at all:

- Yahoo knows names that trade today only: the dead have filings and facts and no prices.
- Yahoo prints single precision: a price is the same to the cent, a return to 1e-6; volumes before a reverse split
  come back rounded to ten shares, before two of them to a hundred.
- A company that only ever filed a prospectus and left before its first report is in no list (`unheard`).
- A dead name's first session is not known (its first report stands there), nor its exchange, exit reason or return.
- S-1 prospectuses are in the facts, but no reader opens one for legs: their floating-rate share is not carried, and
  their silence on foreign tax is not taken for a domestic share.
- Single filings (floating-rate debt, proxy percentages) are asked of names that trade today only, as no holdings are
  had here; of proxies every second.
- A proxy dates its percentage by the day it was filed, the simulated market by the fiscal year's end.
- "No foreign tag" says at least 0.90 and no more.
- Rates have two decimals of a percent, the library's factors two, its riskless rate three; both say when they were
  published. iShares shows one day's members.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.expected import EXPECTED_ITEMS
from active_edge.schema import GICS, SIC

from .world import LEGS, World

FACT_KEY = ["cik", "item", "months", "period_end", "filed", "accession"]
NO_SHARES = ("etf", "fund")


@dataclass(frozen=True)
class Pulled:
    """Tables of a pulled folder, with `cik` beside `asset` everywhere."""

    securities: pd.DataFrame
    facts: pd.DataFrame
    prices: pd.DataFrame
    series: pd.DataFrame
    members: pd.DataFrame


def read_pulled(folder: Path) -> Pulled:
    """Read the current snapshot of a pulled market folder; shares only, funds are in `series`."""
    snapshot = folder / "snapshots" / (folder / "CURRENT").read_text().strip()
    with duckdb.connect(":memory:") as connection:

        def table(name: str, columns: str = "*") -> pd.DataFrame:
            return connection.execute(f"SELECT {columns} FROM '{snapshot / name}.parquet'").df()

        securities = table("securities").set_index("asset", drop=False)
        dates = "period_end::VARCHAR AS period_end, filed::VARCHAR AS filed"
        facts = table("facts", f"asset, item, months, {dates}, value, form, accession, source, confidence")
        prices, series, members = table("prices"), table("series"), table("members")
    securities = securities[~securities["security_type"].isin(NO_SHARES)]
    for rows in (facts, prices, members):
        rows["cik"] = rows["asset"].map(securities["cik"])
    return Pulled(securities, facts, prices[prices["cik"].notna()], series, members)


def unheard(world: World) -> set[int]:
    """CIKs of companies that left before their first annual or quarterly report."""
    reports = world.filings[world.filings["form"].str.startswith("10-")]
    dead = world.securities[world.securities["last_session"].notna()]
    return set(dead["cik"].tolist()) - set(reports["cik"].tolist())


@dataclass(frozen=True)
class Paired:
    """Rows of both sides on a key: `both` has the simulated columns suffixed _sim and the pulled ones _wire."""

    both: pd.DataFrame
    lost: pd.DataFrame
    invented: pd.DataFrame


def paired(simulated: pd.DataFrame, pulled: pd.DataFrame, key: list[str]) -> Paired:
    """Join two tables on a key; each key must be there once on each side."""
    joined = simulated.merge(
        pulled, on=key, how="outer", suffixes=("_sim", "_wire"), indicator="side", validate="one_to_one"
    )
    sides = {name: joined[joined["side"] == name] for name in ("both", "left_only", "right_only")}
    return Paired(sides["both"], sides["left_only"], sides["right_only"])


def statements(world: World, pulled: Pulled) -> Paired:
    """Every version of every reported number (no legs)."""
    ours = world.facts[~world.facts["item"].isin(LEGS)]
    theirs = pulled.facts[~pulled.facts["item"].isin((*LEGS, SIC, GICS, *EXPECTED_ITEMS))]
    return paired(
        ours[[*FACT_KEY, "value", "form"]], theirs[[*FACT_KEY, "value", "form", "source", "confidence"]], FACT_KEY
    )


def legs(world: World, pulled: Pulled, item: str) -> Paired:
    """One leg on both sides, by filing."""
    columns = ["cik", "accession", "filed", "value", "form", "source", "confidence", "period_end"]
    ours = world.facts[world.facts["item"] == item]
    theirs = pulled.facts[pulled.facts["item"] == item]
    return paired(ours[columns], theirs[columns], ["cik", "accession"])


def prices(world: World, pulled: Pulled) -> Paired:
    """Daily rows of the names that live."""
    ours = world.prices[world.prices["asset"].isin(world.living.index)].copy()
    ours["cik"] = ours["asset"].map(world.securities["cik"])
    return paired(ours, pulled.prices, ["cik", "session"])


def furthest(both: pd.DataFrame, name: str) -> float:
    """Largest absolute difference of a column; NaN must stand beside NaN."""
    ours, theirs = both[f"{name}_sim"].to_numpy(dtype=float), both[f"{name}_wire"].to_numpy(dtype=float)
    assert (np.isnan(ours) == np.isnan(theirs)).all(), f"{name}: missing on one side only"
    return float(np.nanmax(np.abs(ours - theirs)))
