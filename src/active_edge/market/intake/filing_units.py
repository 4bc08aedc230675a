"""One company or one filing in thousands or millions: seen by trading, by what shares cost and by earnings per share.

None of it is put right: which of the numbers is wrong is known, what it should be is not proven. It is left out.
"""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings
from active_edge.market.intake.fact_scales import SHARES, USUAL_TURNOVER
from active_edge.market.intake.odd_volumes import settle_volumes

FEW_ASSETS, MANY_ASSETS = -1.8, 2.2
"""log10 of total assets / market value between which companies lie: of 4,352 of 2016 three lie below, none above."""
MUCH_TRADED, LITTLE_TRADED = 0.0, 2.2
"""log10 of market value / dollars traded a day, and of the same / 200 days of it. Nothing trades all its shares in an
ordinary day; above the second a count is false where assets are too few for such a value, too."""
HELD_CLOSELY = -2.5
"""log10 of public float / market value: what is held closely leaves a part in a hundred, a float in thousands less."""
LOCAL_DAYS = 92
LEAST_EPS = 0.009
FAR, SAME = 2.0, 1.0
"""log10 of net income / (earnings a share × shares): beyond FAR one of them is in another unit, within SAME none is."""

_FACTS = """
    (FROM raw_facts r WHERE NOT EXISTS (FROM scale_errors e WHERE e.asset = r.asset AND e.item = r.item
        AND e.months = r.months AND e.period_end = r.period_end AND e.filed = r.filed
        AND e.accession = coalesce(r.accession, '')))"""
_COUNTS = f"""
    CREATE TABLE counts AS
    WITH usual AS (SELECT asset, median(close * volume) AS dollars, arg_min(close, session) AS first_close
        FROM price_rows GROUP BY asset),
    told AS (
        SELECT f.asset, f.filed, coalesce(f.accession, '') AS accession, f.item, f.value,
            coalesce(p.close, u.first_close) AS close, f.value * coalesce(p.close, u.first_close) AS worth, u.dollars
        FROM (FROM {_FACTS} WHERE item IN {SHARES} AND value > 0) f
        ASOF LEFT JOIN price_rows p ON p.asset = f.asset AND p.session <= f.filed JOIN usual u ON u.asset = f.asset),
    near AS (
        SELECT t.asset, t.filed, median(p.close * p.volume) AS dollars
        FROM (SELECT DISTINCT asset, filed FROM told WHERE worth < 10 * dollars) t JOIN price_rows p
            ON p.asset = t.asset AND p.session BETWEEN t.filed - {LOCAL_DAYS} AND t.filed GROUP BY ALL)
    SELECT t.*, coalesce(log10(t.worth / nullif(coalesce(near.dollars, t.dollars), 0)) < {MUCH_TRADED}, false)
            AND t.asset NOT IN (SELECT asset FROM open_volumes) AS small,
        coalesce(log10(t.worth / nullif({USUAL_TURNOVER} * t.dollars, 0)) > {LITTLE_TRADED}, false) AS large
    FROM told t LEFT JOIN near ON near.asset = t.asset AND near.filed = t.filed"""

# The value of the last count that can be true; of a company whose counts are false, what is traded in 200 days.
_FILINGS = f"""
    CREATE TABLE filings AS
    WITH told AS (
        SELECT asset, filed, coalesce(accession, '') AS accession,
            max(value) FILTER (item = 'total_assets') AS assets, max(value) FILTER (item = 'public_float_usd') AS float,
            max_by(value, (months, period_end)) FILTER (item = 'net_income' AND value <> 0) AS income,
            max_by(value, (months, period_end)) FILTER (item = 'eps_diluted' AND abs(value) >= {LEAST_EPS}) AS eps
        FROM {_FACTS} WHERE item IN ('total_assets', 'public_float_usd', 'net_income', 'eps_diluted') GROUP BY ALL),
    good AS (SELECT asset, filed, median(worth) AS worth, median(value) AS shares, any_value(close) AS close
        FROM counts
        WHERE NOT small GROUP BY asset, filed),
    around AS (SELECT asset, median(dollars) * {USUAL_TURNOVER} AS worth FROM counts
        GROUP BY asset HAVING count(*) FILTER (small) > 0.5 * count(*))
    SELECT t.*, coalesce(g.worth, a.worth) AS worth, log10(assets / coalesce(g.worth, a.worth)) AS owned,
        CASE WHEN income * eps > 0 THEN log10(income / (eps * g.shares)) END AS earned,
        abs(eps) < g.close AS usual_eps
    FROM told t ASOF LEFT JOIN good g ON g.asset = t.asset AND g.filed <= t.filed
        LEFT JOIN around a ON a.asset = t.asset"""


def find_unit_rows(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Create `unit_rows` (asset, filed, accession, what): items of a filing in another unit; 'money' is every amount.

    Volumes are settled first, for they bear witness of counts.

    Counts of shares whose value is traded in a day, or that make a company of ordinary trading worth sixty times its
    assets; amounts of a filing whose assets are far from market value, unless earnings a share bear them out; net
    income a hundred times off its earnings a share; a public float far below market value.
    """
    settle_volumes(connection, findings)
    connection.execute(_COUNTS)
    connection.execute(_FILINGS)
    connection.execute(
        f"""
        CREATE TABLE unit_rows AS
        SELECT asset, filed, accession, item AS what FROM counts WHERE small
        UNION
        SELECT c.asset, c.filed, c.accession, c.item FROM counts c JOIN filings f USING (asset, filed, accession)
            WHERE c.large AND f.owned < {FEW_ASSETS}
        UNION
        SELECT asset, filed, accession, 'money' FROM filings
            WHERE NOT owned BETWEEN {FEW_ASSETS} AND {MANY_ASSETS} AND coalesce(abs(earned) > {SAME}, true)
                AND (asset, filed, accession) NOT IN (SELECT (asset, filed, accession) FROM counts WHERE large)
        UNION
        SELECT asset, filed, accession, 'net_income' FROM filings WHERE abs(earned) > {FAR} AND usual_eps
        UNION
        SELECT asset, filed, accession, 'public_float_usd' FROM filings
            WHERE abs(log10(float / worth)) > {-HELD_CLOSELY} AND float > 0
        """
    )
    connection.execute("DROP TABLE counts; DROP TABLE filings")
