"""Stored runs side by side: their Sharpe ratios, and whether any of them has an alpha, taken as one."""

import numpy as np
import pandas as pd
import pytest

from active_edge.results.difference import sharpe_gap
from active_edge.results.joint_edge import NO_CASH, joint_edges
from active_edge.sessions import sessions_between

SESSIONS = sessions_between("2010-01-01", "2014-12-31")
CASH = 0.00008


def stored(seed: int, *, edge: float = 0.0, noise: float = 0.003) -> pd.DataFrame:
    """Daily returns of a run that earns `edge` a year beyond a benchmark all runs of a test share."""
    market = np.random.default_rng(0).normal(0.0005, 0.011, len(SESSIONS))
    own = market + edge / 252 + np.random.default_rng(seed).normal(0, noise, len(SESSIONS))
    return pd.DataFrame({"net": own, "IWM": market, "RF": CASH}, index=SESSIONS)


def months(frame: pd.DataFrame, name: str) -> np.ndarray:
    return (1 + frame[name]).groupby(frame.index.to_period("M")).prod().to_numpy() - 1


def test_the_joint_test_of_two_runs_equals_the_squared_t_of_the_alpha_of_their_best_mix():
    """The portfolio with the largest t of all mixes: the form of the test that Gibbons, Ross and Shanken begin with."""
    from statsmodels.regression.linear_model import OLS

    runs = {"a": stored(1, edge=0.03), "b": stored(2)}
    (found,) = joint_edges(runs, ["IWM"])
    cash = months(runs["a"], "RF")
    excess = np.column_stack([months(run, "net") - cash for run in runs.values()])
    design = np.column_stack([np.ones(len(cash)), months(runs["a"], "IWM") - cash])
    fit = [OLS(column, design).fit() for column in excess.T]
    best = np.linalg.solve(np.cov(np.column_stack([f.resid for f in fit]).T), [f.params[0] for f in fit])
    t = OLS(excess @ best, design).fit().tvalues[0]
    assert found.months == 60
    assert found.degrees == (2, 57)
    assert found.statistic == pytest.approx(t**2 * 57 / (2 * 58))
    assert found.mean_absolute_alpha == pytest.approx(12 * np.abs([f.params[0] for f in fit]).mean())


def test_an_edge_of_one_is_seen_among_five_and_none_where_none_is():
    without = {str(seed): stored(seed) for seed in range(1, 6)}
    assert joint_edges(without, ["IWM"])[0].p > 0.05
    assert joint_edges(without | {"5": stored(5, edge=0.08)}, ["IWM"])[0].p < 0.001


def test_no_joint_test_without_cash_or_of_a_run_and_its_copy():
    old = stored(1).drop(columns="RF")
    assert joint_edges({"old": old, "new": stored(2)}, ["IWM"])[0].why_not == NO_CASH
    (copied,) = joint_edges({"a": stored(1), "b": stored(1)}, ["IWM"])
    assert copied.p is None
    assert "repeat each other" in copied.why_not
    assert joint_edges({"alone": stored(1)}, ["IWM"]) == []


def test_the_sharpe_ratio_of_a_run_less_anothers_is_of_the_months_both_have():
    calm, wild = stored(1, noise=0.001).iloc[21:], stored(2, noise=0.02)
    found = sharpe_gap(calm, wild)
    cash = months(calm, "RF")[1:]
    ratios = [(months(one.loc[calm.index], "net")[1:] - cash) for one in (calm, wild)]
    by_hand = [excess.mean() / excess.std() * np.sqrt(12) for excess in ratios]
    assert found.difference == pytest.approx(by_hand[0] - by_hand[1])
    assert sharpe_gap(calm.drop(columns="RF"), wild) is None
