"""Dividends of names whose returns come from closes in holdings files: as filed, or as the fund that held them paid.

A quarter's `dividends_per_share` goes into the return of the first session from the quarter's last day on, for the
ex-day is filed nowhere; where a split shows on that very day it is one of new shares. A company whose statements tell
no dividend paid none. Of a name without any statement nothing is known: it earns the yield of the fund that held it,
spread over the days.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.findings import Finding
from active_edge.words import percent

DAYS_A_YEAR = 365.25
YIELD_FUND = "IWM"
"""Whose yield stands for a fund without a chart."""
LARGEST = 0.5
"""A dividend of a quarter above this share of the price is another currency's, or counts other shares."""
LARGEST_YIELD = 0.05
"""Of a fund in one payment; more is a split that was missed."""
MONTHS = (3, 6, 9, 12)
SLACK_DAYS = 20


@dataclass(frozen=True)
class Dividends:
    """How dividends of each name with closes from holdings are known: `filed`, `none filed`, `fund's yield`.

    rows : how many returns of each kind. bound : what a year's return of a name that filed none could be off by in the
    mean, decimal: the largest yield of a year that the fund had. refused : quarters not believed.
    """

    of: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    bound: float = float("nan")
    refused: int = 0

    def findings(self) -> list[Finding]:
        """What the returns are made of."""
        if not self.rows:
            return []
        shown = tuple(f"{kind} {rows:,}" for kind, rows in sorted(self.rows.items()))
        known = np.isfinite(self.bound)
        off = (
            f"at most {percent(self.bound)} a year, the fund's yield"
            if known
            else "nobody knows what: no chart of a fund"
        )
        remedy = (
            "A name without statements earns the yield of its fund, one whose statements tell no dividend earns none: "
            f"in the mean such names are off by {off}."
        )
        kind = "returns from holdings' closes, by what tells their dividends"
        found = [Finding("prices", kind, "repaired", sum(self.rows.values()), shown, remedy)]
        if self.refused:
            kind = f"filed dividends of a quarter above {percent(LARGEST, 0)} of the price"
            found.append(
                Finding("prices", kind, "refused", self.refused, (), "Left out of the return; see the filing.")
            )
        return found


