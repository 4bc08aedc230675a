"""Members of the four indices day by day, their weights, and the sector each had then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import duckdb
import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding
from active_edge.schema import GICS
from active_edge.sources.vendors import ishares

SECTOR_CODES: Mapping[str, int] = {
    "energy": 10,
    "materials": 15,
    "industrials": 20,
    "consumer discretionary": 25,
    "consumer staples": 30,
    "health care": 35,
    "healthcare": 35,
    "financials": 40,
    "information technology": 45,
    "technology": 45,
    "communication": 50,
    "communication services": 50,
    "communications": 50,
    "telecommunication services": 50,
    "telecommunications": 50,
    "telecommunication": 50,
    "utilities": 55,
    "real estate": 60,
}
"""GICS sectors as the files have named them over the years, to their codes."""
SOURCE = "holdings file"


def make_member_lines(connection: duckdb.DuckDBPyConnection, asset_of_life: Mapping[int, str]) -> None:
    """Table `member_lines`: index, asset, day, weight, sector, one row a member and published day."""
    pairs = pd.DataFrame(sorted(asset_of_life.items()), columns=["life", "asset"]).astype({"asset": object})
    connection.register("asset_of_life", pairs)
    names = pd.DataFrame([(fund, held.index) for fund, held in ishares.FUNDS.items()], columns=["fund", "index_name"])
    connection.register("index_of_fund", names.astype(object))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE member_lines AS SELECT i.index_name, l.fund, a.asset, l.day, "
        "sum(l.weight) AS weight, arg_max(l.sector, coalesce(l.value, 0)) AS sector "
        "FROM life_lines l JOIN asset_of_life a USING (life) JOIN index_of_fund i USING (fund) GROUP BY ALL"
    )


def members(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """Spells of membership: a list holds until the next one, of the last list every member is one still."""
    return connection.sql(
        "WITH published AS (SELECT index_name, day, row_number() OVER w AS n, lead(day) OVER w AS next_day "
        "FROM (SELECT DISTINCT index_name, day FROM member_lines) WINDOW w AS (PARTITION BY index_name ORDER BY day)), "
        "placed AS (SELECT m.index_name, m.asset, m.day, p.next_day, p.n - row_number() OVER "
        "(PARTITION BY m.index_name, m.asset ORDER BY m.day) AS spell "
        "FROM member_lines m JOIN published p USING (index_name, day)) "
        'SELECT index_name AS "index", asset, CAST(NULL AS DATE) AS observed, min(day) AS start, '
        'CASE WHEN bool_or(next_day IS NULL) THEN NULL ELSE max(next_day) - 1 END AS "end" '
        "FROM placed GROUP BY index_name, asset, spell"
    )


def weights(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """Weight of every member on every published day, as the file says it."""
    return connection.sql(
        'SELECT index_name AS "index", asset, day, weight FROM member_lines WHERE weight IS NOT NULL '
        "AND NOT isnan(weight)"
    )


def sectors(connection: duckdb.DuckDBPyConnection) -> tuple[pd.DataFrame, list[Finding]]:
    """Facts of the item `gics`: the sector's code on each day on which it is first told or told anew."""
    rows = connection.execute(
        "SELECT asset, day, sector FROM (SELECT asset, day, sector, lag(sector) OVER "
        "(PARTITION BY asset ORDER BY day) AS before FROM (SELECT asset, day, arg_min(sector, fund) AS sector "
        "FROM member_lines WHERE sector <> '' GROUP BY ALL)) WHERE sector IS DISTINCT FROM before ORDER BY asset, day"
    ).df()
    code = rows["sector"].str.strip().str.lower().map(SECTOR_CODES)
    odd = Counter(rows.loc[code.isna(), "sector"].tolist())
    told = rows.assign(value=code.astype("float64")).dropna(subset=["value"])
    told = told[told["value"].ne(told.groupby("asset")["value"].shift())]
    day = pd.to_datetime(told["day"]).astype("datetime64[ns]")
    facts = pd.DataFrame({"asset": told["asset"].astype(object), "item": GICS, "months": 0, "period_end": day})
    facts = facts.assign(value=told["value"], filed=day, form=None, accession=None, source=SOURCE, confidence="high")
    found = []
    if odd:
        remedy = "The sector from the SIC code stands; report the word."
        named = tuple(f"{word} ({n})" for word, n in odd.most_common(EXAMPLES))
        found.append(Finding("facts", "sectors of holdings files that are no GICS sector", "noted", sum(odd.values()),
                             named, remedy))  # fmt: skip
    return facts.reset_index(drop=True), found
