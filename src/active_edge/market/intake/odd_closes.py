"""Closes of single names that contradict their returns and are no split: put right where both sides prove it, or told.

A typing error stands for a day and reverts; a close on another basis stays. A payment explains a fall beside a return
of nothing, and nothing explains a rise.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding, Findings
from active_edge.market.odd_closes import FELL, MENDED, ROSE
from active_edge.market.prices import UNKNOWN_RETURN_BOUND
from active_edge.market.splits import HALF_CENT, NONE, UNDECIDED
from active_edge.words import significant

LEAST_STEP = np.log(1.25)
"""A close out of line by less is a dividend, or an error too small to tell."""
LONGEST, TAKEN_BACK = 5, 0.05
"""Rows that a slip may last; a step is taken back by one that undoes it within this share."""
POWER = 0.01
"""A step within this share of a power of ten is a shifted point, and the close is what was typed without it."""
LEAST_RISE, LEAST_FALL = 1.1, 1.6
"""Times what the return says that a close is, from which a rise is none of rounding; the same of a fall: of those on a
real market beyond it half are spin-offs, and a special dividend is seldom 38 % of the price."""
SHRUNK = 0.9
"""Assets below this share of those before the day bear a spin-off or a special dividend out."""
ASSETS_DAYS = 400

PUT_RIGHT = "closes out of line for up to five rows, between longer stretches that the returns prove"
RISES = "closes that rise beside returns that do not, and are no reverse split"
FALLS = (
    "closes that fall by more than 38 % beside returns that do not, and neither a split nor smaller assets explain it"
)

_BREAKS = f"""
    SELECT asset, session, place, rows, step, moved FROM (
        SELECT asset, session, total_return, row_number() OVER own AS place, count(*) OVER (PARTITION BY asset) AS rows,
            ln(close / lag(close) OVER own) AS moved,
            ln(close / lag(close) OVER own) - CASE WHEN total_return > -1 THEN ln(1 + total_return) END AS step
        FROM price_rows WINDOW own AS (PARTITION BY asset ORDER BY session))
    WHERE abs(step) >= {LEAST_STEP} ORDER BY asset, place"""


def mend_slips(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Divide closes of `price_rows` that stand for a few rows out of line by what they are out of line.

    Creates `slips` (asset, session, times): the rows put right. Prices of the row that are out of line too are unknown.
    """
    breaks = connection.execute(_BREAKS).df()
    found = list(_slips(breaks))
    columns = ["asset", "place", "end", "times"]
    connection.register("slip_frame", pd.DataFrame(found, columns=columns).astype({"asset": "str", "times": "float64"}))
    connection.execute(
        """
        CREATE TABLE slips AS
        SELECT p.asset, p.session, p.close, p.close / f.times AS right_close, f.times FROM (
            SELECT *, row_number() OVER (PARTITION BY asset ORDER BY session) AS place FROM price_rows
            WHERE asset IN (SELECT asset FROM slip_frame)) p
        JOIN slip_frame f ON f.asset = p.asset AND p.place >= f.place AND p.place < f.end
        """
    )
    connection.unregister("slip_frame")
    findings.rows(
        "prices",
        PUT_RIGHT,
        "repaired",
        source="slips",
        text="asset || ' ' || session || ' close ' || round(close, 4) || ', ' || format('{:.4g}', times) || "
        "' times what the returns of that day and the next say'",
        order="greatest(times, 1 / times) DESC, asset, session",
        remedy="Divided by that. Look at the row: a shifted point or another security.",
    )
    kept = ", ".join(
        f"{name} = CASE WHEN abs(ln({name} / s.right_close)) <= abs(ln({name} / s.close)) THEN {name} END"
        for name in ("open", "high", "low")
    )
    connection.execute(
        f"UPDATE price_rows SET {kept}, close = s.right_close FROM slips s "
        "WHERE price_rows.asset = s.asset AND price_rows.session = s.session"
    )


def _slips(breaks: pd.DataFrame) -> Iterator[tuple[str, int, int, float]]:
    """Asset, first place, place after the last, and times out of line of each step that the next one takes back."""
    for asset, own in breaks.groupby("asset", sort=True):
        place, step = own["place"].to_numpy(), own["step"].to_numpy()
        edges = np.concatenate([[1], place, [own["rows"].iloc[0] + 1]])
        apart = np.diff(edges)
        for k in range(len(place) - 1):
            lasted = place[k + 1] - place[k]
            back = abs(step[k] + step[k + 1]) <= TAKEN_BACK and abs(own["moved"].iloc[k]) >= 0.5 * abs(step[k])
            if back and lasted <= LONGEST and min(apart[k], apart[k + 2]) > lasted:
                times = float(np.exp(step[k]))
                power = 10.0 ** round(np.log10(times))
                near = power != 1.0 and abs(times / power - 1.0) <= POWER
                yield str(asset), int(place[k]), int(place[k + 1]), power if near else times


