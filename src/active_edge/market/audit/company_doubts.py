"""What the audit of a market has against the data of one company, as far as a day could show it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from active_edge.market.audit.contradictions import find_contradictions
from active_edge.market.audit.doubts import market_doubts
from active_edge.market.periods import MATERIAL
from active_edge.market.splits import UNDECIDED
from active_edge.market.store import Market
from active_edge.words import count, number, percent

FIGURE = ["item", "months", "period_end"]
SHOWN = 3
"""Examples of a kind; the others are counted."""


def company_doubts(market: Market, column: int, on: pd.Timestamp, told: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """What is in doubt and why, in pairs: of the market as a whole first, then of the company at a column.

    Parameters
    ----------
    told : its facts filed by the day: item, months, period_end, value, filed.
    """
    whole = market.told(("doubts", None, on), lambda: market_doubts(market, None, on))
    own = (_contradicted, _splits, _unknown_returns, _found_at_import)
    return (
        *((one.name, f"{one.text}. {one.remedy}") for one in whole),
        *(pair for kind in own for pair in kind(market, column, on)),
        *_restated(told),
    )


def _some(examples: list[str]) -> str:
    more = f"; and {len(examples) - SHOWN:,} more" if len(examples) > SHOWN else ""
    return "; ".join(examples[:SHOWN]) + more


def _contradicted(market: Market, column: int, on: pd.Timestamp) -> Iterator[tuple[str, str]]:
    """Years, and months to date, that do not fit the months before them."""
    found = market.told(("contradictions",), lambda: find_contradictions(market))
    years = found.found.rename(columns={"year": "value", "nine_months": "before"}).assign(months=12)
    both = pd.concat([years, found.interim], ignore_index=True)
    rows = both[(both["asset"] == market.assets[column]) & (both["known"] <= on)]
    told = [
        f"{row.item}, {row.months} months to {row.period_end:%Y-%m-%d} {number(row.value, 0)}, the {row.months - 3} "
        f"before {number(row.before, 0)}: {row.reason}"
        for row in rows.itertuples()
    ]
    if told:
        yield "last quarters missing", _some(told)


def _splits(market: Market, column: int, on: pd.Timestamp) -> Iterator[tuple[str, str]]:
    """Falls that may be a split or a dividend."""
    splits = market.splits
    open_ = (splits.asset == column) & (splits.ratio == UNDECIDED)
    days = [day for day in market.sessions[np.sort(splits.session[open_])] if day <= on]
    if days:
        said = "a split or a dividend, not known which: no return, and no market value until shares are counted again"
        yield "split in doubt", f"{_some([f'{day:%Y-%m-%d}' for day in days])}: {said}"


def _unknown_returns(market: Market, column: int, on: pd.Timestamp) -> Iterator[tuple[str, str]]:
    """Moves without a return that were taken as zero."""
    rows = market.prices.unchained
    own = rows[(rows["asset"] == market.assets[column]) & (rows["session"] <= on)]
    told = [f"{row.session:%Y-%m-%d} {percent(row.close_to_close)}" for row in own.itertuples()]
    if told:
        yield "returns taken as zero", f"closes moved without a return beside them: {_some(told)}"


def _found_at_import(market: Market, column: int, on: pd.Timestamp) -> Iterator[tuple[str, str]]:
    """Findings of the import that name it among their examples; those about a later day are left out."""
    name = re.compile(rf"{re.escape(str(market.assets[column]))}(?![\w~.])")
    for finding in market.report.get("findings", ()):
        told = [one for one in finding["examples"] if name.match(one) and not _later(one, on)]
        if told:
            yield f"{finding['severity']} at import", f"{finding['kind']}: {_some(told)}. {finding['remedy']}"


def _later(example: str, on: pd.Timestamp) -> bool:
    days = re.findall(r"\d{4}-\d{2}-\d{2}", example)
    return bool(days) and pd.Timestamp(max(days)) > on


def _restated(told: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Figures told again with another value."""
    known = told.dropna(subset=FIGURE)
    both = known.drop_duplicates(FIGURE).merge(known.drop_duplicates(FIGURE, keep="last"), on=FIGURE)
    first, last = both["value_x"].to_numpy(dtype=float), both["value_y"].to_numpy(dtype=float)
    examples = [
        f"{row['item']} {_span(row['months'])} {row['period_end']:%Y-%m-%d}: {number(row['value_x'], 2)} on "
        f"{row['filed_x']:%Y-%m-%d}, {number(row['value_y'], 2)} on {row['filed_y']:%Y-%m-%d}"
        for row in both[np.abs(last - first) > MATERIAL * np.maximum(np.abs(last), np.abs(first))].to_dict("records")
    ]
    if examples:
        yield "restated", f"{_some(examples)}. Each figure here is the one filed last by the day"


def _span(months: float) -> str:
    return f"{count(int(months), 'month')} to" if months else "at"
