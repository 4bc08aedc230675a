"""A simulated market folder as the filers would tell it: companies, their filings, their prices."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

LEGS = ("insider_ownership", "domestic_revenue_share", "floating_rate_debt_share")
PROXY = "DEF 14A"


@dataclass(frozen=True)
class World:
    """Tables of the folder, dates as ISO text in `facts`; `today` is the day after the last session that is asked.

    facts : asset, cik, item, months, period_end, value, filed, form, accession (as on the wire), source, confidence;
    sorted by asset, filed, accession. filings : one row a filing.
    """

    securities: pd.DataFrame
    prices: pd.DataFrame
    facts: pd.DataFrame
    series: pd.DataFrame
    members: pd.DataFrame
    first: pd.Timestamp
    last: pd.Timestamp

    @cached_property
    def since(self) -> dt.date:
        """First day a pull must ask for, so that what companies filed before their first session is in it."""
        return dt.date(int(min(self.facts["filed"])[:4]), 1, 1)

    @property
    def today(self) -> dt.date:
        return (self.last + pd.Timedelta(days=2)).date()

    @cached_property
    def living(self) -> pd.DataFrame:
        """Securities that still trade when the data ends."""
        return self.securities[self.securities["last_session"].isna()]

    @cached_property
    def filings(self) -> pd.DataFrame:
        """accession, asset, cik, ticker, name, sic, form, filed, period_end: one row a filing, proxies included."""
        columns = ["accession", "asset", "cik", "form", "filed", "period_end"]
        rows = self.facts[columns].drop_duplicates("accession")
        return rows.join(self.securities[["ticker", "name", "sic", "last_session"]], on="asset").reset_index(drop=True)

    @cached_property
    def share_counts(self) -> dict[int, tuple[list[str], list[float]]]:
        """CIK → days filed and shares outstanding, by day, the latest period last."""
        rows = self.facts[self.facts["item"] == "shares_outstanding"].sort_values(["cik", "filed", "period_end"])
        return {int(cik): (mine["filed"].tolist(), mine["value"].tolist()) for cik, mine in rows.groupby("cik")}

    def shares_known(self, cik: int, day: str) -> float:
        """Shares outstanding last filed by `day`; NaN where there are none."""
        days, counts = self.share_counts[cik]
        place = bisect.bisect_right(days, day)
        return counts[place - 1] if place else float("nan")

    def by_company(self) -> Iterator[tuple[int, pd.DataFrame]]:
        """(CIK, its fact rows) in order."""
        for cik, rows in self.facts.groupby("cik", sort=True):
            yield int(cik), rows


def read_world(folder: Path) -> World:
    """Read the current snapshot of a simulated market folder."""
    snapshot = folder / "snapshots" / (folder / "CURRENT").read_text().strip()
    with duckdb.connect(":memory:") as connection:

        def table(name: str, columns: str = "*", order: str = "ALL") -> pd.DataFrame:
            query = f"SELECT {columns} FROM '{snapshot / name}.parquet' ORDER BY {order}"
            return connection.execute(query).df()

        dates = "period_end::VARCHAR AS period_end, filed::VARCHAR AS filed"
        facts = table(
            "facts", f"asset, item, months, {dates}, value, form, accession, source, confidence", "asset, filed"
        )
        securities = table("securities").set_index("asset", drop=False)
        securities["name"] = [_name(number) for number in range(len(securities))]
        prices = table("prices", order="asset, session")
        series, members = table("series"), table("members")
    facts["cik"] = facts["asset"].map(securities["cik"])
    facts["accession"] = _wire_accessions(facts)
    facts = facts.sort_values(["asset", "filed", "accession"], kind="stable", ignore_index=True)
    return World(securities, prices, facts, series, members, prices["session"].min(), prices["session"].max())


SYLLABLES = ("ba", "ko", "di", "ru", "mel", "tan", "vor", "sy", "lun", "gar", "pe", "zim")
TRADES = ("Energy", "Systems", "Bancorp", "Pharmaceuticals", "Holdings", "Industries", "Realty")


def _name(number: int) -> str:
    """A name like no other's, for companies are told apart by theirs."""
    letters, rest = "", number + len(SYLLABLES)
    while rest:
        rest, place = divmod(rest, len(SYLLABLES))
        letters += SYLLABLES[place]
    return f"{letters.capitalize()} {TRADES[number % len(TRADES)]}"


def _wire_accessions(facts: pd.DataFrame) -> pd.Series:
    """`sim-0000012003` as `0009000012-22-000004`: an accession number names filer, year and number.

    A proxy gets numbers of its own, and so does an amendment.
    """
    number = facts["accession"].str[4:].astype("int64")
    amended = number >= 900_000_000
    place = number % 900_000_000 % 1000
    proxy = facts["form"] == PROXY
    order = np.where(proxy, place - 50 + 2000, place + 1 + 1000 * amended)
    order = pd.Series(order, index=facts.index).astype(str).str.zfill(6)
    return facts["cik"].astype(str).str.zfill(10) + "-" + facts["filed"].str[2:4] + "-" + order
