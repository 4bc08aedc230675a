"""Total returns held against the closes: what cannot be true becomes unknown, what can be put right is."""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings, Severity
from active_edge.market.intake.price_repairs import PRICE
from active_edge.market.prices import HALVED, UNKNOWN_RETURN_BOUND
from active_edge.market.splits import EXACT, NONE, SPLIT_RATIOS, UNDECIDED
from active_edge.words import percent

CONTRADICTION = 0.05
"""A return contradicts the closes where (1 + return) differs from their ratio by more than this share."""
DIVIDEND_DAY = 0.25
"""On the day of a special dividend close and dividend together are worth what the close before was, within this."""

_RETURN = (
    PRICE
    + " || ' after ' || round(previous_close, 4) || ', return ' || coalesce(round(total_return, 4)::VARCHAR, 'unknown')"
)


def judge_returns(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make returns unknown that cannot be true, put special dividends right, and note what a person should look at.

    A vendor's adjusted closes treat a dividend as reinvested before it is paid: the return is close / (previous close −
    dividend) − 1, which is far from (close + dividend) / previous close − 1 where the dividend is most of the price.
    """
    bound = UNKNOWN_RETURN_BOUND
    connection.execute(
        f"""
        CREATE TABLE moves AS
        SELECT m.*, s.ratio AS split, close / previous_close - 1 AS moved,
            (1 + total_return) * previous_close / close AS implied,
            abs((1 + total_return) / (close / previous_close) - 1) AS contradiction,
            previous_close - close / (1 + total_return) AS paid
        FROM (SELECT asset, session, close, total_return,
            lag(close) OVER (PARTITION BY asset ORDER BY session) AS previous_close FROM price_rows) m
        LEFT JOIN split_rows s USING (asset, session)
        WHERE previous_close IS NOT NULL AND (total_return IS NULL OR abs(total_return) > {bound}
            OR abs((1 + total_return) / (close / previous_close) - 1) > {CONTRADICTION})
        """
    )
    wild = f"(total_return <= -1 OR (contradiction > {CONTRADICTION} AND abs(total_return) > {bound}))"
    ratios = ", ".join(str(ratio) for ratio in SPLIT_RATIOS)
    usual = f"(SELECT min(abs(implied / ratio - 1)) FROM unnest([{ratios}]) AS usual(ratio)) <= {EXACT}"
    dividend = (
        f"({wild} AND total_return > {bound} AND paid > 0 AND NOT {usual} "
        f"AND abs((close + paid) / previous_close - 1) <= {DIVIDEND_DAY})"
    )
    # A loss that the closes show and more is no gain of a wrong symbol: a dividend or a split explains the rest.
    loss = f"(total_return > -1 AND total_return < -{bound} AND implied > 1)"
    connection.execute(
        f"CREATE TABLE judged_moves AS SELECT *, coalesce({dividend}, false) AS dividend, "
        f"coalesce({wild} AND NOT {dividend} AND NOT {loss}, false) AS doubtful FROM moves"
    )
    connection.execute(
        "UPDATE price_rows SET total_return = CASE WHEN dividend THEN (m.close + paid) / previous_close - 1 END "
        "FROM judged_moves m WHERE (dividend OR doubtful) "
        "AND price_rows.asset = m.asset AND price_rows.session = m.session"
    )
    for kind, severity, condition, remedy in _return_kinds():
        findings.rows(
            "prices",
            kind,
            severity,
            source=f"judged_moves WHERE {condition}",
            text=_RETURN,
            order="total_return IS NOT NULL, greatest(coalesce(abs(total_return), 0), abs(moved)) DESC, asset, session",
            remedy=remedy,
        )


def _return_kinds() -> tuple[tuple[str, Severity, str, str], ...]:
    """Return kind, severity, SQL condition and remedy of each sort of return worth a finding."""
    bound = percent(UNKNOWN_RETURN_BOUND, 0)
    unknown = "(total_return IS NULL OR doubtful)"
    undecided = f"coalesce(split = {UNDECIDED}, false)"
    splits = f"coalesce(split NOT IN ({NONE}, {UNDECIDED}) AND abs(implied / split - 1) <= {CONTRADICTION}, false)"
    unchained = (
        f"({undecided} OR abs(moved) > {UNKNOWN_RETURN_BOUND} OR moved BETWEEN {HALVED[0]} - 1.0 AND {HALVED[1]} - 1.0)"
    )
    return (
        (
            f"returns beyond ±{bound} on the day of a special dividend",
            "repaired",
            "dividend",
            "Counted as paid on top of the close, not as reinvested before it.",
        ),
        (
            f"returns beyond ±{bound} that contradict the closes",
            "repaired",
            "doubtful",
            "Taken as unknown: a split applied a day early or late, or two securities under one symbol.",
        ),
        (
            f"returns within ±{bound} that contradict the closes",
            "noted",
            f"contradiction > {CONTRADICTION} AND NOT doubtful AND NOT dividend AND NOT {splits}",
            "Kept: splits, dividends and spin-offs explain such a difference.",
        ),
        (
            "known returns beyond ±100 %",
            "noted",
            "abs(total_return) > 1 AND NOT doubtful AND NOT dividend",
            "Kept: some are real; a price that jumps back is a wrong symbol. Bound price and volume in the universe.",
        ),
        (
            "unknown returns chained as close/close",
            "noted",
            f"{unknown} AND NOT {unchained}",
            "Dividends of those days are lost; nothing else is.",
        ),
        (
            f"unknown returns beyond ±{bound} or like a split",
            "repaired",
            f"{unknown} AND {unchained}",
            "Never chained as a gain or a loss: a split, a reused ticker or an error; the return is taken as zero.",
        ),
    )
