"""From a sealed strategy's months, as they were told, to the evidence in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import benchmark_alpha
from active_edge.inference.belief import Belief, decay_prior
from active_edge.inference.checks import MIN_OBSERVATIONS
from active_edge.inference.foresight import expected_wait
from active_edge.inference.months import MONTHS_A_YEAR
from active_edge.inference.sample import Sample
from active_edge.inference.tracking import FIRST_LOOK, TrackedEvidence, combined_evidence, track_evidence
from active_edge.judging.headline import believe_alpha
from active_edge.sealing.months import FACTOR
from active_edge.sealing.seal import Seal, SealedStrategy
from active_edge.sealing.told import Values


@dataclass(frozen=True, eq=False)
class Followed:
    """One sealed strategy and what its months show.

    Attributes
    ----------
    months : ISO months that count, in order.
    e : (n_months,) e-value of an edge, the smallest over the benchmarks.
    by_benchmark : benchmark -> e-value after the last month.
    against : annual edge -> (n_months,) e-value against an edge above it, the smallest over the benchmarks; the edges
        are those of the seal and its threshold of failure.
    upper : annual edge above which all are excluded on every benchmark, whenever one looks; infinite while none is.
    alpha : benchmark -> annual alpha of the months; empty before the first look.
    beyond_factors : e-value of an edge on the factors; None without them or before their first look.
    combined : backtest and months as one e-value; None where the backtest has no p.
    wait_years : expected further wait until a true edge at the threshold would be claimed; None beyond forty years.
    belief : of the edge of these months on the first benchmark, after the prior *decay* of the seal; None before the
        first look, and where the seal holds nothing that was believed of the backtest.
    notes : what else is to be said, a sentence each.
    """

    sealed: SealedStrategy
    months: tuple[str, ...]
    e: np.ndarray
    by_benchmark: Mapping[str, float]
    against: Mapping[float, np.ndarray]
    upper: float
    alpha: Mapping[str, float]
    beyond_factors: float | None
    combined: float | None
    wait_years: float | None
    belief: Belief | None
    notes: tuple[str, ...]

    @property
    def e_now(self) -> float:
        """After the last month."""
        return float(self.e[-1]) if len(self.e) else 1.0

    def against_now(self, edge: float) -> float:
        """E-value against an edge above an annual one, after the last month."""
        path = self.against[edge]
        return float(path[-1]) if len(path) else 1.0

    def first_at(self, path: np.ndarray, level: float) -> str | None:
        """The first month after which an e-value reached a level; None where it never did."""
        places = np.flatnonzero(path >= level)
        return self.months[int(places[0])] if len(places) else None


def followed(
    seal: Seal, sealed: SealedStrategy, told: Mapping[str, Values], *, notes: tuple[str, ...] = (), wait: bool = True
) -> Followed:
    """The evidence in the months of a strategy.

    Parameters
    ----------
    told : month -> returns, in order, without a hole.
    wait : False leaves the expected wait out, which takes a second.
    """
    edges = tuple(dict.fromkeys((*seal.test.excluded, seal.test.kill)))
    table = pd.DataFrame.from_dict(dict(told), orient="index").sort_index()
    months = tuple(str(month) for month in table.index)
    found, problems = _by_benchmark(seal, sealed, table, edges)
    n = len(months)
    e = np.min([one.e for one in found.values()], axis=0) if found else np.ones(n)
    against = {
        edge: np.min([one.against[edge] for one in found.values()], axis=0) if found else np.ones(n) for edge in edges
    }
    charge = sealed.history
    now = float(e[-1]) if n else 1.0
    looked = {name: one for name, one in found.items() if np.isfinite(one.alpha_annual)}
    return Followed(
        sealed=sealed,
        months=months,
        e=e,
        by_benchmark={name: float(one.e[-1]) for name, one in found.items()},
        against=against,
        upper=max((one.upper for one in found.values()), default=np.inf),
        alpha={name: one.alpha_annual for name, one in looked.items()},
        beyond_factors=_on_factors(seal, sealed, table),
        combined=None if charge.p is None else combined_evidence(charge.p, charge.trials, now),
        wait_years=_wait(seal, sealed, table, found) if wait else None,
        belief=_belief(seal, sealed, table) if found else None,
        notes=(*notes, *problems),
    )


def _belief(seal: Seal, sealed: SealedStrategy, table: pd.DataFrame) -> Belief | None:
    believed, name = sealed.history.believed, sealed.benchmarks[0]
    if believed is None or len(table) < FIRST_LOOK:
        return None
    alpha = benchmark_alpha(_sample(table).against(_dated(table[name]), name))
    return believe_alpha(alpha, decay_prior(believed, share=seal.test.decay))


def _by_benchmark(
    seal: Seal, sealed: SealedStrategy, table: pd.DataFrame, edges: tuple[float, ...]
) -> tuple[dict[str, TrackedEvidence], list[str]]:
    """The evidence on each benchmark; none at all where one of them cannot be told, for all must pass."""
    if len(table) < MIN_OBSERVATIONS:
        return {}, []
    found, problems = {}, []
    for name in sealed.benchmarks:
        try:
            sample = _sample(table).against(_dated(table[name]), name)
            found[name] = track_evidence(sample, edges=edges, phi=seal.test.phi)
        except InferenceError as error:
            problems.append(f"On {name} nothing can be told: {error}.")
    return ({} if problems else found), problems


def _on_factors(seal: Seal, sealed: SealedStrategy, table: pd.DataFrame) -> float | None:
    names = [f"{FACTOR}{name}" for name in sealed.factors]
    if not names or not set(names) <= set(table.columns) or "cash" not in table:
        return None
    try:
        sample = _sample(table).on(_dated(table[names]))
    except InferenceError:
        return None
    found = track_evidence(sample, edges=(), phi=seal.test.phi)
    return float(found.e[-1]) if np.isfinite(found.alpha_annual) else None


def _wait(
    seal: Seal, sealed: SealedStrategy, table: pd.DataFrame, found: Mapping[str, TrackedEvidence]
) -> float | None:
    """Forecast on the benchmark that holds the claim back; before the first look that of the seal, less what passed."""
    error = sealed.foresight.tracking_error
    if error is None:
        return None
    if not found:
        whole = sealed.foresight.median_years
        return None if whole is None else max(0.0, whole - len(table) / MONTHS_A_YEAR)
    name = min(found, key=lambda one: float(found[one].e[-1]))
    sample = _sample(table).against(_dated(table[name]), name)
    return expected_wait(
        sample.excess, sample.passive, edge=sealed.foresight.edge, tracking_error=error, claim=seal.named_claim
    )


def _sample(table: pd.DataFrame) -> Sample:
    cash = _dated(table["cash"]) if "cash" in table and table["cash"].notna().all() else None
    return Sample.of(_dated(table["net"]), periods_per_year=MONTHS_A_YEAR, cash=cash)


def _dated(values: pd.Series | pd.DataFrame) -> pd.Series | pd.DataFrame:
    return values.set_axis(pd.PeriodIndex(values.index, freq="M").to_timestamp(how="end").normalize())
