"""The record of everything ever tried."""

import dataclasses
import json
import multiprocessing

import pytest

from active_edge.errors import LedgerError
from active_edge.ledger import Ledger, Trial


def trial(top: int = 1, *, snapshot: str = "abc", simulated: bool = False, ratio: float | None = 0.1) -> Trial:
    return Trial("s", "t", {"top": top}, "2020-01-02", "2020-12-31", snapshot, simulated, ratio)


def test_a_repeated_configuration_is_no_new_trial(tmp_path):
    ledger = Ledger(tmp_path)
    assert ledger.record([trial(1), trial(2)]) == 2
    before = ledger.path.read_bytes()
    assert ledger.record([trial(1), trial(2), trial(2)]) == 0
    assert ledger.path.read_bytes() == before


def test_every_difference_in_rules_period_or_data_is_a_new_trial():
    base = trial()
    others = [
        trial(2),
        trial(snapshot="def"),
        Trial("s", "t", {"top": 1}, "2020-01-03", "2020-12-31", "abc", False, 0.1),
    ]
    assert len({base.id, *(other.id for other in others)}) == 4
    assert Trial("renamed", "also", {"top": 1}, "2020-01-02", "2020-12-31", "abc", False, None).id == base.id


def test_sixteen_variants_are_sixteen_trials(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(n, ratio=n / 100) for n in range(16)])
    tally = ledger.tally(snapshot="abc", simulated=False)
    assert tally.trials == 16
    assert tally.ratios == 16
    # (16² − 1) / 12 · 16 / 15 of the step squared
    assert tally.ratio_variance == pytest.approx(0.01**2 * 255 / 12 * 16 / 15)


def as_an_earlier_version(ledger: Ledger) -> None:
    """The ledger as it was written before its lines named their ratio."""
    lines = [json.loads(line) for line in ledger.path.read_text().splitlines()]
    told = [{key: value for key, value in line.items() if key != "ratio"} | {"format": 1} for line in lines]
    ledger.path.write_text("".join(json.dumps(line) + "\n" for line in told))


def test_ratios_of_another_kind_are_trials_and_no_part_of_the_variance(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(n, ratio=9.0 * n) for n in range(5)])
    as_an_earlier_version(ledger)
    ledger.record([trial(10, ratio=0.1), trial(11, ratio=0.3), trial(12, ratio=None)])
    tally = ledger.tally(snapshot="abc", simulated=False)
    assert (tally.trials, tally.ratios, tally.other_ratios) == (8, 2, 5)
    assert tally.ratio_variance == pytest.approx(0.02)  # of 0.1 and 0.3 alone: 2 · 0.1²


def test_a_known_trial_that_is_run_again_has_its_ratio_measured_anew_and_is_no_new_trial(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(1, ratio=9.0), trial(2, ratio=-9.0)])
    as_an_earlier_version(ledger)
    assert ledger.record([trial(1, ratio=0.1), trial(2, ratio=0.3)]) == 0
    tally = ledger.tally(snapshot="abc", simulated=False)
    assert (tally.trials, tally.ratios, tally.other_ratios) == (2, 2, 0)
    assert tally.ratio_variance == pytest.approx(0.02)
    before = ledger.path.read_bytes()
    ledger.record([trial(1, ratio=0.1), trial(2, ratio=0.3)])
    assert ledger.path.read_bytes() == before
    assert ledger.tally(snapshot="abc", simulated=False).restarted is None


def test_a_line_that_says_no_kind_is_a_strategy(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(1)])
    lines = [json.loads(line) for line in ledger.path.read_text().splitlines()]
    ledger.path.write_text("".join(json.dumps({k: v for k, v in x.items() if k != "kind"}) + "\n" for x in lines))
    ledger.record([trial(2)])
    assert ledger.tally(snapshot="abc", simulated=False).trials == 2


