"""Years of revenue that do not fit the months before them: what the panel therefore leaves missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.market.basis import EXCEEDED, RECAST, UNLIKE, find_doubts
from active_edge.market.periods import in_order
from active_edge.market.store import Market

REASONS = {
    RECAST: "recast: its filing changes figures of the year before, and its quarters were not told again",
    EXCEEDED: "nine months exceed the year",
    UNLIKE: "the fourth quarter is beyond a factor of four of each of the three before, or of nine months' average",
}


@dataclass(frozen=True)
class Contradictions:
    """Annual revenue against the nine months before its end.

    `years`: annual figures told. `found`: one row for each that does not fit, in order of filing: asset, period_end,
    known (the session that showed it), reason, year, nine_months (both USD, in the versions of that session).
    """

    years: int
    found: pd.DataFrame

    def counts(self) -> dict[str, int]:
        """Number of years by reason, in the order of `REASONS`."""
        return {reason: int((self.found["reason"] == reason).sum()) for reason in REASONS.values()}


def find_contradictions(market: Market) -> Contradictions:
    """Years whose fourth quarter would be false: it is missing, and so is the year where nine months exceed it.

    The fourth quarters of the same companies' other income items are missing too, unless those items are shown to be
    unchanged.
    """
    facts = market.facts.of("revenue")
    rows = in_order(facts, facts.known.astype(np.int64), len(market.assets))
    doubts = find_doubts(rows)
    sessions = market.sessions.to_numpy()
    within = doubts.known < len(sessions)
    found = pd.DataFrame(
        {
            "asset": market.assets[np.repeat(np.arange(len(market.assets)), np.diff(doubts.starts))],
            "period_end": doubts.end.astype("datetime64[D]").astype("datetime64[ns]"),
            "known": sessions[np.minimum(doubts.known, len(sessions) - 1)],
            "reason": [REASONS[int(reason)] for reason in doubts.reason],
            "year": doubts.year,
            "nine_months": doubts.months,
        }
    )
    found = found[within].sort_values(["known", "asset", "period_end"], kind="stable", ignore_index=True)
    annual = rows.months == 12
    asset = np.repeat(np.arange(len(market.assets)), np.diff(rows.starts))
    return Contradictions(len(np.unique(np.stack([asset[annual], rows.end[annual]]), axis=1).T), found)
