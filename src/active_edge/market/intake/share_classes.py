"""Share classes at import: what is one company is said, and a CIK that two companies carry is taken from one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.classes import CLASS_ITEMS, PER_SHARE_ITEMS, Lives, companies_of, share_classes, spelled_alike
from active_edge.market.findings import EXAMPLES, Finding, Findings

SAME = 0.01
"""Two assets tell one number where the values of a period agree within this share."""
BOOKS = {"total_assets": 0, "equity": 0, "revenue": 12, "net_income": 12}
"""Item to months; the first of which two assets tell the same period says whether they are one filer."""

Books = Mapping[str, pd.Series]
"""Item to the latest value of each period."""


def settle_companies(connection: duckdb.DuckDBPyConnection, findings: Findings, *, with_facts: bool) -> None:
    """Say which assets are share classes of one company, and make a CIK unknown that is another company's."""
    _note_strangers(connection, findings)
    companies = companies_of(_securities(connection))
    if not companies:
        return
    if with_facts:
        _take_wrong_ciks(connection, findings, companies)
    securities = _securities(connection)
    reporters = _reporters(connection) if with_facts else frozenset()
    groups = share_classes(companies_of(securities), securities, _lives(connection, securities), reporters)
    if not groups:
        return
    named = [" and ".join(securities.index[columns]) for columns in groups]
    kind, shown = "companies of several share classes, or tickers of one share", tuple(named[:EXAMPLES])
    remedy = "One candidate: what is most traded on the date; facts under any of them count, and value is of all."
    findings.found.append(Finding("securities", kind, "noted", len(named), shown, remedy))
    if with_facts:
        _note_differences(connection, findings, [list(securities.index[columns]) for columns in groups])


