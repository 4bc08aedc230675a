"""Each verdict for the reason the table gives, with words that carry the numbers."""

from dataclasses import replace

import numpy as np
import pytest

from active_edge.errors import InferenceError
from active_edge.inference.alpha import factor_alpha
from active_edge.inference.comparison import BenchmarkResult, benchmark_comparison
from active_edge.inference.evidence import Evidence, Thresholds
from active_edge.inference.position import position_among
from active_edge.inference.verdict import reach_verdict
from tests.inference.return_samples import against, alone, market_and_fund

DRAWS = np.linspace(-0.05, 0.05, 1001)


def benchmark(name: str, alpha: float, *, n: int = 2520, seed: int = 1, noise: float = 0.002) -> BenchmarkResult:
    """Return a comparison whose estimated annual alpha is exactly `alpha`."""
    fund, market = market_and_fund(n, seed=seed, beta=1.0, noise=noise)
    first = benchmark_comparison(against(fund, market, name=name), benchmark_is_total_return=True)
    fund = fund + (alpha - first.alpha.alpha_annual) / 252
    return benchmark_comparison(against(fund, market, name=name), benchmark_is_total_return=True)


def two(iwm: float, ijr: float, **settings) -> dict[str, BenchmarkResult]:
    return {"IWM": benchmark("IWM", iwm, **settings), "IJR": benchmark("IJR", ijr, seed=2, **settings)}


def factors(alpha: float):
    fund, market = market_and_fund(2520, seed=3, beta=1.0, noise=0.002)
    first = factor_alpha(alone(fund).on(market.to_frame("MKT"))).alpha_annual
    return factor_alpha(alone(fund + (alpha - first) / 252).on(market.to_frame("MKT")))


STRONG = Evidence(
    benchmarks=two(0.06, 0.05), trials=1, factors=factors(0.04), random_portfolios=position_among(0.06, DRAWS)
)


def test_supported_when_every_rung_is_passed():
    found = reach_verdict(STRONG)
    assert found.verdict == "supported"
    assert found.passed == ("IWM", "IJR", "the factors", "random portfolios")
    assert found.failed == ()
    assert "+6.0 % a year" in found.reason


def test_supported_becomes_benchmark_dependent_when_any_rung_fails():
    weaker = {
        "IJR": replace(STRONG, benchmarks=two(0.06, 0.01)),
        "the factors": replace(STRONG, factors=factors(0.005)),
        "random portfolios": replace(STRONG, random_portfolios=position_among(0.03, DRAWS)),
        "random portfolios (not run)": replace(STRONG, random_portfolios=None),
    }
    for rung, evidence in weaker.items():
        found = reach_verdict(evidence)
        assert found.verdict == "benchmark-dependent"
        assert found.failed == (rung,)
        assert f"does not pass on {rung}." in found.reason


def test_an_untested_factor_alpha_does_not_block_but_is_named():
    found = reach_verdict(replace(STRONG, factors=None))
    assert found.verdict == "supported"
    assert any("tilt anyone can buy has not been ruled out" in change for change in found.would_change)


def test_many_trials_turn_supported_into_not_distinguishable():
    evidence = replace(STRONG, benchmarks=two(0.024, 0.024))
    assert reach_verdict(evidence).verdict == "supported"
    crowd = reach_verdict(replace(evidence, trials=200))
    assert crowd.verdict == "not distinguishable"
    assert "200 trials" in crowd.reason


def test_a_deflated_sharpe_below_its_bound_is_luck():
    found = reach_verdict(replace(STRONG, deflated_sharpe=0.80))
    assert found.verdict == "not distinguishable"
    assert "significant by itself, but the deflated Sharpe ratio is 0.80" in found.reason
    noise = replace(STRONG, benchmarks=two(0.0, 0.0), deflated_sharpe=0.3)
    assert "deflated" not in reach_verdict(noise).reason
    assert reach_verdict(replace(STRONG, deflated_sharpe=0.96)).verdict == "supported"


