"""The control with an edge planted in it: marked wherever it is shown, no trial of anybody's, counted among no runs."""

import json
from dataclasses import replace

import pytest

import active_edge.results.planted as control
from active_edge.cli.main import main
from active_edge.market import open_market
from active_edge.report.index import render_index
from active_edge.simulated import simulate
from tests.report.markup import rows_of, text_of
from tests.report.runs import index_entries

EDGE = "15 % a year in what balance_sheet holds"


def entry(**more):
    first = replace(index_entries()[0], strategy="planted_balance_sheet", planted=EDGE, visible=0.08, years=5.0)
    return replace(first, verdict="supported", **more)


def test_the_list_marks_it_counts_it_apart_and_says_how_long_a_real_edge_would_take():
    page = render_index([*index_entries(), entry()])
    (row,) = [row for row in rows_of(page, "Every run") if row[0].startswith("planted_")]
    assert row[0] == "planted_balance_sheet SIMULATED, EDGE PLANTED"
    assert row[10].startswith("simulated, edge planted")
    text = text_of(page)
    assert "12 runs:" in text
    assert "Beside them 1 run where an edge was planted" in text
    # an error that shows 8 % in five years shows 4 % in four times as many
    assert "A real edge of 4 % a year, which would be a good one, would need about 20 years" in text
    assert "So the test can say yes" in text
    assert text.index("Where an edge was planted") < text.index("Every run, newest first")


def test_a_control_that_was_not_found_says_that():
    assert "The test did not say yes here" in text_of(render_index([replace(entry(), verdict="refuted")]))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("control")
    simulate(folder / "market", years=3, firms=1200, seed=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(control, "planted_folder", lambda: folder / "planted")
        market = open_market(folder / "market")
        made = control.run_planted([], market, out=folder / "out", random_portfolios=20)
        built = (folder / "planted" / "CURRENT").stat().st_mtime_ns
        again = control.run_planted([], market, out=folder / "out", random_portfolios=20)
        assert (folder / "planted" / "CURRENT").stat().st_mtime_ns == built
    return folder, made, again


@pytest.mark.slow
def test_the_run_says_on_its_page_and_in_its_stats_that_an_edge_was_planted(run, capsys):
    _, made, again = run
    assert made.stats.planted == EDGE
    assert json.loads((made.folder / "stats.json").read_text())["planted"] == EDGE
    page = text_of((made.folder / "report.html").read_text(encoding="utf-8"))
    assert "an edge planted in them" in page
    assert f"An edge was PLANTED in this market: {EDGE}" in page
    assert (made.folder.name, made.stats.verdict) == (again.folder.name, again.stats.verdict)
    assert made.trial.free == "control"
    assert main(["rerun", str(made.folder), "--json"]) == 0
    assert capsys.readouterr().out


@pytest.mark.slow
def test_it_is_no_answer_to_a_claim_and_no_trial(run, capsys):
    folder, made, _ = run
    assert main(["thesis", "--claims", "strategies", "--out", str(folder / "out"), "--json"]) == 0
    assert made.stats.run not in capsys.readouterr().out