def pay(
    connection: duckdb.DuckDBPyConnection,
    facts: duckdb.DuckDBPyRelation | None,
    yields: Mapping[str, pd.Series],
    splits: pd.DataFrame | None = None,
) -> Dividends:
    """Add dividends to the returns of `all_prices` that `fill` made of holdings' closes; says how each was known.

    Parameters
    ----------
    facts : the table of facts. yields : fund → its dividend yield by year, decimal, as `yields_by_year` gives it.
    splits : asset, session, ratio of `Filled`.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE unpaid AS SELECT j.asset, j.session, j.session_before, j.close_before, f.fund "
        "FROM joined j LEFT JOIN (SELECT asset, session, any_value(fund) AS fund FROM added GROUP BY ALL) f "
        "USING (asset, session) WHERE (j.extra OR j.extra_before) AND j.close_before > 0"
    )
    names = [row[0] for row in connection.execute("SELECT DISTINCT asset FROM unpaid ORDER BY asset").fetchall()]
    if not names:
        return Dividends()
    filed, tellers = _filed(facts)
    paid = quarterly(filed, splits)
    payers = set(filed["asset"])
    kinds = {n: "filed" if n in payers else "none filed" if n in tellers else "fund's yield" for n in names}
    connection.register("dividend_kinds", pd.DataFrame(kinds.items(), columns=["asset", "kind"]).astype(object))
    connection.register("filed_dividends", paid)
    split = pd.DataFrame({"asset": [], "session": [], "ratio": []}) if splits is None else splits
    connection.register("paid_splits", split.astype({"asset": object, "session": "datetime64[ns]", "ratio": "float64"}))
    connection.register("fund_yields", _table(yields))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE due AS SELECT u.asset, u.session, "
        "sum(p.amount * coalesce(s.ratio, 1)) / any_value(u.close_before) AS paid FROM unpaid u "
        "JOIN filed_dividends p ON p.asset = u.asset AND CAST(p.day AS DATE) > u.session_before "
        "AND CAST(p.day AS DATE) <= u.session LEFT JOIN paid_splits s ON s.asset = u.asset "
        "AND CAST(s.session AS DATE) = u.session AND CAST(p.day AS DATE) = u.session GROUP BY ALL"
    )
    refused = int(connection.execute(f"SELECT count(*) FROM due WHERE paid > {LARGEST}").fetchall()[0][0])
    connection.execute(f"DELETE FROM due WHERE paid > {LARGEST}")
    connection.execute(
        "INSERT INTO due SELECT u.asset, u.session, y.yield * (u.session - u.session_before) / "
        f"{DAYS_A_YEAR} FROM unpaid u JOIN dividend_kinds k ON k.asset = u.asset AND k.kind = 'fund''s yield' "
        f"JOIN fund_yields y ON y.fund = CASE WHEN u.fund IN (SELECT fund FROM fund_yields) THEN u.fund ELSE "
        f"'{YIELD_FUND}' END AND y.year = year(u.session)"
    )
    connection.execute(
        "UPDATE all_prices SET total_return = round(total_return + due.paid, 9) FROM due "
        "WHERE all_prices.asset = due.asset AND all_prices.session = due.session"
    )
    rows = connection.execute(
        "SELECT kind, count(*) FROM unpaid JOIN dividend_kinds USING (asset) GROUP BY kind ORDER BY kind"
    ).fetchall()
    bound = float(yields[YIELD_FUND].max()) if YIELD_FUND in yields and len(yields[YIELD_FUND]) else float("nan")
    return Dividends(kinds, {str(kind): int(n) for kind, n in rows}, bound, refused)


def _filed(facts: duckdb.DuckDBPyRelation | None) -> tuple[pd.DataFrame, set[str]]:
    """First version of each filed dividend of the unpaid names (asset, months, period_end, value), and the names with
    statements."""
    columns = ["asset", "months", "period_end", "value"]
    if facts is None:
        return pd.DataFrame(columns=columns), set()
    of_unpaid = facts.filter("asset IN (SELECT asset FROM unpaid)")
    first = of_unpaid.filter("item = 'dividends_per_share' AND months > 0").aggregate(
        "asset, months, period_end, arg_min(value, filed) AS value"
    )
    telling = of_unpaid.filter("item IN ('net_income', 'operating_cash_flow')").aggregate("asset").fetchall()
    return first.order("asset, months, period_end").df()[columns], {str(row[0]) for row in telling}


def quarterly(filed: pd.DataFrame, splits: pd.DataFrame | None = None) -> pd.DataFrame:
    """(asset, day, amount) of what was paid within the periods filed, none counted twice.

    A quarter stands as filed; of a longer period what its shorter ones do not have is paid at its end. A period counts
    in shares of its end, so what was paid before a split within it is put into those first.
    """
    found: list[tuple[str, pd.Timestamp, float]] = []
    split: dict[str, list[tuple[pd.Timestamp, float]]] = {}
    if splits is not None:
        for row in splits.itertuples():
            split.setdefault(str(row.asset), []).append((pd.Timestamp(row.session), float(row.ratio)))
    slack = pd.Timedelta(days=SLACK_DAYS)
    for asset, rows in filed.groupby("asset", sort=True):
        paid: dict[pd.Timestamp, float] = {}
        for months in MONTHS:
            for row in rows[rows["months"] == months].itertuples():
                end = pd.Timestamp(row.period_end)
                if end in paid:
                    continue
                start = end - pd.DateOffset(months=months)
                inside = [(day, amount) for day, amount in paid.items() if start + slack < day < end - slack]
                before = sum(amount / _grown(split.get(str(asset), ()), day, end) for day, amount in inside)
                paid[end] = max(0.0, float(row.value) - before)
        found.extend((str(asset), day, amount) for day, amount in sorted(paid.items()) if amount > 0.0)
    return pd.DataFrame(found, columns=["asset", "day", "amount"]).astype(
        {"asset": object, "day": "datetime64[ns]", "amount": "float64"}
    )


def _grown(splits: Sequence[tuple[pd.Timestamp, float]], first: pd.Timestamp, last: pd.Timestamp) -> float:
    """New shares for one of `first` at the end of `last`."""
    return math.prod(ratio for day, ratio in splits if first < day <= last)


def yields_by_year(rows: pd.DataFrame) -> pd.Series:
    """Dividend yield of a fund by year: what its returns have beyond its closes; of part of a year the mean of all.

    Parameters
    ----------
    rows : session, close (unadjusted), total_return, in order.
    """
    close = rows["close"].to_numpy()
    plain = close[1:] / close[:-1] - 1.0
    over = rows["total_return"].to_numpy()[1:] - plain
    session = pd.DatetimeIndex(rows["session"])[1:]
    paid = pd.Series(over, index=session)
    paid = paid[(paid > 0.0) & (paid < LARGEST_YIELD)]
    if len(session) < 2:
        return pd.Series(dtype="float64")
    mean = float(paid.sum()) / max((session[-1] - session[0]).days / DAYS_A_YEAR, 1.0 / DAYS_A_YEAR)
    whole = pd.Series(1, index=session).groupby(session.year).count() >= 240
    by_year = paid.groupby(paid.index.year).sum().reindex(whole.index, fill_value=0.0)
    return by_year.where(whole, mean)


def _table(yields: Mapping[str, pd.Series]) -> pd.DataFrame:
    rows = [(fund, int(year), float(value)) for fund, told in yields.items() for year, value in told.items()]
    return pd.DataFrame(rows, columns=["fund", "year", "yield"]).astype(
        {"fund": object, "year": "int64", "yield": "float64"}
    )
