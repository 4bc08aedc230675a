import copy
import json
import multiprocessing
import os
import signal

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import DataError, MissingInput, SnapshotError
from active_edge.market import open_market, write_snapshot
from active_edge.market.snapshot import writing_folder
from active_edge.sessions import sessions_between
from active_edge.sources.folder_status import market_status
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2020-01-31")


def closes(**columns):
    return pd.DataFrame(columns, index=SESSIONS[: len(next(iter(columns.values())))], dtype=float)


def tables():
    return {
        "securities": pd.DataFrame({"asset": ["A"], "ticker": ["A"]}),
        "prices": pd.DataFrame({"asset": ["A", "A"], "session": SESSIONS[:2], "close": [1.0, 2.0]}),
    }


def store(folder, content, **changes):
    given = {"sources": ["test"], "simulated": False, "created": "2020-02-01", "report": {}} | changes
    return write_snapshot(folder, content, **given)


def test_prices_come_back_on_their_session_and_asset(tmp_path):
    market = make_market(tmp_path, closes=closes(B=[10, 11, np.nan, 12], A=[np.nan, 5, 6, np.nan]))
    assert market.assets.tolist() == ["A", "B"]
    assert market.sessions.equals(SESSIONS[:4])
    np.testing.assert_array_equal(market.prices.close, [[np.nan, 10], [5, 11], [6, np.nan], [np.nan, 12]])
    assert market.prices.first.tolist() == [1, 0]
    assert market.prices.last.tolist() == [2, 3]


def test_sessions_without_any_row_are_still_sessions(tmp_path):
    frame = closes(A=[1, 2, 3, 4, 5]).drop(SESSIONS[2])
    market = make_market(tmp_path, closes=frame)
    assert len(market.sessions) == 5
    assert np.isnan(market.prices.close[2, 0])


def test_an_unknown_return_is_close_to_close_from_the_previous_row_over_a_gap(tmp_path):
    market = make_market(tmp_path, closes=closes(A=[10, np.nan, 12]))
    np.testing.assert_allclose(market.prices.returns[:, 0], [np.nan, np.nan, 0.2])


def test_a_known_return_is_taken_before_the_closes(tmp_path):
    known = closes(A=[0.3, 0.01, np.nan])  # the first one has no previous row: it is nobody's return
    market = make_market(tmp_path, closes=closes(A=[10, 5, 6]), total_return=known)
    np.testing.assert_allclose(market.prices.returns[:, 0], [np.nan, 0.01, 0.2])
    np.testing.assert_allclose(market.prices.total_return_index[:, 0], [1.0, 1.01, 1.212])


@pytest.mark.parametrize("jump", [10 * 1.5001, 10 * 0.4999])
def test_an_unknown_return_beyond_half_is_no_gain_and_is_listed(tmp_path, jump):
    market = make_market(tmp_path, closes=closes(A=[10, jump, jump]))
    np.testing.assert_array_equal(market.prices.returns[:, 0], [np.nan, 0.0, 0.0])
    listed = market.prices.unchained
    assert listed["asset"].tolist() == ["A"]
    assert listed["session"].tolist() == [SESSIONS[1]]
    np.testing.assert_allclose(listed["close_to_close"], jump / 10 - 1)


def test_an_unknown_gain_of_half_and_a_loss_of_nearly_half_are_chained(tmp_path):
    market = make_market(tmp_path, closes=closes(A=[10, 15], B=[10, 5.12]))
    np.testing.assert_allclose(market.prices.returns[1], [0.5, -0.488])
    assert market.prices.unchained.empty
    assert market.prices.unchained_rows.tolist() == []


@pytest.mark.parametrize("close", [4.95, 5.0, 5.08])
def test_an_unknown_return_like_a_2_for_1_split_is_no_loss_and_is_listed(tmp_path, close):
    market = make_market(tmp_path, closes=closes(A=[10, 10], B=[10, close]))
    assert market.prices.returns[1].tolist() == [0.0, 0.0]
    assert market.prices.unchained["asset"].tolist() == ["B"]
    assert market.prices.unchained_rows.tolist() == [3]


