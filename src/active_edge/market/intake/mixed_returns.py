"""Returns of single names, of a part of a name's life or of single days in another unit than the rest of the column.

A file merged from two vendors has them. What a return is measured in is seen in the change of the close it belongs to:
most returns are close/close, for dividends and splits are few. A stretch in another unit is converted where its
sessions then agree with the closes; a session that does not is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding, Findings

UNITS = {
    "percent": "total_return / 100",
    "basis points": "total_return / 10000",
    "growth": "total_return - 1",
    "hundredths": "total_return * 100",
    "the reversed sign": "-total_return",
}
"""Units a return may be in, and the decimal each means. Hundredths: divided by 100 once too often."""
UNTOLD_ALONE = ("hundredths", "the reversed sign")
"""A lone return next to zero is as often a stale one, and one with its sign reversed that of another day."""
LEAST_MOVE, MOST_MOVE = 0.002, 0.5
"""Changes of the close that tell the unit of a return: beyond rounding, below splits."""
FIT = 0.01
"""A return is close/close within this share of it, and a cent of the closes."""
FEWEST_IN_STRETCH, FEWEST_ON_SESSION = 5, 5
"""Returns of one unit in a row of a name, or names of it on a session, from which the unit is believed."""
NOTHING = 0.0005
"""A return this near to the change of the close is kept whatever unit it may be in."""
EXACT_SHARE = 0.9
"""Share of a stretch that must be close/close to a cent; of the rest dividends and splits are believed, no more."""

CONVERTED = "returns of single names or days in another unit, converted"
UNKNOWN = "returns of single names or days in another unit, taken as unknown"

_TOLERANCE = f"({FIT} * abs(moved) + least(0.01 / previous, 0.2 * abs(moved)))"
_FITS = {"decimal": "total_return"} | UNITS
_FITTED = " + ".join(f"(abs({value} - moved) <= {_TOLERANCE})::INTEGER" for value in _FITS.values())
_UNIT = " ".join(f"WHEN abs({value} - moved) <= {_TOLERANCE} THEN '{unit}'" for unit, value in _FITS.items())
_ROWS = f"""
    SELECT asset, session, previous, close, moved, total_return,
        CASE WHEN abs(moved) NOT BETWEEN {LEAST_MOVE} AND {MOST_MOVE} OR ({_FITTED}) > 1 THEN NULL {_UNIT} END AS unit
    FROM (SELECT asset, session, close, total_return, previous, close / previous - 1 AS moved
        FROM (SELECT asset, session, close, total_return, lag(close) OVER (PARTITION BY asset ORDER BY session)
            AS previous FROM price_rows)
        WHERE previous IS NOT NULL AND total_return IS NOT NULL)"""


def settle_return_units(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Give `price_rows` returns of one unit, decimals; what cannot be told is unknown. Both are counted."""
    connection.execute(
        f"CREATE TABLE odd_returns AS SELECT asset, session, unit FROM ({_ROWS}) WHERE unit <> 'decimal'"
    )
    rows = connection.execute(
        f"SELECT * FROM ({_ROWS}) WHERE asset IN (SELECT asset FROM odd_returns) ORDER BY asset, session"
    ).df()
    if not rows.empty:
        days = _days_of_one_unit(connection)
        judged = pd.concat([_judged(name, days) for _, name in rows.groupby("asset", sort=True)])
        _store(connection, judged)
        findings.found.extend(_findings(judged))
    connection.execute("DROP TABLE odd_returns")


def _days_of_one_unit(connection: duckdb.DuckDBPyConnection) -> dict[pd.Timestamp, str]:
    """Sessions on which most names that moved have their return in one other unit."""
    found = connection.execute(
        f"""
        SELECT session, mode(unit) AS most FROM ({_ROWS})
        WHERE unit IS NOT NULL AND session IN (SELECT session FROM odd_returns GROUP BY session, unit
            HAVING count(*) >= {FEWEST_ON_SESSION})
        GROUP BY session HAVING most <> 'decimal' ORDER BY session
        """
    ).fetchall()
    return {pd.Timestamp(session): unit for session, unit in found}


