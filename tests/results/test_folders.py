"""What is damaged or cut off in a results folder disturbs nobody, is named, and stays as it is."""

import hashlib
import json
import os
import random
import re
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pandas as pd
import pytest
import yaml

from active_edge.cli.main import main
from active_edge.cli.real import tell_real
from active_edge.errors import ActiveEdgeError, MissingInput
from active_edge.ledger import Ledger
from active_edge.published import run as published_run
from active_edge.results.entry import ENTRY, entry_of, kept_entry, write_entry
from active_edge.results.folders import read_returns, read_stats
from active_edge.results.index import list_runs, other_pages, write_index
from active_edge.results.records import read_record
from active_edge.results.thesis import judge_thesis
from active_edge.stats import STATS_FORMAT, Stats
from tests.ledger.tried import trial
from tests.quick import first_quick
from tests.test_stored import record as whole_record

STATS = {
    "run": "a-1", "strategy": "a", "start": "2020-01-02", "end": "2021-01-04", "sessions": 252, "verdict": "refuted",
    "snapshot": "x", "simulated": True, "trials": 1, "benchmarks": {}, "format": STATS_FORMAT,
}  # fmt: skip


def stored(results, name, *, stats=None, record="created: 2020-01-01\n"):
    folder = results / name
    folder.mkdir()
    (folder / "stats.json").write_text(json.dumps(STATS | {"run": name}) if stats is None else stats)
    if record:
        (folder / "run.yaml").write_text(record)
    return folder


def listed(results):
    return [entry.run for entry in list_runs(results).entries]


def test_a_run_that_is_being_written_is_not_listed_and_one_without_a_record_is_named(tmp_path):
    stored(tmp_path, "a-1")
    stored(tmp_path, ".a-2-xyz", stats='{"ru', record="")
    stored(tmp_path, "half", record="")
    assert listed(tmp_path) == ["a-1"]
    assert list(list_runs(tmp_path).damaged) == ["half"]


def _a_folder(path):
    path.unlink()
    path.mkdir()


def _a_link_to_nowhere(path):
    path.unlink()
    path.symlink_to("nowhere")


def _a_pipe(path):
    path.unlink()
    os.mkfifo(path)


NESTED = "[" * 100_000
DAMAGE = {
    "folder": _a_folder,
    "link": _a_link_to_nowhere,
    "gone": Path.unlink,
    "pipe": _a_pipe,
    "nested": lambda path: path.write_text(NESTED),
    "bytes": lambda path: path.write_bytes(bytes(range(256))),
}


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of Unix")
@pytest.mark.parametrize("name", ["stats.json", "run.yaml"])
@pytest.mark.parametrize("kind", DAMAGE)
def test_whatever_stands_where_stats_or_record_were_is_named_waited_for_by_nobody_and_kept(tmp_path, kind, name):
    stored(tmp_path, "a-1")
    place = stored(tmp_path, "b-1") / name
    (tmp_path / "b-1" / "report.html").write_text("<title>b</title>")
    DAMAGE[kind](place)
    runs = list_runs(tmp_path)
    assert [entry.run for entry in runs.entries] == ["a-1"]
    assert f"b-1/{name}" in runs.damaged["b-1"]
    assert "b-1/report.html" not in other_pages(tmp_path)
    assert os.path.lexists(place) == (kind != "gone")
    Ledger(tmp_path / "ledger.jsonl").record([trial()], out=tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of Unix")
@pytest.mark.parametrize("kind", DAMAGE)
def test_whatever_stands_where_a_page_or_an_entry_was_stops_no_list(tmp_path, kind):
    for place in (stored(tmp_path, "a-1") / ENTRY, tmp_path / "x.html", tmp_path / "pages" / "y.html"):
        place.parent.mkdir(exist_ok=True)
        place.write_text("{}")
        DAMAGE[kind](place)
    assert "a-1" in write_index(tmp_path).read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", "[1, 2]", '[{"claim": "x"}]', "7", NESTED])
def test_damaged_lines_on_real_returns_are_named_and_stop_nobody(tmp_path, text):
    stored(tmp_path, "a-1")
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "evidence.json").write_text(text)
    assert listed(tmp_path) == ["a-1"]
    page = write_index(tmp_path).read_text(encoding="utf-8")
    assert "real/evidence.json" in page
    assert "the next backtest writes it again" in page


