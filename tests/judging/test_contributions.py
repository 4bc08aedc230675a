"""Who earned the profit adds up to it, and every decision says why."""

import pytest

import active_edge as ae
from active_edge.judging.contributions import contributions_of, earned_by_name
from active_edge.judging.decisions import decided_by, largest_of
from active_edge.judging.market_samples import result_samples
from active_edge.judging.mix import mix_of
from active_edge.judging.rolling import rolling_loadings, rolling_of, window_of
from active_edge.judging.tested import what_was_tested
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules

SCREEN = {
    "name": "small",
    "description": "a test",
    "universe": {"min_price": 1},
    "require": {"leverage": {"quantile_max": 0.7}},
    "rank": {"return_on_assets": 1},
    "select": {"top": 20, "keep_until": 30},
}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("w") / "market"
    ae.simulate(folder, years=4, firms=1500, seed=3)
    market = ae.open_market(folder)
    return ae.backtest(Strategy(StrategyRules(name="small", screen="small"), Screen.model_validate(SCREEN)), market)


@pytest.mark.slow
def test_what_all_names_earned_is_the_profit(result):
    table, simulation = earned_by_name(result), result.simulation
    profit = simulation.value.iloc[-1] / simulation.capital_usd - 1.0
    assert table["earned"].sum() == pytest.approx(profit, abs=1e-9)
    found = contributions_of(result)
    assert found.total == pytest.approx(profit)
    assert sum(found.sectors.values()) == pytest.approx(profit)
    assert found.names == len(table) == result.trades["asset"].nunique()
    assert [one.earned for one in found.best] == sorted((one.earned for one in found.best), reverse=True)
    assert all(one.earned < 0 for one in found.worst)


@pytest.mark.slow
def test_every_name_that_enters_or_leaves_says_why_and_holds_what_was_decided(result):
    found = decided_by(result)
    assert (found.held["why"] != "").eq(found.held["since"] == found.held["decided"]).all()
    assert (found.left["why"] != "").all()
    last = found.held[found.held["decided"] == found.held["decided"].iloc[-1]]
    assert last["weight"].sum() == pytest.approx(result.targets.weights[-1].sum())
    gone = found.left.groupby("decided").size()
    for day, names in gone.items():
        row = result.targets.dates.get_loc(day)
        was, now = result.targets.weights[row - 1] > 0, result.targets.weights[row] > 0
        assert names == (was & ~now).sum()
    largest = largest_of(result)
    assert [(one.ticker, one.weight, one.since) for one in largest] == [
        tuple(row) for row in last[["ticker", "weight", "since"]].head(5).itertuples(index=False)
    ]
    assert [one.values["leverage"] for one in largest] == last["leverage"].head(5).tolist()
    assert found.rules == ("leverage", "return_on_assets")


@pytest.mark.slow
def test_the_mix_sums_to_one_and_the_index_lies_in_its_own_middle(result):
    mix = mix_of(result)
    assert not isinstance(mix, str), mix
    assert mix.sectors.sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert mix.index_sectors.sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert mix.styles["size, index"].between(0.5, 1.0).all()  # by value the larger half weighs more


@pytest.mark.slow
def test_a_window_over_all_months_has_the_beta_of_all_months(result):
    samples = result_samples(result)
    rolled = rolling_of(samples)
    window = window_of(samples.months.n)
    assert len(rolled) == samples.months.n - window + 1
    held = samples.held
    own, passive = held.excess[-window:], held.passive[-window:]
    slope = ((passive - passive.mean()) * (own - own.mean())).sum() / ((passive - passive.mean()) ** 2).sum()
    assert rolled["beta"].iloc[-1] == pytest.approx(slope)
    assert rolled["alpha"].iloc[-1] == pytest.approx(12 * (own.mean() - slope * passive.mean()))
    loadings = rolling_loadings(samples)
    assert loadings is None or len(loadings) == len(rolled)


@pytest.mark.slow
def test_what_was_tested_is_told_in_five_lines_with_its_numbers(result):
    lines = what_was_tested(result, result_samples(result))
    assert list(lines) == ["universe", "rules", "weights", "schedule", "period"]
    assert "price from $1.00" in lines["universe"]
    assert "best 20 by return on assets, kept to rank 30" in lines["rules"]
    assert lines["schedule"].startswith("quarterly")
    assert "simulated market" in lines["period"]