def test_simulated_and_real_trials_are_counted_apart(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(1), trial(2, snapshot="new pull"), trial(1, snapshot="sim", simulated=True)])
    assert ledger.tally(snapshot="abc", simulated=False).trials == 2
    assert ledger.tally(snapshot="sim", simulated=True).trials == 1
    assert ledger.tally(snapshot="other sim", simulated=True).trials == 1


def test_tests_of_published_returns_are_no_strategies(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(1), dataclasses.replace(trial(2), kind="evidence")])
    assert ledger.tally(snapshot="abc", simulated=False).trials == 1


def _run_folder(results, tried):
    folder = results / f"s-{tried.id[:6]}"
    folder.mkdir(parents=True)
    (folder / "run.yaml").write_text(f"trial: '{tried.id}'\nrun: s\n")


def test_a_deleted_ledger_is_found_out_by_the_runs_it_left(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(1)])
    _run_folder(tmp_path, trial(1))
    assert ledger.tally(snapshot="abc", simulated=False).restarted is None
    ledger.path.unlink()
    ledger.record([trial(2)])
    tally = ledger.tally(snapshot="abc", simulated=False)
    assert tally.restarted is not None
    event = json.loads(ledger.path.read_text().splitlines()[0])
    assert event["event"] == "ledger restarted"
    assert event["lost"] == [trial(1).id]


def test_a_restart_is_said_once(tmp_path):
    _run_folder(tmp_path, trial(1))
    ledger = Ledger(tmp_path)
    ledger.record([trial(2)])
    ledger.record([trial(3)])
    assert ledger.path.read_text().count("ledger restarted") == 1


@pytest.mark.parametrize("line", ["{not json", "[]", "{}", '{"other": 1}'])
def test_a_damaged_line_is_named_and_nothing_is_written(tmp_path, line):
    ledger = Ledger(tmp_path)
    ledger.record([trial(1)])
    ledger.path.write_text(ledger.path.read_text() + line + "\n")
    before = ledger.path.read_bytes()
    with pytest.raises(LedgerError, match=r"trials\.jsonl:2"):
        ledger.record([trial(2)])
    assert ledger.path.read_bytes() == before


def test_a_ledger_that_cannot_be_written_stops_the_run(tmp_path):
    (tmp_path / "results").write_text("a file, not a folder")
    with pytest.raises(LedgerError, match="cannot be written"):
        Ledger(tmp_path / "results").record([trial(1)])


def _record_block(arguments):
    folder, first = arguments
    for number in range(first, first + 20):
        Ledger(folder).record([trial(number)])


def test_processes_writing_at_once_lose_nothing(tmp_path):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(_record_block, [(tmp_path, 0), (tmp_path, 10)])
    assert Ledger(tmp_path).tally(snapshot="abc", simulated=False).trials == 30


def test_a_line_cut_short_by_a_full_disk_blocks_nothing_and_joins_nothing(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(1)])
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole + b'{"trial": "abc", "simul')
    assert ledger.tally(snapshot="abc", simulated=False).trials == 1
    ledger.record([trial(2)])
    assert ledger.path.read_bytes().startswith(whole)
    assert ledger.tally(snapshot="abc", simulated=False).trials == 2


def test_every_line_carries_its_format_and_lines_from_before_there_was_one_still_count(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(1), trial(2)])
    lines = [json.loads(line) for line in ledger.path.read_text().splitlines()]
    assert [line.pop("format") for line in lines] == [2, 2]
    ledger.path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert ledger.record([trial(2), trial(3)]) == 1
    assert ledger.tally(snapshot="abc", simulated=False).trials == 3


def test_a_line_of_a_newer_format_is_refused_by_name_for_it_may_count_otherwise(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.record([trial(1)])
    line = json.loads(ledger.path.read_text()) | {"format": 3}
    ledger.path.write_text(json.dumps(line) + "\n")
    with pytest.raises(LedgerError, match=r"trials\.jsonl:1: is of format 3, .*update active-edge, or restore"):
        ledger.tally(snapshot="abc", simulated=False)
    with pytest.raises(LedgerError, match="format 3"):
        ledger.record([trial(2)])
