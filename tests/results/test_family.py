"""Runs put side by side as a family: one benchmark of all, no copies, and the numbers of their own pages."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from active_edge.inference.belief import DEFAULT
from active_edge.inference.best_of import believe_family
from active_edge.report.words import family_sentences
from active_edge.results.family import family_of_runs
from active_edge.stats import BenchmarkStats

SESSIONS = pd.bdate_range("2015-01-01", "2017-12-29")


def numbers(alpha, error=0.02):
    bound = alpha + 2 * error
    return BenchmarkStats(alpha_annual=alpha, alpha_se=error, alpha_se_ols=0.9 * error, excluded_above=bound)


def runs(alphas, seed=0, benchmarks=("IWM",)):
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, len(SESSIONS))
    shared = rng.normal(0, 0.003, len(SESSIONS))
    stats, returns = [], []
    for k, alpha in enumerate(alphas):
        stats.append(SimpleNamespace(run=f"run{k}", benchmarks={name: numbers(alpha) for name in benchmarks}))
        net = market + shared + rng.normal(0, 0.003, len(SESSIONS))
        returns.append(pd.DataFrame({"net": net, "IWM": market}, index=SESSIONS))
    return stats, returns


def test_the_best_of_stored_runs_is_believed_by_their_own_estimates():
    stats, returns = runs([0.031, 0.012, -0.004])
    found = family_of_runs(stats, returns)
    expected = believe_family(np.array([0.031, 0.012, -0.004]), 0.02, found.correlation, DEFAULT)
    assert (found.benchmark, found.best, found.members) == ("IWM", "run0", ("run0", "run1", "run2"))
    assert found.believed == pytest.approx(expected.mean[0])
    assert found.none_above == pytest.approx(0.071)
    assert 0.2 < found.correlation < 0.8
    assert found.months in (35, 36)
    said = " ".join(family_sentences(found))
    assert "Best of 3 on IWM, run0: raw +3.1 %" in said
    assert "None of these 3 has an edge above 7.1 % a year" in said


def test_what_is_no_family_is_none():
    stats, returns = runs([0.03, 0.01])
    assert family_of_runs(stats[:1], returns[:1]) is None
    copies = [returns[0], returns[0].copy()]
    assert family_of_runs(stats, copies) is None
    short = [frame.iloc[:300] for frame in returns]
    assert family_of_runs(stats, short) is None
    apart = [returns[0].iloc[:390], returns[1].iloc[390:]]
    assert family_of_runs(stats, apart) is None
    other = [stats[0], SimpleNamespace(run="other", benchmarks={"IJR": numbers(0.01)})]
    assert family_of_runs(other, returns) is None


def test_an_untested_benchmark_is_passed_over():
    stats, returns = runs([0.03, 0.01])
    for one in stats:
        one.benchmarks = {"IJR": BenchmarkStats(), **one.benchmarks}
    assert family_of_runs(stats, returns).benchmark == "IWM"
