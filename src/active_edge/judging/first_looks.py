"""What a trial showed when it was first looked at, kept when months are added: its p-values, and what was charged.

Looked at every month for ten years, a test without an edge would once be below 5 % in one case of six. So the p of the
first look stays, with its day; estimate, interval and belief are of all months, and added months count by
`inference.tracking` alone. A run that ends before the first look did chose its end with the later months known: of the
p of then and that of its own months the larger one counts. Months of the first look that were revised since are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate, benchmark_alpha, factor_alpha
from active_edge.inference.evidence import Evidence
from active_edge.inference.sample import Sample
from active_edge.judging.estimates import FACTORS, TWINS, twins_span
from active_edge.judging.samples import Samples
from active_edge.ledger import Look
from active_edge.stats import Level
from active_edge.stored import stable
from active_edge.words import count, p_value


def first_look_warnings(again: Mapping[str, Relook]) -> Iterator[tuple[Level, str, str]]:
    """What is to be known where a p is that of an earlier look."""
    if not again:
        return
    first, last = (f(one.look.months[at] for one in again.values()) for at, f in ((0, min), (1, max)))
    day = min(one.look.recorded for one in again.values())
    trials = max(one.look.trials for one in again.values())
    told = ", ".join(f"{p_value(one.look.p)} on {test}" for test, one in again.items())
    charged = f"{count(trials, 'trial')} {'was' if trials == 1 else 'were'} charged for"
    earlier = any(one.ends_earlier for one in again.values())
    stays = "of the p of then and that of these fewer months the larger counts" if earlier else "the p of then stays"
    yield (
        "note",
        f"First looked at on {day}, over {first} to {last}, when {charged}: {stays} (one-sided {told}); "
        "estimate, interval and belief are of the months of this run.",
        "Looked at anew with every month, a test without an edge would pass some day; months after the first look "
        "count where a strategy is tracked.",
    )
    revised = {test: one.revised for test, one in again.items() if one.revised is not None}
    if revised:
        would = ", ".join(f"{p_value(p)} on {test}" for test, p in revised.items())
        yield (
            "caution",
            f"The history of the first look has changed since: on the same months p would now be {would}.",
            "Revised data, another program or other benchmarks; active-edge data diff says what moved in the data.",
        )


@dataclass(frozen=True)
class Relook:
    """A test that was looked at before, over other months or with other returns.

    Attributes
    ----------
    look : how it was then.
    months : first and last that it is read from now.
    revised : one-sided p of the months of then, as they are told now, where it is another; None where it is not, or
        those months are not all there.
    """

    look: Look
    months: tuple[str, str]
    revised: float | None

    @property
    def ends_earlier(self) -> bool:
        """Whether the first look saw later months than are read now."""
        return self.months[1] < self.look.months[1]


def relooks(samples: Samples, first: Mapping[str, Look], twins: AlphaEstimate | None = None) -> dict[str, Relook]:
    """Test -> what became of it, of every test whose p is that of an earlier look; empty at the first one.

    Parameters
    ----------
    twins : the alpha over random twins. Drawn anew by another seed or number they are looked at again too, and no p
        of theirs is told as that of a revised history.
    """
    tested: dict[str, Sample] = dict(samples.on)
    if samples.priced is not None:
        tested[FACTORS] = samples.priced
    found = {}
    for test, sample in tested.items():
        if test in first and (again := _relook(sample, first[test], on_factors=test == FACTORS)) is not None:
            found[test] = again
    if twins is not None and TWINS in first:
        look, span = first[TWINS], twins_span(samples)
        if span != look.months or stable(twins.p_one_sided_now) != look.p:
            found[TWINS] = Relook(look, span, None)
    return found


def with_first_looks(evidence: Evidence, again: Mapping[str, Relook]) -> Evidence:
    """The evidence with the p of then, two-sided, in the place of today's.

    A p that was small for a loss is none for a gain: where the sign has turned since, it is that of an edge above zero.
    """
    benchmarks = {
        name: replace(result, alpha=_frozen(result.alpha, again[name])) if name in again else result
        for name, result in evidence.benchmarks.items()
    }
    factors = evidence.factors
    if factors is not None and FACTORS in again:
        factors = _frozen(factors, again[FACTORS])
    twins = evidence.twins
    if twins is not None and TWINS in again:
        one = again[TWINS]
        own = stable(twins.p_one_sided_now) if one.ends_earlier else 0.0
        twins = replace(twins, p_first=max(one.look.p, own))
    day = min((one.look.recorded for one in again.values() if not one.ends_earlier), default=None)
    return replace(evidence, benchmarks=benchmarks, factors=factors, twins=twins, first_look=day)


def _frozen(alpha: AlphaEstimate, again: Relook) -> AlphaEstimate:
    gain = again.look.p
    then = min(1.0, 2.0 * (gain if alpha.alpha_annual > 0 else min(gain, 1.0 - gain)))
    return replace(alpha, p=max(then, alpha.p) if again.ends_earlier else then)


def _relook(sample: Sample, look: Look, *, on_factors: bool) -> Relook | None:
    months = np.array([f"{day:%Y-%m}" for day in sample.dates])
    span = (str(months[0]), str(months[-1]))
    then = (months >= look.months[0]) & (months <= look.months[1])
    revised = None
    if span[0] <= look.months[0] and span[1] >= look.months[1]:
        p = _p_one_sided(sample, then, on_factors=on_factors)
        revised = p if p != look.p else None
    return None if span == look.months and revised is None else Relook(look, span, revised)


def _p_one_sided(sample: Sample, rows: np.ndarray, *, on_factors: bool) -> float | None:
    try:
        part = sample if rows.all() else sample.part(rows)
        if on_factors and sample.factors is not None and not rows.all():
            part = part.on(pd.DataFrame(sample.factors[rows], part.dates, list(sample.factor_names)))
        found = factor_alpha(part) if on_factors else benchmark_alpha(part)
    except InferenceError:
        return None
    return float(stable(found.p_one_sided))
