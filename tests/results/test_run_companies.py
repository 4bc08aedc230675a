"""Pages of every company that a stored run ever held, and its own page leading to them."""

import json
import re

import pytest

from active_edge.cli.main import main
from active_edge.market import open_market
from active_edge.results.batch import run_strategies
from active_edge.results.company import write_companies
from active_edge.results.run_companies import write_run_companies
from tests.judging.planted import simulated, strategy_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    simulated(folder / "market", years=3, firms=60)
    strategy = strategy_of("universe: {cap_rank: [1, 40]}\nrank: {momentum_12_1: 1}\nselect: {top: 5}\n")
    market = open_market(folder / "market")
    (made,) = run_strategies([strategy], market, out=folder / "out", random_portfolios=20, sensitivity=False)
    return made


def last_held(made):
    """Ticker -> the last decision that held it, in a plain loop."""
    targets, listing = made.judgement.result.targets, made.judgement.result.market.securities["ticker"]
    found = {}
    for day, weights in zip(targets.dates, targets.weights, strict=True):
        for asset, weight in zip(targets.assets, weights, strict=True):
            if weight > 0:
                found[str(listing[asset])] = f"{day:%Y-%m-%d}"
    return found


def test_every_name_ever_held_has_a_page_of_its_last_decision_and_the_run_leads_to_it(run, capsys):
    out = run.folder.parent
    wanted = {ticker: f"../companies/{ticker}-{day}.html" for ticker, day in last_held(run).items()}
    assert len(set(wanted.values())) > 5
    assert main(["company", "--run", run.folder.name, "--out", str(out), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["files"]) == len(wanted)
    assert write_run_companies(run.folder.name, out) == wanted
    page = (run.folder / "report.html").read_text()
    held = [one for one, day in last_held(run).items() if day == str(run.judgement.result.targets.dates[-1].date())]
    for ticker in held:
        assert f'<a href="{wanted[ticker]}">{ticker}</a>' in page
    for address in wanted.values():
        assert (run.folder / address).is_file()
    one = (run.folder / wanted[held[0]]).read_text()
    assert "momentum 12 1" in one
    assert '<script src="../charts.js">' in one or 'id="figures"' not in one


def test_with_shared_pages_only_what_is_held_last_has_one(run, tmp_path):
    pages, library = write_companies(run.judgement.result, tmp_path)
    last = str(run.judgement.result.targets.dates[-1].date())
    assert set(pages) == {ticker for ticker, day in last_held(run).items() if day == last}
    assert library == "../charts.js"


@pytest.mark.parametrize("words", [[], ["AAA", "--run", "x"], ["--run", "x", "--on", "2020-01-01"]])
def test_a_ticker_or_a_run_and_not_both(words, capsys):
    assert main(["company", *words]) != 0
    assert re.search("say which|leave --on and --screen out", capsys.readouterr().err)