def test_a_known_loss_of_half_is_kept(tmp_path):
    market = make_market(tmp_path, closes=closes(A=[10, 5]), total_return=closes(A=[np.nan, -0.5]))
    assert market.prices.returns[1, 0] == -0.5


def test_matrices_are_column_contiguous_and_cannot_be_written(tmp_path):
    prices = make_market(tmp_path, closes=closes(A=[10, 11], B=[1, 2])).prices
    for name in ("open", "high", "low", "close", "volume", "returns", "total_return_index"):
        matrix = getattr(prices, name)
        assert matrix.flags.f_contiguous, name
        with pytest.raises(ValueError, match="read-only"):
            matrix[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        prices.first[0] = 1


def test_facts_are_sorted_and_known_from_the_session_on_or_after_filing(tmp_path):
    rows = [
        {"asset": "B", "item": "revenue", "months": 3, "period_end": "2019-12-31", "value": 1.0, "filed": "2020-01-04"},
        {
            "asset": "A",
            "item": "revenue",
            "months": 12,
            "period_end": "2019-12-31",
            "value": 2.0,
            "filed": "2020-01-10",
        },
        {"asset": "A", "item": "revenue", "months": 3, "period_end": "2019-09-30", "value": 3.0, "filed": "2019-11-01"},
        {"asset": "A", "item": "cash", "months": 0, "period_end": "2019-12-31", "value": 4.0, "filed": "2030-01-01"},
    ]
    market = make_market(tmp_path, closes=closes(A=[1] * 10, B=[1] * 10), facts=rows)
    revenue = market.facts.of("revenue")
    assert revenue.asset.tolist() == [0, 0, 1]
    assert revenue.value.tolist() == [3.0, 2.0, 1.0]
    assert revenue.known.tolist() == [0, 6, 2]  # 2020-01-04 is a Saturday: known on Monday, session 2
    assert revenue.filed.astype(str).tolist() == ["2019-11-01", "2020-01-10", "2020-01-04"]
    assert market.facts.of("cash").known.tolist() == [10]
    assert market.items == {"revenue", "cash"}
    assert len(market.facts.of("equity")) == 0
    with pytest.raises(ValueError, match="read-only"):
        revenue.value[0] = 9.0


def test_confidence_is_ordered_and_unknown_is_lowest(tmp_path):
    rows = [
        {"asset": "A", "item": "cash", "months": 0, "period_end": f"2019-0{n}-01", "value": n, "confidence": word}
        for n, word in enumerate(["high", "medium", "low", None], start=1)
    ]
    market = make_market(tmp_path, closes=closes(A=[1]), facts=rows)
    assert market.facts.of("cash").confidence.tolist() == [3, 2, 1, 0]


def test_a_market_without_facts_has_none_of_any_item(tmp_path):
    market = make_market(tmp_path, closes=closes(A=[1]))
    assert market.items == frozenset()
    assert len(market.facts.of("revenue")) == 0
    with pytest.raises(MissingInput, match="facts"):
        market.table("facts")


def test_a_misspelt_series_names_the_nearest(tmp_path):
    line = pd.Series([1.0, 2.0], index=SESSIONS[:2])
    market = make_market(tmp_path, closes=closes(A=[1, 1]), series={"FEDFUNDS": line, "IWM": line})
    assert market.series("IWM").tolist() == [1.0, 2.0]
    with pytest.raises(MissingInput, match=r"did you mean FEDFUNDS\?"):
        market.series("FEDFUND")


def test_a_revised_series_gives_its_first_value_and_all_versions(tmp_path):
    content = tables() | {
        "series": pd.DataFrame(
            {
                "series": ["CPI"] * 3,
                "date": pd.to_datetime(["2020-01-01", "2020-01-01", "2020-02-01"]),
                "value": [5.0, 4.0, 6.0],
                "filed": pd.to_datetime(["2020-03-15", "2020-02-15", None]),
            }
        )
    }
    store(tmp_path, content)
    market = open_market(tmp_path)
    assert market.series("CPI").tolist() == [4.0, 6.0]
    assert market.series_versions("CPI")["value"].tolist() == [4.0, 5.0, 6.0]
    assert market.series_versions("CPI")["filed"].iloc[-1] == pd.Timestamp("2020-02-01")


def test_members_are_the_latest_list_observed_by_then(tmp_path):
    rows = [
        {"index": "R", "asset": "A", "observed": "2020-01-03"},
        {"index": "R", "asset": "B", "observed": "2020-01-10"},
        {"index": "R", "asset": "C", "observed": "2020-01-10"},
    ]
    market = make_market(tmp_path, closes=closes(A=[1], B=[1], C=[1]), members=rows)
    assert market.members("R", "2020-01-02").tolist() == [False, False, False]
    assert market.members("R", "2020-01-09").tolist() == [True, False, False]
    assert market.members("R", "2020-01-10").tolist() == [False, True, True]
    with pytest.raises(MissingInput, match="'Q'"):
        market.members("Q", "2020-01-10")


def test_membership_intervals_include_both_ends_and_may_be_open(tmp_path):
    rows = [
        {"index": "R", "asset": "A", "start": "2020-01-03", "end": "2020-01-10"},
        {"index": "R", "asset": "B", "start": "2020-01-10", "end": None},
    ]
    market = make_market(tmp_path, closes=closes(A=[1], B=[1]), members=rows)
    days = ["2020-01-02", "2020-01-03", "2020-01-10", "2020-01-11"]
    assert [market.members("R", day).tolist() for day in days] == [
        [False, False],
        [True, False],
        [True, True],
        [False, True],
    ]


def test_the_same_rows_in_any_order_have_the_same_id_whenever_created(tmp_path):
    content = tables()
    shuffled = content | {"prices": content["prices"].iloc[::-1]}
    first = store(tmp_path / "a", content)
    assert store(tmp_path / "b", shuffled, created="2021-01-01", report={"other": 1}) == first
    changed = content | {"prices": content["prices"].assign(close=[1.0, 2.5])}
    assert store(tmp_path / "c", changed) != first


def test_storing_the_same_rows_again_leaves_the_stored_snapshot_as_it_is(tmp_path):
    snapshot = store(tmp_path, tables(), created="2020-01-01", report={"first": 1})
    store(tmp_path, tables(), created="2021-01-01", report={"first": 1})
    market = open_market(tmp_path)
    assert market.snapshot == snapshot
    assert market.manifest["created"] == "2020-01-01"
    assert [p.name for p in (tmp_path / "snapshots").iterdir()] == [snapshot]


def test_what_an_import_of_the_same_rows_finds_today_takes_the_place_of_what_it_found_before(tmp_path):
    # A later version of the program may find more in the same rows, or less: what is said is what was found last.
    snapshot = store(tmp_path, tables(), report={"first": 1})
    assert store(tmp_path, tables(), created="2021-01-01", report={"second": 2}) == snapshot
    market = open_market(tmp_path)
    assert market.report == {"second": 2}
    assert market.prices.close.tolist() == [[1.0], [2.0]]
    assert [p.name for p in (tmp_path / "snapshots").iterdir()] == [snapshot]


def test_a_damaged_snapshot_is_healed_by_storing_the_same_rows_again(tmp_path):
    snapshot = store(tmp_path, tables())
    file = tmp_path / "snapshots" / snapshot / "prices.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"X")
    with pytest.raises(SnapshotError, match="altered"):
        _ = open_market(tmp_path).prices
    store(tmp_path, tables())
    assert open_market(tmp_path).prices.close.tolist() == [[1.0], [2.0]]


def test_the_manifest_tells_rows_days_hashes_and_sources(tmp_path):
    snapshot = store(tmp_path, tables(), simulated=True, created="2020-02-01T00:00:00")
    manifest = json.loads((tmp_path / "snapshots" / snapshot / "manifest.json").read_text())
    prices = manifest["tables"]["prices"]
    assert (prices["rows"], prices["first"], prices["last"]) == (2, "2020-01-02", "2020-01-03")
    assert len(prices["sha256"]) == 64
    assert manifest["simulated"] is True
    assert manifest["sources"] == ["test"]
    assert open_market(tmp_path).simulated is True


def test_an_altered_table_is_found_when_it_is_read(tmp_path):
    snapshot = store(tmp_path, tables())
    file = tmp_path / "snapshots" / snapshot / "prices.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(SnapshotError, match=r"prices\.parquet: was altered"):
        _ = open_market(tmp_path).prices


def test_a_missing_or_truncated_table_is_found_when_the_market_is_opened(tmp_path):
    snapshot = store(tmp_path, tables())
    file = tmp_path / "snapshots" / snapshot / "securities.parquet"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(SnapshotError, match=r"securities\.parquet: is \d+ bytes long"):
        open_market(tmp_path)
    file.unlink()
    with pytest.raises(SnapshotError, match=r"securities\.parquet: is missing"):
        open_market(tmp_path)


def test_a_folder_without_a_market_says_how_to_make_one(tmp_path):
    with pytest.raises(SnapshotError, match="data import"):
        open_market(tmp_path)
    (tmp_path / "CURRENT").write_text("abc\n")
    with pytest.raises(SnapshotError, match="'abc'"):
        open_market(tmp_path)


def test_a_manifest_of_a_newer_format_is_refused_by_name(tmp_path):
    snapshot = store(tmp_path, tables())
    file = tmp_path / "snapshots" / snapshot / "manifest.json"
    file.write_text(file.read_text().replace('"format": 2', '"format": 99'))
    with pytest.raises(SnapshotError, match=r"manifest\.json: is of format 99, .*update active-edge, or import"):
        open_market(tmp_path)
    file.write_text("{")
    with pytest.raises(SnapshotError, match="cannot be read"):
        open_market(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quotes": pd.DataFrame({"a": [1]})}, "unknown table 'quotes'"),
        ({"prices": pd.DataFrame({"asset": ["A"], "close": [1.0]})}, "'session' is missing"),
        ({"prices": tables()["prices"].assign(bid=1.0)}, "unknown column 'bid'"),
        ({"prices": tables()["prices"].assign(close=[1.0, np.nan])}, "'close' is null in 1 rows"),
        ({"prices": tables()["prices"].assign(close=["1", "x"])}, "not of its column's type"),
    ],
)
def test_a_refused_table_leaves_the_snapshot_in_use(tmp_path, change, message):
    before = store(tmp_path, tables())
    with pytest.raises(DataError, match=message):
        store(tmp_path, tables() | change)
    assert open_market(tmp_path).snapshot == before
    assert [p.name for p in (tmp_path / "snapshots").iterdir()] == [before]


