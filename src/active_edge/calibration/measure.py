"""One simulated market through one world's eyes: every test the reports print, the verdict, and the truth beside them.

Tests of size are made on returns before costs, for only there is "no edge" exactly true of a market without one:
after costs the true alpha is minus the costs. What a reader would claim is counted on returns after costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from active_edge.calibration import portfolios
from active_edge.calibration.portfolios import FAMILY, MAIN, SIGNALS, WIDTHS, Earned, Names, Reading, hold
from active_edge.calibration.worlds import World
from active_edge.inference.alpha import (
    AlphaEstimate,
    alpha_matrix,
    benchmark_alpha,
    factor_alpha,
    hac_alpha,
    mean_return,
)
from active_edge.inference.bootstrap import optimal_blocks
from active_edge.inference.joint_alphas import alphas_above_zero, any_alpha_above_zero, wild_alphas
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import Months
from active_edge.inference.multiple import holm
from active_edge.inference.position import Position, position_among
from active_edge.inference.rungs import word_for
from active_edge.inference.sample import Sample
from active_edge.inference.sharpe import deflated_sharpe
from active_edge.inference.superiority import step_m, superior_predictive_ability
from active_edge.judging.estimates import evidence_of
from active_edge.judging.matched import edge_over_twins
from active_edge.judging.samples import FACTOR_SERIES, Samples, samples_of
from active_edge.ledger import Tally
from active_edge.simulated import MonthlyMarket
from active_edge.simulated.indices import FEE_YEARLY
from active_edge.simulated.weather import FACTOR_PREMIUM, FACTORS

MONTHS_A_YEAR = 12
FOUR_FACTORS = list(FACTORS)
BENCHMARKS = ("IWM", "IJR")
TWINS = 100
ONLY_TRIAL = Tally(trials=1, ratios=0, ratio_variance=None, restarted=None)
SHORTER = (24, 60, 120)
"""Months of the shorter histories on which what only markets can measure is measured too: the first of each market."""
OVERLAP = 12
"""Months of the overlapping windows of a well-known wrong test."""
PAIR = (FAMILY.index("insider_ownership narrow"), FAMILY.index("pricing_power narrow"))
"""Two screens on traits that no loading depends on, so that their difference is truly zero without an edge."""


@dataclass(frozen=True)
class FamilyReturns:
    """The monthly returns of one market's sixteen screens with what they are held against.

    gross, net : (months × `FAMILY`) simple returns before and after costs. effects : (n_family,) planted edge a year.
    """

    market: MonthlyMarket
    gross: pd.DataFrame
    net: pd.DataFrame
    effects: np.ndarray

    @cached_property
    def benchmarks(self) -> pd.DataFrame:
        """(months × `BENCHMARKS`) simple total returns after fees."""
        return self.market.benchmarks

    @cached_property
    def factors(self) -> pd.DataFrame:
        """(months × the factor series that reports use, and RF)."""
        return self.market.factors

    @property
    def cash(self) -> pd.Series:
        """(months,) simple return of cash."""
        return self.factors["RF"]

    def alphas(self, returns: pd.Series) -> dict[str, AlphaEstimate]:
        """The alphas of a report on one series, by name of the test."""
        names = [name for name in FACTOR_SERIES if name in self.factors]
        own = self.sample(returns)
        found = {f"alpha_{name}": benchmark_alpha(own.against(self.benchmarks[name], name)) for name in BENCHMARKS}
        for test, chosen in (("factor_alpha", names), ("four_factor_alpha", FOUR_FACTORS)):
            found[test] = factor_alpha(own.on(self.factors[chosen]))
        return found

    def newey_west(self, returns: pd.Series) -> dict[str, AlphaEstimate]:
        """The same with Newey-West errors, to show what they would do."""
        own = self.sample(returns)
        found = {f"alpha_{name}": hac_alpha(own.against(self.benchmarks[name], name)) for name in BENCHMARKS}
        return found | {"four_factor_alpha": hac_alpha(own.on(self.factors[FOUR_FACTORS]))}

    def sample(self, returns: pd.Series) -> Sample:
        """One of the screens, over cash."""
        return Sample.of(returns, periods_per_year=MONTHS_A_YEAR, cash=self.cash)

    def loadings(self, excess: np.ndarray) -> np.ndarray:
        """(4, n_series) least-squares loadings of excess returns (months, n_series) on the four factors."""
        design = np.column_stack([np.ones(len(excess)), self.factors[FOUR_FACTORS]])
        return np.asarray(np.linalg.lstsq(design, excess, rcond=None)[0][1:])

    @cached_property
    def beyond_factors(self) -> np.ndarray:
        """(months, n_family) excess returns before costs without what the four factors explain: alpha and noise."""
        excess = self.gross.to_numpy() - self.cash.to_numpy()[:, None]
        return np.asarray(excess - self.factors[FOUR_FACTORS].to_numpy() @ self.loadings(excess))


def measure(market: MonthlyMarket, world: World, *, seed: int, twins: int = TWINS) -> dict[str, Any]:
    """What one market shows in one world, as plain JSON content.

    Returns
    -------
    mapping
        tests: by test its p-value before costs and, where it is an alpha, the estimate, its standard error and the
        true value. shorter: by `SHORTER` and test p on the first months alone. net: by alpha test p and estimate
        after costs. verdict: the word. family: by `FAMILY` the four-factor alpha before costs, its standard error and
        p, and the planted effect. All annual decimals.
    """
    reading = portfolios.read(market, world)
    names = portfolios.family_names(reading)
    sample = _sample(reading, names)
    main = FAMILY[MAIN]
    drawn = _drawn(reading, names, twins=twins, seed=seed)
    months = len(sample.net)
    samples = _samples(sample, months)
    over_twins = _over_twins(sample, drawn, months)
    tests = {name: _plain(estimate) for name, estimate in sample.alphas(sample.gross[main]).items()}
    tests |= {f"{name}_newey_west": {"p": found.p} for name, found in sample.newey_west(sample.gross[main]).items()}
    for name, truth in _true_alphas(sample, world).items():
        tests[name]["truth"] = truth
    first, second = (sample.gross.iloc[:, place] for place in PAIR)
    pair = mean_return(Sample.of(first - second, periods_per_year=MONTHS_A_YEAR))
    tests |= {"paired_difference": _plain(pair)}
    tests |= {"twins": _one_sided(over_twins)}
    tests |= {name: {"p": position.p} for name, position in _positions(sample, drawn).items()}
    tests |= _family_tests(sample, seed=seed) | _wrong_tests(sample)
    net = sample.alphas(sample.net[main])
    return {
        "tests": tests,
        "shorter": {
            str(length): {"twins": _one_sided(_over_twins(sample, drawn, length))}
            for length in SHORTER
            if length < months
        },
        "net": {name: _plain(estimate) for name, estimate in net.items()},
        "verdict": word_for(replace(evidence_of(samples, ONLY_TRIAL), twins=over_twins)),
        "family": _family_alphas(sample),
        "cost": float((sample.gross[main] - sample.net[main]).mean()) * MONTHS_A_YEAR,
    }


def _sample(reading: Reading, names: Mapping[str, Names]) -> FamilyReturns:
    parts = [hold(reading, held) for held in names.values()]
    months = reading.market.dates[1 : len(parts[0].gross) + 1]
    gross, net = (
        pd.DataFrame(np.hstack([getattr(part, kind) for part in parts]), index=months, columns=list(FAMILY))
        for kind in ("gross", "net")
    )
    effects = np.concatenate([portfolios.planted_effect(reading, held) for held in names.values()])
    return FamilyReturns(reading.market, gross, net, effects)


def _drawn(reading: Reading, names: Mapping[str, Names], *, twins: int, seed: int) -> Earned:
    """What the matched random portfolios of the judged screen earned."""
    place, width = MAIN % len(SIGNALS), list(WIDTHS)[MAIN // len(SIGNALS)]
    mine = [held[place : place + 1] for held in names[width]]
    return hold(reading, portfolios.twin_names(reading, mine, count=twins, seed=seed))


def _over_twins(sample: FamilyReturns, drawn: Earned, months: int) -> AlphaEstimate | None:
    """Edge of the judged screen over its mean twin in the first months, after costs, as a page has it."""
    own, twins = sample.net[FAMILY[MAIN]].to_numpy()[:months], drawn.net[:months].mean(axis=1)
    return edge_over_twins(_samples(sample, months), own, twins)


def _one_sided(found: AlphaEstimate | None) -> dict[str, float]:
    return {"p": 1.0 if found is None else found.p_one_sided}


def _positions(sample: FamilyReturns, drawn: Earned) -> dict[str, Position]:
    """Place of the judged screen after costs among its matched random portfolios: by return, and by factor alpha."""
    returns = np.column_stack([sample.net[FAMILY[MAIN]], drawn.net])
    alphas = alpha_matrix(_matrix(returns - sample.cash.to_numpy()[:, None]), sample.factors[FOUR_FACTORS].to_numpy())
    figures = {
        "random_portfolios": returns.mean(axis=0) * MONTHS_A_YEAR,
        "random_portfolios_by_factor_alpha": alphas.alpha_annual,
    }
    return {name: position_among(float(values[0]), values[1:]) for name, values in figures.items()}


def _plain(estimate: AlphaEstimate) -> dict[str, Any]:
    return {
        "p": estimate.p,
        "estimate": estimate.alpha_annual,
        "se": estimate.se_annual,
    }


def _true_alphas(sample: FamilyReturns, world: World) -> dict[str, float]:
    """The value each alpha estimates, annual: the planted edge, and on an index also what the tilt away from it earns.

    On an index the truth is (b − β b_I)'λ + β·fee + the edge of the portfolio beyond β times the index's own: λ the
    premia the market was drawn with, b and b_I four-factor loadings (estimated), β the estimated loading on the index.
    """
    edge = float(sample.effects[MAIN])
    truth = {"factor_alpha": edge, "four_factor_alpha": edge}
    if world.alpha:
        return truth
    premium = FACTOR_PREMIUM * MONTHS_A_YEAR
    premium[3] = world.rmw_premium
    indices = sample.benchmarks.sub(sample.cash, axis=0).to_numpy()
    own = (sample.gross[FAMILY[MAIN]] - sample.cash).to_numpy()
    loadings = sample.loadings(np.column_stack([own, indices]))
    for place, name in enumerate(BENCHMARKS):
        beta = np.cov(own, indices[:, place])[0, 1] / indices[:, place].var(ddof=1)
        tilt = loadings[:, 0] - beta * loadings[:, 1 + place]
        truth[f"alpha_{name}"] = float(tilt @ premium + beta * FEE_YEARLY[name])
    return truth


def _family_alphas(sample: FamilyReturns) -> dict[str, Any]:
    excess = sample.gross.to_numpy() - sample.cash.to_numpy()[:, None]
    alphas = alpha_matrix(_matrix(excess), sample.factors[FOUR_FACTORS].to_numpy())
    return {
        "alpha": alphas.alpha_annual.tolist(),
        "se": alphas.se_annual.tolist(),
        "p": alphas.p.tolist(),
        "effect": sample.effects.tolist(),
        "degrees": alphas.degrees,
    }


def _family_tests(sample: FamilyReturns, *, seed: int) -> dict[str, dict[str, float]]:
    """Tests that charge for the search over all sixteen screens, by p of the best one."""
    p = _family_alphas(sample)["p"]
    cash = sample.cash.to_numpy()
    beyond = _matrix(sample.beyond_factors)
    excess = _matrix(sample.gross.to_numpy() - cash[:, None])
    on_index = excess.hedged(sample.benchmarks[BENCHMARKS[0]].to_numpy() - cash)
    block = _block(beyond)
    drawn = wild_alphas(excess, sample.factors[FOUR_FACTORS].to_numpy(), seed=seed)
    hedged = superior_predictive_ability(beyond, seed=seed, block=block)
    return {
        "holm": {"p": float(holm(p).min())},
        "superior_predictive_ability": {"p": any_alpha_above_zero(drawn).p_consistent},
        "step_m": {"p": float(alphas_above_zero(drawn).adjusted_p.min())},
        "superior_predictive_ability_fixed_hedge": {"p": hedged.p_consistent},
        "step_m_fixed_hedge": {"p": float(step_m(beyond, seed=seed, block=block).adjusted_p.min())},
        "deflated_sharpe": {"p": _deflated(beyond, sample.gross.index)},
        "deflated_sharpe_IWM": {"p": _deflated(on_index, sample.gross.index)},
    }


def _matrix(returns: np.ndarray) -> SampleMatrix:
    return SampleMatrix.of(returns, periods_per_year=MONTHS_A_YEAR)


def _block(active: SampleMatrix) -> float:
    """Mean block length that suits the median screen: automatic, at least 1."""
    return max(1.0, float(np.median(optimal_blocks(active).stationary)))


def _deflated(active: SampleMatrix, months: pd.DatetimeIndex) -> float:
    """1 − deflated Sharpe ratio of the best of a family, charged for all of it."""
    ratios = active.returns.mean(axis=0) / active.returns.std(axis=0, ddof=1)
    best = pd.Series(active.returns[:, int(ratios.argmax())], index=months)
    own = Sample.of(best, periods_per_year=MONTHS_A_YEAR)
    return 1.0 - deflated_sharpe(own, trials=len(ratios), sharpe_variance=float(ratios.var(ddof=1))).probability


def _wrong_tests(sample: FamilyReturns) -> dict[str, dict[str, float]]:
    """Tests known to be wrong, so that it shows how wrong."""
    from scipy.special import ndtr

    windows = np.convolve(sample.beyond_factors[:, MAIN], np.ones(OVERLAP), mode="valid")
    t = windows.mean() / windows.std(ddof=1) * np.sqrt(len(windows))
    return {
        "sharpe_above_zero": {"p": mean_return(sample.sample(sample.gross[FAMILY[MAIN]])).p},
        "overlapping_years_naive_t": {"p": 2.0 * float(ndtr(-abs(t)))},
        "best_of_16_naive": {"p": min(_family_alphas(sample)["p"])},
    }


def _samples(sample: FamilyReturns, count: int) -> Samples:
    """The first months of the judged screen after costs as a report's samples."""
    own = sample.net[FAMILY[MAIN]].iloc[:count]
    names = [name for name in FACTOR_SERIES if name in sample.factors]
    return samples_of(
        own,
        {name: sample.benchmarks[name].loc[own.index] for name in BENCHMARKS},
        periods_per_year=MONTHS_A_YEAR,
        months=Months.each(own.index, MONTHS_A_YEAR),
        cash=sample.cash.loc[own.index],
        factors=sample.factors.loc[own.index, names],
    )
