"""One name on the last decision of a variant: every rule, what it is, and what its company has filed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.explaining.names import explain_name
from active_edge.lab.desk import Evaluated
from active_edge.panel.filed import filed_between

MOST_FILINGS = 200


@dataclass(frozen=True)
class NameCard:
    """What the lab shows of a name.

    Attributes
    ----------
    ticker, name, sector : as of `on`, the last decision.
    rules : the frame of `explain_name`.
    held : decision date -> decided weight, where it was above zero.
    filings : item, period_end, filed, form and accession of what the rules read, latest first, at most `MOST_FILINGS`.
    """

    ticker: str
    name: str
    sector: str
    on: str
    rules: pd.DataFrame
    held: dict[str, float]
    filings: pd.DataFrame


def name_card(evaluated: Evaluated, asset: str) -> NameCard:
    """The card of an asset.

    Timing: filed by the last decision.

    Raises
    ------
    MissingInput : the market has no such asset.
    """
    decision = evaluated.result.decision
    evaluation, targets = decision.evaluation, decision.targets
    panel, market = evaluation.panel, evaluation.panel.market
    if asset not in market.assets:
        raise MissingInput(f"{asset}: the market has no such asset")
    column, last = int(market.assets.get_loc(asset)), len(panel.dates) - 1
    items = sorted({item for factor in evaluation.definitions.values() for item in factor.items_on(panel)})
    filed = filed_between(panel, items, [column], (0, last)) if items and last else None
    weights = targets.weights[:, column]
    listing = market.securities.iloc[column]
    return NameCard(
        ticker=str(listing["ticker"]),
        name=str(listing["name"]) if pd.notna(listing["name"]) else "",
        sector=str(evaluation.universe.sectors[last, column]),
        on=str(panel.dates[last].date()),
        rules=explain_name(evaluation, last, column),
        held={str(targets.dates[row].date()): float(weights[row]) for row in np.flatnonzero(weights)},
        filings=pd.DataFrame() if filed is None else filed.drop(columns="column").head(MOST_FILINGS),
    )
