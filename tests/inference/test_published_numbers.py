"""Each row of the table of published numbers is one test here; rows with data of others read it beside the project."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from active_edge.costs.impact import almgren_2005
from active_edge.inference.alpha import hac_alpha, hac_mean, mean_return
from active_edge.inference.asset_pricing import fama_macbeth, grs_test
from active_edge.inference.bootstrap import optimal_blocks
from active_edge.inference.brinson import brinson_fachler
from active_edge.inference.overfitting import backtest_overfitting
from active_edge.inference.power import power_of_t_test
from active_edge.inference.regression import least_squares
from active_edge.inference.sharpe import (
    deflated_sharpe_from_moments,
    minimum_track_record,
    probabilistic_sharpe,
)
from active_edge.inference.sharpe_difference import ledoit_wolf
from tests.inference.return_samples import alone, matrix, monthly, pair


@pytest.fixture
def published(shared_data: Path) -> Path:
    return shared_data / "published"


def months(folder: Path, name: str, start: int = 196307, end: int = 201312) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", index_col=0).loc[start:end]


@pytest.mark.realdata
def test_newey_west_errors_of_the_greene_investment_equation(published):
    table = pd.read_csv(published / "Greene_Investment.csv").dropna()
    design = np.column_stack([np.ones(len(table)), table["RealGNP"], table["RealInt"]])
    fit = least_squares(table["RealInv"].to_numpy()[:, None], design)
    assert fit.coefficients[:, 0] == pytest.approx([-12.5336, 0.1691, -1.0014], abs=5e-5)
    assert fit.newey_west_errors(4, correction=False)[:, 0] == pytest.approx([18.9583, 0.0168, 3.3424], abs=5e-5)


@pytest.mark.realdata
def test_fama_macbeth_on_the_petersen_panel(published):
    panel = pd.read_csv(published / "PetersenCL.csv").set_index(["firm", "year"])
    fit = fama_macbeth(panel, "y", ["x"])
    assert (fit.estimates["const"], fit.standard_errors["const"]) == pytest.approx((0.0313, 0.0234), abs=5e-5)
    assert (fit.estimates["x"], fit.standard_errors["x"]) == pytest.approx((1.0356, 0.0333), abs=5e-5)


def test_optimal_block_of_a_first_order_autoregression():
    shocks = np.random.RandomState(0).standard_normal(10_100)
    values = shocks.copy()
    for i in range(1, len(values)):
        values[i] = 0.3 * values[i - 1] + shocks[i]
    found = optimal_blocks(matrix(values[100:, None]))
    assert found.stationary == pytest.approx([13.635665], abs=1e-6)
    assert found.circular == pytest.approx([15.60894], abs=1e-5)


def test_probabilistic_sharpe_of_the_skewed_hedge_fund():
    assert probabilistic_sharpe(0.458, 24, skewness=-2.448, kurtosis=10.164) == pytest.approx(0.913, abs=5e-4)


@pytest.mark.parametrize(
    ("periods", "skewness", "kurtosis", "years"),
    [(252, 0.0, 3.0, 2.73), (12, 0.0, 3.0, 3.24), (12, -0.72, 5.78, 4.99)],
    ids=["daily", "monthly", "monthly hedge fund index"],
)
def test_minimum_track_record_for_a_ratio_of_two_against_one(periods, skewness, kurtosis, years):
    scale = math.sqrt(periods)
    found = minimum_track_record(2 / scale, threshold=1 / scale, skewness=skewness, kurtosis=kurtosis)
    assert found / periods == pytest.approx(years, abs=0.005)


def test_deflated_sharpe_of_a_hundred_trials():
    found = deflated_sharpe_from_moments(
        2.5 / math.sqrt(250), 1250, trials=100, sharpe_variance=0.5 / 250, skewness=-3, kurtosis=10
    )
    assert found.expected_maximum == pytest.approx(0.1132, abs=5e-5)
    assert found.probability == pytest.approx(0.9004, abs=5e-5)


@pytest.fixture
def mutual(published) -> pd.DataFrame:
    return pd.read_csv(published / "LW2008_mutual.csv") / 100


@pytest.mark.realdata
def test_ledoit_wolf_robust_errors_on_the_mutual_funds(mutual):
    plain = ledoit_wolf(pair(mutual["a"], mutual["b"]), prewhiten=False)
    assert plain.sharpe == pytest.approx((0.108, 0.011), abs=5e-4)
    assert plain.p == pytest.approx(0.0646, abs=5e-5)
    assert ledoit_wolf(pair(mutual["a"], mutual["b"])).p == pytest.approx(0.0689, abs=5e-5)


@pytest.mark.realdata
def test_fama_french_2015_table_4_factor_means(published):
    factors = months(published, "tidy_ff5_monthly")[["Mkt-RF", "SMB", "HML", "RMW", "CMA"]]
    assert len(factors) == 606
    assert factors.mean().tolist() == pytest.approx([0.50, 0.29, 0.37, 0.25, 0.33], abs=0.02)
    t = factors.mean() / factors.std() * math.sqrt(len(factors))
    assert t.tolist() == pytest.approx([2.74, 2.31, 3.20, 2.92, 4.07], abs=0.15)


@pytest.fixture
def size_profitability(published) -> tuple[pd.DataFrame, pd.DataFrame]:
    factors = months(published, "tidy_ff5_monthly")
    return months(published, "tidy_25_ME_OP_vw").sub(factors["RF"], axis=0), factors


@pytest.mark.realdata
def test_fama_french_2015_table_1b_smallest_size_row(size_profitability):
    excess, _ = size_profitability
    assert excess.iloc[:, :5].mean().tolist() == pytest.approx([0.56, 0.94, 0.90, 0.95, 0.88], abs=0.05)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("factors", "statistic", "alpha"),
    [(["Mkt-RF", "SMB", "HML"], 2.31, 0.108), (["Mkt-RF", "SMB", "HML", "RMW", "CMA"], 1.87, 0.073)],
    ids=["three factors", "five factors"],
)
def test_fama_french_2015_table_5_joint_test_of_size_profitability(size_profitability, factors, statistic, alpha):
    excess, five = size_profitability
    found = grs_test(matrix(excess.to_numpy()), five[factors].to_numpy())
    assert found.statistic == pytest.approx(statistic, abs=0.1)
    assert found.mean_absolute_alpha == pytest.approx(alpha, abs=0.01)


@pytest.mark.realdata
def test_edge_spread_of_the_sample_bars(published):
    import bidask

    bars = pd.read_csv(published / "bidask_ohlc.csv")
    spread = bidask.edge(bars["Open"], bars["High"], bars["Low"], bars["Close"])
    assert spread == pytest.approx(0.0101849034905478, abs=1e-15)


def test_brinson_fachler_on_bacons_three_country_portfolio():
    groups = ["UK", "Japan", "US"]
    table = brinson_fachler(
        pd.Series([0.4, 0.3, 0.3], groups),
        pd.Series([0.4, 0.2, 0.4], groups),
        pd.Series([0.20, -0.05, 0.06], groups),
        pd.Series([0.10, -0.04, 0.08], groups),
    )
    assert (table["allocation"] * 100).tolist() == pytest.approx([0.0, -1.04, -0.16])
    assert (table["selection"] * 100).tolist() == pytest.approx([4.0, -0.2, -0.8])
    assert (table["interaction"] * 100).tolist() == pytest.approx([0.0, -0.1, 0.2])
    assert table["total"].sum() == pytest.approx(0.083 - 0.064)


@pytest.mark.parametrize(("days", "cost_bps"), [(0.1, 32), (0.2, 25), (0.5, 18)])
def test_almgren_2005_cost_of_a_tenth_of_a_days_volume_in_ibm(days, cost_bps):
    linear, power, exponent = almgren_2005(np.array([0.0157]), np.array([263.0]), days=days)
    assert 2 * linear[0] * 0.1 * 1e4 == pytest.approx(20, abs=0.5)
    assert (linear[0] * 0.1 + power[0] * 0.1**exponent) * 1e4 == pytest.approx(cost_bps, abs=0.5)


@pytest.mark.slow
def test_overfitting_probability_is_a_half_on_noise_and_zero_with_a_truly_better_variant():
    rng = np.random.default_rng(20)
    noise = [backtest_overfitting(matrix(rng.normal(0, 0.01, (160, 10)))) for _ in range(60)]
    assert {one.splits for one in noise} == {12_870}
    spread = np.std([one.pbo for one in noise]) / math.sqrt(60)
    assert spread < 0.04
    assert np.mean([one.pbo for one in noise]) == pytest.approx(0.5, abs=3 * spread)
    better = rng.normal(0, 0.01, (480, 16))
    better[:, 4] += 0.004
    assert backtest_overfitting(matrix(better)).pbo < 0.001


@pytest.mark.parametrize(("years", "edge"), [(10, 0.035), (26, 0.022)])
def test_smallest_detectable_edge_at_four_percent_tracking_error(years, edge):
    some = mean_return(alone(monthly(np.tile([0.01, -0.01, 0.02], 12)), periods_per_year=12))
    error = 0.04 / math.sqrt(years)
    found = replace(some, se_annual=error, degrees=10**7).detectable()
    assert found == pytest.approx(edge, abs=5e-4)
    assert power_of_t_test(found, error, 10**7) == pytest.approx(0.8, abs=1e-5)


@pytest.fixture
def funds_and_factors(published) -> tuple[pd.DataFrame, pd.DataFrame]:
    factors = months(published, "tidy_ff5_monthly", 200006, 202406) / 100
    factors.index = pd.to_datetime(factors.index.astype(str), format="%Y%m") + pd.offsets.MonthEnd(0)
    return pd.read_csv(published / "etf_monthly_total_returns.csv", index_col=0, parse_dates=True), factors


@pytest.mark.realdata
def test_five_factor_alpha_of_the_russell_2000_fund(funds_and_factors):
    funds, factors = funds_and_factors
    returns = funds["IWM"].loc[factors.index]
    found = hac_alpha(alone(returns, factors["RF"], periods_per_year=12).on(factors.drop(columns="RF")))
    assert found.alpha_annual * 100 == pytest.approx(-1.36, abs=0.03)
    assert found.t == pytest.approx(-3.1, abs=0.05)


@pytest.mark.realdata
def test_passive_earnings_screen_over_the_russell_fund_from_2000_06_to_2026_06(funds_and_factors):
    funds, _ = funds_and_factors
    found = hac_mean(alone((funds["IJR"] - funds["IWM"]).dropna(), periods_per_year=12))
    assert found.n == 313
    assert found.alpha_annual * 100 == pytest.approx(1.16, abs=0.005)
    assert found.t == pytest.approx(1.5, abs=0.05)


@pytest.mark.realdata
def test_passive_earnings_screen_is_a_profitability_tilt(funds_and_factors):
    funds, factors = funds_and_factors
    active = (funds["IJR"] - funds["IWM"]).loc[factors.index]
    found = hac_alpha(alone(active, periods_per_year=12).on(factors.drop(columns="RF")))
    assert found.alpha_annual * 100 == pytest.approx(0.40, abs=0.005)
    assert found.t == pytest.approx(0.8, abs=0.05)
    assert found.loadings["RMW"] == pytest.approx(0.20, abs=0.005)
    assert found.loading_t["RMW"] == pytest.approx(5.7, abs=0.05)


@pytest.fixture
def small_cap_tilts(published) -> pd.DataFrame:
    """Return monthly active returns over the two smallest size quintiles, portfolios weighted by their value."""
    returns = months(published, "tidy_25_ME_OP_vw", end=202412) / 100
    firms, size = (months(published, f"tidy_25_ME_OP_{name}", end=202412) for name in ("nfirms", "avgcap"))

    def mean(columns: list[int]) -> pd.Series:
        weights = (firms * size).iloc[:, columns]
        return (returns.iloc[:, columns] * weights).sum(axis=1) / weights.sum(axis=1)

    every = mean(list(range(10)))
    tilts = pd.DataFrame({"top 40 %": mean([3, 4, 8, 9]) - every, "no junk": mean([1, 2, 3, 4, 6, 7, 8, 9]) - every})
    tilts.index = pd.to_datetime(tilts.index.astype(str), format="%Y%m") + pd.offsets.MonthEnd(0)
    return tilts


@pytest.mark.realdata
def test_profitable_small_caps_1963_to_2024_beat_all_small_caps(small_cap_tilts):
    found = hac_mean(alone(small_cap_tilts["top 40 %"], periods_per_year=12))
    assert found.alpha_annual * 100 == pytest.approx(1.50, abs=0.015)
    assert found.t == pytest.approx(2.35, abs=0.03)
    avoided = hac_mean(alone(small_cap_tilts["no junk"], periods_per_year=12))
    assert avoided.alpha_annual * 100 == pytest.approx(1.21, abs=0.015)


@pytest.mark.realdata
def test_profitable_small_caps_have_no_five_hac_alpha(small_cap_tilts, published):
    factors = months(published, "tidy_ff5_monthly", end=202406).drop(columns="RF") / 100
    factors.index = pd.to_datetime(factors.index.astype(str), format="%Y%m") + pd.offsets.MonthEnd(0)
    found = hac_alpha(alone(small_cap_tilts["top 40 %"].loc[factors.index], periods_per_year=12).on(factors))
    assert found.alpha_annual * 100 == pytest.approx(-0.78, abs=0.01)
    assert found.t == pytest.approx(-1.8, abs=0.05)
