"""Rows that an import would leave out, told with whatever else refuses it: all errors of a folder in one run."""

from __future__ import annotations

from collections.abc import Container, Iterator

import duckdb

from active_edge.market.findings import Findings
from active_edge.market.intake.company_repairs import REFUSED_MEMBERS, STRANGER
from active_edge.market.splits import UNDECIDED

_NO_PRICE = "(asset, session) NOT IN (SELECT (asset, session) FROM raw_prices)"
ROWS: tuple[tuple[str, tuple[str, ...], str, str, str, str], ...] = (
    (
        "splits",
        ("prices",),
        f"NOT coalesce(ratio > 0 OR (ratio = {UNDECIDED} AND why IS NOT NULL), false) OR {_NO_PRICE}",
        "splits on days without a price, or of a ratio not above zero",
        "asset || ' ' || session || ' ' || coalesce(ratio::VARCHAR, 'missing')",
        "A split stands on the first session the shares trade split; its ratio is new shares for an old one.",
    ),
    *(
        ("members", ("securities",), fault, kind, "\"index\" || ' ' || asset", remedy)
        for _, fault, kind, remedy in REFUSED_MEMBERS
    ),
    (
        "weights",
        ("securities",),
        STRANGER,
        "weights of members that are not in securities",
        "\"index\" || ' ' || asset || ' ' || day",
        "Add them to securities, with prices.",
    ),
    (
        "facts",
        ("securities",),
        STRANGER,
        "facts of assets that are not in securities",
        "asset || ' ' || item || ' ' || period_end",
        "Add the asset to securities, with prices, to use them.",
    ),
    (
        "facts",
        (),
        "filed < period_end",
        "facts filed before their period ended",
        "asset || ' ' || item || ' ' || period_end || ' filed ' || filed",
        "A mistyped date: when it was known cannot be told.",
    ),
)
"""Table, the other tables that must be whole to tell, SQL of its rows, what a person calls them, how one is shown, and
the remedy."""


def left_out(connection: duckdb.DuckDBPyConnection, whole: Container[str]) -> Iterator[str]:
    """Sentences about rows that would be left out of the tables of `raw_<name>` that could be read whole."""
    findings = Findings(connection)
    for table, others, fault, kind, text, remedy in ROWS:
        if all(name in whole for name in (table, *others)):
            findings.rows(
                table, kind, "refused", source=f"raw_{table} WHERE {fault}", text=text, order="1", remedy=remedy
            )
    for one in findings.found:
        yield f"would be left out: {one.line()}"