def _note_strangers(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Note tickers that are spelled like classes of one company and are of companies of other names."""
    securities = _securities(connection)
    home = {column: group for group in companies_of(securities) for column in group.tolist()}
    apart = [
        group
        for group in spelled_alike(securities)
        if any(column not in home or not np.isin(group, home[column]).all() for column in group.tolist())
        and securities["cik"].iloc[group].dropna().nunique() <= 1
    ]
    if apart:
        told = (securities["ticker"].fillna("") + " " + securities["name"].fillna("")).to_numpy()
        said = [" and ".join(told[one].tolist()) for one in apart]
        kind = "tickers spelled like classes of one company, under other names"
        remedy = "Taken for two companies; give both one cik where they are one."
        findings.found.append(Finding("securities", kind, "noted", len(apart), tuple(said[:EXAMPLES]), remedy))


def _securities(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    columns = "asset, ticker, name, cik, security_type, opened, closed"
    frame = connection.execute(f"SELECT {columns} FROM security_rows").df()
    return frame.sort_values("asset").set_index("asset").astype({"cik": "Int64"})


def _lives(connection: duckdb.DuckDBPyConnection, securities: pd.DataFrame) -> Lives:
    rows = connection.execute(
        "SELECT asset, min(session_index) AS first, max(session_index) AS last, "
        "arg_min(close, session) AS opening, arg_max(close, session) AS closing FROM price_rows GROUP BY asset"
    ).df()
    every = rows.set_index("asset").reindex(securities.index)
    first, last = (every[name].fillna(-1).to_numpy(dtype=np.int64) for name in ("first", "last"))
    return Lives(first, last, every["opening"].to_numpy(), every["closing"].to_numpy())


def _reporters(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    return frozenset(row[0] for row in connection.execute("SELECT DISTINCT asset FROM fact_rows").fetchall())


def _take_wrong_ciks(
    connection: duckdb.DuckDBPyConnection, findings: Findings, companies: Sequence[np.ndarray]
) -> None:
    """Make the CIK unknown of assets whose balance sheet is not that of the company's other assets.

    Two assets whose figures differ in most periods that both tell, or that both tell balance sheets and never for the
    same month of a quarter, are two companies. Those under which most is told keep the CIK.
    """
    securities = _securities(connection)
    books = _books(connection, list(securities.index[np.concatenate(companies)]))
    wrong: list[str] = []
    for columns in companies:
        parts: list[list[str]] = []
        for name in securities.index[columns]:
            home = next((part for part in parts if all(_one_filer(books, name, other) for other in part)), None)
            if home is None:
                parts.append([name])
            else:
                home.append(name)
        parts.sort(key=lambda part: -sum(len(sheet) for name in part for sheet in books.get(name, {}).values()))
        wrong += [name for part in parts[1:] for name in part if pd.notna(securities["cik"][name])]
    if wrong:
        connection.execute("UPDATE security_rows SET cik = NULL WHERE list_contains(?, asset)", [wrong])
        kind = "CIKs that are another company's"
        shown = tuple(f"{name} CIK {securities['cik'][name]}" for name in wrong[:EXAMPLES])
        remedy = "The books under them are not those of the other assets of that CIK: two companies. Correct the CIK."
        findings.found.append(Finding("securities", kind, "repaired", len(wrong), shown, remedy))


def _books(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, Books]:
    wanted = " OR ".join(f"(item = '{item}' AND months = {months})" for item, months in BOOKS.items())
    rows = connection.execute(
        f"SELECT asset, item, period_end, arg_max(value, filed) AS value FROM fact_rows "
        f"WHERE ({wanted}) AND list_contains(?, asset) GROUP BY ALL ORDER BY ALL",
        [list(names)],
    ).df()
    told: dict[str, dict[str, pd.Series]] = {}
    for (asset, item), of in rows.groupby(["asset", "item"]):
        told.setdefault(str(asset), {})[str(item)] = of.set_index("period_end")["value"]
    return dict(told)


def _one_filer(books: Mapping[str, Books], one: str, other: str) -> bool:
    mine, theirs = books.get(one, {}), books.get(other, {})
    for item in BOOKS:
        if item not in mine or item not in theirs:
            continue
        both = mine[item].index.intersection(theirs[item].index)
        if len(both):
            a, b = mine[item][both], theirs[item][both]
            return bool(2 * ((a - b).abs() > SAME * np.maximum(a.abs(), b.abs())).sum() <= len(both))
    if "total_assets" not in mine or "total_assets" not in theirs:
        return True
    # A day of slack at the month's end: 52-week years end on the last Saturday or the first of the next month.
    month, of = (
        (pd.DatetimeIndex(sheet["total_assets"].index) + pd.Timedelta(days=-10)).month % 3 for sheet in (mine, theirs)
    )
    return bool(set(month) & set(of))


def _note_differences(
    connection: duckdb.DuckDBPyConnection, findings: Findings, groups: Sequence[Sequence[str]]
) -> None:
    """Note figures of a company that its classes tell differently on one day."""
    owner = pd.DataFrame([(name, group[0]) for group in groups for name in group], columns=["asset", "company"])
    connection.register("owners", owner)
    of_a_class = ", ".join(f"'{item}'" for item in sorted(CLASS_ITEMS | PER_SHARE_ITEMS))
    connection.execute(
        f"""
        CREATE TABLE told_twice AS
        SELECT company, item, period_end, filed, string_agg(asset || ' ' || value, ', ' ORDER BY asset, value) AS told
        FROM fact_rows JOIN owners USING (asset) WHERE item NOT IN ({of_a_class})
        GROUP BY company, item, months, period_end, filed
        HAVING count(DISTINCT asset) > 1 AND max(value) - min(value) > {SAME} * max(abs(value))
        """
    )
    connection.unregister("owners")
    findings.rows(
        "facts",
        "figures of a company that its share classes tell differently",
        "noted",
        source="told_twice",
        text="item || ' ' || period_end || ' filed ' || filed || ': ' || told",
        order="company, item, period_end, filed",
        remedy="The figure under the class that tells most of the item counts for all.",
    )
