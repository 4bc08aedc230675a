"""A row of a sweep is what a single backtest and its judgement say, for configurations of every feature."""

import numpy as np
import pytest

from active_edge.inference.alpha import benchmark_alpha, factor_alpha
from active_edge.inference.performance import performance
from active_edge.inference.sample import Sample
from active_edge.judging.coverage import rule_coverage
from active_edge.panel import Panel
from active_edge.plugins import scope
from active_edge.run.backtest import backtest, run_sessions
from active_edge.strategy import decision_dates
from active_edge.sweeping.groups import Group
from active_edge.sweeping.statistics import Measure
from tests.judging.planted import judged, simulated
from tests.sweeping.drawn import OWN, drawn_strategy

pytestmark = pytest.mark.slow

EXACT = 1e-9


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("market"), years=4, firms=260, seed=11)


def alone(strategy, market, panel):
    """What a single backtest says, by the names of a sweep's columns."""
    result = backtest(strategy, market, panel=panel)
    if result.base is None or len(result.returns) < 2:
        return result, {}
    judgement = judged(result)
    own = judgement.performance
    gross = performance(Sample.of(result.gross, periods_per_year=252, cash=_cash(judgement)))
    from active_edge.inference.evidence import Thresholds

    held = (result.targets.weights > 0).sum(axis=1)
    said = {
        "annual_return": own.annual_return,
        "volatility": own.annual_volatility,
        "sharpe": own.sharpe,
        "max_drawdown": own.max_drawdown,
        "gross_return": gross.annual_return,
        "gross_sharpe": gross.sharpe,
        "turnover": judgement.turnover_annual,
        "cost_drag": judgement.cost_drag_annual,
        "names": held[(held > 0).argmax() :].mean(),
        "coverage": min(rule_coverage(result, Thresholds()).required.values(), default=1.0),
        "months": judgement.samples.months.n,
    }
    for name, sample in judgement.samples.on.items():
        said |= _alpha(name, benchmark_alpha(sample))
    if judgement.samples.priced is not None:
        said |= _alpha("factors", factor_alpha(judgement.samples.priced))
    return result, said


def _cash(judgement):
    import pandas as pd

    own = judgement.samples.own
    return None if own.cash is None else pd.Series(own.cash, index=own.dates)


def _alpha(name, found):
    values = (found.alpha_annual, *found.ci, found.t, found.p)
    return {f"{what}_{name}": value for what, value in zip(("alpha", "lower", "upper", "t", "p"), values, strict=True)}


def check(strategy, market):
    sessions = run_sessions(market, None, None)
    panel = Panel(market, decision_dates(strategy, market, sessions))
    group = Group([strategy], market, sessions, panel)
    block = group.run([strategy])
    found = Measure(market, sessions, strategy.rules.benchmarks).of(block, [strategy], group.cube)
    result, said = alone(strategy, market, panel)
    assert block.returns[:, 0] == pytest.approx(result.simulation.returns.to_numpy(), abs=EXACT)
    assert block.drag[:, 0] == pytest.approx(result.simulation.costs_daily.sum(axis=1).to_numpy(), abs=EXACT)
    assert (block.names[:, 0] == (result.targets.weights > 0).sum(axis=1)).all()
    assert np.nan_to_num(found.daily[0][len(found.daily[0]) - len(result.returns) :]) == pytest.approx(
        result.returns.to_numpy(), abs=1e-6
    )
    row = found.rows.iloc[0]
    assert {key: row[key] for key in said if said[key] is not None} == pytest.approx(
        {key: value for key, value in said.items() if value is not None}, abs=EXACT, rel=EXACT
    )
    return bool(said)


@pytest.mark.parametrize("seed", range(20))
def test_a_row_is_what_a_single_backtest_says(market, seed):
    check(drawn_strategy(seed), market)


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [*range(20, 120), *(pytest.param(n, marks=pytest.mark.nightly) for n in range(120, 300))]
)
def test_a_row_is_what_a_single_backtest_says_of_many_more(market, seed):
    check(drawn_strategy(seed), market)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(300, 320))
def test_a_row_with_a_factor_and_a_weighting_of_a_users_own_is_too(market, seed, tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    with scope(files=[tmp_path / "own.py"]):
        check(drawn_strategy(seed, plugins=True), market)


def test_most_of_the_drawn_configurations_hold_something(market):
    # Else the equality above would be one of empty rows.
    assert sum(check(drawn_strategy(seed), market) for seed in range(4)) >= 3
