"""The holdings files of an archive brought into a market: securities, closes, members, weights, sectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding
from active_edge.progress import Progress
from active_edge.schema import SECURITIES
from active_edge.sessions import sessions_between
from active_edge.sources.holdings import members as membership
from active_edge.sources.holdings import seen
from active_edge.sources.holdings.closes import Filled, fill, make_life_closes
from active_edge.sources.holdings.identity import Identified, identify
from active_edge.sources.holdings.labels import Labels, read_labels
from active_edge.sources.holdings.lines import read_lines
from active_edge.sources.holdings.volumes import fill_volumes
from active_edge.sources.sec.fsds import Filing
from active_edge.sources.securities import Listing, Register
from active_edge.sources.web.archive import Archive

LEFT_AFTER_DAYS = 14
"""A name without a close for so long before the data end has left."""


@dataclass
class Held:
    """Tables of the holdings of an archive, to be joined to those of the other sources.

    `members`, `weights` None where there is no file; `added` : rows of prices that the charts lacked.
    """

    listing: Listing
    members: duckdb.DuckDBPyRelation | None = None
    weights: duckdb.DuckDBPyRelation | None = None
    sectors: pd.DataFrame | None = None
    findings: list[Finding] = field(default_factory=list)
    filled: Filled | None = None
    report: dict[str, Any] = field(default_factory=dict)


def bring_in(
    archive: Archive,
    connection: duckdb.DuckDBPyConnection,
    known: Register,
    filings: Sequence[Filing],
    listing: Listing,
    charts: Mapping[str, str],
    spans: Mapping[str, tuple[pd.Timestamp, pd.Timestamp]],
    progress: Progress,
) -> Held:
    """Read the holdings and join them to what the charts and the companies say.

    The tables `chart_rows` and `chart_prices` of the connection are the charts; `all_prices` is made of them and of
    the closes that holdings add.

    Parameters
    ----------
    charts, spans : symbol of each stretch of a chart → its asset, and its first and last session.
    """
    lines = read_lines(archive, connection, progress)
    if not lines:
        connection.execute("CREATE OR REPLACE TEMP VIEW all_prices AS SELECT * FROM chart_prices")
        return Held(listing, findings=lines.findings())
    progress("joining holdings to companies", 0, 1)
    labels = read_labels(connection, lines)
    make_life_closes(connection, labels.table[["label", "life"]])
    found = identify(connection, labels, known, filings, listing, charts, spans)
    first, last = connection.execute("SELECT min(session), max(session) FROM life_closes").fetchall()[0]
    sessions = sessions_between(first, last) if first is not None else pd.DatetimeIndex([])
    filled = fill(connection, found.asset, sessions)
    volumes = fill_volumes(archive, connection, progress)
    listed = _listed(connection, labels, found, listing, spans)
    agrees, differing = seen.agreement(connection)
    there = set(listed.table["asset"])
    found.strangers += [life for life, asset in found.asset.items() if asset not in there]
    membership.make_member_lines(connection, {life: a for life, a in found.asset.items() if a in there})
    facts, odd = membership.sectors(connection)
    return Held(
        listed,
        membership.members(connection),
        membership.weights(connection),
        facts,
        [*lines.findings(), *odd, *_findings(labels, found, filled), *volumes, *differing],
        filled,
        {"agreement": agrees},
    )


def _listed(
    connection: duckdb.DuckDBPyConnection,
    labels: Labels,
    found: Identified,
    listing: Listing,
    spans: Mapping[str, tuple[pd.Timestamp, pd.Timestamp]],
) -> Listing:
    """The securities with those that only holdings have a price of, each from its first to its last close."""
    query = "SELECT asset, min(session) AS first, max(session) AS last FROM all_prices GROUP BY asset ORDER BY asset"
    priced = connection.execute(query).df().set_index("asset")
    end = max([last for _, last in spans.values()], default=priced["last"].max() if len(priced) else None)
    if end is None:
        return listing
    lives: dict[str, list[int]] = {}
    for life, asset in found.asset.items():
        lives.setdefault(asset, []).append(life)
    table = listing.table.set_index("asset", drop=False)
    fresh: list[dict[str, Any]] = []
    for asset, of_asset in sorted(lives.items()):
        if asset in table.index or asset not in priced.index:
            continue
        row = labels.table[labels.table["life"].isin(of_asset)].sort_values(["last", "days"]).iloc[-1]
        cik = next((found.cik[life] for life in of_asset if found.cik[life] is not None), None)
        fresh.append({**dict.fromkeys(SECURITIES.names), "asset": asset, "ticker": row["ticker"], "name": row["name"],
                      "cik": cik, "security_type": "common" if cik is None else None})  # fmt: skip
    if fresh:
        extra = pd.DataFrame(fresh, columns=list(SECURITIES.names)).astype(listing.table.dtypes.to_dict())
        table = pd.concat([table, extra.set_index("asset", drop=False)])
    held = [asset for asset in lives if asset in priced.index]
    first, last = (pd.to_datetime(priced.loc[held, name]).astype("datetime64[ns]") for name in ("first", "last"))
    left = last.where((pd.Timestamp(end) - last).dt.days > LEFT_AFTER_DAYS)
    for name, days in (("first_session", first), ("last_session", left)):
        values = table[name].copy()
        values.loc[held] = days.astype(values.dtype)
        table[name] = values
    gone = table.index.isin(left.dropna().index) & table["exit_reason"].isna().to_numpy()
    table.loc[gone, "exit_reason"] = "unknown"
    table.loc[table["last_session"].isna(), "exit_reason"] = None
    without = [row for row in listing.without_prices if row["asset"] not in priced.index]
    return replace(listing, table=table.reset_index(drop=True), without_prices=without)


def _findings(labels: Labels, found: Identified, filled: Filled) -> list[Finding]:
    findings = []
    if filled.added:
        kind, remedy = (
            "closes from holdings files that no chart has",
            "They have no open and no volume of their own; dividends as below.",
        )
        findings.append(Finding("prices", kind, "repaired", filled.added, (f"{filled.names:,} names",), remedy))
    if len(filled.splits):
        split = filled.splits.head(EXAMPLES)
        shown = tuple(f"{r.asset} {r.session:%Y-%m-%d} {r.ratio:g}" for r in split.itertuples())
        kind, remedy = "splits told by the shares a fund holds", "Nothing to do."
        findings.append(Finding("prices", kind, "repaired", len(filled.splits), shown, remedy))
    if filled.unknown:
        kind, remedy = "moves of holdings' closes like a split that nobody explains", "Their return is unknown."
        findings.append(Finding("prices", kind, "repaired", filled.unknown, (), remedy))
    if found.strangers:
        names = labels.table.set_index("life").loc[found.strangers]
        lost = tuple(f"{row.ticker} {row.name_}" for row in names.rename(columns={"name": "name_"}).itertuples())
        kind, remedy = "index members that are no asset here", "Pull the full market to have them."
        findings.append(Finding("members", kind, "noted", len(found.strangers), lost[:EXAMPLES], remedy))
    return findings