def _judged(name: pd.DataFrame, days: dict[pd.Timestamp, str]) -> pd.DataFrame:
    """Rows of one name that are in another unit or cannot be told: asset, session, total_return, unit, decimal.

    `decimal`: the return as it must be, NaN for unknown. Rows between two stretches say neither; they are kept where
    they are the change of the close all the same.
    """
    witness = name["unit"].to_numpy(dtype=object)
    told = np.flatnonzero(pd.notna(witness))
    breaks = np.flatnonzero(witness[told[1:]] != witness[told[:-1]]) + 1
    unit = np.full(len(name), "decimal", dtype=object)
    decimal = name["total_return"].to_numpy(dtype=float).copy()
    after = 0
    runs = np.split(told, breaks)
    for place, run in enumerate(runs):
        own = witness[run[0]]
        begin, end = (0 if place == 0 else run[0]), (len(name) if place == len(runs) - 1 else run[-1] + 1)
        between = np.arange(after, begin)
        plain = np.abs(decimal[between] - name["moved"].to_numpy()[between]) <= NOTHING
        unit[between], decimal[between] = "either", np.where(plain, decimal[between], np.nan)
        after = end
        known = len(run) >= FEWEST_IN_STRETCH
        if own == "decimal" or (own in UNTOLD_ALONE and not known and days.get(name["session"].iloc[run[0]]) != own):
            continue
        stretch = np.arange(begin, end) if known else run
        unit[stretch] = own
        decimal[stretch] = _converted(name.iloc[stretch], own, days, known=known)
    found = name.assign(unit=unit, decimal=decimal)[["asset", "session", "total_return", "unit", "decimal"]]
    return found[(found["unit"] != "decimal") & (found["decimal"] != found["total_return"])]


def _converted(rows: pd.DataFrame, unit: str, days: dict[pd.Timestamp, str], *, known: bool) -> np.ndarray:
    """Decimals of a stretch; NaN on a session that contradicts the closes all the same, and where too few agree.

    Unless `known` there are too few returns for a stretch: each needs the other names of its session as witnesses.
    """
    value = rows.eval(UNITS[unit]).to_numpy(dtype=float)
    moved, previous = rows["moved"].to_numpy(), rows["previous"].to_numpy()
    exact = np.abs(value - moved) <= FIT * np.abs(moved) + np.minimum(0.01 / previous, 0.01)
    # A dividend or a split adds to the return; a reverse split at least halves the number of shares.
    explained = (np.abs(value) <= MOST_MOVE) & ((value > moved) | ((1 + moved) / (1 + value) >= 1.9))
    agrees = exact | explained
    if known:
        proven = agrees & bool(exact.mean() >= EXACT_SHARE)
    else:
        proven = agrees & np.array([days.get(session) == unit for session in rows["session"]])
    return np.where(proven, value, np.nan)


def _store(connection: duckdb.DuckDBPyConnection, judged: pd.DataFrame) -> None:
    connection.register("judged_units", judged[["asset", "session", "decimal"]])
    connection.execute(
        "UPDATE price_rows SET total_return = CASE WHEN NOT isnan(j.decimal) THEN j.decimal END FROM judged_units j "
        "WHERE price_rows.asset = j.asset AND price_rows.session = CAST(j.session AS DATE)"
    )
    connection.unregister("judged_units")


def _findings(judged: pd.DataFrame) -> Iterator[Finding]:
    unknown = judged["decimal"].isna()
    for kind, rows, remedy in (
        (CONVERTED, judged[~unknown], "Each then agrees with the change of the close. Give decimals."),
        (UNKNOWN, judged[unknown], "The closes do not prove the unit of each. Give decimals, 0.012 for 1.2 %."),
    ):
        if not rows.empty:
            yield Finding("prices", kind, "repaired", len(rows), tuple(_shown(rows)), remedy)


def _shown(rows: pd.DataFrame) -> Iterator[str]:
    """The names with most rows first: their unit, days, and one return as it stands."""
    names = sorted(rows.groupby("asset", sort=True), key=lambda group: (-len(group[1]), group[0]))
    for asset, own in names[:EXAMPLES]:
        largest = own.loc[own["total_return"].abs().idxmax()]
        units = " or ".join(sorted(set(own["unit"]) - {"either"})) or "either of two units"
        more = f", {len(own):,} from {own['session'].min():%Y-%m-%d} to {own['session'].max():%Y-%m-%d}"
        yield f"{asset} in {units}: {largest['total_return']:g} on {largest['session']:%Y-%m-%d}{more}"
