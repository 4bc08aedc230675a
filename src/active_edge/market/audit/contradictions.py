"""Years and months to date of an income statement that do not fit the months before: what is therefore missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.market.basis import EXCEEDED, OTHER_INCOME, RECAST, SHARE, UNLIKE, Doubts
from active_edge.market.periods import Rows, in_order
from active_edge.market.statement_basis import find_statement_doubts
from active_edge.market.store import Market

REASONS = {
    RECAST: "recast: its filing changes figures of the year before, and its quarters were not told again",
    EXCEEDED: "nine months exceed the year",
    UNLIKE: "the fourth quarter is below half or above twice of three steady ones, or beyond a factor of four of the "
    "three before or of nine months' average, and no year told beside it has such a season",
    SHARE: "costs are twice or half the share of the fourth quarter's revenue that they were of any quarter's",
    OTHER_INCOME: "net income is that before tax less tax in the year and not in nine months of it",
}
LINES = {"cost share": "revenue and cost_of_revenue", "other income": "net_income"}
"""What the doubts that several lines show are doubts about."""


@dataclass(frozen=True)
class Contradictions:
    """Annual figures against the nine months before their end, and figures to date against those before them.

    `years`, `spans`: annual figures of revenue told, and those of six and nine months. `found`: one row for each year
    of a line that does not fit, revenue first, then in order of filing: asset, item, period_end, known (the session
    that showed it), reason, year, nine_months (both USD, in the versions of that session). `interim`: the same for six
    and nine months: asset, item, period_end, known, reason, months, value, before (those less a quarter).
    """

    years: int
    found: pd.DataFrame
    spans: int
    interim: pd.DataFrame

    def of_revenue(self) -> pd.DataFrame:
        """The rows of revenue by its own filings."""
        return self.found[self.found["item"] == "revenue"]

    def counts(self) -> dict[str, int]:
        """Number of years of lines by reason, in the order of `REASONS`."""
        return {reason: int((self.found["reason"] == reason).sum()) for reason in REASONS.values()}


def find_contradictions(market: Market) -> Contradictions:
    """Years and months to date whose last quarter would be false: it is missing, and so is what its months exceed.

    The last quarters of the same companies' other income items are missing too, unless those items are shown to be
    unchanged.
    """

    def rows_of(item: str) -> Rows:
        facts = market.facts.of(item)
        return in_order(facts, facts.known.astype(np.int64), len(market.assets))

    parts = [_told(market, LINES.get(name, name), one) for name, one in find_statement_doubts(rows_of).items()]
    found = pd.concat(parts, ignore_index=True)
    rank = (found["item"] != "revenue").astype(int)
    found = found.assign(rank=rank).sort_values(["rank", "known", "asset", "period_end", "item"], kind="stable")
    found, rows = found.drop(columns="rank"), rows_of("revenue")
    asset = np.repeat(np.arange(len(market.assets)), np.diff(rows.starts))
    periods = np.unique(np.stack([asset, rows.end, rows.months]), axis=1)[2]
    of_years = (found["months"] == 12).to_numpy()
    return Contradictions(
        int((periods == 12).sum()),
        found[of_years].drop(columns="months").reset_index(drop=True),
        int(np.isin(periods, (6, 9)).sum()),
        found[~of_years].rename(columns={"year": "value", "nine_months": "before"}).reset_index(drop=True),
    )


def _reason(reason: int, span: int) -> str:
    """Why in words; of months to date, which are exceeded by those of a quarter less."""
    return "the months before exceed it" if reason == EXCEEDED and span < 12 else REASONS[reason]


def _told(market: Market, item: str, doubts: Doubts) -> pd.DataFrame:
    """The doubts about one line that some session of the market shows."""
    sessions = market.sessions.to_numpy()
    within = doubts.known < len(sessions)
    found = pd.DataFrame(
        {
            "asset": market.assets[np.repeat(np.arange(len(market.assets)), np.diff(doubts.starts))],
            "item": item,
            "period_end": doubts.end.astype("datetime64[D]").astype("datetime64[ns]"),
            "known": sessions[np.minimum(doubts.known, len(sessions) - 1)],
            "reason": [_reason(*pair) for pair in zip(doubts.reason.tolist(), doubts.span.tolist(), strict=True)],
            "months": doubts.span,
            "year": doubts.year,
            "nine_months": doubts.months,
        }
    )
    return found[within]
