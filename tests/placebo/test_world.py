"""A monthly world is the drawn market: its values, members and returns are those of the path, and screens run on it."""

import numpy as np
import pandas as pd
import pytest

from active_edge.costs.terms import FREE, TradingTerms
from active_edge.errors import MissingInput
from active_edge.factors import FACTORS
from active_edge.market import Market
from active_edge.placebo import rates
from active_edge.placebo.holding import hold
from active_edge.placebo.rates import World, benchmarks_of, one_world, placebo
from active_edge.placebo.world import MonthlyPanel, MonthlyWorld
from active_edge.report.words import placebo_sentences
from active_edge.results.placebo import placebo_of
from active_edge.robustness_stats import PlaceboStats
from active_edge.screen import Screen
from active_edge.simulated import monthly
from active_edge.simulated.build import INDEX_NAME
from active_edge.simulated.weather import WARM_UP_MONTHS
from active_edge.strategy import Strategy, StrategyRules, Targets
from active_edge.universe import select_universe

UNIVERSE = {"cap_rank": [201, 1000], "missing_sector": "pass"}
RULES = {"name": "profitable", "screen": "profitable", "rebalance": "quarterly"}


def strategy(**screen):
    content = {"universe": UNIVERSE, "rank": {"gross_profitability": 1.0}, "select": {"top": 60}} | screen
    return Strategy(
        StrategyRules.model_validate(RULES),
        Screen.model_validate({"name": "profitable", "description": "The most profitable.", **content}),
    )


@pytest.fixture(scope="module")
def world():
    return MonthlyWorld(monthly(years=4, firms=1500, seed=3))


@pytest.fixture(scope="module")
def panel(world):
    ends = pd.DatetimeIndex([world.sessions[world.calendar.first[WARM_UP_MONTHS + m] - 1] for m in (12, 24, 47)])
    return MonthlyPanel(world, ends)


def by_slot(world, row):
    """Columns of the listings in each slot at the end of a month."""
    of_firm = {int(firm): k for k, firm in enumerate(world.listings.firm)}
    return np.array([of_firm[int(firm)] for firm in world.drawn.firm[row]])


def test_market_values_are_those_of_the_path(world, panel):
    for place, row in enumerate((12, 24, 47)):
        columns = by_slot(world, row)
        found = panel.market_value()[place, columns] / 1e6
        assert np.isfinite(found).mean() > 0.97
        ratio = found / world.drawn.market_value[row]
        assert np.nanmedian(ratio) == pytest.approx(1.0, abs=0.02)
        assert np.isnan(np.delete(panel.close()[place], columns)).all()


def test_returns_of_months_are_those_of_the_path(world):
    for row in (5, 30):
        columns = by_slot(world, row - 1)
        assert world.ends.total_return[row, columns] == pytest.approx(world.drawn.returns[row], abs=1e-6)


def test_equal_weights_of_everyone_earn_the_mean_of_the_market(world):
    date = pd.DatetimeIndex([world.sessions[world.calendar.first[WARM_UP_MONTHS + 12] - 1]])
    weights = np.zeros((1, len(world.assets)))
    weights[0, by_slot(world, 12)] = 1 / 1500
    everyone = weights > 0
    held = hold(world, Targets(date, world.assets, weights, everyone, everyone), TradingTerms(costs=FREE))
    assert held.rows[0] == 13
    assert held.gross[0] == pytest.approx(world.drawn.returns[13].mean(), abs=1e-6)
    assert held.net == pytest.approx(held.gross)
    assert held.invested[0] == pytest.approx(1.0)
    dear = hold(world, Targets(date, world.assets, weights, everyone, everyone), TradingTerms())
    assert dear.net[0] < dear.gross[0]
    assert dear.net[1:] == pytest.approx(dear.gross[1:])


def test_a_factor_sees_what_was_filed_by_the_date(world, panel):
    revenue = panel.ttm("revenue")
    assert np.isfinite(revenue[-1, by_slot(world, 47)]).mean() > 0.8
    trailing, risk = panel.trailing_return(252, 21), panel.volatility()
    assert np.isfinite(trailing[-1, by_slot(world, 47)]).mean() > 0.6
    assert 0.1 < np.nanmedian(risk[-1]) < 1.0
    assert (panel.known_dollar_volume()[0][~np.isnan(panel.close()[0])] > 0).all()


def test_what_needs_days_is_refused_by_name(world):
    with pytest.raises(MissingInput, match="no daily prices \\(close\\)"):
        world.prices.close.sum()