def note_odd_steps(connection: duckdb.DuckDBPyConnection, findings: Findings, *, with_facts: bool) -> None:
    """Note closes that go on at another level than their returns say; after a rise market value is not known.

    Each stands in `split_rows`, with what was found of it, and so do `slips`: the market names them later.
    """
    rounding = f"(1 + {HALF_CENT} / close + {HALF_CENT} / previous_close)"
    connection.execute(
        f"""
        CREATE TABLE odd_steps AS
        SELECT asset, session, close, previous_close, total_return, times, times > 1 AS rose FROM (
            SELECT *, close / previous_close / (1 + total_return) AS times FROM (
                SELECT asset, session, close, total_return, lag(close) OVER (PARTITION BY asset ORDER BY session)
                    AS previous_close FROM price_rows) WHERE abs(total_return) <= {UNKNOWN_RETURN_BOUND})
        WHERE (times > {LEAST_RISE} * {rounding} OR times * {LEAST_FALL} < 1)
            AND (asset, session) NOT IN (
                SELECT (asset, session) FROM split_rows WHERE ratio NOT IN ({NONE}, {UNDECIDED}))
        """
    )
    if with_facts:
        _leave_out_payments(connection)
    _name_steps(connection, findings)
    connection.execute(
        f"""
        DELETE FROM split_rows WHERE (asset, session) IN (SELECT (asset, session) FROM odd_steps WHERE rose);
        UPDATE split_rows SET why = '{FELL}' || ' (' || format('{{:.3g}}', o.times) || ' times)' FROM odd_steps o
            WHERE split_rows.asset = o.asset AND split_rows.session = o.session;
        INSERT INTO split_rows
            SELECT asset, session, CASE WHEN rose THEN {UNDECIDED} ELSE {NONE} END, CASE WHEN rose THEN '{ROSE}' ELSE
                '{FELL}' END || ' (' || format('{{:.3g}}', times) || ' times)', 1 / times, true
            FROM odd_steps WHERE (asset, session) NOT IN (SELECT (asset, session) FROM split_rows);
        INSERT INTO split_rows
            SELECT asset, session, {NONE}, '{MENDED}' || ' (' || format('{{:.4g}}', times) || ' times)', 1 / times, true
            FROM slips WHERE (asset, session) NOT IN (SELECT (asset, session) FROM split_rows);
        """
    )


def _leave_out_payments(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop falls beside which the company's assets shrank: a spin-off or a special dividend."""
    connection.execute(
        f"""
        DELETE FROM odd_steps WHERE NOT rose AND EXISTS (
            SELECT 1 FROM (SELECT arg_max(value, (period_end, filed)) AS value FROM fact_rows f
                WHERE f.asset = odd_steps.asset AND item = 'total_assets' AND period_end < session
                AND period_end >= session - {ASSETS_DAYS}) b,
            (SELECT arg_min(value, (period_end, filed)) AS value FROM fact_rows f
                WHERE f.asset = odd_steps.asset AND item = 'total_assets' AND period_end >= session
                AND period_end <= session + {ASSETS_DAYS}) a
            WHERE a.value < {SHRUNK} * b.value)
        """
    )


def _name_steps(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    rows = connection.execute("SELECT * FROM odd_steps ORDER BY abs(ln(times)) DESC, asset, session").df()
    for kind, own, remedy in (
        (
            RISES,
            rows[rows["rose"]],
            "Nothing a company pays makes its price rise: closes on another basis from that day, or another security. "
            "Market value is unknown until shares are counted again. Give closes of one basis, or a table splits.",
        ),
        (
            FALLS,
            rows[~rows["rose"]],
            "A spin-off or a special dividend leaves such a fall, and so do closes on another basis from that day: "
            "which is not known, and market value follows the closes. Look at each.",
        ),
    ):
        if len(own):
            shown = tuple(
                f"{row.asset} {row.session:%Y-%m-%d} close {significant(row.close)} after "
                f"{significant(row.previous_close)}, {significant(row.times, 3)} times what the return says"
                for row in own.head(EXAMPLES).itertuples()
            )
            findings.found.append(Finding("prices", kind, "noted", len(own), shown, remedy))
