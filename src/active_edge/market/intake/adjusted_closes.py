"""Adjusted closes given as unadjusted ones, the commonest free data: seen by what they cannot show.

A close adjusted for later splits is no price anyone paid. Times shares outstanding it is no market value, and a company
whose shares were split later is ranked too small on every day before.
"""

from __future__ import annotations

import duckdb

from active_edge.market.findings import ADJUSTED_CLOSES, EXAMPLES, Finding, Findings
from active_edge.market.intake.adjusted_names import FLOATS_OVER_VALUE, SHARES_FILED, note_adjusted_names
from active_edge.market.intake.return_repairs import CONTRADICTION
from active_edge.market.split_events import NEWS
from active_edge.market.splits import EXACT, HALF_CENT, MOST_REVERSE, SPLIT_RATIOS, SPLIT_TOLERANCE
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.words import number, percent

LEAST_SPLIT_RATE = 0.005
"""Splits a listed share shows in a year, reverse ones counted: one in fifty on a real market of 2015 to 2017, and never
so few as this over the last half century."""
FEWEST_EXPECTED, SHARE_SEEN = 10.0, 0.2
"""Nothing is said before this many splits are due, and then only where no more than this share of them is there."""
LEAST_SPLIT = 1.4
"""A known return that contradicts the closes by less is a dividend."""
WHOLE_RATIOS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50)
NEAR, DEAR, CHEAP = 0.03, 5.0, 0.3
"""Without returns a split is a move by a whole number within NEAR, from or to DEAR and at no time below CHEAP."""
SESSION_SHARE, FEWEST_NAMES = 0.1, 20
"""A session on which closes contradict the returns of more than this share of at least so many names."""
FLOAT_ABOVE_VALUE, FLOAT_SHARE, FEWEST_FLOATS = 1.5, 0.1, 100
"""Public floats above market value by this factor: more than this share of at least so many cannot be."""
TURNOVER, TURNOVER_SHARE = 0.5, 0.05
"""A day's volume above this share of the shares there are: more than this share of the days cannot be."""

COUNTED_RATIOS, COUNTED_WITHIN, COUNTED_SHARE, FEWEST_COUNTED = (
    (1.5, 2, 3, 4, 5, 10, 0.5, 0.2, 0.1, 0.05),
    0.01,
    0.5,
    10,
)
"""Counts of shares that grew by one of these within this share were split, most of them: where the closes show fewer
than this part of at least so many, they are adjusted."""
NAMED_WITHIN = 0.003
"""Of 2:1 and more, or a reverse one, and so near it, a count names the company; an issue is seldom so exact."""

NO_SPLITS = f"{ADJUSTED_CLOSES}: splits that are not there"
SESSIONS = f"{ADJUSTED_CLOSES} or of two sources: sessions that contradict the returns of many names"
FLOATS = f"{ADJUSTED_CLOSES}: public floats above market value"
COUNTS = f"{ADJUSTED_CLOSES}: counts of shares that split where closes do not"
UNTOLD = "names of whose closes nothing tells whether they are adjusted"
VOLUMES = f"{ADJUSTED_CLOSES}: days that trade half the shares"
_REMEDY = (
    "Closes must be unadjusted, as quoted on the day, with total_return beside them. Until then market value, and "
    "every rank by it, is false before a split, and cap_rank refuses."
)


def note_adjusted_closes(connection: duckdb.DuckDBPyConnection, findings: Findings, *, with_facts: bool) -> None:
    """Note what shows that closes are adjusted, and sessions on which they contradict the returns."""
    _note_missing_splits(connection, findings)
    _note_sessions(connection, findings)
    floats, counts = 0, 0
    if with_facts:
        floats = _note_values(connection, findings)
        counts, unseen = _note_counts(connection, findings)
        note_adjusted_names(connection, findings, unseen)
    told = any(one.kind.startswith(ADJUSTED_CLOSES) for one in findings.found)
    if not told and floats < FEWEST_FLOATS and counts < FEWEST_COUNTED:
        _note_untold(connection, findings)