@pytest.mark.slow
def test_a_screen_that_the_worlds_cannot_run_gives_one_sentence():
    with pytest.raises(MissingInput, match="holds nobody in a simulated market"):
        placebo(strategy(universe={"cap_rank": [2_000_000, 3_000_000]}), months=36, trials=1, worlds=1)
    said = placebo_sentences(PlaceboStats(why_not="it needs days"))
    assert said == ["Its own placebo is not available: it needs days."]


@pytest.mark.slow
def test_a_world_has_as_many_months_as_the_run_whatever_the_month_of_its_decisions():
    late = Strategy(StrategyRules.model_validate(RULES | {"month_offset": 2}), strategy().screen)
    assert one_world(late, 0, 36, 1).months == one_world(strategy(), 0, 36, 1).months == 36


def test_decisions_beyond_the_months_asked_for_are_left_out_and_change_none_of_them(world):
    few, more = (rates._held(strategy(), world, months) for months in (14, 24))
    assert (len(few.rows), len(more.rows)) == (14, 24)
    for name in ("rows", "gross", "net", "invested"):
        assert getattr(few, name) == pytest.approx(getattr(more, name)[:14], abs=1e-15)


@pytest.mark.slow
def test_rates_of_few_worlds_are_counted_and_repeat():
    found, again = (placebo(strategy(), months=36, trials=2, worlds=3) for _ in range(2))
    assert found == again
    assert found.benchmarks == ("IWM", "IJR")
    assert found.months == 36
    assert 0 <= found.claimed <= found.claimed_planted <= 3
    assert callable(placebo_of)


def test_factors_read_of_candidates_alone_are_those_read_of_everyone(world, panel):
    screen = strategy().screen
    universe = select_universe(screen.universe, panel)
    factors = [screen.definition("gross_profitability"), FACTORS["earnings_growth"], FACTORS["net_share_issuance"]]
    narrow = MonthlyPanel(world, panel.dates)
    narrow.keep_factors(factors, universe.mask)
    for one in factors:
        whole, part = one.compute(panel), one.compute(narrow)
        assert np.isfinite(whole[universe.mask]).sum() > 500
        np.testing.assert_array_equal(part[universe.mask], whole[universe.mask])


def test_a_path_that_fails_is_counted_and_does_not_end_the_others(monkeypatch):
    def odd(strategy, number, months, trials):
        if number % 2:
            raise MissingInput(f"path {number} has no members.")
        return World(0.5, 0.5, False, False, False, True, 36)

    monkeypatch.setattr(rates, "one_world", odd)
    found = placebo(strategy(), months=36, trials=1, worlds=10)
    assert (found.worlds, found.failed, found.why_failed) == (5, 5, "path 1 has no members")
    told = PlaceboStats(worlds=5, failed=5, why_failed=found.why_failed, months=36, run_months=36, benchmarks=("IWM",))
    said = " ".join(placebo_sentences(told))
    assert "5 further paths could not be measured and are in no share: path 1 has no members." in said


def test_where_the_first_paths_all_fail_the_others_are_not_tried(monkeypatch):
    tried = []

    def never(strategy, number, months, trials):
        tried.append(number)
        raise MissingInput("it needs days")

    monkeypatch.setattr(rates, "one_world", never)
    with pytest.raises(MissingInput, match="it needs days"):
        placebo(strategy(), months=36, trials=1, worlds=100)
    assert tried == [0, 1, 2, 3]


def test_benchmarks_the_worlds_lack_give_way_to_theirs():
    own = Strategy(StrategyRules.model_validate(RULES | {"benchmarks": ["VBR", "IJR"]}), strategy().screen)
    other = Strategy(StrategyRules.model_validate(RULES | {"benchmarks": ["VBR"]}), strategy().screen)
    assert benchmarks_of(own) == ("IJR",)
    assert benchmarks_of(other) == ("IWM", "IJR")


def test_members_on_a_day_are_those_that_any_market_reads_from_the_same_rows(world):
    for day in ("2000-01-01", "2021-06-30", "2022-01-15", "2024-12-31"):
        assert np.array_equal(world.members(INDEX_NAME, day), Market.members(world, INDEX_NAME, day))
    assert 0 < world.members(INDEX_NAME, "2022-01-15").sum() < len(world.assets)
    with pytest.raises(MissingInput, match="no members of index"):
        world.members("SP500", "2022-01-15")
