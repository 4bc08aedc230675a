"""What a results folder holds that the ledger does not know: ledgers of earlier formats, and runs."""

import pytest

from active_edge.ledger import Ledger
from tests.ledger.tried import lines, older_ledger, tally, trial


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger.jsonl")


@pytest.mark.parametrize("numbered", [None, 1, 2])
def test_a_ledger_of_an_earlier_format_is_read_once_and_counts(ledger, tmp_path, numbered):
    results = tmp_path / "results"
    older_ledger(results, [trial(1), trial(2), trial(3, snapshot="sim", simulated=True)], numbered=numbered)
    (found,) = ledger.record([trial(4)], out=results)
    assert found.trials == 3
    assert ledger.tally("simulated snapshot sim").trials == 1
    before = ledger.path.read_bytes()
    ledger.record([trial(4)], out=results)
    assert ledger.path.read_bytes() == before


def test_a_trial_of_an_earlier_format_that_is_run_again_is_the_same_on_any_snapshot(ledger, tmp_path):
    results = tmp_path / "results"
    older_ledger(results, [trial(1), trial(1, snapshot="later")])
    ledger.record([], out=results)
    assert tally(ledger).trials == 2  # what their rules were, their lines do not say
    ledger.record([trial(1)], out=results)
    assert tally(ledger).trials == 2
    ledger.record([trial(1, snapshot="later")], out=results)
    assert tally(ledger).trials == 1
    ledger.record([trial(1, snapshot="last of all")], out=results)
    assert tally(ledger).trials == 1


def test_trials_of_an_earlier_format_on_a_simulated_market_count_with_later_ones(ledger, tmp_path):
    older_ledger(tmp_path / "results", [trial(1, snapshot="sim", simulated=True)])
    told = {"snapshot": "sim", "simulated": True, "lineage": "simulated market: seed 4"}
    (found,) = ledger.record([trial(2, **told)], out=tmp_path / "results")
    assert found.trials == 2


def test_two_results_folders_with_the_same_trial_count_one(ledger, tmp_path):
    for name in ("a", "b"):
        older_ledger(tmp_path / name, [trial(1)])
        ledger.record([], out=tmp_path / name)
    assert tally(ledger).trials == 1


def _run_folder(results, tried):
    folder = results / f"s-{tried[:6]}"
    folder.mkdir(parents=True)
    market = "market:\n  snapshot: abc\n  simulated: false\n  sources: []\n"
    (folder / "run.yaml").write_text(f"format: 1\ntrial: '{tried}'\nrun: s\n{market}strategy: {{}}\n")


def test_runs_that_a_deleted_ledger_knew_are_found_and_count_and_are_told_once(ledger, tmp_path):
    results = tmp_path / "results"
    ledger.record([trial(1)], out=results)
    _run_folder(results, trial(1).id)
    assert tally(ledger).restarted is None
    ledger.path.unlink()
    (found,) = Ledger(ledger.path).record([trial(2)], out=results)
    assert found.restarted is not None
    assert found.trials == 2
    Ledger(ledger.path).record([trial(3)], out=results)
    assert ledger.path.read_text().count('"runs found"') == 1
    Ledger(ledger.path).record([trial(1)], out=results)
    assert tally(Ledger(ledger.path)).trials == 3
    assert Ledger(ledger.path).tally("simulated market: seed 1").restarted is None


def test_runs_of_an_earlier_format_whose_ledger_lies_beside_them_are_no_finds(ledger, tmp_path):
    results = tmp_path / "results"
    older_ledger(results, [trial(1)])
    _run_folder(results, trial(1).run)
    (found,) = ledger.record([trial(2)], out=results)
    assert (found.restarted, found.trials) == (None, 2)


def test_each_line_says_its_format_and_its_number(ledger):
    ledger.record([trial(1), trial(2)])
    assert [(line["format"], line["line"]) for line in lines(ledger)] == [(3, 1), (3, 2)]
