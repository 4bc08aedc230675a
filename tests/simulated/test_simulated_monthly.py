import numpy as np
import pytest

from active_edge.simulated import LEGS, Knobs, laws, monthly
from active_edge.simulated.moments import draw_moments, four_factor, quality_tilt
from active_edge.simulated.path import draw_path
from active_edge.simulated.weather import WARM_UP_MONTHS


@pytest.fixture(scope="module")
def market():
    return monthly(years=20, seed=11)


def test_the_same_seed_gives_the_same_months_and_another_seed_others():
    first, again, other = (monthly(years=2, firms=80, seed=s) for s in (4, 4, 5))
    np.testing.assert_array_equal(first.returns, again.returns)
    np.testing.assert_array_equal(first.known_quality, again.known_quality)
    assert not np.array_equal(first.returns[1:], other.returns[1:])


def test_fast_mode_and_full_mode_walk_the_same_path(small, small_folder):
    fast = monthly(years=4, firms=400, seed=7, restatement_rate=0.2, alpha={"profitability": 0.02})
    by_month = (1 + small.series("RMW")).groupby(small.sessions.to_period("M")).prod() - 1
    np.testing.assert_allclose(fast.factors["RMW"].to_numpy(), by_month.to_numpy(), rtol=0, atol=2e-9)
    level = small.series("IWM").groupby(small.sessions.to_period("M")).last()
    daily = level.pct_change().iloc[1:].to_numpy()
    assert np.corrcoef(daily, fast.benchmarks["IWM"].to_numpy()[1:])[0, 1] > 0.99
    exits = (fast.exit_kind[1:] > 0).sum()
    assert exits == small.securities["last_session"].notna().sum()


def test_a_state_row_is_full_and_returns_belong_to_the_row_before(market):
    assert market.returns.shape == (241, 3600)
    assert np.isnan(market.returns[0]).all()
    assert np.isfinite(market.returns[1:]).all()
    assert (market.returns[1:] >= -1).all()
    changed = market.firm[1:] != market.firm[:-1]
    np.testing.assert_array_equal(changed, market.exit_kind[1:] > 0)


def test_rank_one_is_the_largest(market):
    t = 100
    best = np.argmax(market.market_value[t])
    assert market.value_rank[t, best] == 1
    assert market.value_rank[t].max() == 3600


def test_what_is_known_is_two_to_eight_months_old(market):
    age = np.arange(241)[:, None] + WARM_UP_MONTHS - 1 - market.path.grid.known_month[WARM_UP_MONTHS - 1 :]
    listed = market.months_listed > 9
    assert age[listed].min() >= 2
    assert age[listed].max() <= 8
    assert 2.5 < age[listed].mean() < 5


def test_restated_figures_differ_only_where_a_year_was_overstated(market):
    gap = (market.known_quality - market.restated_quality)[24:]
    np.testing.assert_allclose(gap[gap != 0], laws.OVERSTATEMENT, atol=1e-5)
    assert 0.03 < (gap != 0).mean() < 0.08


def test_looking_ahead_shows_the_same_firms_later_figures(market):
    ahead = market.quality_ahead(6)
    same = market.firm[6:] == market.firm[:-6]
    np.testing.assert_array_equal(ahead[:-6][same], market.known_quality[6:][same])
    np.testing.assert_array_equal(ahead[-1], market.known_quality[-1])


def test_survivors_never_exit(market):
    began = market.survivor[:-1]
    assert not (market.exit_kind[1:][began] > 0).any()
    assert 0.1 < began[0].mean() < 0.4


@pytest.mark.parametrize("leg", LEGS)
def test_every_leg_is_standardised(market, leg):
    value = market.leg(leg)
    assert abs(value.mean()) < 0.35
    assert 0.8 < value.std() < 1.2


@pytest.mark.parametrize("leg", LEGS)
def test_planted_alpha_is_earned_per_deviation_of_the_leg_and_by_no_one_else(leg):
    """Two markets of the same draws, alpha in one leg: in the first months the difference is the alpha itself."""
    null, planted = (draw_path_of(alpha) for alpha in ({}, {leg: 0.12}))
    gap = planted.grid.base[0].astype(float) - null.grid.base[0]
    slope = np.polyfit(leg_at_birth(null, leg), gap, 1)[0]
    kept = laws.GROWTH_MONTHLY if leg == "earnings_growth" else 1.0
    assert slope == pytest.approx(0.01 * kept, rel=0.02)


def draw_path_of(alpha):
    return draw_path(Knobs(years=1, firms=2000, seed=9, alpha=alpha))


def leg_at_birth(path, leg):
    """The leg from the laws' traits at the start of month 0; quality and growth by their row 0, nearly the same."""
    trait = path.traits[:2000]
    return {
        "balance_sheet": (laws.DEBT_MEAN - debt(trait, path.grid.quality[0])) / laws.DEBT_SD,
        "insider_ownership": (trait[:, laws.INSIDER] - laws.INSIDER_MEAN) / laws.INSIDER_SD,
        "domestic_revenue": (trait[:, laws.DOMESTIC] - laws.DOMESTIC_MEAN) / laws.DOMESTIC_SD,
        "floating_rate_debt": (laws.FLOATING_MEAN - trait[:, laws.FLOATING]) / laws.FLOATING_SD,
        "profitability": path.grid.quality[0],
        "earnings_growth": path.grid.growth[0],
        "pricing_power": trait[:, laws.MARGIN],
    }[leg]


def debt(trait, quality):
    return np.where(
        trait[:, laws.DEBT_FREE] > 0.5, 0, 1 / (1 + np.exp(1.1 + 0.1 * quality - 0.9 * trait[:, laws.DEBT_TASTE]))
    )


