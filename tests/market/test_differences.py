"""What differs between two snapshots: every row is new, revised, gone or the same; counted by hand."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import SnapshotError
from active_edge.market import open_market, write_snapshot
from active_edge.market.differences import compare_snapshots, find_snapshot

DAYS = pd.to_datetime(["2020-01-02", "2020-01-03"])
FACT = {"asset": "A", "item": "cash", "months": 0, "period_end": pd.Timestamp("2019-12-31"), "value": 5.0}


def fact(**changed):
    return FACT | {"filed": pd.Timestamp("2020-01-02"), "accession": "one"} | changed


def stored(folder, *, facts, closes=((10.0, 11.0), (20.0, 21.0)), members=()):
    rows = [
        {"asset": asset, "session": day, "close": close}
        for asset, line in zip("AB", closes, strict=True)
        for day, close in zip(DAYS, line, strict=True)
        if not np.isnan(close)
    ]
    tables = {
        "securities": pd.DataFrame({"asset": ["A", "B"], "ticker": ["AA", "BB"]}),
        "prices": pd.DataFrame(rows),
        "facts": pd.DataFrame(facts),
    }
    if members:
        tables["members"] = pd.DataFrame([{"index": name, "asset": "A", "observed": DAYS[0]} for name in members])
    write_snapshot(folder, tables, sources=["test"], simulated=False, created="2020-01-04", report={})
    return open_market(folder)


def test_the_same_rows_differ_in_nothing(tmp_path):
    one, other = (stored(tmp_path / name, facts=[fact()]) for name in "ab")
    assert compare_snapshots(one, other).changes == ()


def test_rows_are_new_revised_or_gone_by_table_and_item(tmp_path):
    before = stored(
        tmp_path / "a", facts=[fact(), fact(item="revenue", months=12), fact(item="revenue", months=3)], members=["X"]
    )
    after = stored(
        tmp_path / "b",
        facts=[fact(value=6.0), fact(item="revenue", months=12), fact(value=7.0, accession="two"), fact(item="equity")],
        closes=((10.0, 11.5), (20.0, np.nan)),
        members=["X", "Y"],
    )
    found = compare_snapshots(before, after)
    counts = {(c.table, c.part): (c.new, c.revised, c.gone) for c in found.changes}
    assert counts == {
        ("prices", ""): (0, 1, 1),
        ("facts", "cash"): (1, 1, 0),
        ("facts", "equity"): (1, 0, 0),
        ("facts", "revenue"): (0, 0, 1),
        ("members", "Y"): (1, 0, 0),
    }
    by_part = {(c.table, c.part): c for c in found.changes}
    assert by_part["prices", ""].columns == {"close": 1}
    assert by_part["facts", "cash"].columns == {"value": 1}
    assert "revised: A 2019-12-31 filed 2020-01-02 one: value 5.0 to 6.0" in by_part["facts", "cash"].examples
    assert any(text.startswith("gone: A 3 months to 2019-12-31") for text in by_part["facts", "revenue"].examples)
    assert found.rows_before["facts"] == 3
    assert found.rows_after["facts"] == 4


def test_there_and_back_new_and_gone_change_places(tmp_path):
    before = stored(tmp_path / "a", facts=[fact(), fact(item="revenue")])
    after = stored(tmp_path / "b", facts=[fact(value=6.0), fact(item="equity")])
    there = {(c.part, c.new, c.revised, c.gone) for c in compare_snapshots(before, after).changes}
    back = {(c.part, c.gone, c.revised, c.new) for c in compare_snapshots(after, before).changes}
    assert there == back


def test_a_table_that_one_snapshot_lacks_is_new_or_gone_in_whole(tmp_path):
    before, after = stored(tmp_path / "a", facts=[fact()]), stored(tmp_path / "b", facts=[fact()], members=["X"])
    assert [(c.table, c.new, c.gone) for c in compare_snapshots(before, after).changes] == [("members", 1, 0)]
    assert [(c.table, c.new, c.gone) for c in compare_snapshots(after, before).changes] == [("members", 0, 1)]


def test_unknown_values_are_the_same_as_unknown_values(tmp_path):
    before = stored(tmp_path / "a", facts=[fact(accession=None), fact(item="revenue", accession=None)])
    after = stored(tmp_path / "b", facts=[fact(accession=None, value=9.0), fact(item="revenue", accession=None)])
    assert [(c.part, c.new, c.revised, c.gone) for c in compare_snapshots(before, after).changes] == [("cash", 0, 1, 0)]


def test_a_snapshot_is_found_by_the_beginning_of_its_id_or_by_its_path(tmp_path):
    first = stored(tmp_path, facts=[fact()]).snapshot
    second = stored(tmp_path, facts=[fact(value=6.0)]).snapshot
    assert find_snapshot(first[:8], tmp_path).snapshot == first
    assert find_snapshot(str(tmp_path / "snapshots" / first), tmp_path / "nowhere").snapshot == first
    assert find_snapshot(str(tmp_path), tmp_path).snapshot == second
    with pytest.raises(SnapshotError, match=f"has no snapshot 'zzz'; valid: .*{first}"):
        find_snapshot("zzz", tmp_path)
    with pytest.raises(SnapshotError, match="has no snapshot ''"):
        find_snapshot("", tmp_path)
