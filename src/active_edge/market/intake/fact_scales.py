"""One filing in thousands among others in dollars: seen against the company's other filings.

A scale that several figures of a filing agree on, with filings in dollars before and after it, is put right, for
multiplying by a thousand invents nothing; any other slip is left out.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding, Findings
from active_edge.schema import ITEMS

SHARES = ("shares_outstanding", "shares_diluted")
MONEY = tuple(item for item, kind in ITEMS.items() if kind in ("flow", "instant") and item not in SHARES)
STEADY = (
    *("revenue", "cost_of_revenue", "total_assets", "current_assets", "current_liabilities", "total_liabilities"),
    *("receivables", "inventory", *SHARES),
)
"""Items that seldom move by a thousand from one report to the next."""
PARTS = {
    "revenue": ("cost_of_revenue",),
    "total_assets": ("current_assets", "receivables", "inventory", "cash", "revenue"),
    "current_assets": ("receivables", "inventory", "cash"),
    "total_liabilities": ("current_liabilities", "long_term_debt"),
}
"""What a whole is at least as large as (a year's revenue is no part of assets, and never so much larger)."""
BEYOND = 30.0
"""A part this many times its whole is in another unit."""
NEAR = 1.5
"""A slip is a step within this factor of a power of a thousand."""
AGREED = 2
"""Figures of a filing that must slip alike for the filing to have a scale of its own."""
MOST = 2 / 3
"""A level that so many of the figures have is the right one."""

USUAL_TURNOVER = 200.0
"""Market value over daily dollar volume of the median American share."""

_FILING = ["asset", "filed", "accession"]
_KEY = [*_FILING, "item", "months", "period_end"]
_STEADY = ", ".join(f"'{item}'" for item in STEADY)
_MONEY = ", ".join(f"'{item}'" for item in MONEY)
_STEPS = f"""
    CREATE TABLE levels AS
    WITH steps AS (
        SELECT asset, item, months, period_end, filed, coalesce(accession, '') AS accession, value,
            log10(value / lag(value) OVER series) / 3 AS step
        FROM raw_facts WHERE item IN ({_STEADY}) AND value > 0
        WINDOW series AS (PARTITION BY asset, item, months ORDER BY filed, period_end, value)),
    whole AS (SELECT *, CASE WHEN abs(step - round(step)) <= log10({NEAR}) / 3 THEN round(step) ELSE 0 END AS power
        FROM steps),
    summed AS (SELECT *, sum(coalesce(power, 0)) OVER (
        PARTITION BY asset, item, months ORDER BY filed, period_end, value) AS level FROM whole)
    SELECT * EXCLUDE (step, power), max(level) OVER series <> min(level) OVER series AS slipped,
        row_number() OVER (PARTITION BY asset, item, months ORDER BY filed, period_end, value) AS place
    FROM summed WINDOW series AS (PARTITION BY asset, item, months)"""


def settle_scales(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Put filings in thousands or millions right in `raw_facts`; create `scale_errors`, the keys of what is left out.

    The right level of a figure is that of two thirds of its reports, else, and of a count of shares always, the one
    nearer to what the shares cost.
    """
    connection.execute(_STEPS)
    slips = _slips(connection)
    repaired, refused = _sorted_out(connection, slips)
    _multiply(connection, repaired)
    connection.register("refused_frame", refused[_KEY].astype({"months": "int64"}))
    connection.execute(
        "CREATE TABLE scale_errors AS SELECT DISTINCT CAST(asset AS VARCHAR) AS asset, CAST(filed AS DATE) AS filed, "
        "CAST(accession AS VARCHAR) AS accession, CAST(item AS VARCHAR) AS item, CAST(months AS BIGINT) AS months, "
        "CAST(period_end AS DATE) AS period_end FROM refused_frame"
    )
    connection.unregister("refused_frame")
    if not repaired.empty:
        findings.found.append(_finding(repaired))
    connection.execute("DROP TABLE levels")


def _slips(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every figure away from the right level of its series: key, value, power (of a thousand), between.

    `between` : reports at the right level lie before and after it.
    """
    rows = connection.execute("SELECT * FROM levels WHERE slipped ORDER BY asset, item, months, place").df()
    worth = connection.execute(
        "SELECT asset, median(close * volume) AS dollars, median(close) AS close FROM price_rows "
        "WHERE asset IN (SELECT asset FROM levels WHERE slipped) GROUP BY asset"
    ).df()
    rows = rows.merge(worth, on="asset", how="left")
    found = []
    for _, series in rows.groupby(["asset", "item", "months"], sort=True):
        home = _right_level(series)
        right = series.loc[series["level"] == home, "place"]
        between = (series["place"] > right.min()) & (series["place"] < right.max())
        judged = series.assign(power=series["level"] - home, between=between)
        found.append(judged[judged["power"] != 0])
    columns = [*_KEY, "value", "power", "between"]
    return pd.concat(found)[columns] if found else pd.DataFrame(columns=columns)


def _right_level(series: pd.DataFrame) -> float:
    counts = series["level"].value_counts()
    shares = series["item"].iloc[0] in SHARES
    if counts.iloc[0] >= MOST * len(series) and (not shares or np.isnan(series["dollars"].iloc[0])):
        return float(counts.index[0])
    levels = series.groupby("level")["value"].median()
    price = series["close"].iloc[0] if shares else 1.0
    away = np.log10(levels * price / (USUAL_TURNOVER * series["dollars"].iloc[0])).abs()
    return float(levels.idxmax() if away.isna().all() else away.idxmin())


def _sorted_out(connection: duckdb.DuckDBPyConnection, slips: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows to multiply and rows to refuse, with their power: the slips, and what else their filings say in money.

    A lone figure that slips and does not come back is refused where a part of its filing exceeds its whole by it, or
    where it counts shares, for no split is of a thousand. Else it is neither: a business can begin or end.
    """
    if slips.empty:
        return slips, slips
    connection.register("slips", slips)
    filings = connection.execute(
        f"""
        SELECT s.asset, s.filed, s.accession, any_value(s.power) AS power, any_value(s.n) AS n, any_value(s.between)
            AS between, count(l.item) - any_value(s.n) AS at_home
        FROM (SELECT asset, filed, accession, CASE WHEN min(power) = max(power) THEN min(power) END AS power,
                count(*) FILTER (item NOT IN {SHARES}) AS n, bool_or(between) AS between FROM slips GROUP BY ALL) s
        LEFT JOIN levels l ON l.asset = s.asset AND l.filed = s.filed AND l.accession = s.accession
            AND l.item NOT IN {SHARES}
        GROUP BY s.asset, s.filed, s.accession
        """
    ).df()
    filings["agreed"] = filings["power"].notna() & (filings["n"] >= AGREED) & (filings["n"] > filings["at_home"])
    connection.register("filings", filings)
    others = connection.execute(
        f"""
        SELECT r.asset, r.filed, coalesce(r.accession, '') AS accession, r.item, r.months, r.period_end, r.value,
            f.power, f.between
        FROM raw_facts r JOIN filings f ON r.asset = f.asset AND r.filed = f.filed
            AND coalesce(r.accession, '') = f.accession AND f.agreed AND f.at_home = 0
        WHERE r.item IN ({_MONEY}) AND r.value <> 0
        """
    ).df()
    connection.unregister("filings")
    rows = slips.rename(columns={"between": "undone"}).merge(filings[[*_FILING, "between", "agreed"]], on=_FILING)
    rows = rows.merge(_contradicted(connection), on=_KEY, how="left")
    connection.unregister("slips")
    others = others.assign(agreed=True, undone=True)
    rows = pd.concat([rows, others]).drop_duplicates([*_KEY, "value"], ignore_index=True)
    agreed, between = rows["agreed"].astype(bool), rows["between"].astype(bool)
    lone = rows["item"].isin(SHARES) | rows["contradicted"].notna()
    return rows[agreed & between], rows[~(agreed & between) & (agreed | rows["undone"].astype(bool) | lone)]


def _contradicted(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Slips that make a part of their filing larger than its whole: key, contradicted."""
    pairs = ", ".join(f"('{whole}', '{part}')" for whole, parts in PARTS.items() for part in parts)
    same = "f.asset = s.asset AND f.filed = s.filed AND coalesce(f.accession, '') = s.accession"
    return connection.execute(
        f"""
        SELECT DISTINCT {", ".join(f"s.{name}" for name in _KEY)}, true AS contradicted
        FROM slips s JOIN raw_facts f ON {same} AND f.period_end = s.period_end AND f.value > 0
        JOIN (VALUES {pairs}) AS p(whole, part) ON (s.power < 0 AND s.item = p.whole AND f.item = p.part
                AND f.months = s.months AND f.value > {BEYOND} * s.value)
            OR (s.power > 0 AND s.item = p.part AND f.item = p.whole AND s.value > {BEYOND} * f.value)
        """
    ).df()


def _multiply(connection: duckdb.DuckDBPyConnection, rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    connection.register("multiplied", rows.assign(factor=1000.0 ** -rows["power"]))
    same = " AND ".join(f"raw_facts.{name} = m.{name}" for name in ("asset", "filed", "item", "months", "period_end"))
    connection.execute(
        f"UPDATE raw_facts SET value = raw_facts.value * m.factor FROM multiplied m WHERE {same} "
        "AND coalesce(raw_facts.accession, '') = m.accession AND raw_facts.value = m.value"
    )
    connection.unregister("multiplied")


def _finding(rows: pd.DataFrame) -> Finding:
    rows = rows.sort_values([*_FILING, "item", "months", "period_end"])
    times = {1.0: "1,000", 2.0: "1,000,000", 3.0: "1,000,000,000"}
    shown = tuple(
        f"{row.asset} {row.item} {row.period_end:%Y-%m-%d} filed {row.filed:%Y-%m-%d}: {row.value:g} is "
        f"{times.get(abs(row.power), 'many')} times too {'large' if row.power > 0 else 'small'}"
        for row in rows.head(EXAMPLES).itertuples()
    )
    remedy = "The filings before and after it are in dollars: put right by the factor. Give every value in dollars."
    return Finding("facts", "facts of a filing in thousands or millions", "repaired", len(rows), shown, remedy)