def test_alpha_is_gone_after_its_decay():
    forever, gone = (monthly(years=4, firms=500, seed=3, alpha={"pricing_power": 0.24}, decay=d) for d in (None, 2.0))
    np.testing.assert_array_equal(forever.returns[1:25], gone.returns[1:25])
    assert not np.array_equal(forever.returns[26], gone.returns[26])


def test_newcomers_are_dragged_and_no_one_else():
    """In the first month in which anything differs, what differs is newcomers' returns, by a month's drag."""
    free, dragged = (draw_path(Knobs(years=1, firms=1500, seed=3, ipo_drag=d)) for d in (0.0, 0.12))
    gap = free.grid.base.astype(float) - dragged.grid.base
    first = np.argmax((gap != 0).any(1))
    newcomer = free.birth[free.grid.firm[first - 1]] >= 0
    assert newcomer.sum() > 3
    np.testing.assert_allclose(gap[first][newcomer], 0.01, rtol=1e-4)
    assert (gap[first][~newcomer] == 0).all()


@pytest.mark.slow
def test_moments_are_those_of_the_description():
    moments = {m.name: m.simulated for m in draw_moments(markets=6, seed=100)}
    assert 0.185 < moments["volatility of the small-cap index, a year"] < 0.235
    assert 0.45 < moments["volatility of the median firm, a year"] < 0.65
    assert moments["index loading on MKT_RF"] == pytest.approx(1.0, abs=0.03)
    assert moments["index loading on SMB"] == pytest.approx(0.75, abs=0.06)
    assert 0.12 < moments["index loading on HML"] < 0.20
    assert 0.07 < moments["index loading on RMW"] < 0.17
    assert 0.033 < moments["distress exits, a year"] < 0.05
    assert 0.033 < moments["mergers, a year"] < 0.039
    assert moments["return of a distress exit, NYSE"] == pytest.approx(-0.30, abs=0.02)
    assert moments["return of a distress exit, Nasdaq"] == pytest.approx(-0.55, abs=0.02)
    assert 3.0 < moments["value of rank 1000 on the eve, B USD"] < 6.5
    assert 60 < moments["value of rank 3000 on the eve, M USD"] < 200


def test_a_priced_profitability_market_pays_the_loading():
    """The same draws with a premium of 3 % a year: the factor earns it, a quality tilt earns its loading of it."""
    free, paid = (monthly(years=20, firms=1500, seed=2, rmw_premium=p) for p in (0.0, 0.03))
    gap = paid.factors["RMW"] - free.factors["RMW"]
    np.testing.assert_allclose(12 * gap, 0.03, rtol=1e-9)


@pytest.mark.slow
def test_unpriced_exits_would_punish_junk():
    """Without the drift that pays for exits the worst fifth lags the best: the bad null this market avoids."""
    lag = {}
    for priced in (True, False):
        spreads = []
        for seed in range(4):
            market = monthly(years=10, seed=seed, priced_exits=priced)
            best = (quality_tilt(market, market.quality, share=0.2) * market.returns[1:]).sum(1)
            worst = (quality_tilt(market, -market.quality, share=0.2) * market.returns[1:]).sum(1)
            spreads.append(four_factor(best - worst, market)[0])
        lag[priced] = np.mean(spreads)
    assert lag[False] - lag[True] > 0.01


@pytest.mark.nightly
def test_the_null_is_null_and_each_hazard_shows():
    """Forty markets of 20 years: equal-weighted top 40 % by known quality, four-factor alpha a year.

    The bounds are about three standard errors wide; a true-null rejection count of 40 at 5 % is below 8 (99.9 %).
    """
    alpha: dict[str, list[float]] = {}
    rejected = 0
    for seed in range(1000, 1040):
        market = monthly(years=20, seed=seed)
        known = market.known_quality
        value, t = tilt_alpha(market, known, market.returns)
        alpha.setdefault("null", []).append(value)
        rejected += abs(t) > 1.97
        alpha.setdefault("ahead", []).append(tilt_alpha(market, market.quality_ahead(6), market.returns)[0])
        survivors = np.where(market.survivor, known, -99.0)
        alpha.setdefault("survivors", []).append(tilt_alpha(market, survivors, market.returns)[0])
        alpha.setdefault("last price", []).append(tilt_alpha(market, known, market.returns_at_last_price)[0])
        for name, knobs in {
            "unpriced": {"priced_exits": False},
            "one": {"alpha": {"profitability": 0.01}},
            "two": {"alpha": {"profitability": 0.02}},
        }.items():
            other = monthly(years=20, seed=seed, **knobs)
            alpha.setdefault(name, []).append(tilt_alpha(other, other.known_quality, other.returns)[0])
    mean = {name: float(np.mean(values)) for name, values in alpha.items()}
    assert abs(mean["null"]) < 0.0025
    assert rejected < 8
    assert mean["ahead"] - mean["null"] > 0.015
    assert 0.005 < mean["survivors"] - mean["null"] < 0.03
    assert 0.002 < mean["last price"] - mean["null"] < 0.01
    assert 0.0005 < mean["unpriced"] - mean["null"] < 0.008
    assert mean["one"] - mean["null"] == pytest.approx(0.0075, abs=0.003)
    assert mean["two"] - mean["null"] == pytest.approx(2 * (mean["one"] - mean["null"]), abs=0.005)


def tilt_alpha(market, score, returns):
    earned = (quality_tilt(market, score) * returns[1:]).sum(1)
    return four_factor(earned - market.factors["RF"].to_numpy(), market)[:2]