@pytest.mark.parametrize("stats", ["{", "[]", "{}", json.dumps(STATS | {"verdict": "proven"}), "\0" * 40])
def test_damaged_stats_are_named_and_stop_nobody(tmp_path, stats):
    stored(tmp_path, "a-1")
    stored(tmp_path, "b-1", stats=stats)
    assert listed(tmp_path) == ["a-1"]
    assert "b-1/stats.json" in list_runs(tmp_path).damaged["b-1"]
    page = write_index(tmp_path).read_text(encoding="utf-8")
    assert "b-1/stats.json" in page
    assert (tmp_path / "b-1" / "stats.json").read_text() == stats


@pytest.mark.parametrize("record", ["{", "- 1\n", "trial: a\n"])
def test_a_damaged_record_is_named_and_stops_nobody(tmp_path, record):
    stored(tmp_path, "a-1")
    stored(tmp_path, "b-1", record=record)
    assert listed(tmp_path) == ["a-1"]
    assert "b-1/run.yaml" in list_runs(tmp_path).damaged["b-1"]


def test_a_run_of_an_older_format_is_named_and_stops_nobody(tmp_path):
    stored(tmp_path, "a-1")
    stored(tmp_path, "old-1", stats=json.dumps(STATS | {"format": 1}))
    stored(tmp_path, "old-2", stats=json.dumps({key: value for key, value in STATS.items() if key != "format"}))
    assert listed(tmp_path) == ["a-1"]
    page = write_index(tmp_path).read_text(encoding="utf-8")
    assert "Not listed: 2 runs of an older program (old-1, old-2)" in page


def test_a_run_of_a_newer_format_is_named_with_what_to_do(tmp_path):
    stored(tmp_path, "a-1", stats=json.dumps(STATS | {"format": 7}))
    assert "is of format 7" in list_runs(tmp_path).damaged["a-1"]


@pytest.mark.parametrize("changes", [{"format": 1}, {"format": 7}, {"verdict": 3}])
def test_every_command_names_what_makes_a_run_of_another_format_again(changes, tmp_path, capsys):
    folder = stored(tmp_path, "a-1", stats=json.dumps(STATS | changes), record=yaml.safe_dump(whole_record().to_json()))
    again = f"make it again with: active-edge rerun {folder}"
    with pytest.raises(MissingInput, match=re.escape(again)):
        read_stats(folder)
    for command in ("memo", "export", "compare"):
        assert main([command, "a-1", *(["--csv"] if command == "export" else []), "--out", str(tmp_path)]) == 1
        assert again in capsys.readouterr().err
    main(["thesis", "--out", str(tmp_path)])
    assert again in capsys.readouterr().err


def test_a_run_whose_record_cannot_make_it_again_is_to_be_run_from_its_strategy(tmp_path):
    folder = stored(tmp_path, "a-1", stats=json.dumps(STATS | {"format": 1}))
    with pytest.raises(MissingInput, match="move its folder away and run the backtest again"):
        read_stats(folder)


def test_the_thesis_goes_on_beside_a_damaged_run_and_names_it(tmp_path, capsys):
    stored(tmp_path, "thesis-1", stats="{")
    assert main(["thesis", "--out", str(tmp_path)]) == 0
    assert "thesis-1, for" in capsys.readouterr().err


def test_the_list_is_made_from_the_entries_and_says_what_stats_and_records_say(tmp_path):
    folder = stored(tmp_path, "a-1")
    slow = list_runs(tmp_path).entries
    write_entry(slow[0], folder)
    assert kept_entry(folder) == slow[0]
    assert list_runs(tmp_path).entries == slow


@pytest.mark.parametrize("file", ["stats.json", "run.yaml"])
def test_an_entry_is_believed_only_of_the_files_it_was_taken_from(tmp_path, file):
    folder = stored(tmp_path, "a-1")
    write_entry(entry_of(Stats.from_json(STATS, where="here"), "2020-01-01", "a-1"), folder)
    (folder / file).write_text("{")
    assert kept_entry(folder) is None
    assert list(list_runs(tmp_path).damaged) == ["a-1"]


def test_an_entry_that_kept_less_is_renewed_once_and_keeps_its_hashes(tmp_path):
    folder = stored(tmp_path, "a-1")
    whole = entry_of(read_stats(folder), read_record(folder).created, "a-1")
    write_entry(whole, folder)
    kept = json.loads((folder / ENTRY).read_text())
    hashes, _ = kept["files"], kept.pop("others")
    kept.pop("sha256")
    (folder / ENTRY).write_text(json.dumps({**kept, "sha256": own_hash(kept)}))
    assert kept_entry(folder) is None
    assert list_runs(tmp_path).entries == [whole]
    assert kept_entry(folder) == whole
    assert json.loads((folder / ENTRY).read_text())["files"] == hashes


