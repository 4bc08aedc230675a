"""One annual number from monthly returns, with everything needed to doubt it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from active_edge.errors import InferenceError, MissingInput
from active_edge.inference.alpha import AlphaEstimate, factor_alpha, hac_alpha, hac_mean, mean_return
from active_edge.inference.sample import Sample, common_span
from active_edge.inference.subperiods import change_at

MONTHS_A_YEAR = 12

Kind = Literal["mean", "factor alpha", "change"]


@dataclass(frozen=True)
class Estimate:
    """An annual mean, alpha or change; decimals, two-sided Student's t on `degrees`, cosine errors.

    `loadings` and `loading_t` hold the factors of the regression; empty for a mean. `newey_west` is the same with
    the errors most papers print, beside which it is shown; None for a change.
    """

    kind: Kind
    annual: float
    se_annual: float
    interval: tuple[float, float]
    t: float
    p: float
    n: int
    start: pd.Timestamp
    end: pd.Timestamp
    degrees: int
    newey_west: Estimate | None = None
    loadings: Mapping[str, float] = field(default_factory=dict)
    loading_t: Mapping[str, float] = field(default_factory=dict)

    def detectable(self, *, level: float, power: float) -> float:
        """Smallest annual effect that a two-sided test at `level` finds with `power`."""
        from scipy.special import stdtrit

        return float(stdtrit(self.degrees, 1.0 - level / 2.0) + stdtrit(self.degrees, power)) * self.se_annual

    def bound(self, side: int, *, level: float) -> float:
        """One-sided bound at `level`: the largest annual effect left possible (`side` 1), or the smallest (−1)."""
        from scipy.special import stdtrit

        return self.annual + side * float(stdtrit(self.degrees, 1.0 - level)) * self.se_annual

    @property
    def years(self) -> float:
        """Length of the sample in years."""
        return self.n / MONTHS_A_YEAR


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked before any number is seen.

    Attributes
    ----------
    test : identifier, unique.
    section : the heading it stands under.
    claim : the sentence that is judged.
    direction : 1 where the claim says the number is above zero, -1 where it says below.
    source : what the numbers are and where they came from.
    caveats : what this number cannot tell.
    alpha_test : the test whose factor alpha must also hold, empty where there is none.
    """

    test: str
    section: str
    claim: str
    source: str
    direction: int = 1
    caveats: tuple[str, ...] = ()
    alpha_test: str = ""


@dataclass(frozen=True)
class Measurement:
    """A question with its estimate, or with the reason why there is none."""

    question: Question
    estimate: Estimate | None
    why_not: str = ""


def measure(question: Question, compute: Callable[[], Estimate]) -> Measurement:
    """The question answered; what the data cannot carry becomes a reason, never a number."""
    try:
        return Measurement(question, compute())
    except (InferenceError, MissingInput) as error:
        return Measurement(question, None, str(error))


def mean_estimate(returns: pd.Series) -> Estimate:
    """The annual mean of active or long-short monthly returns, as `mean_return`."""
    sample = Sample.of(returns, periods_per_year=MONTHS_A_YEAR)
    return _estimate("mean", mean_return(sample), returns, beside=hac_mean(sample))


def alpha_estimate(returns: pd.Series, factors: pd.DataFrame, cash: pd.Series | None) -> Estimate:
    """The annual factor alpha over the months that returns, factors and cash share, as `factor_alpha`.

    `cash` is None where the returns are already active or long-short.
    """
    if cash is None:
        own, design = common_span(returns, factors)
    else:
        own, design, cash = common_span(returns, factors, cash)
    sample = Sample.of(own, periods_per_year=MONTHS_A_YEAR, cash=cash)
    on = sample.on(design)
    return _estimate("factor alpha", factor_alpha(on), own, beside=hac_alpha(on))


def change_estimate(returns: pd.Series, factors: pd.DataFrame | None, cut: str | pd.Timestamp) -> Estimate:
    """The annual mean or alpha from `cut` on minus that before, loadings free to change too, as `change_at`.

    Raises
    ------
    InferenceError
        Fewer than 24 months on either side, or as `factor_alpha`.
    """
    own, design = (returns, None) if factors is None else common_span(returns, factors)
    found = change_at(Sample.of(own, periods_per_year=MONTHS_A_YEAR), design, cut=cut)
    return Estimate(
        kind="change",
        annual=found.annual,
        se_annual=found.se_annual,
        interval=found.ci,
        t=found.t,
        p=found.p,
        n=found.n,
        start=own.index[0],
        end=own.index[-1],
        degrees=found.degrees,
    )


def _estimate(kind: Kind, alpha: AlphaEstimate, returns: pd.Series, *, beside: AlphaEstimate | None = None) -> Estimate:
    return Estimate(
        kind=kind,
        annual=alpha.alpha_annual,
        se_annual=alpha.se_annual,
        interval=alpha.ci,
        t=alpha.t,
        p=alpha.p,
        n=alpha.n,
        start=returns.index[0],
        end=returns.index[-1],
        degrees=alpha.degrees,
        newey_west=None if beside is None else _estimate(kind, beside, returns),
        loadings=dict(alpha.loadings),
        loading_t=dict(alpha.loading_t),
    )
