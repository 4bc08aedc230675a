"""A stored run opens as frames in the shipped environment, and as files that other programs open."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import active_edge as ae
from active_edge.cli.main import main
from active_edge.errors import DataError, MissingInput
from active_edge.results.folders import write_folder
from active_edge.results.workbook import MOST_ROWS, write_workbook
from tests.report.runs import full_run, stamped

DAYS = pd.bdate_range("2020-01-02", periods=3)
ONE = {"asset": ["a1"]}
TABLES = {
    "returns": pd.DataFrame({"session": DAYS, "net": [0.01, -0.02, 0.0], "gross": [0.01, -0.02, 0.0], "IWM": 0.0}),
    "targets": pd.DataFrame({"decided": DAYS[:1], **ONE, "ticker": ["AAA"], "name": ["A & B"], "weight": [1.0]}),
    "holdings": pd.DataFrame({"session": DAYS[:1], **ONE, "ticker": ["=1+1"], "name": [None], "weight": [1.0]}),
    "trades": pd.DataFrame({"session": DAYS[1:2], **ONE, "side": ["buy"], "shares": [1e-7], "value": [np.nan]}),
}


@pytest.fixture
def out(tmp_path):
    page = stamped(full_run(years=1.0), run="thing-123456")
    page = replace(page, record=replace(page.record, run="thing-123456"))
    write_folder(page, TABLES, tmp_path / "thing-123456")
    return tmp_path


def test_every_table_of_a_run_opens_as_a_frame(out):
    run = ae.load_run("thing-123456", out)
    assert run.stats.run == "thing-123456"
    assert run.record.run == "thing-123456"
    assert run.returns["net"].tolist() == [0.01, -0.02, 0.0]
    assert run.returns.index.equals(DAYS)
    assert list(run.tables) == ["returns", "targets", "holdings", "trades"]
    assert run.holdings["ticker"].tolist() == ["=1+1"]
    assert ae.load_run(out / "thing-123456").folder == run.folder
    assert ae.load_run("thing", out).folder == run.folder


@pytest.mark.parametrize("name", TABLES)
def test_pandas_reads_every_table_by_itself(out, name):
    read = pd.read_parquet(out / "thing-123456" / f"{name}.parquet")
    wanted = ae.load_run("thing", out).tables[name].reset_index()
    assert set(read.columns) == set(wanted.columns) - {"index"}
    for column in read.columns:
        ours, theirs = wanted[column].tolist(), read[column].tolist()
        assert all(one == other or (pd.isna(one) and pd.isna(other)) for one, other in zip(ours, theirs, strict=True))


def test_a_notebook_shows_a_stored_run_as_a_small_table(out):
    run = ae.load_run("thing", out)
    assert len(repr(run)) < 200
    shown = run._repr_html_()
    assert "thing-123456" in shown
    assert run.stats.verdict in shown
    assert len(shown) < 3000


def test_a_run_that_is_not_there_is_named_with_those_that_are(out):
    with pytest.raises(MissingInput, match="thing-123456"):
        ae.load_run("nosuch", out)


@pytest.mark.slow
def test_a_workbook_holds_every_table_value_for_value(out, capsys):
    assert main(["export", "thing", "--xlsx", "--out", str(out)]) == 0
    (path,) = capsys.readouterr().out.split()
    for name, table in TABLES.items():
        read = pd.read_excel(path, sheet_name=name, engine="calamine")
        assert list(read.columns) == list(table.columns)
        for column in table.columns:
            for told, value in zip(read[column], table[column], strict=True):
                assert (pd.isna(told) and pd.isna(value)) or told == value, (name, column)


def test_csv_files_are_written_into_the_runs_folder(out):
    assert main(["export", "thing-123456", "--csv", "--out", str(out)]) == 0
    folder = out / "thing-123456"
    assert {path.stem for path in folder.glob("*.csv")} == set(TABLES)
    assert (folder / "trades.csv").read_text().splitlines() == [
        "session,asset,side,shares,value",
        "2020-01-03,a1,buy,1e-07,",
    ]


def test_an_export_without_a_kind_is_wrong_usage(out):
    assert main(["export", "thing", "--out", str(out)]) == 2


def test_a_memo_is_written_in_three_formats(out):
    assert main(["memo", "thing", "--docx", "--out", str(out)]) == 0
    assert {path.name for path in (out / "thing-123456").glob("memo.*")} == {"memo.md", "memo.html", "memo.docx"}


def test_a_table_longer_than_a_sheet_is_refused_by_name(tmp_path):
    with pytest.raises(DataError, match=r"long: 1,048,576 rows; a sheet holds 1,048,575"):
        write_workbook({"long": pd.DataFrame({"x": np.zeros(MOST_ROWS + 1)})}, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()
