"""What a grid file may say, what is made of it, and how it is refused."""

from pathlib import Path

import pytest

from active_edge.errors import ConfigError
from active_edge.strategy import load_strategy
from active_edge.sweeping.grid import load_grid
from active_edge.sweeping.variants import variants_of
from tests.judging.planted import strategy_of

PROJECT = Path(__file__).resolve().parents[2]
SCREEN = "require:\n  leverage: {quantile_max: 0.8}\nrank: {cash_to_assets: 1.0}\nselect: {top: 60, keep_until: 90}\n"


def variants(tmp_path, text, screen=SCREEN):
    file = tmp_path / "grid.yaml"
    file.write_text("name: g\n" + text)
    return variants_of(strategy_of(screen), load_grid(file), where="grid.yaml")


def test_every_combination_comes_once_the_last_key_fastest(tmp_path):
    found = variants(
        tmp_path,
        "vary:\n  screen.select.top: [10, 20]\n  strategy.capital_usd: {low: 1e6, high: 1e8, steps: 3, scale: log}\n",
    )
    told = [(v.strategy.screen.select.top, v.strategy.rules.capital_usd) for v in found]
    assert told == [(10, 1e6), (10, 1e7), (10, 1e8), (20, 1e6), (20, 1e7), (20, 1e8)]
    assert [v.number for v in found] == list(range(6))


def test_a_key_follows_another_and_a_leg_is_tried_on_and_off(tmp_path):
    found = variants(
        tmp_path,
        "vary:\n  screen.select.top: [10, 21]\n  screen.select.keep_until: {of: screen.select.top, times: 1.5}\n"
        "legs: [leverage]\n",
    )
    assert [v.strategy.screen.select.keep_until for v in found] == [15, 15, 32, 32]
    assert [list(v.strategy.screen.require) for v in found] == [["leverage"], [], ["leverage"], []]


def test_variants_that_trade_alike_come_once(tmp_path):
    # Without the leg its threshold is no part of the screen.
    text = "vary:\n  screen.require.leverage.quantile_max: [0.2, 0.4, 0.6]\nlegs: [leverage]\n"
    assert len(variants(tmp_path, text)) == 4


@pytest.mark.parametrize("method", ["random", "sobol"])
def test_a_sample_is_within_its_ranges_and_the_same_for_the_same_seed(tmp_path, method):
    text = (
        "vary:\n  screen.require.leverage.quantile_max: {low: 0.2, high: 0.9}\n"
        "  screen.select.top: {low: 5, high: 80, whole: true}\n  strategy.weights: [equal, rank]\n"
        f"sample: {{method: {method}, size: 100, seed: 3}}\n"
    )
    first, again = (variants(tmp_path, text) for _ in range(2))
    assert [v.settings for v in first] == [v.settings for v in again]
    shares = [v.strategy.screen.require["leverage"].quantile_max for v in first]
    assert 95 <= len(first) <= 100
    assert 0.2 <= min(shares) < 0.25
    assert 0.85 < max(shares) <= 0.9
    assert {v.strategy.rules.weights for v in first} == {"equal", "rank"}
    assert all(5 <= v.strategy.screen.select.top <= 80 for v in first)


def test_a_sobol_sample_fills_every_eighth_of_a_range_alike(tmp_path):
    text = "vary:\n  screen.require.leverage.quantile_max: {low: 0.0, high: 1.0}\nsample: {method: sobol, size: 64}\n"
    shares = [v.settings["screen.require.leverage.quantile_max"] for v in variants(tmp_path, text)]
    assert [sum(i / 8 <= share < (i + 1) / 8 for share in shares) for i in range(8)] == [8] * 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing varies"),
        ("vary: {}\n", "nothing varies"),
        ("vary:\n  screen.select.top: []\n", "an empty list"),
        ("vary:\n  screen.selekt.top: [10]\n", r"selekt: unknown key; did you mean select\?"),
        ("vary:\n  screen.require.levrage.max: [1.0]\n", "did you mean leverage"),
        ("vary:\n  screan.select.top: [10]\n", r"did you mean screen\?"),
        ("vary:\n  strategy.benchmarks: [[IWM], [IJR]]\n", "a grid cannot change the benchmark"),
        ("vary:\n  strategy.fee.management: [0.0, 0.01]\n", "nothing to vary"),
        ("vary:\n  screen.select.top: [100]\n", "keep_until 90 is below top 100"),
        ("vary:\n  screen.select.top: {low: 10, high: 5, steps: 3}\n", "low 10 must be below high 5"),
        ("vary:\n  screen.select.top: {low: 10, high: 50}\n", "without steps"),
        ("vary:\n  screen.select.top: {low: 10, hihg: 50}\n", "did you mean high"),
        ("vary:\n  screen.select.top: 10\n", "does not vary"),
        ("legs: [cash_to_asets]\n", "did you mean cash_to_assets"),
        ("varry: {}\n", "did you mean vary"),
        (
            "vary:\n" + "".join(f"  strategy.costs.{k}: {{low: 1, high: 9, steps: 1000}}\n" for k in "abcd"),
            r"1,000,000,000,000 combinations; at most 100,000(.|\n)*sample: \{method: sobol",
        ),
    ],
)
def test_what_no_grid_may_say_is_refused_with_a_remedy(tmp_path, text, words):
    with pytest.raises(ConfigError, match=words):
        variants(tmp_path, text)


def test_the_shipped_grid_has_two_thousand_variants():
    grid = load_grid(PROJECT / "backtests" / "grids" / "balance_sheet.yaml")
    assert len(variants_of(load_strategy("balance_sheet"), grid)) == 2000