def test_an_entry_of_altered_files_is_not_renewed(tmp_path):
    folder = stored(tmp_path, "a-1")
    write_entry(entry_of(read_stats(folder), read_record(folder).created, "a-1"), folder)
    kept = json.loads((folder / ENTRY).read_text())
    kept.pop("others"), kept.pop("sha256")
    text = json.dumps({**kept, "sha256": own_hash(kept)})
    (folder / ENTRY).write_text(text)
    (folder / "run.yaml").write_text((folder / "run.yaml").read_text() + "# altered\n")
    list_runs(tmp_path)
    assert (folder / ENTRY).read_text() == text


def own_hash(kept):
    """As an entry hashes itself: keys in order, SHA-256."""
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("entry", ["", "{", "[]", "{}", '{"taken_from": 1}', '{"taken_from": "x", "verdict": 3}'])
def test_a_damaged_entry_costs_nothing_but_time(tmp_path, entry):
    (stored(tmp_path, "a-1") / ENTRY).write_text(entry)
    assert listed(tmp_path) == ["a-1"]


SEALED = ("stats.json", "run.yaml", "entry.json", "returns.parquet")


def sealed(results, *, strategy="a"):
    folder = stored(results, "a-1", stats=json.dumps(STATS | {"strategy": strategy}))
    frame = pd.DataFrame({"session": pd.to_datetime(["2020-01-31", "2020-02-28"]), "net": [0.01, 0.02]})
    with duckdb.connect() as connection:
        connection.register("rows", frame)
        connection.execute(f"COPY rows TO '{folder / 'returns.parquet'}' (FORMAT parquet)")
    write_entry(entry_of(read_stats(folder), read_record(folder).created, "a-1"), folder)
    return folder


def read_all(folder):
    runs = list_runs(folder.parent)
    if runs.damaged:
        raise MissingInput(str(runs.damaged))
    return runs.entries, read_stats(folder), read_record(folder), read_returns(folder).to_csv()


@pytest.mark.parametrize("name", first_quick(SEALED))
def test_a_bit_of_a_run_that_turns_over_is_noticed_or_changes_nothing(tmp_path, name):
    folder = sealed(tmp_path)
    whole, body, draw = read_all(folder), (folder / name).read_bytes(), random.Random(14)
    noticed = 0
    for _ in range(60):
        flipped, place = bytearray(body), draw.randrange(len(body) * 8)
        flipped[place // 8] ^= 1 << place % 8
        (folder / name).write_bytes(flipped)
        try:
            assert read_all(folder) == whole, place
        except ActiveEdgeError:
            noticed += 1
    assert noticed == 0 if name == "entry.json" else noticed == 60


def test_a_file_changed_on_purpose_is_read_without_the_entry(tmp_path):
    folder = sealed(tmp_path)
    (folder / "stats.json").write_text(json.dumps(STATS | {"run": "a-1", "trials": 77}))
    with pytest.raises(MissingInput, match=r"stats\.json: was altered .* or remove entry\.json"):
        read_stats(folder)
    (folder / ENTRY).unlink()
    assert read_stats(folder).trials == 77


@pytest.mark.parametrize("entry", [True, False])
def test_a_damaged_table_is_an_error_with_its_file_and_the_thesis_goes_on_without_it(tmp_path, entry):
    folder = sealed(tmp_path, strategy="balance_sheet")
    table = folder / "returns.parquet"
    table.write_bytes(table.read_bytes()[:100])
    if not entry:
        (folder / ENTRY).unlink()
    with pytest.raises(MissingInput, match=r"returns\.parquet.*run the backtest again"):
        read_returns(folder)
    thesis = judge_thesis(tmp_path)
    assert "a-1/returns.parquet" in thesis.damaged["a-1"]
    assert {str(one.verdict) for one in thesis.claims} == {"not testable"}


def test_damaged_lines_on_real_returns_stop_no_backtest(tmp_path, monkeypatch, capsys):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "evidence.json").write_text("[")
    day = pd.Timestamp("2020-01-31")
    monkeypatch.setattr(
        published_run, "run_real", lambda _, shared: SimpleNamespace(first=day, last=day, findings=[], page="x")
    )
    tell_real(SimpleNamespace(simulated=True), str(tmp_path))
    assert "REAL returns, 2020-01 to 2020-01" in capsys.readouterr().out
    assert (tmp_path / "index.html").is_file()
