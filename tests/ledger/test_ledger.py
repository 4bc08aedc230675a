"""The record of everything ever tried: what is one trial, what counts, and for whom."""

import dataclasses
import multiprocessing
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from active_edge import whole
from active_edge.errors import LedgerError
from active_edge.ledger import Ledger, Trial, ledger_file, lineage_of
from active_edge.ledger.tally import Known
from tests.ledger.tried import lines, looked, older_ledger, tally, trial


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger.jsonl")


def trials_in(ledger):
    return sum("trial" in line for line in lines(ledger))


def test_a_repeated_configuration_is_no_new_trial(ledger):
    ledger.record([trial(1), trial(2)])
    before = ledger.path.read_bytes()
    assert [one.trials for one in ledger.record([trial(1), trial(2), trial(2)])] == [2, 2, 2]
    assert ledger.path.read_bytes() == before


def test_what_a_killed_writer_left_is_removed_by_the_next_though_it_has_nothing_to_write(ledger):
    ledger.record([trial(1)])
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left = ledger.path.with_name(f".{ledger.path.name}.head.{whole._HOST}-{int(gone.stdout)}-0a0b0c-0.part")
    left.touch()
    ledger.record([trial(1)])
    assert not left.exists()


def recorded_with_room_for(room, path):
    """A process of its own, whose files may not grow past the ledger and `room` bytes more."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + room, resource.RLIM_INFINITY))
    with pytest.raises(LedgerError, match="File too large"):
        Ledger(path).record([trial(2), trial(3)])


def test_lines_that_do_not_fit_on_the_disk_leave_the_ledger_as_it_was(ledger):
    ledger.record([trial(1)])
    before = ledger.path.read_bytes()
    child = multiprocessing.get_context("fork").Process(target=recorded_with_room_for, args=(700, ledger.path))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert ledger.path.read_bytes() == before
    assert [one.trials for one in Ledger(ledger.path).record([trial(2), trial(3)])] == [3, 3]
    assert tally(Ledger(ledger.path)).damage == ()


def test_rules_and_another_start_make_a_new_trial_and_names_months_at_the_end_and_snapshots_do_not():
    base = trial()
    others = [trial(2), Trial("s", "t", {"top": 1}, "2020-01-03", "2020-12-31", "abc", False, 0.1)]
    assert len({base.id, *(other.id for other in others)}) == 3
    same = [
        Trial("renamed", "also", {"top": 1}, "2020-01-02", "2020-12-31", "abc", False, None),
        trial(snapshot="def"),
        dataclasses.replace(base, end="2021-03-31", snapshot="def"),
        trial(since="2020-01-02"),
    ]
    assert {one.id for one in same} == {base.id}


def test_runs_of_one_trial_to_other_days_or_on_other_snapshots_keep_folders_of_their_own():
    base = trial()
    assert len({base.run, trial(snapshot="def").run, dataclasses.replace(base, end="2021-03-31").run}) == 3


def test_other_benchmarks_are_another_trial(ledger):
    ledger.record([trial(benchmarks=("IWM",)), trial(benchmarks=("IWM", "IJR"))])
    assert tally(ledger).trials == 2


def test_a_corrected_benchmark_is_the_same_trial_once(ledger):
    ledger.record([trial(benchmarks=("IWM",), unknown=("IJQ",))])
    ledger.record([trial(benchmarks=("IWM", "IJR"))])
    assert tally(ledger).trials == 1
    ledger.record([trial(benchmarks=("IWM", "IJR"))])
    assert tally(ledger).trials == 1
    # Were every benchmark a correction of that one, a user could try them all for one.
    ledger.record([trial(benchmarks=("IWM", "VB"))])
    assert tally(ledger).trials == 2


def test_a_benchmark_misspelt_afterwards_is_no_new_trial_either(ledger):
    ledger.record([trial(benchmarks=("IWM", "IJR"))])
    ledger.record([trial(benchmarks=("IWM",), unknown=("IJQ",))])
    assert tally(ledger).trials == 1
    ledger.record([trial(benchmarks=("IWM",))])
    assert tally(ledger).trials == 1


def test_sixteen_variants_are_sixteen_trials(ledger):
    ledger.record([trial(n, ratio=n / 100) for n in range(16)])
    found = tally(ledger)
    assert (found.trials, found.lines, found.ratios) == (16, 16, 16)
    # (16² − 1) / 12 · 16 / 15 of the step squared
    assert found.ratio_variance == pytest.approx(0.01**2 * 255 / 12 * 16 / 15)


def test_real_markets_count_together_and_each_simulated_one_by_itself_wherever_it_lies(ledger):
    laws = ("simulated market: 6 years, 3600 firms, seed 0", "simulated market: 6 years, 3600 firms, seed 1")
    ledger.record([trial(1), trial(2, snapshot="new pull")])
    for snapshot, place in (("first", ()), ("imported again", ("/home/me/copy",))):
        lineage = lineage_of(True, (*place, laws[0]), snapshot)
        ledger.record([trial(1, snapshot=snapshot, simulated=True, lineage=lineage)])
    ledger.record([trial(1, snapshot="third", simulated=True, lineage=lineage_of(True, (laws[1],), "third"))])
    assert tally(ledger).trials == 2
    assert [ledger.tally(lineage).trials for lineage in laws] == [1, 1]
    assert ledger.tally("simulated snapshot other").lines == 0


def test_tests_of_published_returns_are_no_strategies(ledger):
    ledger.record([trial(1), dataclasses.replace(trial(2), kind="evidence")])
    assert tally(ledger).trials == 1
    assert ledger.tally(trial().lineage, kinds=("strategy", "evidence")).trials == 2


@pytest.mark.parametrize("why", ["control", "nothing held"])
def test_a_control_and_a_run_that_held_nothing_count_zero_until_they_do(ledger, why):
    ledger.record([trial(1), trial(2, free=why)])
    assert tally(ledger).trials == 1
    assert [one.trials for one in ledger.record([trial(3), trial(4, free=why)])] == [2, 2]
    ledger.record([trial(2)])
    assert tally(ledger).trials == 3
    ledger.record([trial(2, free=why)])  # What once counted counts.
    assert tally(ledger).trials == 3


def test_a_claim_made_of_one_of_many_controls_pays_for_all_of_them(ledger):
    ledger.record([trial(n, free="control") for n in range(10)])
    assert ledger.record([trial(11)])[0].trials == 1
    assert ledger.record([trial(3)])[0].trials == 11  # itself, the trial before it, nine other controls
    assert ledger.record([trial(12)])[0].trials == 3


def test_what_a_trial_showed_first_stays_with_the_months_and_the_number_of_trials_of_then(ledger):
    ledger.record([trial(1, looks={"IWM": looked(0.03), "IJR": looked(0.2)})])
    (later,) = ledger.record([trial(1, snapshot="later", looks={"IWM": looked(0.001, "2021-06")})])
    assert (later.first["IWM"].p, later.first["IWM"].months) == (0.03, ("2016-01", "2020-12"))
    ledger.record([trial(n) for n in range(2, 12)])
    (again,) = ledger.record([trial(1)])
    assert (again.trials, again.now, again.first["IJR"].trials) == (1, 11, 1)
    (new,) = ledger.record([trial(12, looks={"IWM": looked(0.5)})])
    assert (new.trials, new.first["IWM"].trials) == (12, 12)
    assert ledger.first_look(trial(12))["IWM"].p == 0.5
    assert ledger.first_look(trial(99)) == {}


def test_a_trial_whose_first_months_were_too_few_for_a_word_is_first_looked_at_later(ledger):
    ledger.record([trial(1)])
    ledger.record([trial(2)])
    (now,) = ledger.record([trial(1, looks={"IWM": looked(0.3)})])
    assert (now.first["IWM"].p, now.trials) == (0.3, 2)


def test_a_test_looked_at_after_its_trial_was_written_stays_as_it_was_first_and_at_the_charge_of_then(ledger):
    ledger.record([trial(1, looks={"IWM": looked(0.03)})])
    ledger.record([trial(n) for n in range(2, 6)])
    ledger.add_looks(trial(1), {"twins": looked(0.04)})
    ledger.add_looks(trial(1), {"twins": looked(0.001, "2021-06")})
    (later,) = ledger.record([trial(1)])
    assert (later.first["twins"].p, later.first["twins"].months) == (0.04, ("2016-01", "2020-12"))
    assert (later.trials, later.first["twins"].trials) == (1, 1)
    with pytest.raises(LedgerError, match="was not written"):
        ledger.add_looks(trial(9), {"twins": looked(0.04)})


def test_a_family_counts_by_each_of_its_trials_until_its_effective_number_is_known(ledger):
    ledger.record([trial(0)])
    ledger.record([trial(n, family="sweep") for n in range(1, 201)])
    assert tally(ledger).trials == 201
    ledger.close_family("sweep", effective=14.2, months=120)
    found = tally(ledger)
    assert (found.trials, found.lines) == (16, 201)
    assert ledger.record([trial(500)])[0].trials == 17
    ledger.close_family("sweep", effective=3.0, months=120)  # once
    assert tally(ledger).trials == 17


@pytest.mark.parametrize("effective", [0.5, 11.0, float("nan")])
def test_an_effective_number_below_one_or_above_the_family_is_refused(ledger, effective):
    ledger.record([trial(n, family="sweep") for n in range(10)])
    with pytest.raises(LedgerError, match=r"family sweep has 10 trials; .* none of 1 to 10"):
        ledger.close_family("sweep", effective=effective, months=120)


def test_a_known_trial_that_is_run_again_has_its_ratio_measured_anew_and_is_no_new_trial(ledger, tmp_path):
    older_ledger(tmp_path / "results", [trial(1, ratio=9.0), trial(2, ratio=-9.0), trial(3, ratio=5.0)], numbered=1)
    ledger.record([trial(1, ratio=0.1), trial(2, ratio=0.3)], out=tmp_path / "results")
    found = tally(ledger)
    assert (found.trials, found.ratios, found.other_ratios) == (3, 2, 1)
    assert found.ratio_variance == pytest.approx(0.02)  # of 0.1 and 0.3 alone: 2 · 0.1²
    before = ledger.path.read_bytes()
    ledger.record([trial(1, ratio=0.1), trial(2, ratio=0.3)], out=tmp_path / "results")
    assert ledger.path.read_bytes() == before


def _record_block(arguments):
    file, first = arguments
    for number in range(first, first + 20):
        Ledger(file).record([trial(number)])


def test_processes_writing_at_once_lose_nothing(ledger):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(_record_block, [(ledger.path, 0), (ledger.path, 10)])
    found = tally(ledger)
    assert (found.trials, found.damage) == (30, ())


def _record_for_ever(file):
    number = 0
    while True:
        Ledger(file).record([trial(number * 5 + place) for place in range(5)])
        number += 1


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_ledger_that_goes_on_with_one_line_cut_short_at_most(ledger):
    for kills, size in enumerate((1, 9_000, 30_000), start=1):
        writer = multiprocessing.get_context("spawn").Process(target=_record_for_ever, args=(ledger.path,))
        writer.start()
        while not ledger.path.exists() or ledger.path.stat().st_size < size:
            writer.join(0.01)
        writer.kill()
        writer.join()
        before = tally(Ledger(ledger.path))
        (found,) = Ledger(ledger.path).record([trial(-size)])
        assert found.damage == before.damage
        assert len(before.damage) <= kills
        assert found.lines == before.lines + 1


@pytest.mark.slow
def test_ten_thousand_trials_are_counted_once_and_written_at_once(ledger, monkeypatch):
    done = []

    def noted(name, function):
        def call(*arguments, **named):
            done.append(name)
            return function(*arguments, **named)

        return call

    monkeypatch.setattr(Known, "tally", noted("tally", Known.tally))
    monkeypatch.setattr("os.fsync", noted("written", os.fsync))
    found = ledger.record([trial(n, ratio=n / 10_000) for n in range(10_000)])
    assert done == ["tally", "written"]
    assert {one.trials for one in found} == {10_000}
    assert Ledger(ledger.path).tally(trial().lineage).trials == 10_000


def test_the_user_s_ledger_is_the_file_that_the_variable_names(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTIVE_EDGE_LEDGER", str(tmp_path / "deep" / "mine.jsonl"))
    Ledger().record([trial(1)])
    assert Ledger(tmp_path / "deep" / "mine.jsonl").tally(trial().lineage).trials == 1


def test_without_the_variable_it_lies_in_the_user_s_data_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("ACTIVE_EDGE_LEDGER")
    monkeypatch.setattr("platformdirs.user_data_path", lambda name: tmp_path / "share" / name)
    assert ledger_file() == tmp_path / "share" / "active-edge" / "ledger.jsonl"


def test_a_folder_in_the_variable_and_a_user_without_a_home_are_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTIVE_EDGE_LEDGER", str(tmp_path))
    with pytest.raises(LedgerError, match=r"is a folder; name a file in it, such as .*ledger\.jsonl"):
        Ledger()
    monkeypatch.setenv("ACTIVE_EDGE_LEDGER", "~nobody_of_that_name/x.jsonl")
    with pytest.raises(LedgerError, match="no home; name a file that can be written in ACTIVE_EDGE_LEDGER"):
        Ledger()
    monkeypatch.delenv("ACTIVE_EDGE_LEDGER")
    monkeypatch.setattr("platformdirs.user_data_path", lambda name: Path("~/x"))
    monkeypatch.setattr("pathlib.Path.expanduser", lambda path: path)
    with pytest.raises(LedgerError, match="no home"):
        Ledger()


def test_a_ledger_that_cannot_be_written_stops_the_run_with_the_remedy(tmp_path):
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(LedgerError, match=r"cannot be written .*; name a file .* in ACTIVE_EDGE_LEDGER"):
        Ledger(tmp_path / "home" / "ledger.jsonl").record([trial(1)])


def test_a_line_of_a_newer_format_is_refused_by_name_for_it_may_count_otherwise(ledger, monkeypatch):
    monkeypatch.setattr("active_edge.ledger.chain.LEDGER_FORMAT", 4)
    ledger.record([trial(1)])
    monkeypatch.undo()
    with pytest.raises(LedgerError, match=r"ledger\.jsonl:1: is of format 4, .*update active-edge, or restore"):
        Ledger(ledger.path).tally(trial().lineage)
