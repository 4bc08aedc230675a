"""Holdings on any decision date with their reasons, the last rebalance with its orders, and every trade."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from active_edge.report.blocks import Absent, Block, Cell, Column, Decisions, Prose, Table
from active_edge.report.run_page import RunPage
from active_edge.words import count, date, is_missing, number, percent, plain, usd

FIXED = ("decided", "asset", "ticker", "name", "sector", "weight", "rank", "score", "since", "why")
NAMES_A_DATE = 200
MOST_TEXT = 1_000_000
"""Characters of decisions that one page carries; the oldest dates give way, and the page says so."""
TRADES_SHOWN = 100


def decisions_blocks(page: RunPage) -> list[Block]:
    """The names of any decision date, chosen by the reader; nothing where decisions are not known."""
    held, left = page.decided, page.left
    if held is None or left is None or held.empty:
        return []
    rules = [str(name) for name in held.columns if name not in FIXED]
    content: dict[str, Any] = {
        "columns": ["Ticker", "Name", "Sector", "Weight", "Rank", "Chosen since", "Why it entered", *map(plain, rules)],
        "held": {},
        "left": {},
        "said": {},
        "pages_on": page.holdings_on if page.companies else "",
        "pages": dict(page.companies),
    }
    size, dates = 0, sorted(held["decided"].unique(), reverse=True)
    gone = dict(tuple(left.groupby("decided")))
    for day, rows in sorted(held.groupby("decided"), key=lambda one: str(one[0]), reverse=True):
        shown = [_held(row, rules) for row in rows.head(NAMES_A_DATE).to_dict("records")]
        went = [[row["ticker"], row["name"], row["why"]] for row in gone.get(day, left.iloc[:0]).to_dict("records")]
        size += len(json.dumps([shown, went]))
        if size > MOST_TEXT and content["held"]:
            break
        new = int((rows["since"] == day).sum())
        content["held"][str(day)], content["left"][str(day)] = shown, went
        content["said"][str(day)] = f"{count(len(rows), 'name')}, {number(new, 0)} new, {number(len(went), 0)} left"
    kept = len(content["held"])
    blocks: list[Block] = [Decisions("Holdings on any decision date, and why", content)]
    if kept < len(dates):
        blocks.append(
            Prose(f"The newest {kept} of {len(dates)} decisions; all are in the run’s folder.", role="meaning")
        )
    return blocks


def _held(row: dict[Any, Any], rules: list[str]) -> list[str]:
    fixed = (row["ticker"], row["name"], plain(row["sector"]), percent(row["weight"], 2), number(row["rank"], 0))
    return [str(cell) for cell in (*fixed, row["since"], row["why"], *(row[rule] for rule in rules))]


def trade_blocks(page: RunPage) -> list[Block]:
    """The last rebalance: who came in, who went, every order; then every trade."""
    trades = page.trades
    if trades is None:
        return []
    if trades.empty:
        return [Absent("Nothing was ever traded.")]
    day = trades["decision"].max()
    orders = trades[trades["decision"] == day]
    blocks: list[Block] = []
    if page.decided is not None and page.left is not None:
        told = str(pd.Timestamp(day).date())
        entered = page.decided[(page.decided["decided"] == told) & (page.decided["since"] == told)]
        gone = page.left[page.left["decided"] == told]
        blocks.append(Prose(f"Last rebalance, {told}: {_names('in', entered)}; {_names('out', gone)}.", role="meaning"))
    caption = f"{count(len(orders), 'order')} of the last rebalance, decided on {date(day)}"
    blocks.append(_table(caption, orders.sort_values("value", ascending=False, kind="stable"), folded=True))
    newest = trades.iloc[::-1]
    of = f"The newest {TRADES_SHOWN} of" if len(trades) > TRADES_SHOWN else "All"
    blocks.append(_table(f"{of} {count(len(trades), 'trade')}, newest first", newest, folded=True))
    return blocks


def _names(word: str, names: pd.DataFrame) -> str:
    tickers = [str(ticker) for ticker in names["ticker"]]
    if not tickers:
        return f"none {word}"
    more = f" and {number(len(tickers) - 12, 0)} more" if len(tickers) > 12 else ""
    return f"{number(len(tickers), 0)} {word} ({', '.join(tickers[:12])}{more})"


def _table(caption: str, trades: pd.DataFrame, *, folded: bool) -> Table:
    columns = (
        Column("Session", numeric=False),
        Column("Ticker", numeric=False),
        Column("Side", numeric=False),
        Column("Shares", secondary=True),
        Column("Price paid", secondary=True),
        Column("Value"),
        Column("Cost", secondary=True),
        Column("Reason", numeric=False),
    )
    rows = tuple(
        (
            date(row["session"]),
            Cell(str(row["ticker"]), detail="" if is_missing(row["name"]) else str(row["name"])),
            str(row["side"]),
            number(row["shares"], 0),
            usd(row["price"]),
            usd(row["value"]),
            usd(row["cost"]),
            plain(str(row["reason"])),
        )
        for row in trades.head(TRADES_SHOWN).to_dict("records")
    )
    note = (
        f"The first {TRADES_SHOWN} of {len(trades):,}; all are in trades.parquet." if len(trades) > TRADES_SHOWN else ""
    )
    return Table(caption, columns, rows, note=note, folded=folded)
