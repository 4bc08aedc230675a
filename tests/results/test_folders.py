"""What a killed writer leaves in a results folder disturbs nobody; what cannot be read is named."""

import json

import pytest

from active_edge.errors import MissingInput
from active_edge.results.index import index_entries, write_index
from active_edge.stats import STATS_FORMAT

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


def test_a_run_cut_off_while_it_was_written_is_not_listed(tmp_path):
    stored(tmp_path, "a-1")
    stored(tmp_path, ".a-2-xyz", stats='{"ru', record="")
    stored(tmp_path, "half", record="")
    assert [entry.run for entry in index_entries(tmp_path)] == ["a-1"]


@pytest.mark.parametrize("stats", ["{", "[]", "{}", json.dumps(STATS | {"verdict": "proven"})])
def test_damaged_stats_of_a_whole_run_are_an_error_that_names_the_file_and_what_to_do(tmp_path, stats):
    stored(tmp_path, "a-1", stats=stats)
    with pytest.raises(MissingInput, match=r"a-1/stats\.json: .*run"):
        index_entries(tmp_path)


@pytest.mark.parametrize("record", ["{", "- 1\n", "trial: a\n"])
def test_a_damaged_record_of_a_whole_run_is_an_error_that_names_the_file(tmp_path, record):
    stored(tmp_path, "a-1", record=record)
    with pytest.raises(MissingInput, match=r"a-1/run\.yaml: .*run the backtest again"):
        index_entries(tmp_path)


def test_a_run_of_an_older_format_is_named_and_stops_nobody(tmp_path):
    stored(tmp_path, "a-1")
    stored(tmp_path, "old-1", stats=json.dumps(STATS | {"format": 1}))
    stored(tmp_path, "old-2", stats=json.dumps({key: value for key, value in STATS.items() if key != "format"}))
    assert [entry.run for entry in index_entries(tmp_path)] == ["a-1"]
    page = write_index(tmp_path).read_text(encoding="utf-8")
    assert "Not listed: 2 runs of an older program (old-1, old-2)" in page


def test_a_run_of_a_newer_format_is_refused_by_name(tmp_path):
    stored(tmp_path, "a-1", stats=json.dumps(STATS | {"format": 7}))
    with pytest.raises(MissingInput, match=r"a-1/stats\.json: is of format 7"):
        index_entries(tmp_path)
