"""What a killed writer leaves in a results folder disturbs nobody."""

import json

import pytest

from active_edge.errors import MissingInput
from active_edge.results.folders import index_entries

STATS = {
    "run": "a-1", "strategy": "a", "start": "2020-01-02", "end": "2021-01-04", "verdict": "refuted", "snapshot": "x",
    "simulated": True, "trials": 1, "benchmarks": {},
}  # fmt: skip


def stored(results, name, *, stats=None, described=True):
    folder = results / name
    folder.mkdir()
    (folder / "stats.json").write_text(json.dumps(STATS | {"run": name}) if stats is None else stats)
    if described:
        (folder / "run.yaml").write_text("created: 2020-01-01\n")


def test_a_run_cut_off_while_it_was_written_is_not_listed(tmp_path):
    stored(tmp_path, "a-1")
    stored(tmp_path, ".a-2-xyz", stats='{"ru', described=False)
    stored(tmp_path, "half", described=False)
    assert [entry.run for entry in index_entries(tmp_path)] == ["a-1"]


def test_damaged_stats_of_a_whole_run_are_an_error(tmp_path):
    stored(tmp_path, "a-1", stats="{")
    with pytest.raises(MissingInput, match="a-1"):
        index_entries(tmp_path)