def _note_missing_splits(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Note the absence of splits of companies' shares.

    A split is a row whose closes and return disagree by an exact ratio; where no return is told, closes a whole number
    apart on a day of ordinary volume, for bad news that halves a price is traded ten times as much.
    """
    ratios = ", ".join(str(ratio) for ratio in SPLIT_RATIOS)
    bound = f"least({EXACT} + {HALF_CENT} / previous_close + {HALF_CENT} / close, {SPLIT_TOLERANCE})"
    whole = ", ".join(str(ratio) for ratio in WHOLE_RATIOS)
    years, splits = connection.execute(
        f"""
        WITH each AS (
            SELECT close, volume, total_return, lag(close) OVER own AS previous_close, median(volume) OVER
                (own ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING) AS usual_volume
            FROM price_rows
            WHERE asset IN (SELECT asset FROM security_rows WHERE coalesce(security_type NOT IN ('etf', 'fund'), true))
            WINDOW own AS (PARTITION BY asset ORDER BY session)),
        rows AS (SELECT *, (1 + coalesce(total_return, 0)) * previous_close / close AS implied,
            greatest(previous_close / close, close / previous_close) AS move FROM each WHERE previous_close IS NOT NULL)
        SELECT (SELECT count(*) FROM rows) / {SESSIONS_A_YEAR}.0, count(*) FROM rows
        WHERE CASE WHEN total_return IS NULL THEN move > 1.5
                AND least(close, previous_close) > {CHEAP} AND greatest(close, previous_close) >= {DEAR}
                AND (SELECT min(abs(move / ratio - 1)) FROM unnest([{whole}]) AS u(ratio)) <= {NEAR}
                AND coalesce(volume <= {NEWS} * implied * usual_volume, true)
            WHEN implied >= {LEAST_SPLIT}
            THEN (SELECT min(abs(implied / ratio - 1)) FROM unnest([{ratios}]) AS u(ratio)) <= {bound}
            ELSE implied BETWEEN 1.0 / {MOST_REVERSE + 0.5} AND 0.6 AND abs(implied * round(1 / implied) - 1) <= {bound}
            END
        """
    ).fetchall()[0]
    expected = LEAST_SPLIT_RATE * years
    if expected >= FEWEST_EXPECTED and splits <= SHARE_SEEN * expected:
        shown = f"{splits} in {number(years, 0)} name-years, at least {number(expected, 0)} are usual"
        findings.found.append(Finding("prices", NO_SPLITS, "noted", max(int(expected) - splits, 1), (shown,), _REMEDY))


def _note_sessions(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    rows = connection.execute(
        f"""
        WITH each AS (
            SELECT session, (1 + total_return) / close * lag(close) OVER own AS implied
            FROM price_rows WHERE total_return > -1 WINDOW own AS (PARTITION BY asset ORDER BY session))
        SELECT session, count(*) FILTER (abs(implied - 1) > {CONTRADICTION}) AS off, count(implied) AS told,
            max(greatest(implied, 1 / implied)) AS furthest
        FROM each GROUP BY session HAVING off >= {FEWEST_NAMES} AND off > {SESSION_SHARE} * told ORDER BY session
        """
    ).fetchall()
    if rows:
        shown = tuple(
            f"{session}: {percent(off / told, 0)} of {told:,} names, up to {number(furthest, 0)}-fold"
            for session, off, told, furthest in rows[:EXAMPLES]
        )
        remedy = "Closes before and after such a day are on different bases: adjusted, or of two sources."
        findings.found.append(Finding("prices", SESSIONS, "noted", len(rows), shown, remedy))


def _note_counts(connection: duckdb.DuckDBPyConnection, findings: Findings) -> tuple[int, dict[str, str]]:
    """Note counts of shares that grew as in a split on whose way no close moved; the number that grew so, and the exact
    ones by asset."""
    ratios = ", ".join(str(ratio) for ratio in COUNTED_RATIOS)
    rows = connection.execute(
        f"""
        WITH each AS (
            SELECT asset, filed, shares / lag(shares) OVER own AS grown, lag(filed) OVER own AS since
            FROM ({SHARES_FILED})
            WINDOW own AS (PARTITION BY asset ORDER BY filed)),
        grew AS (
            SELECT e.*, ratio FROM each e, (SELECT unnest([{ratios}]) AS ratio)
            WHERE abs(grown / ratio - 1) <= {COUNTED_WITHIN} AND filed - since <= 200
                AND EXISTS (FROM price_rows p WHERE p.asset = e.asset AND p.session BETWEEN e.since AND e.filed)),
        judged AS (SELECT *, EXISTS (FROM split_moves m WHERE m.asset = grew.asset
            AND m.session BETWEEN grew.since - 120 AND grew.filed AND abs(m.looks / grew.ratio - 1) <= 0.1) AS seen
            FROM grew)
        SELECT asset, asset || ' ' || filed || ' ' || round(grown, 2) || ' times as many', seen,
            (ratio >= 2 OR ratio <= 0.5) AND abs(grown / ratio - 1) <= {NAMED_WITHIN} FROM judged ORDER BY asset, filed
        """
    ).fetchall()
    unseen = [shown for _, shown, seen, _ in rows if not seen]
    if len(rows) >= FEWEST_COUNTED and len(rows) - len(unseen) < COUNTED_SHARE * len(rows):
        shown = (f"{len(unseen)} of {len(rows)} counts that grew as in a split", *unseen[:EXAMPLES])
        findings.found.append(Finding("facts", COUNTS, "noted", len(unseen), shown, _REMEDY))
    return len(rows), {asset: shown for asset, shown, seen, exact in reversed(rows) if exact and not seen}


def _note_untold(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Note that a market of closes alone cannot show whether they are adjusted."""
    names, years, told = connection.execute(
        f"SELECT count(DISTINCT asset), count(*) / {SESSIONS_A_YEAR}.0, count(total_return) + count(volume) "
        "FROM price_rows"
    ).fetchall()[0]
    if not told and LEAST_SPLIT_RATE * years >= FEWEST_EXPECTED:
        remedy = (
            "Give total_return or volume, or shares_outstanding and public_float_usd as filed: adjusted closes make "
            "every market value before a split false."
        )
        findings.found.append(Finding("prices", UNTOLD, "noted", names, (), remedy))


def _note_values(connection: duckdb.DuckDBPyConnection, findings: Findings) -> int:
    """Note public floats above market value, and volumes above what shares there are to trade; the number of floats."""
    floats, above = connection.execute(
        f"SELECT count(*), count(*) FILTER (times > {FLOAT_ABOVE_VALUE}) FROM ({FLOATS_OVER_VALUE})"
    ).fetchall()[0]
    if floats >= FEWEST_FLOATS and above > FLOAT_SHARE * floats:
        shown = f"{percent(above / floats, 0)} of {floats:,} floats exceed shares times close by half and more"
        findings.found.append(Finding("facts", FLOATS, "noted", above, (shown,), _REMEDY))
    days, traded = connection.execute(
        f"""
        SELECT count(*), count(*) FILTER (p.volume > {TURNOVER} * s.shares)
        FROM ({SHARES_FILED}) s ASOF JOIN price_rows p ON p.asset = s.asset AND p.session <= s.filed WHERE p.volume > 0
        """
    ).fetchall()[0]
    if days >= FEWEST_FLOATS and traded > TURNOVER_SHARE * days:
        shown = f"on {percent(traded / days, 0)} of {days:,} days of filing"
        findings.found.append(Finding("prices", VOLUMES, "noted", traded, (shown,), _REMEDY))
    return int(floats)
