"""Securities, facts, series and members brought in line with the prices they belong to; what is left out is counted."""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings
from active_edge.market.intake.exits_told import TOLD, note_listings
from active_edge.market.intake.fact_scales import MONEY, SHARES, settle_scales
from active_edge.market.intake.fact_signs import SIGNED, settle_signs
from active_edge.market.intake.fact_units import settle_codes, settle_units
from active_edge.market.intake.filing_units import find_unit_rows
from active_edge.market.intake.item_names import note_own_items
from active_edge.market.intake.look_ahead import settle_filing_days
from active_edge.market.intake.to_date_quarters import settle_to_date
from active_edge.market.intake.values import CODES
from active_edge.market.membership import LIST_DAYS, ONE_LIST, one_lists
from active_edge.market.prices import HOLE_SESSIONS
from active_edge.schema import ITEMS

_FACT = "asset || ' ' || item || ' ' || period_end || ' filed ' || filed"


def check_assets(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the first assets that have prices and no row in securities."""
    rows = connection.execute(
        "SELECT DISTINCT asset FROM raw_prices WHERE asset NOT IN (SELECT asset FROM raw_securities) "
        "ORDER BY asset LIMIT 5"
    )
    return [row[0] for row in rows.fetchall()]


def settle_securities(connection: duckdb.DuckDBPyConnection, findings: Findings, *, hole: int = HOLE_SESSIONS) -> None:
    """Create `security_rows`: one row for each asset, split ones with their own first and last session.

    A series without a last session that ends before the data, by more than `hole` sessions where no reason or return
    is told, gets its last price's day. Only the last part of a split asset keeps the exit that securities tell.
    """
    connection.execute(
        f"""
        CREATE TABLE security_rows AS
        WITH spans AS (
            SELECT asset, min(session) AS opened, max(session) AS closed, max(session_index) AS closed_index
            FROM price_rows GROUP BY asset),
        ends AS (SELECT asset, max(part) AS part FROM parts GROUP BY asset),
        every AS (
            SELECT coalesce(p.part_asset, s.asset) AS asset, s.* EXCLUDE (asset), s.asset AS given,
                coalesce(p.part, 1) AS part, p.part IS NOT NULL AS is_split, coalesce(p.part = e.part, true) AS is_last
            FROM raw_securities s LEFT JOIN parts p ON p.asset = s.asset LEFT JOIN ends e ON e.asset = s.asset)
        SELECT every.asset, ticker, name, cik, exchange, sic, security_type,
            CASE WHEN part = 1 THEN coalesce(first_session, opened) ELSE opened END AS first_session,
            CASE WHEN NOT is_last OR (last_session IS NULL AND closed_index < latest
                    - CASE WHEN {TOLD} THEN 0 ELSE coalesce(sparse.hole, {hole}) END)
                 THEN closed WHEN last_session <= latest_day THEN last_session END AS last_session,
            CASE WHEN is_last THEN exit_reason ELSE 'unknown' END AS exit_reason,
            CASE WHEN is_last THEN exit_return END AS exit_return,
            last_session AS told, opened, closed, is_last, is_split, last_session > latest_day AS beyond
        FROM every LEFT JOIN spans ON spans.asset = every.asset
            LEFT JOIN sparse_assets sparse ON sparse.asset = every.given
            CROSS JOIN (SELECT max(session_index) AS latest, max(session) AS latest_day FROM calendar)
        """
    )
    note_listings(connection, findings)
    findings.rows(
        "securities",
        "tickers of two names with prices on the same days",
        "noted",
        source="security_rows a JOIN security_rows b ON a.ticker = b.ticker AND a.asset < b.asset "
        "AND a.opened <= b.closed AND b.opened <= a.closed",
        text="a.ticker || ': ' || a.asset || ' and ' || b.asset || ' from ' || greatest(a.opened, b.opened) || ' to ' "
        "|| least(a.closed, b.closed)",
        order="a.ticker, a.asset, b.asset",
        remedy="Both are kept, and the ticker alone names neither: give id: and the asset where one is asked for.",
    )


REFUSED_FACTS = (
    ("empty", "facts without a value", "A missing number is no row."),
    (
        "stranger",
        "facts of assets that are not in securities",
        "Add the asset to securities, with prices, to use them.",
    ),
    ("early", "facts filed before their period ended", "A mistyped date: when it was known cannot be told."),
    ("period", "facts of a period other than 0, 3, 6, 9 or 12 months", "Give months as 0, 3, 6, 9 or 12."),
    (
        "instant",
        "facts of a flow with months 0",
        "A flow has a period: months 3 for a quarter, 6 or 9 for a year to date, 12 for a year. Which cannot be told.",
    ),
    ("share", "shares outside 0 .. 1", "Give shares as decimals: 0.05, not 5."),
    ("torn", "facts with two different values on one day", "Neither is used; give the accession of each filing."),
    (
        "sign",
        "facts below zero of items that cannot be (a minus sign that cannot be told)",
        "A cost is a positive number: a refund, a correction or an error is no figure of the period.",
    ),
    (
        "line",
        "facts of revenue below zero that the income of the same filing contradicts",
        "Nobody earns more than his revenue: it is another line of the statement, such as sales between segments.",
    ),
    (
        "untold",
        "facts of revenue of companies that never told one above zero",
        "No cost or income of the same filings says that the number is right without the sign: put the sign right.",
    ),
    (
        "scale",
        "facts a thousand or a million times off the company's other filings",
        "Thousands or millions in place of dollars, or a slip of the pen. Give every value in dollars.",
    ),
    (
        "unit",
        "facts of companies whose amounts or counts of shares are in another unit",
        "Total assets, market value, dollar volume, earnings a share, public float: one is thousands away from the "
        "others. Give dollars and shares.",
    ),
)
"""Verdict of `judged_facts`, what a person calls it, and the remedy."""
_LISTS = {
    "shares": [name for name, kind in ITEMS.items() if kind == "share"],
    "signed": SIGNED,
    "money": list(MONEY),
    "counts": list(SHARES),
    "flows": [name for name, kind in ITEMS.items() if kind in ("flow", "per_share") and name != "shares_diluted"],
}


def settle_facts(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Create `fact_rows`: usable facts, those of split assets given to the part alive when they were filed.

    A fact filed in a hole belongs to the part after it; one filed after the last part's end, to the last part.
    """
    for settle in (_settle_balances, settle_codes, settle_signs, settle_scales, settle_to_date, settle_units):
        settle(connection, findings)
    find_unit_rows(connection, findings)
    connection.execute(
        """
        CREATE TABLE judged_facts AS
        WITH same AS (SELECT DISTINCT asset, item, months, period_end, filed, accession, value FROM raw_facts
            WHERE value IS NOT NULL),
        torn AS (SELECT asset, item, months, period_end, filed FROM same WHERE accession IS NULL
            GROUP BY ALL HAVING count(*) > 1)
        SELECT f.*, CASE
            WHEN f.value IS NULL THEN 'empty'
            WHEN f.asset NOT IN (SELECT asset FROM raw_securities) THEN 'stranger'
            WHEN f.filed < f.period_end THEN 'early'
            WHEN f.months NOT IN (0, 3, 6, 9, 12) THEN 'period'
            WHEN f.months = 0 AND f.item IN (SELECT unnest($flows)) THEN 'instant'
            WHEN f.item IN (SELECT unnest($shares)) AND f.value NOT BETWEEN 0 AND 1 THEN 'share'
            WHEN t.asset IS NOT NULL AND f.accession IS NULL THEN 'torn'
            WHEN f.value < 0 AND f.item IN (SELECT unnest($signed)) THEN 'sign'
            WHEN f.value < 0 AND f.item = 'revenue' AND EXISTS (FROM other_lines o WHERE o.asset = f.asset
                AND o.filed = f.filed AND o.accession = coalesce(f.accession, '') AND o.months = f.months
                AND o.period_end = f.period_end) THEN 'line'
            WHEN f.value < 0 AND f.item = 'revenue' AND f.asset IN (FROM untold_signs) THEN 'untold'
            WHEN e.asset IS NOT NULL THEN 'scale'
            WHEN u.money AND f.item IN (SELECT unnest($money)) THEN 'unit'
            WHEN NOT u.money AND f.item IN (SELECT unnest($counts)) THEN 'unit'
            WHEN EXISTS (FROM unit_rows r WHERE r.asset = f.asset AND r.filed = f.filed
                AND r.accession = coalesce(f.accession, '')
                AND (r.what = f.item OR (r.what = 'money' AND f.item IN (SELECT unnest($money))))) THEN 'unit'
            ELSE 'kept' END AS verdict
        FROM raw_facts f LEFT JOIN torn t USING (asset, item, months, period_end, filed)
            LEFT JOIN scale_errors e ON e.asset = f.asset AND e.item = f.item AND e.months = f.months
                AND e.period_end = f.period_end AND e.filed = f.filed AND e.accession = coalesce(f.accession, '')
            LEFT JOIN unit_errors u ON u.asset = f.asset
        """,
        _LISTS,
    )
    for verdict, kind, remedy in REFUSED_FACTS:
        findings.rows(
            "facts",
            kind,
            "refused",
            source=f"judged_facts WHERE verdict = '{verdict}'",
            text=_FACT + " || ' value ' || coalesce(value::VARCHAR, 'missing')",
            order="asset, item, filed, period_end",
            remedy=remedy,
        )
    for settle in (_merge_facts, settle_filing_days, _assign_facts):
        settle(connection, findings)


def _settle_balances(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Read a balance told with a period as that of the period's last day."""
    balances = ", ".join(f"'{name}'" for name, kind in ITEMS.items() if kind == "instant")
    spanning = f"months <> 0 AND item IN ({balances})"
    findings.rows(
        "facts",
        "facts of a balance told with a period",
        "repaired",
        source=f"raw_facts WHERE {spanning}",
        text=_FACT + " || ' months ' || months",
        order="asset, item, filed, period_end",
        remedy="Read as the balance of the period's last day: months 0.",
    )
    connection.execute(f"UPDATE raw_facts SET months = 0 WHERE {spanning}")


def _merge_facts(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Create `fact_rows` from the facts kept, one row where the same number was told more than once."""
    connection.execute(
        """
        CREATE TABLE fact_rows AS
        SELECT asset, item, months, period_end, value, filed, min(form) AS form, accession, min(source) AS source,
            min(CASE WHEN lower(confidence) IN ('high', 'medium', 'low') THEN lower(confidence) END) AS confidence,
            count(*) AS copies
        FROM judged_facts WHERE verdict = 'kept'
        GROUP BY asset, item, months, period_end, value, filed, accession
        """
    )
    findings.rows(
        "facts",
        "facts of foreign filers (20-F, 40-F, 6-K)",
        "noted",
        source="fact_rows WHERE upper(split_part(form, '/', 1)) IN ('20-F', '40-F', '6-K')",
        text=_FACT,
        order="asset, item, filed",
        remedy="Read as US dollars, as every fact is. Such reports are often in another currency; a column `currency` "
        "tells it, and what is not in USD is left out.",
    )
    findings.rows(
        "facts",
        "facts told more than once with the same value",
        "repaired",
        source="fact_rows WHERE copies > 1",
        text=_FACT,
        order="asset, item, filed",
        remedy="One row is kept.",
    )
    note_own_items(connection, findings)


def _assign_facts(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Give the facts of split assets to the part that was alive when they were filed."""
    connection.execute(
        """
        CREATE TABLE moved_facts AS
        SELECT f.rowid AS fact, f.asset, f.item, f.period_end, f.filed,
            arg_min(p.part_asset, CASE WHEN p.last_session >= f.filed THEN p.part
                ELSE 1000000 - p.part END) AS part_asset
        FROM fact_rows f JOIN parts p ON p.asset = f.asset GROUP BY ALL
        """
    )
    findings.rows(
        "facts",
        "facts of split assets given to a later part",
        "repaired",
        source="moved_facts WHERE part_asset <> asset",
        text="part_asset || ' ' || item || ' filed ' || filed",
        order="asset, item, filed",
        remedy="A part owns what was filed after the part before it ended.",
    )
    connection.execute(
        "UPDATE fact_rows SET asset = moved_facts.part_asset FROM moved_facts WHERE fact_rows.rowid = moved_facts.fact"
    )


def settle_series(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Create `series_rows`: series values that are there."""
    findings.rows(
        "series",
        "series rows without a value",
        "refused",
        source="raw_series WHERE value IS NULL",
        text="series || ' ' || date",
        order="series, date",
        remedy="A missing value is no row.",
    )
    findings.rows(
        "series",
        "series rows whose value is a code for nothing",
        "refused",
        source=f"raw_series WHERE value IN {CODES}",
        text="series || ' ' || date || ': ' || value",
        order="series, date",
        remedy="Such as -99.99 and -999 of factor returns: a missing value is no row.",
    )
    connection.execute(
        f"CREATE TABLE series_rows AS SELECT * FROM raw_series WHERE value IS NOT NULL AND value NOT IN {CODES}"
    )


STRANGER = "asset NOT IN (SELECT asset FROM raw_securities)"
REFUSED_MEMBERS = (
    (
        "stranger",
        STRANGER,
        "members that are not in securities",
        "They cannot be held; add them to securities, with prices.",
    ),
    (
        "undated",
        "observed IS NULL AND start IS NULL",
        "members with neither an observation nor a start",
        "Give observed, or start and end.",
    ),
    ("reversed", '"end" < start', "members that end before they start", "Exchange start and end."),
)
"""Verdict of `judged_members`, SQL of `raw_members`, what a person calls it, and the remedy."""


def settle_members(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Create `member_rows`: members that are in securities, split assets by the part alive on the day observed.

    An index known by one list alone, of a day long before the last session, is noted.

    An observation belongs to the first part that ends on or after it; an interval to every part it overlaps.
    """
    cases = " ".join(f"WHEN {fault} THEN '{verdict}'" for verdict, fault, *_ in REFUSED_MEMBERS)
    connection.execute(
        f"CREATE TABLE judged_members AS SELECT *, CASE {cases} ELSE 'kept' END AS verdict FROM raw_members"
    )
    for verdict, _, kind, remedy in REFUSED_MEMBERS:
        findings.rows(
            "members",
            kind,
            "refused",
            source=f"judged_members WHERE verdict = '{verdict}'",
            text="\"index\" || ' ' || asset || ' ' || coalesce(observed, start, \"end\")",
            order='"index", asset',
            remedy=remedy,
        )
    lists = one_lists("(FROM judged_members WHERE verdict = 'kept')")
    findings.rows(
        "members",
        ONE_LIST,
        "noted",
        source=f"({lists}) WHERE day < (SELECT max(session) FROM calendar) - {LIST_DAYS}",
        text="\"index\" || ': ' || n || ' members of ' || day",
        order='"index"',
        remedy="Used as it stands on every later day: whoever has left since stays, whoever joined is missing, and "
        "before it nobody is a member. Give lists of several days, or start and end of each member.",
    )
    connection.execute(
        """
        CREATE TABLE member_rows AS
        WITH kept AS (SELECT * EXCLUDE (verdict) FROM judged_members WHERE verdict = 'kept')
        SELECT * FROM kept WHERE asset NOT IN (SELECT asset FROM parts)
        UNION ALL
        SELECT k."index", arg_min(p.part_asset, CASE WHEN p.last_session >= k.observed THEN p.part
            ELSE 1000000 - p.part END) AS asset, k.observed, k.start, k."end"
        FROM kept k JOIN parts p ON p.asset = k.asset WHERE k.start IS NULL
        GROUP BY k."index", k.asset, k.observed, k.start, k."end"
        UNION ALL
        SELECT k."index", p.part_asset, k.observed, k.start, k."end"
        FROM kept k JOIN parts p ON p.asset = k.asset
        WHERE k.start <= p.last_session AND coalesce(k."end", p.last_session) >= p.first_session
        """
    )


def settle_weights(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Create `weight_rows`: weights of members that are in securities, split assets by the part alive on the day."""
    findings.rows(
        "weights",
        "weights of members that are not in securities",
        "refused",
        source="raw_weights WHERE asset NOT IN (SELECT asset FROM raw_securities)",
        text="\"index\" || ' ' || asset || ' ' || day",
        order='"index", asset',
        remedy="Add them to securities, with prices.",
    )
    connection.execute(
        """
        CREATE TABLE weight_rows AS
        WITH kept AS (SELECT * FROM raw_weights WHERE asset IN (SELECT asset FROM raw_securities))
        SELECT * FROM kept WHERE asset NOT IN (SELECT asset FROM parts)
        UNION ALL
        SELECT k."index", p.part_asset, k.day, k.weight FROM kept k JOIN parts p ON p.asset = k.asset
        WHERE k.day BETWEEN p.first_session AND p.last_session
        """
    )
