"""The four faults of free data, planted together, are named on every page that is made from them."""

import html

import pytest

from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.results.batch import run_strategies
from active_edge.results.compare import compare_runs
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules
from tests.simulated.planted import plant_free_data

FAULTS = {
    "survivorship": "of the series end in a year; of real small caps",
    "adjusted closes": "Market value, what is divided by it and ranks by it are false",
    "no open, high and low": "spread is that of US companies of the same dollar volume",
    "annual figures": "only 12-month figures were filed",
}
UNIVERSES = {"anybody": {}, "ranked": {"small_caps": True}, "liquid": {"min_dollar_volume": 100_000}}
SIZES = [
    pytest.param(6, 600, id="600 names, 6 years", marks=pytest.mark.slow),
    pytest.param(12, 1500, id="1,500 names, 12 years", marks=pytest.mark.nightly),
]


def strategies():
    for name, universe in UNIVERSES.items():
        content = {"name": name, "description": "d", "universe": universe, "rank": {"earnings_growth": 1.0}}
        screen = Screen.model_validate(content | {"select": {"top": 50}})
        yield Strategy(StrategyRules(name=name, screen=name, rebalance="semiannual"), screen)


@pytest.mark.parametrize(("years", "firms"), SIZES)
def test_every_page_names_all_four_faults(tmp_path, years, firms):
    import_folder(plant_free_data(tmp_path, years=years, firms=firms), tmp_path / "market")
    out = tmp_path / "results"
    runs = run_strategies(
        [*strategies()], open_market(tmp_path / "market"), out=out, random_portfolios=20, sensitivity=False
    )
    compare_runs(["anybody", "liquid"], out)
    pages = sorted(out.rglob("*.html"))
    assert len(pages) == len(UNIVERSES) + 3  # and the list of runs, and the comparison under both of its names
    for page in pages:
        text = html.unescape(page.read_text(encoding="utf-8"))
        assert [name for name, said in FAULTS.items() if said not in text] == [], page
    for run in runs:
        assert [name for name in FAULTS if name not in run.stats.doubts] == []
        assert [name for name in FAULTS if name not in run.stats.verdict_reason] == []
        assert all(any(said in warning.text for warning in run.stats.warnings) for said in FAULTS.values())
    verdicts = {run.stats.strategy: run.stats.verdict for run in runs}
    assert verdicts["ranked"] == "not testable"
    assert runs[0].stats.total_return is not None  # what needs neither ranks nor bars nor quarters is traded