def test_a_refused_first_table_leaves_no_folder(tmp_path):
    with pytest.raises(DataError, match="missing"):
        store(tmp_path / "new", {"prices": tables()["prices"]})
    with pytest.raises(DataError, match="null"):
        store(tmp_path / "new", tables() | {"prices": tables()["prices"].assign(close=np.nan)})
    assert not (tmp_path / "new").exists()


def _die_while_writing(folder):
    from active_edge.market import snapshot as module

    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    module._keep = die
    changed = tables() | {"prices": tables()["prices"].assign(close=[7.0, 8.0])}
    store(folder, changed)


@pytest.mark.slow
def test_a_killed_writer_leaves_the_old_market_and_its_rubbish_goes_with_the_next_write(tmp_path):
    before = store(tmp_path, tables())
    process = multiprocessing.get_context("spawn").Process(target=_die_while_writing, args=(tmp_path,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert any(p.name.startswith(".writing") for p in (tmp_path / "snapshots").iterdir())
    assert open_market(tmp_path).snapshot == before
    assert open_market(tmp_path).prices.close.tolist() == [[1.0], [2.0]]
    after = store(tmp_path, tables() | {"prices": tables()["prices"].assign(close=[3.0, 4.0])})
    assert {p.name for p in (tmp_path / "snapshots").iterdir()} == {before, after}


def test_truth_is_stored_beside_and_is_not_part_of_the_id(tmp_path):
    plain = store(tmp_path / "a", tables())
    assert store(tmp_path / "b", tables(), truth=pd.DataFrame({"alpha": [0.01]})) == plain
    assert (tmp_path / "b" / "snapshots" / plain / "truth.parquet").is_file()


def test_inputs_are_not_changed(tmp_path):
    content = tables() | {"securities": pd.DataFrame({"asset": ["A"], "ticker": ["A"], "name": [None]})}
    copies = {name: frame.copy() for name, frame in content.items()}
    store(tmp_path, content)
    for name, frame in content.items():
        pd.testing.assert_frame_equal(frame, copies[name])


def test_securities_have_the_schema_columns_and_kinds(tmp_path):
    given = pd.DataFrame({"exchange": ["NYSE"], "sic": [3711], "exit_return": [-0.3]}, index=["A"])
    securities = make_market(tmp_path, closes=closes(A=[1, np.nan], B=[1, 1]), securities=given).securities
    assert securities.loc["A", "exchange"] == "NYSE"
    assert securities.loc["A", "sic"] == 3711
    assert securities.loc["A", "last_session"] == SESSIONS[0]
    assert pd.isna(securities.loc["B", "last_session"])
    assert pd.isna(securities.loc["B", "exchange"])
    assert str(securities["sic"].dtype) == "Int64"


def test_an_interrupted_query_is_a_keyboard_interrupt_and_other_errors_are_themselves(tmp_path):
    with pytest.raises(KeyboardInterrupt), writing_folder(tmp_path / "a"):
        raise RuntimeError("Query interrupted")
    with pytest.raises(RuntimeError, match="something else"), writing_folder(tmp_path / "b"):
        raise RuntimeError("something else")
    assert list(tmp_path.iterdir()) == []


def test_a_market_travels_to_another_process_as_a_reference_to_its_snapshot(tmp_path):
    market = make_market(tmp_path, closes=closes(A=[1, 2]))
    _ = market.prices.close
    travelled = copy.copy(market)
    assert len(market.__reduce__()[1]) == 2
    assert travelled.snapshot == market.snapshot
    assert travelled.prices.close.tolist() == [[1.0], [2.0]]
    write_snapshot(tmp_path / "market", tables(), sources=[], simulated=False, created="", report={})
    assert copy.copy(market).snapshot == market.snapshot  # not the snapshot that is current by now


def test_a_stored_fact_filed_before_its_period_ended_is_never_used(tmp_path):
    base = {"asset": "A", "item": "cash", "months": 0, "period_end": "2020-01-10"}
    rows = [base | {"filed": "2020-01-09", "value": 1.0}, base | {"filed": "2020-01-10", "value": 2.0}]
    market = make_market(tmp_path, closes=closes(A=[1]), facts=rows)
    assert market.facts.of("cash").value.tolist() == [2.0]


def test_a_simulated_market_of_another_format_is_told_with_the_command_that_makes_it_again(tmp_path):
    sources = ["simulated market: 3 years, 60 firms, seed 1"]
    snapshot = store(tmp_path, tables(), simulated=True, sources=sources)
    file = tmp_path / "snapshots" / snapshot / "manifest.json"
    file.write_text(file.read_text().replace('"format": 2', '"format": 1'))
    again = rf"active-edge data simulate {tmp_path} makes it again \(it was of 3 years, 60 firms, seed 1\)"
    with pytest.raises(SnapshotError, match=rf"manifest\.json: is of format 1, .*{again}"):
        open_market(tmp_path)
    assert market_status(tmp_path).next_command == f"active-edge data simulate {tmp_path}"