def test_refuted_only_when_the_upper_bound_lies_below_the_economic_threshold():
    bad = reach_verdict(Evidence(two(-0.05, -0.04), trials=3, random_portfolios=position_among(0.0, DRAWS)))
    assert bad.verdict == "refuted"
    assert "below 0.5 % a year on IWM and IJR" in bad.reason
    zero = Evidence(two(0.0, 0.0), trials=3, random_portfolios=position_among(0.0, DRAWS))
    assert reach_verdict(zero).verdict == "not distinguishable"
    upper = max(result.alpha.ci[1] for result in zero.benchmarks.values())
    assert reach_verdict(zero, Thresholds(economic_edge=upper + 1e-6)).verdict == "refuted"


def test_two_years_of_noise_say_how_long_it_would_take():
    found = reach_verdict(
        Evidence(two(0.02, 0.01, n=460, noise=0.004), trials=1, random_portfolios=position_among(0, DRAWS))
    )
    assert found.verdict == "not distinguishable"
    assert found.mde_annual > 0.08
    assert found.years_needed > 20
    assert f"{found.mde_annual * 100:.1f} % a year or more would have been seen" in found.reason
    assert f"about {found.years_needed:,.0f} years" in found.reason


def test_a_rule_without_data_is_not_testable_even_when_everything_else_passes():
    found = reach_verdict(replace(STRONG, coverage={"gross_profitability": 0.9, "insider_ownership": 0.0}))
    assert found.verdict == "not testable"
    assert "too few candidates have a value (at least 10 % needed): insider_ownership 0 %" in found.reason
    assert "gross_profitability" not in found.reason
    assert found.passed == ()


def test_unknown_coverage_is_not_a_pass():
    assert reach_verdict(replace(STRONG, coverage={"accruals": float("nan")})).verdict == "not testable"


def test_a_sample_that_raised_is_not_testable_and_says_why():
    found = reach_verdict(Evidence({}, trials=1, untestable={"IWM": "the series has 3 observations"}))
    assert found.verdict == "not testable"
    assert "IWM: the series has 3 observations" in found.reason
    assert reach_verdict(Evidence({}, trials=1)).verdict == "not testable"


def test_an_adjusted_p_replaces_the_bonferroni_bound():
    found = reach_verdict(replace(STRONG, trials=10_000, adjusted_p={"IWM": 0.03, "IJR": 0.02}))
    assert found.verdict == "supported"
    with pytest.raises(InferenceError, match="IWB"):
        reach_verdict(replace(STRONG, adjusted_p={"IWB": 0.03}))


def test_a_significantly_negative_alpha_never_passes():
    found = reach_verdict(replace(STRONG, benchmarks=two(-0.06, 0.05)))
    assert found.verdict == "benchmark-dependent"
    assert "IWM" in found.failed


def test_an_edge_that_dies_with_delisted_names_is_named():
    found = reach_verdict(replace(STRONG, delisting={"none": 0.06, "rule": 0.04, "total_loss": -0.01}))
    assert any("under total_loss the alpha is −1.0 %" in change for change in found.would_change)


def test_number_of_trials_must_be_said():
    with pytest.raises(TypeError):
        Evidence(two(0.01, 0.01))  # type: ignore[call-arg]
    with pytest.raises(InferenceError, match="trials is 0"):
        reach_verdict(replace(STRONG, trials=0))


def test_every_reason_carries_alpha_interval_and_trials_for_each_benchmark():
    for evidence in (STRONG, replace(STRONG, trials=500), Evidence(two(-0.05, -0.04), trials=2)):
        reason = reach_verdict(evidence).reason
        for name, result in evidence.benchmarks.items():
            line = reason[reason.index(f"Net alpha on {name}") :]
            assert f"{abs(result.alpha.ci[0]) * 100:.1f} to " in line
            assert f"adjusted for {evidence.trials} trial" in line


def test_data_in_doubt_are_named_in_the_reason_of_any_verdict_and_change_none():
    doubts = {"survivorship": "0.0 % of the series end in a year", "restatements": "no number was ever restated"}
    for evidence in (STRONG, Evidence({}, trials=1)):
        sound, found = reach_verdict(evidence), reach_verdict(replace(evidence, doubts=doubts))
        assert found.verdict == sound.verdict
        assert found.reason.startswith(sound.reason)
        assert "in doubt: survivorship (0.0 % of the series end in a year); restatements (no number" in found.reason
        assert "in doubt" not in sound.reason
