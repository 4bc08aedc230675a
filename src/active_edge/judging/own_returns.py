"""The judgement of returns alone: the estimates and the verdict that need no screen and no holdings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.comparison import BenchmarkResult
from active_edge.inference.evidence import Evidence, Thresholds
from active_edge.inference.performance import Performance, performance
from active_edge.inference.verdict import Verdict, reach_verdict
from active_edge.judging.estimates import evidence_of, information_ratio, looks_of
from active_edge.judging.first_looks import relooks, with_first_looks
from active_edge.judging.headline import Headline, headline_of
from active_edge.judging.own_samples import OwnReturns, digest, digests_so_far
from active_edge.judging.samples import Samples
from active_edge.ledger import Tally, Trial, lineage_of

KIND = "own returns"
"""What the ledger has for the screen of returns that no screen made."""


@dataclass(frozen=True)
class ReturnsJudgement:
    """Everything measured about returns of a user's own, and the verdict.

    Attributes
    ----------
    name : what the user calls them.
    own : the returns and what they were held against.
    trial, tally : their line of the ledger, and what it counted when they were judged.
    performance : what they earned and risked.
    evidence, thresholds : what the verdict was decided on. Nothing is known of luck in choosing names, for the choice
        is not known: so *supported* is out of reach, and *universe, not selection* says that all else was passed.
    """

    name: str
    own: OwnReturns
    trial: Trial
    tally: Tally
    performance: Performance
    evidence: Evidence
    thresholds: Thresholds
    verdict: Verdict

    @property
    def samples(self) -> Samples:
        """The returns alone and against each benchmark."""
        return self.own.samples

    @property
    def yardstick(self) -> str | None:
        """The benchmark meant where one is meant: the first asked for that could be tested; None without any."""
        return self.samples.yardstick

    @property
    def benchmarks(self) -> Mapping[str, BenchmarkResult]:
        """Comparison with each benchmark that could be tested, in the order asked for."""
        return self.evidence.benchmarks

    @property
    def factors(self) -> AlphaEstimate | None:
        """Alpha on the factor returns; None where there are none."""
        return self.evidence.factors

    @cached_property
    def headline(self) -> Headline | None:
        """What a reader takes away; None where no benchmark could be tested."""
        return headline_of(self.samples, self.benchmarks)

    @property
    def returns(self) -> pd.DataFrame:
        """(n, 1 + n_benchmarks) simple returns: net, each benchmark."""
        return pd.DataFrame({"net": self.own.alone.series}).join(self.samples.benchmarks)


def returns_trial(own: OwnReturns, name: str) -> Trial:
    """The ledger line of returns; what they are and what they are held against make it distinct, not their name."""
    dates = own.alone.dates
    ratio = information_ratio(own.samples)
    against = {"benchmarks": list(own.samples.benchmarks.columns), "periods_per_year": own.periods_per_year}
    trial = Trial(
        strategy=name,
        screen=KIND,
        configuration={KIND: dict(own.digests), **against},
        start=str(dates[0].date()),
        end=str(dates[-1].date()),
        snapshot=own.snapshot,
        simulated=own.simulated,
        information_ratio=ratio,
        lineage=lineage_of(own.simulated, own.sources, own.snapshot),
        benchmarks=tuple(map(str, own.samples.benchmarks.columns)),
        unknown=tuple(own.inputs.lacking),
        looks=looks_of(own.samples, Thresholds()),
    )
    # The same returns with months added are the same trial: each earlier end was an idea of it.
    earlier = [replace(trial, tried={KIND: one}).idea for one in digests_so_far(own.inputs.returns)[:-1]]
    return replace(trial, tried={KIND: digest(own.inputs.returns)}, earlier=tuple(earlier))


def judge_own(own: OwnReturns, trial: Trial, tally: Tally, thresholds: Thresholds | None = None) -> ReturnsJudgement:
    """Every estimate and the verdict.

    Parameters
    ----------
    tally : what the ledger says of all trials on this kind of data, this one included; ratios per session.
    """
    bounds = thresholds or Thresholds()
    evidence = with_first_looks(evidence_of(own.samples, tally), relooks(own.samples, tally.first))
    return ReturnsJudgement(
        name=trial.strategy,
        own=own,
        trial=trial,
        tally=tally,
        performance=performance(own.alone),
        evidence=evidence,
        thresholds=bounds,
        verdict=reach_verdict(evidence, bounds),
    )
