"""One factor on the candidates of a variant: how it is spread, who has it, and what its ends earned afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge import crosssection
from active_edge.costs import TradingTerms
from active_edge.engine.holding_returns import holding_returns
from active_edge.evaluation import Evaluation
from active_edge.lab.desk import Desk, Evaluated
from active_edge.ledger import Ledger, Trial
from active_edge.results.records import lineage_of_market
from active_edge.screen import Screen

BINS = 30
DECILES = 10
FEWEST = 30
"""Names with value and return below which a date tells nothing of an order."""
ENDS = (0.01, 0.99)


@dataclass(frozen=True)
class FactorLook:
    """What the lab shows of a factor.

    Attributes
    ----------
    factor, unit, good, doc : as it is defined.
    on : date of `counts` and `correlation`.
    edges, counts : (BINS + 1,) and (BINS,) histogram among candidates, all beyond the 1 % and 99 % quantile in the end
        bins.
    coverage : date -> share of candidates with a value.
    ic_by_year : year, ic (mean rank correlation of the factor, turned to its good end, with the return until the next
        decision), dates.
    deciles : decile (1 bad end, 10 good end), excess (mean return until the next decision over that of all candidates
        with a value, decimals a period), names.
    correlation : other factor of the screen -> rank correlation on the last date.
    trials : what counts after this look, which is one of them.
    """

    factor: str
    unit: str
    good: str
    doc: str
    on: str
    edges: np.ndarray
    counts: np.ndarray
    coverage: dict[str, float]
    ic_by_year: pd.DataFrame
    deciles: pd.DataFrame
    correlation: dict[str, float]
    trials: int


def look_at_factor(desk: Desk, evaluated: Evaluated, name: str) -> FactorLook:
    """A factor on the candidates of a variant, written into the ledger before it is told: who saw it chooses by it.

    Timing: factors as known on each decision date; returns after it.

    Raises
    ------
    ConfigError : there is no such factor.
    LedgerError : the ledger cannot be written; then nothing is told.
    """
    evaluation = evaluated.result.decision.evaluation
    definition = evaluation.screen.definition(name)
    panel, mask = evaluation.panel, evaluation.universe.mask
    values = definition.compute(panel)
    turned = crosssection.percentile_rank(values, mask)
    turned = 1.0 - turned if definition.good == "low" else turned
    dates = panel.dates
    earned = _returns(evaluation)
    known = mask[: len(earned)] & np.isfinite(earned) & np.isfinite(turned[: len(earned)])
    last = values[-1][mask[-1] & np.isfinite(values[-1])]
    edges = np.linspace(*_span(last), BINS + 1)
    shares = (mask & ~np.isnan(values)).sum(axis=1) / np.maximum(1, mask.sum(axis=1))
    trials = _recorded(desk, evaluation.screen, name, evaluated)
    return FactorLook(
        factor=name,
        unit=definition.unit,
        good=definition.good,
        doc=definition.doc.partition("\n")[0],
        on=str(dates[-1].date()),
        edges=edges,
        counts=np.histogram(np.clip(last, edges[0], edges[-1]), edges)[0],
        coverage={str(day.date()): float(share) for day, share in zip(dates, shares, strict=True)},
        ic_by_year=_ic_by_year(turned, earned, known, dates),
        deciles=_deciles(turned, earned, known),
        correlation=_correlation(evaluation, name, turned),
        trials=trials,
    )


def _span(known: np.ndarray) -> tuple[float, float]:
    """Where a histogram begins and ends; of one value around it."""
    if not len(known):
        return 0.0, 1.0
    low, high = (float(end) for end in np.quantile(known, ENDS))
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _returns(evaluation: Evaluation) -> np.ndarray:
    """(n_dates − 1, n_assets) return of each name until the next decision, NaN where there is none."""
    panel = evaluation.panel
    if len(panel.dates) < 2:
        return np.empty((0, len(panel.market.assets)))
    return panel.market.told(
        ("lab returns", tuple(panel.dates)), lambda: holding_returns(panel.market, panel.dates, TradingTerms())
    )


def _ic_by_year(turned: np.ndarray, earned: np.ndarray, known: np.ndarray, dates: pd.DatetimeIndex) -> pd.DataFrame:
    returns = crosssection.percentile_rank(earned, known)
    rows = [
        {"year": int(dates[row].year), "ic": _correlated(turned[row], returns[row], here)}
        for row, here in enumerate(known)
        if here.sum() >= FEWEST
    ]
    frame = pd.DataFrame(rows, columns=["year", "ic"])
    return frame.groupby("year")["ic"].agg(ic="mean", dates="size").reset_index()


def _deciles(turned: np.ndarray, earned: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    """Mean over the dates of each tenth's mean return beyond that of all."""
    told = known & (known.sum(axis=1) >= FEWEST)[:, None]
    number = np.clip((np.nan_to_num(turned[: len(told)]) * DECILES).astype(int), 0, DECILES - 1)
    rows = []
    for decile in range(DECILES):
        inside = told & (number == decile)
        gaps = [
            earned[row][inside[row]].mean() - earned[row][told[row]].mean() for row in np.flatnonzero(inside.any(1))
        ]
        names = float(inside.sum(axis=1)[inside.any(axis=1)].mean()) if gaps else 0.0
        rows.append({"decile": decile + 1, "excess": float(np.mean(gaps)) if gaps else np.nan, "names": names})
    return pd.DataFrame(rows)


def _correlation(evaluation: Evaluation, name: str, turned: np.ndarray) -> dict[str, float]:
    """Rank correlation with each other factor of the screen, both turned to their good ends."""
    mask, found = evaluation.universe.mask[-1:], {}
    for other, values in evaluation.values.items():
        if other == name:
            continue
        ranks = crosssection.percentile_rank(values[-1:], mask)[0]
        ranks = 1.0 - ranks if evaluation.definitions[other].good == "low" else ranks
        both = np.isfinite(ranks) & np.isfinite(turned[-1]) & mask[0]
        if both.sum() >= FEWEST:
            found[other] = _correlated(turned[-1], ranks, both)
    return found


def _correlated(first: np.ndarray, second: np.ndarray, where: np.ndarray) -> float:
    """Correlation of two rows of ranks; NaN where one of them does not move."""
    a, b = (row[where] - row[where].mean() for row in (first, second))
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / size) if size > 0 else float("nan")


def _recorded(desk: Desk, screen: Screen, name: str, evaluated: Evaluated) -> int:
    """What counts once this look is in the ledger."""
    trial = evaluated.call.trials[0]
    look = Trial(
        strategy=trial.strategy,
        screen=trial.screen,
        configuration={"factor looked at": name, "universe": screen.universe.model_dump(mode="json")},
        start=trial.start,
        end=trial.end,
        snapshot=trial.snapshot,
        simulated=trial.simulated,
        information_ratio=None,
        since=trial.since,
        lineage=lineage_of_market(desk.market),
        family=desk.family,
    )
    (tally,) = Ledger().record([look])
    return max(1, tally.now)
