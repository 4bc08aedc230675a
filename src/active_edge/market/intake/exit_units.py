"""Returns at exits in another unit than decimals: judged as a column, by the reason and by the last price.

A column of small percentages, a merger at 2.5 and another at 0.8, holds nothing that is impossible by itself. But
whoever is bought is paid about the last price: news of the offer is in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from active_edge.market.findings import Findings
from active_edge.words import percent, signed

LARGEST_EXIT_GAIN = 5.0
LARGEST_MERGER, LARGEST_OTHER_GAIN = 0.5, 1.0
"""Beyond these a return at an exit is not believed: either way in a merger, upwards else."""
USUAL_MERGER = 0.1
"""Nine of ten mergers pay the last price within this."""
ODD_SHARE = 0.5
"""A column so many of whose plausible-looking exits are odd is in another unit as a whole."""
FEWEST_MERGERS = 4
"""Mergers from which a column is judged by how many of them pay otherwise than usual."""
NEAR_PRICE = 0.1

_IMPOSSIBLE = f"(exit_return < -1 OR exit_return > {LARGEST_EXIT_GAIN})"
ODD = (
    f"(CASE WHEN exit_reason = 'merger' THEN abs(exit_return) > {LARGEST_MERGER} "
    f"ELSE exit_return > {LARGEST_OTHER_GAIN} END)"
)


def wrong_exits(connection: duckdb.DuckDBPyConnection, *, priced: bool) -> Iterator[str]:
    """A sentence that refuses `exit_return` of `raw_securities` where the column is in another unit; none where not.

    `priced`: there are `raw_prices` to hold it against.
    """
    last = "SELECT asset, arg_max(close, session) AS close FROM raw_prices GROUP BY asset"
    exits = (
        f"(SELECT asset, exit_reason, exit_return, close FROM raw_securities "
        f"LEFT JOIN ({last if priced else 'SELECT NULL AS asset, NULL AS close'}) USING (asset) "
        "WHERE exit_return IS NOT NULL)"
    )
    wide = f"exit_reason = 'merger' AND abs(exit_return) > {USUAL_MERGER}"
    told, gains, impossible, odd, growth, paid, mergers, wide_ones = connection.execute(
        f"""
        SELECT count(*), count(*) FILTER (exit_reason = 'merger' OR exit_return > 0), count(*) FILTER ({_IMPOSSIBLE}),
            count(*) FILTER ({ODD}), count(*) FILTER ({ODD} AND abs(exit_return - 1) <= {NEAR_PRICE}),
            count(*) FILTER ({ODD} AND abs(exit_return / close - 1) <= {NEAR_PRICE}),
            count(*) FILTER (exit_reason = 'merger'), count(*) FILTER ({wide})
        FROM {exits}
        """
    ).fetchall()[0]
    as_column = mergers >= FEWEST_MERGERS and wide_ones > ODD_SHARE * mergers
    if not impossible and not as_column and (not odd or odd < ODD_SHARE * gains):
        return
    wrong = f"({_IMPOSSIBLE} OR {ODD}" + (f" OR ({wide}))" if as_column else ")")
    found = connection.execute(
        f"SELECT asset, coalesce(exit_reason, 'no reason'), exit_return, count(*) OVER () FROM {exits} WHERE {wrong} "
        "ORDER BY abs(exit_return) DESC, asset LIMIT 5"
    ).fetchall()
    shown = ", ".join(f"{asset} {value:g} ({reason})" for asset, reason, value, _ in found)
    _, _, largest, count = found[0]
    why = f"{largest:g} would be {signed(largest, 0)}; -1 is a total loss, and a merger pays about the last price"
    if paid > ODD_SHARE * odd:
        remedy = "They are the price paid: give it over the last price, less 1"
    elif growth > ODD_SHARE * odd:
        remedy = "They are growth: subtract 1"
    else:
        remedy = (
            f"Percent? Then all {told:,} values are: write {largest / 100:g} for {largest:g} %, or leave them empty"
        )
    yield (
        f"column 'exit_return': {count:,} of {told:,} values are no decimal return from the last price ({shown}): "
        f"{why}. {remedy}"
    )


def settle_exits(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make unknown the returns of single exits in `security_rows` that cannot be told from percent; note wide mergers.

    The other exits of the column are in decimals.
    """
    shown = "asset || ' ' || coalesce(exit_reason, 'no reason') || ' ' || exit_return"
    odd = findings.rows(
        "securities",
        "returns at exits that may be percent",
        "repaired",
        source=f"security_rows WHERE {ODD}",
        text=shown,
        order="abs(exit_return) DESC, asset",
        remedy="Taken as unknown, so the delisting rule decides: a merger pays about the last price, and nobody is "
        "paid twice it. Give decimals.",
    )
    if odd:
        connection.execute(f"UPDATE security_rows SET exit_return = NULL WHERE {ODD}")
    findings.rows(
        "securities",
        f"mergers that pay more than {percent(USUAL_MERGER, 0)} off the last price",
        "noted",
        source=f"security_rows WHERE exit_reason = 'merger' AND abs(exit_return) > {USUAL_MERGER}",
        text=shown,
        order="abs(exit_return) DESC, asset",
        remedy="Kept; most pay what the last price already says. 0.12 is 12 %.",
    )
