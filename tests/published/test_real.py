"""Real returns that come with libraries: their numbers are the libraries' own, and what is asked of them is judged."""

import json

import numpy as np
import pandas as pd
import pytest
from linearmodels.datasets import french
from scipy.stats import ttest_ind

from active_edge.cli.main import main
from active_edge.errors import InferenceError
from active_edge.published.real import contrast_estimate, real_measurements
from active_edge.published.run import run_real
from active_edge.published.shipped_returns import after_volatile, in_recession, shipped_returns


@pytest.fixture(scope="module")
def data():
    return shipped_returns()


@pytest.fixture(scope="module")
def measured(data):
    return {found.question.test: found.estimate for found in real_measurements(data)}


@pytest.mark.parametrize("name", ["SMB", "HML"])
def test_means_are_the_plain_means_of_the_library(data, name):
    plain = french.load()[name].mean()
    assert data.factors[name].mean() == pytest.approx(plain, abs=1e-12)


def test_months_are_whole_and_returns_are_decimals(data):
    for frame, first, last in (
        (data.long_factors, "1926-07-31", "2018-11-30"),
        (data.factors, "1949-01-31", "2017-03-31"),
        (data.portfolios, "1949-01-31", "2017-03-31"),
    ):
        assert frame.index.equals(pd.date_range(first, last, freq="ME"))
        assert frame.notna().all(axis=None)
        assert 0.02 < frame.iloc[:, 0].std() < 0.2
    assert data.portfolios.shape[1] == 18


def test_both_libraries_carry_the_same_factors(data):
    for name in ("MKT_RF", "SMB", "HML"):
        long = data.long_factors[name].reindex(data.factors.index)
        assert np.corrcoef(long, data.factors[name])[0, 1] > 0.98, "vintages differ, portfolios do not"


def test_the_size_premium_is_that_of_the_library(data, measured):
    smb = data.long_factors["SMB"]
    assert measured["real_smb"].annual == pytest.approx(12 * smb.mean(), abs=1e-12)
    assert measured["real_smb_before_1981"].n + measured["real_smb_since_1981"].n == len(smb) == 1109
    change = measured["real_smb_since_1981"].annual - measured["real_smb_before_1981"].annual
    assert measured["real_smb_change_1981"].annual == pytest.approx(change, abs=1e-10)


def test_a_difference_between_two_states_is_that_of_two_plain_means():
    rng = np.random.default_rng(3)
    months = pd.date_range("1990-01-31", periods=240, freq="ME")
    returns, state = pd.Series(rng.normal(0, 0.03, 240), months), pd.Series(rng.random(240) < 0.3, months)
    found = contrast_estimate(returns, state)
    assert found.annual == pytest.approx(12 * (returns[state].mean() - returns[~state].mean()), abs=1e-12)
    assert found.t == pytest.approx(ttest_ind(returns[state], returns[~state], equal_var=False).statistic, abs=0.25)
    with pytest.raises(InferenceError, match="all months are in one state"):
        contrast_estimate(returns, pd.Series(1.0, months))


def test_recessions_run_from_the_month_after_the_peak_to_the_trough():
    months = pd.date_range("2007-11-30", "2009-08-31", freq="ME")
    inside = in_recession(months)
    assert (inside.idxmax(), int(inside.sum())) == (pd.Timestamp("2008-01-31"), 18)  # NBER: 18 months


def test_volatility_is_known_before_the_month_it_speaks_of():
    rng = np.random.default_rng(1)
    market = pd.Series(rng.normal(0, 0.04, 200), pd.date_range("1990-01-31", periods=200, freq="ME"))
    state = after_volatile(market)
    later = market.copy()
    later.iloc[150:] *= 9
    assert after_volatile(later).iloc[:151].equals(state.iloc[:151])
    assert state.iloc[:60].isna().all()


def test_the_page_and_the_lines_are_stamped_real_and_the_trials_are_counted_once(tmp_path, ledger_file):
    run = run_real(tmp_path)
    run_real(tmp_path)
    lines = json.loads((tmp_path / "real" / "evidence.json").read_text())
    assert [line["simulated"] for line in lines] == [False] * 10
    assert {line["trials"] for line in lines} == {10}
    kinds = [json.loads(line).get("kind") for line in ledger_file.read_text().splitlines()]
    assert kinds.count("evidence") == 10
    assert "What real returns say" in run.page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_run_on_a_simulated_market_prints_them_first_and_the_list_leads_with_them(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    market = str(tmp_path / "market")
    assert main(["data", "simulate", market, "--firms", "150", "--years", "3"]) == 0
    assert main(["backtest", "avoid_junk", "-d", market, "--out", str(tmp_path), "--random", "20"]) == 0
    said = capsys.readouterr().out
    assert said.index("REAL returns, 1926-07 to 2018-11") < said.index("SIMULATED market: these numbers")
    real = said[said.index("REAL returns") : said.index("SIMULATED market: these numbers")]
    assert max(map(len, real.splitlines())) <= 80
    assert main(["backtest", "avoid_junk", "-d", market, "--out", str(tmp_path), "--random", "20"]) == 0
    again = capsys.readouterr().out
    assert "REAL returns, 1926-07 to 2018-11: 3 of 10 claims supported" in " ".join(again.split())
    assert "Small winners" not in again
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.index("What real returns say") < page.index("Every run, newest first")
